"""Two people in one record: both texts side by side, a choice where both changed, and nothing typed is lost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from lxml import html
from sqlmodel import select

import register.queries as activities
import register.services as register
import wmebv.services as wmebv
from core import audit, clock, history
from core.accounts.models import RoleCode
from core.drafts import Draft
from core.organisations import Party, Team
from core.web.conflicts import CHOICE, MERGED_ON
from register.content import Law, Purpose
from register.lists import DOMAINS
from support.municipalities import Contents
from support.pages import Visit
from support.register import COMPLETE
from wmebv.queries import find_message, find_product

pytestmark = pytest.mark.on_both

MINE, THEIRS = "Van Aisha", "Van Bram"


@dataclass(frozen=True)
class Kind:
    """A form with two fields for text: one that both change, and the two that each changes alone."""

    address: str
    both: str
    mine: str
    theirs: str


FORMS = (
    Kind("/register/{activity}/bewerken/herkenning", "explanation", "remarks", "process_owner"),
    Kind("/woo/categorieen/014", "ambition", "frequency", "in_force_source"),
    Kind("/woo/dossiers/{dossier}", "description", "title", "title"),
    Kind("/woo/documenten/{document}/bewerken", "internal_note", "descriptions", "keywords"),
    Kind("/wmebv/producten/{product}/bewerken", "note", "why_not_digital", "national_facility"),
    Kind("/wmebv/berichten/{message}/bewerken", "note", "reasoning", "name"),
    Kind("/wmebv/kanalen/{channel}/bewerken", "note", "form_id", "designation-title"),
    Kind("/beheer/organisatie", "security_sentence", "address", "phone"),
    Kind("/beheer/lijsten/systemen/{system}", "supplier", "hosting", "name"),
    Kind("/beheer/lijsten/teams/{team}", "email", "name", "name"),
)
ANSWERS = (
    "/wmebv/producten/{product}/antwoorden",
    "/wmebv/berichten/{message}/",
    "/wmebv/kanalen/{channel}/",
    "/wmebv/organisatie/",
)


@pytest.fixture
def ids(one_of_everything: Contents) -> Mapping[str, str]:
    names = {
        "activity": ("register", "kenmerk"),
        "dossier": ("woo", "public_id"),
        "document": ("woo", "document_id"),
        "product": ("wmebv", "number"),
        "message": ("wmebv", "message_id"),
        "channel": ("wmebv", "channel_id"),
        "system": ("beheer", "system"),
        "team": ("beheer", "team"),
    }
    return {name: one_of_everything.ids[key] for name, key in names.items()}


@pytest.fixture
def aisha(client_as: Callable[..., Any]) -> Any:
    return client_as(*RoleCode, name="aisha")


@pytest.fixture
def bram(client_as: Callable[..., Any]) -> Any:
    return client_as(*RoleCode, name="bram")


def opened(client: Any, address: str) -> Visit:
    """The page with its main form."""
    visit = Visit(client, address)
    visit.form = next(form for form in visit.page.forms if form.get("data-draft") is not None)
    return visit


def shown(answer: Any) -> Visit:
    """The page with both texts, as something to fill in."""
    assert answer.status_code == 409, answer.text
    visit = object.__new__(Visit)
    visit.answer = answer
    visit.page = html.document_fromstring(answer.text)
    visit.form = next(form for form in visit.page.forms if "ob-conflict" in (form.get("class") or ""))
    visit.address = visit.form.get("action")
    return visit


def choose(client: Any, answer: Any, **chosen: str) -> Any:
    visit = shown(answer)
    visit.client = client
    return visit.submit(**{f"{CHOICE}{name.replace('__', '-')}": value for name, value in chosen.items()})


def headings(answer: Any) -> list[str]:
    page = html.document_fromstring(answer.text)
    return [" ".join(one.text_content().split()) for one in page.xpath("//form[contains(@class, 'ob-conflict')]/h2")]


def value_in(client: Any, address: str, name: str) -> str:
    return (opened(client, address).form.fields[name] or "").removeprefix("\n").strip()


def texts_of(visit: Visit) -> list[str]:
    """Names of the fields of questions for a note: two questions, so that each can be changed apart."""
    return visit.form.xpath(".//textarea[contains(@name, '-note')]/@name")


@pytest.mark.parametrize("kind", FORMS, ids=lambda kind: kind.address)
def test_every_record_has_a_page_with_both_texts(aisha, bram, ids, kind):
    address = kind.address.format(**ids)
    mine, theirs = opened(aisha, address), opened(bram, address)
    wanted = {kind.mine: "Alleen van Aisha"}
    assert theirs.submit(**{kind.theirs: "Alleen van Bram", kind.both: THEIRS}).status_code == 200
    answer = mine.submit(**{**wanted, kind.both: MINE})
    # A dossier and a team have two fields only: both change the name too.
    assert headings(answer)[0] == f"Door u allebei gewijzigd ({2 if kind.mine == kind.theirs else 1})"
    assert all(text in answer.text for text in (MINE, THEIRS, "Bram sloeg"))
    choices = {kind.both: "ander", **({kind.mine: "mijn"} if kind.mine == kind.theirs else {})}
    saved = choose(aisha, answer, **{name.replace("-", "__"): side for name, side in choices.items()})
    assert saved.status_code == 200, saved.text
    assert "Opgeslagen." in saved.text
    assert value_in(aisha, address, kind.both) == THEIRS
    assert value_in(aisha, address, kind.mine) == "Alleen van Aisha"
    if kind.mine != kind.theirs:
        assert value_in(aisha, address, kind.theirs) == "Alleen van Bram"
    assert "U was hier bezig" not in aisha.get(address).text


@pytest.mark.parametrize("pattern", ANSWERS)
def test_answers_have_that_page_too(aisha, bram, ids, pattern):
    address = pattern.format(**ids)
    mine, theirs = opened(aisha, address), opened(bram, address)
    first, second, third = texts_of(mine)[:3]
    theirs.submit(**{first: THEIRS, third: "Alleen van Bram"})
    answer = mine.submit(**{first: MINE, second: "Alleen van Aisha"})
    assert MINE in answer.text
    assert THEIRS in answer.text
    saved = choose(aisha, answer, **{first.replace("-", "__"): "mijn"})
    assert "Opgeslagen." in saved.text, saved.text
    found = [value_in(aisha, address, name) for name in (first, second, third)]
    assert found == [MINE, "Alleen van Aisha", "Alleen van Bram"]


def test_two_who_both_begin_with_nothing_meet_each_other(aisha, bram, organisation):
    mine, theirs = opened(aisha, "/wmebv/organisatie/"), opened(bram, "/wmebv/organisatie/")
    name = texts_of(mine)[0]
    theirs.submit(**{name: THEIRS})
    answer = mine.submit(**{name: MINE})
    assert answer.status_code == 409
    assert THEIRS in answer.text


ADDRESS = "/register/VW-0001/bewerken/herkenning"


@pytest.fixture
def stored(database, organisation) -> None:
    with database.write(organisation.id) as session:
        register.add(session, COMPLETE, actor=audit.COMMAND_LINE)


@pytest.fixture
def change(database, organisation):
    """Somebody else saves."""

    def save(name: str = "Bram", **facts: Any) -> None:
        with database.write(organisation.id) as session:
            record = register_record(session)
            content = register.content_of(record).model_copy(update=facts)
            register.change(session, record, content, version=record.version, actor=audit.Actor(name))

    return save


@pytest.fixture
def content(database, organisation):
    def load() -> Any:
        with database.read(organisation.id) as session:
            return register.content_of(register_record(session))

    return load


def register_record(session: Any) -> Any:
    return activities.find(session, "VW-0001")


def test_where_only_one_of_the_two_changed_nobody_has_to_choose(aisha, stored, change, content):
    visit = opened(aisha, ADDRESS)
    change(process_owner=THEIRS)
    answer = visit.submit(remarks=MINE)
    assert headings(answer) == ["Alleen door u gewijzigd (1)", "Alleen door Bram gewijzigd (1)"]
    assert "U wijzigde niet dezelfde velden" in answer.text
    assert "Opgeslagen." in choose(aisha, answer).text
    assert (content().remarks, content().process_owner) == (MINE, THEIRS)


def test_a_choice_can_be_turned_round(aisha, stored, change, content):
    visit = opened(aisha, ADDRESS)
    change(process_owner=THEIRS)
    choose(aisha, visit.submit(remarks=MINE), process_owner="mijn", remarks="ander")
    assert (content().remarks, content().process_owner) == (COMPLETE.remarks, COMPLETE.process_owner)


def test_without_a_choice_nothing_is_saved_and_the_page_says_where(aisha, stored, change, content):
    visit = opened(aisha, ADDRESS)
    change(remarks=THEIRS)
    again = choose(aisha, visit.submit(remarks=MINE))
    assert again.status_code == 409
    assert "U heeft nog niet overal gekozen" in again.text
    assert content().remarks == THEIRS
    assert "Opgeslagen." in choose(aisha, again, remarks="mijn").text
    assert content().remarks == MINE


def test_a_third_save_while_choosing_brings_the_page_again(aisha, stored, change, content):
    visit = opened(aisha, ADDRESS)
    change(remarks=THEIRS)
    answer = visit.submit(remarks=MINE, process_owner="Alleen van Aisha")
    change("Chris", remarks="Van Chris", explanation="Ook van Chris")
    again = choose(aisha, answer, remarks="mijn")
    assert again.status_code == 409
    assert "nog een keer opgeslagen" in again.text
    assert "Van Chris" in again.text
    assert "Chris sloeg" in again.text
    # What was chosen before is still chosen.
    assert "Opgeslagen." in choose(aisha, again).text
    found = content()
    assert (found.remarks, found.explanation, found.process_owner) == (MINE, "Ook van Chris", "Alleen van Aisha")


def test_nothing_is_lost_when_the_person_walks_away_from_the_page(aisha, stored, change, content):
    visit = opened(aisha, ADDRESS)
    change(remarks=THEIRS)
    visit.submit(remarks=MINE)
    back = opened(aisha, ADDRESS)
    assert "ziet u beide teksten naast elkaar" in back.answer.text
    answer = back.submit()
    assert answer.status_code == 409
    assert "Opgeslagen." in choose(aisha, answer, remarks="mijn").text
    assert content().remarks == MINE


def test_a_record_that_ended_meanwhile_shows_both_texts_and_no_button(aisha, database, organisation, stored):
    visit = opened(aisha, ADDRESS)
    with database.write(organisation.id) as session:
        register.end(session, register_record(session), on=clock.today(), reason="Gestopt", actor=audit.Actor("Bram"))
    answer = visit.submit(remarks=MINE)
    assert answer.status_code == 409
    assert "Deze verwerking is intussen beëindigd." in answer.text
    assert MINE in answer.text
    assert [one.text_content().strip() for one in shown(answer).form.xpath(".//button")] == []
    assert (
        MINE in aisha.get(html.document_fromstring(aisha.get("/niet-opgeslagen/").text).xpath("//td//a/@href")[0]).text
    )


@pytest.mark.parametrize("pattern", ["/wmebv/producten/{product}/bewerken", "/wmebv/berichten/{message}/bewerken"])
def test_what_ended_meanwhile_in_the_inventory_can_be_read_too(aisha, database, organisation, ids, pattern):
    visit = opened(aisha, pattern.format(**ids))
    with database.write(organisation.id) as session:
        if "product}" in pattern:
            wmebv.end_product(session, find_product(session, ids["product"]), version=None, actor=audit.Actor("Bram"))
        else:
            message = find_message(session, UUID(ids["message"]))
            wmebv.end_message_type(session, message, version=None, actor=audit.Actor("Bram"))
    answer = visit.submit(note=MINE)
    assert answer.status_code == 409
    assert "intussen" in answer.text
    assert MINE in answer.text


def test_rows_that_came_are_one_field(aisha, stored, change, content):
    visit = opened(aisha, ADDRESS.replace("herkenning", "doel"))
    change(purposes=(*COMPLETE.purposes, Purpose(text="Doel van Bram", laws=(Law(name="Wet van Bram"),))))
    answer = visit.submit(**{"purposes-0-text": "Doel van Aisha"})
    assert headings(answer) == ["Door u allebei gewijzigd (1)"]
    assert "Doel (alle regels)" in answer.text
    assert "Doel 2: Wet 1: Naam van de wet:" in " ".join(answer.text.replace("<strong>", "").split())
    choose(aisha, answer, purposes="ander")
    assert [purpose.text for purpose in content().purposes] == [COMPLETE.purposes[0].text, "Doel van Bram"]


def test_codes_are_shown_in_words(aisha, stored, change):
    visit = opened(aisha, ADDRESS)
    change(domain="")
    answer = visit.submit(remarks=MINE)
    page = html.document_fromstring(answer.text)
    texts = [one.text_content().strip() for one in page.xpath("//p[@class='ob-text']")]
    assert DOMAINS["fysieke-leefomgeving"] in texts
    assert "leeg" in texts


def test_a_fault_in_what_was_merged_comes_back_in_the_form_on_the_newest_version(aisha, ids):
    """Each is good by itself: 3.1 without another category, and two categories. Together they are not."""
    address = f"/woo/documenten/{ids['document']}/bewerken"
    mine, theirs = opened(aisha, address), opened(aisha, address)
    other = next(one for one in theirs.form.xpath(".//input[@name='other_categories']") if one.get("value") == "002")
    other.checked = True
    assert theirs.submit().status_code == 200
    answer = mine.submit(category="3.1", internal_note=MINE)
    refused = choose(aisha, answer)
    assert refused.status_code == 422
    assert "artikel 3.1 gaat niet samen" in refused.text
    form = next(one for one in html.document_fromstring(refused.text).forms if one.get("data-draft") is not None)
    assert form.fields["version"] == shown(answer).form.fields[MERGED_ON]
    assert form.fields["internal_note"].strip() == MINE


def test_what_the_page_sends_cannot_pretend_what_the_other_saved(aisha, stored, change, content):
    """The text of the other is read from the database: the page only says which version it showed."""
    visit = opened(aisha, ADDRESS)
    change(remarks=THEIRS)
    answer = visit.submit(process_owner=MINE)
    form = shown(answer)
    form.client = aisha
    assert [pair for pair in form.form.form_values() if pair[1] == THEIRS] == []
    assert "Opgeslagen." in form.submit().text
    assert (content().remarks, content().process_owner) == (THEIRS, MINE)


@pytest.mark.parametrize("odd", ["", "-1", "999999999999", "drie"])
def test_a_page_with_an_odd_version_is_a_conflict_again(aisha, stored, change, content, odd):
    visit = opened(aisha, ADDRESS)
    change(remarks=THEIRS)
    form = shown(visit.submit(remarks=MINE))
    form.client = aisha
    assert form.submit(**{MERGED_ON: odd, f"{CHOICE}remarks": "mijn"}).status_code == 409
    assert content().remarks == THEIRS


def test_a_save_of_before_versions_were_noted_shows_every_difference(aisha, database, stored, change, content):
    visit = opened(aisha, ADDRESS)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE core_revision SET record_version = NULL")
    change(remarks=THEIRS)
    answer = visit.submit(process_owner=MINE)
    assert headings(answer) == ["Verschillen (2)"]
    assert "weet niet meer wat er stond" in answer.text
    choose(aisha, answer, remarks="ander", process_owner="mijn")
    assert (content().remarks, content().process_owner) == (THEIRS, MINE)


def test_a_revision_knows_its_version_and_the_opened_one_is_found(database, organisation, stored, change):
    change(remarks="twee")
    change(remarks="drie")
    with database.read(organisation.id) as session:
        record = register_record(session)
        saves = list(reversed(history.revisions_of(session, record.id)))
        assert [save.record_version for save in saves] == sorted({save.record_version for save in saves})
        assert saves[-1].record_version == record.version
        for save in saves:
            found = history.opened_revision(session, record.id, save.record_version)
            assert found is not None
            assert found.number == save.number
        assert history.opened_revision(session, record.id, 0) is None


def test_the_conflict_is_a_draft_of_who_typed_and_of_nobody_else(aisha, bram, database, organisation, stored, change):
    visit = opened(aisha, ADDRESS)
    change(remarks=THEIRS)
    visit.submit(remarks=MINE)
    with database.read(organisation.id) as session:
        drafts = session.exec(select(Draft)).all()
    assert [one.address for one in drafts] == [ADDRESS]
    assert not [name for name, _ in drafts[0].pairs if name.startswith("op:") or name == "version"]
    assert MINE not in bram.get(ADDRESS).text


@pytest.mark.parametrize(
    ("address", "field", "shelf"),
    [
        ("/register/{activity}/bewerken/herkenning", "team", "teams"),
        ("/wmebv/producten/{product}/bewerken", "team", "teams"),
        ("/wmebv/kanalen/{channel}/bewerken", "supplier", "partijen"),
    ],
)
def test_a_form_of_before_a_new_name_does_not_bring_the_old_name_back(
    aisha, bram, ids, database, organisation, address, field, shelf
):
    place, kind = address.format(**ids), {"team": Team, "supplier": Party}[field]
    opened(bram, place).submit(**{field: "Team Oud"})
    with database.read(organisation.id) as session:
        item = session.exec(select(kind).where(kind.name == "Team Oud")).one()
    visit = opened(aisha, place)
    opened(bram, f"/beheer/lijsten/{shelf}/{item.id}").submit(name="Team Nieuw")
    answer = visit.submit()
    assert headings(answer) == ["Alleen door een ander gewijzigd (1)"]
    assert "wijzigde een ander iets" in answer.text
    assert "Opgeslagen." in choose(aisha, answer).text
    assert value_in(aisha, place, field) == "Team Nieuw"
    with database.read(organisation.id) as session:
        assert not session.exec(select(kind).where(kind.name == "Team Oud")).all()
