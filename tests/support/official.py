"""The official schemas and examples of the Woo-index, when they stand beside the repository."""

import json
from functools import cache
from pathlib import Path

from lxml import etree

SITEMAP = "sitemap-diwoo.xsd"
PROFILE = "sitemap-diwoo-profile.xsd"
INDEX = "siteindex.xsd"


@cache
def schema(folder: Path, name: str) -> etree.XMLSchema:
    """`folder`: the folder `reference/xsd` in shared. Not for more than one thread."""
    return etree.XMLSchema(etree.parse(str(folder / name), etree.XMLParser(no_network=True)))


def refusals(folder: Path, name: str, data: bytes) -> list[str]:
    """What the official schema has against this file; empty when it is valid."""
    official = schema(folder, name)
    return [] if official.validate(etree.fromstring(data)) else [error.message for error in official.error_log]


def examples(folder: Path) -> tuple[dict[str, Path], dict[str, Path]]:
    """Examples that must be accepted, for every schema named for them, and those that must be refused."""
    good: dict[str, bool] = {}
    for example in json.loads((folder / "examples" / "manifest.json").read_text(encoding="utf-8")):
        good[example["file"]] = good.get(example["file"], True) and example["valid"]
    paths = {name: folder / "examples" / name for name in good}
    return {n: p for n, p in paths.items() if good[n]}, {n: p for n, p in paths.items() if not good[n]}
