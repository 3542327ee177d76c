import json
import re
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import sheets, values
from core.content import YesNo
from core.errors import BadInput
from core.sheets import Sheet, Table, write_ods
from register.content import (
    ActivityContent,
    Afterwards,
    Automation,
    DataItem,
    Law,
    Publication,
    RecipientKind,
    Role,
    SpecialCategory,
)
from register.importer import plan, texts
from support import workbooks

HEADINGS = [name for row in values.document("register", "import-kolommen")["waarden"] for name in row["koppen"]]


def read(headings, *rows, **options):
    return plan([Sheet("Blad", [list(headings), *[list(row) for row in rows]])], **options)


def one(**cells):
    """The content and the notes of one record; underscores in the names are spaces."""
    result = read(
        ["Naam", "Doel", *[name.replace("_", " ") for name in cells]], ["Parkeren", "Vergunning geven", *cells.values()]
    )
    return result.records[0].content, [(note.heading, note.value, note.kind, note.became) for note in result.notes]


# --- the registers of two municipalities ---


def test_the_register_of_amersfoort_is_read_with_its_department_rows():
    result = plan(sheets.read(workbooks.amersfoort_xlsx(), "amersfoort.xlsx"))
    assert (result.sheet, result.heading_row, len(result.columns)) == ("Verwerkingen", 3, 17)
    assert [column.heading for column in result.columns if column.path is None] == []
    assert [(record.rows, record.content.name, record.content.team) for record in result.records] == [
        ((5,), "Reisdocumenten - Aanvraag paspoort", "Burgerzaken"),
        ((6,), "Reisdocumenten - Vermissing paspoort", "Burgerzaken"),
        ((8,), "Schuldhulpverlening - Intake", "Sociaal domein"),
    ]
    assert [(row.row, row.reason) for row in result.skipped] == [
        (9, "Deze rij heeft geen naam. Vul de kolom 'Verwerkingsactiviteit' en lees het bestand opnieuw in.")
    ]
    passport, _, debts = (record.content for record in result.records)
    assert (passport.controller, passport.role, passport.transfers_outside_eea) == (
        "burgemeester",
        Role.CONTROLLER,
        YesNo.NO,
    )
    assert (passport.purposes[0].legal_bases, passport.purposes[0].laws) == (
        ("6-1-c",),
        (Law(name="Paspoortwet", article="art. 3"),),
    )
    assert [item.code for item in passport.data_sets[0].data] == [
        *("naam", "adres", "geboortedatum", "bsn", "vingerafdruk", "pasfoto")
    ]
    assert (debts.role, debts.joint_controllers[0].party, debts.covenants) == (
        Role.JOINT,
        "Kredietbank",
        ("Convenant schuldhulp 2021",),
    )
    assert [purpose.text for purpose in debts.purposes] == ["Mensen met schulden helpen", "Schulden voorkomen"]
    assert (debts.transfers_outside_eea, debts.transfers[0].country) == (YesNo.YES, "US")
    assert (debts.retentions[0].duration, debts.retentions[0].trigger, debts.retentions[0].afterwards) == (
        "P5Y",
        "na afsluiten dossier",
        Afterwards.DESTROY,
    )


@pytest.mark.parametrize(
    "content",
    [
        workbooks.hendrik_ido_ambacht_csv("cp1252"),
        workbooks.hendrik_ido_ambacht_csv("utf-16"),
        workbooks.hendrik_ido_ambacht_xlsx(),
        write_ods([Table("Register", workbooks.HENDRIK_IDO_AMBACHT_HEADINGS, workbooks.hendrik_ido_ambacht_rows())]),
    ],
    ids=["cp1252", "utf-16", "xlsx", "ods"],
)
def test_case_15_the_register_of_hendrik_ido_ambacht_is_read_without_its_explanation(content):
    """Case 15: "Rechtmatige grondslag" is art. 6, "Grondslag" is the law."""
    result = plan(sheets.read(content, "register.csv"))
    paths = {column.heading: column.path for column in result.columns}
    assert (paths["Rechtmatige grondslag"], paths["Grondslag"]) == ("doelen[].grondslag", "doelen[].wet[]")
    assert None not in paths.values()
    assert [(row.row, row.reason) for row in result.skipped] == [(2, "Dit is de uitleg bij de kolommen.")]
    transport, newsletter, toys = (record.content for record in result.records)
    assert transport.purposes[0].laws == (
        Law(name="Wet op het primair onderwijs", article="art. 4"),
        Law(name="Verordening leerlingenvervoer"),
    )
    assert [data_set.data_subject for data_set in transport.data_sets] == ["leerling", "ouder"]
    assert transport.data_sets[0].data[2:] == (
        DataItem(label="school"),
        DataItem(code="beperking", sensitivity="bijzonder"),
    )
    assert (transport.retentions[0].duration, transport.retentions[0].selection_list) == ("P7Y", ("8.1",))
    assert (newsletter.purposes[0].legal_bases, newsletter.no_recipients, newsletter.remarks) == (
        ("6-1-a",),
        True,
        "Grondslag: n.v.t.",
    )
    assert newsletter.transfers_outside_eea is YesNo.NO
    assert toys == ActivityContent(name="Speelotheek")


def test_the_dry_run_has_the_promised_form():
    answer = plan(sheets.read(workbooks.hendrik_ido_ambacht_csv(), "register.csv")).as_json()
    assert list(answer) == ["sheet", "heading_row", "records", "columns", "notes", "skipped", "aside", "preview"]
    assert (answer["sheet"], answer["heading_row"], answer["records"], len(answer["preview"])) == ("register", 1, 3, 3)
    assert answer["columns"][6] == {"heading": "Grondslag", "field": "doelen[].wet[]", "score": 0.9}
    assert answer["notes"][0] == {
        "record": 1,
        "heading": "Persoonsgegevens",
        "value": "school",
        "kind": "kept",
        "became": "nakijken",
    }
    assert ActivityContent.model_validate(json.loads(json.dumps(answer))["preview"][0]).name == "Leerlingenvervoer"


# --- finding headings and columns ---


def test_every_known_heading_finds_its_own_field():
    for row in values.document("register", "import-kolommen")["waarden"]:
        for heading in row["koppen"]:
            if row["pad"] == "naam":
                continue
            result = read(["naam", heading.upper()], ["x", "y"])
            assert (heading, result.columns[1].path, result.columns[1].score) == (heading, row["pad"], 1.0)


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        ("Doelen van de verwerking", "doelen[].tekst"),
        ("Bewaartermijn en vernietiging", "bewaren[].tekst"),
        ("Ontvanger(s) van de gegevens", "ontvangers[].naam"),
        ("Aantal betrokkenen", None),
        ("Datum verwerkersovereenkomst", "verwerkers[].overeenkomst"),
        ("Kleur van de map", None),
    ],
)
def test_headings_that_are_not_word_for_word_are_guessed_with_care(heading, path):
    column = read(["naam", heading], ["x", "y"]).columns[1]
    assert (column.path, column.score < 1.0 or heading.startswith("Datum")) == (path, True)


def test_a_plain_grondslag_alone_is_article_6():
    assert read(["naam", "grondslag"], ["x", "toestemming"]).records[0].content.purposes[0].legal_bases == ("6-1-a",)


def test_what_a_person_decided_goes_before_every_guess():
    result = read(
        ["Wat", "Waarom", "Doel"],
        ["Parkeren", "Vergunning geven", "intern"],
        mapping={"Wat": "naam", "waarom": "doelen[].tekst", "Doel": None},
    )
    content = result.records[0].content
    assert (content.name, content.purposes[0].text, content.remarks) == ("Parkeren", "Vergunning geven", "Doel: intern")
    both = read(["Kop", "Naam", "Nog een"], ["Zorg", "n1", "Wmo"], mapping={"Kop": "naam", "Nog een": "naam"})
    assert (both.records[0].content.name, both.records[0].content.remarks) == ("Zorg - Wmo", "Naam: n1")


@pytest.mark.parametrize("mapping", [{"Weg": "naam"}, {"Naam": "bestaat.niet"}])
def test_a_mapping_that_does_not_fit_is_refused(mapping):
    with pytest.raises(BadInput, match=r"staat niet in het bestand|bestaat niet"):
        read(["Naam"], ["x"], mapping=mapping)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["a", "b"], ["c", "d"]], "geen rij met kolomkoppen"),
        ([["Doel", "Grondslag"], ["c", "d"]], "geen kolom met de naam"),
        ([], "geen rij met kolomkoppen"),
    ],
)
def test_a_sheet_that_is_no_register_is_refused(rows, words):
    with pytest.raises(BadInput, match=words):
        plan([Sheet("Blad", rows)])


def test_a_second_name_goes_to_the_remarks():
    content = read(["Omschrijving", "Verwerking"], ["een lang verhaal", "Parkeren"]).records[0].content
    assert (content.name, content.remarks) == ("Parkeren", "Omschrijving: een lang verhaal")


def test_the_number_of_something_else_is_not_the_number_of_the_record():
    result = read(["Naam", "DPIA (nummer)"], ["Parkeren", "2023-014"], ["Wmo", "2021-003"])
    assert [record.content.external_number for record in result.records] == ["", ""]
    assert "2023-014" in str(result.notes)


def test_the_sheet_with_the_most_known_headings_is_the_register():
    other = Sheet("Uitleg", [["Naam", "kijk hier"]])
    register = Sheet("Register", [["Naam", "Doel", "Grondslag"], ["x", "y", "toestemming"]])
    assert plan([other, register]).sheet == "Register"


def test_sheets_with_the_same_headings_are_read_together_and_others_are_told():
    headings = ["Naam", "Doel", "Grondslag"]
    result = plan(
        [
            Sheet("Zorg", [headings, ["Wmo", "", ""]]),
            Sheet("Belasting", [[], headings, ["OZB", "", ""]]),
            Sheet("Oud", [headings, ["Hondenbelasting", "", ""]], is_hidden=True),
            Sheet("Anders", [["Naam", "Doel", "Bewaartermijn"], ["Vergunning", "", ""]]),
            Sheet("Uitleg", [["Lees dit eerst"]]),
        ]
    )
    assert [(record.sheet, record.rows, record.content.name) for record in result.records] == [
        ("Zorg", (2,), "Wmo"),
        ("Belasting", (3,), "OZB"),
    ]
    assert [(row.sheet, row.row, row.reason.split(".")[0]) for row in result.skipped] == [
        ("Oud", 1, "Dit blad is verborgen"),
        ("Anders", 1, "Dit blad heeft andere kolommen"),
    ]


# --- rows ---


def test_a_row_without_name_is_skipped_and_the_others_go_on():
    result = read(["Naam", "Doel"], ["", "zonder naam"], ["Parkeren", "Vergunning geven"], ["-", "streepje"])
    assert [record.content.name for record in result.records] == ["Parkeren"]
    reason = "Deze rij heeft geen naam. Vul de kolom 'Naam' en lees het bestand opnieuw in."
    assert [(row.row, row.reason) for row in result.skipped] == [(2, reason), (4, reason)]


def test_a_department_is_filled_down_and_a_task_ends_with_it():
    result = read(
        ["Afdeling", "Taakveld", "Naam", "Doel"],
        ["Zorg", "Wmo", "Huishoudelijke hulp", "helpen"],
        ["", "", "Vervoer", "rijden"],
        ["Belastingen", "", "OZB", "heffen"],
    )
    assert [(r.content.team, r.content.domain) for r in result.records] == [
        ("Zorg", "Wmo"),
        ("Zorg", "Wmo"),
        ("Belastingen", ""),
    ]
    assert [(n.record, n.heading, n.became) for n in result.notes if n.kind == "guessed"] == [
        (2, "Afdeling", "uit de rij erboven"),
        (2, "Taakveld", "uit de rij erboven"),
    ]


def test_a_lonely_name_above_full_rows_is_a_department_when_there_is_no_column_for_it():
    result = read(
        ["Naam", "Doel"], ["Afdeling Zorg", ""], ["Wmo", "helpen"], ["Burgerzaken", ""], ["Paspoort", "geven"]
    )
    assert [(r.content.name, r.content.team) for r in result.records] == [
        ("Wmo", "Afdeling Zorg"),
        ("Paspoort", "Burgerzaken"),
    ]
    assert [(n.heading, n.value) for n in result.notes] == [
        ("tussenkop in rij 2", "Afdeling Zorg"),
        ("tussenkop in rij 4", "Burgerzaken"),
    ]


def test_records_with_nothing_but_a_name_stay_records():
    result = read(["Naam", "Doel"], ["Wmo", "helpen"], ["Paspoort", ""], ["Rijbewijs", ""])
    assert [(record.content.name, record.content.team) for record in result.records] == [
        ("Wmo", ""),
        ("Paspoort", ""),
        ("Rijbewijs", ""),
    ]


def test_a_name_merged_over_rows_makes_them_one_record():
    rows = [
        ["Naam", "Doel", "Persoonsgegevens"],
        ["Wmo", "helpen", "naam"],
        ["", "controleren", "naam"],
        ["Jeugd", "zorgen", "bsn"],
    ]
    result = plan([Sheet("Blad", rows, merged=(((1, 0), (2, 0)),))])
    assert [(r.rows, r.content.name, len(r.content.purposes)) for r in result.records] == [
        ((2, 3), "Wmo", 2),
        ((4,), "Jeugd", 1),
    ]


def test_a_merged_cell_counts_for_each_of_its_rows():
    rows = [["Naam", "Bewaartermijn"], ["Wmo", "7 jaar"], ["Jeugd", ""]]
    result = plan([Sheet("Blad", rows, merged=(((1, 1), (2, 1)),))])
    assert [r.content.retentions[0].duration for r in result.records] == ["P7Y", "P7Y"]
    assert [(n.record, n.became) for n in result.notes if "samengevoegd" in n.became] == [
        (2, "uit de samengevoegde cel")
    ]


def test_headings_that_come_back_are_skipped():
    result = read(["Naam", "Doel"], ["Wmo", "helpen"], ["Naam", "Doel"], ["Jeugd", "zorgen"])
    assert (len(result.records), [row.reason for row in result.skipped]) == (
        2,
        ["Dit zijn de kolomkoppen nog een keer."],
    )


def test_unknown_columns_go_to_the_remarks_with_their_heading():
    result = read(["Naam", "Kleur", "", "Opmerking"], ["Wmo", "rood", "los", "let op"])
    assert result.records[0].content.remarks == "let op\nKleur: rood\nkolom C: los"
    assert [(n.heading, n.value, n.kind) for n in result.notes] == [
        ("Kleur", "rood", "kept"),
        ("kolom C", "los", "kept"),
    ]


# --- values ---


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Wettelijke verplichting", ("6-1-c",)),
        ("wettelijke plicht / publieke taak", ("6-1-c", "6-1-e")),
        ("art. 6 lid 1 sub e AVG", ("6-1-e",)),
        ("Artikel 6, eerste lid, onder c en e", ("6-1-c", "6-1-e")),
        ("6.1.b", ("6-1-b",)),
        ("6(1)(f)", ("6-1-f",)),
        ("Vitaal belang betrokkene", ("6-1-d",)),
        ("toestemming; overeenkomst", ("6-1-a", "6-1-b")),
        ("e", ("6-1-e",)),
    ],
)
def test_legal_bases_are_known_by_article_and_by_name(text, codes):
    assert one(Rechtsgrond=text)[0].purposes[0].legal_bases == codes


@pytest.mark.parametrize(
    "text",
    [
        "Publieke taak (Wmo 2015 art. 2.3.5)",
        "Publieke taak: Wmo 2015 art. 2.3.5",
        "art. 6 lid 1 sub e (Wmo 2015 art. 2.3.5)",
    ],
)
def test_a_law_beside_a_legal_basis_goes_to_the_law(text):
    purpose = one(Rechtsgrond=text)[0].purposes[0]
    assert (purpose.legal_bases, purpose.laws) == (("6-1-e",), (Law(name="Wmo 2015", article="art. 2.3.5"),))


def test_a_legal_basis_nobody_knows_is_kept():
    content, notes = one(Rechtsgrond="omdat het moet")
    assert (content.purposes[0].legal_bases, content.remarks) == ((), "Rechtsgrond: omdat het moet")
    assert notes == [("Rechtsgrond", "omdat het moet", "kept", "opmerkingen")]


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("Wmo 2015 art. 2.3.5", Law(name="Wmo 2015", article="art. 2.3.5")),
        ("Artikel 3 van de Paspoortwet", Law(name="Paspoortwet", article="Artikel 3")),
        ("art. 2.1 lid 2 en 3 Awb", Law(name="Awb", article="art. 2.1 lid 2 en 3")),
        ("Gemeentewet (artikel 151c)", Law(name="Gemeentewet", article="artikel 151c")),
        ("Paspoortwet BWBR0005212", Law(name="Paspoortwet", bwb_number="BWBR0005212")),
        ("Archiefwet https://wetten.overheid.nl/x", Law(name="Archiefwet", url="https://wetten.overheid.nl/x")),
    ],
)
def test_laws_have_a_name_and_an_article(text, law):
    assert texts.find_laws(text) == (law,)


def test_laws_between_commas_are_several():
    assert [law.name for law in texts.find_laws("Jeugdwet, Participatiewet art. 7, 8 en 9")] == [
        "Jeugdwet",
        "Participatiewet",
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-21", date(2026, 11, 21)),
        ("21-11-2026", date(2026, 11, 21)),
        ("21/11/26", date(2026, 11, 21)),
        ("op 21 november 2026 besproken", date(2026, 11, 21)),
        ("1 mrt. 2024", date(2024, 3, 1)),
        ("31-02-2026", None),
        ("maart 2024", None),
        ("", None),
    ],
)
def test_dates_are_read_as_people_write_them(text, day):
    assert texts.find_date(text) == day


def test_half_a_date_stays_text():
    content, _ = one(Datum_dpia="maart 2024", Reviewdatum="21-11-2026")
    assert (content.dpia.done_on, content.remarks, content.reviewed_on) == (
        None,
        "Datum dpia: maart 2024",
        date(2026, 11, 21),
    )


@pytest.mark.parametrize(
    ("text", "answer", "rest"),
    [
        ("Ja", YesNo.YES, ""),
        ("x", YesNo.YES, ""),
        ("N.v.t.", YesNo.NO, ""),
        ("nee, tenzij de politie erom vraagt", YesNo.NO, "tenzij de politie erom vraagt"),
        ("Nederland", None, "Nederland"),
        ("jaarlijks", None, "jaarlijks"),
    ],
)
def test_yes_and_no_are_read_in_many_words(text, answer, rest):
    assert texts.yes_no(text) == (answer, rest)


@pytest.mark.parametrize(
    ("text", "duration", "afterwards"),
    [
        ("7 jaar", "P7Y", None),
        ("6 maanden na vertrek", "P6M", None),
        ("4 weken, dan gewist", "P28D", Afterwards.DESTROY),
        ("28 dagen", "P28D", None),
        ("blijvend bewaren", "", Afterwards.ARCHIVE),
        ("5 jaar of 10 jaar", "", None),
        ("zolang nodig", "", None),
    ],
)
def test_periods_become_durations(text, duration, afterwards):
    retention = one(Bewaartermijn=text)[0].retentions[0]
    assert (retention.text, retention.duration, retention.afterwards) == (text, duration, afterwards)


def test_a_number_that_is_too_long_to_count_years_is_no_period():
    content, notes = one(Bewaartermijn=f"{'9' * 4400} jaar")
    assert content.retentions[0].duration == ""
    assert any(f"{'9' * 4400} jaar" in note for note in notes)
    assert one(Bewaartermijn=f"{'9' * 4400} jaar of 7 jaar")[0].retentions[0].duration == "P7Y"


def test_periods_on_lines_of_their_own_are_several():
    assert [line.duration for line in one(Bewaartermijn="aanvraag: 5 jaar\nbesluit: 10 jaar")[0].retentions] == [
        "P5Y",
        "P10Y",
    ]


def test_numbers_of_the_selection_list_are_not_half_years_or_articles():
    assert one(Bewaartermijn="1.5 jaar (art. 8.1 Wmo)")[0].retentions[0].selection_list == ()
    assert one(Bewaartermijn="15 jaar, 8.1.1")[0].retentions[0].selection_list == ("8.1.1",)
    content, notes = one(Bewaartermijn="15 jaar", Selectielijst="8.1.1, 8.9.9")
    assert content.retentions[0].selection_list == ("8.1.1", "8.9.9")
    assert ("Selectielijst", "8.1.1, 8.9.9", "kept", "nakijken: 8.9.9 staat niet in de selectielijst") in notes


def test_kinds_of_data_become_codes_and_the_rest_stays_for_a_person():
    content, notes = one(
        Persoonsgegevens="NAW, e-mail; financiën (inkomen, schulden); zorg (inkomen, kleur); klantbeeld"
    )
    assert [item.code or item.label for item in content.data_sets[0].data] == [
        *("naam", "adres", "email", "inkomen", "schulden", "zorg (inkomen, kleur)", "klantbeeld")
    ]
    assert notes == [
        ("Persoonsgegevens", "NAW", "changed", "Naam; Adres en woonplaats"),
        ("Persoonsgegevens", "e-mail", "changed", "E-mailadres"),
        ("Persoonsgegevens", "financiën (inkomen, schulden)", "guessed", "Inkomen; Schulden"),
        ("Persoonsgegevens", "zorg (inkomen, kleur)", "kept", "nakijken"),
        ("Persoonsgegevens", "klantbeeld", "kept", "nakijken"),
    ]


def test_special_data_get_their_category_and_exception():
    content, _ = one(
        Persoonsgegevens="naam",
        Bijzondere_persoonsgegevens="medische gegevens",
        Uitzondering="art. 9 lid 2 sub g, Wmo 2015",
    )
    assert content.special_categories == (
        SpecialCategory(category="gezondheid", exception="9-2-g", law="art. 9 lid 2 sub g, Wmo 2015"),
    )


def test_a_bare_yes_to_special_data_is_a_remark_and_no_claim():
    content, _ = one(Bijzondere_persoonsgegevens="ja")
    assert (content.data_sets, content.special_categories, content.remarks) == (
        (),
        (),
        "Bijzondere persoonsgegevens: ja",
    )


def test_yes_to_bsn_adds_the_number_and_leaves_the_ground_open():
    content, notes = one(BSN="ja")
    assert (content.data_sets[0].data, content.bsn_ground) == ((DataItem(code="bsn", sensitivity="bsn"),), "")
    assert ("BSN", "ja", "guessed", "Burgerservicenummer (BSN)") in notes


@pytest.mark.parametrize(
    ("text", "is_nobody", "names"),
    [("geen", True, []), ("n.v.t.", True, []), ("-", False, []), ("Politie, RDW", False, ["Politie", "RDW"])],
)
def test_no_recipients_is_an_answer_and_a_dash_is_none(text, is_nobody, names):
    content, _ = one(Ontvangers=text)
    assert (content.no_recipients, [recipient.name for recipient in content.recipients]) == (is_nobody, names)


def test_internal_recipients_are_of_the_own_organisation():
    assert one(Interne_ontvangers="Team Zorg")[0].recipients[0].kind is RecipientKind.OWN


@pytest.mark.parametrize(
    ("text", "answer", "countries"),
    [
        ("nee", YesNo.NO, []),
        ("ja", YesNo.YES, []),
        ("ja, VS en India", YesNo.YES, ["US", "IN"]),
        ("Duitsland", YesNo.NO, []),
        ("nee, alleen Nederland", YesNo.NO, []),
        ("misschien", None, []),
        ("", None, []),
    ],
)
def test_a_transfer_is_read_from_yes_no_or_a_country(text, answer, countries):
    content, _ = one(Doorgifte=text)
    assert (content.transfers_outside_eea, sorted(t.country for t in content.transfers)) == (answer, sorted(countries))


def test_an_agreement_belongs_to_the_only_processor():
    content, _ = one(Verwerker="Drukwerk BV", Verwerkersovereenkomst="12-03-2021")
    assert (content.processors[0].party, content.processors[0].agreement_on) == ("Drukwerk BV", date(2021, 3, 12))
    content, _ = one(Verwerkers="Drukwerk BV; Post BV", Verwerkersovereenkomst="ja")
    assert (len(content.processors), content.remarks) == (2, "Verwerkersovereenkomst: ja")


@pytest.mark.parametrize(
    ("heading", "text", "status"),
    [
        ("DPIA", "ja", "uitgevoerd"),
        ("DPIA verplicht", "ja", "nodig"),
        ("DPIA", "nee", "niet_beoordeeld"),
        ("DPIA", "12-03-2021", "uitgevoerd"),
        ("DPIA", "wordt nu gemaakt", "bezig"),
        ("DPIA", "geen idee", "niet_beoordeeld"),
    ],
)
def test_no_dpia_does_not_mean_none_is_needed(heading, text, status):
    assert one(**{heading.replace(" ", "_"): text})[0].dpia.status == status


def test_decisions_and_profiles_are_two_questions():
    content, _ = one(Geautomatiseerde_besluitvorming="ja", Profilering="nee")
    assert (content.automation, content.profiling) == (Automation.PARTLY, YesNo.NO)
    assert one(Geautomatiseerde_besluitvorming="")[0].automation is None


def test_the_body_is_recognised_and_two_bodies_are_left_to_a_person():
    assert one(Verwerkingsverantwoordelijke="College van burgemeester en wethouders")[0].controller == "college"
    content, _ = one(Verwerkingsverantwoordelijke="College en burgemeester")
    assert (content.controller, content.remarks) == ("college", "Verwerkingsverantwoordelijke: College en burgemeester")


def test_partners_are_not_joint_controllers_when_the_sheet_says_no():
    content, _ = one(Samenwerkende_partijen="Politie", Gezamenlijke_verantwoordelijkheid="nee")
    assert (content.role, content.joint_controllers, content.remarks) == (
        Role.CONTROLLER,
        (),
        "Samenwerkende partijen: Politie",
    )


def test_publication_is_read():
    assert [one(Openbaar=text)[0].publication for text in ("ja", "nee", "beperkt", "?")] == [
        *(Publication.YES, Publication.NO, Publication.LIMITED, None)
    ]


def test_a_text_that_is_too_long_stands_whole_in_the_remarks():
    name, purpose = "Naam " * 50, "woord " * 200
    result = read(["Naam", "Doel"], [name, purpose])
    content = result.records[0].content
    assert (len(content.name) <= 120, content.name.endswith("…"), len(content.purposes[0].text) <= 600) == (
        True,
        True,
        True,
    )
    assert f"Naam: {name.strip()}" in content.remarks
    assert f"Doel: {purpose.strip()}" in content.remarks


def test_characters_that_cannot_be_printed_go_with_a_note():
    result = read(["Naam", "Doel"], ["Par\ufffdkeren", "Vergun\x08ning geven"])
    assert (result.records[0].content.name, result.records[0].content.purposes[0].text) == (
        "Parkeren",
        "Vergunning geven",
    )
    assert [note.kind for note in result.notes] == ["changed", "changed"]


# --- properties ---

WORDS = ["ja", "nee", "n.v.t.", "-", "BSN", "NAW", "toestemming", "art. 6 lid 1 sub e", "Wmo 2015 art. 2.3.5", "7 jaar"]
WORDS += [
    "8.1.1",
    "12-03-2021",
    "Politie",
    "Verenigde Staten",
    "geen",
    "medische gegevens",
    "burgers",
    "rood",
    "x" * 400,
]
cell = st.one_of(
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(WORDS), max_size=4).map("; ".join),
    st.text(st.characters(codec=None), max_size=40),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=12, unique=True), st.data())
def test_any_row_with_a_name_becomes_a_record(headings, data):
    row = [data.draw(cell) for _ in headings]
    result = plan(
        [Sheet("Blad", [["naam van de verwerking", *headings], ["Parkeren", *row], ["Slot", *row]])],
        mapping={"naam van de verwerking": "naam"},
    )
    assert len(result.records) + len(result.skipped) == 2


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=8, unique=True), st.data())
def test_no_word_of_a_row_is_lost(headings, data):
    """Every word stands in the record, in a note, or is the label of a code in the record."""
    row = [data.draw(st.lists(st.sampled_from(WORDS), max_size=3).map("; ".join)) for _ in headings]
    result = plan([Sheet("Blad", [["eigen kop", *headings], ["Parkeren", *row]])], mapping={"eigen kop": "naam"})
    assert len(result.records) == 1
    kept = json.dumps(result.as_json(), ensure_ascii=False) + " ".join(_labels())
    for text in row:
        for word in re.findall(r"[\w.]{2,}", text):
            assert word.casefold().rstrip(".") in kept.casefold()


def _labels():
    bases = values.load("register", "grondslagen")
    return [str(bases.entry(code)["naam"]) for code in bases.codes]


def test_a_large_register_is_read_within_seconds():
    rows = [
        [f"Verwerking {n}", "doel " * 20, "NAW, bsn, iets eigens " + str(n), "Wettelijke verplichting", "7 jaar"]
        for n in range(500)
    ]
    started = time.perf_counter()
    result = read(["Naam", "Doel", "Persoonsgegevens", "Rechtsgrond", "Bewaartermijn"], *rows)
    assert (len(result.records), time.perf_counter() - started < 20) == (500, True)


@pytest.mark.parametrize(
    "text",
    ["art. 1" + " lid" * 5000, "6" + " lid" * 5000, "art. 1" + ", " * 5000, "-" * 30000, "(" * 5000, "ja " * 9000],
)
def test_long_odd_cells_take_no_time(text):
    started = time.perf_counter()
    for heading in (
        "Rechtsgrond",
        "Wet",
        "Bewaartermijn",
        "Persoonsgegevens",
        "Doorgifte",
        "DPIA",
        "Uitzondering",
        "BSN",
    ):
        one(**{heading: text})
    assert time.perf_counter() - started < 5
