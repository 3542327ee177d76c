"""Columns and relationships that the tables of every register use, each in one word.

They give what SQLModel's `Field()` and `Relationship()` give, and those are typed as Any too.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import Text
from sqlmodel import Field, Relationship

from core.db import JSON_TYPE, enum_type


def line(length: int = 300) -> Any:  # noqa: ANN401 - see the top of this module; the same for those below
    """A short text."""
    return Field(default="", max_length=length)


def url() -> Any:  # noqa: ANN401
    return line(2000)


def text() -> Any:  # noqa: ANN401
    """A text of any length."""
    return Field(default="", sa_type=Text)


def codes() -> Any:  # noqa: ANN401
    """A list of codes, short texts or pairs, as JSON. Assign a new list: one that grew in place is not saved."""
    return Field(default_factory=list, sa_type=JSON_TYPE)


def choice(kind: type[StrEnum], default: StrEnum | None = None) -> Any:  # noqa: ANN401
    """One value of an enum; None, where the table allows it, means "not filled in"."""
    return Field(default=default, sa_type=enum_type(kind))


def parts(order_by: object, **more: object) -> Any:  # noqa: ANN401
    """The rows of a list, in order; they live and die with their owner, and come with one query for all owners."""
    return Relationship(
        sa_relationship_kwargs={"cascade": "all, delete-orphan", "lazy": "selectin", "order_by": order_by, **more}
    )


def shared(lazy: str = "selectin") -> Any:  # noqa: ANN401
    """A record that others refer to as well; it comes with one query for all that do, or (`joined`) with their own."""
    return Relationship(sa_relationship_kwargs={"lazy": lazy})
