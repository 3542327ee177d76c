"""Registers as municipalities, tools and consultants make them, for measuring: own making, in many styles.

`TUNED` is what the proposer of columns was made with. `HELD_BACK` was written before that and is only measured: whoever
improves the proposer looks at the first half alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.sheets import Sheet

FACTS: Sequence[Mapping[str, str]] = (
    {
        "naam": "Parkeervergunningen", "team": "Burgerzaken", "doel": "Beslissen wie in een straat mag parkeren",
        "grond": "Wettelijke verplichting", "letter": "6.1.c", "gdpr": "Legal obligation", "wet": "Wegenverkeerswet art. 2",
        "wie": "Inwoners; ondernemers", "wat": "Naam, adres, kenteken", "bron": "betrokkene, RDW", "aan": "Politie; RDW",
        "bedrijf": "Parkeersoft BV", "systeem": "Parkeerapp", "duur": "5 jaar na einde vergunning", "lijst": "8.1.1",
        "orgaan": "College van B&W", "maatregel": "Toegang per rol en logging van alle acties", "land": "nee",
    },
    {
        "naam": "Leerplicht", "team": "Sociaal domein", "doel": "Toezien op het naar school gaan van kinderen",
        "grond": "Publieke taak", "letter": "6.1.e", "gdpr": "Public task", "wet": "Leerplichtwet 1969 art. 16",
        "wie": "Leerlingen; ouders", "wat": "Naam, geboortedatum, BSN", "bron": "scholen, BRP", "aan": "Scholen",
        "bedrijf": "Zorgnet", "systeem": "Leerlingvolgsysteem", "duur": "7 jaar", "lijst": "11.1.2",
        "orgaan": "College van burgemeester en wethouders", "maatregel": "Alleen leerplichtambtenaren kunnen erbij", "land": "nee",
    },
    {
        "naam": "Nieuwsbrief", "team": "Communicatie", "doel": "Inwoners vertellen wat er in de gemeente speelt",
        "grond": "Toestemming", "letter": "6.1.a", "gdpr": "Consent", "wet": "", "wie": "Inwoners", "wat": "Naam, e-mailadres",
        "bron": "betrokkene", "aan": "geen", "bedrijf": "Mailbureau", "systeem": "Mailpakket", "duur": "Tot 1 maand na afmelden",
        "lijst": "", "orgaan": "College van B&W", "maatregel": "Versleutelde opslag", "land": "Verenigde Staten",
    },
    {
        "naam": "Salarisadministratie", "team": "P&O", "doel": "Het loon van medewerkers uitbetalen", "grond": "Overeenkomst",
        "letter": "6.1.b", "gdpr": "Contract", "wet": "Wet op de loonbelasting 1964", "wie": "Medewerkers",
        "wat": "Naam, adres, BSN, bankrekeningnummer", "bron": "medewerker", "aan": "Belastingdienst; pensioenfonds",
        "bedrijf": "Loonservice", "systeem": "Personeelssysteem", "duur": "7 jaar na uit dienst", "lijst": "5.1.3",
        "orgaan": "College van B&W", "maatregel": "Vier ogen bij elke wijziging", "land": "nee",
    },
    {
        "naam": "Schuldhulpverlening", "team": "Sociaal domein", "doel": "Inwoners met schulden helpen om die op te lossen",
        "grond": "Publieke taak", "letter": "6.1.e", "gdpr": "Public task", "wet": "Wet gemeentelijke schuldhulpverlening art. 3",
        "wie": "Inwoners; schuldeisers", "wat": "Naam, BSN, inkomen, schulden", "bron": "betrokkene, werkgever",
        "aan": "Kredietbank; schuldeisers", "bedrijf": "Kredietsoft", "systeem": "Schuldhulpsysteem",
        "duur": "5 jaar na afsluiten dossier, daarna vernietigen", "lijst": "8.1.2", "orgaan": "College van B&W",
        "maatregel": "Dossiers alleen voor het eigen team", "land": "nee",
    },
    {
        "naam": "Cameratoezicht centrum", "team": "Veiligheid", "doel": "De openbare orde in het centrum bewaren",
        "grond": "Publieke taak", "letter": "6.1.e", "gdpr": "Public task", "wet": "Gemeentewet art. 151c",
        "wie": "Bezoekers; inwoners", "wat": "Camerabeelden", "bron": "camera", "aan": "Politie", "bedrijf": "Beeldwacht",
        "systeem": "Videosysteem", "duur": "4 weken", "lijst": "", "orgaan": "Burgemeester",
        "maatregel": "Beelden zijn alleen in de meldkamer te zien", "land": "nee",
    },
)  # fmt: skip
_OWN = {
    "janee": ("ja", "nee", "nee", "ja", "ja", "nee"),
    "kruis": ("x", "", "x", "", "x", "x"),
    "datum": ("12-03-2023", "2024-05-01", "1 juni 2022", "03-11-2024", "14-02-2025", "20-08-2023"),
    "nr": ("1", "2", "3", "4", "5", "6"),
    "code": ("VR-001", "VR-002", "VR-003", "VR-004", "VR-005", "VR-006"),
    "opm": ("nog nakijken", "", "", "loopt tot 2027", "", "convenant opvragen"),
    "eigenaar": (
        "Teamleider Burgerzaken",
        "Manager Sociaal",
        "Adviseur Communicatie",
        "Teamleider P&O",
        "",
        "Adviseur OOV",
    ),
    "contact": ("privacy@voorbeeld.example", "leerplicht@voorbeeld.example", "", "po@voorbeeld.example", "", ""),
    "aantal": ("1200", "300", "5000", "450", "80", "25000"),
    "kleur": ("groen", "geel", "groen", "rood", "geel", "rood"),
    "waarborg": ("", "", "Modelcontractbepalingen (SCC)", "", "", ""),
    "dpia": ("Niet nodig", "Nodig", "Niet nodig", "Niet nodig", "Uitgevoerd", "Uitgevoerd"),
    "yesno": ("Yes", "No", "No", "Yes", "Yes", "No"),
}
P = {
    "id": "id", "naam": "naam", "domein": "domein", "team": "team", "eigenaar": "proceseigenaar", "orgaan": "bestuursorgaan",
    "doel": "doelen[].tekst", "grond": "doelen[].grondslag", "wet": "doelen[].wet[]", "wie": "gegevenssets[].betrokkene",
    "wat": "gegevenssets[].gegeven[]", "bijz": "bijzonder[].categorie", "bron": "gegevenssets[].bron[]",
    "aan": "ontvangers[].naam", "bedrijf": "verwerkers[].naam", "vwo": "verwerkers[].overeenkomst", "systeem": "systemen[]",
    "land": "doorgifte.is", "waarborg": "doorgifte[].instrument", "duur": "bewaren[].tekst", "lijst": "bewaren[].selectielijst",
    "maatregel": "maatregelen.algemeen", "dpia": "dpia.status", "adm": "adm.soort", "gecontroleerd": "laatst_gecontroleerd",
    "contact": "contact_intern", "opm": "opmerkingen", "openbaar": "openbaar", "samen": "gezamenlijk[].partij",
    "bsn": "bsn.grond", "straf": "strafrechtelijk.grond",
}  # fmt: skip
Column = tuple[str, str, str]
"""Heading, what it is about (a key of `P`, empty for no field at all), and which values stand in it."""


@dataclass(frozen=True)
class Register:
    """A register with the field that each heading is really about; None: no field, so the remarks."""

    name: str
    sheet: Sheet
    truth: Mapping[str, str | None]


def cells(values: str) -> list[str]:
    return list(_OWN[values]) if values in _OWN else [fact[values] for fact in FACTS]


def made(
    name: str,
    columns: Sequence[Column],
    *,
    above: Sequence[Sequence[str]] = (),
    groups: Sequence[str] = (),
    departments: bool = False,
    shown: Callable[[str], str] = str,
) -> Register:
    """Put a register together: rows above the headings, a row of groups over them, rows with departments between."""
    rows: list[list[str]] = [list(row) for row in above]
    if groups:
        rows.append(list(groups))
    rows.append([shown(heading) for heading, _, _ in columns])
    table = [list(row) for row in zip(*(cells(values) for _, _, values in columns), strict=True)]
    last = ""
    for fact, row in zip(FACTS, table, strict=True):
        if departments and fact["team"] != last:
            rows.append([f"Afdeling {fact['team']}", *[""] * (len(columns) - 1)])
            last = fact["team"]
        rows.append(row)
    truth = {heading: P.get(about) for heading, about, _ in columns}
    return Register(name, Sheet(name, rows), truth)


TUNED: Sequence[Register] = (
    made("klassiek", [
        ("Nr.", "id", "nr"), ("Naam van de verwerking", "naam", "naam"), ("Omschrijving doel(einden)", "doel", "doel"),
        ("Wettelijke grondslag (art. 6 AVG)", "grond", "grond"), ("Toelichting grondslag / wetsartikel", "wet", "wet"),
        ("Categorieën betrokkenen", "wie", "wie"), ("Categorie persoonsgegevens", "wat", "wat"),
        ("Bijzondere pers.gegevens (ja/nee)", "bijz", "janee"), ("Herkomst", "bron", "bron"),
        ("Ontvangers (intern/extern)", "aan", "aan"), ("Verwerker(s)", "bedrijf", "bedrijf"),
        ("Verwerkersovk. gesloten?", "vwo", "janee"), ("Bewaartermijn cf. Selectielijst", "duur", "duur"),
        ("Doorgifte buiten EU/EER?", "land", "land"), ("TOM's", "maatregel", "maatregel"), ("DPIA?", "dpia", "janee"),
        ("Opm.", "opm", "opm"),
    ]),
    made("vragen", [
        ("Hoe heet de verwerking?", "naam", "naam"), ("Wat is het doel?", "doel", "doel"),
        ("Waarom mogen we dit? (grondslag)", "grond", "grond"), ("Om welke wet gaat het?", "wet", "wet"),
        ("Van wie verwerken we gegevens?", "wie", "wie"), ("Welke gegevens gebruiken we?", "wat", "wat"),
        ("Hoe komen we aan de gegevens?", "bron", "bron"), ("Met wie delen we ze?", "aan", "aan"),
        ("Welk bedrijf helpt ons?", "bedrijf", "bedrijf"), ("In welk systeem staan ze?", "systeem", "systeem"),
        ("Hoe lang bewaren we ze?", "duur", "duur"), ("Gaan ze naar een land buiten Europa?", "land", "land"),
        ("Hoe beveiligen we ze?", "maatregel", "maatregel"), ("Welk team is verantwoordelijk?", "team", "team"),
    ]),
    made("consultant", [
        ("Ref", "id", "code"), ("Processing activity", "naam", "naam"), ("Department", "team", "team"),
        ("Process owner", "eigenaar", "eigenaar"), ("Purpose(s) of processing", "doel", "doel"),
        ("Lawful basis", "grond", "gdpr"), ("Categories of data subjects", "wie", "wie"),
        ("Categories of personal data", "wat", "wat"), ("Special category data", "bijz", "yesno"),
        ("Source of data", "bron", "bron"), ("Recipients", "aan", "aan"), ("Processors / vendors", "bedrijf", "bedrijf"),
        ("DPA in place?", "vwo", "yesno"), ("International transfers", "land", "yesno"), ("Safeguards", "waarborg", "waarborg"),
        ("Retention period", "duur", "duur"), ("Security measures", "maatregel", "maatregel"), ("DPIA required?", "dpia", "yesno"),
        ("Last reviewed", "gecontroleerd", "datum"), ("Comments", "opm", "opm"),
    ]),
    made("genummerd", [
        ("1. Verwerking", "naam", "naam"), ("2. Verantwoordelijke\nafdeling", "team", "team"), ("3. Doel", "doel", "doel"),
        ("4. Rechts-\ngrond", "grond", "letter"), ("5. Groepen van personen", "wie", "wie"),
        ("6. Persoonsgegvens", "wat", "wat"), ("7. Ontvagers", "aan", "aan"), ("8. Bewaar-\ntermijn", "duur", "duur"),
        ("9. Aantal personen", "", "aantal"), ("10. Beveilging", "maatregel", "maatregel"), ("11. Kleurcode", "", "kleur"),
    ], above=[["Register van verwerkingen gemeente Voorbeeld"], [], ["Versie 3, juni 2023"]]),
    made("dubbele koppen", [
        ("nr", "id", "nr"), ("naam", "naam", "naam"), ("omschrijving", "doel", "doel"), ("grondslag", "grond", "grond"),
        ("wet", "wet", "wet"), ("wie", "wie", "wie"), ("wat", "wat", "wat"), ("bijzonder", "bijz", "janee"),
        ("extern", "aan", "aan"), ("verwerkers", "bedrijf", "bedrijf"), ("termijn", "duur", "duur"), ("nummer lijst", "lijst", "lijst"),
    ], groups=["Algemeen", "", "Doel en grondslag", "", "", "Personen en gegevens", "", "", "Ontvangers", "", "Bewaren", ""],
        departments=True),
    made("kruisjes", [
        ("Proces", "naam", "naam"), ("Doel", "doel", "doel"), ("Toestemming", "grond", "kruis"),
        ("Overeenkomst", "grond", "kruis"), ("Wettelijke verplichting", "grond", "kruis"), ("Publieke taak", "grond", "kruis"),
        ("NAW", "wat", "kruis"), ("BSN", "bsn", "kruis"), ("Inkomen", "wat", "kruis"), ("Gezondheid", "wat", "kruis"),
        ("Bewaren", "duur", "duur"), ("Eigenaar", "eigenaar", "eigenaar"),
    ]),
    made("pakket", [
        ("Verwerking ID", "id", "code"), ("Verwerking naam", "naam", "naam"), ("Status", "", "kleur"),
        ("Eigenaar", "eigenaar", "eigenaar"), ("Verwerkingsdoeleinde", "doel", "doel"), ("Verwerkingsgrondslag", "grond", "grond"),
        ("Betrokkene categorie", "wie", "wie"), ("Gegevenscategorie", "wat", "wat"), ("Ontvangercategorie", "aan", "aan"),
        ("Leverancier", "bedrijf", "bedrijf"), ("Verwerkersovereenkomst nummer", "vwo", "code"), ("Applicatie(s)", "systeem", "systeem"),
        ("Bewaartermijn", "duur", "duur"), ("Selectielijst categorie", "lijst", "lijst"), ("Datum laatste wijziging", "gecontroleerd", "datum"),
        ("Publiceren op website", "openbaar", "janee"),
    ]),
)  # fmt: skip

HELD_BACK: Sequence[Register] = (
    made("ambtelijk", [
        ("Volgnr", "id", "nr"), ("Onderwerp van de verwerking", "naam", "naam"),
        ("Bestuursorgaan dat verantwoordelijk is", "orgaan", "orgaan"), ("Organisatie-onderdeel", "team", "team"),
        ("Doelstelling", "doel", "doel"), ("Rechtmatigheidsgrond (AVG 6.1)", "grond", "letter"), ("Wettelijke regeling", "wet", "wet"),
        ("Personen over wie gegevens worden verwerkt", "wie", "wie"), ("Aard van de gegevens", "wat", "wat"),
        ("Gevoelige of bijzondere gegevens", "bijz", "janee"), ("Verkregen uit", "bron", "bron"),
        ("Afnemers van gegevens", "aan", "aan"), ("Ingeschakelde verwerker", "bedrijf", "bedrijf"),
        ("Overeenkomst met verwerker (datum)", "vwo", "datum"), ("Bewaarduur", "duur", "duur"),
        ("Locatie gegevens (buiten EER)", "land", "land"), ("Technische & organisatorische beveiliging", "maatregel", "maatregel"),
        ("Notitie", "opm", "opm"),
    ]),
    made("afkortingen", [
        ("Id", "id", "nr"), ("Verw.act.", "naam", "naam"), ("Afd.", "team", "team"), ("Doel verw.", "doel", "doel"),
        ("Grondsl.", "grond", "letter"), ("Wettel. basis", "wet", "wet"), ("Betr.", "wie", "wie"), ("Pers.geg.", "wat", "wat"),
        ("Bijz. pers.geg.", "bijz", "janee"), ("Ontv.", "aan", "aan"), ("Verw. ovk", "vwo", "janee"), ("Bew.term.", "duur", "duur"),
        ("Sel.lijst nr", "lijst", "lijst"), ("Doorg. 3e land", "land", "land"), ("PIA", "dpia", "janee"),
        ("Contactpers.", "contact", "contact"), ("Opm.", "opm", "opm"),
    ]),
    made("hele vragen", [
        ("Om welk proces gaat het?", "naam", "naam"), ("Waarvoor zijn de gegevens nodig?", "doel", "doel"),
        ("Op welke grond mag dat volgens de AVG?", "grond", "grond"), ("Welke wet- of regelgeving verplicht dit?", "wet", "wet"),
        ("Over welke mensen gaat het?", "wie", "wie"), ("Om wat voor gegevens gaat het?", "wat", "wat"),
        ("Zijn er bijzondere persoonsgegevens bij?", "bijz", "janee"), ("Van wie ontvangen we de gegevens?", "bron", "bron"),
        ("Aan wie geven we gegevens door?", "aan", "aan"), ("Welke leveranciers verwerken gegevens voor ons?", "bedrijf", "bedrijf"),
        ("Is er een verwerkersovereenkomst?", "vwo", "janee"), ("Hoe lang worden de gegevens bewaard?", "duur", "duur"),
        ("Worden gegevens buiten de EU verwerkt?", "land", "janee"), ("Welke maatregelen zijn er genomen?", "maatregel", "maatregel"),
        ("Is er een DPIA gedaan?", "dpia", "janee"), ("Wie kan hier vragen over beantwoorden?", "contact", "contact"),
        ("Wanneer is dit voor het laatst nagekeken?", "gecontroleerd", "datum"),
    ]),
    made("bureau", [
        ("#", "id", "nr"), ("Name of processing", "naam", "naam"), ("Business unit", "team", "team"), ("Owner", "eigenaar", "eigenaar"),
        ("Why do we process", "doel", "doel"), ("Legal ground (Art. 6 GDPR)", "grond", "gdpr"), ("Law / regulation", "wet", "wet"),
        ("Individuals", "wie", "wie"), ("Data elements", "wat", "wat"), ("Sensitive data (Art. 9)", "bijz", "yesno"),
        ("Obtained from", "bron", "bron"), ("Shared with", "aan", "aan"), ("Third-party processor", "bedrijf", "bedrijf"),
        ("Data processing agreement", "vwo", "yesno"), ("Applications used", "systeem", "systeem"),
        ("Transfer outside EEA", "land", "yesno"), ("Time limits for erasure", "duur", "duur"), ("TOMs", "maatregel", "maatregel"),
        ("DPIA performed", "dpia", "yesno"), ("Notes", "opm", "opm"),
    ]),
    made("diep begin", [
        ("volgnummer", "id", "nr"), ("benaming", "naam", "naam"), ("doelomschrijving", "doel", "doel"), ("AVG-grond", "grond", "grond"),
        ("wetsgrond", "wet", "wet"), ("doelgroep", "wie", "wie"), ("soorten gegevens", "wat", "wat"), ("herkomst data", "bron", "bron"),
        ("verstrekt aan", "aan", "aan"), ("softwareleverancier", "bedrijf", "bedrijf"), ("vernietigingstermijn", "duur", "duur"),
        ("bijzonderheden", "opm", "opm"),
    ], above=[["Gemeente Voorbeeld"], ["AVG-register"], [], ["Laatst bijgewerkt: 2022"], []],
        groups=["Identificatie", "", "Rechtmatigheid", "", "", "Inhoud", "", "", "Delen", "", "Beheer", ""], departments=True),
    made("vinkjes", [
        ("Werkproces", "naam", "naam"), ("Waarom", "doel", "doel"), ("wettelijke plicht", "grond", "kruis"),
        ("algemeen belang", "grond", "kruis"), ("toestemming betrokkene", "grond", "kruis"), ("naam", "wat", "kruis"),
        ("adres", "wat", "kruis"), ("geboortedatum", "wat", "kruis"), ("iban", "wat", "kruis"), ("medisch", "wat", "kruis"),
        ("inwoners", "wie", "kruis"), ("medewerkers", "wie", "kruis"), ("bewaren tot", "duur", "duur"),
        ("verantw. team", "team", "team"),
    ]),
    made("export", [
        ("Kenmerk bron", "id", "code"), ("Titel van verwerking", "naam", "naam"), ("Toestand", "", "kleur"), ("Sector/cluster", "team", "team"),
        ("Functionele eigenaar", "eigenaar", "eigenaar"), ("Doeleinden (toelichting)", "doel", "doel"), ("Juridische basis", "grond", "grond"),
        ("Artikel/wet", "wet", "wet"), ("Subjecten", "wie", "wie"), ("Attributen", "wat", "wat"), ("Bronhouder", "bron", "bron"),
        ("Derde partijen", "aan", "aan"), ("Bewerkers", "bedrijf", "bedrijf"), ("Informatiesystemen", "systeem", "systeem"),
        ("Archieftermijn", "duur", "duur"), ("Resultaattype (selectielijst)", "lijst", "lijst"), ("Doorgifteland", "land", "land"),
        ("Adequaatheid/waarborg", "waarborg", "waarborg"), ("Risicoanalyse (DPIA) status", "dpia", "dpia"),
        ("Geautom. besluit", "adm", "janee"), ("Gewijzigd op", "gecontroleerd", "datum"), ("Zichtbaar voor publiek", "openbaar", "janee"),
        ("Mensen per jaar", "", "aantal"),
    ]),
)  # fmt: skip
