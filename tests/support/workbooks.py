"""Spreadsheets as municipalities keep them, made for tests: the headings are real, the contents are made up."""

import io
import json
from collections.abc import Sequence
from datetime import date

import xlsxwriter

from core import sheets
from core.sheets import Sheet, Table, write_csv, write_xlsx

AMERSFOORT_HEADINGS = (
    "Afdeling",
    "Taak afdeling",
    "Verwerking",
    "Verwerkingsactiviteit",
    "Verwerkingsverantwoordelijken",
    "Publiek/privaat",
    "Verwerkingsdoeleinden",
    "Rechtmatige grondslag",
    "Categorieën van persoonsgegevens",
    "Bewaartermijn",
    "Herkomst gegevens",
    "Categorieën van ontvangers",
    "Doorgifte",
    "Samenwerkende partijen",
    "Convenant/privacyprotocol",
    "Gezamenlijke verantwoordelijkheid",
    "Verdere verwerking",
)
HENDRIK_IDO_AMBACHT_HEADINGS = (
    "Omschrijving",
    "Verwerkingsdoeleinden",
    "Persoonsgegevens",
    "Betrokken",
    "Ketenpartners",
    "Rechtmatige grondslag",
    "Grondslag",
    "Bewaartermijn",
    "Doorgifte naar het buitenland",
)


def opened(content: bytes) -> list[Sheet]:
    """The sheets of a workbook, read in this process: a test with many examples has no time for a child each."""
    lines: list[bytes] = []
    fault = sheets.open_workbook(content, lambda said: lines.append(json.dumps(said).encode()))
    assert fault == ""
    return sheets._sheets(lines)


def amersfoort_xlsx() -> bytes:
    """Three departments as rows between the records, a title above the headings, a merged main process."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Verwerkingen")
        sheet.write(0, 0, "Register van verwerkingen gemeente Voorbeeld")
        sheet.write_row(2, 0, AMERSFOORT_HEADINGS)
        sheet.merge_range(3, 0, 3, 16, "Burgerzaken")
        sheet.write_row(4, 1, ["Reisdocumenten", "", "Aanvraag paspoort", "Burgemeester", "publiek"])
        sheet.write_row(
            4, 6, ["Een paspoort of identiteitskaart verstrekken", "Wettelijke verplichting (Paspoortwet art. 3)"]
        )
        sheet.write_row(4, 8, ["NAW, geboortedatum, BSN, vingerafdrukken, pasfoto", "16 jaar", "betrokkene, BRP"])
        sheet.write_row(4, 11, ["RvIG; Politie", "nee", "-", "nee", "nee", "nee"])
        sheet.write_row(5, 1, ["Reisdocumenten", "", "Vermissing paspoort", "Burgemeester", "publiek"])
        sheet.write_row(
            5, 6, ["Een vermist paspoort registreren", "Publieke taak: Paspoortwet", "Naam; documentnummer"]
        )
        sheet.write_row(5, 9, ["11 jaar", "betrokkene", "RvIG", "nee", "", "", "nee", "nee"])
        sheet.merge_range(4, 2, 5, 2, "Reisdocumenten")
        sheet.merge_range(6, 0, 6, 16, "Sociaal domein")
        sheet.write_row(7, 1, ["Schuldhulp", "Schuldhulpverlening", "Intake", "College van B&W", "publiek"])
        sheet.write_row(7, 6, ["Mensen met schulden helpen\nSchulden voorkomen", "art. 6 lid 1 sub c en e AVG"])
        sheet.write_row(
            7, 8, ["NAW-gegevens; inkomen; schulden; klantbeeld", "5 jaar na afsluiten dossier, daarna vernietigen"]
        )
        sheet.write_row(7, 10, ["Aanvrager zelf, werkgever", "Kredietbank, schuldeisers", "Verenigde Staten"])
        sheet.write_row(7, 13, ["Kredietbank", "Convenant schuldhulp 2021", "ja", "ja, voor statistiek"])
        sheet.write_row(8, 1, ["Schuldhulp", "", "", "College van B&W"])
    return out.getvalue()


def hendrik_ido_ambacht_rows() -> list[Sequence[str]]:
    """The row that explains the columns, and three records; the last has nothing but a name."""
    return [
        (
            "Wat doet de gemeente?",
            "Waarvoor gebruiken wij de gegevens?",
            "Welke gegevens gebruiken wij?",
            "Over wie gaan de gegevens?",
            "Met wie delen wij de gegevens?",
            "Op grond van welke bepaling van de AVG?",
            "Welke wet geldt er?",
            "Hoe lang bewaren wij de gegevens?",
            "Gaan de gegevens naar het buitenland?",
        ),
        (
            "Leerlingenvervoer",
            "Kinderen naar school brengen die niet zelf kunnen reizen",
            "Naam, adres, school en beperking",
            "Leerlingen; ouders",
            "Vervoerder, scholen",
            "Wettelijke verplichting",
            "Wet op het primair onderwijs art. 4; Verordening leerlingenvervoer",
            "7 jaar (selectielijst 8.1)",
            "Nee",
        ),
        (
            "Nieuwsbrief",
            "Inwoners vertellen wat er speelt in het dorp",
            "E-mailadres",
            "Inwoners",
            "geen",
            "Toestemming",
            "n.v.t.",
            "Tot iemand zich afmeldt",
            "België",
        ),
        ("Speelotheek", "", "", "", "", "", "", "", ""),
    ]


def hendrik_ido_ambacht_csv(encoding: str = "cp1252") -> bytes:
    table = Table("Register", HENDRIK_IDO_AMBACHT_HEADINGS, hendrik_ido_ambacht_rows())
    return write_csv(table).decode("utf-8-sig").encode(encoding)


def hendrik_ido_ambacht_xlsx() -> bytes:
    table = Table("Register", HENDRIK_IDO_AMBACHT_HEADINGS, hendrik_ido_ambacht_rows())
    return write_xlsx([table], made_on=date(2026, 11, 21))


def upl_csv() -> bytes:
    """Eight rows in the form of the official list of product names; names and laws are made up."""
    return (
        b"UniformeProductnaam,URI,Rijk,Provincie,Waterschap,Gemeente,Burger,Bedrijf,Dienstenwet,SDG,Autonomie,Medebewind,"
        b"Aanvraag,Subsidie,Melding,Verplichting,Grondslag,Grondslaglabel,Grondslaglink\n"
        b"boomvergunning,http://standaarden.overheid.nl/owms/terms/boom,,,,X,X,X,X,N1;D1,X,,X,,,,,"
        b"Artikel 4 Bomenverordening,https://voorbeeld.nl/bomen\n"
        b"boomvergunning,http://standaarden.overheid.nl/owms/terms/boom,,,,X,X,X,X,N1;D1,X,,X,,,,,"
        b"Artikel 5.1 lid 2 Bomenwet,\n"
        b"boomvergunning,http://standaarden.overheid.nl/owms/terms/boom,,,,X,X,X,X,N1;D1,X,,X,,,,,"
        b"Artikel 5.1 lid 2 Bomenwet,\n"
        b"dijkmelding,http://standaarden.overheid.nl/owms/terms/dijk,,,X,,X,,,,,,,,X,,,,\n"
        b",http://standaarden.overheid.nl/owms/terms/naamloos,,,,X,X,,,,,,,,,,,,\n"
        b"buurtfeest melden,http://standaarden.overheid.nl/owms/terms/feest,,,,X,X,,,,X,,,,X,,,gemeentelijke verordening,\n"
        b"zonder adres,,,,,X,X,,,,,,,,,,,,\n"
    )
