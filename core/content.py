"""What the contents of every register are made of: the base of a part, kinds of text, and yes or no.

Empty means "not filled in". It never means "no" or "none": those are answers of their own.
"""

from enum import StrEnum
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.errors import RuleViolation
from core.texts import NOT_TEXT, clean

MAX_LIST = 10_000
"""Characters of all texts of a list together: a list has to fit in one cell of a spreadsheet."""


def _fits(texts: tuple[str, ...]) -> tuple[str, ...]:
    if sum(map(len, texts)) + len(texts) > MAX_LIST:
        raise ValueError("Dat is te veel voor een lijst. Kort de regels in of haal er een paar weg.")
    return texts


Line = Annotated[str, Field(max_length=300)]
Lines = Annotated[tuple[Line, ...], AfterValidator(_fits)]
"""Short texts, or codes of a value list."""
Text = Annotated[str, Field(max_length=4000)]
Url = Annotated[str, Field(max_length=2000)]


class YesNo(StrEnum):
    """A yes/no question. Not answered is None, never `NO`."""

    YES = "ja"
    NO = "nee"


class Part(BaseModel):
    """A piece of content: cannot change, refuses unknown names, trims what was typed."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


Content = TypeVar("Content", bound=Part)


def as_checked(model: type[Content], facts: dict[str, Any]) -> Content:
    """A part of values for all its fields that were checked when they were stored: `model_construct` without its look
    for defaults and other names, which takes most of the time of reading many records.
    """
    made = model.__new__(model)
    _put(made, "__dict__", facts)
    _put(made, "__pydantic_fields_set__", _fields_of(model))
    _put(made, "__pydantic_extra__", None)
    _put(made, "__pydantic_private__", None)
    return made


_put = object.__setattr__


@cache
def _fields_of(model: type[Part]) -> set[str]:
    """One set for all parts of a kind, which cannot change: a set for each is as large as the part itself."""
    return set(model.model_fields)


def tidied(content: Content) -> Content:
    """The same content with its texts in the form in which they are kept, so that every export gives back the same.

    Line ends become one kind, a tab or an odd space an ordinary space, and characters without width go.

    Raises:
        RuleViolation: there is a control character in a text; `points` says where.
    """
    facts = content.model_dump()
    points: dict[str, str] = {}
    tidy = _tidied(facts, "", points)
    if points:
        raise RuleViolation(next(iter(points.values())), points)
    return content if tidy == facts else type(content).model_validate(tidy)


def _tidied(value: Any, place: str, points: dict[str, str]) -> Any:  # noqa: ANN401 - texts in whatever holds them
    if isinstance(value, dict):
        return {name: _tidied(inner, f"{place}.{name}".lstrip("."), points) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_tidied(inner, f"{place}.{at}", points) for at, inner in enumerate(value))
    if not isinstance(value, str) or isinstance(value, StrEnum):
        return value
    tidy = clean(value.replace("\t", " "))
    if tidy.count(NOT_TEXT) > value.count(NOT_TEXT):
        points[place] = f"Er staat een onzichtbaar teken in '{tidy[:60]}'. Typ die tekst opnieuw."
    return tidy
