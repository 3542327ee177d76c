"""What a check found."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong: where, and in Dutch what and what to do."""

    where: str
    text: str

    def __str__(self) -> str:
        """One line, whatever stood in the file."""
        return " ".join(f"{self.where}: {self.text}".split())


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a whole check. `documents` counts each `loc` of each sitemap; `per_category` does so by number."""

    faults: tuple[Fault, ...]
    indexes: int = 0
    sitemaps: int = 0
    documents: int = 0
    pages: int = 0
    per_category: Mapping[str, int] = field(default_factory=dict)
