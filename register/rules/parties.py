"""AVG-070 to 088 and 150 to 151: processors, recipients, joint controllers, transfers, principals.

GDPR art. 26, 28, 30(1)(d) and (e), 30(2), 44-49.
"""

from collections.abc import Iterator

from core import clock, values
from core.content import YesNo
from register.checks import Point, at
from register.content import RecipientKind, Role, Transfer
from register.rules import countries, text
from register.rules.case import Case, as_controller, check

_INSTRUMENTS = values.load("register", "doorgifte-instrumenten")
_SAFEGUARDS = frozenset(code for code in _INSTRUMENTS.codes if _INSTRUMENTS.entry(code)["groep"] == "waarborg")
_NOT_FOR_PUBLIC_TASK = frozenset(
    code for code in _INSTRUMENTS.codes if not _INSTRUMENTS.entry(code)["bruikbaar_bij_publieke_taak"]
)
ADEQUACY = "45"
_HOSTED_ELSEWHERE = ("saas", "cloud", "extern", "leverancier")


# --- processors and recipients


@check("AVG-070")
def _agreement(case: Case) -> Iterator[Point]:
    for number, processor in enumerate(case.content.processors):
        if not processor.agreement_document and processor.agreement_on is None:
            name = processor.party or processor.service or "deze verwerker"
            yield at(f"processors.{number}.agreement_document", about=name, naam=name)


@check("AVG-071")
def _agreement_ends(case: Case) -> Iterator[Point]:
    for number, processor in enumerate(case.content.processors):
        until = processor.agreement_until
        if until is not None and case.has_come(until, -case.context.thresholds.agreement_days):
            name = processor.party or processor.service or "deze verwerker"
            yield at(f"processors.{number}.agreement_until", about=name, naam=name, datum=clock.written(until))


@check("AVG-072")
def _supplier_without_processor(case: Case) -> Iterator[Point]:
    if case.content.processors:
        return
    for number, system in enumerate(case.content.systems):
        hosting = system.hosting.casefold()
        if system.supplier or any(word in hosting for word in _HOSTED_ELSEWHERE):
            yield at(f"systems.{number}", "processors", about=system.name or system.supplier)


@check("AVG-073")
def _both_roles(case: Case) -> Iterator[Point]:
    if not case.content.processors or not case.content.recipients:
        return
    places = {recipient.name.casefold(): number for number, recipient in enumerate(case.content.recipients)}
    for number, processor in enumerate(case.content.processors):
        name = processor.party
        if name and name.casefold() in places:
            yield at(f"processors.{number}.party", f"recipients.{places[name.casefold()]}.name", about=name, naam=name)


@check("AVG-074", when=as_controller)
def _recipient_basis(case: Case) -> Iterator[Point]:
    for number, recipient in enumerate(case.content.recipients):
        if recipient.kind in {RecipientKind.GOVERNMENT, RecipientKind.OTHER} and not recipient.basis:
            name = recipient.name or "deze ontvanger"
            yield at(f"recipients.{number}.basis", about=name, naam=name)


@check("AVG-075")
def _person_as_recipient(case: Case) -> Iterator[Point]:
    for number, recipient in enumerate(case.content.recipients):
        if text.looks_like_person(recipient.name):
            yield at(f"recipients.{number}.name")


# --- joint controllers


def _is_joint(case: Case) -> bool:
    return case.content.role is Role.JOINT


@check("AVG-076", when=_is_joint)
def _arrangement(case: Case) -> Iterator[Point]:
    if not any(joint.party for joint in case.content.joint_controllers):
        yield at("joint_controllers")
    for number, joint in enumerate(case.content.joint_controllers):
        if joint.party and not joint.arrangement_document and joint.arrangement_on is None:
            yield at(f"joint_controllers.{number}.arrangement_document")


@check("AVG-077", when=_is_joint)
def _essence(case: Case) -> Iterator[Point]:
    for number, joint in enumerate(case.content.joint_controllers):
        if not joint.essence:
            yield at(f"joint_controllers.{number}.essence")


# --- transfers


def _transfers(case: Case) -> Iterator[tuple[str, Transfer, str]]:
    """Path, transfer and the name of the country as a person reads it."""
    for number, transfer in enumerate(case.content.transfers):
        yield f"transfers.{number}", transfer, countries.name(transfer.country) or "dit land"


@check("AVG-080")
def _country(case: Case) -> Iterator[Point]:
    if case.content.transfers_outside_eea is YesNo.YES and not any(one.country for one in case.content.transfers):
        yield at("transfers.0.country" if case.content.transfers else "transfers")


@check("AVG-081")
def _instrument(case: Case) -> Iterator[Point]:
    for path, transfer, land in _transfers(case):
        if transfer.instrument not in _INSTRUMENTS.entries and not countries.is_in_eea(transfer.country):
            yield at(f"{path}.instrument", land=land)


def _is_adequate(case: Case, country: str) -> bool:
    """There is a decision on adequacy (GDPR art. 45) that has not ended."""
    until = countries.adequate_until(country)
    return until is not None and not case.has_come(until, 1)


@check("AVG-082")
def _adequate(case: Case) -> Iterator[Point]:
    for path, transfer, land in _transfers(case):
        country = transfer.country
        if (
            transfer.instrument == ADEQUACY
            and country
            and not countries.is_in_eea(country)
            and not _is_adequate(case, country)
        ):
            yield at(f"{path}.instrument", land=land)


@check("AVG-083")
def _covered(case: Case) -> Iterator[Point]:
    for path, transfer, land in _transfers(case):
        if (
            transfer.instrument == ADEQUACY
            and countries.is_adequate_in_part(transfer.country)
            and transfer.covered_by_decision is not YesNo.YES
        ):
            yield at(f"{path}.covered_by_decision", about=f"{land} {transfer.importer}", land=land)


@check("AVG-084")
def _safeguards(case: Case) -> Iterator[Point]:
    for path, transfer, _land in _transfers(case):
        if transfer.instrument in _SAFEGUARDS and not transfer.safeguards_document:
            yield at(f"{path}.safeguards_document")


@check("AVG-085")
def _assessment(case: Case) -> Iterator[Point]:
    for path, transfer, land in _transfers(case):
        if transfer.instrument in _SAFEGUARDS and transfer.assessed_on is None and not transfer.assessment:
            yield at(f"{path}.assessed_on", land=land)


@check("AVG-086")
def _derogation(case: Case) -> Iterator[Point]:
    """GDPR art. 49(3): these derogations are closed for a public authority that exercises its public powers."""
    for path, transfer, _land in _transfers(case):
        if transfer.instrument in _NOT_FOR_PUBLIC_TASK and case.is_public_task:
            yield at(f"{path}.instrument")


@check("AVG-087")
def _located_outside(case: Case) -> Iterator[Point]:
    if case.content.transfers_outside_eea is not YesNo.NO:
        return
    for number, processor in enumerate(case.content.processors):
        name = processor.party or processor.service or "Een verwerker"
        for country in processor.countries:
            if countries.is_outside_eea(country):
                field = f"processors.{number}.countries"
                yield at("transfers_outside_eea", field, about=name, naam=name, land=countries.name(country))
    for number, system in enumerate(case.content.systems):
        if countries.is_outside_eea(system.country):
            name = system.name or "Een systeem"
            field = f"systems.{number}.country"
            yield at("transfers_outside_eea", field, about=name, naam=name, land=countries.name(system.country))


@check("AVG-088")
def _inside_eea(case: Case) -> Iterator[Point]:
    for path, transfer, land in _transfers(case):
        if countries.is_in_eea(transfer.country):
            yield at(f"{path}.country", land=land)


# --- the municipality as a processor (art. 30(2))


def _as_processor(case: Case) -> bool:
    return case.content.role is Role.PROCESSOR


@check("AVG-150", when=_as_processor)
def _principal(case: Case) -> Iterator[Point]:
    principals = case.content.principals
    if not principals:
        yield at("principals")
    for number, principal in enumerate(principals):
        fields = [f"principals.{number}.{name}" for name in ("party", "contact") if not getattr(principal, name)]
        if fields:
            yield at(*fields)


@check("AVG-151", when=_as_processor)
def _work_for_principal(case: Case) -> Iterator[Point]:
    for number, principal in enumerate(case.content.principals):
        if not any(principal.categories):
            yield at(f"principals.{number}.categories")
