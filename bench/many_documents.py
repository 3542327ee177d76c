"""Many public documents for a bench, loaded past the services: about five in a dossier, spread over all categories.

Each has full metadata (an entry of about 1.9 kB) and stands on another website, so no files are copied. The same
number gives the same documents.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from many import Row, _insert, _table
from sqlalchemy import Table
from sqlmodel import select

from core import audit
from core.db import Database
from core.history import Version
from woo import lists, services, snapshot
from woo.content import (
    DocumentContent,
    DocumentState,
    DossierContent,
    ExtraContent,
    GroundContent,
    LocationContent,
    Withholding,
)
from woo.models import Category, Document, Dossier, PublicReference, Sitemap
from woo.services.sitemaps import MAX_ENTRIES, MAX_WEIGHT

ELSEWHERE = "https://raad.openboek.example"
PUBLISHER = "https://identifier.overheid.nl/tooi/id/gemeente/gm0168"
IN_A_DOSSIER = 5
AT_ONCE = 2000
STARTED = datetime(2024, 1, 2, 8, 0, tzinfo=UTC)
WORDS = [
    "speelplek",
    "wegwerkzaamheden",
    "parkeren",
    "jeugdzorg",
    "begroting",
    "subsidie",
    "vergunning",
    "monument",
    "sporthal",
    "riolering",
    "bestemmingsplan",
    "verkeersbesluit",
    "energie",
    "wijkraad",
    "bibliotheek",
    "afval",
    "groen",
    "haven",
    "markt",
    "onderwijs",
]


def load(database: Database, organisation_id: UUID, number: int) -> None:
    """Fill an empty municipality with `number` public documents, and put all categories on its website."""
    _establish_categories(database, organisation_id)
    made = _Documents(organisation_id, random.Random(number))  # noqa: S311 - no secrets
    with database.engine.begin() as connection:
        for start in range(0, number, AT_ONCE):
            rows: dict[Table, list[Row]] = {}
            for place in range(start, min(start + AT_ONCE, number)):
                for table, row in made.document(place):
                    rows.setdefault(table, []).append(row)
            _insert(connection, rows)
            for sitemap in made.changed_sitemaps():
                table = _table(Sitemap)
                connection.execute(table.update().where(table.c.id == sitemap["id"]), sitemap)
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")


def _establish_categories(database: Database, organisation_id: UUID) -> None:
    actor = audit.Actor("Bench")
    with database.write(organisation_id) as session:
        services.add_categories(session, actor=actor)
        for category in session.exec(select(Category)).all():
            content = services.category_content(category, "").model_copy(
                update={"locations": (LocationContent(url=f"{ELSEWHERE}/stukken"),)}
            )
            services.change_category(session, category, content, version=category.version, actor=actor)
            services.establish_category(session, category, actor=actor)


class _Documents:
    """Makes the rows. What is chosen depends on the seed only."""

    def __init__(self, organisation_id: UUID, chance: random.Random) -> None:
        self.organisation_id = organisation_id
        self.chance = chance
        self.categories = [number for number in lists.categories() if number != lists.WITHOUT_DUTY]
        self.patterns = [self._pattern(place) for place in range(340)]
        self.sitemaps: dict[str, Row] = {}
        self.changed: dict[UUID, Row] = {}
        self.document_row = Document(dossier_id=UUID(int=0), number=1).model_dump()
        self.before = UUID(int=0)

    def document(self, place: int) -> Iterator[tuple[Table, Row]]:
        """Everything that is kept of one document, and of its dossier when it is the first in it."""
        pattern = self.patterns[place % len(self.patterns)]
        dossier_number, number = divmod(place, IN_A_DOSSIER)
        public_id = f"2024-{dossier_number + 1}"
        dossier_id = UUID(int=10**12 + dossier_number)
        category = self.categories[dossier_number % len(self.categories)]
        at = STARTED + timedelta(minutes=place // 2, seconds=place % 60)
        if number == 0:
            yield from self._dossier(dossier_id, public_id, dossier_number, category, at)
        words = self.chance.choices(WORDS, k=6)
        title = f"Besluit {place + 1} over {words[0]} en {words[1]} in de {words[2]}buurt"
        document_id = UUID(int=self.chance.getrandbits(128), version=4)
        content: dict[str, Any] = {
            **pattern,
            **snapshot.freeze_categories(DocumentContent(category=category)),
            "title": title,
            "dossier": public_id,
            "aggregation": public_id,
            "descriptions": [f"Wat het college besloot over {', '.join(words[2:])}; zaak {place + 1}."],
            "identifiers": [f"Z-2024-{place + 1:07}"],
            "relations": [],
        }
        if number == 1:
            role = lists.ROLES.codes[0]
            relation = {"uri": role, "label": str(lists.ROLES.entry(role)["label"])}
            content["relations"] = [{"role": relation, "target": str(self.before)}]
            reference = {"source_id": document_id, "target_id": self.before, "is_part": False}
            yield _table(PublicReference), {"organisation_id": self.organisation_id, **reference}
        weight = snapshot.weight(content)
        sitemap = self._sitemap(category, weight, at)
        if sitemap["entries"] == 1:
            yield _table(Sitemap), dict(sitemap)
        yield (
            _table(Document),
            self.document_row
            | {
                "id": document_id,
                "organisation_id": self.organisation_id,
                "dossier_id": dossier_id,
                "number": number + 1,
                "title": title,
                "category": category,
                "adopted_on": at.date(),
                "source_url": f"{ELSEWHERE}/stukken/{place + 1}/besluit.pdf",
                "loc": f"{ELSEWHERE}/stukken/{place + 1}/besluit.pdf",
                "state": DocumentState.PUBLISHED,
                "published_at": at,
                "published_version": 1,
                "sitemap_id": sitemap["id"],
                "weight": weight,
                "lastmod_at": at,
                "created_at": at,
                "updated_at": at,
            },
        )
        yield _table(Version), self._version("woo_document", document_id, content, at)
        self.before = document_id

    def changed_sitemaps(self) -> list[Row]:
        """Sitemaps whose count moved since this was asked last."""
        changed, self.changed = list(self.changed.values()), {}
        return changed

    def _dossier(
        self, dossier_id: UUID, public_id: str, number: int, category: str, at: datetime
    ) -> Iterator[tuple[Table, Row]]:
        content = DossierContent(
            title=f"Vergadering {number + 1} over {WORDS[number % len(WORDS)]}",
            description="Alle stukken van deze vergadering.",
            category=category,
        )
        row = Dossier(id=dossier_id, public_id=public_id, created_at=at, updated_at=at).model_dump()
        yield _table(Dossier), row | content.model_dump() | {"organisation_id": self.organisation_id}
        frozen = snapshot.freeze_dossier(content, public_id=public_id)
        yield _table(Version), self._version("woo_dossier", dossier_id, frozen, at)

    def _version(self, kind: str, subject_id: UUID, content: Row, at: datetime) -> Row:
        return {
            "id": UUID(int=self.chance.getrandbits(128), version=4),
            "organisation_id": self.organisation_id,
            "kind": kind,
            "subject_id": subject_id,
            "number": 1,
            "schema_number": snapshot.SCHEMA_NUMBER,
            "content": content,
            "established_at": at,
            "established_by": "Bench",
            "ended_at": None,
        }

    def _sitemap(self, category: str, weight: int, at: datetime) -> Row:
        """As the services choose it."""
        found = self.sitemaps.get(category)
        if not found or found["entries"] >= MAX_ENTRIES or found["weight"] + weight > MAX_WEIGHT:
            found = self.sitemaps[category] = {
                "id": UUID(int=self.chance.getrandbits(128), version=4),
                "organisation_id": self.organisation_id,
                "category": category,
                "number": found["number"] + 1 if found else 1,
                "entries": 0,
                "weight": 0,
                "changed_at": at,
            }
        found["entries"] += 1
        found["weight"] += weight
        found["changed_at"] = at.replace(microsecond=0)
        self.changed[found["id"]] = found
        return found

    def _pattern(self, place: int) -> Row:
        """The metadata that return in many documents, frozen as the services do it."""
        chance = self.chance
        content = DocumentContent(
            title="x",
            category="002",
            kinds=(chance.choice(lists.KINDS.codes),),
            themes=(chance.choice(lists.THEMES.codes),),
            keywords=tuple(chance.sample(WORDS, 2)),
            adopted_on=date(2024, 1, 2) + timedelta(days=place),
            responsible=PUBLISHER,
            author_name=f"Team {chance.choice(WORDS)}",
            short_titles=(f"Besluit {chance.choice(WORDS)}",) if place % 3 == 0 else (),
            created_on=date(2024, 1, 1) + timedelta(days=place),
            extra=(ExtraContent(key="zaaktype", values=(f"B{place:04}",)),) if place % 4 == 0 else (),
            source_url=f"{ELSEWHERE}/besluit.pdf",
            withheld=Withholding.PARTLY if place % 10 == 0 else None,
            grounds=(GroundContent(code=lists.GROUNDS.codes[0], passage="de namen"),) if place % 10 == 0 else (),
        )
        return snapshot.freeze_document(
            content,
            publisher=PUBLISHER,
            dossier="x",
            sha256="",
            size=0,
            format_code="",
            replacement_reason="",
        )
