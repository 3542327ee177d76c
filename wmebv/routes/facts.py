"""Records in words: terms and values for their pages."""

from collections.abc import Sequence
from typing import Any

from core.web.lists import Cell
from core.web.pages import dutch_date
from wmebv import labels
from wmebv.content import ChannelContent, MessageTypeContent, ProductContent
from wmebv.deciding import OUTCOMES
from wmebv.forms import Question
from wmebv.models import Channel
from wmebv.public import safe_address


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
        ("Op verzoek van de gemeente", labels.YES_NO[content.on_request] if content.on_request else ""),
        ("Hoe vaak per jaar", content.yearly_volume),
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


def channel_facts(content: ChannelContent, names: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - code and name
    decision = content.designation
    return [
        ("Soort", labels.CHANNEL_KINDS[content.kind] if content.kind else ""),
        ("Adres", Cell(content.url, safe_address(content.url))),
        ("Hoe digitaal", f"{content.level.value} {labels.LEVEL_LABELS[content.level]}" if content.level else ""),
        ("Inloggen met", [labels.LOGINS[code] for code in content.login_levels]),
        ("Leverancier (intern)", content.supplier),
        ("Staat in een besluit", labels.YES_NO[content.designated] if content.designated else ""),
        ("Besluit", ", ".join(filter(None, (decision.title, *(names.get(code, code) for code in decision.bodies))))),
        ("Datum van het besluit", dutch_date(decision.decided_on)),
        ("Vindplaats", Cell(decision.reference, safe_address(decision.reference))),
        ("Werkt het adres", labels.YES_NO[content.reachable] if content.reachable else ""),
        ("Gecontroleerd op", dutch_date(content.reachable_checked_on)),
        ("Formulier gewijzigd op", dutch_date(content.changed_on)),
        ("Opmerking (intern)", content.note),
    ]


def answer_rows(questions: Sequence[Question], answers: Sequence[Any]) -> list[list[Any]]:
    known = {answer.duty: answer for answer in answers}
    found = []
    for question in questions:
        answer = known.get(question.code)
        value = labels.VALUES[answer.value] if answer and answer.value else ""
        found.append([question.title, value, dutch_date(answer.answered_on) if answer else "", question.article])
    return found


def level_of(channel: Channel) -> str:
    return f"{channel.level.value} {labels.LEVEL_LABELS[channel.level]}" if channel.level else ""
