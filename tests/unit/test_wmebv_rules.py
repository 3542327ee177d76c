"""The verdict: each line of the sections on failing answers, verdict and duty of care is a test whose name says it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.content import YesNo
from support.inventories import (
    OLD,
    ON,
    RECENT,
    answer,
    good_case,
    good_channel,
    good_message,
    good_organisation,
    good_outgoing,
    good_product,
    with_answer,
    without_answer,
)
from wmebv.content import (
    Answer,
    Availability,
    ChannelContent,
    ChannelKind,
    Designation,
    Direction,
    LoginLevel,
    MessageKind,
    MessageTypeContent,
    Official,
    OrganisationContent,
    ProductContent,
    TargetGroup,
    TemplateContent,
    Value,
)
from wmebv.duties import Scope, Severity, duties, duties_of
from wmebv.rules import (
    UNANSWERED,
    WEIGHTS,
    Case,
    Colour,
    Score,
    SupportLevel,
    availability,
    findings,
    is_outdated,
    maturity,
    message_verdict,
    months_before,
    organisation_findings,
    organisation_verdict,
    score,
    special_act,
    support_verdict,
    together,
    with_template,
)


def judged(case, code, on=ON):
    [judgement] = message_verdict(case, on).of(code)
    return judgement


def value_of(case, code):
    return judged(case, code).value


def colour_of(case, on=ON):
    return message_verdict(case, on).colour


def message_with(*answers, **changes):
    message = good_message(**changes)
    for each in answers:
        message = with_answer(message, each)
    return message


def channel_with(*answers, **changes):
    channel = good_channel(**changes)
    for each in answers:
        channel = with_answer(channel, each)
    return channel


def organisation_value(new):
    [judgement] = organisation_verdict(with_answer(good_organisation(), new), ON).of(new.duty)
    return judgement.value


# --- When does an answer that is not ja/nee fail --------------------------------------------------------------------


def test_section_3_7_w02_passes_with_date_and_evidence():
    assert organisation_value(answer("W02")) is Value.YES


def test_section_3_7_w02_fails_when_the_date_is_missing():
    assert organisation_value(answer("W02", evidence_on=None)) is Value.NO


def test_section_3_7_w02_fails_when_the_evidence_is_missing():
    assert organisation_value(answer("W02", evidence_url="")) is Value.NO


UNDESIGNATED = good_channel(designated=None, designation=Designation())
W13 = {"body": "college", "evidence_on": RECENT}


def test_section_3_7_w13_passes_with_date_evidence_and_bestuursorgaan():
    case = good_case(message=message_with(answer("W13", **W13)), channels=(UNDESIGNATED,))
    assert value_of(case, "W13") is Value.YES


@pytest.mark.parametrize("missing", [{"evidence_on": None}, {"evidence_url": ""}, {"body": ""}])
def test_section_3_7_w13_fails_when_date_evidence_or_bestuursorgaan_is_missing(missing):
    case = good_case(message=message_with(answer("W13", **(W13 | missing))), channels=(UNDESIGNATED,))
    assert value_of(case, "W13") is Value.NO


@pytest.mark.parametrize("missing", [{"bodies": ()}, {"decided_on": None}, {"reference": ""}])
def test_section_3_7_w13_fails_when_the_decision_of_the_channel_is_not_complete(missing):
    decision = good_channel().designation.model_copy(update=missing)
    assert value_of(good_case(channels=(good_channel(designation=decision),)), "W13") is Value.NO


@pytest.mark.parametrize(("days", "expected"), [(0, Value.YES), (1, Value.NO)])
def test_section_3_7_w02_and_w13_fail_as_long_as_the_decision_is_still_to_come(days, expected):
    day = ON + timedelta(days=days)
    organisation = with_answer(good_organisation(), answer("W02", evidence_on=day))
    [policy] = organisation_verdict(organisation, ON).of("W02")
    said = message_with(answer("W13", body="college", evidence_on=day))
    channel = good_channel(designation=Designation(bodies=("college",), decided_on=day, reference="gmb-2026-1"))
    assert (policy.value, value_of(good_case(message=said), "W13")) == (expected, expected)
    assert value_of(good_case(channels=(channel,)), "W13") is expected


def test_section_3_7_w13_is_unknown_when_nobody_said_whether_the_channel_is_designated():
    assert value_of(good_case(channels=(UNDESIGNATED,)), "W13") is Value.UNKNOWN


def test_section_3_7_w13_fails_when_the_channel_is_not_designated():
    assert value_of(good_case(channels=(good_channel(designated=YesNo.NO),)), "W13") is Value.NO


def test_section_3_7_w13_needs_one_designated_channel_because_several_ways_are_allowed():
    assert value_of(good_case(channels=(UNDESIGNATED, good_channel())), "W13") is Value.YES


def test_section_3_7_w05_fails_when_no_means_is_chosen():
    assert value_of(good_case(message=message_with(answer("W05", choices=()))), "W05") is Value.NO


def test_section_3_7_w05_passes_with_a_means():
    assert value_of(good_case(message=message_with(answer("W05", choices=("brief",)))), "W05") is Value.YES


@pytest.mark.parametrize(
    ("status", "expected"),
    [("A", Value.YES), ("B", Value.YES), ("C", Value.PARTLY), ("D", Value.NO), ("E", Value.NO)],
)
def test_section_3_7_w07_status_a_and_b_are_ja_c_is_deels_d_and_e_fail(status, expected):
    assert value_of(good_case(channels=(channel_with(answer("W07", choices=(status,))),)), "W07") is expected


def test_section_3_7_w07_fails_without_accessibility_statement():
    assert value_of(good_case(channels=(channel_with(answer("W07", Value.NO)),)), "W07") is Value.NO
    assert value_of(good_case(channels=(without_answer(good_channel(), "W07"),)), "W07") is Value.UNKNOWN


def test_section_3_7_w09_fails_when_not_answered():
    assert value_of(good_case(message=without_answer(good_message(), "W09")), "W09") is Value.UNKNOWN


@pytest.mark.parametrize("choice", ["verplicht_digitaal", "verplicht_fysiek", "eigen_loket"])
@pytest.mark.parametrize("named", [{}, {"law": "Paspoortwet"}, {"article": "28"}])
def test_section_3_7_w09_fails_when_an_exception_has_no_law_and_article(choice, named):
    case = good_case(message=message_with(answer("W09", None, choices=(choice,), **named)))
    assert (value_of(case, "W09"), special_act(case.message)) == (Value.NO, None)


@pytest.mark.parametrize("choice", ["nee", "verplicht_digitaal", "verplicht_fysiek", "eigen_loket"])
def test_section_3_7_w09_passes_with_law_and_article(choice):
    named = {} if choice == "nee" else {"law": "Paspoortwet", "article": "28"}
    case = good_case(message=message_with(answer("W09", None, choices=(choice,), evidence_url="", **named)))
    assert (value_of(case, "W09"), special_act(case.message).value) == (Value.YES, choice)


def test_section_3_7_w10_fails_when_onbekend():
    assert value_of(good_case(message=good_message(official=Official.UNKNOWN)), "W10") is Value.UNKNOWN


def test_section_3_7_w10_fails_when_the_kind_is_not_known():
    assert value_of(good_case(message=good_message(kind=None)), "W10") is Value.UNKNOWN


def test_section_3_7_w12_fails_without_channel():
    assert value_of(good_case(channels=()), "W12") is Value.NO


@pytest.mark.parametrize("level", [Availability.D0, Availability.D1, Availability.D2])
def test_section_3_7_w12_fails_when_the_only_channel_is_not_electronic(level):
    assert value_of(good_case(channels=(good_channel(level=level),)), "W12") is Value.NO


@pytest.mark.parametrize("login", [LoginLevel.DIGID_MIDDEN, LoginLevel.EH3])
def test_section_3_7_w12_is_deels_when_the_only_channel_needs_digid_or_eherkenning(login):
    case = good_case(channels=(good_channel(level=Availability.D5, login_levels=(login,)),))
    assert value_of(case, "W12") is Value.PARTLY


def test_section_3_7_w12_passes_when_another_channel_works_without_login():
    with_login = good_channel(level=Availability.D5, login_levels=(LoginLevel.DIGID_MIDDEN,))
    assert value_of(good_case(channels=(with_login, good_channel(name="Algemeen"))), "W12") is Value.YES


@pytest.mark.parametrize("choice", ["download", "kopie", "eigen_omgeving"])
def test_section_3_7_w23_download_copy_by_mail_and_portal_all_count_as_ja(choice):
    assert value_of(good_case(channels=(channel_with(answer("W23", choices=(choice,))),)), "W23") is Value.YES


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answer("W23", None, choices=("kan_niet",)), Value.NO),
        (answer("W23", Value.UNKNOWN), Value.UNKNOWN),
        (answer("W23", choices=()), Value.UNKNOWN),
    ],
)
def test_section_3_7_w23_fails_when_kan_niet_or_onbekend(given, expected):
    assert value_of(good_case(channels=(channel_with(given),)), "W23") is expected


def test_section_3_7_w23_fails_when_kan_niet_stands_beside_another_choice():
    channel = channel_with(answer("W23", None, choices=("download", "kan_niet")))
    assert value_of(good_case(channels=(channel,)), "W23") is Value.NO


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answer("W31", None, choices=("niets",)), Value.NO),
        (answer("W31", Value.UNKNOWN), Value.UNKNOWN),
        (answer("W31", None, choices=("andere_weg",)), Value.YES),
    ],
)
def test_section_3_7_w31_fails_when_niets_or_onbekend(given, expected):
    assert value_of(good_case(message=with_answer(good_outgoing(), given)), "W31") is expected


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("kan_niet", Value.NO), ("digitaal", Value.YES), ("niet_nodig", Value.NOT_APPLICABLE)],
)
def test_section_3_7_w33_fails_without_digital_way_and_niet_nodig_is_nvt(choice, expected):
    case = good_case(message=message_with(answer("W33", None, choices=(choice,))))
    assert value_of(case, "W33") is expected


# --- The digital way (W11) follows the channels ---------------------------------------------------------------------


@pytest.mark.parametrize("level", [Availability.D0, Availability.D1, Availability.D2])
def test_section_5_w11_is_nee_at_d0_d1_and_d2_whatever_was_answered(level):
    case = good_case(message=message_with(answer("W11")), channels=(good_channel(level=level),))
    assert value_of(case, "W11") is Value.NO


@pytest.mark.parametrize("level", [Availability.D3, Availability.D4, Availability.D5, Availability.D6, Availability.DX])
def test_section_5_w11_is_ja_from_d3_on_with_the_address_of_the_channel_as_evidence(level):
    assert value_of(good_case(channels=(good_channel(level=level),)), "W11") is Value.YES


def test_section_5_w11_is_deels_when_the_channel_has_no_address():
    assert value_of(good_case(channels=(good_channel(url=""),)), "W11") is Value.PARTLY


def test_section_5_w11_is_unknown_without_channel_and_answer():
    assert value_of(good_case(channels=()), "W11") is Value.UNKNOWN


@pytest.mark.parametrize("value", [Value.NO, Value.UNKNOWN])
def test_section_5_w11_answered_with_nee_or_onbekend_stays_so_with_a_form(value):
    assert value_of(good_case(message=message_with(answer("W11", value))), "W11") is value


def test_section_5_a_channel_of_unknown_level_is_electronic_by_its_kind():
    assert value_of(good_case(channels=(good_channel(level=None, kind=ChannelKind.EMAIL),)), "W11") is Value.YES
    assert value_of(good_case(channels=(good_channel(level=None, kind=ChannelKind.DESK),)), "W11") is Value.UNKNOWN


# --- Colour -----------------------------------------------------------------------------------------------------------


def test_section_6_groen_is_the_rest():
    assert [colour_of(good_case()), colour_of(good_case(message=good_outgoing()))] == [Colour.GREEN, Colour.GREEN]


def test_section_6_grijs_when_nothing_is_answered_yet():
    case = Case(
        ProductContent(name="Paspoort"), MessageTypeContent(official=Official.YES, kind=MessageKind.APPLICATION)
    )
    assert colour_of(case) is Colour.GREY


def test_section_6_grijs_is_tested_before_rood():
    case = Case(ProductContent(), MessageTypeContent(), (ChannelContent(level=Availability.D0),))
    assert (value_of(case, "W11"), colour_of(case)) == (Value.NO, Colour.GREY)


def test_section_6_one_answer_is_enough_to_leave_grijs():
    assert colour_of(Case(with_answer(ProductContent(), answer("W06")), MessageTypeContent())) is Colour.RED


def test_section_6_onbekend_is_an_answer_too():
    assert colour_of(Case(ProductContent(), message_only(answer("W11", Value.UNKNOWN)))) is Colour.RED


def test_section_6_an_assessed_kind_is_an_answer_too():
    assert colour_of(Case(ProductContent(), MessageTypeContent(assessed_on=RECENT))) is Colour.RED


def test_section_6_that_a_message_is_not_official_is_an_answer_too():
    signal = MessageTypeContent(kind=MessageKind.SIGNAL, official=Official.NO)
    assert colour_of(Case(ProductContent(), signal)) is Colour.GREY
    assert colour_of(Case(ProductContent(), signal.model_copy(update={"assessed_on": RECENT}))) is Colour.RED


def message_only(*answers):
    return MessageTypeContent(answers=answers)


def test_section_6_answers_of_the_organisation_do_not_take_a_message_out_of_grijs():
    verdict = organisation_verdict(good_organisation(), ON)
    assert (verdict.colour, colour_of(Case(ProductContent(), MessageTypeContent()))) == (Colour.GREEN, Colour.GREY)


def break_duty(code, value):
    """A good case in which this one duty has this answer."""
    duty = duties()[code]
    new = answer(code, value, choices=())
    if duty.scope == "P":
        return good_case(product=with_answer(good_product(), new))
    if duty.scope == "K":
        return good_case(channels=(channel_with(new),))
    if duty.scope == "U":
        return good_case(message=with_answer(good_outgoing(), new))
    return good_case(message=message_with(new))


PLAIN = [code for code, duty in duties().items() if duty.scope != "O" and code not in {"W10", "W12", "W13"}]
PLAIN_YES_NO = [code for code in PLAIN if "jn" in duties()[code].answer and code != "W05"]


@pytest.mark.parametrize("value", [Value.NO, Value.UNKNOWN])
@pytest.mark.parametrize("code", [code for code in PLAIN if duties()[code].severity is Severity.CRITICAL])
def test_section_6_rood_when_a_kritiek_duty_fails(code, value):
    assert colour_of(break_duty(code, value)) is Colour.RED


@pytest.mark.parametrize("value", [Value.NO, Value.UNKNOWN])
@pytest.mark.parametrize("code", [code for code in PLAIN if duties()[code].severity is Severity.HIGH])
def test_section_6_oranje_when_a_hoog_duty_fails_and_no_kritiek_one(code, value):
    expected = {"W30": Colour.GREEN, "W29": Colour.RED}.get(code, Colour.ORANGE)  # not in force yet; a decision
    assert colour_of(break_duty(code, value)) is expected


@pytest.mark.parametrize("code", [code for code in PLAIN if duties()[code].severity is Severity.MEDIUM])
def test_section_6_groen_when_only_midden_fails_and_it_is_known(code):
    case = break_duty(code, Value.NO)
    assert (value_of(case, code), colour_of(case)) == (
        (Value.NO, Colour.GREEN) if code != "W09" else (Value.UNKNOWN, Colour.ORANGE)
    )


@pytest.mark.parametrize("code", [code for code in PLAIN if duties()[code].severity is Severity.MEDIUM])
def test_section_6_unknown_is_never_groen(code):
    assert colour_of(break_duty(code, Value.UNKNOWN)) is Colour.ORANGE


@pytest.mark.parametrize("code", PLAIN_YES_NO)
def test_section_6_deels_on_kritiek_or_hoog_is_oranje(code):
    heavy = duties()[code].severity in {Severity.CRITICAL, Severity.HIGH} and code != "W30"
    assert colour_of(break_duty(code, Value.PARTLY)) is (Colour.ORANGE if heavy else Colour.GREEN)


@pytest.mark.parametrize("code", [code for code in PLAIN_YES_NO if code != "W11"])
def test_section_6_ja_without_evidence_counts_as_deels(code):
    case = break_duty(code, Value.YES)
    holder = case.product if duties()[code].scope == "P" else case.message
    if duties()[code].scope == "K":
        holder = case.channels[0]
    bare = with_answer(holder, answer(code, evidence_url="", choices=()))
    if isinstance(bare, ProductContent):
        case = replace(case, product=bare)
    elif isinstance(bare, ChannelContent):
        case = replace(case, channels=(bare,))
    else:
        case = replace(case, message=bare)
    found = judged(case, code)
    assert (found.value, found.reason.value) == (Value.PARTLY, "ja, zonder bewijs")


@pytest.mark.parametrize("evidence", [{"evidence_url": "x"}, {"evidence_document": "x"}, {"evidence_on": RECENT}])
def test_section_6_a_url_a_document_or_a_date_is_evidence(evidence):
    case = good_case(message=message_with(answer("W04", **({"evidence_url": ""} | evidence))))
    assert value_of(case, "W04") is Value.YES


def test_section_6_oranje_when_an_answer_is_older_than_24_months():
    assert colour_of(good_case(message=message_with(answer("W04", answered_on=OLD)))) is Colour.ORANGE
    assert (
        colour_of(good_case(message=message_with(answer("W04", answered_on=OLD + timedelta(days=1))))) is Colour.GREEN
    )


def test_section_6_oranje_when_an_answer_on_a_light_duty_is_older_than_24_months():
    assert colour_of(good_case(product=with_answer(good_product(), answer("W06", answered_on=OLD)))) is Colour.ORANGE


def test_section_6_oranje_when_the_age_of_an_answer_is_unknown():
    assert colour_of(good_case(message=message_with(answer("W04", answered_on=None)))) is Colour.ORANGE


def test_section_6_oranje_when_the_kind_was_assessed_more_than_24_months_ago_or_never():
    assert colour_of(good_case(message=good_message(assessed_on=OLD))) is Colour.ORANGE
    assert colour_of(good_case(message=good_message(assessed_on=None))) is Colour.ORANGE


def test_section_6_rood_goes_before_oranje():
    case = good_case(
        product=with_answer(good_product(), answer("W15", Value.NO)), message=message_with(answer("W04", Value.NO))
    )
    assert colour_of(case) is Colour.RED


def test_section_6_gemengd_counts_as_ja():
    def verdicts(official):
        verdict = message_verdict(good_case(message=good_message(official=official)), ON)
        return [(each.duty.code, each.value, each.counts) for each in verdict.judgements]

    assert verdicts(Official.MIXED) == verdicts(Official.YES)


def test_section_6_official_nee_leaves_w03_to_w09_and_the_channel_checks_as_advice():
    verdict = message_verdict(good_case(message=good_message(official=Official.NO)), ON)
    assert [each.duty.code for each in verdict.judgements if not each.is_advice] == [
        "W03",
        "W04",
        "W05",
        "W06",
        "W07",
        "W09",
    ]
    assert [each.duty.code for each in verdict.judgements if each.is_advice] == [
        "W14",
        "W16",
        "W17",
        "W22",
        "W23",
        "W24",
        "W26",
    ]


def test_section_6_advice_weighs_neither_in_colour_nor_in_score():
    case = good_case(message=good_message(official=Official.NO), channels=(channel_with(answer("W22", Value.NO)),))
    verdict = message_verdict(case, ON)
    assert (verdict.colour, verdict.score.percentage) == (Colour.GREEN, 100)


LAW = {"law": "Paspoortwet", "article": "28"}


def test_section_6_verplicht_fysiek_makes_w11_to_w17_and_w22_to_w26_nvt():
    case = good_case(message=message_with(answer("W09", None, choices=("verplicht_fysiek",), **LAW)), channels=())
    verdict = message_verdict(case, ON)
    closed = ["W11", "W12", "W13", "W14", "W15", "W16", "W17", "W22", "W23", "W24", "W26"]
    assert [each.duty.code for each in verdict.judgements if each.value is Value.NOT_APPLICABLE] == closed
    assert verdict.colour is Colour.GREEN


def test_section_6_verplicht_fysiek_without_law_leaves_everything_in_force():
    case = good_case(message=message_with(answer("W09", None, choices=("verplicht_fysiek",))), channels=())
    assert (value_of(case, "W09"), value_of(case, "W12"), colour_of(case)) == (Value.NO, Value.NO, Colour.RED)


def test_section_6_verplicht_digitaal_makes_w04_nvt_and_w03_stays():
    message = without_answer(message_with(answer("W09", None, choices=("verplicht_digitaal",), **LAW)), "W04")
    case = good_case(product=with_answer(good_product(), answer("W03", Value.NO)), message=message)
    assert (value_of(case, "W04"), value_of(case, "W03")) == (Value.NOT_APPLICABLE, Value.NO)


def test_section_6_verplicht_digitaal_without_law_leaves_w04_in_force():
    message = without_answer(message_with(answer("W09", None, choices=("verplicht_digitaal",))), "W04")
    assert value_of(good_case(message=message), "W04") is Value.UNKNOWN


def test_section_6_an_own_counter_closes_nothing():
    message = without_answer(message_with(answer("W09", None, choices=("eigen_loket",), **LAW)), "W04")
    assert value_of(good_case(message=message), "W04") is Value.UNKNOWN


def test_section_6_w30_comes_up_before_2027_and_counts_from_2027():
    case = good_case(message=with_answer(good_outgoing(), answer("W30", Value.NO)))
    before, after = judged(case, "W30", date(2026, 12, 31)), judged(case, "W30", date(2027, 1, 1))
    assert (before.is_upcoming, before.counts, after.is_upcoming, after.counts) == (True, False, False, True)


def test_section_6_an_upcoming_duty_has_no_score_and_no_colour():
    case = good_case(message=with_answer(good_outgoing(), answer("W30", Value.NO)))
    verdict = message_verdict(case, date(2026, 12, 31))
    assert (verdict.colour, verdict.score.percentage) == (Colour.GREEN, 100)
    assert message_verdict(case, date(2027, 1, 1)).colour is Colour.ORANGE


def test_section_6_before_2026_only_the_duty_of_care_counts():
    verdict = message_verdict(good_case(), date(2025, 12, 31))
    assert [each.duty.code for each in verdict.judgements if each.counts] == ["W03", "W04", "W05", "W06", "W07"]


def test_section_6_organisation_duties_are_judged_once_for_the_organisation():
    organisation = [each.duty.code for each in organisation_verdict(good_organisation(), ON).judgements]
    message = [each.duty.code for each in message_verdict(good_case(), ON).judgements]
    assert organisation == ["W01", "W02", "W08", "W18", "W19", "W20", "W21", "W25"]
    assert set(organisation) & set(message) == set()


def test_section_6_outgoing_messages_are_judged_on_the_duties_about_outgoing_messages():
    verdict = message_verdict(good_case(message=good_outgoing()), ON)
    assert [each.duty.code for each in verdict.judgements] == ["W27", "W28", "W29", "W30", "W31", "W32"]


def test_section_6_w29_is_kritiek_for_a_decision_and_hoog_for_another_message():
    decision = with_answer(good_outgoing(), answer("W29", Value.NO))
    other = decision.model_copy(update={"kind": MessageKind.OTHER})
    assert [colour_of(good_case(message=each)) for each in (decision, other)] == [Colour.RED, Colour.ORANGE]


def test_section_6_every_channel_has_to_comply_so_the_worst_one_decides():
    bad = channel_with(answer("W22", Value.NO), name="Oud formulier")
    found = judged(good_case(channels=(good_channel(), bad)), "W22")
    assert (found.value, found.channel) == (Value.NO, "Oud formulier")


@pytest.mark.parametrize("value", [Value.YES, Value.PARTLY, Value.NO])
def test_section_6_an_old_answer_about_one_channel_is_oranje_whatever_the_others_say(value):
    old = channel_with(answer("W16", answered_on=OLD), name="Oud formulier")
    assert colour_of(good_case(channels=(channel_with(answer("W16", value)),))) is Colour.GREEN
    assert colour_of(good_case(channels=(channel_with(answer("W16", value)), old))) is Colour.ORANGE


def test_section_6_channels_on_paper_are_not_asked_for_a_confirmation_of_receipt():
    paper = ChannelContent(name="Brief", kind=ChannelKind.PAPER)
    assert value_of(good_case(channels=(good_channel(), paper)), "W22") is Value.YES


def test_section_6_organisation_is_grijs_when_nothing_is_answered():
    assert organisation_verdict(OrganisationContent(), ON).colour is Colour.GREY


def test_section_6_organisation_is_rood_when_doorgeleiden_is_not_arranged():
    content = with_answer(good_organisation(), answer("W20", Value.NO))
    assert organisation_verdict(content, ON).colour is Colour.RED


@pytest.mark.parametrize("code", [duty.code for duty in duties_of(Scope.CHANNEL)])
@pytest.mark.parametrize("value", [None, *Value])
def test_section_6_and_3_7_count_an_answer_of_the_template_as_one_of_the_channel_itself(code, value):
    """For every duty about channels and every answer: with evidence and without, recent and old."""
    for changes in ({}, {"evidence_url": ""}, {"answered_on": OLD}, {"choices": ()}):
        own = channel_with(answer(code, value, **changes))
        rest = without_answer(own, code)
        template = TemplateContent(name="Generator X", answers=tuple(each for each in own.answers if each.duty == code))
        below = rest.model_copy(update={"answers": with_template(rest.answers, template)})
        itself, inherited = (message_verdict(good_case(channels=(each,)), ON) for each in (own, below))
        assert itself == inherited


def test_section_6_an_own_answer_goes_before_the_one_of_the_template():
    template = TemplateContent(name="Generator X", answers=(answer("W22", Value.NO),))
    channel = good_channel()
    below = channel.model_copy(update={"answers": with_template(channel.answers, template)})
    assert colour_of(good_case(channels=(below,))) is Colour.GREEN
    silent = without_answer(channel, "W22")
    below = silent.model_copy(update={"answers": with_template(silent.answers, template)})
    assert colour_of(good_case(channels=(below,))) is Colour.RED


# --- Score ------------------------------------------------------------------------------------------------------------


def test_section_6_weights_are_10_5_2_and_1():
    assert [WEIGHTS[each] for each in Severity] == [10, 5, 2, 1]


def test_section_6_score_is_one_minus_failing_over_applicable():
    whole = message_verdict(good_case(), ON).score
    broken = message_verdict(break_duty("W22", Value.NO), ON).score
    assert (whole.lost_halves, broken.lost_halves, broken.applicable) == (0, 20, whole.applicable)
    assert broken.share == 1 - 10 / whole.applicable


def test_section_6_onbekend_counts_like_nee_and_deels_for_half():
    lost = [
        message_verdict(break_duty("W22", value), ON).score.lost_halves
        for value in (Value.UNKNOWN, Value.NO, Value.PARTLY)
    ]
    assert lost == [20, 20, 10]


def test_section_6_nvt_is_not_applicable_in_the_score():
    whole = message_verdict(good_case(), ON).score.applicable
    assert message_verdict(break_duty("W22", Value.NOT_APPLICABLE), ON).score.applicable == whole - 10


def test_section_6_scores_of_many_are_added_up_never_averaged():
    assert (Score(100, 0) + Score(10, 20)).percentage == 90


def test_section_6_a_hundred_percent_means_that_nothing_is_missing():
    assert (Score(10_000, 1).percentage, Score(10_000, 0).percentage, Score().percentage) == (99, 100, None)


@given(st.lists(st.sampled_from(list(Colour))))
def test_section_6_many_colours_are_green_only_when_all_are_green(colours):
    assert (together(colours) is Colour.GREEN) == (bool(colours) and set(colours) == {Colour.GREEN})


def test_section_6_grey_among_others_is_orange_because_unknown_is_never_green():
    assert together([Colour.GREY, Colour.GREEN]) is Colour.ORANGE
    assert together([Colour.GREY, Colour.RED]) is Colour.RED
    assert [together([]), together([Colour.GREY])] == [Colour.GREY, Colour.GREY]


VALUES = st.sampled_from([None, *Value])


@settings(deadline=None)  # the first verdict reads the lists
@given(st.dictionaries(st.sampled_from(sorted(PLAIN)), VALUES), st.dates(date(2023, 1, 1), date(2030, 1, 1)))
def test_section_6_any_answers_give_a_score_between_0_and_100_and_one_judgement_for_each_duty(values, on):
    answers = tuple(answer(code, value, choices=()) for code, value in values.items())
    case = Case(ProductContent(answers=answers), message_only(*answers), (good_channel(answers=answers),))
    verdict = message_verdict(case, on)
    seen = [each.duty.code for each in verdict.judgements]
    assert (len(seen), verdict.score.percentage in {None, *range(101)}) == (len(set(seen)), True)


@settings(deadline=None)  # the first verdict reads the lists
@given(st.dictionaries(st.sampled_from(sorted(PLAIN)), VALUES))
def test_section_6_green_means_that_nothing_that_counts_is_unknown(values):
    answers = tuple(answer(code, value) for code, value in values.items())
    case = Case(ProductContent(answers=answers), good_message(answers=answers), (good_channel(answers=answers),))
    verdict = message_verdict(case, ON)
    unknown = [each for each in verdict.judgements if each.counts and each.value is Value.UNKNOWN]
    assert verdict.colour is not Colour.GREEN or unknown == []


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_section_6_24_months_before_a_day_is_the_same_day_two_years_earlier(day):
    expected = (
        day.replace(year=day.year - 2) if (day.month, day.day) != (2, 29) else day.replace(year=day.year - 2, day=28)
    )
    assert months_before(day, 24) == expected
    assert (is_outdated(expected, day), is_outdated(expected - timedelta(days=1), day)) == (False, True)


# --- Levels of digital availability -----------------------------------------------------------------------------------


def levels(*found):
    return availability(ChannelContent(level=level) for level in found)


def test_section_5_the_level_of_a_message_type_is_that_of_its_best_channel():
    assert levels(Availability.D2, Availability.D4, None) is Availability.D4
    assert levels(Availability.DX, Availability.D4) is Availability.DX
    assert levels(Availability.DX, Availability.D6) is Availability.D6


def test_section_5_the_level_is_unknown_without_channels_and_never_d0():
    assert (levels(), levels(None)) == (None, None)


def test_section_5_maturity_is_the_average_of_0_0_25_25_50_75_100_75():
    assert [maturity([level]) for level in Availability] == [0, 0, 25, 25, 50, 75, 100, 75]
    assert maturity(Availability) == 350 // 8


def test_section_5_unknown_levels_are_left_out_of_maturity():
    assert (maturity([None, Availability.D4]), maturity([None]), maturity([])) == (50, None, None)


def test_section_5_level_is_not_compliance():
    portal = good_channel(level=Availability.D6, login_levels=(LoginLevel.NONE,))
    undesignated = portal.model_copy(update={"designated": YesNo.NO})
    assert [colour_of(good_case(channels=(each,))) for each in (portal, undesignated)] == [Colour.GREEN, Colour.RED]


# --- Duty of care -----------------------------------------------------------------------------------------------------


def support(product=None, *messages, organisation=None, channels=None):
    product = product or good_product()
    cases = [
        Case(product, each, (good_channel(),) if channels is None else channels)
        for each in messages or (good_message(),)
    ]
    pairs = [(case, message_verdict(case, ON)) for case in cases]
    return support_verdict(product, pairs, organisation or good_organisation(), ON)


def product_with(*codes, **changes):
    """A product of which only these forms are answered."""
    return good_product(**({"answers": tuple(answer(code) for code in codes)} | changes))


WITH_PAGE = OrganisationContent(answers=(answer("W01"),))
BARE = MessageTypeContent(name="Aanvraag")
ON_PAPER = message_only(answer("Z05"))


@pytest.mark.parametrize("form", ["Z01", "Z02", "Z03", "Z10"])
def test_section_4_minimum_is_one_personal_form_and_one_route_without_computer_and_the_page(form):
    assert support(product_with(form), ON_PAPER, organisation=WITH_PAGE).missing == ()


def test_section_4_z11_counts_as_personal_form_only_with_a_person():
    def missing(choice):
        organisation = with_answer(WITH_PAGE, answer("Z11", choices=(choice,)))
        return support(product_with(), ON_PAPER, organisation=organisation).missing

    assert (missing("met_persoon"), missing("zonder_persoon")) == ((), ("hulp van een persoon",))


def test_section_4_z01_is_a_personal_form_and_a_route_without_computer_at_once():
    assert support(product_with("Z01"), BARE, organisation=WITH_PAGE).missing == ()


def test_section_4_minimum_needs_a_route_without_computer():
    assert support(product_with("Z02"), BARE, organisation=WITH_PAGE).missing == ("een weg zonder computer",)


def test_section_4_w04_ja_is_a_route_without_computer():
    assert support(product_with("Z02"), message_only(answer("W04")), organisation=WITH_PAGE).missing == ()


def test_section_6_verplicht_digitaal_asks_no_route_without_computer_of_the_minimum_and_a_person_stays():
    act = answer("W09", None, choices=("verplicht_digitaal",), **LAW)
    assert support(product_with("Z02"), message_only(act), organisation=WITH_PAGE).missing == ()
    assert support(product_with("W06"), message_only(act), organisation=WITH_PAGE).missing == ("hulp van een persoon",)
    without_law = answer("W09", None, choices=("verplicht_digitaal",))
    for said in (without_law, answer("W04", Value.NOT_APPLICABLE), act.model_copy(update={"article": ""})):
        found = support(product_with("Z02"), message_only(said), organisation=WITH_PAGE)
        assert found.missing == ("een weg zonder computer",)


def test_section_4_minimum_needs_the_general_page():
    assert support(product_with("Z01"), BARE, organisation=OrganisationContent()).missing == (
        "de algemene pagina over hulp",
    )


def test_section_4_minimum_holds_for_every_message_type():
    found = support(product_with("Z02"), ON_PAPER, BARE, organisation=WITH_PAGE)
    assert found.missing == ("een weg zonder computer",)


def test_section_4_missing_one_of_the_minimum_is_rood_whatever_the_score():
    found = support(good_product(), without_answer(good_message(), "W04"))
    assert (found.colour, found.missing, found.level) == (Colour.RED, ("een weg zonder computer",), SupportLevel.Z1)


def test_section_4_w03_ja_is_help_of_a_person():
    assert support(product_with("W03"), ON_PAPER, organisation=WITH_PAGE).missing == ()


def test_section_4_forms_named_with_w03_count_as_forms():
    product = with_answer(good_product(), answer("W03", choices=("Z01", "Z02")))
    found = support(product)
    assert (found.forms["Z01"], found.forms["Z02"], found.missing) == (1.0, 1.0, ())


@pytest.mark.parametrize(
    ("given", "points"),
    [
        (answer("Z02"), 1.0),
        (answer("Z02", evidence_url=""), 0.5),
        (answer("Z02", answered_on=OLD), 0.5),
        (answer("Z02", Value.PARTLY), 0.5),
        (answer("Z02", Value.NO), 0.0),
        (answer("Z02", Value.UNKNOWN), 0.0),
    ],
)
def test_section_4_a_form_scores_0_missing_half_without_proof_or_old_and_1_proven(given, points):
    assert support(with_answer(good_product(), given)).forms["Z02"] == points


def test_section_4_a_form_that_does_not_apply_is_left_out_of_the_average():
    forms = support(with_answer(good_product(), answer("Z07", Value.NOT_APPLICABLE))).forms
    assert "Z07" not in forms


def test_section_4_machtigen_plain_language_and_wcag_follow_w05_w06_and_w07():
    forms = support().forms
    assert (forms["Z06"], forms["Z09"], forms["Z08"]) == (1.0, 1.0, 1.0)


def test_section_4_score_is_the_average_over_the_forms_that_apply():
    forms = {f"Z{number:02}" for number in range(1, 13)}
    product = good_product(
        answers=(answer("Z01"), *(answer(code, Value.NO) for code in ("Z02", "Z03", "Z07", "Z09", "Z10")))
    )
    found = support(product, message_only(answer("Z05"), answer("Z06", Value.NO)))
    assert (set(found.forms), found.percentage) == (forms, 100 * 3 // 12)  # Z01, Z05, and Z08 by way of W07


def test_section_4_z03_z05_z06_and_z09_count_double_when_support_need_is_2():
    def percentage(need):
        product = good_product(
            support_need=need,
            answers=(answer("Z01"), *(answer(code, Value.NO) for code in ("Z02", "Z03", "Z07", "Z09", "Z10"))),
        )
        return support(product, message_only(answer("Z05"), answer("Z06", Value.NO))).percentage

    assert [percentage(need) for need in (None, 0, 1, 2)] == [25, 25, 25, 100 * 4 // 16]


def test_section_4_doubled_forms_change_the_score():
    product = product_with("Z03", support_need=2)
    plain = product_with("Z03", support_need=0)
    twice, once = (support(each, BARE, organisation=WITH_PAGE, channels=()) for each in (product, plain))
    assert (twice.percentage, once.percentage) == (100 * 2 // 15, 100 * 1 // 11)


def test_section_4_z0_when_nothing_is_known():
    found = support(product_with(), BARE, organisation=OrganisationContent())
    assert (found.level, found.colour) == (SupportLevel.Z0, Colour.GREY)


def test_section_4_z0_when_only_the_page_of_the_organisation_is_known():
    assert support(product_with(), BARE, organisation=WITH_PAGE).level is SupportLevel.Z0


def test_section_4_z1_when_there_is_only_information():
    assert (
        support(good_product(answers=(answer("Z02", Value.NO),)), BARE, organisation=WITH_PAGE).level is SupportLevel.Z1
    )


def test_section_4_z2_when_the_minimum_is_met():
    assert support(product_with("Z01"), BARE, organisation=WITH_PAGE).level is SupportLevel.Z2


COMPLETE = with_answer(good_product(), answer("W03", choices=("Z01",)))


def test_section_4_z3_when_machtigen_b1_and_wcag_are_proven_too():
    assert support(COMPLETE).level is SupportLevel.Z3


@pytest.mark.parametrize("code", ["W05", "W06", "W07"])
def test_section_4_z2_when_machtigen_b1_or_wcag_is_not_proven(code):
    product, message, channel = COMPLETE, good_message(), good_channel()
    if code == "W05":
        message = with_answer(message, answer(code, evidence_url=""))
    elif code == "W06":
        product = with_answer(product, answer(code, evidence_url=""))
    else:
        channel = with_answer(channel, answer(code, evidence_url=""))
    assert support(product, message, channels=(channel,)).level is SupportLevel.Z2


@pytest.mark.parametrize(
    ("tested", "level"),
    [
        (RECENT, SupportLevel.Z4),
        (OLD, SupportLevel.Z3),
        (ON + timedelta(days=1), SupportLevel.Z3),
        (None, SupportLevel.Z3),
    ],
)
def test_section_4_z4_when_tested_with_the_target_group_in_the_last_24_months(tested, level):
    product = COMPLETE.model_copy(update={"tested_with_target_group_on": tested})
    assert support(product).level is level


def test_section_4_target_groups_that_no_form_reaches_are_named():
    product = good_product(
        target_groups=(TargetGroup.LOW_LITERACY, TargetGroup.NO_DEVICE),
        answers=(
            answer("Z01", reaches=(TargetGroup.NO_DEVICE,)),
            answer("Z02", Value.NO, reaches=(TargetGroup.LOW_LITERACY,)),
        ),
    )
    assert support(product).not_reached == (TargetGroup.LOW_LITERACY,)


def test_section_4_a_product_with_only_outgoing_messages_needs_personal_help_and_a_counter():
    assert support(product_with("Z01"), good_outgoing(), organisation=WITH_PAGE).missing == ()


# --- Findings ---------------------------------------------------------------------------------------------------------


def found(case):
    return findings(case, message_verdict(case, ON))


def test_a_message_in_order_has_no_findings():
    assert (found(good_case()), organisation_findings(organisation_verdict(good_organisation(), ON))) == ((), ())


def test_an_untouched_message_has_one_finding_not_twenty():
    [finding] = found(Case(ProductContent(name="Paspoort", team="Burgerzaken"), MessageTypeContent(name="Aanvraag")))
    assert (finding.code, finding.product, finding.team) == (UNANSWERED, "Paspoort", "Burgerzaken")


def test_an_untouched_organisation_has_one_finding():
    [finding] = organisation_findings(organisation_verdict(OrganisationContent(), ON))
    assert (finding.code, finding.product) == (UNANSWERED, "")


def test_a_finding_names_the_article_its_status_the_owner_and_what_to_do():
    [finding] = found(replace(break_duty("W22", Value.NO), key="bericht-7"))
    assert (finding.code, finding.severity, finding.value) == ("W22", Severity.CRITICAL, Value.NO)
    assert finding.cited == "Awb afdeling 2.3 (nummer onbekend) (nakijken)"
    assert (finding.owner, finding.key, finding.channel) == (
        "Teamleider vergunningen",
        "bericht-7",
        "Formulier kapvergunning",
    )
    assert (finding.message, finding.todo) == (duties()["W22"].gap, duties()["W22"].todo)


@pytest.mark.parametrize(
    ("given", "start"),
    [
        (answer("W04", Value.UNKNOWN), "Nog niet bekend: "),
        (answer("W04", evidence_url=""), "Ja, zonder bewijs: "),
        (answer("W04", Value.PARTLY), "Voor een deel geregeld: "),
        (answer("W04", answered_on=OLD), "Het antwoord is ouder dan 24 maanden: "),
    ],
)
def test_a_finding_says_why_it_is_there(given, start):
    [finding] = found(good_case(message=message_with(given)))
    assert finding.message == start + duties()["W04"].question


def test_a_finding_about_channels_with_login_says_who_is_left_out():
    channel = good_channel(level=Availability.D5, login_levels=(LoginLevel.DIGID_MIDDEN,))
    [finding] = found(good_case(channels=(channel,)))
    assert finding.message == duties()["W12"].partly


def test_a_finding_about_channels_of_which_the_login_is_unknown_claims_no_login():
    [finding] = found(good_case(channels=(good_channel(level=Availability.D6),)))
    assert finding.message.startswith("Van geen digitaal kanaal is bekend dat het zonder DigiD of eHerkenning kan.")


def test_upcoming_and_advice_are_marked_in_findings():
    [upcoming] = found(good_case(message=with_answer(good_outgoing(), answer("W30", Value.NO))))
    unofficial = good_message(official=Official.NO)
    [advice] = found(good_case(message=unofficial, channels=(channel_with(answer("W22", Value.NO)),)))
    assert (upcoming.is_upcoming, upcoming.is_advice) == (True, False)
    assert (advice.is_upcoming, advice.is_advice) == (False, True)


def test_an_answer_that_says_nothing_is_no_answer():
    case = Case(ProductContent(), message_only(Answer(duty="W04", note="later", answered_on=RECENT)))
    assert colour_of(case) is Colour.GREY


def test_outgoing_messages_of_unknown_kind_are_judged_too():
    case = Case(ProductContent(), MessageTypeContent(direction=Direction.OUT, answers=(answer("W27"),)))
    assert (colour_of(case), score(message_verdict(case, ON).judgements).applicable) == (
        Colour.ORANGE,
        10 + 5 + 5 + 5 + 2,
    )
