"""Every page of the application with real numbers in its address, from the routes themselves: no page is forgotten."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Formatter

from fastapi.routing import iter_route_contexts
from sqlmodel import Session, col, select

from app.main import create_app
from core.accounts.models import User
from core.audit import AuditEvent
from core.db import Database
from core.folder import Folder
from core.jobs import Job
from core.organisations import SHARED_KINDS
from core.settings import Settings
from publish.models import PublishRun
from register import forms, services
from register.content import Status
from register.imports import ColumnMapping, Import
from register.models import Agreement, Law, ProcessingActivity
from register.remarks import Remark
from register.reviews import Review
from wmebv.imports import ProductImport
from wmebv.models import Action, Channel, ChannelTemplate, Goal, MessageType, Product
from wmebv.queries import GridKind
from woo.content import OverviewKind
from woo.imports import DocumentImport
from woo.models import Category, Document, Dossier, MappedProcess, WooRequest

FILES = (
    "/.well-known/security.txt",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/huisstijl.css",
    "/register/lijst.{ending}",
    "/register/bestanden/{made_id}",
    "/register/{kenmerk}/bestand/{ending}",
    "/wmebv/acties/agenda.ics",
    "/wmebv/acties/lijst.{ending}",
    "/wmebv/acties/plan.{ending}",
    "/wmebv/besluit/besluit.{ending}",
    "/wmebv/producten/{number}/hulpblad.pdf",
    "/rapport/programma.{ending}",
    "/wmebv/rapport/wmebv.{ending}",
    "/wmebv/rapport/maanden.csv",
    "/register/rapport/register.{ending}",
    "/wmebv/vragenbladen/alle.zip",
    "/wmebv/vragenbladen/blad.xlsx",
    "/beheer/logboek/bestand.{ending}",
    "/woo/documenten/{document_id}/bestand",
    "/woo/documenten/lijst.{ending}",
    "/woo/documenten/{document_id}/controle/bestand",
    "/woo/overzichten/{name}/controle/bestand",
    "/woo/processen/lijst.{ending}",
    "/woo/rapport/woo.{ending}",
    "/woo/roo.{ending}",
    "/register/overeenkomsten/{agreement_id}/bestanden/{file_id}",
    "/register/{kenmerk}/dpia/bestanden/{dpia_file_id}",
    "/wmebv/bewijs/{duty}/{about}/{file_id}",
)
"""Answers that are no page."""
OF_SEVERAL = ("/verwerkersrelaties/", "/verwerkersrelaties/{link_id}")
"""Pages that are there with several organisations only; the example is one."""
OF_THE_MOMENT = (
    "/beheer/schonen/{request_id}",
    "/account/tweede-stap",
    "/controle/{token}",
    "/account/tweede-stap/code.svg",
    "/inloggen/code",
    "/inloggen/werkaccount",
    "/inloggen/werkaccount/terug",
    "/niet-opgeslagen/{draft_id}",
    "/noodtoegang/{token}",
    "/register/vaststellen/{job_id}",
    "/uitloggen/werkaccount",
    "/uitnodiging/{token}",
)
"""Pages that are there only half-way something; `web/test_login_steps.py` and `e2e/test_drafts.py` come by there."""
Records = Callable[[Session], Iterable[Mapping[str, object]]]


@cache
def routes() -> Sequence[str]:
    """The address of every page that can be asked for, with its names between braces."""
    database = Database("sqlite://")
    try:
        app = create_app(database, Folder(Path("/nergens"), Settings(_env_file=None)))
        found = {
            context.path for context in iter_route_contexts(app.routes) if context.methods and "GET" in context.methods
        }
    finally:
        database.close()
    others = {*FILES, *OF_SEVERAL, *OF_THE_MOMENT}
    assert others <= found
    return sorted(found - others)


def addresses(session: Session, route: str) -> Sequence[str]:
    """The route with real numbers, once for each kind of record that looks different. KeyError: nobody said which."""
    names = [name for _, name, _, _ in Formatter().parse(route) if name]
    if not names:
        return [route]
    records = (_OF_ROUTE.get(route) or _RECORDS[route.split("/")[1], names[0]])(session)
    found = sorted({route.format(**values) for values in records if values.keys() >= set(names)})
    assert found, f"the example has no record for {route}"
    return found


def _activities(session: Session) -> Iterator[Mapping[str, object]]:
    found = {one.status: one for one in session.exec(select(ProcessingActivity))}
    established, concept = found[Status.ESTABLISHED], found[Status.CONCEPT]
    yield {"kenmerk": established.kenmerk, "number": 1}
    yield {"kenmerk": concept.kenmerk}  # which has no version yet
    for group in forms.GROUPS:
        yield {"kenmerk": established.kenmerk, "part": group.id}
    remark = session.exec(select(Remark)).first()
    yield {"kenmerk": remark.activity.kenmerk, "remark_id": remark.id}
    closable = (
        {"kenmerk": one.kenmerk, "mark": finding.mark}
        for one in session.exec(select(ProcessingActivity).order_by(col(ProcessingActivity.number)))
        for finding in services.findings_of(session, one)
        if finding.check.closable
    )
    yield next(closable)


def _categories(session: Session) -> Iterator[Mapping[str, object]]:
    for category in session.exec(select(Category).where(col(Category.number).in_(["001", "007", "010"]))):
        yield {"number": category.number}


def _documents(session: Session) -> Iterator[Mapping[str, object]]:
    for document in {one.state: one for one in session.exec(select(Document))}.values():
        yield {"document_id": document.id}


def _dossiers(session: Session) -> Iterator[Mapping[str, object]]:
    yield {"public_id": session.exec(select(Dossier)).first().public_id}


def _first(
    table: type[
        MessageType
        | Channel
        | ChannelTemplate
        | Review
        | Import
        | ColumnMapping
        | Agreement
        | Law
        | MappedProcess
        | WooRequest
        | DocumentImport
        | ProductImport
        | Action
        | Goal
    ],
    name: str,
) -> Records:
    return lambda session: [{name: session.exec(select(table)).first().id}]


def _products(session: Session) -> Iterator[Mapping[str, object]]:
    kenmerk = session.exec(select(Product)).first().kenmerk
    yield {"number": kenmerk, "kenmerk": kenmerk}


def _shared(session: Session) -> Iterator[Mapping[str, object]]:
    for kind, table in SHARED_KINDS.items():
        yield {"kind": kind, "number": session.exec(select(table)).first().id}


_OF_ROUTE: Mapping[str, Records] = {
    "/woo/overzichten/{name}/controle": lambda _session: [{"name": OverviewKind.SUBSIDIES.value}]
}
"""Pages that not all of these records have."""
_RECORDS: Mapping[tuple[str, str], Records] = {
    ("register", "kenmerk"): _activities,
    ("register", "import_id"): _first(Import, "import_id"),
    ("register", "mapping_id"): _first(ColumnMapping, "mapping_id"),
    ("register", "rule_id"): lambda _session: [{"rule_id": one} for one in ("AVG-031", "AVG-140")],
    ("register", "agreement_id"): _first(Agreement, "agreement_id"),
    ("register", "law_id"): _first(Law, "law_id"),
    ("woo", "number"): _categories,
    ("woo", "document_id"): _documents,
    ("woo", "name"): lambda _session: [{"name": kind.value} for kind in OverviewKind],
    ("woo", "process_id"): _first(MappedProcess, "process_id"),
    ("woo", "request_id"): _first(WooRequest, "request_id"),
    ("woo", "import_id"): _first(DocumentImport, "import_id"),
    ("woo", "public_id"): _dossiers,
    ("wmebv", "number"): _products,
    ("wmebv", "import_id"): _first(ProductImport, "import_id"),
    ("wmebv", "message_id"): _first(MessageType, "message_id"),
    ("wmebv", "channel_id"): _first(Channel, "channel_id"),
    ("wmebv", "code"): lambda _session: [{"code": one} for one in ("W16", "W33")],
    ("wmebv", "template_id"): _first(ChannelTemplate, "template_id"),
    ("wmebv", "action_id"): _first(Action, "action_id"),
    ("wmebv", "goal_id"): _first(Goal, "goal_id"),
    ("wmebv", "duty"): lambda session: [{"duty": "W11", "about": session.exec(select(MessageType)).first().id}],
    ("wmebv", "grid"): lambda _session: [{"grid": grid.value} for grid in GridKind],
    ("publicatie", "run_id"): lambda session: [
        {"run_id": one} for one in session.exec(select(PublishRun.id).order_by(col(PublishRun.started_at))).all()[-1:]
    ],
    ("koppelingen", "kenmerk"): _products,
    ("controles", "review_id"): _first(Review, "review_id"),
    ("beheer", "kind"): _shared,
    ("beheer", "job_id"): lambda session: [{"job_id": one} for one in session.exec(select(Job.id))],
    ("beheer", "event_id"): lambda session: [
        {"event_id": one}
        for one in session.exec(select(AuditEvent.id).where(AuditEvent.action.like("%:change%"))).all()[:3]
    ],
    ("beheer", "user_id"): lambda session: [{"user_id": one} for one in session.exec(select(User.id))],
}
"""First folder and first name of an address -> the records to look at."""
