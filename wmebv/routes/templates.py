"""Templates of channels: the list, the form, and putting many channels under one after a look."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import clock
from core.accounts.services import Person
from core.errors import Conflict, RuleViolation
from core.web.conflicts import conflict_page, settle
from core.web.drafts import DraftForm
from core.web.forms import Form, Labels, Typed, bind, fill
from core.web.lists import Cell
from core.web.pages import redirect
from core.web.security import ReadSession, TypedForm, WriteSession
from wmebv import labels, meetings, queries, rows, services
from wmebv.content import TemplateContent
from wmebv.duties import Scope, duties_of
from wmebv.forms import TEMPLATE_LABELS
from wmebv.models import Channel, ChannelTemplate
from wmebv.routes.facts import effect_lines
from wmebv.routes.shared import HOME, TEMPLATES, Editor, Reader, show, typed_on

router = APIRouter(prefix="/sjablonen")
TypedTemplate = Annotated[Typed, Depends(DraftForm("Sjabloon", TEMPLATE_LABELS))]
FOLLOW = "volg"
PUT_LABELS = {
    "own": Labels("Wat doen we met eigen antwoorden van deze kanalen"),
    "reason": Labels(
        "Waarom blijven eigen antwoorden gelden", help="Nodig als een kanaal anders antwoordt dan het sjabloon."
    ),
    "channel": Labels("Welke kanalen"),
}
PUT_CHOICES = (
    (FOLLOW, "Het sjabloon geldt: eigen antwoorden op dezelfde vragen vervallen"),
    ("houd", "Eigen antwoorden blijven gelden als uitzondering"),
)


@router.get("/")
def show_templates(request: Request, session: ReadSession, person: Reader) -> Response:
    asked = len(duties_of(Scope.CHANNEL))
    lines = [
        [
            Cell(template.name, f"/wmebv/sjablonen/{template.id}/"),
            f"{len(template.answers)} van {asked}",
            len(queries.channels_of(session, template)),
        ]
        for template in queries.list_templates(session)
    ]
    return show(request, "templates.html", person, "Sjablonen", [HOME, TEMPLATES], lines=lines)


@router.get("/nieuw")
def new_template(request: Request, session: ReadSession, person: Editor) -> Response:
    return _template_form(request, session, person, None, fill(TemplateContent(), TEMPLATE_LABELS))


@router.post("/nieuw")
def add_template(request: Request, session: WriteSession, person: Editor, typed: TypedTemplate) -> Response:
    form = bind(TemplateContent, typed, TEMPLATE_LABELS, require=["name"])
    if form.cleaned is None:
        return _template_form(request, session, person, None, form, status_code=422)
    try:
        template = services.add_template(session, form.cleaned, actor=person.actor)
    except Conflict as taken:
        form.errors["name"] = taken.message
        return _template_form(request, session, person, None, form, status_code=409)
    return redirect(f"/wmebv/sjablonen/{template.id}/", "opgeslagen")


@router.get("/{template_id}/bewerken")
def edit_template(request: Request, session: ReadSession, person: Editor, template_id: UUID) -> Response:
    template = queries.find_template(session, template_id)
    form = fill(rows.template_content(template), TEMPLATE_LABELS)
    return _template_form(request, session, person, template, form)


@router.post("/{template_id}/bewerken")
def change_template(
    request: Request, session: WriteSession, person: Editor, typed: TypedTemplate, template_id: UUID
) -> Response:
    template = queries.find_template(session, template_id)
    meeting = meetings.of_template(template)
    typed, version = settle(session, typed, meeting)
    form = bind(TemplateContent, typed, TEMPLATE_LABELS, require=["name"])
    if form.cleaned is None:
        return _template_form(request, session, person, template, form, version=version, status_code=422)
    content = form.cleaned.model_copy(update={"answers": rows.answers_of(template)})
    try:
        services.change_template(session, template, content, version=version, actor=person.actor)
    except Conflict as refused:
        if version == template.version:  # another template has this name
            form.errors["name"] = refused.message
            return _template_form(request, session, person, template, form, version=version, status_code=409)
        mine = fill(content, TEMPLATE_LABELS).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect(f"/wmebv/sjablonen/{template.id}/", "opgeslagen")


@router.post("/{template_id}/verwijderen")
def remove_template(session: WriteSession, person: Editor, typed: TypedForm, template_id: UUID) -> Response:
    template = queries.find_template(session, template_id)
    services.remove_template(session, template, version=typed.number("version"), actor=person.actor)
    return redirect("/wmebv/sjablonen/", "verwijderd")


@router.get("/{template_id}/kanalen")
def choose_channels(
    request: Request, session: ReadSession, person: Editor, template_id: UUID, zoek: str = ""
) -> Response:
    template = queries.find_template(session, template_id)
    return _choose_page(request, session, person, template, _put_form(Typed((("own", FOLLOW),))), search=zoek)


@router.post("/{template_id}/kanalen")
def put_channels(
    request: Request, session: WriteSession, person: Editor, typed: TypedForm, template_id: UUID
) -> Response:
    """First shows what would change; with `confirmed` it is done, on the versions that were shown."""
    template = queries.find_template(session, template_id)
    form, drops_own = _put_form(typed), typed.value("own") == FOLLOW
    search = typed.value("zoek")
    wanted = {*typed.values("channel")}
    offered = _offered(session, template, search)
    chosen = [channel for channel in offered if typed.value("all") == "on" or str(channel.id) in wanted]
    if not chosen:
        form.errors["channel"] = "Kies minstens één kanaal."
        return _choose_page(request, session, person, template, form, search=search, status_code=422)
    if typed.value("confirmed") != str(template.version):
        return _look_page(request, session, person, template, form, chosen, drops_own=drops_own)
    versions = [(channel, typed.number(f"version-{channel.id}")) for channel in chosen]
    try:
        services.put_under(
            session, template, versions, drops_own=drops_own, reason=typed.value("reason"), actor=person.actor
        )
    except RuleViolation as refused:
        form.refuse(refused)
        return _choose_page(request, session, person, template, form, search=search, status_code=422)
    return redirect(f"/wmebv/sjablonen/{template.id}/", "opgeslagen")


def _put_form(typed: Typed) -> Form[Any]:
    return Form(TemplateContent, typed, PUT_LABELS)


def _offered(session: Session, template: ChannelTemplate, search: str) -> Sequence[Channel]:
    """The channels that are not under this template, those whose name holds all these words."""
    words = search.casefold().split()
    found = (line.channel for line in queries.list_channels(session))
    return [
        channel
        for channel in found
        if channel.template_id != template.id and all(word in channel.name.casefold() for word in words)
    ]


def _choose_page(
    request: Request,
    session: Session,
    person: Person,
    template: ChannelTemplate,
    form: Form[Any],
    *,
    search: str,
    status_code: int = 200,
) -> Response:
    channels = [(str(one.id), _called(one)) for one in _offered(session, template, search)]
    return show(
        request,
        "template_channels.html",
        person,
        f"Kanalen onder {template.name}",
        _trail(template, "Kanalen kiezen"),
        status_code=status_code,
        under=template,
        form=form,
        channels=channels,
        choices=PUT_CHOICES,
        search=search,
    )


def _look_page(
    request: Request,
    session: Session,
    person: Person,
    template: ChannelTemplate,
    form: Form[Any],
    chosen: Sequence[Channel],
    *,
    drops_own: bool,
) -> Response:
    effect = services.effect_of_putting(session, template, chosen, drops_own=drops_own, on=clock.today())
    answered = services.answered_by(template)
    what = "vervalt" if drops_own else "blijft"
    lines = [
        [
            Cell(channel.name, f"/wmebv/kanalen/{channel.id}/"),
            channel.template.name if channel.template else "geen",
            ", ".join(f"{row.duty} {what}" for row in channel.answers if row.duty in answered) or "geen",
        ]
        for channel in chosen
    ]
    return show(
        request,
        "template_look.html",
        person,
        f"Wat verandert er onder {template.name}",
        _trail(template, "Bekijken"),
        under=template,
        form=form,
        chosen=chosen,
        lines=lines,
        effects=effect_lines(effect),
    )


def _called(channel: Channel) -> str:
    about = [labels.CHANNEL_KINDS[channel.kind]] if channel.kind else []
    if channel.template:
        about.append(f"nu onder {channel.template.name}")
    return f"{channel.name} ({', '.join(about)})" if about else channel.name


def _trail(template: ChannelTemplate, last: str) -> list[tuple[str, str]]:
    return [HOME, TEMPLATES, (template.name, f"/wmebv/sjablonen/{template.id}/"), (last, "")]


def _template_form(
    request: Request,
    session: Session,
    person: Person,
    template: ChannelTemplate | None,
    form: Form[Any],
    *,
    version: int | None = None,
    status_code: int = 200,
) -> Response:
    title = f"{template.name} bewerken" if template else "Nieuw sjabloon"
    return show(
        request,
        "template_form.html",
        person,
        title,
        [HOME, TEMPLATES, (title, "")],
        status_code=status_code,
        form_of=session,
        form=form,
        version=typed_on(version, template),
        back=f"/wmebv/sjablonen/{template.id}/" if template else "/wmebv/sjablonen/",
    )
