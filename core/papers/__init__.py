"""Papers: headings, text and tables, to be read, changed and signed by people. The same paper becomes Word or HTML."""

from collections.abc import Callable, Mapping

from core.papers import page
from core.papers.model import Block, Bullets, Grid, Heading, Kind, Paper, Paragraph, Picture, Tone, Turn

__all__ = ["WRITERS", "Block", "Bullets", "Grid", "Heading", "Kind", "Paper", "Paragraph", "Picture", "Tone", "Turn"]


def _word(paper: Paper) -> bytes:
    from core.papers import word  # takes long to load, and pages need it not

    return word.write(paper)


WRITERS: Mapping[str, Callable[[Paper], bytes]] = {".docx": _word, ".html": page.write}
"""By the ending of a file name."""
