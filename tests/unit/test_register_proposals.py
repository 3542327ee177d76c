"""What a team proposes to fill in otherwise: plain fields in, content out, and nothing lost beside them."""

from datetime import date

from hypothesis import given

from register.content import ActivityContent, Recipient, Retention, SystemUse
from register.proposals import OwnFields, applied, own_fields, proposed
from support.register import COMPLETE, contents


def with_(**facts):
    return own_fields(COMPLETE).model_copy(update=facts)


def test_what_stays_as_it_was_is_no_proposal():
    assert proposed(COMPLETE, own_fields(COMPLETE)) is None


def test_what_is_left_empty_is_no_proposal():
    assert proposed(COMPLETE, OwnFields()) is None


def test_each_field_that_differs_is_proposed_as_json():
    filled = with_(process_owner="Teamleider straat", ended_on=date(2026, 5, 1), systems=("Parkeersysteem", "Zaken"))
    assert proposed(COMPLETE, filled) == {
        "process_owner": "Teamleider straat",
        "systems": ["Parkeersysteem", "Zaken"],
        "ended_on": "2026-05-01",
    }


def test_a_row_that_keeps_its_name_keeps_all_else():
    after = applied(COMPLETE, {"systems": ["Zaken", "Parkeersysteem"], "recipients": ["Team handhaving", "CJIB"]})
    assert after.systems == (SystemUse(name="Zaken"), COMPLETE.systems[0])
    assert after.recipients == (COMPLETE.recipients[0], Recipient(name="CJIB"))


def test_a_period_in_other_words_loses_the_duration_that_belonged_to_the_old_ones():
    (before,) = COMPLETE.retentions
    (after,) = applied(COMPLETE, {"retentions": ["5 jaar na het einde van de vergunning"]}).retentions
    assert after == before.model_copy(update={"text": "5 jaar na het einde van de vergunning", "duration": ""})


def test_a_period_that_stays_and_one_that_comes():
    content = COMPLETE.model_copy(update={"retentions": (*COMPLETE.retentions, Retention(duration="P1Y"))})
    after = applied(content, {"retentions": ["Eén maand", "10 jaar na het einde van de vergunning"]}).retentions
    assert after == (Retention(text="Eén maand"), COMPLETE.retentions[0], Retention(duration="P1Y"))


def test_naming_a_recipient_takes_back_that_there_are_none():
    before = ActivityContent(no_recipients=True)
    assert applied(before, {"recipients": ["CJIB"]}).no_recipients is False


@given(contents())
def test_proposing_what_is_there_changes_nothing(content):
    filled = own_fields(content)
    assert proposed(content, filled) is None
    plain = {
        name: value for name, value in filled.model_dump(mode="json").items() if name in {"explanation", "ended_on"}
    }
    assert applied(content, plain) == content
