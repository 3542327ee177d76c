"""A public page: a template of `templates/public/` with what it shows. Knows no request and no user."""

from dataclasses import dataclass, replace
from typing import Any

from core.web.pages import templates


@dataclass(frozen=True, slots=True)
class SiteFrame:
    """What every public page shows around its own text. `changed_on` is the last published change of what
    the page shows, in words.
    """

    organisation_name: str
    organisation_code: str
    base_url: str
    demo: bool
    changed_on: str
    contact_email: str
    contact_address: str
    contact_phone: str
    dpo_contact: str
    rights_url: str
    accessibility_url: str
    home: str = "/"

    @property
    def state(self) -> str:
        """What is the same on every page; each has its own `changed_on`."""
        return repr(replace(self, changed_on=""))


def render(frame: SiteFrame, template: str, **context: Any) -> bytes:  # noqa: ANN401 - whatever the template shows
    """The page as it stands on the disk."""
    return templates().get_template(f"public/{template}").render(site=frame, **context).encode()
