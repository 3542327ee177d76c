"""Any content of the Wmebv inventory, as hypothesis makes it: every field of every part is filled in some way."""

from datetime import date
from enum import StrEnum
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from hypothesis import strategies as st

from wmebv.content import Answer, ChannelLink, YearVolume
from wmebv.duties import duties, support_forms

ALPHABET = st.characters(exclude_categories=("Cs", "Cc"))
ADDRESSES = st.sampled_from(["", "https://voorbeeld.nl/formulier?a=1&b=2", "post@voorbeeld.nl"])


def contents(model, *, channels=()):
    """Any content of this model; `channels` are the names that a message may use."""
    return st.builds(model, **{name: _field(name, info, channels) for name, info in model.model_fields.items()})


def _field(name, info, channels):
    if name == "channels":
        links = st.builds(ChannelLink, channel=st.sampled_from(channels))
        return st.lists(links, unique_by=lambda link: link.channel).map(tuple) if channels else st.just(())
    if name == "volumes":
        used = {"channel": st.sampled_from(["", *channels]), "year": NAMED["year"]()}
        return st.lists(st.builds(YearVolume, number=st.integers(0, 1000), **used), max_size=3).map(tuple)
    return NAMED[name]() if name in NAMED else _any(info.annotation, name)


def _any(kind, name):
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        found = _any(parts[0], name)
    elif origin in {Union, UnionType}:
        found = st.one_of(*(_any(part, name) for part in parts))
    elif origin is tuple:
        found = st.lists(_any(parts[0], name), max_size=3).map(tuple)
    elif kind is int:
        found = st.integers(0, 2 if name == "support_need" else 1000)
    elif kind in SIMPLE:
        found = SIMPLE[kind]
    elif issubclass(kind, StrEnum):
        found = st.sampled_from(list(kind))
    else:
        found = contents(kind)
    return found


def _answers():
    """At most one answer for each duty, in the order in which they are read back."""
    return st.lists(contents(Answer), unique_by=lambda answer: answer.duty, max_size=4).map(
        lambda found: tuple(sorted(found, key=lambda answer: answer.duty))
    )


SIMPLE = {
    type(None): st.none(),
    str: st.text(ALPHABET, max_size=40),
    date: st.dates(date(2000, 1, 1), date(2040, 1, 1)),
}
NAMED = {
    "answers": _answers,
    "name": lambda: st.text(ALPHABET, max_size=60).filter(str.strip),
    "duty": lambda: st.sampled_from([*duties(), *support_forms()]),
    # Names of shared records: those are kept once, whatever the case of the letters.
    "team": lambda: st.sampled_from(["", "Alfa", "Bèta & zonen"]),
    "supplier": lambda: st.sampled_from(["", "Alfa", "Bèta & zonen"]),
    "template": lambda: st.sampled_from(["", "Formulieren", "Portaal"]),
    "year": lambda: st.one_of(st.none(), st.integers(2000, 2100)),
    "percentage": lambda: st.one_of(st.none(), st.integers(0, 100)),
    "grade": lambda: st.sampled_from(["", "6", "7,4", "10"]),
    **dict.fromkeys(("url", "product_page_url", "evidence_url"), lambda: ADDRESSES),
}
