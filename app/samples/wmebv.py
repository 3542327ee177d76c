"""What the example municipality answers about its products, messages and channels. Everything is made up.

Well on the way, not finished: one team has done its homework, another half, two have not begun, and the contact form
misses what every form misses at first. So each colour of the report is there.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from core.content import YesNo
from wmebv.content import (
    ActionContent,
    ActionStatus,
    Ambition,
    Answer,
    Availability,
    ChannelContent,
    ChannelKind,
    Designation,
    Direction,
    GoalContent,
    Measure,
    MessageKind,
    MessageTypeContent,
    NormResult,
    Official,
    ProductContent,
    Satisfaction,
    TemplateContent,
    Value,
)
from wmebv.generate import CONTACT_FORM

_COLLECTS: Mapping[str, Sequence[int]] = {
    "reisdocument": (1, 2),
    "rijbewijs": (3, 4, 5),
    "brp-inschrijven": (6, 7, 8, 9, 12, 15),
    "brp-verstrekken": (10, 11, 13, 24),
    "adresonderzoek": (14,),
    "geboorte": (16, 17, 23),
    "overlijden": (18,),
    "huwelijk": (19, 20, 21, 22),
    "nederlanderschap": (25, 27, 28),
    "vog": (26,),
    "verkiezingen": (29, 30, 31),
    "begraven": (32, 114),
    "evenement": (33, 43, 44, 50, 51),
    "alcohol-horeca": (34, 35, 36, 37, 38),
    "standplaats-markt": (39, 40, 41, 42),
    "openbare-orde": (45,),
    "omgevingsvergunning": (53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64),
    "handhaving-bouw": (65,),
    "bibob": (66,),
    "parkeervergunning": (68, 69),
    "gehandicaptenparkeren": (70, 71),
    "bijstand": (75, 76, 77, 78, 79, 80, 81, 82),
    "minimaregelingen": (76, 77, 85),
    "re-integratie": (83,),
    "schuldhulp": (84,),
    "wmo-ondersteuning": (86, 87, 88, 89, 90, 91, 94),
    "jeugdhulp": (92, 93),
    "kinderopvang": (95, 98),
    "leerlingenvervoer": (96,),
    "leerplicht": (97,),
    "woonurgentie": (99,),
    "bezwaar": (104, 115),
    "kwijtschelding": (105,),
    "invordering": (106,),
    "toeristenbelasting": (108,),
    "woz-ozb": (109,),
    "meldingen-openbare-ruimte": (110,),
    "afvalstoffenheffing": (111,),
    "klachten": (116,),
    "woo-verzoeken": (118, 119),
    "subsidies": (120,),
}
"""Processing of the starter set -> numbers of the starter products that collect its data. The rest has no link yet."""
LINKS: Mapping[str, tuple[str, ...]] = {
    f"WMS-{number:03}": tuple(based_on for based_on, numbers in _COLLECTS.items() if number in numbers)
    for number in range(1, 121)
}
"""Id of a starter product -> processings of the starter set that hold its data."""
DONE = frozenset({"Burgerzaken", "Belastingen", "Zorg en jeugd"})
"""Teams that answered everything."""
HALF_WAY = frozenset({"Vergunningen, toezicht en handhaving", "Werk en inkomen", "Juridische Zaken", "Wonen"})
"""Teams that answered the first questions. The others have not begun."""
PRINTED = frozenset({"Leerlingenvervoer", "Grafuitgifte", "Subsidie", "Gehandicaptenparkeerkaart", "Afvalcontainer"})
"""Products with a form to print instead of a digital one."""
VOLUMES = (
    *(1400, 2100, 500, 1900, 40, 1500, 120, 350, 45, 180, 15, 60, 800, 70, 90, 210, 110, 240, 95, 25),
    *(60, 30, 420, 35, 20, 380, 25, 15, 300, 650, 10, 230, 140, 18, 55, 12, 15, 25, 30, 8),
    *(24, 6, 40, 60, 5, 85, 12, 10, 2, 70, 45, 15, 30, 190, 260, 110, 65, 20, 15, 40),
    *(130, 180, 210, 320, 75, 20, 6, 900, 160, 190, 22, 85, 40, 70, 240, 850, 430, 15, 30, 12),
    *(1200, 380, 45, 160, 700, 620, 540, 90, 130, 260, 55, 480, 40, 350, 25, 140, 65, 20, 85, 40),
    *(10, 35, 12, 450, 780, 310, 520, 95, 640, 4200, 900, 380, 35, 60, 140, 55, 45, 60, 3, 130),
)
"""How often a municipality of 23,000 people sees each starter product in a year, in their order."""
_PER_THOUSAND: Mapping[MessageKind, int] = {
    MessageKind.SUPPLEMENT: 150,
    MessageKind.ZIENSWIJZE: 30,
    MessageKind.BEZWAAR: 20,
    MessageKind.INGEBREKESTELLING: 5,
    MessageKind.OUTGOING_DECISION: 950,
}
"""How many of such a message come with a thousand of the product."""
_NORMS: Mapping[MessageKind, str] = {
    MessageKind.APPLICATION: "Besluit binnen 8 weken",
    MessageKind.BEZWAAR: "Besluit binnen 12 weken",
    MessageKind.INGEBREKESTELLING: "Besluit binnen 2 weken",
}
_DIGITAL = frozenset({Availability.D4, Availability.D5, Availability.D6, Availability.DX})
_SITE = "https://openboek.example"
_DECISION = "Aanwijzingsbesluit elektronische kanalen 2026"


def organisation_answers(today: date) -> Sequence[Answer]:
    """The duties of the organisation as a whole."""
    asked = today - timedelta(days=45)
    given: Sequence[tuple[str, Value, dict[str, object]]] = (
        ("W01", Value.YES, {"evidence_url": f"{_SITE}/hulp", "evidence_on": asked}),
        ("W02", Value.YES, {"evidence_document": "Beleid passende ondersteuning", "evidence_on": date(2025, 3, 11)}),
        ("W08", Value.PARTLY, {}),
        ("W18", Value.YES, {"evidence_url": f"{_SITE}/contact"}),
        ("W19", Value.NO, {}),
        ("W20", Value.YES, {"evidence_document": "Werkafspraak doorsturen", "evidence_on": date(2026, 1, 15)}),
        ("W21", Value.UNKNOWN, {}),
        ("W25", Value.YES, {}),
        ("Z04", Value.YES, {"evidence_document": "Overeenkomst bibliotheek", "evidence_on": date(2025, 9, 1)}),
        ("Z12", Value.YES, {"evidence_url": f"{_SITE}/hulp"}),
    )
    return [
        Answer.model_validate(
            {"duty": duty, "value": value, "answered_on": asked, "answered_by": "Wmebv-coördinator", **evidence}
        )
        for duty, value, evidence in given
    ]


def form_engine(today: date) -> TemplateContent:
    """What all forms of one system share."""
    asked = today - timedelta(days=60)
    answers = tuple(_yes(duty, asked) for duty in ("W14", "W16", "W24", "W26"))
    return TemplateContent(name="Formulierengenerator", note="Voor alle webformulieren op de website.", answers=answers)


def answered_channel(content: ChannelContent, *, today: date) -> ChannelContent:
    """A channel with its designation and its answers; a desk or paper needs none."""
    if content.name.removeprefix("E-formulier ") in PRINTED:
        return content.model_copy(update={"level": Availability.D2, "kind": ChannelKind.PAPER, "login_levels": ()})
    if content.level not in _DIGITAL:
        return content
    seed = sum(map(ord, content.name))
    asked = today - timedelta(days=30 + seed % 200)
    url = content.url or f"{_SITE}/formulieren/{seed}"
    is_form, decided_on = content.kind is ChannelKind.WEB_FORM, date(2026, 1, 1)
    designation = Designation(
        bodies=("college", "burgemeester", "raad"),
        title=_DECISION,
        decided_on=decided_on,
        reference=f"{_SITE}/gemeenteblad-2026-1",
    )
    answers = (
        _choice("W07", "C" if seed % 5 == 0 else "B", asked),
        _yes("W14", asked),
        _yes("W16", asked),
        _value("W17", Value.PARTLY if seed % 6 == 0 else Value.YES, asked),
        _value("W22", Value.NO if is_form and seed % 4 == 0 else Value.YES, asked),
        _choice("W23", "kan_niet" if is_form and seed % 5 == 0 else "kopie", asked),
        _yes("W24", asked),
        _yes("W26", asked),
        _yes("Z08", asked),
    )
    return content.model_copy(
        update={
            "url": url,
            "designated": YesNo.NO if seed % 7 == 0 else YesNo.YES,
            "designation": Designation() if seed % 7 == 0 else designation,
            "changed_on": asked - timedelta(days=10) if seed % 6 == 0 else decided_on - timedelta(days=30 + seed % 300),
            "reachable": YesNo.NO if is_form and seed % 40 == 0 else YesNo.YES,
            "reachable_checked_on": today - timedelta(days=1),
            "answers": answers,
            "satisfaction": _satisfaction(seed, today) if is_form else (),
        }
    )


def _satisfaction(seed: int, today: date) -> tuple[Satisfaction, ...]:
    """For one in six forms, over two years: most got better, some worse."""
    if seed % 6:
        return ()
    now = 60 + seed % 25
    grades = ((1, now), (2, now + seed % 9 - 5))
    return tuple(
        Satisfaction(year=today.year - ago, grade=f"{tenths // 10},{tenths % 10}", source="Enquête op de website")
        for ago, tenths in grades
    )


def answered_product(content: ProductContent, *, today: date) -> ProductContent:
    """A product with its volume and the answers of its team."""
    number = _number(content)
    filled = content.model_copy(
        update={
            "yearly_volume": VOLUMES[(number - 1) % len(VOLUMES)],
            "process_owner": f"Teamleider {content.team}",
            "controller": content.controller or "college",
            "ambitions": _ambitions(number, today),
        }
    )
    if content.team not in DONE | HALF_WAY:
        return filled
    asked = today - timedelta(days=30 + number)
    answers = [_yes("W15", asked)]
    if not _has_desk(content):
        answers += [_value(duty, Value.NO, asked) for duty in ("W03", "Z01", "Z02")]
    else:
        helps = _yes("W03", asked).model_copy(update={"choices": ("Z01",)})
        answers += [helps, _yes("Z01", asked), _yes("Z02", asked)]
    if content.team in DONE:
        answers += [_yes("W06", asked), _yes("Z03", asked), _yes("Z09", asked)]
    return filled.model_copy(update={"answers": tuple(answers)})


def _has_desk(content: ProductContent) -> bool:
    """One product in eleven of the teams that are half-way knows neither a desk nor paper."""
    return content.team not in HALF_WAY or _number(content) % 11 != 0


def _ambitions(number: int, today: date) -> tuple[Ambition, ...]:
    """For one in four products; every other one had to be ready last year."""
    if number % 4:
        return ()
    year = today.year - 1 if number % 8 else today.year + 1
    level = Availability.D3 if number % 12 else Availability.D5
    return (Ambition(year=year, level=level, source="Dienstverleningsvisie"),)


def _norm(number: int, content: MessageTypeContent, today: date) -> dict[str, object]:
    """For one in five products; one in ten was measured."""
    if number % 5:
        return {}
    share = 62 + (7 * number + 3 * len(content.name)) % 37
    measured = NormResult(year=today.year - 1, percentage=share, source="Zaaksysteem")
    norm = _NORMS.get(content.kind or MessageKind.OTHER, "Antwoord binnen 5 werkdagen")
    return {"service_norm": norm, "norm_results": (measured,) if number % 2 == 0 else ()}


def answered_message(product: ProductContent, content: MessageTypeContent, *, today: date) -> MessageTypeContent:
    """A message type with the answers of its team, or as it was when that team has not begun."""
    if product.name in PRINTED:
        links = tuple(each for each in content.channels if each.channel != CONTACT_FORM.name)
        content = content.model_copy(update={"channels": links})
    if content.kind and content.kind in _PER_THOUSAND:
        volume = max(1, (product.yearly_volume or 0) * _PER_THOUSAND[content.kind] // 1000)
        content = content.model_copy(update={"yearly_volume": volume})
    if product.team not in DONE | HALF_WAY:
        return content
    number = _number(product)
    asked = today - timedelta(days=20 + number)
    done = product.team in DONE
    if content.direction is Direction.OUT:
        # The same for every team: letters go through one system.
        told = Value.YES if product.team == "Burgerzaken" else Value.NO
        answers = [_yes("W27", asked), _yes("W28", asked), _yes("W29", asked), _value("W30", told, asked)]
        answers += [_choice("W31", "andere_weg", asked), _yes("W32", asked)]
        return content.model_copy(update={"answers": tuple(answers), "assessed_on": asked})
    on_paper = Value.YES if _has_desk(product) else Value.NO
    answers = [
        _value("W04", on_paper, asked),
        _yes("W05", asked).model_copy(update={"choices": ("brief",)}),
        _value("Z05", on_paper, asked),
        _yes("Z06", asked),
    ]
    if product.physical_presence is YesNo.YES:
        law = product.legal_bases[0] if product.legal_bases else None
        answers.append(
            Answer(
                duty="W09",
                choices=("verplicht_fysiek",),
                law=law.law if law else "",
                article=law.article if law else "",
                answered_on=asked,
            )
        )
    else:
        answers.append(_choice("W09", "nee", asked))
    if done:
        answers.append(_choice("W33", "niet_nodig", asked))
    official = Official.YES if content.official is Official.UNKNOWN else content.official
    return content.model_copy(
        update={
            "answers": tuple(answers),
            "official": official,
            "assessed_on": asked,
            **_norm(number, content, today),
        }
    )


def _number(content: ProductContent) -> int:
    return int(content.external_id.removeprefix("WMS-") or 0)


def _yes(duty: str, asked: date) -> Answer:
    return _value(duty, Value.YES, asked)


def _value(duty: str, value: Value, asked: date) -> Answer:
    proof = f"{_SITE}/bewijs/{duty.lower()}" if value is Value.YES else ""
    return Answer(duty=duty, value=value, evidence_url=proof, answered_on=asked, answered_by="Proceseigenaar")


def _choice(duty: str, code: str, asked: date) -> Answer:
    return Answer(
        duty=duty,
        choices=(code,),
        evidence_url=f"{_SITE}/bewijs/{duty.lower()}",
        evidence_on=asked,
        answered_on=asked,
        answered_by="Proceseigenaar",
    )


def goals(today: date) -> tuple[GoalContent, ...]:
    """What the municipality of the example wants to reach."""
    half = "De helft van de pdf-formulieren is een digitaal formulier"
    all_ = "Alle pdf-formulieren zijn een digitaal formulier"
    forms = {"measure": Measure.CONVERTED, "base_on": today}
    return (
        GoalContent(title=half, target=50, by=date(today.year + 1, 12, 31), **forms),
        GoalContent(title=all_, target=100, by=date(today.year + 2, 12, 31), **forms),
        GoalContent(
            title="Elk officieel bericht heeft een kanaal in een bekendgemaakt besluit",
            measure=Measure.DESIGNATED,
            target=100,
            by=date(today.year + 1, 6, 30),
        ),
        GoalContent(
            title="Wat digitaal moet zijn volgens de dienstverleningsvisie, is dat ook",
            measure=Measure.AMBITION,
            target=80,
            by=date(today.year + 1, 12, 31),
        ),
    )


COSTS = (1500, 4000, None, 750, 2500)


def planned(proposal: ActionContent, place: int, *, today: date) -> ActionContent:
    """An action of the example: the first is late, every fifth has no price yet."""
    due_on = today + timedelta(days=23 * place - 14)
    facts = {
        "owner": proposal.owner or "Programmaleider digitale dienstverlening",
        "due_on": due_on,
        "phase": due_on.year,
        "cost": COSTS[place % len(COSTS)],
        "supplier": "Formulieren Oost BV" if place % 2 else "",
        "status": ActionStatus.BUSY if place % 4 == 0 else ActionStatus.OPEN,
    }
    return proposal.model_copy(update=facts)
