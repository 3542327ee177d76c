"""The frozen content of a version: plain data with every code and label, as `woo.public` reads it back. Pure.

The shape has a number. Who changes it raises the number and keeps `woo.public` able to read the old ones.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from core.values import ValueList
from woo import lists, rules
from woo.content import CategoryContent, DocumentContent, DossierContent

SCHEMA_NUMBER = 2
"""1 knew nothing of what is withheld."""
VASTSTELLING = "https://identifier.overheid.nl/tooi/def/thes/kern/c_641ecd76"
ONDERTEKENING = "https://identifier.overheid.nl/tooi/def/thes/kern/c_e1ec050e"
ONTVANGST = "https://identifier.overheid.nl/tooi/def/thes/kern/c_dfcee535"

Term = Mapping[str, str | None]


def freeze_document(
    content: DocumentContent,
    *,
    publisher: str,
    dossier: str,
    sha256: str,
    size: int,
    format_code: str,
    replacement_reason: str,
) -> dict[str, Any]:
    """Everything the public may know of a document, and nothing else.

    `publisher` is the TOOI address of the organisation, `dossier` the public id of the dossier. Other documents are
    named by id: their address and title are theirs.
    """
    found = lists.formats()[format_code] if format_code else rules.format_of_address(content.source_url)
    return {
        "dossier": dossier,
        "title": content.title,
        **freeze_categories(content),
        "actions": [
            {"kind": _term(lists.ACTIONS, kind), "on": day.isoformat(), "by": _organisation(content.acted_by)}
            for kind, day in (
                (VASTSTELLING, content.adopted_on),
                (ONDERTEKENING, content.signed_on),
                (ONTVANGST, content.received_on),
            )
            if day
        ],
        "publisher": _organisation(content.publisher or publisher),
        "responsible": _organisation(content.responsible),
        "co_responsible": [_organisation(code) for code in content.co_responsible],
        "author": _organisation(content.author),
        "author_name": content.author_name,
        "identifiers": list(content.identifiers),
        "short_titles": list(content.short_titles),
        "alternative_titles": list(content.alternative_titles),
        "descriptions": list(content.descriptions),
        "kinds": _terms(lists.KINDS, content.kinds),
        "themes": _terms(lists.THEMES, content.themes),
        "keywords": list(content.keywords),
        "created_on": _day(content.created_on),
        "valid_from": _day(content.valid_from),
        "valid_until": _day(content.valid_until),
        "language": _term(lists.LANGUAGES, content.language) if content.language else None,
        "format": {"uri": found.uri, "label": found.label} if found else None,
        "media_type": found.media_type if found else "",
        "sha256": sha256,
        "size": size,
        "aggregation": content.aggregation or dossier,
        "part_of": str(content.part_of) if content.part_of else None,
        "relations": [
            {"role": _term(lists.ROLES, relation.role), "target": str(relation.target)}
            for relation in content.relations
        ],
        "withheld": content.withheld.value if content.withheld else "",
        "grounds": [
            {
                "code": ground.code,
                "label": lists.GROUNDS.label(ground.code),
                "article": str(lists.GROUNDS.entry(ground.code)["article"]),
                "passage": ground.passage,
            }
            for ground in content.grounds
        ],
        "notice": content.notice,
        "extra": [{"key": pair.key, "values": list(pair.values)} for pair in content.extra if pair.key and pair.values],
        "replaced_reason": _term(lists.REASONS, replacement_reason) if replacement_reason else None,
    }


def freeze_categories(content: DocumentContent) -> dict[str, Any]:
    """The one part that changes when a document moves to another category."""
    return {
        "categories": [_category(number) for number in dict.fromkeys([content.category, *content.other_categories])]
    }


def freeze_dossier(content: DossierContent, *, public_id: str, order: Sequence[str] = ()) -> dict[str, Any]:
    """`order`: the addresses of its documents, when a person put them in order."""
    return {
        "public_id": public_id,
        "title": content.title,
        "description": content.description,
        "category": _category(content.category) if content.category in lists.categories() else None,
    } | ({"order": list(order)} if order else {})


def freeze_category(content: CategoryContent, *, number: str) -> dict[str, Any]:
    """What the public may know of a category; ambition, team and source systems are internal."""
    entry = lists.categories()[number]
    return {
        "number": number,
        "uri": entry.uri,
        "label": entry.label,
        "article": entry.article,
        "status": content.status.value,
        "frequency": content.frequency,
        "in_force_since": _day(content.in_force_since),
        "in_force_source": content.in_force_source,
        "in_force_checked": content.in_force_checked,
        "locations": [
            {"url": location.url, "explanation": location.explanation} for location in content.locations if location.url
        ],
    }


def weight(content: Mapping[str, Any]) -> int:
    """Bytes of the document's entry in a sitemap, estimated upward: its texts, escaped, each within a pair of tags."""
    return 1500 + sum(len(escape(text).encode()) + 130 for text in _leaves(content))


def references(content: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Ids of the documents that the frozen content names; True for the whole that the document is a part of."""
    if content["part_of"]:
        yield content["part_of"], True
    for target in dict.fromkeys(relation["target"] for relation in content["relations"]):
        yield target, False


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, str):
        yield value


def _category(number: str) -> Mapping[str, str]:
    entry = lists.categories()[number]
    return {"number": number, "uri": entry.uri, "label": entry.label}


def _term(values: ValueList, code: str) -> Term:
    return {"uri": code, "label": str(values.entry(code)["label"])}


def _terms(values: ValueList, codes: Iterable[str]) -> list[Term]:
    return [_term(values, code) for code in dict.fromkeys(codes)]


def _organisation(code: str) -> Term | None:
    """Outside the lists of 0.9.8 the name stands alone: the schema refuses an address that it does not know."""
    if not code:
        return None
    return {"uri": code if code in lists.ORGANISATIONS.entries else None, "label": lists.organisation_name(code)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
