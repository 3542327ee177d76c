"""What the files of the processing register share: what goes in, and its words."""

from dataclasses import dataclass
from datetime import date

from core.organisations import Organisation
from publish import urls
from publish.parts import joined
from register.public import Coded, PublicLaw, PublicProcessingActivity


@dataclass(frozen=True, slots=True)
class Register:
    """What the files tell of the whole. `as_of` is the day of the last change that the public can see."""

    organisation: Organisation
    as_of: date | None


def label(coded: Coded | None) -> str:
    return coded.label if coded else ""


def code(coded: Coded | None) -> str:
    return coded.code if coded else ""


def day(moment: date | None) -> str:
    return moment.isoformat() if moment else ""


def uri_of(activity: PublicProcessingActivity, base_url: str) -> str:
    """The lasting address of a version: what logs of other systems name."""
    return f"{base_url}{urls.activity_version(activity.number, activity.version)}"


def law_text(law: PublicLaw) -> str:
    return ", ".join(filter(None, (law.name, law.article)))


def law_address(law: PublicLaw) -> str:
    """Where its text can be read; empty when nobody said."""
    return law.url or (f"https://wetten.overheid.nl/{law.bwb_number}" if law.bwb_number else "")


def laws_of(activity: PublicProcessingActivity) -> str:
    return joined(law_text(law) for purpose in activity.purposes for law in purpose.laws)
