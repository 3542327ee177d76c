"""Every route of the application, visited by somebody who holds every role, but in another organisation.

The routes come from the application and the forms from its own pages, so a page that is made later is visited too.
What is of the other organisation is not there (404), and a text that stands in all its records is in no answer.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
from lxml import html
from sqlalchemy import select as plain_select
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from core import audit, drafts
from core.db import Database, Owned
from core.folder import Folder
from register import views
from support.municipalities import PASSWORD, add_municipality, add_person, fill
from support.pages import QuickClient
from support.routes import Route, routes_of

WORD = "geelvogel"
"""Stands in every record of the other organisation, beside the secret: what somebody might search for."""
SECRET = "KANARIEZANGX7"
SHARED_CODES = {
    "/woo/categorieen/{number}",
    "/woo/categorieen/{number}/nakijken",
    "/woo/categorieen/{number}/vaststellen",
    "/woo/overzichten/{name}",
    "/woo/overzichten/{name}/inlezen",
    "/woo/overzichten/{name}/controle",
    "/woo/overzichten/{name}/controle/bestand",
    *(f"/woo/overzichten/{{name}}/controle/{step}" for step in ("bevestigen", "beslissen", "heropenen", "opnieuw")),
    "/register/regels/{rule_id}",
    "/wmebv/raster/{grid}/",
    "/wmebv/plichten/{code}",
}
"""Categories have the same seventeen numbers everywhere, and checks and grids theirs: the number leads to one's own."""
KINDS = {"teams": "team", "partijen": "party", "systemen": "system", "bestuursorganen": "body"}


@dataclass(frozen=True)
class Scene:
    theirs: TestClient
    """A person of the organisation that has everything."""
    ours: TestClient
    """A person with all roles in another organisation, which has nothing but its categories."""
    ids: Mapping[tuple[str, str], str]
    routes: Sequence[Route]


@pytest.fixture
def scene(app, database, folder, _images) -> Scene:
    ids = _images.put(database, "border crawl", lambda: filled_in(database, folder), folder.root)
    theirs, ours = (_browser(app, username) for username in ("aisha", "bram"))
    return Scene(theirs, ours, ids, routes_of(app))


@pytest.fixture(scope="module")
def _forms() -> dict[str, Mapping[tuple[str, str], Sequence[Sequence[tuple[str, str]]]]]:
    return {}


@pytest.fixture
def forms(scene, database_kind, _forms) -> Mapping[tuple[str, str], Sequence[Sequence[tuple[str, str]]]]:
    """As `forms_of`; every scene on one kind of database shows the same."""
    if database_kind not in _forms:
        _forms[database_kind] = forms_of(scene)
    return _forms[database_kind]


def filled_in(database: Database, folder: Folder) -> Mapping[tuple[str, str], str]:
    """Make three municipalities, of which the first has everything; returns the ids of that."""
    first, second, third = (
        add_municipality(database, code, name)
        for code, name in (
            ("gm0153", "Gemeente Enschede"),
            ("gm0168", "Gemeente Losser"),
            ("gm0141", "Gemeente Almelo"),
        )
    )
    with database.write(first.id) as session:
        ids = dict(fill(session, folder, f"{WORD} {SECRET}", partner=third.code).ids)
    user = add_person(database, f"{WORD}.{SECRET.lower()}", first)
    ids["beheer", "user_id"] = str(user.id)
    aisha = add_person(database, "aisha", first)
    with database.write(first.id) as session:
        drafts.keep(session, aisha.id, "/register/nieuw", [("name", f"Half {SECRET}")], version=None, title=SECRET)
        ids["niet-opgeslagen", "draft_id"] = str(drafts.drafts_of(session, aisha.id)[0].id)
        owner = audit.Actor("Aisha", aisha.id)
        view = views.save(session, f"Lijst {SECRET}", f"zoek={SECRET}", is_shared=True, actor=owner)
        ids["register", "view_id"] = str(view.id)
    add_person(database, "bram", second)
    return ids


def _browser(app: Any, username: str) -> TestClient:
    made = QuickClient(
        app, base_url="http://localhost", follow_redirects=False, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert made.post("/inloggen", data={"username": username, "password": PASSWORD}).status_code == 303
    return made


def addresses(scene: Scene, route: Route) -> Iterator[str]:
    """The route with the ids of the other organisation. KeyError: nobody said which id a new name has."""
    first = route.path.split("/")[1]
    if "kind" in route.names:
        yield from (route.path.format(kind=kind, number=scene.ids["beheer", key]) for kind, key in KINDS.items())
    elif "ending" in route.names:
        ids = {name: scene.ids[first, name] for name in route.names if name != "ending"}
        yield from (route.path.format(ending=one, **ids) for one in ("html", "pdf", "xlsx", "csv", "json", "docx"))
    else:
        yield route.path.format(**{name: scene.ids[first, name] for name in route.names})


def has_their_id(route: Route) -> bool:
    return (
        bool(set(route.names) - {"ending"})
        and route.path not in SHARED_CODES
        and route.path != "/beheer/lijsten/{kind}/"
    )


def everything_in(answer: Any) -> str:
    """The text of an answer with its headers, also when it is packed in a spreadsheet or a PDF."""
    data, kind = answer.content, answer.headers.get("content-type", "")
    if "spreadsheetml" in kind or "wordprocessingml" in kind:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"\n".join(archive.read(name) for name in archive.namelist())
    elif "pdf" in kind:
        pages = pypdfium2.PdfDocument(data)
        data = "\n".join(one.get_textpage().get_text_range() for one in pages).encode()
        pages.close()
    return f"{answer.headers} {data.decode('utf-8', errors='replace')}"


def leaks(answer: Any) -> bool:
    return SECRET.lower() in everything_in(answer).lower()


def forms_of(scene: Scene) -> Mapping[tuple[str, str], Sequence[Sequence[tuple[str, str]]]]:
    """What the forms on all pages of the other organisation would send: (method, address) -> bodies."""
    found: dict[tuple[str, str], list[list[tuple[str, str]]]] = {}
    for route in scene.routes:
        if route.method != "GET" or not route.needs_login:
            continue
        for address in addresses(scene, route):
            answer = scene.theirs.get(address)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            page = html.document_fromstring(answer.text)
            for form in page.forms:
                target = urlsplit(form.get("action") or address).path
                found.setdefault((form.method, target), []).append(list(_sent_by(form)))
    return found


def _sent_by(form: Any) -> Iterator[tuple[str, str]]:
    """Every field with its value; a choice takes the last option and each button is pressed."""
    yield from form.form_values()
    for choice in form.xpath(".//select"):
        if options := [option.get("value") for option in choice.xpath(".//option") if option.get("value")]:
            yield choice.get("name"), options[-1]
    for button in form.xpath(".//button[@name]"):
        yield button.get("name"), button.get("value") or ""
    for tick in form.xpath(".//input[@type='checkbox' or @type='radio']"):
        yield tick.get("name"), tick.get("value") or "on"


def bodies(scene: Scene, forms: Mapping[Any, Any], route: Route, address: str) -> Iterator[dict[str, list[str]]]:
    """What to send: nothing, every id of the other organisation under every likely name, and their own forms."""
    yield {}
    yield {
        name: list(scene.ids.values()) for name in ("activity", "remove", "dossier", "product", "channel", "partner")
    }
    for sent in forms.get(("POST", address), ()):
        body: dict[str, list[str]] = {}
        for name, value in sent:
            body.setdefault(name, []).append(re.sub(SECRET, "tekst", value, flags=re.IGNORECASE))
        yield body


def rows_of_the_other(database, scene: Scene) -> Mapping[str, list[Any]]:
    """All that is stored of the organisations that must not notice anything."""
    found = {}
    with database.engine.connect() as connection:
        tables = SQLModel.metadata.tables
        ours = connection.execute(
            plain_select(tables["core_organisation"].c.id).where(tables["core_organisation"].c.code == "gm0168")
        ).scalar_one()
        for mapper in SQLModel._sa_registry.mappers:
            table = mapper.local_table
            if issubclass(mapper.class_, Owned):
                found[table.name] = connection.execute(
                    plain_select(table).where(table.c.organisation_id != ours).order_by(*table.primary_key)
                ).all()
        for name in ("register_link", "core_role_held", "core_user"):
            found[name] = connection.execute(plain_select(tables[name]).order_by(tables[name].c.id)).all()
        found["core_organisation"] = connection.execute(
            plain_select(tables["core_organisation"]).where(tables["core_organisation"].c.id != ours).order_by("id")
        ).all()
    chain = found.pop("core_audit_event")
    found["core_audit_event"] = [row for row in chain if row.organisation_id.int]  # not the chain of the installation
    return found


@pytest.mark.on_both
def test_the_secret_is_really_there_for_who_belongs(scene):
    """Otherwise the tests below would find nothing because there is nothing."""
    seen = {
        str(route)
        for route in scene.routes
        if route.method == "GET" and route.needs_login
        for address in addresses(scene, route)
        if leaks(scene.theirs.get(address))
    }
    silent = {
        f"GET {path}"
        for path in (
            "/account/",
            "/account/tweede-stap",
            "/account/tweede-stap/code.svg",
            "/beheer/",
            "/beheer/accounts/nieuw",
            "/beheer/controles/",
            "/beheer/organisatie",
            "/beheer/uitnodigen/",
            "/huisstijl.css",
            "/woo/processen/inlezen",
            "/woo/overzichten/",
            "/woo/overzichten/{name}/controle",
            "/woo/roo.{ending}",
            "/register/bevindingen",
            "/register/op-de-website",
            "/register/links",
            "/register/regels/",
            "/rapport/programma.{ending}",
            "/register/rapport/",
            "/register/rapport/register.{ending}",
            "/wmebv/rapport/maanden.csv",
            "/register/regels/{rule_id}",
            "/register/selectielijst",
            "/register/vaststellen/{job_id}",
            "/register/voorbeelden",
            "/register/{kenmerk}/bewerken",
            "/wachtwoord",
            "/wmebv/",
            "/wmebv/organisatie/",
            "/wmebv/doelen/nieuw",
            "/wmebv/kanalen/nieuw",
            "/wmebv/sjablonen/nieuw",
            "/wmebv/producten/nieuw",
            "/wmebv/vragenbladen/blad.xlsx",
            "/woo/",
        )
    }
    every = {str(route) for route in scene.routes if route.method == "GET" and route.needs_login}
    assert sorted(every - seen - silent) == []
    assert len(seen) > 25


@pytest.mark.on_both
def test_what_is_of_another_organisation_is_not_there(scene, forms, database):
    before = rows_of_the_other(database, scene)
    wrong, visited = [], 0
    for route in (one for one in scene.routes if one.needs_login and has_their_id(one)):
        for address in addresses(scene, route):
            for body in [None] if route.method == "GET" else bodies(scene, forms, route, address):
                answer = scene.ours.request(route.method, address, data=body)
                visited += 1
                if answer.status_code != 404 or leaks(answer):
                    wrong.append((route.method, address, answer.status_code, leaks(answer)))
    assert wrong == []
    assert visited > 100
    assert rows_of_the_other(database, scene) == before


@pytest.mark.on_both
def test_pages_without_an_id_show_nothing_of_another_organisation(scene, forms, database):
    before = rows_of_the_other(database, scene)
    wrong, statuses = [], set()
    for route in scene.routes:
        if has_their_id(route) or route.path == "/uitloggen" or (route.path, route.method) == ("/wachtwoord", "POST"):
            continue
        for address in addresses(scene, route):
            for body in [None] if route.method == "GET" else bodies(scene, forms, route, address):
                answer = scene.ours.request(route.method, address, data=body)
                statuses.add(answer.status_code)
                if answer.status_code >= 500 or leaks(answer):
                    wrong.append((route.method, address, answer.status_code, leaks(answer)))
    assert wrong == []
    assert rows_of_the_other(database, scene) == before
    # And what the forms above have stored in our own registers leads to nothing of theirs either.
    for route in scene.routes:
        if route.method == "GET" and not route.names:
            assert not leaks(scene.ours.get(route.path)), route.path


def test_search_and_filters_find_nothing_of_another_organisation(scene):
    asked = 0
    ids = dict.fromkeys(value for value in scene.ids.values() if SECRET.lower() not in value)  # a page may repeat it
    values = [WORD, "1", *ids]
    for route in scene.routes:
        if route.method == "GET" and route.query and not route.names:
            for name in route.query:
                for value in values:
                    answer = scene.ours.get(route.path, params={name: value})
                    asked += 1
                    assert (answer.status_code < 500, leaks(answer)) == (True, False), (route.path, name, value)
    assert asked > 200
    for path in ("/register/", "/woo/documenten/", "/wmebv/producten/"):
        assert leaks(scene.theirs.get(path, params={"zoek": WORD})), path


@pytest.mark.on_both
def test_downloads_and_a_change_of_organisation_are_refused(scene):
    """That the other organisation exists is not told either: the answer is the same for a code that nobody has."""
    address = f"/woo/documenten/{scene.ids['woo', 'document_id']}/bestand"
    assert (scene.theirs.get(address).status_code, scene.ours.get(address).status_code) == (200, 404)
    theirs, nobody = (scene.ours.post("/organisatie", data={"code": code}) for code in ("gm0153", "gm9999"))
    assert (theirs.status_code, theirs.text) == (404, nobody.text)
    assert not leaks(scene.ours.get("/register/"))
