"""Channels: the list and the form."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core.accounts.services import Person
from core.errors import Conflict, RuleViolation
from core.organisations import Party, bodies, in_use
from core.web.conflicts import conflict_page, settle
from core.web.drafts import DraftForm
from core.web.forms import Form, Typed, bind, fill
from core.web.lists import Cell, paging
from core.web.pages import redirect
from core.web.security import ReadSession, WriteSession
from wmebv import labels, meetings, queries, rows, services
from wmebv.content import ChannelContent
from wmebv.forms import CHANNEL_LABELS, options
from wmebv.models import Channel
from wmebv.routes.facts import level_of, level_options
from wmebv.routes.shared import CHANNELS, HOME, Editor, Reader, show, typed_on

router = APIRouter()
TypedChannel = Annotated[Typed, Depends(DraftForm("Kanaal", CHANNEL_LABELS))]


@router.get("/kanalen/")
def show_channels(request: Request, session: ReadSession, person: Reader, pagina: int = 1) -> Response:
    channels = queries.list_channels(session)
    pages = max(1, -(-len(channels) // queries.PAGE_SIZE))
    at = min(max(pagina, 1), pages)
    lines = [
        [
            Cell(line.channel.name, f"/wmebv/kanalen/{line.channel.id}/"),
            labels.CHANNEL_KINDS[line.channel.kind] if line.channel.kind else "",
            line.channel.template.name if line.channel.template else "",
            level_of(line.channel),
            ", ".join(labels.LOGINS[code] for code in rows.channel_content(line.channel).login_levels),
            labels.YES_NO[line.channel.designated] if line.channel.designated else "",
            line.uses,
        ]
        for line in channels[(at - 1) * queries.PAGE_SIZE : at * queries.PAGE_SIZE]
    ]
    pager = paging("/wmebv/kanalen/", {}, at, pages, len(channels))
    return show(request, "channels.html", person, "Kanalen", [HOME, CHANNELS], lines=lines, paging=pager)


@router.get("/kanalen/nieuw")
def new_channel(request: Request, session: ReadSession, person: Editor) -> Response:
    return _channel_form(request, session, person, None, fill(ChannelContent(), CHANNEL_LABELS))


@router.post("/kanalen/nieuw")
def add_channel(request: Request, session: WriteSession, person: Editor, typed: TypedChannel) -> Response:
    form = bind(ChannelContent, typed, CHANNEL_LABELS, require=["name"])
    if form.cleaned is None:
        return _channel_form(request, session, person, None, form, status_code=422)
    try:
        channel = services.add_channel(session, form.cleaned, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _channel_form(request, session, person, None, form, status_code=422)
    except Conflict as taken:
        form.errors["name"] = taken.message
        return _channel_form(request, session, person, None, form, status_code=409)
    return redirect(f"/wmebv/kanalen/{channel.id}/", "opgeslagen")


@router.get("/kanalen/{channel_id}/bewerken")
def edit_channel(request: Request, session: ReadSession, person: Editor, channel_id: UUID) -> Response:
    channel = queries.find_channel(session, channel_id)
    form = fill(rows.channel_content(channel), CHANNEL_LABELS)
    return _channel_form(request, session, person, channel, form)


@router.post("/kanalen/{channel_id}/bewerken")
def change_channel(
    request: Request, session: WriteSession, person: Editor, typed: TypedChannel, channel_id: UUID
) -> Response:
    channel = queries.find_channel(session, channel_id)
    meeting = meetings.of_channel(session, channel)
    typed, version = settle(session, typed, meeting)
    form = bind(ChannelContent, typed, CHANNEL_LABELS, require=["name"])
    if form.cleaned is None:
        return _channel_form(request, session, person, channel, form, version=version, status_code=422)
    content = form.cleaned.model_copy(update={"answers": rows.answers_of(channel)})
    try:
        services.change_channel(session, channel, content, version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _channel_form(request, session, person, channel, form, version=version, status_code=422)
    except Conflict as refused:
        if version == channel.version:  # another channel has this name
            form.errors["name"] = refused.message
            return _channel_form(request, session, person, channel, form, version=version, status_code=409)
        mine = fill(content, CHANNEL_LABELS).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect(f"/wmebv/kanalen/{channel.id}/", "opgeslagen")


def _channel_form(
    request: Request,
    session: Session,
    person: Person,
    channel: Channel | None,
    form: Form[Any],
    *,
    version: int | None = None,
    status_code: int = 200,
) -> Response:
    form.extra = {"satisfaction": 1}
    title = f"{channel.name} bewerken" if channel else "Nieuw kanaal"
    return show(
        request,
        "channel_form.html",
        person,
        title,
        [HOME, CHANNELS, (title, "")],
        status_code=status_code,
        form_of=session,
        form=form,
        version=typed_on(version, channel),
        back=f"/wmebv/kanalen/{channel.id}/" if channel else "/wmebv/kanalen/",
        kinds=options(labels.CHANNEL_KINDS),
        levels=level_options(),
        logins=options(labels.LOGINS),
        bodies=options(bodies(session)),
        suppliers=in_use(session, Party),
        templates=[(one.name, one.name) for one in queries.list_templates(session)],
        yes_no=options(labels.YES_NO),
    )
