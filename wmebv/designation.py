"""The designation decision (aanwijzingsbesluit, Awb 2:13 lid 2) as a draft, from the inventory. Pure.

What does not follow from the data is an assumption that stands out. It never says that only a message by the right
route is handled: that goes further than the law (Awb 2:15 and next, reference section 3.4).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.content import YesNo
from core.papers import Block, Bullets, Grid, Heading, Kind, Paper, Paragraph, Turn
from wmebv.content import (
    Answer,
    ChannelContent,
    ChannelKind,
    ChannelUse,
    Direction,
    Executor,
    MessageTypeContent,
    Official,
    ProductContent,
    SpecialAct,
    Value,
)
from wmebv.duties import duties, support_forms
from wmebv.labels import LOGINS
from wmebv.report.model import NO_TEAM, Inventory
from wmebv.rules import is_electronic, is_given, special_act
from wmebv.rules.answers import by_duty, judge

Written = Callable[[date | None], str]
OMGEVINGSLOKET = "omgevingsloket"
_GOOD = frozenset({Value.YES, Value.PARTLY})
_WITHOUT_COMPUTER = frozenset({ChannelKind.PAPER, ChannelKind.DESK, ChannelKind.PHONE})
_ALWAYS = ("raad", "college", "burgemeester")
"""The bodies that take such a decision together, each for its own powers."""


@dataclass(frozen=True, slots=True)
class Body:
    """A public body, and the function that signs for it; empty when nobody said."""

    code: str
    name: str
    signatory: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One line of the annex: a message to the municipality, and how it is sent."""

    product: ProductContent
    message: MessageTypeContent
    channels: Sequence[ChannelContent]
    """Electronic ones, those to point at first; none when a law forbids the digital way."""
    others: Sequence[ChannelContent]
    """Ways without a computer."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """What must be mended before anybody can take the decision."""

    without_channel: Sequence[str]
    unassessed: Sequence[str]
    """Channels of which nobody said that they are reliable and confidential enough (W14)."""
    unreachable: Sequence[str]
    unsigned: Sequence[str]
    """Bodies without somebody who signs."""
    several_for_woz: Sequence[str]
    """Channels of messages about the WOZ, when there is more than one."""

    def __bool__(self) -> bool:
        return any((self.without_channel, self.unassessed, self.unreachable, self.unsigned, self.several_for_woz))


def ways(inventory: Inventory) -> Sequence[Way]:
    """Every official message to the municipality with its channels, by team, product and message."""
    found = [
        Way(
            entry.content,
            message.content,
            ()
            if _is_closed(message.content)
            else _in_order(message.content, [one for one in message.channels if is_electronic(one)]),
            [one for one in message.channels if one.kind in _WITHOUT_COMPUTER],
        )
        for entry in inventory.products
        for message in entry.messages
        if message.content.direction is Direction.IN and inventory.book.is_official(message.content.official)
    ]
    return sorted(found, key=lambda one: (_team(one), one.product.name.casefold(), one.message.name.casefold()))


def blocks(inventory: Inventory, bodies: Sequence[Body]) -> Blocks:
    """What stands in the way of the decision (reference section 9, a to d)."""
    every = ways(inventory)
    used = {one.name: one for way in every for one in way.channels}
    channels = [used[name] for name in sorted(used, key=str.casefold)]
    about_woz = {one.name for way in every if _is_about_woz(way) for one in way.channels[:1]}
    return Blocks(
        without_channel=[_called(way) for way in every if not (way.channels or _is_closed(way.message))],
        unassessed=[one.name for one in channels if not _is_good("W14", one.answers)],
        unreachable=[f"{one.name}: {one.url}" for one in channels if one.reachable is YesNo.NO],
        unsigned=[one.name for one in _deciding(every, bodies) if not one.signatory],
        several_for_woz=sorted(about_woz, key=str.casefold) if len(about_woz) > 1 else [],
    )


def designation(inventory: Inventory, bodies: Sequence[Body], on: date, day: Written) -> Paper:
    """The draft of the decision with its annex, its explanation, and below it what blocks it. `day` writes a date."""
    every = ways(inventory)
    return Paper(
        title=_title(inventory, on),
        subtitle=f"Concept, gemaakt uit de inventaris van {day(on)}",
        organisation=inventory.organisation,
        day=on,
        mark="Concept: nog niet besloten",
        blocks=(
            *_opening(inventory, _deciding(every, bodies)),
            *_articles(inventory, every, on),
            *_signing(_deciding(every, bodies)),
            *_annex(every),
            *_explanation(inventory, every),
            *_below(blocks(inventory, bodies)),
        ),
    )


def _opening(inventory: Inventory, bodies: Sequence[Body]) -> Iterator[Block]:
    names = [one.name for one in bodies]
    yield Paragraph(f"{_and(names)} van {inventory.organisation}, ieder voor zover het de eigen bevoegdheid betreft;")
    yield Paragraph(
        "Andere bestuursorganen met eigen bevoegdheden, zoals de heffingsambtenaar, de invorderingsambtenaar of de "
        "ambtenaar van de burgerlijke stand, staan hier alleen als een product ze noemt. Controleer of dat klopt.",
        Kind.ASSUMPTION,
    )
    yield Paragraph("gelezen de voorstellen van [datum van de voorstellen];")
    yield Paragraph("Vul de datums van de voorstellen in.", Kind.ASSUMPTION)
    yield Paragraph("gelet op artikel 2:13, tweede lid, en artikel 2:14 van de Algemene wet bestuursrecht;")
    yield Paragraph("besluiten vast te stellen:")


def _title(inventory: Inventory, on: date) -> str:
    return f"Aanwijzingsbesluit elektronische kanalen {inventory.organisation} {on.year}"


def _articles(inventory: Inventory, every: Sequence[Way], on: date) -> Iterator[Block]:
    for number, (title, content) in enumerate(_texts(inventory, every, on), start=1):
        yield Heading(f"Artikel {number}. {title}")
        yield from content


def _texts(inventory: Inventory, every: Sequence[Way], on: date) -> Iterator[tuple[str, Sequence[Block]]]:
    organisation = by_duty(inventory.answers.answers)
    yield "Wat de woorden betekenen", _meanings()
    yield "Berichten die iemand uit zichzelf stuurt", (*_own_initiative(every), *_undecided(inventory))
    yield "Berichten waar de gemeente om vraagt", _on_request(every)
    if any(_is_of_omgevingsloket(way) for way in every):
        yield (
            "Berichten over de Omgevingswet",
            (
                Paragraph(
                    "Een bericht op grond van de Omgevingswet dat in bijlage 1 bij het Omgevingsloket staat, wordt "
                    "gestuurd via het Omgevingsloket (artikel 20.21 van de Omgevingswet)."
                ),
            ),
        )
    if any(way.product.services_directive is YesNo.YES for way in every):
        yield (
            "Berichten van dienstverrichters",
            (
                Paragraph(
                    "Wie een dienst verricht als bedoeld in de Dienstenwet, kan ook het centraal loket gebruiken."
                ),
                Paragraph("Laat een jurist de tekst over de Dienstenwet nakijken.", Kind.ASSUMPTION),
            ),
        )
    yield "Andere berichten", _other_messages(organisation.get("W18"))
    yield (
        "Bestanden",
        (
            Paragraph(
                "Een formulier noemt welke soorten bestanden kunnen worden meegestuurd en hoe groot die mogen zijn."
            ),
            Paragraph("Controleer bij elk formulier of het niet meer eist dan nodig is (W16).", Kind.ASSUMPTION),
        ),
    )
    yield "Storing", _outage(every)
    yield "Een bericht langs een andere weg", _wrong_channel(organisation)
    yield (
        "Papier",
        (
            Paragraph(
                "Wie een bericht niet digitaal kan of wil sturen, kan dat per brief of aan de balie doen, tenzij een "
                "bijzondere wet anders bepaalt. De gemeente helpt wie daar hulp bij nodig heeft (Awb artikel 2:1)."
            ),
        ),
    )
    yield (
        "Ingang en naam",
        (
            Paragraph(
                "Dit besluit gaat in op de dag na die van de bekendmaking in het gemeenteblad. Het heet: "
                f"{_title(inventory, on)}. Het vorige "
                "aanwijzingsbesluit vervalt dan."
            ),
            Paragraph(
                "Noem het besluit dat vervalt, of haal de laatste zin weg als dit het eerste is.", Kind.ASSUMPTION
            ),
        ),
    )


def _meanings() -> Sequence[Block]:
    return (
        Paragraph("In dit besluit is:"),
        Bullets(
            (
                "bericht: een bericht als bedoeld in artikel 2:13, eerste lid, van de Awb;",
                "ander bericht: elk ander bericht aan de gemeente (artikel 2:14 van de Awb);",
                "kanaal: de elektronische weg waarlangs een bericht wordt gestuurd;",
                "verzender: wie het bericht stuurt, of iemand die dat namens die persoon doet.",
            )
        ),
    )


def _own_initiative(every: Sequence[Way]) -> Sequence[Block]:
    made: list[Block] = [
        Paragraph(
            "Een bericht wordt gestuurd via het formulier of de voorziening die in bijlage 1 bij dat bericht staat, "
            "zoals die te vinden is op de pagina van het product op de website van de gemeente."
        )
    ]
    if any(way.product.executor in {Executor.JOINT, Executor.EXTERNAL} for way in every):
        made.append(
            Paragraph("Voert een andere organisatie een taak uit, dan geldt haar kanaal, zoals dat in bijlage 1 staat.")
        )
    if fallback := _fallback(every):
        made.append(Paragraph(f"Staat een bericht niet in bijlage 1, dan kan het via: {fallback}."))
    else:
        made += [
            Paragraph("Staat een bericht niet in bijlage 1, dan kan het via het algemene contactformulier."),
            Paragraph(
                "De inventaris noemt geen kanaal als vangnet. Controleer welk formulier dat is.", Kind.ASSUMPTION
            ),
        ]
    return made


def _undecided(inventory: Inventory) -> Iterator[Block]:
    """What is not in the annex, because nobody knows whether it belongs there."""
    number = sum(
        message.content.official is Official.UNKNOWN
        for entry in inventory.products
        for message in entry.messages
        if message.content.direction is Direction.IN and not inventory.book.is_strict
    )
    if number:
        told = f"Van {number} {'bericht' if number == 1 else 'berichten'} is nog niet bepaald of het officieel is"
        yield Paragraph(f"{told} (W10). Bepaal dat eerst: nu staan ze niet in bijlage 1.", Kind.ASSUMPTION)


def _on_request(every: Sequence[Way]) -> Sequence[Block]:
    told = Paragraph("Vraagt de gemeente om een bericht, dan geldt de elektronische weg die in dat verzoek staat.")
    if any(way.message.on_request is YesNo.YES for way in every):
        return (told,)
    return (
        told,
        Paragraph("In de inventaris staat nog bij geen bericht dat de gemeente erom vraagt.", Kind.ASSUMPTION),
    )


def _other_messages(answer: Answer | None) -> Sequence[Block]:
    told = Paragraph("Een ander bericht kan via het algemene contactformulier en per e-mail aan de gemeente.")
    if _is_yes("W18", answer):
        return (told,)
    return (told, Paragraph("Er is nog niet bepaald hoe andere berichten digitaal binnenkomen (W18).", Kind.ASSUMPTION))


def _outage(every: Sequence[Way]) -> Sequence[Block]:
    told = Paragraph(
        "Werkt een kanaal niet door een storing bij de gemeente, dan staat dat op de website. De gemeente kan de "
        "termijn om een bericht te sturen dan verlengen en zegt daar tot wanneer."
    )
    without = {one.name for way in every for one in way.channels if not _is_good("W24", one.answers)}
    if not without:
        return (told,)
    number = _channels(len(without))
    return (told, Paragraph(f"Van {number} is geen plan voor storingen bekend (W24).", Kind.ASSUMPTION))


def _wrong_channel(organisation: Mapping[str, Answer]) -> Sequence[Block]:
    made: list[Block] = [
        Paragraph(
            "Komt een bericht langs een andere elektronische weg binnen, dan stuurt de gemeente het door naar de "
            "juiste afdeling als dat zonder verdere bewerking kan, als het een bezwaar of beroep is, of als voor het "
            "bericht geen kanaal is aangewezen. De verzender hoort dan wanneer de termijn begint."
        ),
        Paragraph("Weigert de gemeente een bericht, dan hoort de verzender dat, met het kanaal dat wel kan."),
    ]
    missing = [code for code in ("W19", "W20", "W21") if not _is_yes(code, organisation.get(code))]
    if missing:
        names = ", ".join(f"{duties()[code].name.lower()} ({code})" for code in missing)
        made.append(Paragraph(f"De werkafspraak hiervoor is nog niet bewezen: {names}.", Kind.ASSUMPTION))
    return made


def _signing(bodies: Sequence[Body]) -> Iterator[Block]:
    yield Paragraph("Vastgesteld te [plaats] op [datum],")
    yield Grid(
        ("Bestuursorgaan", "Ondertekenaar"),
        [(one.name, one.signatory or "[nog invullen]") for one in bodies],
        "Ondertekening",
    )
    yield Paragraph(
        "Elk bestuursorgaan neemt dit besluit op een eigen dag. Maak het daarna bekend in het gemeenteblad, en noem "
        "het kanaal op de pagina van elk product.",
        Kind.ASSUMPTION,
    )


def _annex(every: Sequence[Way]) -> Iterator[Block]:
    yield Turn(is_wide=True)
    yield Heading("Bijlage 1. Kanalen")
    yield Grid(
        ("Team", "Product", "Bericht", "Kanaal", "Adres", "Inloggen", "Zonder internet"),
        [
            (
                _team(way),
                way.product.name,
                way.message.name,
                "\n".join(one.name for one in way.channels) or _without_channel(way.message),
                "\n".join(one.url or "nog niet bekend" for one in way.channels),
                "\n".join(dict.fromkeys(_logins(one) for one in way.channels)),
                _without_internet(way),
            )
            for way in every
        ],
        widths=(3, 4, 4, 4, 5, 3, 3),
    )


def _explanation(inventory: Inventory, every: Sequence[Way]) -> Iterator[Block]:
    organisation = by_duty(inventory.answers.answers)
    yield Turn(is_wide=False)
    yield Heading("Toelichting")
    yield Heading("Waarom deze kanalen", 2)
    yield Paragraph(
        "Iedereen mag een officieel bericht digitaal sturen. De gemeente zegt in dit besluit per soort bericht langs "
        "welke weg. Voor bijna alles is dat een formulier op de website: dat vraagt alleen wat nodig is, geeft meteen "
        "een ontvangstbevestiging en laat de verzender bewaren wat is ingevuld."
    )
    yield from _unproven(every)
    yield Heading("Hulp", 2)
    forms = [form.label for form in support_forms().values() if _is_yes(form.code, organisation.get(form.code))]
    if forms:
        yield Paragraph("Wie hulp nodig heeft, kan in elk geval hier terecht:")
        yield Bullets(forms)
    yield Paragraph("Bij elk product staat op de website welke hulp er is en hoe het zonder computer kan.")
    yield Heading("Een bericht langs een andere weg", 2)
    yield Paragraph(
        "De gemeente helpt wie een verkeerde weg koos op de goede weg. Een bericht dat zonder meer kan worden "
        "behandeld, een bezwaar, een beroep en een bericht zonder aangewezen kanaal worden altijd doorgeleid."
    )
    yield Heading("Nog na te kijken", 2)
    yield Paragraph(
        "De nummers van enkele artikelen van afdeling 2.3 zijn niet in de wet zelf nagekeken. Laat een jurist die "
        "controleren voor dit besluit wordt genomen.",
        Kind.ASSUMPTION,
    )


def _unproven(every: Sequence[Way]) -> Iterator[Block]:
    """What the note says of all forms, and the inventory not yet of each."""
    channels = {one.name: one for way in every for one in way.channels}.values()
    for code in ("W17", "W22", "W23"):
        if missing := sum(not _is_good(code, one.answers) for one in channels):
            yield Paragraph(
                f"Van {_channels(missing)} is dit nog niet bewezen: {duties()[code].name.lower()} ({code}).",
                Kind.ASSUMPTION,
            )


def _below(found: Blocks) -> Iterator[Block]:
    yield Heading("Wat dit besluit nog in de weg staat", on_new_page=True)
    yield Paragraph("Dit hoort niet bij het besluit. Haal het weg als alles is opgelost.", Kind.WARNING)
    if not found:
        yield Paragraph("Er is niets gevonden dat dit besluit in de weg staat.")
    for title, items in titled(found):
        yield Heading(f"{title} ({len(items)})", 2)
        yield Bullets(items)


def titled(found: Blocks) -> Iterator[tuple[str, Sequence[str]]]:
    """What blocks the decision, under what people call it; what is empty is left out."""
    named = (
        ("Officiële berichten zonder digitaal kanaal", found.without_channel),
        ("Kanalen zonder oordeel over betrouwbaar en vertrouwelijk (W14)", found.unassessed),
        ("Adressen die niet antwoorden", found.unreachable),
        ("Bestuursorganen zonder ondertekenaar", found.unsigned),
        ("Meer dan een kanaal voor de WOZ; kies liever een en hetzelfde", found.several_for_woz),
    )
    return ((title, items) for title, items in named if items)


def _deciding(every: Sequence[Way], bodies: Sequence[Body]) -> Sequence[Body]:
    """Raad, college and burgemeester, and what else the products name."""
    named = {way.product.controller for way in every}
    found = [one for one in bodies if one.code in named or one.code in _ALWAYS]
    return sorted(found, key=lambda one: _ALWAYS.index(one.code) if one.code in _ALWAYS else len(_ALWAYS))


def _in_order(message: MessageTypeContent, channels: Sequence[ChannelContent]) -> Sequence[ChannelContent]:
    uses = {link.channel: link.use for link in message.channels}
    return sorted(channels, key=lambda one: uses.get(one.name) is ChannelUse.FALLBACK)


def _is_closed(message: MessageTypeContent) -> bool:
    """A law forbids the digital way, so that W11-W17 ask nothing (reference section 6)."""
    return special_act(message) is SpecialAct.PHYSICAL_ONLY


def _without_channel(message: MessageTypeContent) -> str:
    if not _is_closed(message):
        return "nog geen"
    answer = by_duty(message.answers)["W09"]
    return f"kan niet digitaal ({answer.law} {answer.article})"


def _fallback(every: Sequence[Way]) -> str:
    """The electronic channel that most messages have as their safety net."""
    counted: dict[str, int] = {}
    for way in every:
        electronic = {one.name for one in way.channels}
        for link in way.message.channels:
            if link.use is ChannelUse.FALLBACK and link.channel in electronic:
                counted[link.channel] = counted.get(link.channel, 0) + 1
    return min(counted, key=lambda name: (-counted[name], name.casefold())) if counted else ""


def _without_internet(way: Way) -> str:
    answers = by_duty(way.message.answers)
    if special_act(way.message) is SpecialAct.DIGITAL_ONLY:
        return f"kan alleen digitaal ({answers['W09'].law} {answers['W09'].article})"
    if way.others:
        return ", ".join(one.name for one in way.others)
    asked = [answers.get(code) for code in ("W04", "Z05")]
    if any(_is_yes(one.duty, one) for one in asked if one):
        return "ja, zie de productpagina"
    return "nee" if any(one.value is Value.NO for one in asked if one) else "nog niet bekend"


def _logins(channel: ChannelContent) -> str:
    return ", ".join(LOGINS[one] for one in channel.login_levels) or "nog niet bekend"


def _is_of_omgevingsloket(way: Way) -> bool:
    names = (way.product.national_facility, *(one.name for one in way.channels))
    return any(OMGEVINGSLOKET in name.casefold() for name in names)


def _is_about_woz(way: Way) -> bool:
    return "woz" in re.findall(r"[a-z]+", f"{way.product.name} {way.message.name}".casefold())


def _is_good(code: str, answers: Sequence[Answer]) -> bool:
    return _is_yes(code, by_duty(answers).get(code))


def _is_yes(code: str, answer: Answer | None) -> bool:
    """Yes or partly, also without evidence: that somebody says so is enough for a draft."""
    known = duties().get(code)
    if answer is None or not is_given(answer):
        return False
    return judge(known, answer)[0] in _GOOD if known else answer.value in _GOOD


def _team(way: Way) -> str:
    return way.product.team or NO_TEAM


def _called(way: Way) -> str:
    return f"{way.product.name}: {way.message.name}"


def _channels(number: int) -> str:
    return f"{number} {'kanaal' if number == 1 else 'kanalen'}"


def _and(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} en {names[-1]}"
