"""AVG-090 to 096: how long data are kept (GDPR art. 5(1)(e), 30(1)(f); Selectielijst 2020)."""

import re
from collections.abc import Iterator

from core import values
from register import derive
from register.checks import Point, at
from register.rules import text
from register.rules.case import Case, as_controller, check, under_gdpr

_LIST = values.load("register", "selectielijst-2020")
_VALID = frozenset(number for number in _LIST.codes if not _LIST.entry(number)["vervallen"])
_PERMANENT = frozenset(number for number in _VALID if _LIST.entry(number)["waardering"] == "blijvend_bewaren")
_DURATIONS = {
    number: found
    for number in _VALID
    if (iso := _LIST.entry(number)["bewaartermijn"]) and (found := derive.duration(iso)) is not None
}
_STREET = re.compile(
    r"cameratoezicht|openbare (?:orde|ruimte|weg|plaats)|\b(?:op )?straat\b|\bstraten\b|\bplein", re.IGNORECASE
)
_PASSERS_BY = frozenset({"voorbijganger", "weggebruiker"})
_STREET_CAMERA_DAYS = 28


@check("AVG-090", when=as_controller)
def _forbidden(case: Case) -> Iterator[Point]:
    """The one lawful unlimited period is "blijvend bewaren" in the selection list."""
    for path, line in case.retentions:
        says_nothing = not line.text and not line.duration and not line.selection_list
        if says_nothing or (
            line.text and text.is_forbidden_period(line.text) and _PERMANENT.isdisjoint(line.selection_list)
        ):
            yield at(f"{path}.text")


@check("AVG-091", when=as_controller)
def _says_nothing(case: Case) -> Iterator[Point]:
    for path, line in case.retentions:
        if not line.duration and not line.selection_list and text.is_empty_period(line.text):
            yield at(f"{path}.text")


@check("AVG-092", when=as_controller)
def _number_exists(case: Case) -> Iterator[Point]:
    for path, line in case.retentions:
        for number in line.selection_list:
            if number not in _VALID:
                yield at(f"{path}.selection_list", about=number, nummer=number)


@check("AVG-093", when=as_controller)
def _differs_from_list(case: Case) -> Iterator[Point]:
    """With several numbers, the period of one of them is enough."""
    for path, line in case.retentions:
        numbers = _VALID.intersection(line.selection_list)
        if not line.duration or line.deviation or not numbers:
            continue
        here = derive.duration(line.duration)
        listed = dict.fromkeys(_DURATIONS[number] for number in line.selection_list if number in _DURATIONS)
        if here in listed:
            continue
        said = [one.in_words for one in listed]
        if not _PERMANENT.isdisjoint(numbers):
            said.append("blijvend bewaren")
        yield at(
            f"{path}.duration",
            f"{path}.deviation",
            duur_lijst=" of ".join(said),
            duur=here.in_words if here else line.duration,
        )


@check("AVG-094", when=under_gdpr)
def _number(case: Case) -> Iterator[Point]:
    for path, line in case.retentions:
        if not any(line.selection_list):
            yield at(f"{path}.selection_list", about=line.text)


def _films_the_street(case: Case) -> bool:
    content = case.content
    texts = (content.name, *(purpose.text for purpose in content.purposes))
    return any(_STREET.search(typed) for typed in texts) or any(
        "151c" in law.article for purpose in content.purposes for law in purpose.laws
    )


@check("AVG-095", when=as_controller)
def _street_cameras(case: Case) -> Iterator[Point]:
    if "camerabeeld" not in case.facts.data:
        return
    street = _films_the_street(case)
    filmed = {
        number
        for number, data_set in enumerate(case.content.data_sets, start=1)
        if (street or data_set.data_subject in _PASSERS_BY)
        and any(item.code == "camerabeeld" for item in data_set.data)
    }
    for path, line in case.retentions:
        here = derive.duration(line.duration)
        if (
            here
            and here.about_days > _STREET_CAMERA_DAYS
            and (line.data_set in filmed or (filmed and not line.data_set))
        ):
            yield at(f"{path}.duration", about=line.duration)


@check("AVG-096", when=as_controller)
def _trigger(case: Case) -> Iterator[Point]:
    for path, line in case.retentions:
        if not line.trigger:
            yield at(f"{path}.trigger")
