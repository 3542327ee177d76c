"""Taking in a list of products from outside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit, values
from wmebv import rows
from wmebv.content import ChannelContent, ChannelLink, MessageTypeContent, ProductContent
from wmebv.generate import Proposal, proposed, stated
from wmebv.importer import ProductRow
from wmebv.models import Channel, MessageType, Product
from wmebv.services.channels import add_channel
from wmebv.services.messages import add_message_type, change_message_type
from wmebv.services.products import add_product, change_product


class Outcome(StrEnum):
    """What became of a row of a list."""

    ADDED = "toegevoegd"
    COMPLETED = "aangevuld"
    UNCHANGED = "stond er al"
    SKIPPED = "overgeslagen"


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row with what became of it. `reason` is filled when it was skipped."""

    row: int
    name: str
    outcome: Outcome
    number: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that the list has otherwise. Ours stays: a list never overwrites what is there."""

    row: int
    number: str
    field: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    rows: tuple[ImportedRow, ...]
    differences: tuple[Difference, ...]
    message_types_added: int
    channels_added: int

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)


def import_products(
    session: Session, products: Iterable[ProductRow], *, actor: audit.Actor, generate: bool
) -> ImportOutcome:
    """Take a list of products in: new ones are added, of known ones only what is empty is filled in.

    A product is known by its UPL-URI, then its UPL name, then its name. Rows that share a UPL-URI but not a name are
    different products of the municipality, and stay so. Taking the same list in twice changes nothing.

    Args:
        session: bounded by the organisation.
        products: the rows, as `wmebv.importer` reads them.
        actor: who does it.
        generate: also add the messages that go with an application, and likely channels (see `wmebv.generate`).
    """
    taking = _Import(session, actor, generate=generate)
    done = tuple(taking.take(row) for row in products)
    return ImportOutcome(done, tuple(taking.differences), taking.message_types_added, taking.channels_added)


class _Import:
    """What one import knows while it goes from row to row."""

    def __init__(self, session: Session, actor: audit.Actor, *, generate: bool) -> None:
        self.session, self.actor, self.generate = session, actor, generate
        self.known = list(session.exec(select(Product).order_by(col(Product.number))))
        self.channels = {channel.name: channel for channel in session.exec(select(Channel))}
        self.names: dict[UUID, str] = {}
        """Products that a row of this list was taken for, with the name in that row."""
        self.differences: list[Difference] = []
        self.message_types_added = self.channels_added = 0

    def take(self, row: ProductRow) -> ImportedRow:
        product = self._find(row)
        outcome = Outcome.UNCHANGED
        if product and product.ended_on:
            return ImportedRow(row.row, row.name, Outcome.SKIPPED, product.kenmerk, "dit product is beëindigd")
        if product is None:
            product = add_product(self.session, _content(row), actor=self.actor, source=f"lijst, rij {row.row}")
            self.known.append(product)
            outcome = Outcome.ADDED
        elif self._complete(product, row):
            outcome = Outcome.COMPLETED
        self.names[product.id] = values.normalise(row.name)
        if self._take_messages(product, row) and outcome is Outcome.UNCHANGED:
            outcome = Outcome.COMPLETED
        return ImportedRow(row.row, row.name, outcome, product.kenmerk)

    def _find(self, row: ProductRow) -> Product | None:
        name, label = values.normalise(row.name), values.normalise(row.upl_label)
        by_uri = [product for product in self.known if row.upl_uri and product.upl_uri == row.upl_uri]
        by_label = [product for product in self.known if label and values.normalise(product.upl_label) == label]
        for same in (by_uri, by_label):
            # The same name first; else one that no other row of this list stands for.
            if found := [product for product in same if values.normalise(product.name) == name]:
                return found[0]
            if found := [product for product in same if self.names.get(product.id, name) == name]:
                return found[0]
        for product in self.known:
            is_other = row.upl_uri and product.upl_uri and row.upl_uri != product.upl_uri
            if values.normalise(product.name) == name and not is_other:
                return product
        return None

    def _complete(self, product: Product, row: ProductRow) -> bool:
        """Fill in what is empty; note what the list has otherwise."""
        ours, theirs = rows.product_content(product), _content(row)
        empty = {}
        for name in _FROM_A_LIST:
            said, present = getattr(theirs, name), getattr(ours, name)
            if said in (None, "", ()) or said == present:
                continue
            if present in (None, "", ()):
                empty[name] = said
            elif name in _COMPARED:
                self.differences.append(Difference(row.row, product.kenmerk, name, str(present), str(said)))
        change_product(self.session, product, ours.model_copy(update=empty), version=product.version, actor=self.actor)
        return bool(empty)

    def _take_messages(self, product: Product, row: ProductRow) -> bool:
        proposal = proposed(row) if self.generate else stated(row)
        new_names = {channel.name: self._channel_name(channel, product) for channel in proposal.channels}
        by_name = {channel.name: channel for channel in proposal.channels}
        changed = False
        for message in proposal.messages:
            links = tuple(link.model_copy(update={"channel": new_names[link.channel]}) for link in message.channels)
            is_first = message is proposal.messages[0]
            present = _same_message(product, message, is_named=is_first and bool(row.message_name))
            if present is None:
                for link in message.channels:
                    self._add_channel(by_name[link.channel], new_names[link.channel])
                wanted = message.model_copy(update={"channels": links})
                add_message_type(self.session, product, wanted, actor=self.actor)
                self.message_types_added += 1
                changed = True
            elif row.channels and is_first and present.ended_on is None:
                changed = self._link_channels(present, stated(row), new_names) or changed
        return changed

    def _link_channels(self, present: MessageType, said: Proposal, new_names: Mapping[str, str]) -> bool:
        """Channels that the list itself names join a message that is there already."""
        content = rows.message_content(present)
        linked = {link.channel for link in content.channels}
        missing = [channel for channel in said.channels if new_names[channel.name] not in linked]
        for channel in missing:
            self._add_channel(channel, new_names[channel.name])
        links = (*content.channels, *(ChannelLink(channel=new_names[channel.name]) for channel in missing))
        change_message_type(
            self.session,
            present,
            content.model_copy(update={"channels": links}),
            version=present.version,
            actor=self.actor,
        )
        return bool(missing)

    def _channel_name(self, channel: ChannelContent, product: Product) -> str:
        """The name of the channel here: another address under the same name is another channel."""
        present = self.channels.get(channel.name)
        if present is None or not channel.url or present.url in {"", channel.url}:
            return channel.name
        return f"{channel.name} ({product.name})"[:300]

    def _add_channel(self, channel: ChannelContent, name: str) -> None:
        if name in self.channels:
            return
        content = channel.model_copy(update={"name": name})
        self.channels[name] = add_channel(self.session, content, actor=self.actor)
        self.channels_added += 1


_FROM_A_LIST = (
    *("upl_label", "upl_uri", "audiences", "team", "process_owner", "yearly_volume", "legal_bases", "support_need"),
    *("sdg_codes", "services_directive", "national_facility", "physical_presence", "external_id", "note"),
)
_COMPARED = frozenset({"team", "process_owner", "yearly_volume", "upl_uri"})


def _content(row: ProductRow) -> ProductContent:
    return ProductContent(
        name=row.name,
        upl_label=row.upl_label,
        upl_uri=row.upl_uri,
        audiences=row.audiences,
        team=row.department,
        process_owner=row.process_owner,
        yearly_volume=row.yearly_volume,
        legal_bases=row.legal_bases,
        support_need=row.support_need,
        sdg_codes=row.sdg_codes,
        services_directive=row.services_directive,
        national_facility=row.national_facility,
        physical_presence=row.physical_presence,
        external_id=row.external_id,
        note=row.note,
    )


def _same_message(product: Product, wanted: MessageTypeContent, *, is_named: bool) -> MessageType | None:
    """The message of the product that a list means: the one with its name, or else the first of its kind."""
    name = values.normalise(wanted.name)
    for message in product.messages:
        if values.normalise(message.name) == name:
            return message
    if is_named:
        return None
    return next((message for message in product.messages if message.kind is wanted.kind), None)
