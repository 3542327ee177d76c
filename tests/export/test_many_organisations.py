"""Several municipalities in one installation: each has its own numbers, site, address, look, clock and commands."""

import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

import woo.services as woo_services
from app import setup
from app.cli import main
from app.scheduler import ask_for_the_night
from app.serve import PublishedSites
from core import audit, clock
from core.cli import WholeInstallation
from core.clock import AMSTERDAM
from core.db import Database
from core.errors import BadInput
from core.folder import Folder
from core.jobs import Job
from core.look import look_of
from core.organisations import Organisation, change_organisation
from core.settings import Settings
from publish import services
from support.municipalities import Contents, fill
from woo.models import Document, Dossier

CODES = ("gm0153", "gm0168", "gm0141", "gm0147", "gm0158", "gm0163", "gm0164", "gm0166", "gm0173", "gm1774")
LOOK = ".voorbeeld-theme { --voorbeeld-kleuren-violet-500: #111111; }"


class Many:
    """`D` with so many organisations, of which each record holds the name of its own only."""

    def __init__(self, root: Path, number: int, before: "Many | None" = None) -> None:
        """With `before` a copy of that one, with as many more as it takes."""
        self.folder = Folder(root, Settings(_env_file=None))
        self.logins: dict[str, tuple[str, str]] = {}
        if before:
            shutil.copytree(before.folder.root, root, symlinks=True)
            self.logins |= before.logins
        for code in CODES[len(self.logins) : number]:
            self.logins[code] = setup.prepare(
                self.folder,
                code=code,
                name=f"Gemeente {code}",
                base_url=f"https://{code}.example",
                address="Markt 1",
                phone="14 0123",
                dpo_contact="fg@voorbeeld.example",
                dpo_registered_on=datetime(2024, 5, 1, tzinfo=AMSTERDAM).date(),
                rights_url="https://voorbeeld.example/privacy",
                email=f"post@{code}.example",
            )
        self.database = Database(self.folder.database_url)
        with self.database.read(None) as session:
            self.ids: dict[str, UUID] = dict(session.exec(select(Organisation.code, Organisation.id)).all())

    def fill(self, code: str) -> Contents:
        with self.database.write(self.ids[code]) as session:
            return fill(session, self.folder, f"van-{code}")

    def export(self, code: str) -> services.Outcome:
        return services.run(self.database, self.folder, self.ids[code], actor=audit.COMMAND_LINE)

    def organisation(self, code: str) -> Organisation:
        with self.database.read(None) as session:
            found = session.get_one(Organisation, self.ids[code])
            session.expunge(found)
        return found

    def set(self, code: str, **facts: object) -> None:
        with self.database.write(self.ids[code]) as session:
            found = session.get_one(Organisation, self.ids[code])
            change_organisation(session, found, facts, version=found.version, actor=audit.COMMAND_LINE)

    def sites(self) -> TestClient:
        return TestClient(PublishedSites(WholeInstallation(self.folder, self.database)), follow_redirects=False)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, _sqlite_image: bytes) -> Mapping[str, Many]:
    """What tests begin with a copy of: one organisation, two, and two with a site each."""
    place = tmp_path_factory.mktemp("veel")
    (place / "alone").mkdir()
    (place / "alone" / "openboek.db").write_bytes(_sqlite_image)
    alone = Many(place / "alone", 1)
    alone.database.close()
    two = Many(place / "two", 2, alone)
    two.database.close()
    published = Many(place / "published", 2, two)
    for code in CODES[:2]:
        published.fill(code)
        published.export(code)
    published.database.close()
    return {"alone": alone, "two": two, "published": published}


@pytest.fixture
def two(tmp_path: Path, prepared: Mapping[str, Many]) -> Iterator[Many]:
    made = Many(tmp_path / "D", 2, prepared["two"])
    yield made
    made.database.close()


@pytest.fixture
def published(tmp_path: Path, prepared: Mapping[str, Many]) -> Iterator[Many]:
    """Two organisations with one of everything, and a site each."""
    made = Many(tmp_path / "D", 2, prepared["published"])
    yield made
    made.database.close()


def text_of(folder: Path) -> str:
    """Every byte of a published site that is text, with what its links lead to."""
    found = [
        f"{path.relative_to(folder)} {path.read_bytes().decode('utf-8', errors='replace')}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "static" not in path.parts
    ]
    for path in sorted((folder / "woo" / "documenten").resolve().rglob("*")):
        found.append(str(path.name))
        found.append(path.read_bytes().decode("utf-8", errors="replace") if path.is_file() else "")
    return "\n".join(found)


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    said = capsys.readouterr()
    return int(stop.value.code or 0), said.out, said.err


@pytest.mark.parametrize("number", [2, 10])
def test_each_has_its_own_numbers_site_releases_and_manifest(tmp_path, prepared, number):
    many = Many(tmp_path / "D", number, prepared["two"])
    contents = {code: many.fill(code) for code in CODES[:number]}
    assert {one.ids["register", "kenmerk"] for one in contents.values()} == {"VW-0001"}
    assert {one.ids["wmebv", "number"] for one in contents.values()} == {"PD-0001"}
    assert {one.ids["woo", "public_id"].partition("-")[0] for one in contents.values()} == {"1"}
    for code in CODES[:number]:
        outcome = many.export(code)
        assert (outcome.live, outcome.export_id.partition("-")[0]) == (many.folder.root / "sites" / code, code)
    for code in CODES[:number]:
        live = many.folder.root / "sites" / code
        text = text_of(live)
        assert f"van-{code}" in text
        marks = [mark for other in CODES if other != code for mark in (f"van-{other}", f"{other}.example", f"{other}/")]
        assert [mark for mark in marks if mark in text] == []
        manifest = json.loads((live / "manifest.json").read_bytes())
        assert (manifest["organisation"], manifest["base_url"]) == (code, f"https://{code}.example")
        with many.database.read(many.ids[code]) as session:
            assert audit.faults(session, many.ids[code]) == []
    assert not (many.folder.root / "site").exists()
    many.database.close()


def test_a_site_that_was_alone_goes_on_when_a_second_comes(tmp_path, prepared):
    """Readers and web servers follow `D/site`; from now on that leads to the link of the first organisation."""
    alone = Many(tmp_path / "D", 1, prepared["alone"])
    alone.fill(CODES[0])
    old = alone.export(CODES[0])
    assert old.live == alone.folder.root / "site"
    alone.database.close()
    setup.prepare(alone.folder, code=CODES[1], name="Gemeente Twee", base_url="https://twee.example")
    both = Database(alone.folder.database_url)
    here = WholeInstallation(alone.folder, both)
    reader = TestClient(PublishedSites(here))
    assert reader.get("/", headers={"Host": f"{CODES[0]}.example"}).status_code == 200
    with both.write(alone.ids[CODES[0]]) as session:
        found = session.get_one(Organisation, alone.ids[CODES[0]])
        change_organisation(session, found, {"phone": "14 0999"}, version=found.version, actor=audit.COMMAND_LINE)
    new = services.run(both, alone.folder, alone.ids[CODES[0]], actor=audit.COMMAND_LINE)
    assert (new.changed, new.live) == (True, alone.folder.root / "sites" / CODES[0])
    assert (alone.folder.root / "site").resolve() == new.live.resolve()
    assert new.live.resolve().name == new.export_id
    both.close()


def test_two_organisations_export_at_the_same_time(two):
    """The one holds its own lock; the other does not wait, and leaves what the first is writing."""
    from publish.writer import new_release, publish_lock

    first, second = CODES[:2]
    two.fill(second)
    with publish_lock(two.folder.exports, first), new_release(two.folder.exports, f"{first}-bezig") as release:
        assert two.export(second).changed is True
        assert release.path.is_dir()


def test_the_address_of_another_organisation_is_taken(two):
    with pytest.raises(BadInput, match="al van een andere organisatie"):
        two.set(CODES[0], base_url=f"https://{CODES[1]}.example/")
    with pytest.raises(BadInput, match="al van een andere organisatie"):
        setup.prepare(two.folder, code=CODES[2], name="Drie", base_url=f"https://{CODES[1]}.example")
    assert two.organisation(CODES[0]).base_url == f"https://{CODES[0]}.example"


# Served by host name


def test_the_site_of_each_organisation_is_found_by_its_host(published):
    reader = published.sites()
    for code in CODES[:2]:
        for host in (f"{code}.example", f"{code.upper()}.EXAMPLE", f"{code}.example:443", f"{code}.localhost:8001"):
            answer = reader.get("/verwerkingsregister/", headers={"Host": host})
            assert (answer.status_code, f"van-{code}" in answer.text) == (200, True), host
            assert [other for other in CODES[:2] if other != code and other in answer.text] == []
    for host in ("127.0.0.1:8001", "elders.example", "", "gm0168.example.kwaad.example", f"{CODES[0]}.example:8443"):
        answer = reader.get("/verwerkingsregister/", headers={"Host": host})
        assert (answer.status_code, "van-gm" in answer.text) == (404, False), host
    choice = reader.get("/", headers={"Host": "127.0.0.1:8001"}).text
    assert [code for code in CODES[:2] if f'href="http://{code}.localhost:8001/"' in choice] == list(CODES[:2])


def test_a_withdrawn_document_is_gone_on_its_own_host_only(two):
    """Both have a document at the same path; the one withdraws it."""
    for code in CODES[:2]:
        with two.database.write(two.ids[code]) as session:
            fill(session, two.folder, "zelfde")
        two.export(code)
    with two.database.write(two.ids[CODES[0]]) as session:
        document = next(one for one in session.exec(select(Document)) if one.loc)
        path = document.loc
        woo_services.withdraw(session, document, note="Fout.", actor=audit.COMMAND_LINE, folder=two.folder)
    reader = two.sites()
    answers = [reader.get(path, headers={"Host": f"{code}.example"}).status_code for code in CODES[:2]]
    assert answers == [410, 200]


# Look


def test_each_has_its_own_look(two):
    place = two.folder.root / "huisstijl"
    place.mkdir()
    (place / f"{CODES[0]}.css").write_text(LOOK, encoding="utf-8")
    styles = [(two.export(code).live / "static/huisstijl.css").read_text(encoding="utf-8") for code in CODES[:2]]
    assert (styles[0], LOOK in styles[1]) == (LOOK, False)


@pytest.mark.parametrize(
    ("css", "said"),
    [
        ("@import 'https://elders.example/x.css';", "@import"),
        ("@IMPORT url(x)", "@import"),
        (r"@\69mport 'x'", "schuine streep"),
        ("a { background: url(https://elders.example/x.png) }", "een adres dat niet mag"),
        ("a { background: URL( '//elders.example/x.png') }", "een adres dat niet mag"),
        ("a { background: url(data:text/html,x) }", "een adres dat niet mag"),
        ("</style><script>alert(1)</script>", "het teken <"),
        ("a { width: expression(alert(1)) }", "expression"),
        ("x" * 200_001, "te groot"),
    ],
)
def test_a_look_that_reaches_outside_is_refused_and_the_old_site_stands(published, css, said):
    live = published.folder.root / "sites" / CODES[0]
    before = live.resolve()
    place = published.folder.root / "huisstijl"
    place.mkdir()
    (place / f"{CODES[0]}.css").write_text(css, encoding="utf-8")
    published.set(CODES[1], phone="14 0999")
    with pytest.raises(BadInput, match=said):
        published.export(CODES[0])
    assert (live.resolve(), before.is_dir()) == (before, True)
    assert published.export(CODES[1]).changed is True


def test_a_look_may_hold_pictures_and_comments(two):
    place = two.folder.root / "huisstijl"
    place.mkdir()
    good = "/* <b> */ a { background: url('data:image/png;base64,AAAA') } b { src: url(/static/x.woff2) }"
    (place / "gm0168.css").write_text(good, encoding="utf-8")
    (place / "gm0153.css").write_bytes(b"\xff\xfe")
    assert look_of(two.folder, "gm0168") == good.encode()
    assert look_of(two.folder, "gm0141") is None
    assert look_of(two.folder, "../gm0168") is None
    with pytest.raises(BadInput, match="UTF-8"):
        look_of(two.folder, "gm0153")


# Clock


def test_each_has_its_own_clock(two):
    two.set(CODES[1], nightly_at="05:30")

    def asked() -> list[str]:
        codes = {value: key for key, value in two.ids.items()}
        with two.database.read(None) as session:
            return sorted(codes[job.organisation_id] for job in session.exec(select(Job)))

    moments = ((3, 0, [CODES[0]]), (5, 29, [CODES[0]]), (5, 31, sorted(CODES[:2])))
    with clock.frozen(datetime(2026, 11, 20, 12, 0, tzinfo=AMSTERDAM)):
        ask_for_the_night(two.database, "02:00")
        with two.database.write(None) as session:
            for job in session.exec(select(Job)):
                session.delete(job)
    with two.database.write(None) as session:
        for organisation_id in two.ids.values():
            session.add(
                Job(
                    organisation_id=organisation_id,
                    kind="publish:export",
                    created_by="klok",
                    state="klaar",
                    created_at=datetime(2026, 11, 20, 12, 0, tzinfo=AMSTERDAM),
                )
            )
    for hour, minute, expected in moments:
        with clock.frozen(datetime(2026, 11, 21, hour, minute, tzinfo=AMSTERDAM)):
            ask_for_the_night(two.database, "02:00")
        assert asked() == sorted([*CODES[:2], *expected])


# Commands


def test_commands_ask_which_organisation_and_keep_to_it(two, capsys):
    first, second = CODES[:2]
    two.fill(first)
    where = ("--directory", str(two.folder.root))
    with two.database.read(two.ids[first]) as session:
        documents = [str(found) for found in session.exec(select(Document.id))]
        dossiers = session.exec(select(Dossier)).all()
        head = audit.head(session, two.ids[first])
    assert len(dossiers) == 1
    code, out, said = run(capsys, "status", *where)
    assert (code, out, "Voeg --organisation CODE toe" in said) == (2, "", True)
    code, out, said = run(capsys, "status", "--organisation", "gm9999", *where)
    assert (code, "bestaat hier niet" in said) == (2, True)
    report = two.folder.reports / "wmebv.json"
    for command, expected in (
        (("status", "--format", "json"), {0}),
        (("findings", "--format", "json"), {0}),
        (("findings", "--format", "csv"), {0}),
        (("findings",), {0}),
        (("users", "list"), {0}),
        (("users", "reset", two.logins[first][0]), {2}),
        (("users", "disable", two.logins[first][0]), {2}),
        (("establish", "VW-0001"), {1, 2}),
        (("publish", documents[0]), {2}),
        (("withdraw", documents[1], "--reason", "Fout."), {2}),
        (("report", "wmebv", "--output", str(report)), {0}),
        (("audit", "verify"), {0}),
        (("export",), {0}),
    ):
        code, out, said = run(capsys, *command, "--organisation", second, *where)
        assert (code in expected, f"van-{first}" in out + said) == (True, False), (command, code, said)
    assert f"van-{first}" not in report.read_text(encoding="utf-8")
    assert f"van-{first}" not in text_of(two.folder.root / "sites" / second)
    with two.database.read(two.ids[first]) as session:
        assert audit.head(session, two.ids[first]) == head


def test_each_new_organisation_gets_an_administrator_of_its_own(two, capsys):
    where = ("--directory", str(two.folder.root))
    assert [login[0] for login in two.logins.values()] == ["beheerder", f"beheerder-{CODES[1]}"]
    code, out, _ = run(capsys, "users", "roles", "beheerder", "--role", "lezer", "--organisation", CODES[1], *where)
    assert (code, json.loads(out)) == (0, {"username": "beheerder", "organisation": CODES[1], "roles": ["lezer"]})
    code, out, said = run(capsys, "users", "roles", "beheerder", "--role", "lezer", "--organisation", CODES[0], *where)
    assert (code, out, "enige beheerder" in said) == (1, "", True)
    code, out, _ = run(capsys, "users", "roles", "beheerder", "--organisation", CODES[1], *where)
    assert json.loads(out)["roles"] == []
