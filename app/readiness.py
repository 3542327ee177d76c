"""Looks from outside at the places that are registered for the national index, as a job."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import select

import woo.services as woo
from core import clock
from core.errors import BadInput
from core.jobs import Claimed, Handler
from publish.check.readiness import look, look_at_page
from publish.check.sources import Website
from woo.content import LocationKind
from woo.models import Category, Readiness


def readiness_job(*, outside_only: bool = True) -> Handler:
    """The handler for one category; others go first between two places.

    `outside_only`: never the own network, whatever address somebody typed.
    """

    def handle(claimed: Claimed) -> Mapping[str, Any]:
        number = str(claimed.payload.get("number", ""))
        with claimed.database.read(claimed.organisation_id) as session:
            category = session.exec(select(Category).where(Category.number == number)).first()
            if category is None:
                raise BadInput("Deze categorie bestaat niet (meer).")
            places = [(place.url, place.kind) for place in category.locations if place.url]
        for done, (url, kind) in enumerate(places[claimed.done :], start=claimed.done + 1):
            parts = urlsplit(url)
            root = f"{parts.scheme}://{parts.netloc}"
            site = Website(root, root, outside_only=outside_only)
            steps = look_at_page(site, url) if kind is LocationKind.GAZETTE else look(site, url, number)
            with claimed.turn(done, len(places), f"{done} van {len(places)} nagekeken") as session:
                woo.keep_readiness(session, number, url, [asdict(step) for step in steps], at=clock.now())
        with claimed.step(len(places), len(places)) as session:
            woo.forget_other_places(session, number, [url for url, _ in places])
            looks = session.exec(select(Readiness.steps).where(Readiness.category == number)).all()
            faults = sum(any(step["fault"] for step in steps) for steps in looks)
        return {"message": _told(faults, len(places)), "faults": faults}

    return handle


def _told(faults: int, places: int) -> str:
    if not places:
        return "Deze categorie heeft nog geen locatie."
    return f"{faults} van {places} locaties zijn nog niet in orde." if faults else "Alle locaties zijn in orde."
