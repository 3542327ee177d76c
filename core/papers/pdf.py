"""Papers as tagged PDF (PDF/UA-1, PDF/A-2a), to read, to print and to keep."""

import json
from collections.abc import Mapping, Sequence

from core import typesetting
from core.errors import Failed
from core.papers.model import Block, Bullets, Grid, Heading, Kind, Paper, Paragraph, Picture, Turn
from core.web.pages import dutch_date

_KINDS = {Kind.PLAIN: "plain", Kind.WARNING: "warning", Kind.ASSUMPTION: "assumption"}

_ACROSS = 104
"""Letters beside each other in a table, on the safe side."""


def write(paper: Paper) -> bytes:
    """The same paper, the same bytes.

    Raises:
        Failed: it cannot be made within the limits on time and memory.
    """
    data = {
        "title": paper.title,
        "subtitle": paper.subtitle,
        "organisation": paper.organisation,
        "mark": paper.mark,
        "date": [paper.day.year, paper.day.month, paper.day.day],
        "foot": f"{paper.organisation}, stand van {dutch_date(paper.day)}",
        "sections": _sections(paper.blocks),
    }
    made = typesetting.pdf("core.papers", "paper.typ", json.dumps(data, ensure_ascii=False))
    if made is None:
        raise Failed("De PDF kon niet worden gemaakt. Probeer het opnieuw, of kies een andere soort bestand.")
    return made


def _sections(blocks: Sequence[Block]) -> Sequence[Mapping[str, object]]:
    """The blocks on pages that stand, and on those that lie."""
    found: list[tuple[bool, list[Mapping[str, object]]]] = [(False, [])]
    for block in blocks:
        if isinstance(block, Turn):
            found.append((block.is_wide, []))
        else:
            found[-1][1].append(_typeset(block))
    return [{"wide": is_wide, "blocks": own} for is_wide, own in found]


def _typeset(block: Heading | Paragraph | Bullets | Grid | Picture) -> Mapping[str, object]:
    match block:
        case Heading():
            return {"type": "heading", "text": block.text, "level": block.level, "new_page": block.on_new_page}
        case Paragraph():
            return {"type": "text", "text": block.text, "kind": _KINDS[block.kind]}
        case Bullets():
            return {"type": "list", "items": list(block.items)}
        case Grid():
            return {
                "type": "grid",
                "caption": block.caption,
                "headings": list(block.headings),
                "rows": [list(row) for row in block.rows],
                "widths": list(block.shares(_ACROSS)),
                "whole": block.is_short(_ACROSS),
                "numbers": sorted(block.numbers),
                "tones": block.tones,
            }
        case Picture():
            return {"type": "picture", "svg": block.svg, "caption": block.caption, "alt": block.alt}
