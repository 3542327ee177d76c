"""Pages of the processing register. Handlers read, call a service and redirect."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import attached, history
from core.accounts.services import Person
from core.errors import RuleViolation
from core.findings import Severity
from core.web.attached import file_rows
from core.web.conflicts import known_part
from core.web.drafts import DraftForm, form_page
from core.web.forms import Form, Typed, bind, whole_number
from core.web.lists import Cell, MenuItem, paging
from core.web.pages import page, redirect
from core.web.related import related
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from register import differences, forms, imports, permissions, queries, remarks, reviews, services
from register.beside import beside
from register.checks import CHECKS
from register.content import ActivityContent, Publication, Status
from register.forms import EndInput
from register.lists import LISTS, STATUSES
from register.models import ProcessingActivity
from register.places import address_of, closed_rows, lists_of, row_of
from register.routes_list import FindingsSession

router = APIRouter(prefix="/register")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
Approver = Annotated[Person, Depends(Allowed(permissions.APPROVE))]
Establisher = Annotated[Person, Depends(Allowed(permissions.ESTABLISH))]
TypedEnd = Annotated[Typed, Depends(DraftForm("Verwerking beëindigen", forms.END_LABELS))]

FINDINGS_PER_PAGE = 200
SHOWN = frozenset({Publication.YES, Publication.LIMITED})
"""Levels of a version at which the public sees something of it."""
VERBS: Mapping[str, str] = {
    "add": "toegevoegd",
    "change": "gewijzigd",
    "establish": "vastgesteld",
    "end": "beëindigd",
    "reopen": "teruggezet naar concept",
    "confirm": "gecontroleerd en akkoord",
    "submit": "ter controle aangeboden",
    "approve": "goedgekeurd",
    "send_back": "teruggestuurd met een vraag",
    "remark:add": "opmerking van de FG toegevoegd",
    "remark:change": "opmerking van de FG gewijzigd",
    "remark:answer": "opmerking van de FG beantwoord",
    "remark:settle": "opmerking van de FG gesloten",
    "attach": "bestand toegevoegd",
    "detach": "bestand weggehaald",
    "download": "bestand gedownload",
}
PLURALS: Mapping[Severity, tuple[str, str]] = {
    Severity.ERROR: ("fout", "fouten"),
    Severity.WARNING: ("waarschuwing", "waarschuwingen"),
    Severity.TIP: ("tip", "tips"),
}


@router.get("/bevindingen")
def findings_page(
    request: Request, session: FindingsSession, person: Reader, ernst: str = "", regel: str = "", pagina: str = "1"
) -> Response:
    found = [finding for finding in services.all_findings(session) if regel in {"", finding.rule_id}]
    may_mend = person.may(permissions.EDIT)
    counts = {severity: sum(finding.severity is severity for finding in found) for severity in Severity}
    shown = [severity for severity in Severity if ernst in {"", severity}]
    wanted = [finding for severity in shown for finding in found if finding.severity is severity]  # worst first
    pages = max(1, -(-len(wanted) // FINDINGS_PER_PAGE))
    number = min(max(whole_number(pagina), 1), pages)
    rows = [
        replace(
            row_of(finding, finding.subject, may_mend=may_mend, may_close=person.may(permissions.APPROVE)),
            subject=finding.subject or "hele register",
            subject_href=f"/register/{finding.subject}/" if finding.subject else "",
        )
        for finding in wanted[(number - 1) * FINDINGS_PER_PAGE : number * FINDINGS_PER_PAGE]
    ]
    return page(
        request,
        "register/findings.html",
        person=person,
        page_title="Bevindingen in het verwerkingsregister",
        rows=rows,
        closed=len(services.closings(session)),
        severities=[(severity.value, PLURALS[severity][1].capitalize()) for severity in Severity],
        severity=ernst,
        counts=counts,
        rule=CHECKS.get(regel),
        paging=paging("/register/bevindingen", {"ernst": ernst, "regel": regel}, number, pages, len(wanted)),
    )


@router.get("/{kenmerk}/")
def record_page(request: Request, session: ReadSession, person: Reader, kenmerk: str) -> Response:
    services.sees_trail(session)
    return _record_page(request, session, person, queries.find(session, kenmerk))


@router.post("/{kenmerk}/vaststellen")
def establish_activity(
    request: Request, session: WriteSession, person: Establisher, kenmerk: str, typed: TypedForm
) -> Response:
    activity = queries.find(session, kenmerk)
    try:
        services.establish(session, activity, actor=person.actor, version=typed.number("version"))
    except RuleViolation as refused:
        return _record_page(request, session, person, activity, refused=refused)
    return redirect(address_of(activity), "vastgesteld")


@router.post("/{kenmerk}/goedkeuren")
def approve_activity(
    request: Request, session: WriteSession, person: Approver, kenmerk: str, typed: TypedForm
) -> Response:
    activity = queries.find(session, kenmerk)
    try:
        services.approve(session, activity, actor=person.actor, version=typed.number("version"))
    except RuleViolation as refused:
        return _record_page(request, session, person, activity, refused=refused)
    return redirect(address_of(activity), "goedgekeurd")


@router.get("/{kenmerk}/beeindigen")
def end_page(request: Request, session: ReadSession, person: Establisher, kenmerk: str) -> Response:
    form = Form(EndInput, Typed(), forms.END_LABELS)
    return _end_page(request, session, person, queries.find(session, kenmerk), form)


@router.post("/{kenmerk}/beeindigen")
def end_activity(
    request: Request, session: WriteSession, person: Establisher, kenmerk: str, typed: TypedEnd
) -> Response:
    activity = queries.find(session, kenmerk)
    form = bind(EndInput, typed, forms.END_LABELS)
    if form.cleaned is None:
        return _end_page(request, session, person, activity, form, status_code=422)
    try:
        services.end(session, activity, on=form.cleaned.on, reason=form.cleaned.reason, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _end_page(request, session, person, activity, form, status_code=422)
    return redirect(address_of(activity), "beeindigd")


@router.post("/{kenmerk}/concept")
def reopen_activity(session: WriteSession, person: Editor, kenmerk: str) -> Response:
    activity = queries.find(session, kenmerk)
    services.reopen(session, activity, actor=person.actor)
    return redirect(address_of(activity), "opgeslagen")


@router.get("/{kenmerk}/v{number}/")
def version_page(request: Request, session: ReadSession, person: Reader, kenmerk: str, number: int) -> Response:
    activity = queries.find(session, kenmerk)
    version = queries.find_version(session, activity, number)
    content = ActivityContent.model_validate(version.content["content"])
    return page(
        request,
        "register/version.html",
        person=person,
        page_title=f"{activity.kenmerk} versie {number}: {content.name}",
        activity=activity,
        address=address_of(activity),
        version=version,
        groups=forms.show(content, LISTS | version.content["labels"]),
    )


# --- what several pages share


def _record_page(
    request: Request,
    session: Session,
    person: Person,
    activity: ProcessingActivity,
    *,
    refused: RuleViolation | None = None,
) -> Response:
    content, lists = services.content_of(activity), lists_of(session)
    versions = list(reversed(history.versions_of(session, activity.id)))
    others = beside(session, activity.id)
    closings = services.closings(session, activity) if others.closings else ()
    findings = sorted(
        services.findings_in(session, activity, content, versions, closings),
        key=lambda finding: list(Severity).index(finding.severity),
    )
    is_living = activity.status is not Status.ENDED
    may_edit = person.may(permissions.EDIT) and is_living
    may_establish = person.may(permissions.ESTABLISH) and is_living
    is_established = activity.status is Status.ESTABLISHED and bool(versions)
    other_names = services.names_changed(versions[0].content, content, lists["controller"]) if is_established else ()
    may_close = person.may(permissions.APPROVE) and is_living
    groups = forms.show(content, lists)
    return page(
        request,
        "register/record.html",
        person=person,
        status_code=422 if refused else 200,
        page_title=activity.name or activity.kenmerk,
        activity=activity,
        address=address_of(activity),
        related=related(request, session, activity),
        team_remarks=reviews.open_remarks(session, activity) if others.answers else (),
        remarks=remarks.of_records(session, [activity.id])[activity.id] if others.remarks else (),
        dpia_files=file_rows(
            f"{address_of(activity)}dpia/bestanden", attached.files_of(session, activity) if others.files else ()
        ),
        status=STATUSES[activity.status],
        refused=refused,
        since_version=_since(versions[0], content, lists) if versions and is_living else "",
        findings=[row_of(finding, activity.kenmerk, may_mend=may_edit, may_close=may_close) for finding in findings],
        may_close=may_close,
        closed=closed_rows(closings),
        groups=groups,
        menu=[
            MenuItem("Bevindingen", "#bevindingen"),
            *(MenuItem(group.title, f"#{group.id}") for group in groups),
            MenuItem("Opmerkingen van de FG", "#opmerkingen"),
            MenuItem("Bestanden van de DPIA", "#dpia-bestanden"),
            MenuItem("Mailen of bewaren", "#mailen"),
            MenuItem("Vastgestelde versies", "#versies"),
            MenuItem("Geschiedenis", "#geschiedenis"),
        ],
        versions=[
            [
                version.number,
                Cell(f"Versie {version.number}", f"{address_of(activity)}v{version.number}/"),
                version.established_at,
                version.established_by,
                version.ended_at is not None,
            ]
            for version in versions
        ],
        saves=[(save, VERBS.get(save.verb, save.verb)) for save in queries.saves_of(session, activity)],
        origins=imports.origins_of(session, activity.id) if others.rows else (),
        may_edit=may_edit,
        may_submit=may_edit and activity.status is Status.CONCEPT,
        may_approve=person.may(permissions.APPROVE) and activity.status is Status.IN_REVIEW,
        may_send_back=person.may(permissions.APPROVE) and activity.status in {Status.IN_REVIEW, Status.APPROVED},
        may_answer=person.may(permissions.APPROVE),
        may_remark=person.may(permissions.REMARK),
        may_establish=may_establish and (activity.status is not Status.ESTABLISHED or bool(other_names)),
        other_names=other_names,
        may_end=may_establish,
        may_copy=person.may(permissions.EDIT),
        may_reopen=person.may(permissions.EDIT) and activity.status is not Status.CONCEPT,
    )


def _end_page(
    request: Request,
    session: Session,
    person: Person,
    activity: ProcessingActivity,
    form: Form[EndInput],
    *,
    status_code: int = 200,
) -> Response:
    return form_page(
        request,
        session,
        "register/end.html",
        person=person,
        status_code=status_code,
        page_title=f"{activity.name or activity.kenmerk} beëindigen",
        form=form,
        activity=activity,
        address=address_of(activity),
    )


def _since(version: history.Version, content: ActivityContent, lists: forms.Lists) -> str:
    """How much differs from the newest version, in words; empty when nothing does."""
    then = known_part(ActivityContent, version.content["content"])
    if then == content:
        return ""
    amount = len(differences.compare(then, content, lists))
    if not amount:
        return ""
    place = "staat nu op de website" if then.publication in SHOWN else "is de laatste die is vastgesteld"
    places = "1 plaats" if amount == 1 else f"{amount} plaatsen"
    return f"Versie {version.number} {place}. Daarna is er op {places} iets gewijzigd."
