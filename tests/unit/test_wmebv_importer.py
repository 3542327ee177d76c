import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import sheets
from core.content import YesNo
from core.errors import BadInput
from core.sheets import Sheet, Table, write_csv
from support import workbooks
from wmebv.content import (
    Ambition,
    Audience,
    Availability,
    ChannelKind,
    LegalBasis,
    LoginLevel,
    MessageKind,
    NormResult,
    Official,
    Satisfaction,
    YearVolume,
)
from wmebv.importer import (
    DOUBLE,
    NOT_MUNICIPAL,
    UNKNOWN,
    WITHOUT_NAME,
    ChannelRow,
    read_upl,
    starter_products,
)
from wmebv.product_list import columns, read_product_list


def own_list(headings, *rows):
    return read_product_list([Sheet("Producten", [list(headings), *[list(row) for row in rows]])])


def test_the_official_list_gives_512_products_for_municipalities(shared):
    result = read_upl(sheets.read(shared / "reference" / "data" / "upl.csv"))
    assert (result.rows_read, len(result.products)) == (1321, 512)
    assert result.skipped_by_reason == {NOT_MUNICIPAL: 754}
    assert sum(len(product.legal_bases) for product in result.products) == 1321 - 754 - 59
    assert None not in result.columns.values()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rows_that_differ_in_their_legal_basis_are_one_product(encoding):
    content = workbooks.upl_csv().decode().encode(encoding)
    tree, party = read_upl(sheets.read(content, "upl.csv")).products
    assert tree.legal_bases == (
        LegalBasis(law="Bomenverordening", article="Artikel 4", url="https://voorbeeld.nl/bomen"),
        LegalBasis(law="Bomenwet", article="Artikel 5.1 lid 2"),
    )
    assert (tree.name, tree.upl_label, tree.upl_uri, tree.row) == (
        "Boomvergunning",
        "boomvergunning",
        "http://standaarden.overheid.nl/owms/terms/boom",
        2,
    )
    assert (tree.audiences, tree.sdg_codes) == ((Audience.RESIDENT, Audience.BUSINESS), ("N1", "D1"))
    assert (tree.services_directive, tree.message_kind) == (YesNo.YES, MessageKind.APPLICATION)
    assert (party.message_kind, party.legal_bases) == (
        MessageKind.NOTIFICATION,
        (LegalBasis(law="gemeentelijke verordening"),),
    )


def test_each_skipped_row_has_its_number_and_reason():
    result = read_upl(sheets.read(workbooks.upl_csv(), "upl.csv"))
    assert [(row.row, row.reason) for row in result.skipped] == [
        (4, DOUBLE),
        (5, NOT_MUNICIPAL),
        (6, WITHOUT_NAME),
        (8, UNKNOWN),
    ]
    assert result.skipped_by_reason == {DOUBLE: 1, NOT_MUNICIPAL: 1, WITHOUT_NAME: 1, UNKNOWN: 1}
    assert result.rows_read == 7


def test_the_older_list_with_digid_machtigen_is_read_by_the_names_of_its_columns():
    headings = ["URI", "DigiDMacht", "uniforme productnaam", "Gemeente"]
    rows = [["http://standaarden.overheid.nl/owms/terms/x", "X", "x-vergunning", "X"]]
    (product,) = read_upl([Sheet("lijst", [headings, *rows])]).products
    assert (product.note, product.services_directive) == ("Kan met DigiD Machtigen.", None)


@pytest.mark.parametrize("column", ["UniformeProductnaam", "URI", "SDG"])
def test_a_row_of_the_official_list_with_a_text_that_does_not_fit_is_skipped(column):
    address = "http://standaarden.overheid.nl/owms/terms/"
    headings = ["UniformeProductnaam", "URI", "Gemeente", "SDG"]
    good, long = ["paspoort", f"{address}paspoort", "X", "D1"], ["kap", f"{address}kap", "X", "D2"]
    long[headings.index(column)] += "x" * 3000
    found = read_upl([Sheet("lijst", [headings, good, long])])
    assert [product.upl_label for product in found.products] == ["paspoort"]
    assert [(row.row, row.reason) for row in found.skipped] == [(3, "een tekst is te lang")]


def test_a_list_without_uri_is_no_list_of_product_names():
    with pytest.raises(BadInput, match="de kolom 'URI' ontbreekt"):
        read_upl([Sheet("lijst", [["UniformeProductnaam", "Gemeente"], ["paspoort", "X"]])])


def test_a_list_for_provinces_alone_is_refused():
    headings = ["UniformeProductnaam", "URI", "Gemeente"]
    with pytest.raises(BadInput, match="geen product voor gemeenten"):
        read_upl([Sheet("lijst", [headings, ["x", "http://standaarden.overheid.nl/owms/terms/x", ""]])])


def test_an_own_list_is_read_with_the_headings_of_the_inventory():
    headings = (
        *(
            "productnaam",
            "UPL-naam",
            "UPL-URI",
            "doelgroep",
            "afdeling",
            "wettelijke grondslag",
            "artikel",
            "berichttype",
        ),
        *("soort bericht", "officieel", "kanaal", "soort kanaal", "URL", "niveau", "inlogmiddel", "aantal per jaar"),
    )
    result = own_list(
        headings,
        (
            *("Parkeervergunning", "parkeervergunning", "http://standaarden.overheid.nl/owms/terms/park"),
            *("particulier en ondernemer", "Parkeren", "Parkeerverordening", "2", "Aanvraag vergunning"),
            *("aanvraag", "ja", "Formulierenserver", "webformulier", "https://voorbeeld.nl/parkeren", "D5"),
            *("DigiD midden; eHerkenning niveau 3", "1.250"),
        ),
    )
    (product,) = result.products
    assert (product.name, product.audiences, product.yearly_volume) == (
        "Parkeervergunning",
        (Audience.RESIDENT, Audience.BUSINESS),
        1250,
    )
    assert (product.legal_bases, product.message_name, product.message_kind, product.official_message) == (
        (LegalBasis(law="Parkeerverordening", article="2"),),
        "Aanvraag vergunning",
        MessageKind.APPLICATION,
        Official.YES,
    )
    assert product.channels == (
        ChannelRow(
            name="Formulierenserver",
            kind=ChannelKind.WEB_FORM,
            url="https://voorbeeld.nl/parkeren",
            level=Availability.D5,
            login_levels=(LoginLevel.DIGID_MIDDEN, LoginLevel.EH3),
        ),
    )
    assert [(note.heading, note.value, note.became) for note in result.notes] == [("aantal per jaar", "1.250", "1250")]


def test_words_for_the_website_come_from_columns_that_say_so():
    """A column that is only called 'omschrijving' may be meant for colleagues: it becomes a note."""
    result = own_list(
        ("product", "samenvatting", "trefwoorden", "omschrijving"),
        ("Parkeren", "Vraag het aan.", "auto; kenteken", "x"),
    )
    (product,) = result.products
    assert (product.summary, product.keywords, product.note) == (
        "Vraag het aan.",
        ("auto", "kenteken"),
        "omschrijving: x",
    )


@pytest.mark.parametrize(
    ("heading", "column"), [("Product of dienst", "productnaam"), ("TEAM", "afdeling"), ("Links", "URL")]
)
def test_headings_go_by_other_names_too(heading, column):
    assert (
        own_list(["productnaam" if column != "productnaam" else "id", heading], ["x", "y"]).columns[heading] == column
    )


def test_section_7_figures_per_year_come_from_columns_with_a_year_in_the_heading_or_beside_them():
    headings = ("Product", "Soort bericht", "Kanaal", "Aantal 2024", "Aantal (2025)", "Servicenorm", "Binnen de norm")
    headings += ("Klanttevredenheid", "Ambitie 2027", "Jaar", "Bron", "Aantal per jaar")
    row = ("Kapvergunning", "aanvraag", "Kapformulier", "1.200", "1350", "binnen 8 weken", "0.92", "7.4", "D5", "2025")
    result = own_list(headings, (*row, "KCC", "1.300"))
    (product,) = result.products
    assert product.ambitions == (Ambition(year=2027, level=Availability.D5, source="KCC"),)
    assert product.volumes == (
        YearVolume(year=2024, number=1200, source="KCC"),
        YearVolume(year=2025, number=1350, source="KCC"),
    )
    assert (product.service_norm, product.yearly_volume) == ("binnen 8 weken", 1300)
    assert product.norm_results == (NormResult(year=2025, percentage=92, source="KCC"),)
    assert product.channels[0].satisfaction == (Satisfaction(year=2025, grade="7,4", source="KCC"),)
    assert {(note.heading, note.became) for note in result.notes} >= {("Aantal 2024", "1200"), ("Binnen de norm", "92")}
    assert None not in result.columns.values()


@pytest.mark.parametrize(
    ("heading", "text", "problem"),
    [
        ("Aantal per jaar", "veel", "geen heel getal"),
        ("Aantal 2025", "1.20", "geen heel getal"),
        ("Aantal 2025", "123456789", "meer dan 100 miljoen"),
        ("Aantal per jaar", "123.456.789", "meer dan 100 miljoen"),
        ("Servicenorm gehaald", "120%", "geen percentage van 0 tot en met 100"),
        ("Tevredenheid", "goed", "geen rapportcijfer van 1 tot en met 10"),
        ("Ambitie", "volledig digitaal", "geen niveau D0 tot en met D6 of DX"),
    ],
)
def test_a_figure_that_is_none_is_kept_with_what_is_wrong(heading, text, problem):
    result = own_list(("Product", "Soort bericht", "Kanaal", heading), ("Kapvergunning", "aanvraag", "Formulier", text))
    (note,) = [one for one in result.notes if one.value == text]
    assert (note.kind, note.became) == ("kept", f"opmerking, want dit is {problem}")
    assert result.products[0].note == f"{heading}: {text}"


def test_a_count_without_a_message_is_that_of_the_product_and_no_figure_is_lost():
    result = own_list(
        ("Product", "Aantal 2025", "Tevredenheid 2025", "Binnen de norm"), ("Paspoort", "4000", "8,1", "95%")
    )
    (product,) = result.products
    assert (product.yearly_volume, product.volumes, product.channels) == (4000, (), ())
    assert all(said in product.note for said in ("4000", "8,1", "95%"))


def test_unknown_columns_and_values_become_notes():
    result = own_list(
        ["productnaam", "inlogmiddel", "niveau", "kleur", "soort bericht"],
        ["Paspoort", "DigiD", "bijna klaar", "rood", "iets vaags"],
    )
    (product,) = result.products
    assert product.note.splitlines() == [
        "soort bericht: iets vaags",
        "niveau: bijna klaar",
        "inlogmiddel: DigiD",
        "kleur: rood",
    ]
    assert (result.columns["kleur"], {note.kind for note in result.notes}) == (None, {"kept"})


def test_a_row_without_product_belongs_to_the_one_above_it():
    result = own_list(
        ["product", "afdeling", "bericht", "kanaal"],
        ["Paspoort", "Burgerzaken", "aanvraag", "balie"],
        ["", "", "bezwaar", "per post"],
    )
    assert [(row.name, row.department, row.message_name) for row in result.products] == [
        ("Paspoort", "Burgerzaken", "aanvraag"),
        ("Paspoort", "Burgerzaken", "bezwaar"),
    ]
    assert [row.channels[0].kind for row in result.products] == [ChannelKind.DESK, ChannelKind.PAPER]


def test_rows_without_name_and_double_rows_are_skipped_with_a_reason():
    result = own_list(["productnaam", "afdeling"], ["", "Zorg"], ["Wmo", "Zorg"], ["Wmo", "Zorg"])
    assert [(row.row, row.name, row.reason) for row in result.skipped] == [
        (2, "Zorg", WITHOUT_NAME),
        (4, "Wmo", DOUBLE),
    ]


def test_a_list_without_the_name_of_the_product_is_refused():
    with pytest.raises(BadInput, match="geen kolom met de naam van het product"):
        own_list(["afdeling", "kleur"], ["Zorg", "rood"])
    with pytest.raises(BadInput, match="geen enkel product"):
        own_list(["productnaam", "afdeling"])


cells = st.one_of(
    st.text(max_size=30), st.sampled_from(["ja", "nee", "D5", "x" * 5000, "digid", "https://a b", "1.000"])
)


@given(st.lists(st.lists(cells, min_size=len(columns()) + 1, max_size=len(columns()) + 1), max_size=3))
def test_any_own_list_is_read_without_losing_a_row(rows):
    rows = [["naam", *row] for row in rows]
    result = own_list(
        ["productnaam", *[name for name in columns() if name != "productnaam"], "los", "vast"], ["een"], *rows
    )
    assert len(result.products) + len(result.skipped) == len(rows) + 1


def test_a_windows_list_from_a_spreadsheet_program_is_read():
    content = write_csv(Table("x", ("Productnaam", "Afdeling"), [("Café openen", "Economie")])).decode("utf-8-sig")
    (product,) = read_product_list(sheets.read(content.encode("cp1252"), "lijst.csv")).products
    assert product.name == "Café openen"


def test_the_starter_list_has_120_products():
    products = starter_products()
    assert (len(products), len({product.upl_uri for product in products})) == (120, 120)
    assert (products[0].external_id, products[-1].external_id) == ("WMS-001", "WMS-120")
    passport = products[0]
    assert (passport.name, passport.upl_label, passport.physical_presence) == ("Paspoort", "paspoort", YesNo.YES)
    assert passport.legal_bases == (LegalBasis(law="Paspoortwet", article="Artikel 26"),)
    assert passport.login_levels == {Audience.RESIDENT: LoginLevel.DESK}
    assert [product.name for product in products if not product.message_kind or not product.audiences] == []


def test_products_of_the_starter_list_stand_in_the_official_list(shared):
    official = {
        p.upl_uri: p.upl_label for p in read_upl(sheets.read(shared / "reference" / "data" / "upl.csv")).products
    }
    assert {p.upl_uri: p.upl_label for p in starter_products()}.items() <= official.items()
