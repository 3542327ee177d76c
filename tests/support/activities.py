"""Processing activities for the tests of the rules: one without any finding, and its pieces to change."""

from datetime import date
from typing import Any

from core.content import YesNo
from register.content import (
    ActivityContent,
    Afterwards,
    Automation,
    DataItem,
    DataSet,
    DataSource,
    Dpia,
    Law,
    Principal,
    Publication,
    Purpose,
    Recipient,
    RecipientKind,
    Regime,
    Retention,
    Role,
    Scale,
    Wpg,
)
from register.rules import Context, OrganisationSettings

TODAY = date(2026, 11, 21)
SETTINGS = OrganisationSettings(
    name="Gemeente Voorbeeld",
    contact="Markt 1, 1234 AB Voorbeeld, 14 0123",
    dpo_contact="fg@voorbeeld.example",
    dpo_registered_on=date(2024, 1, 1),
    rights_url="https://voorbeeld.example/privacy",
)
CONTEXT = Context(today=TODAY, organisation=SETTINGS)


def law(**changes: Any) -> Law:
    return Law(
        **{"name": "Parkeerverordening", "article": "artikel 3", "url": "https://lokaleregelgeving.overheid.nl/CVDR1"}
        | changes
    )


def purpose(**changes: Any) -> Purpose:
    return Purpose(
        **{
            "text": "Een vergunning om te parkeren geven, veranderen of stoppen.",
            "legal_bases": ("6-1-e",),
            "laws": (law(),),
        }
        | changes
    )


def data(*codes: str) -> tuple[DataItem, ...]:
    return tuple(DataItem(code=code) for code in codes)


def data_set(*codes: str, **changes: Any) -> DataSet:
    return DataSet(
        **{
            "data_subject": "inwoner",
            "data": data(*(codes or ("naam", "adres", "kenteken"))),
            "sources": (DataSource(kind="betrokkene"),),
        }
        | changes
    )


def line(**changes: Any) -> Retention:
    return Retention(
        **{
            "text": "1 jaar na het einde van de vergunning",
            "duration": "P1Y",
            "trigger": "na het einde van de vergunning",
            "selection_list": ("11.1.2",),
            "afterwards": Afterwards.DESTROY,
        }
        | changes
    )


def complete(**changes: Any) -> ActivityContent:
    """A record in which the checks find nothing, not even a tip; changes replace whole fields."""
    return ActivityContent(
        **{
            "name": "Parkeervergunning",
            "explanation": "U vraagt een vergunning om te parkeren. Wij kijken of u die krijgt. U mag bezwaar maken.",
            "domain": "fysieke-leefomgeving",
            "controller": "college",
            "team": "Team Parkeren",
            "process_owner": "Teamleider parkeren",
            "publication": Publication.YES,
            "reviewed_on": date(2026, 6, 1),
            "purposes": (purpose(),),
            "data_sets": (data_set(),),
            "scale": Scale.UNDER_10000,
            "recipients": (Recipient(name="Team handhaving", kind=RecipientKind.OWN),),
            "transfers_outside_eea": YesNo.NO,
            "retentions": (line(),),
            "security": "Alleen medewerkers die de gegevens nodig hebben, kunnen erbij.",
            "automation": Automation.NO,
            "profiling": YesNo.NO,
            "dpia": Dpia(status="niet_nodig"),
        }
        | changes
    )


def police(**changes: Any) -> ActivityContent:
    """A record under the Wpg without any finding."""
    return complete(
        **{
            "name": "Handhaving op straat",
            "regime": Regime.WPG,
            "publication": Publication.NO,
            "publication_reason": "Dit gaat over opsporing.",
            "purposes": (
                purpose(
                    text="Strafbare feiten op straat opsporen en boetes geven.",
                    legal_bases=(),
                    laws=(Law(name="Wpg", article="art. 8", url="https://wetten.overheid.nl/BWBR0022463"),),
                ),
            ),
            "data_sets": (data_set("naam", "politiegegeven", data_subject="verdachte"),),
            "wpg": Wpg(articles=("8",)),
        }
        | changes
    )


def for_others(**changes: Any) -> ActivityContent:
    """A record of the smaller register of GDPR art. 30(2), without any finding."""
    return ActivityContent(
        **{
            "name": "Salarissen van buurgemeenten",
            "role": Role.PROCESSOR,
            "team": "Team Personeel",
            "process_owner": "Teamleider personeel",
            "publication": Publication.NO,
            "publication_reason": "De opdrachtgever publiceert dit zelf.",
            "transfers_outside_eea": YesNo.NO,
            "security": "Alleen medewerkers die de gegevens nodig hebben, kunnen erbij.",
            "principals": (
                Principal(party="Gemeente Buur", contact="Plein 1, 1234 AB Buur", categories=("salaris betalen",)),
            ),
        }
        | changes
    )
