"""Question sheets: which questions a team must still answer, and what a sheet that came back would change."""

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit, clock, values
from core.errors import RuleViolation
from core.organisations import Team, bodies
from core.remembered import remembered
from wmebv import queries
from wmebv.content import Answer, ChannelContent, Direction, InheritedAnswer, Value
from wmebv.duties import Asks, Duty, Rulebook, Scope
from wmebv.forms import Question, asked_about, questions_of
from wmebv.models import Channel, MessageType, Product
from wmebv.question_sheet import Line, ReadSheet, SheetAnswer, state_of, write_sheet
from wmebv.reading import asked, in_words
from wmebv.rules import is_electronic, is_given
from wmebv.services.answers import answer
from wmebv.services.many import answers_now
from wmebv.stock import Stocked, stock

Record = Product | MessageType | Channel


class SheetEffect(StrEnum):
    """What an answer of a sheet does."""

    NEW = "nieuw"
    CHANGED = "gewijzigd"
    SAME = "staat er al"
    CONFLICT = "anders beantwoord"
    """Somebody answered otherwise since the sheet was made; that answer stays, unless a person chose this one."""
    REFUSED = "kan niet"


NOT_TAKEN = frozenset({SheetEffect.CONFLICT, SheetEffect.REFUSED})


@dataclass(frozen=True, slots=True)
class SheetChange:
    """An answer of a sheet beside what is there."""

    row: int
    key: str
    label: str
    effect: SheetEffect
    ours: str = ""
    theirs: str = ""
    guess: str = ""
    reason: str = ""


def open_questions(session: Session, team: str | None = None) -> Mapping[str, list[Line]]:
    """For each team the questions about its products, their messages and channels, that nobody answered or knew.

    The teams stand in order, those without open questions too; an empty name, last, has the products of no team. A team
    is asked about a channel once. With `team` only that one is looked at.
    """
    products = select(Product.id)
    if team:
        products = products.where(col(Product.team_id).in_(select(Team.id).where(Team.name == team)))
    elif team is not None:
        products = products.where(col(Product.team_id).is_(None))
    by_team: dict[str, list[Stocked]] = {}
    book = queries.rulebook(session)
    for product in stock(session, products):
        by_team.setdefault(product.entry.content.team, []).append(product)
    return {
        team: list(_open_lines(by_team[team], book))
        for team in sorted(by_team, key=lambda name: (not name, name.casefold()))
    }


def count_open_questions(session: Session) -> Mapping[str, int]:
    """How many questions `open_questions` gives each team, counted once for what is stored."""

    def count() -> Mapping[str, int]:
        return {team: len(lines) for team, lines in open_questions(session).items()}

    return remembered(session, ("wmebv open questions",), count)


def _open_lines(products: Sequence[Stocked], book: Rulebook) -> Iterator[Line]:
    channels: dict[UUID, tuple[ChannelContent, str]] = {}
    scopes = (Scope.PRODUCT, Scope.MESSAGE, Scope.OUTGOING, Scope.CHANNEL)
    of_product, of_incoming, of_outgoing, of_channel = (questions_of(scope, book=book) for scope in scopes)
    for product in products:
        yield from _lines(f"P:{product.id}", product.entry.content.answers, product.name, "", of_product)
        for message, ids in zip(product.entry.messages, product.channels, strict=True):
            told = message.content
            is_incoming = told.direction is Direction.IN
            asked = asked_about(told, of_incoming, book) if is_incoming else of_outgoing
            yield from _lines(f"B:{message.key}", told.answers, product.name, told.name, asked)
            for channel_id, channel in zip(ids, message.channels, strict=True):
                channels.setdefault(channel_id, (channel, product.name))
    for channel_id, (channel, name) in channels.items():
        if channel.kind and not is_electronic(channel):
            continue  # at the desk or on paper nothing of this is asked
        yield from _lines(f"K:{channel_id}", channel.answers, name, channel.name, of_channel)


def _lines(
    record: str, answers: Sequence[Answer], product: str, about: str, asked: Sequence[Question]
) -> Iterator[Line]:
    known = {one.duty: one for one in answers}
    for question in asked:
        present = known.get(question.code)
        if not is_given(present) or (present and present.value is Value.UNKNOWN):
            yield Line(f"{record}:{question.code}", product, about, question, present)


def question_sheet(session: Session, team: str, lines: Sequence[Line], on: date) -> tuple[str, bytes]:
    """The name and the contents of the sheet of a team, with these of `open_questions`."""
    title = f"Vragen over digitaal zakendoen voor {team or 'producten zonder team'}"
    name = "-".join(re.findall(r"[a-z0-9]+", values.fold(team)))[:60] or "zonder-team"
    return f"vragenblad-{name}.xlsx", write_sheet(title, lines, bodies(session), made_on=on)


def question_sheets(session: Session, on: date) -> Iterator[tuple[str, bytes]]:
    """The sheets of all teams with an open question, each under a name of its own."""
    taken: set[str] = set()
    for number, (team, lines) in enumerate(open_questions(session).items(), start=1):
        name, content = question_sheet(session, team, lines, on)
        if lines:
            yield (name if name not in taken else name.replace(".xlsx", f"-{number}.xlsx")), content
            taken.add(name)


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Files as one zip; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def plan_answers(session: Session, read: ReadSheet, *, taken: Collection[str] = ()) -> list[SheetChange]:
    """What the answers of a sheet would do. Changes nothing."""
    records = _records(session, read.answers)
    return [_planned(one, records.get(one.key[:-4]), taken)[0] for one in read.answers]


def take_answers(session: Session, read: ReadSheet, *, taken: Collection[str], actor: audit.Actor) -> list[SheetChange]:
    """Give the answers of a sheet, in the name of who filled it in; returns what each did.

    Raises:
        RuleViolation: a cell cannot be used, or an answer is refused; nothing was changed then.
    """
    if read.faults:
        raise RuleViolation("Er is niets ingelezen. Verbeter eerst de cellen die niet kloppen.")
    records = _records(session, read.answers)
    by, on = read.by or "Vragenblad", min(read.on or clock.today(), clock.today())
    done: list[SheetChange] = []
    given: dict[str, list[Answer]] = {}
    for one in read.answers:
        change, new = _planned(one, records.get(one.key[:-4]), taken)
        done.append(change)
        if new:
            signed = new.model_copy(update={"answered_by": by[:300], "answered_on": on})
            given.setdefault(one.key[:-4], []).append(signed)
    for key, answers in given.items():
        answer(session, records[key], *answers, actor=actor)
    return done


def _planned(one: SheetAnswer, record: Record | None, taken: Collection[str]) -> tuple[SheetChange, Answer | None]:
    code = one.key[-3:]
    if record is None:
        reason = "Dit product, bericht of kanaal is er niet meer."
        return SheetChange(one.row, one.key, code, SheetEffect.REFUSED, reason=reason), None
    label = f"{_name(record)}: {code}"
    known = {each.duty: each for each in answers_now(record)}
    present = known.get(code)
    new = _said_of(_own(present, code), one.said)
    ours = in_words(present) if present else ""
    if present and _said_of(present, one.said) == present:
        return SheetChange(one.row, one.key, label, SheetEffect.SAME, ours, in_words(new)), None
    effect = SheetEffect.CHANGED if present and is_given(present) else SheetEffect.NEW
    if present and is_given(present) and state_of(present) != one.state and one.key not in taken:
        effect = SheetEffect.CONFLICT
    change = SheetChange(one.row, one.key, label, effect, ours, in_words(new), one.guess)
    return change, None if effect is SheetEffect.CONFLICT else new


def _said_of(known: Answer, said: Mapping[str, object]) -> Answer:
    """An answer with what a sheet says of it. Who chooses, or says when and where, takes "weten we nog niet" back."""
    question = asked(known.duty)
    is_dated = isinstance(question, Duty) and not {Asks.YES_NO, Asks.CHOICE} & set(question.answer)
    answers = {"choices", "evidence_on", "evidence_url", "evidence_document", "body"} if is_dated else {"choices"}
    if known.value is Value.UNKNOWN and "value" not in said and answers & said.keys():
        said = {**said, "value": None}
    return known.model_copy(update=dict(said))


def _own(present: Answer | None, code: str) -> Answer:
    """What the record answers itself: from its template all but the text, which does not say why a channel differs."""
    if isinstance(present, InheritedAnswer):
        return Answer.model_validate(present.model_dump(exclude={"template", "text"}))
    return present or Answer(duty=code)


def _name(record: Record) -> str:
    return f"{record.product.name}, {record.name}" if isinstance(record, MessageType) else record.name


def _records(session: Session, answers: Sequence[SheetAnswer]) -> Mapping[str, Record]:
    """The living records that keys name, by the key without its question."""
    found: dict[str, Record] = {}
    for key in {one.key[:-4] for one in answers}:
        try:
            record_id = UUID(key[2:])
        except ValueError:
            continue
        record: Record | None
        if key[0] == "P":
            record = session.exec(select(Product).where(Product.id == record_id)).first()
        elif key[0] == "B":
            record = session.exec(select(MessageType).where(MessageType.id == record_id)).first()
        else:
            record = session.exec(select(Channel).where(Channel.id == record_id)).first()
        if record and not _has_ended(record):
            found[key] = record
    return found


def _has_ended(record: Record) -> bool:
    if isinstance(record, MessageType):
        return record.ended_on is not None or record.product.ended_on is not None
    return isinstance(record, Product) and record.ended_on is not None
