"""AVG-001 to 013: what GDPR article 30(1) asks and is not filled in."""

from collections.abc import Iterator

from register.checks import Point, at
from register.rules.case import Case, as_controller, check, under_gdpr, under_wpg


@check("AVG-001")
def _name(case: Case) -> Iterator[Point]:
    if len(case.content.name) < 3:
        yield at("name")


@check("AVG-002", when=as_controller)
def _purposes(case: Case) -> Iterator[Point]:
    if not case.content.purposes:
        yield at("purposes")


@check("AVG-003", when=as_controller)
def _data_subjects(case: Case) -> Iterator[Point]:
    sets = case.content.data_sets
    if not sets and not (under_wpg(case) and case.content.wpg.data_subjects):
        yield at("data_sets")
    for number, data_set in enumerate(sets):
        if not data_set.data_subject:
            yield at(f"data_sets.{number}.data_subject")


@check("AVG-004", when=as_controller)
def _data(case: Case) -> Iterator[Point]:
    sets = case.content.data_sets
    if not sets:
        yield at("data_sets")
    for number, data_set in enumerate(sets):
        if not any(item.code or item.label for item in data_set.data):
            yield at(f"data_sets.{number}.data")


@check("AVG-005", when=as_controller)
def _recipients(case: Case) -> Iterator[Point]:
    content = case.content
    named = any(recipient.name for recipient in content.recipients)
    if not named and not content.no_recipients and not (under_wpg(case) and content.wpg.disclosure):
        yield at("recipients")


@check("AVG-006")
def _transfers_answered(case: Case) -> Iterator[Point]:
    if case.content.transfers_outside_eea is None:
        yield at("transfers_outside_eea")


@check("AVG-007", when=as_controller)
def _retention(case: Case) -> Iterator[Point]:
    """A line for "all data" covers every set; otherwise each set has its own (art. 30(1)(f) asks it per category)."""
    content = case.content
    if under_wpg(case) and content.wpg.retention:
        return
    covered = {line.data_set for line in content.retentions}
    if not covered:
        yield at("retentions")
    elif 0 not in covered:
        missing = [number for number in range(1, len(content.data_sets) + 1) if number not in covered]
        if missing:
            yield at("retentions", *(f"data_sets.{number - 1}" for number in missing))


@check("AVG-008")
def _security(case: Case) -> Iterator[Point]:
    if not case.content.security and not (under_wpg(case) and case.content.wpg.measures):
        yield at("security")


@check("AVG-009", when=as_controller)
def _controller(case: Case) -> Iterator[Point]:
    if not case.content.controller and not (under_wpg(case) and case.content.wpg.controller):
        yield at("controller")


@check("AVG-012")
def _team(case: Case) -> Iterator[Point]:
    fields = [name for name in ("team", "process_owner") if not getattr(case.content, name)]
    if fields:
        yield at(*fields)


@check("AVG-013", when=under_gdpr)
def _automation(case: Case) -> Iterator[Point]:
    fields = [name for name in ("automation", "profiling") if getattr(case.content, name) is None]
    if fields:
        yield at(*fields)
