"""Public documents for tests: one with the least, one with everything, and a hypothesis strategy for all others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import TypeVar
from uuid import UUID

from hypothesis import strategies as st

from publish.check import values
from woo.public import Action, ExtraField, PublicDocument, Reference, Relation, Term

T = TypeVar("T")
HOST = "https://openboek.example"
LOSSER = Term("https://identifier.overheid.nl/tooi/id/gemeente/gm0168", "gemeente Losser")
WOO_REQUESTS = Term("https://identifier.overheid.nl/tooi/def/thes/kern/c_3baef532", "Woo-verzoeken en -besluiten")
ESTABLISHED = Term("https://identifier.overheid.nl/tooi/def/thes/kern/c_641ecd76", "vaststelling")
PDF = Term("http://publications.europa.eu/resource/authority/file-type/PDF", "PDF")
MORNING = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
NEWER = Term(None, min(values.newer_organisations()))


def term(list_name: str, label: str) -> Term:
    return Term(next(uri for uri, known in values.labels(list_name).items() if known == label), label)


def minimal(**changes: object) -> PublicDocument:
    document = PublicDocument(
        id=UUID(int=1),
        loc=f"{HOST}/woo/documenten/2026-1/1-besluit.pdf",
        path="woo/documenten/2026-1/1-besluit.pdf",
        lastmod=MORNING,
        sitemap=1,
        dossier_id="2026-1",
        publisher=LOSSER,
        title="Besluit op Woo-verzoek 2026-1",
        categories=(WOO_REQUESTS,),
        category_numbers=("014",),
        actions=(Action(ESTABLISHED, datetime(2026, 11, 15, 23, tzinfo=UTC)),),
    )
    return replace(document, **changes)


def full(**changes: object) -> PublicDocument:
    """Every element of DiWoo 0.9.8 that a public document can have, with nasty but legal texts."""
    document = minimal(
        title="Besluit & motivering “stationsplein” agenda’s <concept> 🚲 e\u0301 – ]]>",
        identifiers=("Z-2026-1", "7f0f6b1e-5d0b-4d0f-9d53-7b1d7f0c6a11"),
        responsible=LOSSER,
        co_responsible=(term("organisaties", "gemeente Enschede"), NEWER),
        author=NEWER,
        author_name="Team Juridische Zaken",
        short_titles=("Woo-besluit",),
        alternative_titles=("Openbaarmaking",),
        descriptions=("Eerste regel\r\ntweede regel\ttab", " met spaties "),
        kinds=(term("documentsoorten", "advies"),),
        themes=(term("themas", "afval"), term("themas", "basisonderwijs")),
        keywords=("a&b", "'\""),
        created_on=date(2026, 11, 12),
        valid_from=datetime(2026, 6, 30, 22, tzinfo=UTC),
        valid_until=datetime(2031, 11, 15, 23, tzinfo=UTC),
        language=term("talen", "Nederlands"),
        format=PDF,
        aggregation="2026-1",
        is_part_of=Reference(f"{HOST}/woo/documenten/2026-1/2-dossier.pdf", "Dossier"),
        has_parts=(Reference(f"{HOST}/woo/documenten/2026-1/3-bijlage.pdf", "Bijlage"),),
        actions=(
            Action(ESTABLISHED, datetime(2026, 11, 15, 23, tzinfo=UTC), LOSSER),
            Action(term("documenthandelingen", "ontvangst"), MORNING),
        ),
        relations=(
            Relation(term("documentrelaties", "is reactie op"), Reference(f"{HOST}/a b/é.pdf?x=1&y=2", "Verzoek")),
        ),
        replaced_reason=term("redenen-verwijdering", "correctie procedurele fout"),
        extra=(ExtraField("weigeringsgronden", ("5.1.1d", "5.1.2e")), ExtraField("zaaknummer", ("Z-1",))),
    )
    return replace(document, **changes)


# What XML can hold: no control characters, no half pairs, not the two codes that are no characters.
legal_text = st.text(
    st.one_of(
        st.sampled_from("\t\n\r &<>\"'\u2019\u00a0🚲"),
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
    ),
    max_size=40,
)
filled_text = legal_text.map(lambda text: f"{text}x y")
moments = st.datetimes(
    datetime(1500, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30))]),
)
locations = st.lists(filled_text.map(lambda text: "".join(text.split()) or "x"), min_size=1, max_size=4).map(
    lambda parts: f"{HOST}/" + "/".join(part.replace("#", "") or "x" for part in parts) + "/besluit.pdf"
)


@cache
def _terms(list_name: str) -> tuple[Term, ...]:
    return tuple(
        Term(uri, label) for uri, label in values.labels(list_name).items() if uri not in values.ended_organisations()
    )


def terms(list_name: str) -> st.SearchStrategy[Term]:
    return st.sampled_from(_terms(list_name))


def several(strategy: st.SearchStrategy[T], least: int = 0) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, min_size=least, max_size=3).map(tuple)


def different(strategy: st.SearchStrategy[T], key: Callable[[T], object]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, min_size=1, max_size=3, unique_by=key).map(tuple)


references = st.builds(Reference, loc=locations, title=filled_text)


@st.composite
def public_documents(draw: st.DrawFn) -> PublicDocument:
    """Any document that the register would publish, with any text that XML can hold."""
    categories = draw(different(terms("informatiecategorieen"), lambda found: found.uri))
    return PublicDocument(
        id=draw(st.uuids()),
        loc=draw(locations),
        path=None,
        lastmod=draw(moments),
        sitemap=1,
        dossier_id="",
        publisher=draw(terms("organisaties")),
        title=draw(filled_text),
        categories=categories,
        category_numbers=tuple(
            values.category_numbers()[found.uri] for found in categories if found.uri in values.category_numbers()
        ),
        actions=draw(
            different(
                st.builds(Action, terms("documenthandelingen"), moments, st.none() | terms("organisaties")),
                lambda action: (action.kind, action.at.replace(microsecond=0)),
            )
        ),
        identifiers=draw(several(legal_text)),
        responsible=draw(st.none() | terms("organisaties")),
        co_responsible=draw(several(terms("organisaties"))),
        author=draw(st.none() | terms("organisaties") | st.just(NEWER)),
        author_name=draw(legal_text),
        short_titles=draw(several(legal_text)),
        alternative_titles=draw(several(legal_text)),
        descriptions=draw(several(legal_text)),
        kinds=draw(several(terms("documentsoorten"))),
        themes=draw(several(terms("themas"))),
        keywords=draw(several(legal_text)),
        created_on=draw(st.none() | st.dates()),
        valid_from=draw(st.none() | moments),
        valid_until=draw(st.none() | moments),
        language=draw(st.none() | terms("talen")),
        format=draw(st.none() | st.just(PDF)),
        aggregation=draw(legal_text),
        is_part_of=draw(st.none() | references),
        has_parts=draw(several(references)),
        relations=draw(several(st.builds(Relation, terms("documentrelaties"), references))),
        replaced_reason=draw(st.none() | terms("redenen-verwijdering")),
        extra=draw(several(st.builds(ExtraField, filled_text, several(legal_text)))),
    )
