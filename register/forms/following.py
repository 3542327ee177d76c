"""What follows from what stands on a page of the form: nobody has to know that a diagnosis is special data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.web.forms import Form
from register import derive
from register.content import ActivityContent
from register.forms.layout import Group
from register.forms.pages import bind_group, save_group
from register.forms.words import ActivityInput
from register.lists import LISTS, RIGHTS

DECISIONS = {
    derive.DpiaDecision.REQUIRED: "Een DPIA is verplicht.",
    derive.DpiaDecision.REQUIRED_UNLESS_MOTIVATED: "Een DPIA is verplicht, of u schrijft op waarom die niet nodig is.",
    derive.DpiaDecision.ADVISED: "Een DPIA is aan te raden.",
    derive.DpiaDecision.NOT_NEEDED: "Uit de ingevulde gegevens volgt niet dat een DPIA nodig is.",
}


def what_follows(
    group: Group, content: ActivityContent, form: Form[ActivityInput] | None = None
) -> Sequence[tuple[str, Sequence[str]]]:
    """Pairs of a heading and what follows; nothing on a page from which nothing follows.

    `content` is what is stored; with a `form` what was typed there counts, unless it holds faults.
    """
    shown = _SHOWN.get(group.id)
    if shown is None:
        return []
    if form and (read := bind_group(group, form.typed, content).cleaned):
        content = save_group(read, content)
    return [*shown(content), *_corrected(content)]


def _corrected(content: ActivityContent) -> Iterator[tuple[str, Sequence[str]]]:
    """What a person corrected, and whether that must be looked at again."""
    labels, ask = LISTS["corrections.about"], {one.about for one in derive.doubtful(content)}
    again = " Nog goed? Dit volgt nu uit iets anders. Kijk het na en sla op bij 'Wat hieruit volgt'."
    said = [
        f"{labels.get(one.about, one.about)}: {one.value or 'niet gekozen'}. {one.reason}"
        + (again if one.about in ask else "")
        for one in content.corrections
    ]
    if said:
        yield "Verbeterd door een mens", said


def _of_purposes(content: ActivityContent) -> Iterator[tuple[str, Sequence[str]]]:
    yield "Rechten van mensen", [RIGHTS[right] for right in derive.rights(content)] or ["Kies eerst een grondslag."]


def _of_data(content: ActivityContent) -> Iterator[tuple[str, Sequence[str]]]:
    facts = derive.facts(content)
    categories = LISTS["special_categories.category"]
    special = [categories[code] for code in facts.special_categories]
    if facts.has_special and not special:
        special = ["Een eigen soort gegeven dat u bijzonder noemde"]
    yield "Bijzondere gegevens", special or ["Niet gekozen"]
    noted = [
        words
        for holds, words in (
            (facts.has_criminal, "Gegevens over strafbare feiten"),
            (facts.has_bsn, "Het burgerservicenummer (BSN)"),
            (facts.about_children, "Kinderen onder 16"),
            (facts.about_vulnerable, "Mensen die kwetsbaar zijn"),
        )
        if holds
    ]
    yield "Let extra op", noted or ["Niets bijzonders gekozen"]
    yield from _of_dpia(content)


def _of_dpia(content: ActivityContent) -> Iterator[tuple[str, Sequence[str]]]:
    criteria = derive.derived_criteria(content)
    decision = derive.dpia_decision([*(one.code for one in criteria), *content.dpia.criteria])
    yield "DPIA", [DECISIONS[decision], *(f"{one.label}: {one.reason}" for one in criteria)]


def _of_all(content: ActivityContent) -> Iterator[tuple[str, Sequence[str]]]:
    yield from _of_purposes(content)
    yield from _of_data(content)


_SHOWN = {
    "afgeleid": _of_all,
    "doel": _of_purposes,
    "gegevens": _of_data,
    "computer": _of_dpia,
    "rechten": _of_purposes,
}
