"""Lists of products from outside: what is taken in, what is left alone, and that twice is once."""

import json
from dataclasses import replace

import pytest
import typer
from sqlmodel import select

from core import sheets
from core.accounts.models import User  # noqa: F401 - its table is part of every database
from core.audit import AuditEvent
from core.db import Database
from core.errors import BadInput
from core.organisations import add_organisation
from wmebv import cli, queries, rows, services
from wmebv.content import (
    Answer,
    Availability,
    ChannelContent,
    ChannelKind,
    Direction,
    MessageKind,
    MessageTypeContent,
    Official,
    ProductContent,
    Value,
    YearVolume,
)
from wmebv.importer import ChannelRow, ProductRow, read_upl, starter_products
from wmebv.models import Channel, MessageType, Product, ReportFigures
from wmebv.services import Outcome

URI = "http://standaarden.overheid.nl/owms/terms/"


def names(session):
    return [product.name for product in session.exec(select(Product).order_by(Product.number))]


def take(session, *products, actor, generate=False):
    outcome = services.import_products(session, products, actor=actor, generate=generate)
    return [row.outcome for row in outcome.rows]


def test_the_starter_set_gives_120_products_with_about_400_message_types(session, actor):
    outcome = services.import_products(session, starter_products(), actor=actor, generate=True)
    assert outcome.count(Outcome.ADDED) == len(outcome.rows) == 120
    assert queries.counts(session) == {
        "products": 120,
        "message_types": 408,
        "channels": 105,
        "products_established": 0,
    }
    assert outcome.message_types_added == len(session.exec(select(MessageType)).all())
    assert outcome.channels_added == len(session.exec(select(Channel)).all())
    # Nothing proposed is called assessed or designated.
    assert {message.assessed_on for message in session.exec(select(MessageType))} == {None}
    assert {(channel.designated, channel.url) for channel in session.exec(select(Channel))} == {(None, "")}


def test_the_same_list_twice_changes_nothing(session, actor):
    some = starter_products()[:15]
    services.import_products(session, some, actor=actor, generate=True)
    events = len(session.exec(select(AuditEvent)).all())
    again = services.import_products(session, some, actor=actor, generate=True)
    assert (again.count(Outcome.UNCHANGED), again.message_types_added, again.channels_added) == (15, 0, 0)
    assert again.differences == ()
    assert len(session.exec(select(AuditEvent)).all()) == events


def test_a_product_is_known_by_uri_then_by_upl_name_then_by_name(session, actor):
    for content in (
        ProductContent(name="Eerste", upl_uri=f"{URI}a"),
        ProductContent(name="Tweede", upl_label="tweede product"),
        ProductContent(name="Derde"),
    ):
        services.add_product(session, content, actor=actor)
    found = take(
        session,
        ProductRow(name="Anders", upl_uri=f"{URI}a", row=2),
        ProductRow(name="Weer anders", upl_label="Tweede product", row=3),
        ProductRow(name="DERDE", row=4),
        actor=actor,
    )
    assert found == [Outcome.UNCHANGED] * 3
    assert names(session) == ["Eerste", "Tweede", "Derde"]


def test_two_products_of_the_municipality_may_share_an_official_name(session, actor):
    both = (
        ProductRow(name="Rolstoel", upl_uri=f"{URI}a", row=2),
        ProductRow(name="Scootmobiel", upl_uri=f"{URI}a", row=3),
    )
    assert take(session, *both, actor=actor) == [Outcome.ADDED, Outcome.ADDED]
    assert take(session, *both, actor=actor) == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert names(session) == ["Rolstoel", "Scootmobiel"]


def test_only_what_is_empty_is_filled_and_differences_are_told(session, actor):
    services.add_product(session, ProductContent(name="Paspoort", team="Burgerzaken"), actor=actor)
    row = ProductRow(name="Paspoort", department="Publiekszaken", yearly_volume=1200, row=7)
    outcome = services.import_products(session, [row], actor=actor, generate=False)
    content = rows.product_content(session.exec(select(Product)).one())
    assert (content.team, content.yearly_volume) == ("Burgerzaken", 1200)
    assert outcome.rows[0].outcome is Outcome.COMPLETED
    assert [(one.row, one.field, one.ours, one.theirs) for one in outcome.differences] == [
        (7, "team", "Burgerzaken", "Publiekszaken")
    ]


def test_rows_with_another_message_add_it_to_the_product(session, actor):
    form = ChannelRow(kind=ChannelKind.WEB_FORM, url="https://voorbeeld.nl/wmo", level=Availability.D4)
    found = (
        ProductRow(name="Wmo", message_name="Melding", message_kind=MessageKind.NOTIFICATION, channels=(form,), row=2),
        ProductRow(name="Wmo", message_name="Aanvraag", message_kind=MessageKind.APPLICATION, row=3),
    )
    assert take(session, *found, actor=actor) == [Outcome.ADDED, Outcome.COMPLETED]
    assert take(session, *found, actor=actor) == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    messages = session.exec(select(Product)).one().messages
    assert [message.name for message in messages] == ["Melding", "Aanvraag"]
    assert [link.channel.name for link in messages[0].channels] == ["Webformulier Wmo"]


def test_another_address_under_the_same_name_is_another_channel(session, actor):
    found = [
        ProductRow(
            name=name,
            message_kind=MessageKind.APPLICATION,
            channels=(ChannelRow(name="Mijn loket", url=f"https://voorbeeld.nl/{name}"),),
        )
        for name in ("a", "b")
    ]
    take(session, *found, actor=actor)
    take(session, *found, actor=actor)
    assert sorted(channel.name for channel in session.exec(select(Channel))) == ["Mijn loket", "Mijn loket (b)"]


def test_a_row_for_a_product_that_has_ended_is_skipped_with_a_reason(session, actor):
    product = services.add_product(session, ProductContent(name="Hondenbelasting"), actor=actor)
    services.end_product(session, product, version=product.version, actor=actor)
    outcome = services.import_products(session, [ProductRow(name="Hondenbelasting", row=2)], actor=actor, generate=True)
    assert [(row.outcome, row.reason) for row in outcome.rows] == [(Outcome.SKIPPED, "dit product is beëindigd")]


@pytest.mark.parametrize("known", [{"upl_uri": f"{URI}a"}, {"upl_label": "naam"}, {}])
def test_a_row_means_the_product_that_is_there_before_one_that_has_ended(session, actor, known):
    gone = services.add_product(session, ProductContent(name="Kapvergunning", **known), actor=actor)
    services.end_product(session, gone, version=gone.version, actor=actor)
    services.add_product(session, ProductContent(name="Kapvergunning", **known), actor=actor)
    row = ProductRow(name="Kapvergunning", **known, process_owner="Teamleider", row=2)
    outcome = services.import_products(session, [row], actor=actor, generate=False)
    assert [(one.outcome, one.number) for one in outcome.rows] == [(Outcome.COMPLETED, "PD-0002")]


def test_a_row_means_the_message_that_is_there_before_one_that_is_there_no_more(session, actor):
    product = services.add_product(session, ProductContent(name="Kapvergunning"), actor=actor)
    gone = services.add_message_type(session, product, MessageTypeContent(name="Aanvraag"), actor=actor)
    services.end_message_type(session, gone, version=gone.version, actor=actor)
    row = ProductRow(name="Kapvergunning", message_name="Aanvraag", service_norm="5 dagen", row=2)
    [told] = services.import_products(session, [row], actor=actor, generate=False).rows
    assert (told.outcome, told.reason) == (
        Outcome.UNCHANGED,
        "het bericht 'Aanvraag' is vervallen; daarvan is niets overgenomen",
    )
    new = services.add_message_type(session, product, MessageTypeContent(name="Aanvraag"), actor=actor)
    [told] = services.import_products(session, [row], actor=actor, generate=False).rows
    assert (told.outcome, told.reason, new.service_norm) == (Outcome.COMPLETED, "", "5 dagen")


def test_what_a_list_does_not_say_of_a_message_is_no_difference(session, actor):
    product = services.add_product(session, ProductContent(name="Kapvergunning"), actor=actor)
    for content in (
        MessageTypeContent(name="Brief", direction=Direction.OUT),
        MessageTypeContent(name="Tip", kind=MessageKind.SIGNAL, official=Official.MIXED),
    ):
        services.add_message_type(session, product, content, actor=actor)
    silent = (
        ProductRow(name="Kapvergunning", message_name="Brief", service_norm="5 dagen", row=2),
        ProductRow(name="Kapvergunning", message_name="Tip", message_kind=MessageKind.SIGNAL, row=3),
    )
    assert services.import_products(session, silent, actor=actor, generate=False).differences == ()
    said = replace(silent[0], direction=Direction.IN), replace(silent[1], official_message=Official.NO)
    outcome = services.import_products(session, said, actor=actor, generate=False)
    assert [one.field for one in outcome.differences] == ["bericht.direction", "bericht.official"]


# --- the commands


@pytest.fixture
def filled(folder, _sqlite_image):
    """A folder with a database in it, for one organisation."""
    (folder.root / "openboek.db").write_bytes(_sqlite_image)
    database = Database(folder.database_url)
    with database.write(None) as session:
        made = add_organisation(
            session,
            code="gm0168",
            name="Losser",
            base_url="https://openboek.example",
            tooi_uri="u",
            tooi_label="l",
            actor=cli.audit.COMMAND_LINE,
        )
        found = made.id
    yield folder, database, found
    database.close()


OWN_LIST = "productnaam;afdeling;soort bericht;kanaal;URL\nKapvergunning;Groen;aanvraag;webformulier;https://x.nl/kap\n"


def test_the_command_reads_an_own_list_and_says_what_it_did(filled, tmp_path, capsys):
    folder, database, organisation_id = filled
    file = tmp_path / "lijst.csv"
    file.write_text(OWN_LIST, encoding="utf-8")
    cli.import_products(file, folder.root, format_="json")
    said = json.loads(capsys.readouterr().out)
    assert {name: said[name] for name in ("rows", "records", "added", "message_types_added", "heading_row")} == {
        "rows": 1,
        "records": 1,
        "added": 1,
        "message_types_added": 1,
        "heading_row": 1,
    }
    with database.read(organisation_id) as session:
        assert names(session) == ["Kapvergunning"]


def test_a_trial_says_the_same_and_keeps_nothing(filled, tmp_path, capsys):
    folder, database, organisation_id = filled
    file = tmp_path / "lijst.csv"
    file.write_text(OWN_LIST, encoding="utf-8")
    cli.import_products(file, folder.root, dry_run=True, format_="json")
    said = json.loads(capsys.readouterr().out)
    assert (said["dry_run"], said["added"]) == (True, 1)
    with database.read(organisation_id) as session:
        assert names(session) == []
        assert session.exec(select(AuditEvent).where(AuditEvent.action == "wmebv:product:add")).all() == []


def test_rows_that_were_skipped_end_in_exit_code_1(filled, tmp_path, capsys):
    folder, _, _ = filled
    file = tmp_path / "lijst.csv"
    file.write_text(OWN_LIST + ";Groen;;;\n", encoding="utf-8")
    with pytest.raises(typer.Exit) as ended:
        cli.import_products(file, folder.root)
    assert ended.value.exit_code == 1
    assert "zonder naam" in capsys.readouterr().out


def test_the_official_list_ends_well_although_rows_for_others_are_left_out(filled, shared, capsys):
    folder, database, organisation_id = filled
    file = shared / "reference/data/upl.csv"
    cli.import_products(file, folder.root, format_="json")
    said = json.loads(capsys.readouterr().out)
    assert (said["rows"], said["added"], said["skipped_by_reason"]) == (1321, 512, {"niet voor gemeenten": 754})
    with database.read(organisation_id) as session:
        taken = {product.upl_uri for product in session.exec(select(Product))}
    assert taken == {row.upl_uri for row in read_upl(sheets.read(file)).products}


@pytest.mark.parametrize("ending", ["html", "xlsx", "csv", "json"])
def test_the_report_is_written_in_the_form_that_the_name_asks(filled, tmp_path, capsys, ending):
    folder, database, organisation_id = filled
    output = tmp_path / f"rapport.{ending}"
    cli.report_wmebv(output, folder.root)
    assert output.stat().st_size > 0
    assert capsys.readouterr().out == f"{output}\n"
    with database.read(organisation_id) as session:
        assert len(session.exec(select(ReportFigures)).all()) == 1


def test_the_report_as_a_page_needs_nothing_beside_it(filled, tmp_path):
    folder, _, _ = filled
    output = tmp_path / "rapport.html"
    cli.report_wmebv(output, folder.root)
    text = output.read_text(encoding="utf-8")
    assert 'href="/' not in text
    assert 'href="data:text/css;base64,' in text


@pytest.mark.parametrize(
    ("output", "as_of", "message"),
    [
        (
            "rapport.txt",
            "",
            "Een rapport met '.txt' kan niet. Kies een naam die eindigt op .html, .pdf, .docx, .xlsx, .csv, .json.",
        ),
        ("rapport.csv", "gisteren", "'gisteren' is geen datum. Schrijf de datum als jaar-maand-dag, zoals 2026-11-21."),
    ],
)
def test_a_report_that_cannot_be_made_says_what_to_do(filled, tmp_path, output, as_of, message):
    folder, _, _ = filled
    with pytest.raises(BadInput) as refused:
        cli.report_wmebv(tmp_path / output, folder.root, as_of=as_of)
    assert refused.value.message == message


@pytest.mark.parametrize("draft", [cli.draft_plan, cli.draft_designation])
def test_a_draft_is_written_in_the_form_that_its_name_ends_in(filled, tmp_path, draft):
    directory = filled[0].root
    draft(tmp_path / "concept.docx", directory)
    assert (tmp_path / "concept.docx").read_bytes().startswith(b"PK")
    draft(tmp_path / "concept.HTML", directory)
    assert "<h1>" in (tmp_path / "concept.HTML").read_text(encoding="utf-8")
    with pytest.raises(BadInput, match=r"Kies een naam met \.docx of \.html"):
        draft(tmp_path / "concept.odt", directory)


def test_a_trial_says_what_an_import_does(session, actor):
    services.add_product(session, ProductContent(name="Paspoort", team="Burgerzaken"), actor=actor)
    found = [*starter_products()[:12], ProductRow(name="Paspoort", department="Anders", row=99)]
    planned = services.plan_products(session, found, generate=True)
    assert names(session) == ["Paspoort"]
    done = services.import_products(session, found, actor=actor, generate=True)
    facts = [(row.row, row.outcome, row.messages, row.reason) for row in done.rows]
    assert [(row.row, row.outcome, row.messages, row.reason) for row in planned.rows] == facts
    assert (planned.message_types_added, planned.channels_added) == (done.message_types_added, done.channels_added)
    assert [one.key for one in planned.differences] == [one.key for one in done.differences]


def test_what_a_list_says_otherwise_is_taken_over_only_when_it_was_chosen(session, actor):
    form = ChannelRow(name="Loket", level=Availability.D4, answers=(Answer(duty="W22", value=Value.YES),))
    first = ProductRow(name="Kap", message_kind=MessageKind.APPLICATION, channels=(form,), note="a: 1", row=2)
    take(session, first, actor=actor)
    other = ChannelRow(name="Loket", level=Availability.D5, answers=(Answer(duty="W22", value=Value.NO),))
    second = replace(first, channels=(other,), official_message=Official.MIXED, note="b: 2", row=3)
    outcome = services.import_products(session, [second], actor=actor, generate=False)
    assert [(one.key, one.ours, one.theirs) for one in outcome.differences] == [
        ("3:kanaal.level", "D4", "D5"),
        ("3:W22", "Ja", "Nee"),
        ("3:bericht.official", "ja", "gemengd"),
    ]
    # Remarks are joined: nothing that a list says is lost.
    assert session.exec(select(Product)).one().note == "a: 1\nb: 2"
    services.import_products(session, [second], actor=actor, generate=False, taken=["3:kanaal.level", "3:W22"])
    channel = rows.channel_content(session.exec(select(Channel)).one())
    assert (channel.level, [one.value for one in channel.answers]) == (Availability.D5, [Value.NO])
    assert session.exec(select(MessageType)).one().official is Official.YES


def test_a_channel_that_is_there_comes_under_the_template_of_a_list_unless_it_has_another(session, actor):
    services.add_channel(session, ChannelContent(name="Loket", kind=ChannelKind.WEB_FORM), actor=actor)
    first = ProductRow(name="Kap", message_kind=MessageKind.APPLICATION, channels=(ChannelRow("Loket"),), row=2)

    def read(template, **more):
        row = replace(first, channels=(ChannelRow("Loket", template=template),))
        return services.import_products(session, [row], actor=actor, generate=False, **more)

    assert read("Motor").differences == ()
    (channel,) = session.exec(select(Channel)).all()
    assert channel.template.name == "Motor"
    assert [(one.key, one.ours, one.theirs) for one in read("Andere").differences] == [
        ("2:kanaal.template", "Motor", "Andere")
    ]
    assert channel.template.name == "Motor"
    read("Andere", taken=["2:kanaal.template"])
    assert channel.template.name == "Andere"


def test_a_list_without_messages_keeps_its_channels(session, actor):
    take(session, ProductRow(name="Kap", channels=(ChannelRow(name="Loket"),), row=2), actor=actor)
    (message,) = session.exec(select(Product)).one().messages
    assert (message.name, message.kind, [link.channel.name for link in message.channels]) == (
        "Bericht",
        None,
        ["Loket"],
    )


def test_figures_of_another_year_stand_beside_ours_and_of_the_same_year_a_person_chooses(session, actor):
    def listed(*volumes):
        figures = tuple(YearVolume(year=year, number=number) for year, number in volumes)
        return [ProductRow(name="Wmo", message_kind=MessageKind.NOTIFICATION, volumes=figures, row=2)]

    def stored():
        message = session.exec(select(MessageType)).one()
        return [(one.year, one.number) for one in message.volumes]

    services.import_products(session, listed((2025, 900)), actor=actor, generate=False)
    later = listed((2024, 800), (2025, 950))
    planned = services.plan_products(session, later, generate=False)
    assert planned.rows[0].figures == ("aantal 2024: 800", "aantal 2025: 950")
    outcome = services.import_products(session, later, actor=actor, generate=False)
    assert stored() == [(2024, 800), (2025, 900)]
    (difference,) = outcome.differences
    assert (difference.field, difference.ours, difference.theirs) == ("bericht.volumes", "2025 900", "2025 950")
    services.import_products(session, later, actor=actor, generate=False, taken=[difference.key])
    assert stored() == [(2024, 800), (2025, 950)]
    assert services.import_products(session, later, actor=actor, generate=False).count(Outcome.UNCHANGED) == 1


def test_what_a_list_says_otherwise_of_two_channels_is_chosen_for_each_by_itself(session, actor):
    names = ("Formulier kap", "Contactformulier")
    for name in names:
        services.add_channel(session, ChannelContent(name=name, kind=ChannelKind.PHONE), actor=actor)
    said = tuple(ChannelRow(name=name, kind=ChannelKind.DESK) for name in names)
    row = ProductRow(name="Kapvergunning", message_name="Aanvraag", channels=said, row=2)
    services.import_products(session, [row], actor=actor, generate=False)
    found = services.plan_products(session, [row], generate=False).differences
    assert [one.key for one in found] == ["2:kanaal.kind", "2:kanaal.kind:Contactformulier"]
    services.import_products(session, [row], actor=actor, generate=False, taken=[found[0].key])
    kinds = {channel.name: channel.kind for channel in session.exec(select(Channel))}
    assert kinds == {"Formulier kap": ChannelKind.DESK, "Contactformulier": ChannelKind.PHONE}
