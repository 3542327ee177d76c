"""The verdict on what is stored: the inventory as known on a day, findings, and the figures that are kept."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from core import clock, history, plain_language
from core.content import Part
from core.findings import FindingRow, Severity
from core.organisations import Party, Team, settings_then
from core.shared_then import SharedThen
from wmebv import duties, links, queries, rows, rules
from wmebv.content import (
    ActionContent,
    Answer,
    ChannelContent,
    GoalContent,
    MessageTypeContent,
    OrganisationContent,
    ProductContent,
    TemplateContent,
)
from wmebv.models import (
    Action,
    Channel,
    ChannelTemplate,
    DutyArticle,
    GeneralAnswers,
    Goal,
    MessageType,
    Product,
    ReportFigures,
)
from wmebv.report import (
    ActionEntry,
    GoalEntry,
    Inventory,
    KeyFigures,
    MessageEntry,
    ProductEntry,
    gap_report,
)
from wmebv.rules import Case, Finding
from wmebv.services.actions import action_facts
from wmebv.services.goals import goal_facts
from wmebv.stock import stock


def inventory(session: Session, on: date) -> Inventory:
    """Everything the gap report is computed from, as known at the end of a day.

    Today's inventory comes from the records; that of an earlier day from the revisions, so that it says what was known
    then. Products and message types that had ended by then are left out. The number of queries does not grow.
    """
    changed_at = session.exec(
        select(func.max(history.Revision.at)).where(
            col(history.Revision.kind).in_(KINDS), history.Revision.at < clock.end_of_day(on)
        )
    ).one()
    if on >= clock.today():
        general = queries.general(session)
        answers, signed_off_by = rows.general_content(general), general.signed_off_by
        entries, planned = _present(session)
        book = queries.rulebook(session)
        goals = tuple(_goal_entry(str(goal.id), goal_facts(goal)) for goal in session.exec(select(Goal)))
    else:
        answers, signed_off_by, entries, planned, goals, book = _as_known(session, on)
    figures = session.exec(select(ReportFigures).where(ReportFigures.on < on).order_by(col(ReportFigures.on)))
    return Inventory(
        organisation=str(settings_then(session, clock.end_of_day(on))["name"]),
        data_changed_at=changed_at or clock.start_of_day(on),
        answers=answers,
        products=entries,
        previous=tuple(
            KeyFigures(
                row.on, row.percentage, row.message_types, row.red, row.orange, row.green, row.grey, row.maturity
            )
            for row in figures
        ),
        signed_off_by=signed_off_by,
        goals=goals,
        book=book,
        actions=tuple(sorted(planned, key=lambda one: (one.content.title, one.about, one.duty))),
    )


def findings(session: Session) -> tuple[Finding, ...]:
    """Everything that is missing, half, old or unknown today; `Finding.key` is the id of the message type."""
    today = clock.today()
    return gap_report(inventory(session, today), today).findings


def finding_rows(session: Session) -> Sequence[FindingRow]:
    """What `findings` says, each thing once: a gap of a product or channel is not repeated for all its messages."""
    products = queries.living_products(session)
    messages = {str(message.id): message for product in products for message in rows.living_messages(product)}
    tips = [tip for product in products for tip in _plain_language(product)]
    return [*_finding_rows(findings(session), messages), *tips, *links.broken_rows(session)]


def finding_rows_of(session: Session, product: Product, on: date) -> Sequence[FindingRow]:
    """The same for one product on a date, without the duties of the whole organisation, and where to make an action."""
    messages = {str(message.id): message for message in rows.living_messages(product)}
    entry = rows.entry(product)
    cases = [Case(entry.content, message.content, message.channels, message.key) for message in entry.messages]
    book = queries.rulebook(session)
    found = [each for case in cases for each in rules.findings(case, rules.message_verdict(case, on, book=book))]
    return [*_finding_rows(found, messages, offers_actions=True), *_plain_language(product)]


def _plain_language(product: Product) -> Iterator[FindingRow]:
    """A tip for each product and message whose public texts are hard to read: names, and what answers say of help."""
    entry = rows.entry(product)
    name, address = f"{product.kenmerk} {product.name}", f"/wmebv/producten/{product.kenmerk}"
    if any(map(plain_language.is_hard_to_read, (entry.content.name, *_public_answers(entry.content.answers)))):
        yield _hard_to_read(name, f"{address}/antwoorden")
    for message in entry.messages:
        if any(map(plain_language.is_hard_to_read, (message.content.name, *_public_answers(message.content.answers)))):
            yield _hard_to_read(f"{name}: {message.content.name}", f"/wmebv/berichten/{message.key}/")


def _public_answers(answers: Iterable[Answer]) -> Iterator[str]:
    return (answer.text for answer in answers if answer.duty.startswith("Z"))


def _hard_to_read(subject: str, href: str) -> FindingRow:
    return FindingRow(
        plain_language.RULE_ID,
        plain_language.SEVERITY,
        plain_language.MESSAGE,
        plain_language.ARTICLE,
        href,
        subject,
    )


def _finding_rows(
    found: Iterable[Finding], messages: Mapping[str, MessageType], *, offers_actions: bool = False
) -> Sequence[FindingRow]:
    made: dict[tuple[str, str], FindingRow] = {}
    for finding in found:
        subject, href, about = _place_of(finding, messages.get(finding.key))
        row = FindingRow(
            finding.code,
            severity_of(finding),
            finding.message,
            finding.cited,
            href,
            subject,
            action_href=f"/wmebv/acties/nieuw/{finding.code}/{about}" if offers_actions else "",
        )
        made.setdefault((finding.code, href), row)
    return list(made.values())


def _place_of(finding: Finding, message: MessageType | None) -> tuple[str, str, str]:
    """What a finding is about, the page where it can be mended, and how the address of an action names it."""
    if message is None:
        return "Hele organisatie", "/wmebv/organisatie/", "organisatie"
    if finding.channel:
        channel = next(link.channel for link in message.channels if link.channel.name == finding.channel)
        if (template := channel.template) and finding.code not in {row.duty for row in channel.answers}:
            # One answer mends all its channels.
            return template.name, f"/wmebv/sjablonen/{template.id}/", str(channel.id)
        return channel.name, f"/wmebv/kanalen/{channel.id}/", str(channel.id)
    product = message.product
    duty = duties.duties().get(finding.code)
    if duty and duty.scope is duties.Scope.PRODUCT:
        return f"{product.kenmerk} {product.name}", f"/wmebv/producten/{product.kenmerk}/antwoorden", product.kenmerk
    return f"{product.kenmerk} {product.name}: {message.name}", f"/wmebv/berichten/{message.id}/", str(message.id)


def severity_of(finding: Finding) -> Severity:
    """The severity in the words of all registers: what is not in force, or only advice, is a tip."""
    if finding.is_upcoming or finding.is_advice or finding.severity in {duties.Severity.MEDIUM, duties.Severity.LOW}:
        return Severity.TIP
    return Severity.ERROR if finding.severity is duties.Severity.CRITICAL else Severity.WARNING


def _present(session: Session) -> tuple[tuple[ProductEntry, ...], tuple[ActionEntry, ...]]:
    """What lives today, and every action with the messages that it is about."""
    living, every = stock(session), session.exec(select(Action)).all()
    names = {place: name for action in every for place, name in _names_of(action)}
    names |= {str(one.id): one.entry.content.name for one in living}
    keys: dict[str, frozenset[str]] = {}
    for one in living:
        keys[str(one.id)] = frozenset(message.key for message in one.entry.messages)
        names |= {each.key: f"{names[str(one.id)]}: {each.content.name}" for each in one.entry.messages}
    channels = {str(key): name for key, name in session.exec(select(Channel.id, Channel.name))}
    planned = (_action_entry(action_facts(one), names, keys, channels) for one in every)
    return tuple(one.entry for one in living), tuple(planned)


def _names_of(action: Action) -> Iterator[tuple[str, str]]:
    """What an action is about, by its id; also when that has ended since."""
    if action.product and action.product.ended_on:
        yield str(action.product_id), action.product.name
    if (message := action.message_type) and (message.ended_on or message.product.ended_on):
        yield str(message.id), f"{message.product.name}: {message.name}"


def _action_entry(
    facts: Mapping[str, Any],
    names: Mapping[str, str],
    keys: Mapping[str, frozenset[str]],
    channels: Mapping[str, str],
) -> ActionEntry:
    product, message, channel = (facts[name] for name in ("product_id", "message_type_id", "channel_id"))
    about = channels.get(channel, "") if channel else names.get(product or message or "", "")
    return ActionEntry(
        _as_content(ActionContent, facts),
        facts["duty"],
        about or ("Hele organisatie" if facts["duty"] and not (product or message or channel) else ""),
        (keys.get(product) or frozenset({product})) if product else frozenset({message} if message else ()),
        channels.get(channel, "") if channel else "",
    )


def _goal_entry(key: str, facts: Mapping[str, Any]) -> GoalEntry:
    return GoalEntry(_as_content(GoalContent, facts), frozenset(facts["base"]), key)


_TABLES = (Product, MessageType, Channel, GeneralAnswers, Action, Goal, ChannelTemplate, DutyArticle)
KINDS = tuple(table.__tablename__ for table in _TABLES)
_SHARED = {"team": str(Team.__tablename__), "supplier": str(Party.__tablename__)}
"""Fields of revisions with the name of a shared record."""


def _as_known(
    session: Session, on: date
) -> tuple[
    OrganisationContent,
    str,
    tuple[ProductEntry, ...],
    tuple[ActionEntry, ...],
    tuple[GoalEntry, ...],
    duties.Rulebook,
]:
    last = (
        select(history.Revision.subject_id, func.max(history.Revision.number).label("number"))
        .where(col(history.Revision.kind).in_(KINDS), history.Revision.at < clock.end_of_day(on))
        .group_by(col(history.Revision.subject_id))
        .subquery()
    )
    query = select(history.Revision).where(
        history.Revision.subject_id == last.c.subject_id, history.Revision.number == last.c.number
    )
    known: dict[str, dict[str, Mapping[str, Any]]] = {kind: {} for kind in KINDS}
    shared_then = SharedThen(session, tuple(_SHARED.values()), clock.end_of_day(on))
    for revision in session.exec(query):
        known[revision.kind][str(revision.subject_id)] = revision.content | {
            field: shared_then.name(kind, revision.content[field], revision.at)
            for field, kind in _SHARED.items()
            if revision.content.get(field)
        }
    products, messages, channels, general, planned, wanted, shared, looked_up = (known[kind] for kind in KINDS)
    templates = {template_id: _as_content(TemplateContent, facts) for template_id, facts in shared.items()}
    channel_of = {channel_id: _channel_as_known(facts, templates) for channel_id, facts in channels.items()}
    per_product: dict[str, list[MessageEntry]] = {}
    for message_id, facts in sorted(messages.items(), key=lambda pair: pair[1]["position"]):
        if facts["ended_on"] is None:
            used = tuple(channel_of[channel_id] for channel_id in facts["channel_ids"])
            content = _as_content(MessageTypeContent, facts)
            # A channel that was renamed since the message was saved had its new name already.
            links = tuple(
                link.model_copy(update={"channel": channel.name})
                for link, channel in zip(content.channels, used, strict=True)
            )
            message = MessageEntry(content.model_copy(update={"channels": links}), used, key=message_id)
            per_product.setdefault(facts["product_id"], []).append(message)
    entries = tuple(
        ProductEntry(_as_content(ProductContent, facts), tuple(per_product.get(product_id, ())))
        for product_id, facts in sorted(products.items(), key=lambda pair: str(pair[1]["number"]))
        if facts["ended_on"] is None
    )
    facts = next(iter(general.values()), {"signed_off_by": ""})
    own = {one: about["name"] for one, about in products.items()}
    names = own | {one: f"{own[about['product_id']]}: {about['name']}" for one, about in messages.items()}
    keys = {one: frozenset(message.key for message in per_product.get(one, ())) for one in products}
    said = {about["code"]: _as_content(duties.Amendment, about) for about in looked_up.values()}
    book = duties.amended(said, is_strict=facts.get("is_strict", False))
    called = {one: channel.name for one, channel in channel_of.items()}
    entered = tuple(_action_entry(one, names, keys, called) for one in planned.values())
    goals = tuple(_goal_entry(key, one) for key, one in wanted.items() if not one["is_removed"])
    return _as_content(OrganisationContent, facts), facts["signed_off_by"], entries, entered, goals, book


def _channel_as_known(facts: Mapping[str, Any], templates: Mapping[str, TemplateContent]) -> ChannelContent:
    """A channel with what its template answered by then; revisions of before there were templates name none."""
    content, template = _as_content(ChannelContent, facts), templates.get(facts.get("template_id") or "")
    name = template.name if template else ""
    return content.model_copy(update={"template": name, "answers": rules.with_template(content.answers, template)})


_AnyContent = TypeVar("_AnyContent", bound=Part)


def _as_content(model: type[_AnyContent], facts: Mapping[str, Any]) -> _AnyContent:
    return model.model_validate({name: facts[name] for name in model.model_fields if name in facts})
