"""What people write in the cells of a spreadsheet: answers and dates in words. Pure; who calls tells every guess."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core import clock, values
from wmebv.content import Answer, Value
from wmebv.duties import Asks, Choice, Duty, SupportForm, duties, support_forms
from wmebv.labels import VALUES
from wmebv.public import safe_address

_VALUES = (
    (
        Value.UNKNOWN,
        r"[?\s]+$|onbekend|geen idee|weet|weten we|niet (?:bekend|duidelijk)|nog (?:uit|na|te|niet bekend)",
    ),
    (Value.NOT_APPLICABLE, r"n\.?\s?v\.?\s?t\b\.?|niet van toepassing"),
    (Value.PARTLY, r"deels|gedeeltelijk|soms|half|bijna|niet (?:helemaal|overal|altijd)"),
    (Value.NO, r"nee|no\b|n$|onwaar|false|geen\b|niet\b|0$"),
    (Value.YES, r"ja|yes\b|j$|x$|v$|waar\b|true|wel\b|1$|✓|✔"),
)
_NOT_CHOSEN = re.compile(r"ja?\s*(?:/|of)\s*n(?:ee)?\b")
"""What stood in an empty form, of which nobody struck anything out."""
_SPELLED = re.compile(r"\b([0-9]{1,2})[ -]([a-z]{3,9})\.?[ -]([0-9]{4})\b", re.IGNORECASE)
_SHORT = re.compile(r"(?<![0-9/.-])([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})(?![0-9])")
_ISO = re.compile(r"\b([0-9]{4})-([0-9]{2})-([0-9]{2})(?: [0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?(?![0-9])")
_SERIAL = re.compile(r"[34][0-9]{4}")
_ADDRESS = re.compile(r"https?://\S+[^\s.,;)]", re.IGNORECASE)
_EXCEL_EPOCH = date(1899, 12, 30)
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it was read. `became` says so in words; empty when it stood there as we write it ourselves."""

    answer: Answer
    became: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date as it was read; `is_guess` when the century or the way of counting had to be guessed."""

    day: date
    is_guess: bool = False
    is_other: bool = False
    """It was written in another way than a spreadsheet writes a date."""


def asked(code: str) -> Duty | SupportForm:
    """The duty or the form of support with this code."""
    return duties()[code] if code in duties() else support_forms()[code]


def read_day(text: str) -> Day | None:
    """A whole text as a date: 2025-03-01, 1-3-2025, 1/3/25, 1 maart 2025, 1 mrt 2025, 45717; None when it is none."""
    plain = text.strip()
    if _SERIAL.fullmatch(plain):
        return Day(_EXCEL_EPOCH + timedelta(days=int(plain)), is_guess=True, is_other=True)
    for pattern in (_ISO, _SHORT, _SPELLED):
        if found := pattern.fullmatch(plain):
            return _day(pattern, found)
    return None


def _day(pattern: re.Pattern[str], found: re.Match[str]) -> Day | None:
    try:
        if pattern is _ISO:
            return Day(date(int(found[1]), int(found[2]), int(found[3])))
        year = int(found[3])
        if pattern is _SPELLED:
            return Day(date(year, _month(found[2]), int(found[1])), is_other=True)
        is_guess = year < 100
        return Day(date(year + _CENTURY * is_guess, int(found[2]), int(found[1])), is_guess, is_other=True)
    except ValueError:
        return None


def _month(word: str) -> int:
    """The number of a month, also by its first letters or as mrt; 0, which no date takes, for any other word."""
    plain = word.lower().replace("mrt", "maart")
    return next((at for at, name in enumerate(clock.MONTHS, start=1) if name.startswith(plain)), 0)


def read_answer(code: str, text: str) -> Said | None:
    """An answer in words: "ja", "Ja, per e-mail", "?", "status B", "12-3-2025", an address; None when it is none.

    Choices, a date and an address are taken out of the text as well, and what is left of the text stays as it is.
    """
    question = asked(code)
    plain = text.strip()
    value, rest = _value(plain)
    chosen = tuple(_chosen(question, plain))
    is_choice = bool(question.choices) and isinstance(question, Duty) and Asks.YES_NO not in question.answer
    if is_choice and not chosen and value is Value.NO:
        chosen = tuple(choice.code for choice in question.choices if choice.code == "nee")
    day = next(filter(None, (_day(pattern, found) for pattern, found in _dates(plain))), None)
    if day is None and isinstance(question, Duty) and Asks.DATE in question.answer:
        day = read_day(plain)
    address = next((found[0] for found in _ADDRESS.finditer(plain) if safe_address(found[0])), "")
    if value is None and (chosen or day or address) and not is_choice:
        value = Value.YES
    if is_choice and chosen:
        value = None
    if value is None and not chosen:
        return None
    if _is_told(rest, question, chosen) or rest == address or (day and read_day(rest)):
        rest = ""
    answer = Answer(
        duty=code,
        value=value,
        choices=chosen,
        **{"note" if isinstance(question, SupportForm) else "text": rest[:4000]},  # the text of a form becomes public
        evidence_on=day.day if day else None,
        evidence_url=address[:2000],
    )
    became = in_words(answer)
    return Said(answer, "" if values.fold(became) == values.fold(plain) else became)


def in_words(answer: Answer) -> str:
    """An answer as one line, such as a person would write it."""
    labels = {choice.code: choice.label for choice in asked(answer.duty).choices}
    parts = [
        VALUES[answer.value] if answer.value else "",
        ", ".join(labels.get(code, code) for code in answer.choices),
        " ".join(filter(None, (answer.law, answer.article))),
        answer.text,
        answer.note,
        answer.evidence_url if answer.evidence_url not in answer.text + answer.note else "",
        answer.evidence_document,
        clock.written(answer.evidence_on) if answer.evidence_on else "",
    ]
    return "; ".join(filter(None, parts))


def _value(text: str) -> tuple[Value | None, str]:
    """The answer that a text begins with, and the rest of the text."""
    words = text.casefold()
    for value, label in VALUES.items():
        if words == label.casefold():
            return value, ""
    if _NOT_CHOSEN.match(words):
        return None, text
    for value, pattern in _VALUES:
        if found := re.match(rf"(?:{pattern})(?![^\W\d_])", words):
            is_whole_word = value in {Value.YES, Value.NO, Value.PARTLY, Value.NOT_APPLICABLE}
            rest = text[found.end() :] if is_whole_word and found[0] in {"ja", "nee", "deels", "j", "x"} else text
            return value, "" if _is_bare(value, words) else rest.strip(" ,;:-.()").strip()
    return None, text


def _is_bare(value: Value, words: str) -> bool:
    pattern = next(pattern for known, pattern in _VALUES if known is value)
    return bool(re.fullmatch(rf"(?:{pattern})[\s.!]*", words))


def _chosen(question: Duty | SupportForm, text: str) -> Iterator[str]:
    """Choices that a text names by code or by label; a single letter must stand by itself, as a capital."""
    words = f" {values.normalise(text)} "
    for choice in question.choices:
        if len(choice.code) == 1:
            if re.search(rf"(?:^|\s){choice.code}(?:$|[\s,.;:])", text) or text.strip() == choice.code.lower():
                yield choice.code
        elif any(f" {values.normalise(name)} " in words for name in _names(choice)):
            yield choice.code


def _names(choice: Choice) -> tuple[str, ...]:
    return (choice.label, choice.code.replace("_", " "))


def _is_told(rest: str, question: Duty | SupportForm, chosen: tuple[str, ...]) -> bool:
    """Whether the text says no more than the choices do."""
    known = {values.normalise(name) for choice in question.choices if choice.code in chosen for name in _names(choice)}
    return values.normalise(rest) in known


def _dates(text: str) -> Iterator[tuple[re.Pattern[str], re.Match[str]]]:
    for pattern in (_ISO, _SHORT, _SPELLED):
        for found in pattern.finditer(text):
            yield pattern, found
