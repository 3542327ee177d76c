"""A page for each check: what it looks at, why, which article asks it, and how many records fail it now."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from core import values
from core.accounts.services import Person
from core.errors import NotFound
from core.web.lists import Cell
from core.web.pages import page
from core.web.security import Allowed
from register import forms, permissions, services
from register.articles import sources
from register.checks import CHECKS, Check
from register.content import ActivityContent
from register.lists import LISTS
from register.places import rule_page
from register.routes_list import FindingsSession

router = APIRouter(prefix="/register/regels")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
TOPICS = {
    "volledig": "Is alles ingevuld",
    "doel": "Doelen",
    "grondslag": "Grondslagen",
    "bijzonder": "Bijzondere gegevens",
    "strafrecht": "Strafbare feiten",
    "bsn": "Burgerservicenummer (BSN)",
    "bron": "Bronnen van gegevens",
    "verwerker": "Verwerkers",
    "ontvanger": "Ontvangers",
    "samenwerking": "Samen verantwoordelijk",
    "doorgifte": "Doorgifte buiten de EER",
    "bewaren": "Bewaren",
    "dpia": "DPIA",
    "algoritme": "Besluiten door de computer",
    "rechten": "Rechten van mensen",
    "publicatie": "Op de website",
    "actueel": "Klopt het nog",
    "register": "Het hele register",
    "als verwerker": "Als verwerker voor een ander",
    "wpg": "Politiegegevens",
}
LIMIT_UNITS = {"months": "maanden", "days": "dagen", "percent": "procent"}


@router.get("/")
def rules_page(request: Request, person: Reader) -> Response:
    topics = dict.fromkeys(check.topic for check in CHECKS.values())
    return page(
        request,
        "register/rules.html",
        person=person,
        page_title="Regels van het verwerkingsregister",
        amount=len(CHECKS),
        topics=[
            (
                TOPICS[topic],
                [
                    [Cell(check.id, rule_page(check.id)), check.looks_at, Cell(badge=check.severity), check.article]
                    for check in CHECKS.values()
                    if check.topic == topic
                ],
            )
            for topic in topics
        ],
    )


@router.get("/{rule_id}")
def rule_detail(request: Request, session: FindingsSession, person: Reader, rule_id: str) -> Response:
    check = CHECKS.get(rule_id.upper())
    if check is None:
        raise NotFound(f"Er is geen regel '{rule_id}'. Kies een regel in de lijst.")
    found = [finding for finding in services.all_findings(session) if finding.rule_id == check.id]
    return page(
        request,
        "register/rule.html",
        person=person,
        page_title=f"Regel {check.id}",
        check=check,
        topic=TOPICS[check.topic],
        sources=sources(check.article),
        fields=list(_fields(check)),
        example=_example(check.id),
        limit=_limit(check, services.numbers_of(services.check_settings(session))),
        amount=len({finding.subject for finding in found}),
        closed=sum(closing.rule_id == check.id for closing in services.closings(session)),
    )


def _limit(check: Check, numbers: Mapping[str, int]) -> str:
    if not check.limit:
        return ""
    return f"{numbers[check.limit]} {LIMIT_UNITS[check.limit.rsplit('_', 1)[-1]]}"


def _fields(check: Check) -> Iterator[str]:
    """The labels of the fields that it looks at; a group of fields by the label of its first one."""
    rows = [
        row
        for section in ("waarden", "verwerkersregister", "wpg")
        for row in values.document("register", "velden")[section]
    ]
    for field in check.fields:
        stem = field.removesuffix(".*").removesuffix("[]")
        row = next((row for row in rows if row["pad"].startswith(stem)), None)
        yield row["label"] if row else field.capitalize()


Shown = Sequence[tuple[str, Sequence[str]]]


def _example(rule_id: str) -> tuple[Shown, Shown] | None:
    """The fields of a record that fails and of one that passes, in words; None when the fields make no difference."""
    rows = values.document("register", "regels-voorbeelden")["waarden"]
    row = next((row for row in rows if row["regel"] == rule_id), None)
    if row is None:
        return None
    wrong, right = (_in_words(ActivityContent.model_validate(row[side])) for side in ("fout", "goed"))
    differs = [place for place in {**right, **wrong} if wrong.get(place) != right.get(place)]
    return [(place, wrong.get(place, ())) for place in differs], [(place, right.get(place, ())) for place in differs]


def _in_words(content: ActivityContent) -> Mapping[str, Sequence[str]]:
    return {
        f"{part.title}: {field.label}" if part.title else field.label: field.words
        for group in forms.show(content, LISTS)
        for part in group.parts
        for field in part.fields
        if field.words
    }
