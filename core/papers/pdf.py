"""Papers as tagged PDF (PDF/UA-1, PDF/A-2a), to read, to print and to keep."""

import json
from collections.abc import Mapping

from core import typesetting
from core.errors import Failed
from core.papers.model import Block, Bullets, Grid, Heading, Kind, Paper, Paragraph
from core.web.pages import dutch_date

_KINDS = {Kind.PLAIN: "plain", Kind.WARNING: "warning", Kind.ASSUMPTION: "assumption"}


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
        "blocks": [_typeset(block) for block in paper.blocks],
    }
    made = typesetting.pdf("core.papers", "paper.typ", json.dumps(data, ensure_ascii=False))
    if made is None:
        raise Failed("De PDF kon niet worden gemaakt. Probeer het opnieuw, of kies een andere soort bestand.")
    return made


def _typeset(block: Block) -> Mapping[str, object]:
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
                "widths": list(block.widths or [1] * len(block.headings)),
            }
