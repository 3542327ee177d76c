"""The form of a processing activity: one page for each group of fields, to be saved at any moment."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import values
from core.accounts.services import Person
from core.errors import Conflict, RuleViolation
from core.organisations import Party, System, Team, in_use
from core.web.conflicts import Meeting, conflict_page, known_part, settle
from core.web.drafts import DraftForm, form_page
from core.web.forms import Form, Typed
from core.web.lists import MenuItem
from core.web.pages import page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from register import derive, forms, permissions, queries, selection_list, services
from register.checks import Finding
from register.content import ActivityContent, Status
from register.forms import ActivityInput, Group
from register.lists import COUNTRIES, DATA_SUBJECTS, DOMAINS, MODELS, kinds_by_group
from register.models import AgreementKind, ProcessingActivity
from register.places import address_of, form_of, lists_of, row_of
from register.starter import starter_contents

router = APIRouter(prefix="/register")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
TypedActivity = Annotated[Typed, Depends(DraftForm("Verwerking", forms.labels()))]

NEW = "/register/nieuw"
ENDED = "Deze verwerking is beëindigd. Zet de verwerking eerst terug naar concept."


@router.get("/nieuw")
def new_page(request: Request, session: ReadSession, person: Editor) -> Response:
    return _form_page(request, session, person, forms.FIRST, forms.fill_group(forms.FIRST, ActivityContent()), None)


@router.post("/nieuw")
def add_activity(request: Request, session: WriteSession, person: Editor, typed: TypedActivity) -> Response:
    if again := forms.after_button(forms.FIRST, typed, typed.value("action")):
        return _form_page(request, session, person, forms.FIRST, again, None)
    form = forms.bind_group(forms.FIRST, typed, ActivityContent())
    if form.cleaned is None:
        return _form_page(request, session, person, forms.FIRST, form, None, status_code=422)
    activity = services.add(session, services.begun(session, forms.to_content(form.cleaned)), actor=person.actor)
    return _go_on(activity, forms.FIRST, typed)


@router.get("/{kenmerk}/bewerken")
def edit_page(session: ReadSession, _person: Editor, kenmerk: str) -> Response:
    """Go to the first page where something must be done."""
    activity = _living(session, kenmerk)
    pages = forms.progress(services.content_of(activity), services.findings_of(session, activity))
    first = next((one.group for one in pages if one.errors), forms.FIRST)
    return redirect(form_of(activity.kenmerk, first))


@router.get("/{kenmerk}/bewerken/{part}")
def part_page(request: Request, session: ReadSession, person: Editor, kenmerk: str, part: str) -> Response:
    services.sees_trail(session)
    group = forms.group_named(part)
    activity = _living(session, kenmerk)
    stored = services.content_of(activity)
    return _form_page(request, session, person, group, forms.fill_group(group, stored), activity, stored=stored)


@router.post("/{kenmerk}/bewerken/{part}")
def change_part(
    request: Request, session: WriteSession, person: Editor, kenmerk: str, part: str, typed: TypedActivity
) -> Response:
    group = forms.group_named(part)
    activity = queries.find(session, kenmerk)
    if again := forms.after_button(group, typed, typed.value("action")):
        seen, action = typed.number("version"), typed.value("action")
        return _form_page(request, session, person, group, again, activity, version=seen, action=action)
    before = services.content_of(activity)
    meeting = _meeting(session, activity, group, before)
    sent, version = settle(session, typed, meeting)
    form = forms.bind_group(group, sent, before)
    if form.cleaned is None:
        return _form_page(request, session, person, group, form, activity, version=version, status_code=422)
    try:
        content = forms.save_group(form.cleaned, before)
        services.change(session, activity, content, version=version, actor=person.actor, stored=before)
    except Conflict:
        mine = forms.fill_group(group, forms.to_content(form.cleaned, before)).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return _go_on(activity, group, typed)


@router.post("/{kenmerk}/kopie")
def copy_activity(session: WriteSession, person: Editor, kenmerk: str) -> Response:
    made = services.copy(session, queries.find(session, kenmerk), actor=person.actor)
    return redirect(form_of(made.kenmerk, forms.FIRST), "gekopieerd")


@router.get("/voorbeelden")
def examples_page(
    request: Request, session: ReadSession, person: Editor, zoek: str = "", onderwerp: str = ""
) -> Response:
    """The starter set, to take over what the municipality does too."""
    taken = services.taken_from_starter_set(session)
    words = values.fold(zoek).split()
    shown = [
        content
        for content in starter_contents()
        if (not onderwerp or content.domain == onderwerp)
        and all(word in values.fold(f"{content.name} {content.explanation}") for word in words)
    ]
    return page(
        request,
        "register/examples.html",
        person=person,
        page_title="Begin met voorbeelden",
        chosen={"zoek": zoek, "onderwerp": onderwerp},
        domains=list(DOMAINS.items()),
        by_domain=[
            (label, [content for content in shown if content.domain == code])
            for code, label in DOMAINS.items()
            if any(content.domain == code for content in shown)
        ],
        taken=taken,
    )


@router.post("/voorbeelden")
def add_examples(session: WriteSession, person: Editor, typed: TypedForm) -> Response:
    services.add_starter_set(session, actor=person.actor, only=typed.values("voorbeeld"))
    return redirect("/register/", "voorbeelden" if typed.values("voorbeeld") else "")


@router.get("/selectielijst")
def selection_list_page(request: Request, person: Reader, zoek: str = "", rij: str = "") -> Response:
    """The periods of the selection list. `rij` is the row of the form that asks, so that a choice goes there."""
    return page(
        request,
        "register/selection_list.html",
        person=person,
        page_title="Zoek een bewaartermijn",
        search=zoek,
        row=rij,
        found=selection_list.search(zoek),
        amount=len(selection_list.results()),
    )


# --- what the pages share


def _living(session: Session, kenmerk: str) -> ProcessingActivity:
    activity = queries.find(session, kenmerk)
    if activity.status is Status.ENDED:
        raise RuleViolation(ENDED)
    return activity


def _go_on(activity: ProcessingActivity, group: Group, typed: Typed) -> Response:
    """After saving: the same page with what the checks say now, or the next one when that was asked."""
    after = forms.next_group(group, services.content_of(activity)) if typed.value("action") == "next" else None
    return redirect(form_of(activity.kenmerk, after or group), "opgeslagen")


def _form_page(
    request: Request,
    session: Session,
    person: Person,
    group: Group,
    form: Form[ActivityInput],
    activity: ProcessingActivity | None,
    *,
    version: int | None = None,
    action: str = "",
    status_code: int = 200,
    stored: ActivityContent | None = None,
) -> Response:
    """A page of the form, empty, stored or as typed. `version` is what was typed on; without it the newest.

    `stored` is what the record holds, for who has read that already.
    """
    stored = stored or (services.content_of(activity) if activity else ActivityContent())
    findings = services.findings_of(session, activity, stored) if activity else ()
    address = form_of(activity.kenmerk, group) if activity else NEW
    return form_page(
        request,
        session,
        "register/form.html",
        person=person,
        status_code=status_code,
        page_title=f"{activity.kenmerk}: {group.title}" if activity else "Nieuwe verwerking",
        form=form,
        activity=activity,
        version=version if version is not None or activity is None else activity.version,
        address=address,
        back=address_of(activity) if activity else "/register/",
        group=group,
        asked=forms.asked(group, stored),
        notes=forms.notes(group, stored),
        opened=forms.open_rows(group, form, findings, action),
        is_last=forms.next_group(group, stored) is None,
        menu=_menu(activity, stored, findings, group),
        findings=[
            row_of(finding, activity.kenmerk, may_mend=True)
            for finding in findings
            if activity and forms.is_on(group, finding)
        ],
        derived=forms.what_follows(group, stored, form if request.method == "POST" else None),
        lists=lists_of(session),
        kinds=kinds_by_group(),
        people=[DATA_SUBJECTS.get(one.data_subject, one.data_subject) for one in stored.data_sets],
        hints=_hints(session, group),
    )


def _hints(session: Session, group: Group) -> Mapping[str, Sequence[str]]:
    """What can be chosen while typing, of what this page asks: some of these lists are long."""
    agreements = partial(queries.names_of_agreements, session)
    known: Mapping[str, Callable[[], Sequence[str]]] = {
        "teams": lambda: in_use(session, Team),
        "parties": lambda: in_use(session, Party),
        "systems": lambda: in_use(session, System),
        "subjects": lambda: list(DATA_SUBJECTS.values()),
        "countries": lambda: list(COUNTRIES.values()),
        "agreements": lambda: agreements(AgreementKind.PROCESSING),
        "arrangements": lambda: agreements(AgreementKind.JOINT),
        "assignments": lambda: agreements(AgreementKind.ASSIGNMENT),
        "models": lambda: MODELS,
        "laws": lambda: queries.names_of_laws(session),
    }
    return {kind: names() for kind, names in known.items() if kind in group.kinds}


def _menu(
    activity: ProcessingActivity | None, content: ActivityContent, findings: tuple[Finding, ...], here: Group
) -> list[MenuItem]:
    if activity is None:
        return [MenuItem(forms.FIRST.title, NEW, current=True)]
    return [
        MenuItem(one.group.title, form_of(activity.kenmerk, one.group), current=one.group is here, note=one.words)
        for one in forms.progress(content, findings)
    ]


def _meeting(session: Session, activity: ProcessingActivity, group: Group, stored: ActivityContent) -> Meeting:
    """A page of the record as the page after a conflict shows it."""
    return Meeting(
        subject_id=activity.id,
        version=activity.version,
        name=f"{activity.kenmerk} {activity.name}",
        address=address_of(activity),
        form_address=form_of(activity.kenmerk, group),
        now=forms.fill_group(group, stored).typed,
        as_form=lambda facts: forms.fill_group(group, known_part(ActivityContent, facts)).typed,
        labels=forms.labels(),
        words=forms.words_by_pattern(lists_of(session)),
        rows=forms.row_names(),
        left_out=frozenset(f"corrections-{number}-basis" for number in range(len(derive.CORRECTABLE))),
        is_part=True,
        closed=ENDED.replace("is beëindigd", "is intussen beëindigd") if activity.status is Status.ENDED else "",
    )
