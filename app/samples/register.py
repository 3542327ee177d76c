"""What the example municipality answers to the questions that the starter set leaves open. Everything is made up.

The starter set knows what a municipality usually does; who does it, with which supplier, since when and how sure, only
the municipality knows. Most records get those answers here; some stay as unfinished as they are on a first day.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from core.content import YesNo
from register import derive
from register.content import (
    ActivityContent,
    Dpia,
    ProcessorUse,
    Publication,
    Recipient,
    RecipientKind,
    Retention,
    Scale,
    SystemUse,
)
from register.rules import findings
from register.rules.context import Context

UNFINISHED = frozenset(
    {"bibob", "cameratoezicht", "leerplicht", "nieuwsbrief", "participatie", "vroegsignalering", "website", "werving"}
)
"""Ids of the starter set that stay a concept: the example shows what unfinished work looks like."""
TEAMS: Mapping[str, tuple[str, str]] = {
    "burgerzaken": ("Burgerzaken", "Teamleider Burgerzaken"),
    "sociaal-domein": ("Sociaal Domein", "Manager Sociaal Domein"),
    "onderwijs-jeugd": ("Onderwijs en Jeugd", "Teamleider Onderwijs en Jeugd"),
    "belastingen": ("Belastingen", "Teamleider Belastingen"),
    "fysieke-leefomgeving": ("Ruimte en Vergunningen", "Manager Ruimte"),
    "veiligheid": ("Openbare Orde en Veiligheid", "Adviseur Veiligheid"),
    "bestuur-juridisch": ("Juridische Zaken", "Teamleider Juridische Zaken"),
    "dienstverlening": ("Klantcontact", "Teamleider Klantcontact"),
    "bedrijfsvoering": ("Bedrijfsvoering", "Manager Bedrijfsvoering"),
}
"""Domain -> team and process owner (a function, never a name)."""
SYSTEMS: Mapping[str, str] = {
    "burgerzaken": "Burgerzakensysteem",
    "sociaal-domein": "Regiesysteem sociaal domein",
    "belastingen": "Belastingsysteem",
    "fysieke-leefomgeving": "Vergunningensysteem",
    "bedrijfsvoering": "Personeels- en financieel systeem",
}
SECURITY = (
    "De gemeente volgt de Baseline Informatiebeveiliging Overheid (BIO2). Alleen medewerkers die de gegevens nodig "
    "hebben, kunnen erbij. De gemeente houdt bij wie de gegevens bekijkt."
)
DPIA_DONE = "uitgevoerd"


def answered(content: ActivityContent, *, today: date) -> ActivityContent:
    """A record of the starter set with the answers of the example municipality, or as it is when it stays unfinished.

    Which answers a record needs follows from the checks themselves, so that new checks show up as open work.
    """
    if content.based_on in UNFINISHED:
        return content
    number = sum(map(ord, content.based_on))  # spreads dates, always in the same way
    reviewed = today - timedelta(days=20 + number % 300)
    team, owner = TEAMS[content.domain]
    filled = content.model_copy(
        update={
            "team": team,
            "process_owner": owner,
            "explanation": _explanation(content),
            "transfers_outside_eea": YesNo.NO,
            "security": SECURITY,
            "scale": Scale.UNDER_10000 if number % 3 else Scale.UNDER_1000,
            "reviewed_on": reviewed,
            "next_review_on": reviewed + timedelta(days=365),
            "started_on": date(2018, 5, 25),
            "remarks": "",
            "publication_reason": _reason(content),
            "recipients": tuple(_recipient(recipient, content) for recipient in content.recipients),
            "no_recipients": not content.recipients,
            "processors": tuple(_processor(use, today, number) for use in content.processors),
            "systems": _systems(content),
            "retentions": tuple(_retention(retention) for retention in content.retentions),
            "dpia": _dpia(content, today - timedelta(days=100 + number % 600)),
            "privacy_notice": "https://openboek.example/privacy",
        }
    )
    return _with_dpia(filled, today)


def _explanation(content: ActivityContent) -> str:
    purpose = content.purposes[0].text if content.purposes else ""
    objection = {"6-1-e", "6-1-f"} & {basis for one in content.purposes for basis in one.legal_bases}
    return f"Dit doet de gemeente met uw gegevens. {purpose}" + (
        " U kunt hier bezwaar tegen maken." if objection else ""
    )


def _reason(content: ActivityContent) -> str:
    if content.publication in {Publication.LIMITED, Publication.NO}:
        return "Meer vertellen kan het toezicht of de opsporing in de weg zitten."
    return ""


def _recipient(recipient: Recipient, content: ActivityContent) -> Recipient:
    kind = recipient.kind or RecipientKind.OTHER
    law = next((law for purpose in content.purposes for law in purpose.laws), None)
    basis = recipient.basis or (f"{law.name}, {law.article}" if law else "Overeenkomst met deze organisatie")
    return recipient.model_copy(update={"kind": kind, "basis": "" if kind is RecipientKind.OWN else basis})


def _processor(use: ProcessorUse, today: date, number: int) -> ProcessorUse:
    name = (use.party or use.service).removeprefix("leverancier ").strip().capitalize()
    return use.model_copy(
        update={
            "party": f"{name} Nederland (voorbeeld)",
            "service": use.service or "Beheer van het systeem",
            "agreement_on": today - timedelta(days=400 + number % 500),
            "agreement_until": today + timedelta(days=60 if number % 7 == 0 else 700),
            "agreement_document": "Verwerkersovereenkomst",
            "agreement_model": "VNG-standaard",
            "countries": ("NL",),
        }
    )


def _systems(content: ActivityContent) -> tuple[SystemUse, ...]:
    if not content.processors or content.domain not in SYSTEMS:
        return content.systems
    return (SystemUse(name=SYSTEMS[content.domain]),)


def _retention(retention: Retention) -> Retention:
    trigger = retention.trigger or "na het afsluiten van de zaak"
    deviation = retention.deviation or "De wet voor deze taak noemt deze termijn."
    return retention.model_copy(update={"trigger": trigger, "deviation": deviation})


def _dpia(content: ActivityContent, done_on: date) -> Dpia:
    if content.dpia.status == "nodig":
        return _done(content.dpia, done_on)
    return content.dpia


def _done(dpia: Dpia, done_on: date) -> Dpia:
    return dpia.model_copy(
        update={
            "status": DPIA_DONE,
            "done_on": done_on,
            "dpo_advice": "De FG vindt de maatregelen genoeg. Kijk over drie jaar opnieuw.",
            "dpo_advice_on": done_on - timedelta(days=14),
            "residual_risk": "laag",
            "motivation": "",
            "reasons_not": (),
        }
    )


def _with_dpia(content: ActivityContent, today: date) -> ActivityContent:
    """Tick the criteria that follow from the answers, and do the DPIA when they ask for one (GDPR art. 35)."""
    criteria = tuple(
        dict.fromkeys((*content.dpia.criteria, *(found.code for found in derive.derived_criteria(content))))
    )
    content = content.model_copy(update={"dpia": content.dpia.model_copy(update={"criteria": criteria})})
    asked = {finding.rule_id for finding in findings(content, Context(today=today))}
    if asked & {"AVG-100", "AVG-101"}:
        return content.model_copy(update={"dpia": _done(content.dpia, today - timedelta(days=200))})
    return content
