"""Records in words: terms and values for their pages."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from core.tried_links import TriedLink
from core.web.lists import Cell
from core.web.pages import dutch_date
from wmebv import labels
from wmebv.content import Availability, ChannelContent, Direction, MessageTypeContent, ProductContent
from wmebv.deciding import OUTCOMES
from wmebv.duties import as_shipped, duties
from wmebv.forms import Question
from wmebv.models import Channel
from wmebv.public import safe_address
from wmebv.rules import duties_of_incoming
from wmebv.services import Effect


def product_facts(content: ProductContent, names: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - code and name
    return [
        ("Voor wie", [labels.AUDIENCES[code] for code in content.audiences]),
        ("Naam in de UPL", Cell(content.upl_label, safe_address(content.upl_uri))),
        ("Team", content.team),
        ("Proceseigenaar", content.process_owner),
        ("Bestuursorgaan", names.get(content.controller, content.controller)),
        ("Wie voert het uit", labels.EXECUTORS[content.executor] if content.executor else ""),
        ("Hoe vaak per jaar", content.yearly_volume),
        (
            "Wet",
            [
                Cell(", ".join(filter(None, (basis.law, basis.article))), safe_address(basis.url))
                for basis in content.legal_bases
            ],
        ),
        ("Beslistermijn", content.decision_term),
        ("Bezwaar mogelijk", labels.YES_NO[content.objection_possible] if content.objection_possible else ""),
        ("Kan dit digitaal", _digital(content)),
        (
            "Hoe digitaal moet het worden",
            [_sourced(f"{one.year or '?'}: {_level(one.level)}", one.source) for one in content.ambitions],
        ),
        ("Hulp nodig", "" if content.support_need is None else labels.SUPPORT_NEEDS[content.support_need]),
        ("Extra hulp voor", [labels.TARGET_GROUP_LABELS[code] for code in content.target_groups]),
        ("Landelijke voorziening", content.national_facility),
        ("Zelf langskomen", labels.YES_NO[content.physical_presence] if content.physical_presence else ""),
        ("Opmerking (intern)", content.note),
    ]


def message_facts(content: MessageTypeContent) -> list[tuple[str, Any]]:
    return [
        *assessment(content),
        ("Richting", labels.DIRECTIONS[content.direction]),
        *_closed_by_law(content),
        ("Op verzoek van de gemeente", labels.YES_NO[content.on_request] if content.on_request else ""),
        ("Kan dit digitaal", _digital(content)),
        ("Hoe vaak per jaar", content.yearly_volume),
        (
            "Geteld",
            [
                _sourced(
                    f"{one.year or '?'}, {one.channel or 'alle kanalen'}: {'?' if one.number is None else one.number}",
                    one.source,
                )
                for one in content.volumes
            ],
        ),
        ("Servicenorm", content.service_norm),
        (
            "Servicenorm gehaald",
            [
                _sourced(f"{one.year or '?'}: {'?' if one.percentage is None else one.percentage}%", one.source)
                for one in content.norm_results
            ],
        ),
        (
            "Kanalen",
            [f"{link.channel} ({labels.USES[link.use]})" if link.use else link.channel for link in content.channels],
        ),
        ("Opmerking (intern)", content.note),
    ]


def assessment(content: MessageTypeContent) -> list[tuple[str, Any]]:
    """What kind it is, whether it is official, by which article, and who decided that when and why."""
    outcome = OUTCOMES.get(content.kind) if content.kind else None
    return [
        ("Soort", labels.KINDS[content.kind] if content.kind else ""),
        ("Officieel", labels.OFFICIAL[content.official]),
        ("Artikel", outcome.cited if outcome else ""),
        ("Waarom", content.reasoning),
        ("Beoordeeld", ", ".join(filter(None, (dutch_date(content.assessed_on), content.assessed_by)))),
    ]


def channel_facts(
    content: ChannelContent,
    names: Any,  # noqa: ANN401 - code and name
    template_id: UUID | None,
) -> list[tuple[str, Any]]:
    decision = content.designation
    return [
        ("Sjabloon", Cell(content.template, f"/wmebv/sjablonen/{template_id}/" if template_id else "")),
        ("Soort", labels.CHANNEL_KINDS[content.kind] if content.kind else ""),
        ("Adres", Cell(content.url, safe_address(content.url))),
        ("Hoe digitaal", f"{content.level.value} {labels.LEVEL_LABELS[content.level]}" if content.level else ""),
        ("Inloggen met", [labels.LOGINS[code] for code in content.login_levels]),
        ("Leverancier (intern)", content.supplier),
        ("Staat in een besluit", labels.YES_NO[content.designated] if content.designated else ""),
        ("Besluit", ", ".join(filter(None, (decision.title, *(names.get(code, code) for code in decision.bodies))))),
        ("Datum van het besluit", dutch_date(decision.decided_on)),
        ("Vindplaats", Cell(decision.reference, safe_address(decision.reference))),
        (
            "Tevredenheid",
            [_sourced(f"{one.year or '?'}: {one.grade or '?'}", one.source) for one in content.satisfaction],
        ),
        ("Werkt het adres", labels.YES_NO[content.reachable] if content.reachable else ""),
        ("Gecontroleerd op", dutch_date(content.reachable_checked_on)),
        ("Formulier gewijzigd op", dutch_date(content.changed_on)),
        ("Opmerking (intern)", content.note),
    ]


def _closed_by_law(content: MessageTypeContent) -> Iterator[tuple[str, Any]]:
    """What an act takes out of the questions about a message (Awb 2:7), and which act that is."""
    closed = [duty for duty, is_closed, _ in duties_of_incoming(content, as_shipped()) if is_closed]
    if content.direction is Direction.IN and closed:
        law = next(answer for answer in content.answers if answer.duty == "W09")
        chosen = next(choice.label for choice in duties()["W09"].choices if choice.code == law.choices[0])
        names = ", ".join(f"{duty.name.lower()} ({duty.code})" for duty in closed)
        yield "Bijzondere wet", f"{chosen}: {law.law}, {law.article}. Daarom geldt hier niet: {names}."


def _digital(content: ProductContent | MessageTypeContent) -> str:
    said = labels.YES_NO[content.can_be_digital] if content.can_be_digital else ""
    return ": ".join(filter(None, (said, content.why_not_digital)))


def _level(level: Availability | None) -> str:
    return f"{level.value} {labels.LEVEL_LABELS[level]}" if level else "?"


def _sourced(said: str, source: str) -> str:
    return f"{said} (bron: {source})" if source else said


def answer_rows(questions: Iterable[Question], answers: Sequence[Any]) -> list[list[Any]]:
    known = {answer.duty: answer for answer in answers}
    found = []
    for question in questions:
        answer = known.get(question.code)
        value = labels.VALUES[answer.value] if answer and answer.value else ""
        found.append([question.title, value, dutch_date(answer.answered_on) if answer else "", question.article])
    return found


def effect_lines(effect: Effect) -> list[str]:
    """What a change of a template would do, in sentences."""
    channels = "1 kanaal" if effect.channels == 1 else f"{effect.channels} kanalen"
    messages = "1 bericht" if effect.messages == 1 else f"{effect.messages} berichten"
    answers = "1 antwoord" if effect.answers == 1 else f"{effect.answers} antwoorden"
    lines = [f"Dit gaat over {channels} en {messages}. Daar verandert samen {answers}."]
    moved = {pair: number for pair, number in effect.colours.items() if pair[0] is not pair[1]}
    for (now, then), number in sorted(moved.items(), key=lambda item: (-item[1], item[0])):
        gone = "1 bericht gaat" if number == 1 else f"{number} berichten gaan"
        lines.append(f"{gone} van {now.value} naar {then.value}.")
    if not moved:
        lines.append("Geen bericht krijgt een andere kleur.")
    return lines


def level_options() -> list[tuple[str, str]]:
    return [(code.value, f"{code.value}: {label}") for code, label in labels.LEVEL_LABELS.items()]


def level_of(channel: Channel) -> str:
    return f"{channel.level.value} {labels.LEVEL_LABELS[channel.level]}" if channel.level else ""


def in_a_sentence(link: TriedLink) -> str:
    """How it went with a link the last time."""
    ends = f" Komt uit op {link.final_url}." if link.final_url else ""
    return f"Link geprobeerd op {dutch_date(link.tried_at)}: {link.says.removesuffix('.')}.{ends}"
