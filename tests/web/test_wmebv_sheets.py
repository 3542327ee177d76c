"""Question sheets: out with the open questions, back in with a look, and never over what somebody said meanwhile."""

import io
import json
import zipfile
from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace

import pytest
import typer
from lxml import etree, html
from sqlmodel import select

from core import sheets
from core.errors import BadInput, RuleViolation
from core.sheets import Sheet, Table, write_csv
from support.inventories import good_channel, good_message
from support.pages import Visit
from wmebv import cli, rows, services
from wmebv.content import Answer, Availability, ChannelKind, ProductContent, TemplateContent, Value
from wmebv.models import Channel, ChannelTemplate, Product
from wmebv.question_sheet import HEADINGS, WHEN, WHO, read_sheet

DAY = date(2026, 3, 2)
BODIES = {"college": "College van burgemeester en wethouders"}


@pytest.fixture
def team(database, organisation, actor):
    """A product of the team Groen of which nothing is known, with a message that goes by one channel."""
    with database.write(organisation.id) as session:
        services.add_channel(session, good_channel().model_copy(update={"answers": ()}), actor=actor)
        product = services.add_product(session, ProductContent(name="Kapvergunning", team="Groen"), actor=actor)
        services.add_message_type(session, product, good_message().model_copy(update={"answers": ()}), actor=actor)
    return "Groen"


@pytest.fixture
def sheet(database, organisation, team):
    """The rows of the sheet of the team, as a program reads them."""
    with database.read(organisation.id) as session:
        lines = services.open_questions(session)[team]
        _, content = services.question_sheet(session, team, lines, DAY)
    return next(one for one in sheets.read(content) if one.name == "Vragen").rows


def test_a_long_question_has_the_height_of_its_lines(database, organisation, team):
    with database.read(organisation.id) as session:
        lines = services.open_questions(session)[team]
        _, content = services.question_sheet(session, team, lines, DAY)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        found = etree.fromstring(book.read("xl/worksheets/sheet2.xml")).findall(".//{*}row")[-len(lines) :]
    high = {line.question.code: row.get("ht") for line, row in zip(lines, found, strict=True)}
    assert (high["Z05"], high["W03"], high["W13"]) == (None, "30", "30")


def fill(rows_, code, **typed):
    """Fill cells in the row of a question, as a person in a spreadsheet does."""
    row = next(row for row in rows_ if row[0].endswith(code))
    row += [""] * (len(HEADINGS) - len(row))
    for heading, text in typed.items():
        row[HEADINGS.index(heading.replace("_", " "))] = text
    return rows_


def signed(rows_):
    for row in rows_[1:3]:
        row.extend([""] * (4 - len(row)))
        row[3] = {WHO: "teamleider", WHEN: "2026-03-01"}[row[2]]
    return rows_


def read(rows_):
    return read_sheet([Sheet("Vragen", rows_)], BODIES)


def as_csv(rows_):
    return write_csv(Table("Vragen", rows_[0], rows_[1:]))


def answers(database, organisation):
    with database.read(organisation.id) as session:
        return rows.answers_of(session.exec(select(Product)).one())


def test_a_sheet_has_the_open_questions_of_the_team_and_the_same_bytes_for_the_same_data(
    database, organisation, team, actor
):
    with database.write(organisation.id) as session:
        product = session.exec(select(Product)).one()
        services.answer(session, product, Answer(duty="W03", value=Value.YES, choices=("Z01",)), actor=actor)
        services.answer(session, product, Answer(duty="W15", value=Value.UNKNOWN), actor=actor)
        lines = services.open_questions(session)[team]
        first, second = (services.question_sheet(session, team, lines, DAY) for _ in range(2))
        assert first == second
        assert list(services.open_questions(session)) == [team]
    codes = {(line.key[0], line.key[-3:]) for line in lines}
    assert {("P", "W15"), ("B", "W04"), ("K", "W22")} <= codes
    assert ("P", "W03") not in codes
    assert not codes & {("B", "W10"), ("B", "W12"), ("B", "W22")}
    assert len({line.key for line in lines}) == len(lines)


@pytest.mark.parametrize(
    ("facts", "is_asked"),
    [
        ({"kind": ChannelKind.DESK, "level": None}, False),
        ({"kind": ChannelKind.PAPER, "level": Availability.D2}, False),
        ({"kind": ChannelKind.EMAIL, "level": None}, True),
        ({"kind": None, "level": None}, True),
    ],
)
def test_a_desk_or_a_form_on_paper_is_not_asked_what_digital_channels_are(
    database, organisation, team, actor, facts, is_asked
):
    with database.write(organisation.id) as session:
        channel = session.exec(select(Channel)).one()
        content = rows.channel_content(channel).model_copy(update=facts)
        services.change_channel(session, channel, content, version=channel.version, actor=actor)
        assert any(line.key.startswith("K:") for line in services.open_questions(session)[team]) is is_asked


def test_a_filled_in_sheet_gives_answers_in_the_name_of_who_filled_it_in(database, organisation, sheet, actor):
    fill(sheet, "W03", Antwoord="Ja", Keuze="Hulp aan de balie; Hulp aan de telefoon", Bewijs="https://x.nl/hulp")
    fill(sheet, "W06", Antwoord="ja, door de bibliotheek", Datum_bewijs="1 februari 2026")
    with database.write(organisation.id) as session:
        done = services.take_answers(session, read(signed(sheet)), taken=(), actor=actor)
    assert [change.effect.value for change in done] == ["nieuw", "nieuw"]
    found = {one.duty: one for one in answers(database, organisation)}
    assert (found["W03"].choices, found["W03"].evidence_url) == (("Z01", "Z02"), "https://x.nl/hulp")
    assert (found["W06"].text, found["W06"].evidence_on) == ("door de bibliotheek", date(2026, 2, 1))
    assert {(one.answered_by, one.answered_on) for one in found.values()} == {("teamleider", date(2026, 3, 1))}
    with database.read(organisation.id) as session:
        again = services.plan_answers(session, read(sheet))
    assert [change.effect.value for change in again] == ["staat er al", "staat er al"]


def test_an_answer_that_somebody_gave_meanwhile_stays_unless_the_sheet_is_chosen(database, organisation, sheet, actor):
    fill(sheet, "W03", Antwoord="Nee")
    given = Answer(duty="W03", value=Value.YES, choices=("Z01",))
    with database.write(organisation.id) as session:
        services.answer(session, session.exec(select(Product)).one(), given, actor=actor)
    with database.write(organisation.id) as session:
        (change,) = services.take_answers(session, read(sheet), taken=(), actor=actor)
    assert (change.effect.value, change.ours, change.theirs[:3]) == (
        "anders beantwoord",
        "Ja; Hulp aan de balie",
        "Nee",
    )
    assert answers(database, organisation)[0].value is Value.YES
    with database.write(organisation.id) as session:
        services.take_answers(session, read(sheet), taken=[change.key], actor=actor)
    assert answers(database, organisation)[0].value is Value.NO


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("W03", {"Keuze": "Hulp aan de balie"}),
        ("W05", {"Keuze": "DigiD Machtigen"}),
        ("W09", {"Keuze": "Nee"}),
        ("W13", {"Bewijs": "https://x.nl/besluit", "Datum_bewijs": "1-1-2026", "Bestuursorgaan": "college"}),
        ("W23", {"Keuze": "Downloaden", "Bewijs": "https://x.nl/bevestiging"}),
        ("W33", {"Keuze": "Niet nodig"}),
    ],
)
def test_a_choice_in_a_sheet_answers_what_nobody_knew(database, organisation, sheet, actor, code, typed):
    fill(sheet, code, Antwoord="Weten we nog niet")
    with database.write(organisation.id) as session:
        services.take_answers(session, read(sheet), taken=(), actor=actor)
        assert code in {line.question.code for line in services.open_questions(session)["Groen"]}
    fill(sheet, code, Antwoord="", **typed)
    with database.write(organisation.id) as session:
        key = next(row[0] for row in sheet if row[0].endswith(code))
        [change] = services.take_answers(session, read(sheet), taken=[key], actor=actor)
        assert (change.effect.value, "Weten we nog niet" in change.theirs) == ("gewijzigd", False)
        assert code not in {line.question.code for line in services.open_questions(session)["Groen"]}
        assert services.plan_answers(session, read(sheet))[0].effect.value == "staat er al"


def test_a_note_in_a_sheet_leaves_unknown_what_nobody_knew(database, organisation, sheet, actor):
    fill(sheet, "W04", Antwoord="Weten we nog niet")
    with database.write(organisation.id) as session:
        services.take_answers(session, read(sheet), taken=(), actor=actor)
    fill(sheet, "W04", Antwoord="", Toelichting="Gevraagd aan de balie", Bewijs="https://x.nl/vraag")
    with database.write(organisation.id) as session:
        key = next(row[0] for row in sheet if row[0].endswith("W04"))
        services.take_answers(session, read(sheet), taken=[key], actor=actor)
        assert "W04" in {line.question.code for line in services.open_questions(session)["Groen"]}


@pytest.fixture
def template(database, organisation, team, actor):
    """The channel of the team comes under a template of which nobody knows whether it confirms receipt."""
    unknown = Answer(duty="W22", value=Value.UNKNOWN, text="Gevraagd aan de leverancier")
    with database.write(organisation.id) as session:
        template = services.add_template(session, TemplateContent(name="Motor", answers=(unknown,)), actor=actor)
        channel = session.exec(select(Channel)).one()
        versions = [(channel, channel.version)]
        services.put_under(session, template, versions, drops_own=True, reason="", actor=actor)


def of_channel(database, organisation):
    with database.read(organisation.id) as session:
        return {one.duty: one for one in rows.answers_of(session.exec(select(Channel)).one())}


@pytest.mark.on_both
def test_what_the_template_does_not_know_the_channel_answers_itself(database, organisation, template, sheet, actor):
    fill(sheet, "W22", Antwoord="Ja", Bewijs="https://x.nl/bevestiging")
    with database.write(organisation.id) as session:
        (change,) = services.take_answers(session, read(sheet), taken=(), actor=actor)
    own = of_channel(database, organisation)["W22"]
    assert (change.effect.value, own.value, own.evidence_url) == ("gewijzigd", Value.YES, "https://x.nl/bevestiging")
    with database.read(organisation.id) as session:
        assert services.plan_answers(session, read(sheet))[0].effect.value == "staat er al"


def test_what_the_template_answered_meanwhile_holds_unless_the_sheet_is_chosen_and_says_why(
    database, organisation, template, sheet, actor
):
    with database.write(organisation.id) as session:
        engine = session.exec(select(ChannelTemplate)).one()
        known = Answer(duty="W22", value=Value.YES, text="Standaard", evidence_document="Test")
        services.answer(session, engine, known, actor=actor)
    fill(sheet, "W22", Antwoord="Ja")
    with database.write(organisation.id) as session:
        (change,) = services.take_answers(session, read(sheet), taken=(), actor=actor)
    assert (change.effect.value, "W22" in of_channel(database, organisation)) == ("staat er al", False)
    fill(sheet, "W22", Antwoord="Nee")
    with database.write(organisation.id) as session:
        (change,) = services.take_answers(session, read(sheet), taken=(), actor=actor)
    assert (change.effect.value, "W22" in of_channel(database, organisation)) == ("anders beantwoord", False)
    with database.write(organisation.id) as session, pytest.raises(RuleViolation, match="Leg uit waarom"):
        services.take_answers(session, read(sheet), taken=[change.key], actor=actor)
    fill(sheet, "W22", Toelichting="Ouder formulier")
    with database.write(organisation.id) as session:
        services.take_answers(session, read(sheet), taken=[change.key], actor=actor)
    own = of_channel(database, organisation)["W22"]
    assert (own.value, own.text) == (Value.NO, "Ouder formulier")


def test_each_cell_that_cannot_be_used_is_told_by_its_place_and_nothing_is_taken(database, organisation, sheet, actor):
    fill(sheet, "W03", Antwoord="misschien", Keuze="een robot", Datum_bewijs="ooit", Bewijs="x" * 301)
    fill(sheet, "W06", Sleutel="kapot", Antwoord="Ja")
    fill(sheet, "W15", Sleutel="", Antwoord="Ja")
    fill(sheet, "W22", Antwoord="Ja", Keuze="Ja", Bestuursorgaan="de koning")
    row = {code: next(at for at, cells in enumerate(sheet, start=1) if code in cells[4][:3]) for code in ("W03", "W06")}
    found = read(sheet)
    told = {fault.cell: fault.message for fault in found.faults}
    assert told[f"F{row['W03']}"].startswith("Dit is geen antwoord. Kies uit: Ja, Deels, Nee")
    assert told[f"G{row['W03']}"].startswith("'een robot' staat niet in de lijst.")
    assert told[f"J{row['W03']}"] == "Dit is geen datum. Schrijf bijvoorbeeld 21-11-2026."
    assert told[f"I{row['W03']}"] == "Deze tekst is te lang. Er passen 300 tekens."
    assert told[f"A{row['W06']}"] == "Deze sleutel is veranderd. Download het vragenblad opnieuw."
    assert "Deze rij heeft geen sleutel. Zet het antwoord in de rij van de vraag." in told.values()
    assert "Bij deze vraag hoort geen keuze. Maak de cel leeg." in told.values()
    assert any(message.startswith("Dit bestuursorgaan is er niet.") for message in told.values())
    with database.write(organisation.id) as session, pytest.raises(RuleViolation, match="Er is niets ingelezen"):
        services.take_answers(session, found, taken=(), actor=actor)


def test_a_file_that_is_no_sheet_is_refused(sheet):
    with pytest.raises(BadInput, match="Dit is geen vragenblad"):
        read([["kleur"], ["rood"]])
    for row in sheet:
        del row[HEADINGS.index("Antwoord") :]
    with pytest.raises(BadInput, match="De kolom 'Antwoord' ontbreekt"):
        read(sheet)


def test_a_sheet_goes_out_and_in_on_screen(client, database, organisation, team, sheet):
    page = client.get("/wmebv/vragenbladen/")
    (link,) = html.document_fromstring(page.text).xpath("//tbody//a/@href")
    answer = client.get(link)
    assert answer.headers["content-disposition"].endswith("vragenblad-groen.xlsx")
    with zipfile.ZipFile(io.BytesIO(client.get("/wmebv/vragenbladen/alle.zip").content)) as archive:
        assert archive.namelist() == ["vragenblad-groen.xlsx"]
    fill(sheet, "W03", Antwoord="Nee")
    looked = client.post("/wmebv/vragenbladen/", files={"file": ("blad.csv", as_csv(signed(sheet)))})
    assert "Ingevuld door teamleider op 1 maart 2026." in " ".join(looked.text.split())
    assert answers(database, organisation) == ()
    fields = {one.get("name"): one.get("value") for one in html.document_fromstring(looked.text).xpath("//main//input")}
    client.post("/wmebv/vragenbladen/inlezen", data=fields)
    assert [(one.duty, one.value) for one in answers(database, organisation)] == [("W03", Value.NO)]
    damaged = client.post("/wmebv/vragenbladen/inlezen", data=fields | {"kept": "%%%"})
    assert "onderweg beschadigd" in damaged.text


def test_a_sheet_with_faults_cannot_be_taken_on_screen(client, sheet):
    fill(sheet, "W03", Antwoord="misschien")
    looked = client.post("/wmebv/vragenbladen/", files={"file": ("blad.csv", as_csv(sheet))})
    assert "Deze cellen kloppen niet." in looked.text
    assert "Lees deze antwoorden in" not in looked.text
    refused = Visit(client, "/wmebv/vragenbladen/", form=0).submit()
    assert (refused.status_code, "Kies eerst een bestand." in refused.text) == (422, True)


@pytest.fixture
def shell(database, organisation, monkeypatch):
    """Commands work on the database of the test."""

    @contextmanager
    def opened(*_):
        yield SimpleNamespace(database=database, organisation_id=organisation.id)

    monkeypatch.setattr(cli, "opened", opened)


def test_the_commands_make_sheets_and_read_them(shell, database, organisation, folder, team, sheet, tmp_path, capsys):
    output = tmp_path / "bladen.zip"
    cli.draft_questions(output, folder.root)
    with zipfile.ZipFile(output) as archive:
        assert archive.namelist() == ["vragenblad-groen.xlsx"]
    with pytest.raises(BadInput, match="Teams met producten: Groen"):
        cli.draft_questions(output, folder.root, team="Blauw")
    filled = tmp_path / "blad.csv"
    filled.write_bytes(as_csv(fill(sheet, "W03", Antwoord="Nee")))
    capsys.readouterr()
    cli.import_answers(filled, folder.root, dry_run=True, format_="json")
    assert json.loads(capsys.readouterr().out)["answers"][0]["effect"] == "nieuw"
    assert answers(database, organisation) == ()
    cli.import_answers(filled, folder.root)
    assert len(answers(database, organisation)) == 1
    filled.write_bytes(as_csv(fill(sheet, "W06", Antwoord="misschien")))
    with pytest.raises(typer.Exit) as ended:
        cli.import_answers(filled, folder.root)
    assert ended.value.exit_code == 1
