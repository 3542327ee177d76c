"""Taking in a list of products from outside: what it would do, and doing it, by the same steps."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit, values
from core.content import Part
from wmebv import rows
from wmebv.content import (
    Answer,
    ChannelContent,
    Designation,
    MessageTypeContent,
    Official,
    ProductContent,
)
from wmebv.generate import Proposal, proposed, stated
from wmebv.importer import ProductRow
from wmebv.models import Channel, MessageType, Product, kenmerk
from wmebv.reading import in_words
from wmebv.services.channels import add_channel, change_channel
from wmebv.services.messages import add_message_type, change_message_type
from wmebv.services.products import add_product, change_product

MAX_NOTE = 4000
_AT_ONCE = 500
"""How many products are looked up by one query."""


class Outcome(StrEnum):
    """What became of a row of a list."""

    ADDED = "toegevoegd"
    COMPLETED = "aangevuld"
    UNCHANGED = "stond er al"
    SKIPPED = "overgeslagen"


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row with what became of it. `reason` says why it or its message was skipped, or whose product it shares."""

    row: int
    name: str
    outcome: Outcome
    number: str = ""
    reason: str = ""
    messages: tuple[str, ...] = ()
    """Names of the messages that it added."""
    figures: tuple[str, ...] = ()
    """The yearly figures that it gives."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that the list has otherwise. Ours stays, unless a person chose to take it over.

    `field` is that of the product, or with `bericht.` or `kanaal.` before it; an answer goes by the code of its duty.
    """

    row: int
    number: str
    field: str
    ours: str
    theirs: str
    channel: str = ""
    """The channel that it is about, when that is not the first one that the row names."""

    @property
    def key(self) -> str:
        """What a person chooses it by."""
        return ":".join(filter(None, (str(self.row), self.field, self.channel)))


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    rows: tuple[ImportedRow, ...]
    differences: tuple[Difference, ...]
    message_types_added: int
    channels_added: int

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)


Claims = dict[UUID, tuple[str, int]]
"""Products that a row of a list was taken for: the name in that row, and the row."""


def import_products(
    session: Session,
    products: Sequence[ProductRow],
    *,
    actor: audit.Actor,
    generate: bool,
    taken: Collection[str] = (),
    claims: Claims | None = None,
) -> ImportOutcome:
    """Take a list of products in: new ones are added, of known ones only what is empty is filled in.

    A product is known by its UPL-URI, then its UPL name, then its name. Rows that share a UPL-URI but not a name are
    different products of the municipality, and stay so. Taking the same list in twice changes nothing.

    Args:
        session: bounded by the organisation.
        products: the rows, as `wmebv.importer` reads them.
        actor: who does it.
        generate: also add the messages that go with an application, and likely channels (see `wmebv.generate`).
        taken: keys of the differences of which the value in the list is taken over.
        claims: what earlier parts of the same list were taken for; filled in.
    """
    return _Import(session, products, actor, generate=generate, taken=taken, claims=claims).done()


def plan_products(
    session: Session,
    products: Sequence[ProductRow],
    *,
    generate: bool,
    taken: Collection[str] = (),
    claims: Claims | None = None,
) -> ImportOutcome:
    """Say what `import_products` would do. Changes nothing, so it needs no write session."""
    return _Import(session, products, None, generate=generate, taken=taken, claims=claims).done()


@dataclass(slots=True)
class _Message:
    """A message type as it is, or as it would be."""

    content: MessageTypeContent
    is_ended: bool = False
    record: MessageType | None = None


@dataclass(slots=True)
class _Known:
    """A product as it is, or as it would be. `content` and `messages` are read when a row is taken for it."""

    id: UUID
    number: str
    name: str
    upl_uri: str
    upl_label: str
    is_ended: bool = False
    content: ProductContent | None = None
    messages: list[_Message] = field(default_factory=list)
    record: Product | None = None


class _Import:
    """What one import knows while it goes from row to row; without an actor it only says what it would do."""

    def __init__(
        self,
        session: Session,
        products: Sequence[ProductRow],
        actor: audit.Actor | None,
        *,
        generate: bool,
        taken: Collection[str],
        claims: Claims | None = None,
    ) -> None:
        self.session, self.products, self.actor, self.generate = session, products, actor, generate
        self.taken = frozenset(taken)
        self.claims: Claims = {} if claims is None else claims
        self.known = list(_all_products(session))
        self.by_uri: dict[str, list[_Known]] = {}
        self.by_label: dict[str, list[_Known]] = {}
        self.by_name: dict[str, list[_Known]] = {}
        for one in self.known:
            self._index(one)
        self._read(products)
        self.channels: dict[str, tuple[ChannelContent, Channel | None]] = {
            channel.name: (rows.channel_content(channel), channel)
            for channel in session.exec(select(Channel).order_by(col(Channel.name)))
        }
        self.differences: list[Difference] = []
        self.message_types_added = self.channels_added = 0

    def done(self) -> ImportOutcome:
        found = tuple(self._take(row) for row in self.products)
        return ImportOutcome(found, tuple(self.differences), self.message_types_added, self.channels_added)

    def _index(self, one: _Known) -> None:
        if one.upl_uri:
            self.by_uri.setdefault(one.upl_uri, []).append(one)
        if one.upl_label:
            self.by_label.setdefault(values.normalise(one.upl_label), []).append(one)
        self.by_name.setdefault(values.normalise(one.name), []).append(one)

    def _alike(self, row: ProductRow) -> tuple[list[_Known], list[_Known], list[_Known]]:
        label = values.normalise(row.upl_label)
        return (
            self.by_uri.get(row.upl_uri, []) if row.upl_uri else [],
            self.by_label.get(label, []) if label else [],
            self.by_name.get(values.normalise(row.name), []),
        )

    def _read(self, products: Sequence[ProductRow]) -> None:
        """Read whole what rows may be taken for, some hundreds at once."""
        wanted = {one.id: one for row in products for alike in self._alike(row) for one in alike if not one.is_ended}
        ids = list(wanted)
        for start in range(0, len(ids), _AT_ONCE):
            query = select(Product).where(col(Product.id).in_(ids[start : start + _AT_ONCE]))
            for product in self.session.exec(query.order_by(col(Product.number))):
                one = wanted[product.id]
                one.record, one.content = product, rows.product_content(product)
                one.messages = [
                    _Message(rows.message_content(message), message.ended_on is not None, message)
                    for message in product.messages
                ]

    def _take(self, row: ProductRow) -> ImportedRow:
        one = self._find(row)
        if one and one.is_ended:
            return ImportedRow(row.row, row.name, Outcome.SKIPPED, one.number, "dit product is beëindigd")
        outcome, shared = Outcome.UNCHANGED, ""
        if one is None:
            one, outcome = self._add(row), Outcome.ADDED
        else:
            if one.id in self.claims and (first := self.claims[one.id][1]) != row.row:
                shared = f"hetzelfde product als in rij {first}"
            if self._complete(one, row):
                outcome = Outcome.COMPLETED
        self.claims.setdefault(one.id, (values.normalise(row.name), row.row))
        is_more, added, left = self._take_messages(one, row)
        if is_more and outcome is Outcome.UNCHANGED:
            outcome = Outcome.COMPLETED
        reason = "; ".join(filter(None, (shared, left)))
        return ImportedRow(row.row, row.name, outcome, one.number, reason, tuple(added), figures_of(row))

    def _find(self, row: ProductRow) -> _Known | None:
        """The product that a row means; one that has ended only when no other can be meant."""
        found = self._alike(row)
        living = self._meant(row, *([one for one in same if not one.is_ended] for same in found))
        return living or self._meant(row, *found)

    def _meant(
        self, row: ProductRow, by_uri: list[_Known], by_label: list[_Known], by_name: list[_Known]
    ) -> _Known | None:
        name = values.normalise(row.name)
        for same in (by_uri, by_label):
            # The same name first; else one that no other row of this list stands for.
            if found := [one for one in same if values.normalise(one.name) == name]:
                return found[0]
            if found := [one for one in same if self.claims.get(one.id, (name, 0))[0] == name]:
                return found[0]
        for one in by_name:
            if not (row.upl_uri and one.upl_uri and row.upl_uri != one.upl_uri):
                return one
        return None

    def _add(self, row: ProductRow) -> _Known:
        content = _content(row)
        one = _Known(UUID(int=len(self.known)), "", row.name, row.upl_uri, row.upl_label, content=content)
        if self.actor:
            one.record = add_product(self.session, content, actor=self.actor, source=f"lijst, rij {row.row}")
            one.id, one.number = one.record.id, one.record.kenmerk
        self.known.append(one)
        self._index(one)
        return one

    def _complete(self, one: _Known, row: ProductRow) -> bool:
        """Fill in what is empty; note what the list has otherwise."""
        ours = one.content or ProductContent()
        one.content = self._merged(ours, _content(row), _FROM_A_LIST, row, one.number)
        if one.content != ours and self.actor and one.record:
            change_product(self.session, one.record, one.content, version=one.record.version, actor=self.actor)
        return one.content != ours

    def _merged(
        self,
        ours: "PartT",
        theirs: "PartT",
        names: Iterable[str],
        row: ProductRow,
        number: str,
        prefix: str = "",
        channel: str = "",
    ) -> "PartT":
        """Ours with what was empty filled in, remarks joined, and what a person chose taken over."""
        update: dict[str, Any] = {}
        for name in names:
            present, said = getattr(ours, name), getattr(theirs, name)
            if said in _EMPTY or said == present:
                continue
            if name in _PER_YEAR and present:
                said = self._with_years(present, said, Difference(row.row, number, prefix + name, "", "", channel))
                if said != present:
                    update[name] = said
                continue
            difference = Difference(row.row, number, prefix + name, _text(present), _text(said), channel)
            if present in _EMPTY or difference.key in self.taken:
                update[name] = said
            elif name == "note":
                more = [line for line in said.splitlines() if line not in present.splitlines()]
                joined = "\n".join([present, *more])
                if more and len(joined) <= MAX_NOTE:
                    update[name] = joined
                elif more:
                    self.differences.append(difference)
            else:
                self.differences.append(difference)
        if said_answers := getattr(theirs, "answers", ()):
            update["answers"] = tuple(self._answers(getattr(ours, "answers", ()), said_answers, row, number))
        return ours.model_copy(update=update)

    def _with_years(self, ours: Sequence[Any], theirs: Sequence[Any], place: Difference) -> tuple[Any, ...]:
        """Our figures with those of other years beside them; of the same year ours stay, unless a person chose."""
        known = {_of_year(one): one for one in ours}
        for one in theirs:
            mine = known.setdefault(_of_year(one), one)
            if _value_of(mine) == _value_of(one):
                continue
            if place.key in self.taken:
                known[_of_year(one)] = one
            else:
                self.differences.append(replace(place, ours=_text(mine), theirs=_text(one)))
        return tuple(sorted(known.values(), key=lambda one: one.year or 0))

    def _answers(
        self, ours: Sequence[Answer], theirs: Sequence[Answer], row: ProductRow, number: str
    ) -> Iterable[Answer]:
        known = {answer.duty: answer for answer in ours}
        for answer in theirs:
            present = known.get(answer.duty)
            if present is None:
                known[answer.duty] = answer
                continue
            said = {name for name in Answer.model_fields if getattr(answer, name) not in _EMPTY}
            if all(getattr(present, name) == getattr(answer, name) for name in said):
                continue
            difference = Difference(row.row, number, answer.duty, in_words(present), in_words(answer))
            if difference.key in self.taken:
                known[answer.duty] = answer
            else:
                self.differences.append(difference)
        return sorted(known.values(), key=lambda answer: answer.duty)

    def _take_messages(self, one: _Known, row: ProductRow) -> tuple[bool, list[str], str]:
        """Whether anything changed, which messages are new, and what was left because it is there no more."""
        said = stated(row)
        proposal = proposed(row) if self.generate else said
        names = {channel.name: self._channel_name(channel, row.name) for channel in proposal.channels}
        by_name = {channel.name: channel for channel in proposal.channels}
        changed, added, left = False, [], ""
        for message in proposal.messages:
            links = tuple(link.model_copy(update={"channel": names[link.channel]}) for link in message.channels)
            is_first = message is proposal.messages[0]
            present = _same_message(one.messages, message, is_named=is_first and bool(row.message_name))
            if present is None:
                for link in message.channels:
                    changed = self._put_channel(by_name[link.channel], names[link.channel], row, one.number) or changed
                wanted = message.model_copy(update={"channels": links})
                new = _Message(wanted)
                if self.actor and one.record:
                    new.record = add_message_type(self.session, one.record, wanted, actor=self.actor)
                one.messages.append(new)
                self.message_types_added += 1
                changed = True
                added.append(wanted.name)
            elif is_first and present.is_ended:
                left = f"het bericht '{present.content.name}' is vervallen; daarvan is niets overgenomen"
            elif is_first:
                changed = self._complete_message(present, said, names, row, one.number) or changed
        return changed, added, left

    def _complete_message(
        self, present: _Message, said: Proposal, names: Mapping[str, str], row: ProductRow, number: str
    ) -> bool:
        """What the list itself says of a message and its channels joins what is there."""
        changed = False
        for channel in said.channels:
            changed = self._put_channel(channel, names[channel.name], row, number) or changed
        before, first = present.content, said.messages[0]
        links = {link.channel: link for link in before.channels}
        for link in first.channels:
            links.setdefault(names[link.channel], link.model_copy(update={"channel": names[link.channel]}))
        merged = self._merged(before, first, _said_of_message(row, before), row, number, "bericht.")
        present.content = merged.model_copy(update={"channels": tuple(links.values())})
        if present.content != before and self.actor and present.record:
            record = present.record
            change_message_type(self.session, record, present.content, version=record.version, actor=self.actor)
        return changed or present.content != before

    def _channel_name(self, channel: ChannelContent, product: str) -> str:
        """The name of the channel here: another address under the same name is another channel."""
        present = self.channels.get(channel.name)
        if present is None or not channel.url or present[0].url in {"", channel.url}:
            return channel.name
        return f"{channel.name} ({product})"[:300]

    def _put_channel(self, channel: ChannelContent, name: str, row: ProductRow, number: str) -> bool:
        """Add a channel, or fill in what is empty in it; whether anything changed."""
        if name not in self.channels:
            content = channel.model_copy(update={"name": name})
            record = add_channel(self.session, content, actor=self.actor) if self.actor else None
            self.channels[name] = (content, record)
            self.channels_added += 1
            return True
        before, record = self.channels[name]
        if not row.channels:  # a proposal of ours, which says nothing of a channel that is there
            return False
        is_first = channel.name == stated(row).channels[0].name
        told = "" if is_first else name
        content = self._merged(before, channel, _CHANNEL_FROM_A_LIST, row, number, "kanaal.", told)
        if content == before:
            return False
        if self.actor and record:
            change_channel(self.session, record, content, version=record.version, actor=self.actor)
        self.channels[name] = (content, record)
        return True


PartT = TypeVar("PartT", bound=Part)
_FROM_A_LIST = (
    *("summary", "keywords"),
    *("upl_label", "upl_uri", "audiences", "team", "process_owner", "controller", "executor", "executor_name"),
    *("yearly_volume", "legal_bases", "decision_term", "objection_possible", "special_act", "support_need"),
    *("target_groups", "sdg_codes", "ambitions"),
    *("services_directive", "national_facility", "physical_presence", "external_id", "note"),
)
_MESSAGE_FROM_A_LIST = (
    *("kind", "official", "direction", "on_request", "reasoning", "yearly_volume"),
    *("volumes", "service_norm", "norm_results"),
)
_CHANNEL_FROM_A_LIST = (
    *("kind", "url", "level", "login_levels", "supplier", "form_id", "product_page_url", "designated", "designation"),
    *("template", "satisfaction"),
)
_PER_YEAR = frozenset({"ambitions", "volumes", "norm_results", "satisfaction"})
_EMPTY: tuple[object, ...] = (None, "", (), Official.UNKNOWN, Designation())


def _all_products(session: Session) -> Iterable[_Known]:
    more = (Product.name, Product.upl_uri, Product.upl_label, Product.ended_on)
    query: Any = select(Product.id, Product.number).order_by(col(Product.number)).add_columns(*map(col, more))
    found: Any = session.exec(query)
    for product_id, number, name, uri, label, ended_on in found:
        yield _Known(product_id, kenmerk(number), name, uri, label, ended_on is not None)


def _content(row: ProductRow) -> ProductContent:
    return ProductContent(
        name=row.name,
        summary=row.summary,
        keywords=row.keywords,
        upl_label=row.upl_label,
        upl_uri=row.upl_uri,
        audiences=row.audiences,
        team=row.department,
        process_owner=row.process_owner,
        controller=row.controller,
        executor=row.executor,
        executor_name=row.executor_name,
        yearly_volume=row.yearly_volume,
        legal_bases=row.legal_bases,
        decision_term=row.decision_term,
        objection_possible=row.objection_possible,
        special_act=row.special_act,
        support_need=row.support_need,
        target_groups=row.target_groups,
        sdg_codes=row.sdg_codes,
        services_directive=row.services_directive,
        national_facility=row.national_facility,
        physical_presence=row.physical_presence,
        external_id=row.external_id,
        ambitions=row.ambitions,
        answers=row.answers,
        note=row.note,
    )


def _said_of_message(row: ProductRow, present: MessageTypeContent) -> Iterator[str]:
    """The fields of a message that a row says something of. What only follows from its kind fills in, at most."""
    derived = {
        "direction": row.direction is None,
        "official": row.official_message is Official.UNKNOWN and present.official is not Official.UNKNOWN,
    }
    return (name for name in _MESSAGE_FROM_A_LIST if not derived.get(name))


def _same_message(present: Sequence[_Message], wanted: MessageTypeContent, *, is_named: bool) -> _Message | None:
    """The message of the product that a list means: the one with its name, or else the first of its kind.

    One that is there no more is meant only when no other can be.
    """
    name, present = values.normalise(wanted.name), sorted(present, key=lambda message: message.is_ended)
    for message in present:
        if values.normalise(message.content.name) == name:
            return message
    if is_named:
        return None
    return next((message for message in present if message.content.kind is wanted.kind), None)


def _of_year(figure: Any) -> tuple[object, ...]:  # noqa: ANN401 - a figure of any kind
    """What a figure is about: a year, and for a count the channel too."""
    return figure.year, getattr(figure, "channel", "")


def _value_of(figure: Any) -> object:  # noqa: ANN401 - as above
    return next(getattr(figure, name) for name in ("level", "number", "percentage", "grade") if hasattr(figure, name))


def figures_of(row: ProductRow) -> tuple[str, ...]:
    """The yearly figures of a row, each as a person reads it."""
    satisfaction = [one for channel in row.channels for one in channel.satisfaction]
    return (
        *(f"ambitie {one.year or '?'}: {one.level}" for one in row.ambitions),
        *(f"aantal {one.year or '?'}: {one.number}" for one in row.volumes),
        *([f"servicenorm: {row.service_norm}"] if row.service_norm else ()),
        *(f"binnen de norm {one.year or '?'}: {one.percentage}%" for one in row.norm_results),
        *(f"tevredenheid {one.year or '?'}: {one.grade}" for one in satisfaction),
    )


def _text(value: object) -> str:
    """A value as a person may compare it."""
    if isinstance(value, Designation):
        day = value.decided_on.isoformat() if value.decided_on else ""
        return ", ".join(filter(None, (value.title, day, value.reference)))
    if isinstance(value, tuple):
        return "; ".join(map(_text, value))
    if isinstance(value, Part):
        return " ".join(str(said) for _, said in value if said)
    return "" if value is None else str(value)
