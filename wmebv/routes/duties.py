"""The duties and forms of support with their articles, and the form for an article that was not looked up yet."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from core.accounts.services import Person
from core.errors import NotFound, RuleViolation
from core.web.forms import Form, bind, fill
from core.web.lists import Cell
from core.web.pages import dutch_date, redirect
from core.web.security import ReadSession, TypedForm, WriteSession
from wmebv import labels, permissions, queries, services
from wmebv.duties import ArticleStatus, Citation, Duty, SupportForm, duties, may_look_up, support_forms
from wmebv.forms import ARTICLE_LABELS, options
from wmebv.routes.shared import HOME, Establisher, Reader, show

router = APIRouter(prefix="/plichten")
DUTIES = ("Plichten", "/wmebv/plichten/")


@router.get("/")
def show_duties(request: Request, session: ReadSession, person: Reader) -> Response:
    articles, may_change = queries.articles(session), person.may(permissions.ESTABLISH)
    lines = [
        [
            Cell(f"{code} {name}", f"/wmebv/plichten/{code}" if may_change and may_look_up(code) else ""),
            labels.SCOPES[known.scope],
            *_article(known, articles.get(code)),
            dutch_date(known.in_force_from),
            known.severity.value if isinstance(known, Duty) else "hulp",
        ]
        for code, name, known in _every()
    ]
    return show(request, "duties.html", person, "Plichten en artikelen", [HOME, DUTIES], lines=lines)


@router.get("/{code}")
def edit_article(request: Request, session: ReadSession, person: Establisher, code: str) -> Response:
    known, row = _find(code), queries.article_row(session, code)
    found = row.citation() if row.article else Citation(article=known.article, article_status=known.article_status)
    return _article_form(request, session, person, code, fill(found, ARTICLE_LABELS))


@router.post("/{code}")
def look_up_article(
    request: Request, session: WriteSession, person: Establisher, typed: TypedForm, code: str
) -> Response:
    _find(code)
    form = bind(Citation, typed, ARTICLE_LABELS, require=["article", "article_status"])
    version = typed.number("version")
    if form.cleaned is None:
        return _article_form(request, session, person, code, form, version=version, status_code=422)
    try:
        services.look_up_article(session, code, form.cleaned, version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _article_form(request, session, person, code, form, version=version, status_code=422)
    return redirect("/wmebv/plichten/", "opgeslagen")


def _every() -> Iterator[tuple[str, str, Duty | SupportForm]]:
    yield from ((code, duty.name, duty) for code, duty in duties().items())
    yield from ((code, form.label, form) for code, form in support_forms().items())


def _find(code: str) -> Duty | SupportForm:
    if not may_look_up(code):
        raise NotFound(f"Bij '{code}' is geen artikel na te kijken. Kies een plicht uit de lijst.")
    return duties().get(code) or support_forms()[code]


def _article(known: Duty | SupportForm, found: Citation | None) -> tuple[str, Cell]:
    article, status = (found.article, found.article_status) if found else (known.article, known.article_status)
    return article, Cell(found.source if found else "", badge=status.value)


def _article_form(
    request: Request,
    session: Session,
    person: Person,
    code: str,
    form: Form[Any],
    *,
    version: int | None = None,
    status_code: int = 200,
) -> Response:
    known = _find(code)
    name = known.name if isinstance(known, Duty) else known.label
    return show(
        request,
        "duty.html",
        person,
        f"Artikel bij {code}",
        [HOME, DUTIES, (code, "")],
        status_code=status_code,
        form=form,
        name=name,
        in_list=known.article,
        remark=known.remark if isinstance(known, Duty) else "",
        statuses=options({ArticleStatus.CONFIRMED: "Ja, nagezocht", ArticleStatus.TO_CHECK: "Nee, nog nakijken"}),
        version=queries.article_row(session, code).version if version is None else version,
    )
