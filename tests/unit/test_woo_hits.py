"""What the hits of a check ask of people: nothing, a confirmation, or two persons."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from woo.content import DecisionState
from woo.hits import NOTICES, Stand, weigh
from woo.inspection import Kind

FILE, OTHER_FILE = "a" * 64, "b" * 64


def hit(kind: Kind = Kind.PHONE, *, critical: bool = False) -> SimpleNamespace:
    return SimpleNamespace(key=uuid4().hex[:20], kind=kind, critical=critical)


def said(state: DecisionState, original: str = FILE) -> SimpleNamespace:
    return SimpleNamespace(key="", original=original, state=state)


def stand(one: SimpleNamespace, *decisions: SimpleNamespace) -> Stand:
    ((_, found),) = weigh([one], dict.fromkeys([one.key], *decisions) if decisions else {}, FILE).hits
    return found


@pytest.mark.parametrize("kind", Kind)
def test_everything_but_a_tip_about_the_file_waits_for_a_person(kind):
    assert stand(hit(kind)) is (Stand.NOTICE if kind in NOTICES else Stand.OPEN)
    assert stand(hit(kind, critical=True)) is Stand.OPEN


def test_a_confirmation_holds_for_every_file_with_the_same_text_at_the_same_place():
    assert stand(hit(), said(DecisionState.ACCEPTED)) is Stand.SETTLED
    assert stand(hit(), said(DecisionState.ACCEPTED, OTHER_FILE)) is Stand.SETTLED


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (DecisionState.ASKED, Stand.ASKED),
        (DecisionState.APPROVED, Stand.SETTLED),
        (DecisionState.REFUSED, Stand.REFUSED),
        (DecisionState.ACCEPTED, Stand.OPEN),  # by one person, when it was not critical yet
    ],
)
def test_something_critical_takes_two_persons_and_is_about_one_file(state, expected):
    assert stand(hit(critical=True), said(state)) is expected
    assert stand(hit(critical=True), said(state, OTHER_FILE)) is Stand.OPEN


def test_the_first_thing_to_do_is_what_hinders():
    number, name, tip = hit(Kind.BSN, critical=True), hit(Kind.NAME), hit(Kind.UNTAGGED)
    asked = {number.key: said(DecisionState.ASKED)}
    accepted = {name.key: said(DecisionState.ACCEPTED)}
    approved = {number.key: said(DecisionState.APPROVED)}
    found = [number, name, tip]
    assert "1 kritieke melding." in weigh(found, {}, FILE).hinders
    assert "tweede persoon moet nog beslissen" in weigh(found, asked, FILE).hinders
    assert "1 melding." in weigh(found, approved, FILE).hinders
    assert weigh(found, approved | accepted, FILE).hinders == ""
    assert weigh([tip], {}, FILE).hinders == ""
