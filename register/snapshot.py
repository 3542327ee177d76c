"""What a version freezes: the content of a record with everything a reader needs to understand it, for ever.

The shape of a snapshot, schema number 1 (`content.SCHEMA_NUMBER`):

* `number`: the kenmerk, such as `VW-0001`;
* `content`: `ActivityContent` as JSON; names of team, parties and systems as they were;
* `labels`: field path without numbers -> code -> label, for every code that the content uses;
* `articles`: the same, with the article of the law behind the code;
* `derived`: what followed from the codes (rights, special categories, sensitivity of each kind of data, children).

Pure: labels of the organisation's own lists come in as an argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import values
from register import derive
from register.content import ActivityContent
from register.lists import ARTICLES, DATA, LISTS, RIGHTS, SENSITIVITIES, codes_in


def snapshot(content: ActivityContent, *, number: str, bodies: Mapping[str, str]) -> dict[str, Any]:
    """Freeze the content with the label of every code.

    Args:
        content: what is established.
        number: its kenmerk.
        bodies: code and name of the public bodies of the organisation.
    """
    lists = {**LISTS, "controller": bodies}
    labels: dict[str, dict[str, str]] = {}
    articles: dict[str, dict[str, str]] = {}
    for path, code in codes_in(content):
        if label := lists.get(path, {}).get(code):
            labels.setdefault(path, {})[code] = label
        if article := ARTICLES.get(path, {}).get(code):
            articles.setdefault(path, {})[code] = article
    facts = derive.facts(content)
    rights = derive.rights(content)
    categories = LISTS["special_categories.category"]
    sensitivities = {
        item.code: values.load("register", "persoonsgegevens").entry(item.code)["soort"]
        for data_set in content.data_sets
        for item in data_set.data
        if item.code in DATA
    }
    labels.setdefault("data_sets.data.sensitivity", {}).update(
        {code: SENSITIVITIES[code] for code in sensitivities.values()}
    )
    labels["rights"] = {code: RIGHTS[code] for code in rights}
    labels["derived.special_categories"] = {code: categories[code] for code in facts.special_categories}
    return {
        "number": number,
        "content": content.model_dump(mode="json"),
        "labels": labels,
        "articles": articles,
        "derived": {
            "rights": list(rights),
            "special_categories": list(facts.special_categories),
            "sensitivities": sensitivities,
            "has_special": facts.has_special,
            "has_criminal": facts.has_criminal,
            "has_bsn": facts.has_bsn,
            "about_children": facts.about_children,
        },
    }
