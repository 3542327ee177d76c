"""Wmebv records for tests: `good_*` is green in every part, and each test breaks the one thing it is about."""

import random
from datetime import UTC, date, datetime

from core.content import YesNo
from wmebv.content import (
    Answer,
    Availability,
    ChannelContent,
    ChannelKind,
    ChannelLink,
    Designation,
    Direction,
    LoginLevel,
    MessageKind,
    MessageTypeContent,
    Official,
    OrganisationContent,
    ProductContent,
    TargetGroup,
    Value,
    YearVolume,
)
from wmebv.duties import Scope, duties, duties_of
from wmebv.report import Inventory, KeyFigures, MessageEntry, ProductEntry
from wmebv.rules import Case

ON = date(2026, 11, 21)
"""The date of the verdict in tests: W30 is the only duty not in force yet."""
RECENT = date(2026, 5, 1)
OLD = date(2024, 11, 20)
"""One day more than 24 months before `ON`."""

GOOD_CHOICES = {
    "W05": "digid_machtigen",
    "W07": "A",
    "W09": "nee",
    "W23": "download",
    "W31": "opnieuw",
    "W33": "digitaal",
}


def answer(duty, value=Value.YES, **changes):
    """A recent answer with evidence; a choice duty gets its good choice."""
    fields = {"value": value, "evidence_url": "https://voorbeeld.nl/bewijs", "answered_on": RECENT}
    if duty in GOOD_CHOICES and value is Value.YES:
        fields["choices"] = (GOOD_CHOICES[duty],)
    if duty == "W02":
        fields["evidence_on"] = RECENT
    return Answer(duty=duty, **(fields | changes))


def with_answer(content, new):
    """The content with this answer instead of the one about the same duty."""
    kept = tuple(each for each in content.answers if each.duty != new.duty)
    return content.model_copy(update={"answers": (*kept, new)})


def without_answer(content, *codes):
    return content.model_copy(update={"answers": tuple(each for each in content.answers if each.duty not in codes)})


def good_product(**changes):
    fields = {
        "name": "Kapvergunning",
        "team": "Vergunningen",
        "process_owner": "Teamleider vergunningen",
        "yearly_volume": 100,
        "support_need": 0,
        "answers": tuple(answer(duty.code) for duty in duties_of(Scope.PRODUCT)),
    }
    return ProductContent(**(fields | changes))


def good_channel(**changes):
    fields = {
        "name": "Formulier kapvergunning",
        "kind": ChannelKind.WEB_FORM,
        "url": "https://voorbeeld.nl/formulier",
        "level": Availability.D4,
        "designated": YesNo.YES,
        "designation": Designation(bodies=("college",), decided_on=RECENT, reference="gmb-2026-1"),
        "answers": tuple(answer(duty.code) for duty in duties_of(Scope.CHANNEL)),
    }
    return ChannelContent(**(fields | changes))


def good_message(**changes):
    fields = {
        "name": "Aanvraag kapvergunning",
        "kind": MessageKind.APPLICATION,
        "official": Official.YES,
        "assessed_on": RECENT,
        "channels": (ChannelLink(channel="Formulier kapvergunning"),),
        "answers": tuple(answer(code) for code in ("W04", "W05", "W09", "W33")),
    }
    return MessageTypeContent(**(fields | changes))


def good_outgoing(**changes):
    fields = {
        "name": "Besluit kapvergunning",
        "kind": MessageKind.OUTGOING_DECISION,
        "official": Official.NO,
        "direction": Direction.OUT,
        "assessed_on": RECENT,
        "answers": tuple(answer(duty.code) for duty in duties_of(Scope.OUTGOING)),
    }
    return MessageTypeContent(**(fields | changes))


def good_organisation():
    return OrganisationContent(answers=tuple(answer(duty.code) for duty in duties_of(Scope.ORGANISATION)))


def good_case(*, product=None, message=None, channels=None):
    return Case(
        product or good_product(), message or good_message(), (good_channel(),) if channels is None else channels
    )


def inventory(*products, answers=None, **changes):
    return Inventory(
        organisation="Gemeente Voorbeeld",
        data_changed_at=datetime(2026, 11, 20, 13, 5, tzinfo=UTC),
        answers=good_organisation() if answers is None else answers,
        products=products,
        **changes,
    )


def good_entry(**changes):
    return ProductEntry(good_product(**changes), (MessageEntry(good_message(), (good_channel(),), key="1"),))


def mixed_inventory(seed, size=40):
    """A municipality with everything that can occur, the same for the same seed."""
    rng = random.Random(seed)
    channels = [_mixed_channel(rng, number) for number in range(size)]
    products = []
    for number in range(size):
        product = ProductContent(
            name=f"Product {number:03}",
            team=rng.choice(["Belastingen", "Burgerzaken", "Zorg en jeugd", ""]),
            process_owner=rng.choice(["Teamleider", ""]),
            yearly_volume=rng.choice([None, 0, 12, 5000]),
            support_need=rng.choice([None, 0, 1, 2]),
            target_groups=tuple(rng.sample(list(TargetGroup), rng.randrange(3))),
            tested_with_target_group_on=rng.choice([None, OLD, RECENT]),
            answers=_mixed_answers(rng, [*(d.code for d in duties_of(Scope.PRODUCT)), "Z01", "Z02", "Z07", "Z09"]),
        )
        if rng.random() < 0.5:
            product = product.model_copy(update={"answers": good_product().answers})
        messages = []
        for place in range(rng.randrange(4)):
            direction = rng.choice([Direction.IN, Direction.IN, Direction.OUT])
            scope = Scope.MESSAGE if direction is Direction.IN else Scope.OUTGOING
            chosen = tuple(rng.sample(channels, rng.randrange(3)))
            content = MessageTypeContent(
                name=f"Bericht {place}",
                kind=rng.choice([None, MessageKind.APPLICATION, MessageKind.OUTGOING_DECISION, MessageKind.BEZWAAR]),
                official=rng.choice(list(Official)),
                direction=direction,
                yearly_volume=rng.choice([None, None, 7, 900]),
                volumes=_counted(number + place),
                assessed_on=rng.choice([None, None, OLD, RECENT]),
                channels=tuple(ChannelLink(channel=channel.name) for channel in chosen),
                answers=_mixed_answers(rng, [d.code for d in duties_of(scope)]),
            )
            if rng.random() < 0.4:
                content, chosen = rng.choice([good_message(), good_outgoing()]), (good_channel(),)
            messages.append(MessageEntry(content, chosen, key=f"{number}-{place}"))
        products.append(ProductEntry(product, tuple(messages)))
    earlier = KeyFigures(date(2026, 1, 1), 40, 10, 5, 2, 1, 2, 35)
    organisation = OrganisationContent(answers=_mixed_answers(rng, [d.code for d in duties_of(Scope.ORGANISATION)]))
    return inventory(*products, answers=organisation, previous=(earlier,))


def _counted(number):
    """Counts of some years for two of three messages: by all channels together, or by each of two."""
    both = (YearVolume(year=2025, channel="A", number=40), YearVolume(year=2025, channel="B", number=2))
    whole = (YearVolume(year=2024, number=3000), YearVolume(year=None, number=9), YearVolume(year=2026))
    return ((), whole + both, (*both, YearVolume(year=2025, number=45)))[number % 3]


def _mixed_channel(rng, number):
    return ChannelContent(
        name=f"Kanaal {number:03}",
        kind=rng.choice([None, *ChannelKind]),
        url=rng.choice(["", f"https://voorbeeld.nl/{number}"]),
        level=rng.choice([None, *Availability, *Availability]),
        login_levels=tuple(rng.sample(list(LoginLevel), rng.randrange(3))),
        designated=rng.choice([None, YesNo.NO, YesNo.YES, YesNo.YES]),
        designation=Designation(
            bodies=rng.choice([(), ("college",)]),
            decided_on=rng.choice([None, OLD, RECENT]),
            reference=rng.choice(["", "gmb-2026-1", "gmb-2026-1"]),
        ),
        reachable=rng.choice([None, YesNo.NO, YesNo.YES]),
        changed_on=rng.choice([None, OLD, ON]),
        answers=_mixed_answers(rng, [duty.code for duty in duties_of(Scope.CHANNEL)]),
    )


def _mixed_answers(rng, codes):
    if rng.random() < 0.3:
        return ()
    return tuple(_mixed_answer(rng, code) for code in codes if rng.random() < 0.8)


def _mixed_answer(rng, code):
    duty = duties().get(code)
    choices = [choice.code for choice in duty.choices] if duty else []
    return Answer(
        duty=code,
        value=rng.choice([None, Value.NO, Value.UNKNOWN, Value.PARTLY, Value.NOT_APPLICABLE, *[Value.YES] * 8]),
        choices=tuple(rng.sample(choices, rng.randrange(2))) if choices else (),
        law=rng.choice(["", "Paspoortwet"]),
        article=rng.choice(["", "28"]),
        body=rng.choice(["", "college"]),
        evidence_url=rng.choice(["", "https://voorbeeld.nl/bewijs", "https://voorbeeld.nl/bewijs"]),
        evidence_on=rng.choice([None, RECENT]),
        answered_on=rng.choice([None, OLD, RECENT, RECENT, RECENT, RECENT]),
    )
