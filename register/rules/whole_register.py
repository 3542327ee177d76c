"""AVG-144 to 148: what only shows when all records of an organisation stand side by side."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from register.checks import Point, Rulebook, Scope, at
from register.content import ActivityContent
from register.rules.context import Entry, Register
from register.rules.likeness import alike

REGISTER: Rulebook[Register] = Rulebook(Scope.REGISTER)
check = REGISTER.check
_alike = lru_cache(maxsize=8)(alike)  # who saves a record mostly leaves its name and purposes as they are


def entry_of(number: str, content: ActivityContent) -> Entry:
    """A record as these checks see it."""
    processors = content.processors
    names = (content.team, *(one.party for one in processors), *(one.name for one in content.systems))
    agreements = (*(one.party for one in processors), *(one.agreement_document for one in processors))
    return Entry(
        number=number,
        name=content.name,
        domain=content.domain,
        purposes=" ".join(purpose.text for purpose in content.purposes),
        shared=_in_small_letters(names),
        agreements=_in_small_letters((*agreements, *content.covenants)),
        links=tuple(_links(content)),
    )


def _in_small_letters(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name.casefold() for name in names if name}))


def _links(content: ActivityContent) -> Iterator[tuple[str, str]]:
    for place, purpose in enumerate(content.purposes):
        for number, law in enumerate(purpose.laws):
            if law.url:
                yield f"purposes.{place}.laws.{number}.url", law.url
    for number, url in enumerate(content.algorithm_register):
        if url:
            yield f"algorithm_register.{number}", url
    for path, url in (
        ("privacy_notice", content.privacy_notice),
        ("dpia.public_url", content.dpia.public_url),
        ("iama_url", content.iama_url),
    ):
        if url:
            yield path, url


@check("AVG-144")
def _double(register: Register) -> Iterator[Point]:
    """The later record of two gets the finding, and names the first that it looks like."""
    entries = register.entries
    least = register.thresholds.similarity
    by_name = _alike(tuple(entry.name for entry in entries), least)
    by_purpose = _alike(tuple(entry.purposes for entry in entries), least)
    for number, entry in enumerate(entries):
        first = min((found[number] for found in (by_name, by_purpose) if number in found), default=None)
        if first is not None:
            other = entries[first]
            yield at(
                "name",
                about=other.number,
                subject=entry.number,
                naam=f"{other.name or 'zonder naam'} ({other.number})",
            )


@check("AVG-145")
def _empty_domain(register: Register) -> Iterator[Point]:
    used = {entry.domain for entry in register.entries}
    for code, label in register.domains.items():
        if code not in used:
            yield at("domain", about=code, domein=label)


@check("AVG-146")
def _stopped(register: Register) -> Iterator[Point]:
    used = Counter(name for entry in register.entries for name in entry.shared)
    for name in register.stopped:
        if number := used[name.casefold()]:
            yield at("processors", "systems", "team", about=name, naam=name, n=str(number))


@check("AVG-147")
def _broken_link(register: Register) -> Iterator[Point]:
    for entry in register.entries:
        for path, url in entry.links:
            if url in register.broken_links:
                yield at(path, about=url, subject=entry.number, doel=url)


@check("AVG-148")
def _loose_agreement(register: Register) -> Iterator[Point]:
    used = {name for entry in register.entries for name in entry.agreements}
    for name in register.agreements:
        if name.casefold() not in used:
            yield at("processors", about=name, naam=name)
