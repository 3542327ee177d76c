"""What tests share: a database of either kind that is empty when a test begins, and the same people everywhere."""

import gc
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest
from alembic import command
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, SQLModel, select
from starlette.testclient import TestClient

from app import schema
from core import audit, confined, db, logs
from core.accounts import services as account_services
from core.accounts.models import RoleCode, User
from core.accounts.services import add_user, open_login
from core.db import Database
from core.folder import Folder
from core.organisations import Organisation, add_organisation
from core.settings import Settings
from core.web.pages import templates
from core.web.security import COOKIE
from support.engines import Engines
from support.images import Images, image_of, put_back
from support.installation import Installation
from support.migrating import Repeated
from support.municipalities import Contents, fill
from support.pages import InspectedClient, QuickClient
from support.postgres import empty, own_database, running_server
from woo import inspection
from woo.services import add_categories

SHARED = Path(__file__).parents[2] / "shared"
PASSWORD = "een lang wachtwoord"
KINDS = ("sqlite", "postgresql")
ENOUGH_RUBBISH = 50_000
"""So many objects more, and the collector looks. Python itself says 700, which is a tenth of the time of the tests."""
# How long an example takes says something of the machine, nothing of the program.
for kind, examples in (("short", 30), ("soak", 100)):
    hypothesis_settings.register_profile(
        kind, deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("both", *KINDS), default="sqlite", help="database for the tests that need one")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only_on(kind): about one of the two databases, whatever --db says")
    config.addinivalue_line("markers", "on_both: pages that ask the database what no other test does (ADR 0045)")
    hypothesis_settings.load_profile("soak" if config.getoption("markexpr") == "soak" else "short")
    gc.disable()  # until all tests are found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" not in metafunc.fixturenames:
        return
    only = metafunc.definition.get_closest_marker("only_on")
    kinds = only.args if only else _asked_for(metafunc)
    metafunc.parametrize("database_kind", kinds, indirect=True, scope="session")


def _asked_for(metafunc: pytest.Metafunc) -> Sequence[str]:
    """With `--db both` a page is looked at once, unless it is marked: see docs/decisions/0045."""
    asked: str = metafunc.config.getoption("db")
    if asked != "both":
        return (asked,)
    is_page = Path(str(metafunc.definition.fspath)).parent.name == "web"
    return KINDS[:1] if is_page and not metafunc.definition.get_closest_marker("on_both") else KINDS


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if config.getoption("markexpr") == "soak" and getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.soak)  # once more, with more examples
        if "e2e" in Path(str(item.fspath)).parts:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.enable_socket)


def pytest_collection_finish() -> None:
    """Everything that is loaded now stays: the collector of rubbish need not look at it, nor after every few objects."""
    gc.freeze()
    gc.set_threshold(ENOUGH_RUBBISH)
    gc.enable()


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """With CI=true a skip is a failure, unless its reason stands in `tests/SKIPS`."""
    if os.environ.get("CI") != "true" or call.excinfo is None or not call.excinfo.errisinstance(pytest.skip.Exception):
        return
    reason = str(call.excinfo.value)
    allowed = (Path(__file__).parent / "SKIPS").read_text(encoding="utf-8").splitlines()
    if reason not in allowed:
        call.excinfo = pytest.ExceptionInfo.from_exc_info(
            (AssertionError, AssertionError(f"skipped in CI: {reason}"), call.excinfo.tb)
        )


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with reference files of others, which never enter this repository."""
    if not (SHARED / "reference").is_dir():
        pytest.skip("needs ../shared")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def _log() -> None:
    """As every command begins: what a test does before its first command must not come on stdout."""
    logs.configure()


@pytest.fixture(scope="session", autouse=True)
def _looks_of_before() -> Iterator[None]:
    """Files are looked at by one process that stands by, and the same bytes once: the tests have few files."""
    answers: dict[object, confined.Answer] = {}
    really = confined.run

    def run(module: str, source: bytes | IO[bytes], arguments: Sequence[str] = (), *, timeout: int) -> confined.Answer:
        if not isinstance(source, bytes):
            source.seek(0)
            source = source.read()
        asked = (module, hashlib.sha256(source).digest(), *arguments)
        if asked in answers:
            return answers[asked]
        answer = really(module, source, arguments, timeout=timeout)
        if answer.is_whole:  # else the disk was full, as a test wants, and the next one asks again
            answers[asked] = answer
        return answer

    with inspection.standing_by(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(inspection.confined, "run", run)
        yield


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """Which database: what `--db` says, and one after the other when that is both."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Iterator[str]:
    """The PostgreSQL server of this run, or the one of TEST_DATABASE_URL (whose user must be a superuser)."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    with running_server(testrun_uid, tmp_path_factory.getbasetemp().parent / "postgres.lock") as url:
        yield url


@pytest.fixture(scope="session")
def _all_tables() -> None:
    import app.main  # noqa: F401 - every folder's tables are known once the application is


def _make_tables(database: Database) -> None:
    SQLModel.metadata.create_all(database.engine)
    with database.engine.connect() as connection:
        command.stamp(schema.configuration(connection), "head")
        connection.commit()


@pytest.fixture(scope="session")
def _repeated(_all_tables: None) -> Repeated:
    return Repeated()


@pytest.fixture(scope="module")
def quick_migrations(_repeated: Repeated) -> Iterator[None]:
    """For modules that are not about making tables: an empty database gets them by what was said the first time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "migrate", _repeated.migrate)
        yield


@pytest.fixture(scope="session")
def _in_memory(_all_tables: None) -> Iterator[Database]:
    """The SQLite database of this test process: kept, so that SQLAlchemy translates each statement once."""
    made = Database("sqlite://")
    yield made
    made.close()


@pytest.fixture(scope="session")
def _sqlite_image(_in_memory: Database) -> bytes:
    """An empty database with every table, made once: copying it takes a millisecond, making it a tenth of a second."""
    _make_tables(_in_memory)
    return image_of(_in_memory)


@pytest.fixture(scope="session")
def _on_server(postgres_url: str, _all_tables: None) -> Iterator[Database]:
    """The database of this test process on the server; emptying it is much quicker than making another one."""
    with own_database(postgres_url) as url:
        made = Database(url)
        _make_tables(made)
        yield made
        made.close()


@pytest.fixture
def database(database_kind: str, request: pytest.FixtureRequest) -> Database:
    """An empty database with every table: in memory, or on the server."""
    made: Database
    if database_kind == "postgresql":
        made = request.getfixturevalue("_on_server")
        empty(made)
    else:
        image = request.getfixturevalue("_sqlite_image")
        made = request.getfixturevalue("_in_memory")
        put_back(made, image)
    return made


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database with every table is, for several connections and processes at once."""
    if database_kind == "postgresql":
        server: Database = request.getfixturevalue("_on_server")
        empty(server)
        return server.url
    file = tmp_path / "D" / "openboek.db"
    file.parent.mkdir()
    file.write_bytes(request.getfixturevalue("_sqlite_image"))
    return f"sqlite:///{file}"


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    """A whole installation in the folder `D`."""
    made = Installation(tmp_path / "D", database_url)
    yield made
    made.close()


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash as always, but with little work: a password that takes half a second is for real accounts."""
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(account_services, "_hasher", lambda: quick)
        yield


@pytest.fixture(scope="session", autouse=True)
def _translate_once() -> Iterator[None]:
    """Also when each test has a database of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "create_engine", Engines().make)
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates_are_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compile a template once for all test processes of a run, as Python does with its own files."""
    place = tmp_path_factory.getbasetemp().parent / "templates"
    place.mkdir(exist_ok=True)
    templates().bytecode_cache = FileSystemBytecodeCache(str(place))


@pytest.fixture(scope="session")
def _application(_all_tables: None) -> FastAPI:
    """The application, put together once; each test gives it a database and a folder of its own."""
    from app.main import create_app

    return create_app(Database("sqlite://"), Folder(Path(), Settings(_env_file=None)))


@pytest.fixture
def actor() -> audit.Actor:
    return audit.Actor("Aisha")


@pytest.fixture(scope="session")
def _images() -> Images:
    return Images()


@pytest.fixture
def _begun(database: Database, actor: audit.Actor, _images: Images, request: pytest.FixtureRequest) -> Contents | None:
    """What most tests begin with, as an image: `organisation`, and what belongs to it for who asks for that too."""
    asked = request.fixturenames

    def make() -> Contents | None:
        with database.write(None) as session:
            made = add_organisation(
                session,
                code="gm0168",
                name="Gemeente Losser",
                base_url="https://openboek.example",
                tooi_uri="https://identifier.overheid.nl/tooi/id/gemeente/gm0168",
                tooi_label="gemeente Losser",
                actor=actor,
                address="Raadhuisplein 1, 7581 AG Losser",
                phone="14 053",
                email="gemeente@voorbeeld.example",
                dpo_contact="fg@voorbeeld.example",
                dpo_name="De functionaris",
                dpo_registered_on=datetime(2024, 5, 1, tzinfo=UTC).date(),
                rights_url="https://openboek.example/privacy",
            )
        if "client" in asked:
            with database.write(None) as session:
                _add_person(session, "aisha", RoleCode, made, actor)
        if "one_of_everything" not in asked:
            return None
        with database.write(made.id) as session:
            add_categories(session, actor=actor)
            return fill(session, request.getfixturevalue("folder"), "hier")

    with database.read(None) as session:
        is_empty = session.exec(select(Organisation.id)).first() is None
    if not is_empty:
        return make()
    name = " ".join(["losser", *sorted({"client", "one_of_everything"} & {*asked})])
    return _images.put(
        database, name, make, request.getfixturevalue("folder").root if "one_of_everything" in asked else None
    )


@pytest.fixture
def organisation(database: Database, _begun: Contents | None) -> Organisation:
    """Gemeente Losser, with everything filled in that the rules ask of an organisation.

    With the account of Aisha when the test asks for `client`, who is her.
    """
    with database.read(None) as session:
        made = session.exec(select(Organisation).where(Organisation.code == "gm0168")).one()
        session.expunge(made)
    return made


@pytest.fixture
def one_of_everything(organisation: Organisation, _begun: Contents) -> Contents:
    """One of everything in its registers, with `hier` in every name; the ids of it all."""
    return _begun


def _add_person(
    session: Session, username: str, roles: Iterable[RoleCode], organisation: Organisation, actor: audit.Actor
) -> User:
    return add_user(
        session,
        username=username,
        name=username.capitalize(),
        password=PASSWORD,
        roles=roles,
        organisation_id=organisation.id,
        actor=actor,
        must_change_password=False,
    )


@pytest.fixture
def session(database: Database, organisation: Organisation) -> Iterator[Session]:
    """A session that writes for the organisation; what the test did not commit is rolled back."""
    with Session(database.engine.execution_options(openboek_writes=True), expire_on_commit=False) as made:
        made.info["organisation"] = organisation.id
        yield made
        made.rollback()


@pytest.fixture(scope="session")
def _settings() -> Settings:
    """The settings as they come, read once: that takes some milliseconds."""
    return Settings(_env_file=None)


@pytest.fixture
def folder(tmp_path: Path, _settings: Settings) -> Folder:
    made = Folder(tmp_path, _settings.model_copy())
    made.prepare()
    return made


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    with QuickClient.in_one_thread():
        yield


@pytest.fixture
def application(_application: FastAPI) -> Iterator[FastAPI]:
    """The application, to be given a database and a folder: what a test sets of it ends with that test."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _application.state._state.items():
            patch.setitem(_application.state._state, name, value)
        yield _application


@pytest.fixture
def app(application: FastAPI, database: Database, folder: Folder) -> FastAPI:
    """The application on the database and in the folder of this test."""
    application.state.database, application.state.folder = database, folder
    return application


@pytest.fixture
def client_as(
    app: FastAPI, database: Database, organisation: Organisation, actor: audit.Actor
) -> Callable[..., TestClient]:
    """A browser of somebody who holds these roles, logged in; every page it gets is inspected."""
    made: list[str] = []

    def log_in(*roles: str, name: str = "") -> TestClient:
        username = name or f"persoon{len(made)}"
        made.append(username)
        with database.write(None) as session:
            user = session.exec(select(User).where(User.username == username)).first()
            if user is None:
                user = _add_person(session, username, [RoleCode(role) for role in roles], organisation, actor)
        with database.write(None) as session:
            key = open_login(session, session.get_one(User, user.id), address="testclient")
        client = InspectedClient(
            app,
            base_url="http://localhost",
            follow_redirects=True,
            headers={"Sec-Fetch-Site": "same-origin"},  # as a browser says of a form of our own
        )
        client.cookies.set(COOKIE, key, domain="localhost.local")  # as http.cookiejar calls localhost
        return client

    return log_in


@pytest.fixture
def client(client_as: Callable[..., TestClient]) -> TestClient:
    """Aisha, who holds every role."""
    return client_as(*RoleCode, name="aisha")
