"""What somebody typed and did not save: kept whatever goes wrong, given back, and seen by nobody else."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html
from sqlalchemy import update
from sqlmodel import select

import register.services as register
from core import audit, clock, drafts
from core.accounts.models import LoginSession, RoleCode, RoleHeld, User
from core.accounts.services import EXPIRED_FOR
from core.db import Database
from core.drafts import Draft
from core.errors import Failed
from core.organisations import Organisation
from core.web.drafts import AUTOSAVE, DraftForm, _drafted_forms
from core.web.security import MAX_FORM
from register import queries
from support.municipalities import Contents, add_municipality
from support.pages import InspectedClient, Visit
from support.register import COMPLETE

PASSWORD = "een lang wachtwoord"
TYPED = "Getypt en nog niet opgeslagen"
FORMS = {
    "/register/nieuw": "remarks",
    "/register/{kenmerk}/bewerken/herkenning": "remarks",
    "/register/{kenmerk}/beeindigen": "reason",
    "/register/{kenmerk}/aanbieden": "text",
    "/register/{kenmerk}/terugsturen": "text",
    "/register/{kenmerk}/opmerkingen/nieuw": "text",
    "/register/{kenmerk}/opmerkingen/{remark_id}/wijzigen": "text",
    "/register/{kenmerk}/opmerkingen/{remark_id}/antwoorden": "text",
    "/register/{kenmerk}/bevindingen/{mark}": "reason",
    "/register/{kenmerk}/op-de-website": None,
    "/register/overeenkomsten/": "remarks",
    "/register/overeenkomsten/{agreement_id}": "remarks",
    "/register/wetten/": "remarks",
    "/register/wetten/{law_id}": "remarks",
    "/woo/categorieen/{number}": "ambition",
    "/woo/processen/nieuw": "remarks",
    "/woo/processen/{process_id}": "remarks",
    "/woo/verzoeken/nieuw": "remarks",
    "/woo/verzoeken/{woo_request}": "remarks",
    "/woo/dossiers/{public_id}": "description",
    "/woo/documenten/nieuw": "title",
    "/woo/documenten/{document_id}/volgende": "title",
    "/woo/documenten/{document_id}/bewerken": "internal_note",
    "/woo/documenten/{public}/vervangen": "note",
    "/woo/documenten/{document_id}/intrekken": "note",
    "/wmebv/producten/nieuw": "note",
    "/wmebv/producten/{product}/bewerken": "note",
    "/wmebv/producten/{product}/bericht": "note",
    "/wmebv/producten/{product}/antwoorden": None,
    "/wmebv/berichten/{message_id}/bewerken": "note",
    "/wmebv/berichten/{message_id}/": None,
    "/wmebv/berichten/{message_id}/beoordelen": "reasoning",
    "/wmebv/raster/{grid}/": None,
    "/wmebv/sjablonen/nieuw": "note",
    "/wmebv/sjablonen/{template_id}/bewerken": "note",
    "/wmebv/sjablonen/{template_id}/": None,
    "/wmebv/kanalen/nieuw": "note",
    "/wmebv/kanalen/{channel_id}/bewerken": "note",
    "/wmebv/kanalen/{channel_id}/": None,
    "/wmebv/organisatie/": None,
    "/wmebv/acties/nieuw": "remarks",
    "/wmebv/acties/nieuw/{duty}/{about}": "remarks",
    "/wmebv/acties/{action_id}": "remarks",
    "/wmebv/doelen/nieuw": "remarks",
    "/wmebv/doelen/{goal_id}": "remarks",
    "/beheer/organisatie": "security_sentence",
    "/beheer/lijsten/teams/": "name",
    "/beheer/lijsten/systemen/{system}": "supplier",
}
"""Every form of which drafts are kept, with a field for text; None: the first one there is."""


@pytest.fixture
def ids(one_of_everything: Contents) -> dict[str, str]:
    made = one_of_everything.ids
    found = {name: value for (_, name), value in made.items()}
    return found | {
        "number": "014",
        "product": made["wmebv", "number"],
        "kenmerk": made["register", "kenmerk"],
        "woo_request": made["woo", "request_id"],
    }


@pytest.fixture
def kept(database: Database, organisation: Organisation):
    """All drafts, as (address, text of all fields)."""

    def look() -> list[tuple[str, str]]:
        with database.read(organisation.id) as session:
            return [(one.address, " ".join(value for _, value in one.pairs)) for one in session.exec(select(Draft))]

    return look


@pytest.fixture
def stored(database: Database, organisation: Organisation) -> str:
    with database.write(organisation.id) as session:
        return register.add(session, COMPLETE, actor=audit.COMMAND_LINE).kenmerk


def expire(database: Database, age: timedelta = timedelta(hours=13), **facts: object) -> None:
    """Every log-in there is began so long ago."""
    moment = clock.now() - age
    with database.engine.begin() as connection:
        connection.execute(update(LoginSession).values(created_at=moment, seen_at=moment, **facts))


def log_in(client, answer, username: str = "aisha"):
    """Log in on the page that was shown, with the way back that it holds."""
    page = html.document_fromstring(answer.text)
    back_to = next(form for form in page.forms if form.get("action") == "/inloggen").fields["back_to"]
    return client.post("/inloggen", data={"username": username, "password": PASSWORD, "back_to": back_to})


def text_field(visit: Visit, name: str | None) -> str:
    return name or visit.form.xpath(".//textarea/@name")[0]


def value_of(answer, name: str) -> str:
    page = html.document_fromstring(answer.text)
    form = next(found for found in page.forms if name in found.fields)
    return (form.fields[name] or "").removeprefix("\n")


def test_the_table_names_every_form(_application):
    found = list(_drafted_forms(_application))
    known = [address.replace("{", "1").replace("}", "") for address in FORMS]
    assert [one.form.kind for one in found if not any(one.path.match(address) for address in known)] == []
    assert all(any(one.path.match(address) for one in found) for address in known)


def test_no_form_with_a_secret_is_kept(_application):
    labels = [name for one in _drafted_forms(_application) for name in one.form.labels]
    assert [name for name in labels if name in {"password", "current", "again", "code", "username"}] == []
    assert isinstance(DraftForm("x", {}).labels, dict)


@pytest.mark.parametrize("pattern", FORMS)
def test_a_form_that_comes_after_its_log_in_expired_is_there_after_the_next_one(client, database, ids, kept, pattern):
    address = pattern.format(**ids)
    visit = Visit(client, address)
    forms = [form for form in visit.page.forms if form.get("data-draft") is not None]
    assert len(forms) == 1
    visit.form = forms[0]
    name = text_field(visit, FORMS[pattern])
    expire(database)
    refused = visit.submit(**{name: TYPED})
    assert refused.url.path == "/inloggen"
    assert parse_qs(urlsplit(str(refused.url)).query)["terug"] == [address]
    assert "Wat u typte, is bewaard." in refused.text
    assert [place for place, text in kept() if TYPED in text] == [address]

    back = log_in(client, refused)
    assert back.url.path == address
    assert value_of(back, name) == TYPED
    assert "U was hier bezig op" in back.text


def test_what_was_typed_is_saved_after_all_and_then_no_draft_any_more(client, database, organisation, stored, kept):
    address = f"/register/{stored}/bewerken/herkenning"
    visit = Visit(client, address)
    expire(database)
    back = log_in(client, visit.submit(remarks=TYPED, explanation="Een andere uitleg"))
    assert value_of(back, "remarks") == TYPED
    saved = Visit(client, address).submit()
    assert "Opgeslagen." in saved.text
    assert kept() == []
    with database.read(organisation.id) as session:
        content = register.content_of(register_record(session, stored))
    assert (content.remarks, content.explanation) == (TYPED, "Een andere uitleg")
    assert "U was hier bezig" not in client.get(address).text


def register_record(session, kenmerk):
    return queries.find(session, kenmerk)


def test_an_expired_log_in_within_the_hours_keeps_too(client, database, stored, kept):
    visit = Visit(client, f"/register/{stored}/bewerken/herkenning")
    with clock.frozen(clock.now() + timedelta(hours=2)):  # idle, not yet old
        assert visit.submit(remarks=TYPED).url.path == "/inloggen"
    assert [TYPED in text for _, text in kept()] == [True]


@pytest.mark.on_both
@pytest.mark.parametrize("case", ["ended", "unknown", "long ago", "closed", "without a role", "no key"])
def test_a_key_that_is_worth_nothing_keeps_nothing(client, database, stored, kept, case):
    visit = Visit(client, f"/register/{stored}/bewerken/herkenning")
    expire(database)
    match case:
        case "ended":
            expire(database, revoked_at=clock.now())
        case "unknown":
            client.cookies.clear()
            client.cookies.set("openboek_sessie", "x" * 43)
        case "long ago":
            expire(database, EXPIRED_FOR + timedelta(hours=13))
        case "closed":
            with database.engine.begin() as connection:
                connection.execute(update(User).values(is_active=False))
        case "without a role":
            with database.engine.begin() as connection:
                connection.exec_driver_sql("DELETE FROM core_role_held")
        case "no key":
            client.cookies.clear()
    refused = visit.submit(remarks=TYPED)
    assert refused.url.path == "/inloggen"
    assert "is bewaard" not in refused.text
    assert kept() == []


def test_who_logs_in_next_on_the_same_computer_sees_nothing_of_it(client_as, database, stored, kept):
    aisha = client_as(*RoleCode, name="aisha")
    client_as(*RoleCode, name="bram")
    visit = Visit(aisha, f"/register/{stored}/bewerken/herkenning")
    expire(database)
    back = log_in(aisha, visit.submit(remarks=TYPED), "bram")
    assert back.url.path == f"/register/{stored}/bewerken/herkenning"
    for page in (back, aisha.get("/"), aisha.get("/niet-opgeslagen/")):
        assert TYPED not in page.text
        assert "bezig op" not in page.text
    assert len(kept()) == 1


def test_a_draft_of_somebody_else_is_not_there(client_as, database, organisation, stored):
    client_as(*RoleCode, name="aisha")
    bram = client_as(*RoleCode, name="bram")
    with database.write(organisation.id) as session:
        aisha = session.exec(select(User.id).where(User.username == "aisha")).one()
        drafts.keep(session, aisha, "/register/nieuw", [("name", TYPED)], version=None)
        draft_id = drafts.drafts_of(session, aisha)[0].id
    assert bram.get(f"/niet-opgeslagen/{draft_id}").status_code == 404
    assert bram.post(f"/niet-opgeslagen/{draft_id}/weg").status_code == 404
    assert TYPED not in bram.get("/register/nieuw").text
    with database.read(organisation.id) as session:
        assert len(drafts.drafts_of(session, aisha)) == 1


def test_a_form_with_a_fault_is_kept_as_it_stands(client, stored, kept):
    address = f"/register/{stored}/bewerken/herkenning"
    answer = Visit(client, address).submit(name="", remarks=TYPED, started_on="morgen")
    assert answer.status_code == 422
    assert [place for place, _ in kept()] == [address]
    again = client.get(address)
    assert (value_of(again, "remarks"), value_of(again, "started_on")) == (TYPED, "morgen")


def test_a_row_more_is_kept_and_is_no_fault(client, kept):
    answer = Visit(client, "/register/nieuw").submit(("action", "add:purposes"), name="Half", remarks=TYPED)
    assert (answer.status_code, len(kept())) == (200, 1)
    assert value_of(client.get("/register/nieuw"), "remarks") == TYPED


def test_saving_a_new_record_takes_the_draft_away(client, kept):
    Visit(client, "/register/nieuw").submit(("action", "add:purposes"), name="Half", remarks=TYPED)
    assert "Opgeslagen." in Visit(client, "/register/nieuw").submit().text
    assert kept() == []
    assert value_of(client.get("/register/nieuw"), "remarks") == ""


def test_a_record_that_ended_meanwhile_leaves_the_text_to_read(client, database, organisation, stored, kept):
    visit = Visit(client, f"/register/{stored}/bewerken/herkenning")
    with database.write(organisation.id) as session:
        record = register_record(session, stored)
        register.end(session, record, on=clock.today(), reason="Gestopt", actor=audit.COMMAND_LINE)
    visit.submit(remarks=TYPED)
    assert len(kept()) == 1
    listed = client.get("/niet-opgeslagen/")
    assert f"Verwerking: {COMPLETE.name}" in listed.text
    page = html.document_fromstring(listed.text)
    text = client.get(
        next(href for href in page.xpath("//a/@href") if href.startswith("/niet-opgeslagen/") and href[17:])
    )
    assert TYPED in text.text
    assert "Opmerkingen" in text.text


def test_an_address_that_leads_to_nothing_any_more_leaves_the_text_to_read(client, kept):
    answer = client.post(
        "/register/VW-0999/bewerken/herkenning", data={"name": "Weg", "remarks": TYPED, "version": "1"}
    )
    assert answer.status_code == 404
    assert "Bekijk wat u typte" in answer.text
    assert [place for place, _ in kept()] == ["/register/VW-0999/bewerken/herkenning"]


def test_the_notice_throws_the_draft_away_and_shows_what_is_stored(client, stored, kept):
    address = f"/register/{stored}/bewerken/herkenning"
    Visit(client, address).submit(("action", "add:purposes"), remarks=TYPED)
    page = html.document_fromstring(client.get(address).text)
    form = next(found for found in page.forms if (found.get("action") or "").endswith("/weg"))
    back = client.post(form.get("action"), data=dict(form.form_values()))
    assert back.url.path == address
    assert TYPED not in back.text
    assert kept() == []


def test_what_was_typed_stands_on_the_start_page_until_it_is_thrown_away(client, kept):
    assert "Nog niet opgeslagen" not in client.get("/").text
    Visit(client, "/register/nieuw").submit(("action", "add:purposes"), name="Half werk")
    start = client.get("/")
    assert "Verwerking: Half werk" in start.text
    page = html.document_fromstring(start.text)
    form = next(found for found in page.forms if (found.get("action") or "").endswith("/weg"))
    gone = client.post(form.get("action"), data=dict(form.form_values()))
    assert (gone.url.path, kept()) == ("/niet-opgeslagen/", [])
    assert "Alles wat u typte, is opgeslagen." in gone.text


def test_a_draft_that_says_what_is_stored_is_not_offered(client, stored):
    address = f"/register/{stored}/bewerken/herkenning"
    Visit(client, address).submit(("action", "add:purposes"))
    assert "U was hier bezig" not in client.get(address).text


def test_a_draft_remembers_the_version_that_it_was_typed_on(client, database, organisation, stored):
    address = f"/register/{stored}/bewerken/herkenning"
    Visit(client, address).submit(("action", "add:purposes"), remarks=TYPED)
    with database.write(organisation.id) as session:
        record = register_record(session, stored)
        opened = record.version
        content = register.content_of(record).model_copy(update={"explanation": "Van Bram"})
        register.change(session, record, content, version=record.version, actor=audit.Actor("Bram"))
    page = client.get(address)
    assert value_of(page, "version") == str(opened)
    assert "ziet u beide teksten naast elkaar" in page.text


def test_a_chosen_file_is_asked_again(client, ids):
    Visit(client, "/woo/documenten/nieuw").submit(title=TYPED)
    page = client.get("/woo/documenten/nieuw")
    assert value_of(page, "title") == TYPED
    assert "Een gekozen bestand kan Openboek niet bewaren" in page.text
    edit = f"/woo/documenten/{ids['document_id']}/bewerken"
    Visit(client, edit).submit(("knop", "relations"), title=TYPED)
    assert "gekozen bestand" not in client.get(edit).text


def test_a_form_with_a_file_is_kept_after_the_log_in_expired(client, database, ids, kept):
    client.get("/woo/documenten/nieuw")
    expire(database)
    answer = client.post(
        "/woo/documenten/nieuw",
        data={"title": TYPED, "category": "014"},
        files={"file": ("brief.pdf", b"%PDF-1.7", "application/pdf")},
    )
    assert answer.url.path == "/inloggen"
    assert [TYPED in text for _, text in kept()] == [True]


def test_a_form_that_is_much_too_large_is_not_read_to_be_kept(client, database, stored, kept):
    address = f"/register/{stored}/bewerken/herkenning"
    assert client.post(address, data={"remarks": "x" * (MAX_FORM + 1)}).status_code == 413
    expire(database)
    assert client.post(address, data={"remarks": "x" * (MAX_FORM + 1)}).url.path == "/inloggen"
    assert kept() == []


# --- what the script sends


def person_of(page) -> str:
    return html.document_fromstring(page.text).xpath("//meta[@name='openboek-persoon']/@content")[0]


def autosave(client, address: str, person: str = "", **typed: str):
    who = person or person_of(client.get("/register/nieuw"))
    asked = {"formulier": address, "wie": who, "titel": "Nieuwe verwerking"}
    return client.post(AUTOSAVE, params=asked, data=typed)


def test_the_script_keeps_a_form_while_somebody_types(client, kept):
    answer = autosave(client, "/register/nieuw", remarks=TYPED)
    assert answer.json()["bewaard"] is True
    assert answer.json()["tekst"].startswith("Uw tekst is bewaard om ")
    assert kept() == [("/register/nieuw", TYPED)]
    page = client.get("/register/nieuw")
    assert value_of(page, "remarks") == TYPED
    assert "Verwerking: Nieuwe verwerking" in client.get("/niet-opgeslagen/").text


@pytest.mark.parametrize(
    "address", ["/wachtwoord", "/inloggen", "//elders.example/", "/register/", "", "/beheer/accounts/nieuw"]
)
def test_the_script_keeps_nothing_of_another_form(client, kept, address):
    assert autosave(client, address, remarks=TYPED).status_code == 404
    assert kept() == []


def test_the_script_keeps_nothing_of_a_form_that_the_person_may_not_send(client_as, kept):
    reader = client_as("lezer")
    assert autosave(reader, "/register/nieuw", person_of(reader.get("/")), remarks=TYPED).status_code == 404
    assert kept() == []


def test_the_script_of_a_page_of_somebody_else_is_refused(client_as, kept):
    aisha, bram = client_as(*RoleCode, name="aisha"), client_as(*RoleCode, name="bram")
    answer = autosave(bram, "/register/nieuw", person_of(aisha.get("/")), remarks=TYPED)
    assert answer.status_code == 409
    assert "iemand anders ingelogd" in answer.json()["tekst"]
    assert kept() == []


def test_the_script_hears_that_the_log_in_expired_and_the_text_is_kept(client, database, kept):
    who = person_of(client.get("/"))
    expire(database)
    answer = autosave(client, "/register/nieuw", who, remarks=TYPED)
    assert (answer.status_code, answer.json()["bewaard"]) == (401, True)
    assert "Kies Opslaan om opnieuw in te loggen" in answer.json()["tekst"]
    assert kept() == [("/register/nieuw", TYPED)]


def test_the_script_hears_that_somebody_logged_out_and_nothing_is_kept(client, database, kept):
    who = person_of(client.get("/"))
    expire(database, revoked_at=clock.now())
    answer = autosave(client, "/register/nieuw", who, remarks=TYPED)
    assert (answer.status_code, answer.json()["bewaard"], kept()) == (401, False, [])


def test_too_much_text_is_refused_with_a_sentence(client, kept):
    answer = autosave(client, "/register/nieuw", remarks="x" * (drafts.MAX_SIZE + 1))
    assert answer.status_code == 413
    assert "te veel tekst" in answer.json()["tekst"]
    assert kept() == []


@pytest.mark.parametrize("odd", ["\0", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "\x08", "ẞ"])
def test_odd_signs_are_kept_too(client, kept, odd):
    assert autosave(client, "/register/nieuw", remarks=f"a{odd}b").json()["bewaard"] is True
    assert kept() == [("/register/nieuw", f"a{odd}b")]
    assert client.get("/register/nieuw").status_code == 200


# --- a database that is away


def test_a_text_that_cannot_be_kept_stands_in_the_page_to_send_again(client, database, stored, kept, monkeypatch):
    visit = Visit(client, f"/register/{stored}/bewerken/herkenning")

    def away(*_arguments: object, **_facts: object) -> None:
        raise Failed("De database is niet bereikbaar. Controleer of die draait en probeer het opnieuw.")

    with monkeypatch.context() as patch:
        patch.setattr(register, "change", away)
        patch.setattr(drafts, "keep", away)
        answer = visit.submit(remarks=TYPED)
    assert answer.status_code == 503
    assert "Sluit die niet" in answer.text
    page = html.document_fromstring(answer.text)
    form = next(found for found in page.forms if (found.get("action") or "").endswith("/bewerken/herkenning"))
    saved = client.post(form.get("action"), data=list_of(form))
    assert "Opgeslagen." in saved.text
    assert TYPED in saved.text


def test_a_text_is_kept_when_the_change_itself_fails(client, stored, kept, monkeypatch):
    visit = Visit(client, f"/register/{stored}/bewerken/herkenning")

    def full(*_arguments: object, **_facts: object) -> None:
        raise Failed("De schijf is vol.")

    with monkeypatch.context() as patch:
        patch.setattr(register, "change", full)
        answer = visit.submit(remarks=TYPED)
    assert answer.status_code == 503
    assert "Terug naar het formulier" in answer.text
    assert len(kept()) == 1


def test_a_text_is_kept_when_the_program_breaks(client, stored, kept, monkeypatch):
    visit = Visit(client, f"/register/{stored}/bewerken/herkenning")
    visit.client = InspectedClient(
        client.app,
        base_url="http://localhost",
        raise_server_exceptions=False,
        headers={"Sec-Fetch-Site": "same-origin"},
        cookies=client.cookies,
    )

    def broken(*_arguments: object, **_facts: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(register, "change", broken)
        answer = visit.submit(remarks=TYPED)
    assert answer.status_code == 500
    assert "Terug naar het formulier" in answer.text
    assert [TYPED in text for _, text in kept()] == [True]


def list_of(form) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value)
    return found


# --- several organisations


@pytest.fixture
def two(client, database, organisation) -> Organisation:
    """Aisha works for a second organisation too, and is in that one now."""
    other = add_municipality(database, "gm0153", "Gemeente Enschede")
    with database.write(None) as session:
        aisha = session.exec(select(User).where(User.username == "aisha")).one()
        for role in RoleCode:
            session.add(RoleHeld(user_id=aisha.id, organisation_id=other.id, role=role))
        audit.record(session, actor=audit.COMMAND_LINE, action="core:user:change", subject=aisha)
    client.post("/organisatie", data={"code": "gm0153"})
    return other


def test_who_logs_in_again_goes_on_in_the_organisation_of_the_draft(client, database, organisation, two):
    visit = Visit(client, "/register/nieuw")
    assert "Gemeente Enschede" in visit.answer.text
    expire(database)
    back = log_in(client, visit.submit(name="Vergunning", remarks=TYPED))
    assert "Gemeente Enschede" in back.text
    assert value_of(back, "remarks") == TYPED
    client.post("/organisatie", data={"code": organisation.code})
    assert TYPED not in client.get("/register/nieuw").text
    assert TYPED not in client.get("/").text


def test_a_form_of_another_organisation_is_kept_for_neither(client, database, organisation, two):
    visit = Visit(client, "/register/nieuw")
    client.post("/organisatie", data={"code": organisation.code})
    refused = visit.submit(remarks=TYPED)
    assert refused.status_code == 409
    assert "Verstuur het opnieuw" in refused.text
    for one in (organisation, two):
        with database.read(one.id) as session:
            assert session.exec(select(Draft)).all() == []


def test_an_expired_form_of_another_organisation_is_not_kept(client, database, organisation, two):
    visit = Visit(client, "/register/nieuw")
    client.post("/organisatie", data={"code": organisation.code})
    expire(database)
    assert visit.submit(remarks=TYPED).url.path == "/inloggen"
    with database.read(None) as session:
        assert session.exec(select(Draft)).all() == []
