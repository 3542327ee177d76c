"""What the contents of every register are made of: the base of a part, kinds of text, and yes or no.

Empty means "not filled in". It never means "no" or "none": those are answers of their own.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Line = Annotated[str, Field(max_length=300)]
Lines = tuple[Line, ...]
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
