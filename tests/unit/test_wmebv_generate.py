"""Messages and channels to start from: what the law puts beside an application, and nothing that is not known."""

import pytest

from core.content import YesNo
from wmebv.content import Audience, Availability, ChannelKind, ChannelUse, Direction, LoginLevel, MessageKind, Official
from wmebv.generate import CONTACT_FORM, DESK, proposed, stated
from wmebv.importer import ChannelRow, ProductRow, starter_products

PERMIT = ProductRow(
    name="Kapvergunning",
    message_kind=MessageKind.APPLICATION,
    expected_availability=Availability.D5,
    login_levels={Audience.RESIDENT: LoginLevel.DIGID_MIDDEN, Audience.BUSINESS: LoginLevel.EH3},
)


def kinds(row):
    return [message.kind for message in proposed(row).messages]


def channels_of(row, place=0):
    return [(link.channel, link.use) for link in proposed(row).messages[place].channels]


def test_an_application_for_a_permit_gets_every_message_around_a_decision():
    assert kinds(PERMIT) == [
        MessageKind.APPLICATION,
        MessageKind.SUPPLEMENT,
        MessageKind.ZIENSWIJZE,
        MessageKind.INGEBREKESTELLING,
        MessageKind.BEZWAAR,
        MessageKind.OUTGOING_DECISION,
    ]


def test_another_application_gets_no_zienswijze():
    row = ProductRow(name="Bijstand", message_kind=MessageKind.APPLICATION)
    assert MessageKind.ZIENSWIJZE not in kinds(row)


@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind is not MessageKind.APPLICATION])
def test_other_messages_stand_alone(kind):
    assert kinds(ProductRow(name="Product", message_kind=kind)) == [kind]


def test_only_the_product_for_complaints_has_a_complaint():
    proposals = [proposed(row) for row in starter_products()]
    complaints = [m for proposal in proposals for m in proposal.messages if m.kind is MessageKind.COMPLAINT]
    assert len(complaints) == 1


def test_a_decision_goes_out_and_has_no_channel_to_send_it_through():
    decision = proposed(PERMIT).messages[-1]
    assert (decision.direction, decision.official, decision.channels) == (Direction.OUT, Official.NO, ())


def test_the_application_has_its_own_form_and_the_contact_form_as_safety_net():
    assert channels_of(PERMIT) == [
        ("E-formulier Kapvergunning", ChannelUse.PREFERRED),
        (CONTACT_FORM.name, ChannelUse.FALLBACK),
    ]
    form = proposed(PERMIT).channels[0]
    assert (form.kind, form.level, form.login_levels) == (
        ChannelKind.WEB_FORM,
        Availability.D5,
        (LoginLevel.DIGID_MIDDEN, LoginLevel.EH3),
    )


def test_a_bezwaar_goes_through_the_one_form_for_all_products():
    assert channels_of(PERMIT, 4)[0] == ("Formulier bezwaar", ChannelUse.PREFERRED)


def test_a_national_facility_is_one_channel_for_all_its_products():
    rows = [row for row in starter_products() if row.national_facility == "Omgevingsloket"]
    found = {channel for row in rows for channel in proposed(row).channels if channel.name == "Omgevingsloket"}
    assert [(channel.kind, channel.level) for channel in found] == [(ChannelKind.NATIONAL, Availability.DX)]


def test_who_must_come_in_person_goes_to_the_desk_and_has_no_safety_net():
    row = ProductRow(name="Paspoort", message_kind=MessageKind.APPLICATION, physical_presence=YesNo.YES)
    assert channels_of(row) == [(DESK.name, ChannelUse.PREFERRED)]


def test_without_an_expected_level_no_channel_is_made_up():
    row = ProductRow(name="Product", message_kind=MessageKind.REQUEST)
    assert channels_of(row) == [(CONTACT_FORM.name, ChannelUse.FALLBACK)]


@pytest.mark.parametrize(
    ("said", "kind", "official"),
    [
        (Official.UNKNOWN, MessageKind.APPLICATION, Official.YES),
        (Official.UNKNOWN, MessageKind.SIGNAL, Official.NO),
        (Official.UNKNOWN, None, Official.UNKNOWN),
        (Official.MIXED, MessageKind.APPLICATION, Official.MIXED),
    ],
)
def test_what_the_list_says_goes_before_what_the_kind_suggests(said, kind, official):
    row = ProductRow(name="Product", message_name="Bericht", message_kind=kind, official_message=said)
    assert proposed(row).messages[0].official == official


def test_a_row_that_names_no_message_proposes_none():
    assert (proposed(ProductRow(name="Product")).messages, stated(ProductRow(name="Product")).messages) == ((), ())


def test_what_is_stated_is_only_what_the_list_says():
    row = ProductRow(
        name="Wmo",
        message_kind=MessageKind.NOTIFICATION,
        channels=(ChannelRow(name="webformulier", url="www.voorbeeld.nl/wmo"), ChannelRow(name="Omgevingsloket")),
    )
    found = stated(row)
    assert [(channel.name, channel.url) for channel in found.channels] == [
        ("webformulier Wmo", "https://www.voorbeeld.nl/wmo"),
        ("Omgevingsloket", ""),
    ]
    assert [link.channel for link in found.messages[0].channels] == ["webformulier Wmo", "Omgevingsloket"]


def test_one_name_is_one_channel_in_the_whole_starter_set():
    found = {}
    for row in starter_products():
        for channel in proposed(row).channels:
            assert found.setdefault(channel.name, channel) == channel


def test_every_channel_that_a_message_names_is_proposed_too():
    for row in starter_products():
        proposal = proposed(row)
        named = {link.channel for message in proposal.messages for link in message.channels}
        assert named <= {channel.name for channel in proposal.channels}
