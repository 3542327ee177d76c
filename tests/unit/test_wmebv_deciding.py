"""The seven questions of Awb 2:13 lid 1 and 2:14, and what each answer comes to."""

from support.inventories import ON, good_case, good_message
from wmebv.content import Direction, MessageKind, Official
from wmebv.deciding import OUTCOMES, STEPS, needs_reason
from wmebv.forms import DecisionInput, decision_of
from wmebv.rules import message_verdict


def test_section_2_asks_seven_questions_in_its_order():
    kinds = [[one.kind.value for one in step.outcomes] for step in STEPS]
    assert kinds == [
        ["bezwaar", "administratief_beroep"],
        ["klacht"],
        ["aanvulling", "zienswijze", "ingebrekestelling", "procedurevraag"],
        ["aanvraag"],
        ["melding", "aangifte", "opgave"],
        ["verzoek"],
        ["signaal", "privaatrechtelijk", "ander_bericht"],
    ]


def test_every_kind_of_message_to_the_municipality_can_be_the_outcome():
    assert OUTCOMES.keys() == set(MessageKind) - {MessageKind.OUTGOING_DECISION}


def test_awb_2_13_lid_1_makes_the_first_six_official_and_awb_2_14_leaves_the_rest():
    for step in STEPS[:-1]:
        assert {one.official for one in step.outcomes} == {Official.YES}
        assert all(one.article.startswith("Awb 2:13 lid 1") for one in step.outcomes)
    assert {(one.official, one.article) for one in STEPS[-1].outcomes} == {(Official.NO, "Awb 2:14")}


def test_the_articles_are_those_of_section_2_and_what_was_not_looked_up_says_so():
    assert {
        kind.value: one.cited.removeprefix("Awb 2:13 lid 1").removeprefix(" en ") for kind, one in OUTCOMES.items()
    } == {
        "bezwaar": "6:4 lid 1",
        "administratief_beroep": "6:4 lid 2 (nakijken)",
        "klacht": "hoofdstuk 9",
        "aanvulling": "4:5",
        "zienswijze": ", 3:15 en 4:7",
        "ingebrekestelling": "4:17",
        "procedurevraag": "",
        "aanvraag": "4:1",
        "melding": "",
        "aangifte": " (nakijken)",
        "opgave": " (nakijken)",
        "verzoek": " (nakijken)",
        "signaal": "Awb 2:14",
        "privaatrechtelijk": "Awb 2:14",
        "ander_bericht": "Awb 2:14",
    }


def test_who_departs_from_the_outcome_or_does_not_know_gives_a_reason():
    assert not needs_reason(MessageKind.BEZWAAR, Official.YES)
    assert not needs_reason(MessageKind.SIGNAL, Official.NO)
    assert needs_reason(MessageKind.SIGNAL, Official.MIXED)
    assert needs_reason(MessageKind.BEZWAAR, Official.NO)
    assert needs_reason(None, Official.UNKNOWN)


def test_gemengd_counts_as_official_section_6():
    def verdict(official):
        return message_verdict(good_case(message=good_message(official=official)), ON)

    assert verdict(Official.MIXED) == verdict(Official.YES)
    assert verdict(Official.MIXED) != verdict(Official.NO)


def test_the_form_shows_what_was_chosen_and_no_more():
    assert decision_of(good_message(reasoning="Een besluit")) == DecisionInput(
        kind=MessageKind.APPLICATION, reasoning="Een besluit"
    )
    assert decision_of(good_message(official=Official.MIXED)).official is Official.MIXED
    assert decision_of(good_message(kind=None, official=Official.UNKNOWN)) == DecisionInput()
    assert (
        decision_of(good_message(direction=Direction.OUT, kind=MessageKind.OUTGOING_DECISION)).official is Official.YES
    )
