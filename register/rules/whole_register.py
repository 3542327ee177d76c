"""AVG-144 to 148: what only shows when all records of an organisation stand side by side."""

from collections import Counter
from collections.abc import Iterator

from register.checks import Point, Rulebook, Scope, at
from register.content import ActivityContent
from register.rules.context import Register
from register.rules.likeness import alike

REGISTER: Rulebook[Register] = Rulebook(Scope.REGISTER)
check = REGISTER.check


@check("AVG-144")
def _double(register: Register) -> Iterator[Point]:
    """The later record of two gets the finding, and names the first that it looks like."""
    entries = register.entries
    least = register.thresholds.similarity
    by_name = alike([entry.content.name for entry in entries], least)
    purposes = [" ".join(purpose.text for purpose in entry.content.purposes) for entry in entries]
    by_purpose = alike(purposes, least)
    for number, entry in enumerate(entries):
        first = min((found[number] for found in (by_name, by_purpose) if number in found), default=None)
        if first is not None:
            other = entries[first]
            yield at(
                "name",
                about=other.number,
                subject=entry.number,
                naam=f"{other.content.name or 'zonder naam'} ({other.number})",
            )


@check("AVG-145")
def _empty_domain(register: Register) -> Iterator[Point]:
    used = {entry.content.domain for entry in register.entries}
    for code, label in register.domains.items():
        if code not in used:
            yield at("domain", about=code, domein=label)


@check("AVG-146")
def _stopped(register: Register) -> Iterator[Point]:
    used = Counter(name for entry in register.entries for name in _shared_names(entry.content))
    for name in register.stopped:
        if number := used[name.casefold()]:
            yield at("processors", "systems", "team", about=name, naam=name, n=str(number))


def _shared_names(content: ActivityContent) -> frozenset[str]:
    names = {content.team, *(one.party for one in content.processors), *(one.name for one in content.systems)}
    return frozenset(name.casefold() for name in names if name)


@check("AVG-147")
def _broken_link(register: Register) -> Iterator[Point]:
    for entry in register.entries:
        for path, url in links(entry.content):
            if url in register.broken_links:
                yield at(path, about=url, subject=entry.number, doel=url)


def links(content: ActivityContent) -> Iterator[tuple[str, str]]:
    """Every address in a record with its content path, for the link check."""
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


@check("AVG-148")
def _loose_agreement(register: Register) -> Iterator[Point]:
    used: set[str] = set()
    for entry in register.entries:
        used.update(one.party.casefold() for one in entry.content.processors)
        used.update(one.agreement_document.casefold() for one in entry.content.processors)
        used.update(one.casefold() for one in entry.content.covenants)
    for name in register.agreements:
        if name.casefold() not in used:
            yield at("processors", about=name, naam=name)
