"""A real browser on the example: what is wrong with the page that it shows, and with what it says behind it."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request, expect

AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
MACHINE_WORDS = re.compile(r"<Macro|<bound|<function|<class|\bUndefined\b|\bNone\b|\bNaN\b|\{\{|\}\}|\bUUID\(")
NARROW, WIDE = {"width": 320, "height": 800}, {"width": 1280, "height": 800}


@dataclass(frozen=True, slots=True)
class Example:
    """The example municipality, made once by the real command and served by it."""

    directory: Path
    app: str
    """Address of the application, without a slash at the end."""
    site: str
    """Address of the published site, idem."""
    one_time_password: str


@dataclass  # without slots: the browser notes on it which handler is whose
class Listener:
    """Whatever the browser complains about: errors in scripts, blocked by the policy, files that are not there."""

    complaints: list[str] = field(default_factory=list)

    def attach(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("requestfailed", self._failed)

    def _hear(self, message: ConsoleMessage) -> None:
        # A page with status 422, 409 or 410 is what we ask for; the browser calls the page itself a failed resource.
        is_page_itself = message.text.startswith("Failed to load resource") and not _is_asset(message.location["url"])
        if message.type in {"error", "warning"} and not is_page_itself:
            self.complaints.append(f"{message.location['url']}: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a download, or a page left before it was whole
            self.complaints.append(f"{request.url}: {request.failure}")


def _is_asset(address: str) -> bool:
    return "/static/" in address


def violations(page: Page) -> list[str]:
    """What axe finds on the page, in words with the place."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{rule['id']}: {rule['help']}: {node['html'][:300]}" for rule in found for node in rule["nodes"]]


def sideways(page: Page) -> list[str]:
    """What sticks out of the screen, so that one has to scroll sideways."""
    width: int = page.evaluate("document.scrollingElement.scrollWidth")
    screen: int = page.evaluate("window.innerWidth")
    if width <= screen:
        return []
    culprits: Sequence[str] = page.evaluate(
        """(screen) => [...document.querySelectorAll("body *")]
            .filter((element) => element.getBoundingClientRect().right > screen + 1)
            .map((element) => element.outerHTML.slice(0, 150)).slice(0, 5)""",
        screen,
    )
    return [f"{width} px wide on a screen of {screen}", *culprits]


def slips(page: Page) -> list[str]:
    """Words of the machine room that a reader should never see."""
    return [f"shows {found.group()}" for found in MACHINE_WORDS.finditer(page.locator("body").inner_text())]


def faults(page: Page) -> list[str]:
    """Everything wrong with the page shown, on a wide screen; and whether it fits on a narrow one."""
    page.set_viewport_size(WIDE)
    found = violations(page) + slips(page) + sideways(page)
    page.set_viewport_size(NARROW)
    return found + sideways(page)


@contextmanager
def quiet(page: Page) -> Iterator[None]:
    """The browser complains about nothing in this block."""
    listener = Listener()
    listener.attach(page)
    yield
    assert listener.complaints == []


Open = Callable[..., Page]
"""`open_as("aisha")`: a browser of its own for this person, who is logged in."""


def export(page: Page) -> None:
    """Press the button, and wait until the site is renewed."""
    page.goto("/publicatie/")
    with page.expect_navigation():  # or the page of before would be taken for the answer
        page.get_by_role("button", name="Nu exporteren").click()
    waiting = page.get_by_text("De export is gestart.")
    for _ in range(120):
        if not waiting.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Gelukt")
