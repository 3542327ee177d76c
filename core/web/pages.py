"""Pages of the application: one Jinja environment, one way to answer with a page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from core.accounts.services import Person
from core.clock import AMSTERDAM, written

TEMPLATES = Path(__file__).parents[2] / "templates"
STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class NavigationItem:
    label: str
    href: str
    current: bool


SECTIONS: Sequence[tuple[str, str, str]] = (
    ("Overzicht", "/", ""),
    ("Verwerkingsregister", "/register/", "register:read"),
    ("Woo", "/woo/", "woo:read"),
    ("Digitaal zakendoen", "/wmebv/", "wmebv:read"),
    ("Publicatie", "/publicatie/", "publish:read"),
    ("Beheer", "/beheer/", "beheer:change"),
    ("Logboek", "/beheer/logboek", "audit:read"),
)
"""Label, address, and the permission without which it is not shown."""

PARTS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "/": (
        ("Overzicht", "/", ""),
        ("Rapport", "/rapport/", "programma:read"),
    ),
    "/register/": (
        ("Lijst", "/register/", "register:read"),
        ("Werklijst", "/register/werk", "register:read"),
        ("Bevindingen", "/register/bevindingen", "register:read"),
        ("Vaststellen", "/register/vaststellen", "register:establish"),
        ("Controles", "/controles/", "register:read"),
        ("Inlezen", "/register/inlezen/", "register:edit"),
        ("Overeenkomsten", "/register/overeenkomsten/", "register:read"),
        ("Wetten", "/register/wetten/", "register:read"),
        ("Bestanden", "/register/bestanden", "register:read"),
        ("Rapport", "/register/rapport/", "register:read"),
        ("Website", "/register/op-de-website", "register:read"),
    ),
    "/woo/": (
        ("Categorieën", "/woo/", "woo:read"),
        ("Te doen", "/woo/te-doen", "woo:read"),
        ("Documenten", "/woo/documenten/", "woo:read"),
        ("Inlezen", "/woo/inlezen/", "woo:edit"),
        ("Processen", "/woo/processen/", "woo:read"),
        ("Woo-verzoeken", "/woo/verzoeken/", "woo:read"),
        ("Overzichten", "/woo/overzichten/", "woo:read"),
        ("Controle", "/woo/controle", "woo:read"),
        ("Rapport", "/woo/rapport/", "woo:read"),
    ),
    "/wmebv/": (
        ("Overzicht", "/wmebv/", "wmebv:read"),
        ("Producten", "/wmebv/producten/", "wmebv:read"),
        ("Kanalen", "/wmebv/kanalen/", "wmebv:read"),
        ("Sjablonen", "/wmebv/sjablonen/", "wmebv:read"),
        ("Raster", "/wmebv/raster/aan-de-gemeente/", "wmebv:read"),
        ("Inlezen", "/wmebv/inlezen/", "wmebv:edit"),
        ("Vragenbladen", "/wmebv/vragenbladen/", "wmebv:edit"),
        ("Acties", "/wmebv/acties/", "wmebv:read"),
        ("Doelen", "/wmebv/doelen/", "wmebv:read"),
        ("Rapport", "/wmebv/rapport/", "wmebv:read"),
    ),
}
"""What a section consists of, for a second menu: as in `SECTIONS`, by the address of the section."""
_SECTION_OF: Mapping[str, str] = {"controles": "/register/", "verwerkersrelaties": "/register/", "rapport": "/"}
"""First step of an address that stands outside its section."""

NOTICES = {
    "weggehaald": "Weggehaald.",
    "opgeslagen": "Opgeslagen.",
    "laatste": "Opgeslagen. Er wacht geen ander bericht meer.",
    "gekopieerd": "Dit is de kopie. Geef die een eigen naam en kijk alles na.",
    "voorbeelden": "De voorbeelden staan nu als concept in het register. Kijk ze na en vul aan.",
    "aangeboden": "Aangeboden. De privacy officer kijkt de verwerking na.",
    "goedgekeurd": "Goedgekeurd. De verwerking kan nu worden vastgesteld.",
    "weergave": "De weergave is bewaard. U vindt die boven de lijst.",
    "weergave-weg": "De weergave is weggegooid.",
    "vastgesteld": "Vastgesteld. De volgende export zet dit op de website.",
    "beeindigd": "Beëindigd. Op de website staat straks 'gestopt'.",
    "bevinding-gesloten": "Gesloten. De bevinding komt terug als de inhoud verandert of na de laatste dag.",
    "geopend": "De bevinding is weer open.",
    "gepubliceerd": "Gepubliceerd. De volgende export zet dit op de website.",
    "niet-gepland": "Opgeslagen. Het document was gepland. Dat is het nu niet meer: laat het nakijken en plannen.",
    "hoofd-niet-gepland": "Opgeslagen. Het document waar dit een bijlage bij is, was gepland. Dat is het nu niet meer: "
    "laat het nakijken en plannen.",
    "dossier-niet-gepland": "Opgeslagen. In dit dossier waren documenten gepland. Dat zijn ze nu niet meer: laat ze "
    "nakijken en plannen.",
    "ingetrokken": "Ingetrokken. Het bestand is nu van de website gehaald.",
    "afgebroken": "U heeft gevraagd om dit werk af te breken.",
    "gevraagd": "Gevraagd. Laat een collega beslissen.",
    "geschoond": "Geschoond. Exporteer als er iets van op de website staat.",
    "gestart": "Gestart. Ververs deze pagina om de voortgang te zien.",
    "wachtwoord": "Uw wachtwoord is gewijzigd. Log opnieuw in.",
    "gewisseld": "U werkt nu voor deze organisatie.",
    "begonnen": "De controles zijn begonnen. Teams met een mailadres krijgen hun link vanzelf.",
    "bewaard": "Uw aanmelding was verlopen. Wat u typte, is bewaard. Log in; dan ziet u het terug.",
    "ingelezen": "De lijst is ingelezen.",
    "verwijderd": "Verwijderd. Wat er stond, blijft te lezen in het logboek.",
    "weggegooid": "Wat u typte en niet opsloeg, is weg.",
    "gesloten": "Het account is gesloten. Deze persoon kan niet meer inloggen.",
    "uitgelogd": "U bent uitgelogd.",
    "aanmelding": "Die aanmelding is beëindigd.",
    "uitgenodigd": "Uw wachtwoord staat klaar. Log nu in.",
    "verstuurd": "De mail is verstuurd.",
    "antwoorden": "Dank u wel. Uw antwoorden zijn bewaard. U kunt ze hier nog wijzigen tot de laatste dag.",
    "stap-weg": "De tweede stap staat uit. Deze persoon logt nu in met alleen een wachtwoord.",
    "stap-uit": "De tweede stap staat uit. U logt nu in met alleen uw wachtwoord.",
}
"""A redirect carries a code, never a text: nobody can put words on our page with a link."""


def euros(amount: int) -> str:
    """`€ 1.200`."""
    return f"€ {dutch_number(amount)}"


def dutch_date(value: date | datetime | None) -> str:
    """`21 november 2026`, in Dutch time; empty for None."""
    if value is None:
        return ""
    day = value.astimezone(AMSTERDAM).date() if isinstance(value, datetime) else value
    return written(day)


def dutch_moment(value: datetime | None) -> str:
    """`21 november 2026 om 14:05 uur`, in Dutch time; empty for None."""
    return f"{dutch_date(value)} om {value.astimezone(AMSTERDAM):%H:%M} uur" if value else ""


def dutch_number(value: float) -> str:
    """`1.234` and `12,5`."""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return text.translate(str.maketrans(",.", ".,"))


def file_size(size: int) -> str:
    """`340 bytes`, `12 kB`, `1,2 MB`."""
    if size < 1000:
        return f"{size} bytes"
    return f"{dutch_number(size // 1000)} kB" if size < 1_000_000 else f"{dutch_number(size / 1_000_000)} MB"


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The environment of every template: escapes always, refuses unknown names."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"datum": dutch_date, "moment": dutch_moment, "getal": dutch_number}
    return environment


def page(
    request: Request,
    template: str,
    *,
    person: Person | None,
    status_code: int = 200,
    **context: Any,  # noqa: ANN401
) -> HTMLResponse:
    """Answer with a page. What every page shows (navigation, person, notice) is filled in here."""
    path = request.url.path
    request.state.shows_page = True
    shared: Mapping[str, Any] = {
        "request": request,
        "person": person,
        "user": person,
        "organisation": _OrganisationName(person.organisation_name) if person else None,
        "demo": bool(person and person.is_demo),
        "navigation": _navigation(path, person),
        "parts": _parts(path, person),
        "message": NOTICES.get(request.query_params.get("melding", ""))
        if status_code < HTTPStatus.BAD_REQUEST
        else None,
        "draft": getattr(request.state, "draft", None),
    }
    text = templates().get_template(template).render({**shared, **context})
    if person and person.elsewhere:
        text = _FORM.sub(lambda found: _with_organisation(found[0], path, person.organisation_code), text)
    return HTMLResponse(text, status_code=status_code)


_FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>')
_ACTION = re.compile(r'(\baction=")([^"]*)(")')


def _with_organisation(tag: str, path: str, code: str) -> str:
    """The tag of a form with the organisation in its address, for who may work for several (see `security`)."""
    if not _ACTION.search(tag):
        tag = f'{tag[:-1]} action="{escape(path)}">'
    return _ACTION.sub(
        lambda found: f'{found[1]}{found[2]}{"&amp;" if "?" in found[2] else "?"}organisatie={code}"', tag
    )


def _navigation(path: str, person: Person | None) -> list[NavigationItem]:
    """The main menu: only what this person can open."""
    if person is None or person.must_first_go_to:
        return []
    return _menu(SECTIONS, _SECTION_OF.get(path.split("/")[1], path), person)


def _parts(path: str, person: Person | None) -> list[NavigationItem]:
    """The menu of the section that a page belongs to; nothing where a section has no parts."""
    here = next((item.href for item in _navigation(path, person) if item.current), "")
    return _menu(PARTS[here], path, person) if person and here in PARTS else []


def _menu(entries: Sequence[tuple[str, str, str]], path: str, person: Person) -> list[NavigationItem]:
    shown = [(label, href) for label, href, permission in entries if not permission or person.may(permission)]
    above = [href for _, href in shown if path == href or (href != "/" and path.startswith(href))]
    at = max(above, key=len, default="")
    return [NavigationItem(label, href, href == at) for label, href in shown]


def redirect(address: str, notice: str = "") -> RedirectResponse:
    """Go on after a change (303, so that reloading does not send it again)."""
    if notice and notice not in NOTICES:
        raise KeyError(notice)
    separator = "&" if "?" in address else "?"
    return RedirectResponse(f"{address}{separator}melding={notice}" if notice else address, status_code=303)


@dataclass(frozen=True, slots=True)
class _OrganisationName:
    name: str
