"""Judgements as sentences: what is the matter, and what to do."""

from dataclasses import dataclass
from datetime import date

from wmebv.content import Value
from wmebv.duties import ArticleStatus, Severity, cited
from wmebv.rules.answers import Reason
from wmebv.rules.verdict import Case, Colour, Judgement, Verdict

UNANSWERED = "W00"
"""Code of the one finding about a message type, or the organisation, of which nothing is known yet."""
UNTOUCHED = "Over dit bericht is nog niets beantwoord."
"""What that finding says of a message type."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend, or to find out. Names say which subject; empty means the whole organisation."""

    code: str
    severity: Severity
    message: str
    article: str
    article_status: ArticleStatus
    in_force_from: date | None
    value: Value
    reason: Reason
    todo: str = ""
    is_upcoming: bool = False
    is_advice: bool = False
    team: str = ""
    owner: str = ""
    product: str = ""
    message_type: str = ""
    channel: str = ""
    key: str = ""
    """The `key` of the case this finding is about."""

    @property
    def cited(self) -> str:
        """The article with its status as long as that is `nakijken`."""
        return cited(self.article, self.article_status)


def findings(case: Case, verdict: Verdict) -> tuple[Finding, ...]:
    """What is wrong, half, old or unknown about one message type.

    A message type of which nothing is known yet gives one finding (`UNANSWERED`), not one for each duty.
    """
    if verdict.colour is Colour.GREY:
        return (
            _untouched(
                case,
                UNTOUCHED,
                "Beantwoord de vragen. Begin met de vraag of dit een officieel bericht is.",
            ),
        )
    return tuple(_finding(judgement, case) for judgement in verdict.judgements if not judgement.is_good)


def organisation_findings(verdict: Verdict) -> tuple[Finding, ...]:
    """What is wrong, half, old or unknown about the duties of the whole organisation."""
    if verdict.colour is Colour.GREY:
        return (_untouched(None, "Over de hele organisatie is nog niets beantwoord.", "Beantwoord de vragen."),)
    return tuple(_finding(judgement, None) for judgement in verdict.judgements if not judgement.is_good)


def _untouched(case: Case | None, message: str, todo: str) -> Finding:
    return Finding(
        code=UNANSWERED,
        severity=Severity.HIGH,
        message=message,
        article="Awb 2:1 en afdeling 2.3",
        article_status=ArticleStatus.CONFIRMED,
        in_force_from=None,
        value=Value.UNKNOWN,
        reason=Reason.NOT_ANSWERED,
        todo=todo,
        team=case.product.team if case else "",
        owner=case.product.process_owner if case else "",
        product=case.product.name if case else "",
        message_type=case.message.name if case else "",
        key=case.key if case else "",
    )


def _finding(judgement: Judgement, case: Case | None) -> Finding:
    duty = judgement.duty
    message, todo = _words(judgement)
    return Finding(
        code=duty.code,
        severity=judgement.severity,
        message=message,
        article=duty.article,
        article_status=duty.article_status,
        in_force_from=duty.in_force_from,
        value=judgement.value,
        reason=judgement.reason,
        todo=todo,
        is_upcoming=judgement.is_upcoming,
        is_advice=judgement.is_advice,
        team=case.product.team if case else "",
        owner=case.product.process_owner if case else "",
        product=case.product.name if case else "",
        message_type=case.message.name if case else "",
        key=case.key if case else "",
        channel=judgement.channel,
    )


def _words(judgement: Judgement) -> tuple[str, str]:
    """What is the matter and what to do, in Dutch."""
    duty = judgement.duty
    if judgement.value is Value.UNKNOWN:
        return f"Nog niet bekend: {duty.question}", "Zoek het uit en vul het antwoord in."
    if judgement.value is Value.NO:
        return duty.gap, duty.todo
    if judgement.reason is Reason.NO_EVIDENCE:
        return f"Ja, zonder bewijs: {duty.question}", "Voeg een webadres, document of datum toe."
    if judgement.value is Value.PARTLY:
        return duty.partly or f"Voor een deel geregeld: {duty.question}", duty.todo
    return f"Het antwoord is ouder dan 24 maanden: {duty.question}", "Controleer het antwoord en sla het opnieuw op."
