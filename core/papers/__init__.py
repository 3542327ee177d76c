"""Papers: headings, text and tables, to be read, changed and signed by people. The same paper becomes Word or HTML."""

from collections.abc import Callable, Mapping

from core.papers import page, word
from core.papers.model import Block, Bullets, Grid, Heading, Kind, Paper, Paragraph, Picture, Tone, Turn

__all__ = ["WRITERS", "Block", "Bullets", "Grid", "Heading", "Kind", "Paper", "Paragraph", "Picture", "Tone", "Turn"]

WRITERS: Mapping[str, Callable[[Paper], bytes]] = {".docx": word.write, ".html": page.write}
"""By the ending of a file name."""
