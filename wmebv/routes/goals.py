"""Goals: how far each is, and the form."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core.accounts.services import Person
from core.errors import Conflict, RuleViolation
from core.web.conflicts import conflict_page, settle
from core.web.drafts import DraftForm
from core.web.forms import Form, Typed, bind, fill
from core.web.lists import Cell
from core.web.pages import dutch_date, redirect
from core.web.security import ReadSession, TypedForm, WriteSession
from wmebv import labels, meetings, permissions, services
from wmebv.content import GoalContent
from wmebv.forms import GOAL_LABELS, options
from wmebv.models import Goal
from wmebv.routes.shared import HOME, Editor, Reader, show, typed_on

router = APIRouter()
TypedGoal = Annotated[Typed, Depends(DraftForm("Doel", GOAL_LABELS))]
GOALS = ("Doelen", "/wmebv/doelen/")
REQUIRED = ["title", "measure", "target", "by"]


@router.get("/doelen/")
def show_goals(request: Request, session: ReadSession, person: Reader) -> Response:
    may_edit = person.may(permissions.EDIT)
    lines = [
        [
            Cell(one.title, f"/wmebv/doelen/{one.key}" if may_edit else ""),
            labels.MEASURES[one.measure],
            f"{one.target}%",
            dutch_date(one.by),
            "" if one.reached is None else f"{one.reached}% ({one.counted} van {one.out_of})",
            one.state.value,
        ]
        for one in services.overview(session).goals
    ]
    return show(request, "goals.html", person, "Doelen", [HOME, GOALS], lines=lines)


@router.get("/doelen/nieuw")
def new_goal(request: Request, session: ReadSession, person: Editor) -> Response:
    return _form_page(request, session, person, fill(GoalContent(), GOAL_LABELS))


@router.post("/doelen/nieuw")
def add_goal(request: Request, session: WriteSession, person: Editor, typed: TypedGoal) -> Response:
    form = bind(GoalContent, typed, GOAL_LABELS, require=REQUIRED)
    if form.cleaned is None:
        return _form_page(request, session, person, form, status_code=422)
    try:
        services.add_goal(session, form.cleaned, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _form_page(request, session, person, form, status_code=422)
    return redirect(GOALS[1], "opgeslagen")


@router.get("/doelen/{goal_id}")
def show_goal(request: Request, session: ReadSession, person: Editor, goal_id: UUID) -> Response:
    goal = services.find_goal(session, goal_id)
    return _form_page(request, session, person, fill(goal.content(), GOAL_LABELS), goal)


@router.post("/doelen/{goal_id}")
def change_goal(request: Request, session: WriteSession, person: Editor, typed: TypedGoal, goal_id: UUID) -> Response:
    goal = services.find_goal(session, goal_id)
    meeting = meetings.of_goal(goal)
    typed, version = settle(session, typed, meeting)
    form = bind(GoalContent, typed, GOAL_LABELS, require=REQUIRED)
    if form.cleaned is None:
        return _form_page(request, session, person, form, goal, version=version, status_code=422)
    try:
        services.change_goal(session, goal, form.cleaned, version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _form_page(request, session, person, form, goal, version=version, status_code=422)
    except Conflict:
        mine = fill(form.cleaned, GOAL_LABELS).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect(GOALS[1], "opgeslagen")


@router.post("/doelen/{goal_id}/weg")
def remove_goal(session: WriteSession, person: Editor, typed: TypedForm, goal_id: UUID) -> Response:
    goal = services.find_goal(session, goal_id)
    services.remove_goal(session, goal, version=typed.number("version"), actor=person.actor)
    return redirect(GOALS[1], "opgeslagen")


def _form_page(
    request: Request,
    session: Session,
    person: Person,
    form: Form[GoalContent],
    goal: Goal | None = None,
    *,
    version: int | None = None,
    status_code: int = 200,
) -> Response:
    title = goal.title if goal else "Nieuw doel"
    return show(
        request,
        "goal.html",
        person,
        title,
        [HOME, GOALS, (title, "")],
        status_code=status_code,
        form_of=session,
        form=form,
        goal=goal,
        version=typed_on(version, goal) if goal else None,
        measures=options(labels.MEASURES),
    )
