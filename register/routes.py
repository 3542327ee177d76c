"""Pages of the processing register. Handlers read, call a service and redirect."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import history
from core.accounts.services import Person
from core.errors import Conflict, RuleViolation
from core.findings import FindingRow, Severity
from core.organisations import Party, System, Team, bodies, shared
from core.web.conflicts import Meeting, conflict_page, known_part, settle
from core.web.drafts import DraftForm, form_page
from core.web.forms import Form, Typed, bind, whole_number
from core.web.lists import Cell, MenuItem, paging
from core.web.pages import page, redirect
from core.web.related import related
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from register import forms, permissions, queries, reviews, services
from register.checks import Finding
from register.content import ActivityContent, Status
from register.forms import ActivityInput, EndInput
from register.lists import COUNTRIES, DATA_SUBJECTS, DOMAINS, LISTS, SENSITIVITIES, STATUSES, kinds_by_group
from register.models import ProcessingActivity

router = APIRouter(prefix="/register")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
Establisher = Annotated[Person, Depends(Allowed(permissions.ESTABLISH))]
TypedActivity = Annotated[Typed, Depends(DraftForm("Verwerking", forms.labels()))]
TypedEnd = Annotated[Typed, Depends(DraftForm("Verwerking beëindigen", forms.END_LABELS))]

FINDINGS_PER_PAGE = 200
VERBS: Mapping[str, str] = {
    "add": "toegevoegd",
    "change": "gewijzigd",
    "establish": "vastgesteld",
    "end": "beëindigd",
    "reopen": "teruggezet naar concept",
    "confirm": "gecontroleerd en akkoord",
}
PLURALS: Mapping[Severity, tuple[str, str]] = {
    Severity.ERROR: ("fout", "fouten"),
    Severity.WARNING: ("waarschuwing", "waarschuwingen"),
    Severity.TIP: ("tip", "tips"),
}


@router.get("/")
def list_page(
    request: Request,
    session: ReadSession,
    person: Reader,
    zoek: str = "",
    status: str = "",
    onderwerp: str = "",
    pagina: str = "1",
) -> Response:
    found = queries.list_activities(session, search=zoek, status=status, domain=onderwerp, page=whole_number(pagina))
    findings = services.findings_by_record(session, found.activities)
    rows = [
        [
            Cell(activity.name or "(zonder naam)", _address(activity)),
            activity.kenmerk,
            DOMAINS.get(activity.domain, activity.domain),
            activity.team.name if activity.team else "",
            Cell(badge=STATUSES[activity.status]),
            _summary(findings[activity.id]),
        ]
        for activity in found.activities
    ]
    chosen = {"zoek": zoek, "status": status, "onderwerp": onderwerp}
    return page(
        request,
        "register/list.html",
        person=person,
        page_title="Verwerkingsregister",
        rows=rows,
        chosen=chosen,
        statuses=list(STATUSES.items()),
        domains=list(DOMAINS.items()),
        counts=queries.counts_by_status(session),
        paging=paging("/register/", chosen, found.page, found.pages, found.total),
        may_edit=person.may(permissions.EDIT),
    )


@router.get("/bevindingen")
def findings_page(
    request: Request, session: ReadSession, person: Reader, ernst: str = "", pagina: str = "1"
) -> Response:
    found = services.all_findings(session)
    may_mend = person.may(permissions.EDIT)
    counts = {severity: sum(finding.severity is severity for finding in found) for severity in Severity}
    shown = [severity for severity in Severity if ernst in {"", severity}]
    wanted = [finding for severity in shown for finding in found if finding.severity is severity]  # worst first
    pages = max(1, -(-len(wanted) // FINDINGS_PER_PAGE))
    number = min(max(whole_number(pagina), 1), pages)
    rows = [
        [
            Cell(finding.message, _place_of(finding, finding.subject) if may_mend else ""),
            Cell(finding.subject, f"/register/{finding.subject}/") if finding.subject else "hele register",
            Cell(badge=finding.severity),
            finding.article,
            Cell(finding.rule_id, is_code=True),
        ]
        for finding in wanted[(number - 1) * FINDINGS_PER_PAGE : number * FINDINGS_PER_PAGE]
    ]
    return page(
        request,
        "register/findings.html",
        person=person,
        page_title="Bevindingen in het verwerkingsregister",
        rows=rows,
        severities=[(severity.value, PLURALS[severity][1].capitalize()) for severity in Severity],
        severity=ernst,
        counts=counts,
        paging=paging("/register/bevindingen", {"ernst": ernst}, number, pages, len(wanted)),
    )


@router.get("/nieuw")
def new_page(request: Request, session: ReadSession, person: Editor) -> Response:
    return _form_page(request, session, person, forms.fill_activity(ActivityContent()), None)


@router.post("/nieuw")
def add_activity(request: Request, session: WriteSession, person: Editor, typed: TypedActivity) -> Response:
    if form := forms.after_button(typed, typed.value("action")):
        return _form_page(request, session, person, form, None)
    form = forms.bind_activity(typed)
    if form.cleaned is None:
        return _form_page(request, session, person, form, None, status_code=422)
    activity = services.add(session, forms.to_content(form.cleaned), actor=person.actor)
    return redirect(_address(activity), "opgeslagen")


@router.get("/{kenmerk}/")
def record_page(request: Request, session: ReadSession, person: Reader, kenmerk: str) -> Response:
    return _record_page(request, session, person, queries.find(session, kenmerk))


@router.get("/{kenmerk}/bewerken")
def edit_page(request: Request, session: ReadSession, person: Editor, kenmerk: str) -> Response:
    activity = queries.find(session, kenmerk)
    if activity.status is Status.ENDED:
        raise RuleViolation("Deze verwerking is beëindigd. Zet de verwerking eerst terug naar concept.")
    return _form_page(request, session, person, forms.fill_activity(services.content_of(activity)), activity)


@router.post("/{kenmerk}/bewerken")
def change_activity(
    request: Request, session: WriteSession, person: Editor, kenmerk: str, typed: TypedActivity
) -> Response:
    activity = queries.find(session, kenmerk)
    if form := forms.after_button(typed, typed.value("action")):
        return _form_page(request, session, person, form, activity, version=typed.number("version"))
    meeting = _meeting(session, activity)
    typed, version = settle(session, typed, meeting)
    form = forms.bind_activity(typed)
    if form.cleaned is None:
        return _form_page(request, session, person, form, activity, version=version, status_code=422)
    content = forms.to_content(form.cleaned, services.content_of(activity))
    try:
        services.change(session, activity, content, version=version, actor=person.actor)
    except Conflict:
        mine = forms.fill_activity(content).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect(_address(activity), "opgeslagen")


@router.post("/{kenmerk}/vaststellen")
def establish_activity(
    request: Request, session: WriteSession, person: Establisher, kenmerk: str, typed: TypedForm
) -> Response:
    activity = queries.find(session, kenmerk)
    try:
        services.establish(session, activity, actor=person.actor, version=typed.number("version"))
    except RuleViolation as refused:
        return _record_page(request, session, person, activity, refused=refused)
    return redirect(_address(activity), "vastgesteld")


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
    return redirect(_address(activity), "beeindigd")


@router.post("/{kenmerk}/concept")
def reopen_activity(session: WriteSession, person: Editor, kenmerk: str) -> Response:
    activity = queries.find(session, kenmerk)
    services.reopen(session, activity, actor=person.actor)
    return redirect(_address(activity), "opgeslagen")


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
        address=_address(activity),
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
    findings = sorted(
        services.findings_of(session, activity), key=lambda finding: list(Severity).index(finding.severity)
    )
    versions = list(reversed(history.versions_of(session, activity.id)))
    is_living = activity.status is not Status.ENDED
    may_edit = person.may(permissions.EDIT) and is_living
    groups = forms.show(services.content_of(activity), lists_of(session))
    return page(
        request,
        "register/record.html",
        person=person,
        status_code=422 if refused else 200,
        page_title=activity.name or activity.kenmerk,
        activity=activity,
        address=_address(activity),
        related=related(request, session, activity.id),
        remarks=reviews.open_remarks(session, activity),
        status=STATUSES[activity.status],
        refused=refused,
        findings=[_shown(finding, activity.kenmerk, may_mend=may_edit) for finding in findings],
        groups=groups,
        menu=[
            MenuItem("Bevindingen", "#bevindingen"),
            *(MenuItem(group.title, f"#{group.id}") for group in groups),
            MenuItem("Vastgestelde versies", "#versies"),
            MenuItem("Geschiedenis", "#geschiedenis"),
        ],
        versions=[
            [
                Cell(f"Versie {version.number}", f"{_address(activity)}v{version.number}/"),
                version.established_at,
                version.established_by,
                version.ended_at is not None,
            ]
            for version in versions
        ],
        saves=[(save.at, save.actor, VERBS.get(save.verb, save.verb)) for save in queries.saves_of(session, activity)],
        may_edit=may_edit,
        may_establish=person.may(permissions.ESTABLISH) and is_living and activity.status is not Status.ESTABLISHED,
        may_end=person.may(permissions.ESTABLISH) and is_living,
        may_reopen=person.may(permissions.EDIT) and activity.status is not Status.CONCEPT,
    )


def _form_page(
    request: Request,
    session: Session,
    person: Person,
    form: Form[ActivityInput],
    activity: ProcessingActivity | None,
    *,
    version: int | None = None,
    status_code: int = 200,
) -> Response:
    """The one form, empty, stored or as typed. `version` is what was typed on; without it the newest."""
    address = _address(activity) if activity else "/register/"
    return form_page(
        request,
        session,
        "register/form.html",
        person=person,
        status_code=status_code,
        page_title=f"{activity.kenmerk} bewerken" if activity else "Nieuwe verwerking",
        form=form,
        activity=activity,
        version=version if version is not None or activity is None else activity.version,
        address=f"{address}bewerken" if activity else "/register/nieuw",
        back=address,
        groups=forms.GROUPS,
        menu=[MenuItem(group.title, f"#{group.id}") for group in forms.GROUPS],
        lists=lists_of(session),
        kinds=kinds_by_group(),
        hints={
            "teams": [team.name for team in shared(session, Team)],
            "parties": [party.name for party in shared(session, Party)],
            "systems": [system.name for system in shared(session, System)],
            "subjects": list(DATA_SUBJECTS.values()),
            "countries": list(COUNTRIES.values()),
        },
    )


def _meeting(session: Session, activity: ProcessingActivity) -> Meeting:
    """The record as the page after a conflict shows it."""
    is_ended = activity.status is Status.ENDED
    return Meeting(
        subject_id=activity.id,
        version=activity.version,
        name=f"{activity.kenmerk} {activity.name}",
        address=_address(activity),
        form_address=f"{_address(activity)}bewerken",
        now=forms.fill_activity(services.content_of(activity)).typed,
        as_form=lambda facts: forms.fill_activity(known_part(ActivityContent, facts)).typed,
        labels=forms.labels(),
        words=forms.words_by_pattern(lists_of(session)),
        rows=forms.row_names(),
        closed="Deze verwerking is intussen beëindigd. Zet de verwerking eerst terug naar concept." if is_ended else "",
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
        address=_address(activity),
    )


def _address(activity: ProcessingActivity) -> str:
    return f"/register/{activity.kenmerk}/"


def lists_of(session: Session) -> Mapping[str, Mapping[str, str]]:
    """Code and label per field, with the public bodies of this organisation."""
    return {**LISTS, "controller": bodies(session), "data_sets.own_kinds.sensitivity": SENSITIVITIES}


def _summary(findings: Iterable[Finding]) -> str:
    """`2 fouten, 1 tip`; "geen" when there is nothing."""
    found = [finding.severity for finding in findings]
    amounts = [(found.count(severity), PLURALS[severity]) for severity in Severity]
    return ", ".join(f"{amount} {words[amount != 1]}" for amount, words in amounts if amount) or "geen"


def _shown(finding: Finding, kenmerk: str, *, may_mend: bool) -> FindingRow:
    place = _place_of(finding, kenmerk) if may_mend else ""
    return FindingRow(finding.rule_id, finding.severity, finding.message, finding.article, place)


def _place_of(finding: Finding, kenmerk: str) -> str:
    """The field in the form where it can be mended; the settings for what the organisation itself misses."""
    place = next(iter(finding.fields), "")
    if place.startswith("organisation."):
        return "/beheer/"
    return f"/register/{kenmerk}/bewerken#{forms.anchor(place)}" if kenmerk else ""
