"""The form of a processing activity as a person goes through it: page by page."""

from typing import Any

from starlette.testclient import TestClient

from register.forms import GROUPS, group_of
from support.pages import Visit


def pages_of(kenmerk: str) -> list[str]:
    """The addresses of all pages but that about police data."""
    return [f"/register/{kenmerk}/bewerken/{group.id}" for group in GROUPS if group.id != "wpg"]


def fill_in(client: TestClient, kenmerk: str, **typed: str) -> Any:
    """Type each field on the page where it stands and save; gives the last answer."""
    by_page: dict[str, dict[str, str]] = {}
    for name, value in typed.items():
        by_page.setdefault(group_of(name.replace("-", ".")).id, {})[name] = value
    answer = None
    for page, values in by_page.items():
        answer = Visit(client, f"/register/{kenmerk}/bewerken/{page}").submit(**values)
        assert answer.status_code == 200, answer.text
    return answer
