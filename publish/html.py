"""A public page: a template of `templates/public/` with what it shows. Knows no request and no user."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from jinja2 import Environment

from core.web.pages import templates
from publish import pieces


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
    return _environment().get_template(f"public/{template}").render(site=frame, **context).encode()


@cache
def _environment() -> Environment:
    """The templates of the application, with our pieces; during a run nobody changes a template."""
    made = templates().overlay(auto_reload=False)
    ours = (pieces.cell, pieces.definition, pieces.document_list, pieces.entry_list)
    made.globals = {**made.globals, **{piece.__name__: piece for piece in ours}}
    return made
