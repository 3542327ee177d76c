"""Documents about records as DOCX, to mail and to change."""

from collections.abc import Iterator, Sequence

from core.papers import Block, Grid, Heading, Kind, Paper, Paragraph, word
from register.report.document import Chapter, Document

_HEADS = ("Onderdeel", "Wat er staat")
_WIDTHS = (4, 7)


def write(document: Document) -> bytes:
    """A Word document with real headings and tables; the same document gives the same bytes."""
    return word.write(
        Paper(
            title=document.title,
            subtitle=document.subtitle,
            organisation=document.organisation,
            day=document.day,
            blocks=list(_blocks(document)),
            mark=document.mark,
        )
    )


def _blocks(document: Document) -> Iterator[Block]:
    yield from map(Paragraph, document.intro)
    if document.facts:
        yield _table(("Organisatie en FG", "Stand"), [(label, (value,)) for label, value in document.facts])
    for number, chapter in enumerate(document.chapters):
        yield Heading(f"{chapter.kenmerk} {chapter.title}", on_new_page=number > 0)
        yield from _chapter(chapter)


def _chapter(chapter: Chapter) -> Iterator[Block]:
    if chapter.is_concept:
        yield Paragraph(chapter.state, Kind.WARNING)
    yield _table(("Over deze verwerking", "Stand"), [(label, (value,)) for label, value in chapter.facts])
    for group in chapter.groups:
        yield Heading(group.title, 2)
        for part in group.tables:
            if part.title:
                yield Heading(part.title, 3)
            yield _table(_HEADS, part.rows)
    if chapter.empty:
        yield Heading("Niet ingevuld", 2)
        yield from map(Paragraph, chapter.empty)


def _table(heads: tuple[str, str], rows: Sequence[tuple[str, Sequence[str]]]) -> Grid:
    return Grid(heads, [(label, "\n".join(words)) for label, words in rows], widths=_WIDTHS)
