"""Zip files: every file in it is looked at as if it were published by itself."""

from collections.abc import Iterator

from woo.inspection.model import Budget, Inside, Unreadable
from woo.inspection.readers.packages import Package


def read(data: bytes, budget: Budget) -> Iterator[Inside]:
    package = Package(data, budget)
    if not package.names:
        raise Unreadable("Het zip-bestand is leeg. Kies een ander bestand.")
    for name in package.names:
        yield Inside(name, package.read(name), is_open=True)
