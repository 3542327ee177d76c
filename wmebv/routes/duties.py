"""The duties and forms of support: their articles, since when they hold, how bad a "no" is, and strict judging."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import history
from core.accounts.services import Person
from core.errors import NotFound, RuleViolation
from core.web.forms import Form, bind, fill
from core.web.lists import Cell
from core.web.pages import dutch_date, dutch_moment, redirect
from core.web.security import ReadSession, TypedForm, WriteSession
from wmebv import labels, permissions, queries, services
from wmebv.duties import (
    Amendment,
    ArticleStatus,
    Duty,
    Rulebook,
    Severity,
    SupportForm,
    duties,
    may_look_up,
    support_forms,
)
from wmebv.forms import AMENDMENT_LABELS, options
from wmebv.models import DutyArticle
from wmebv.routes.shared import HOME, Establisher, Reader, show

router = APIRouter(prefix="/plichten")
DUTIES = ("Plichten", "/wmebv/plichten/")


@router.get("/")
def show_duties(request: Request, session: ReadSession, person: Reader) -> Response:
    said, book, may_change = queries.amendments(session), queries.rulebook(session), person.may(permissions.ESTABLISH)
    lines = [
        [
            Cell(f"{code} {_name(known)}", f"/wmebv/plichten/{code}" if may_change else ""),
            labels.SCOPES[known.scope],
            known.article,
            Cell(said[code].source if code in said else "", badge=known.article_status.value),
            _own(dutch_date(known.in_force_from), is_own=bool(code in said and said[code].in_force_from)),
            _own(_severity(known), is_own=bool(code in said and said[code].severity)),
        ]
        for code, known in _every(book)
    ]
    return show(
        request,
        "duties.html",
        person,
        "Plichten en artikelen",
        [HOME, DUTIES],
        lines=lines,
        general=queries.general(session),
        others=queries.count_unofficial(session),
    )


@router.post("/strikt")
def judge_strictly(session: WriteSession, person: Establisher, typed: TypedForm) -> Response:
    services.judge_strictly(
        session,
        queries.general(session),
        is_strict=typed.value("strict") == "ja",
        version=typed.number("version"),
        actor=person.actor,
    )
    return redirect("/wmebv/plichten/", "opgeslagen")


@router.get("/{code}")
def edit_duty(request: Request, session: ReadSession, person: Establisher, code: str) -> Response:
    known, said = _find(code), queries.article_row(session, code).amendment()
    if not said.article:
        said = said.model_copy(update={"article": known.article, "article_status": known.article_status})
    return _duty_form(request, session, person, code, fill(said, AMENDMENT_LABELS))


@router.post("/{code}")
def amend_duty(request: Request, session: WriteSession, person: Establisher, typed: TypedForm, code: str) -> Response:
    _find(code)
    needed = ["article", "article_status"] if may_look_up(code) else []
    form = bind(Amendment, typed, AMENDMENT_LABELS, require=needed)
    version = typed.number("version")
    if form.cleaned is None:
        return _duty_form(request, session, person, code, form, version=version, status_code=422)
    try:
        services.amend_duty(session, code, form.cleaned, version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _duty_form(request, session, person, code, form, version=version, status_code=422)
    return redirect("/wmebv/plichten/", "opgeslagen")


def _every(book: Rulebook) -> Iterator[tuple[str, Duty | SupportForm]]:
    yield from book.duties.items()
    yield from book.forms.items()


def _find(code: str) -> Duty | SupportForm:
    found = duties().get(code) or support_forms().get(code)
    if found is None:
        raise NotFound(f"Er is geen plicht met code '{code}'. Kies een plicht uit de lijst.")
    return found


def _name(known: Duty | SupportForm) -> str:
    return known.name if isinstance(known, Duty) else known.label


def _severity(known: Duty | SupportForm) -> str:
    if isinstance(known, SupportForm):
        return "hulp"
    others = {severity.value: labels.KINDS[kind].lower() for kind, severity in known.severity_for.items()}
    return ", ".join([known.severity.value, *(f"{severity} bij {kind}" for severity, kind in others.items())])


def _own(text: str, *, is_own: bool) -> str:
    return f"{text} (eigen keuze)" if is_own else text


def _duty_form(
    request: Request,
    session: Session,
    person: Person,
    code: str,
    form: Form[Any],
    *,
    version: int | None = None,
    status_code: int = 200,
) -> Response:
    known, row = _find(code), queries.article_row(session, code)
    return show(
        request,
        "duty.html",
        person,
        f"Plicht {code}" if isinstance(known, Duty) else f"Hulp {code}",
        [HOME, DUTIES, (code, "")],
        status_code=status_code,
        form=form,
        name=_name(known),
        obliges=known.obliges if isinstance(known, Duty) else "",
        remark=known.remark if isinstance(known, Duty) else "",
        in_list=[
            ("Artikel", f"{known.article} ({known.article_status.value})"),
            ("Geldt vanaf", dutch_date(known.in_force_from)),
            ("Ernst", _severity(known)),
        ],
        asks_article=may_look_up(code),
        statuses=options({ArticleStatus.CONFIRMED: "Ja, nagezocht", ArticleStatus.TO_CHECK: "Nee, nog nakijken"}),
        severities=_severities(known),
        version=row.version if version is None else version,
        changes=list(_changes(session, row)),
    )


def _severities(known: Duty | SupportForm) -> Sequence[tuple[str, str]]:
    if isinstance(known, SupportForm):
        return ()
    return [("", f"Zoals in de lijst: {_severity(known)}"), *((one.value, one.value) for one in Severity)]


def _changes(session: Session, row: DutyArticle) -> Iterator[list[str]]:
    """What the municipality said of a duty before, the newest first."""
    for revision in history.revisions_of(session, row.id):
        known = {name: value for name, value in revision.content.items() if name in Amendment.model_fields}
        said = Amendment.model_validate(known)
        yield [
            dutch_moment(revision.at),
            revision.actor,
            ", ".join(filter(None, (said.article and f"{said.article} ({said.article_status.value})", said.source))),
            dutch_date(said.in_force_from) or "zoals in de lijst",
            said.severity.value if said.severity else "zoals in de lijst",
            said.reason,
        ]
