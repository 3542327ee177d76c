"""Takes a withdrawn document out of the live sitemaps at once, beside an export that is running.

Whatever else changed comes with the next export. This is for what may not wait for one, and takes as long as it takes
to write one sitemap.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

import woo.public as woo
from core import clock
from core.db import Database
from core.errors import Failed
from core.folder import Folder
from core.organisations import Organisation
from publish import diwoo, diwoo_stream, signing, writer

_BEFORE = timedelta(seconds=10)
"""Clocks differ: what was withdrawn so shortly before a list was made may stand in it."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_PIECE = 1 << 20
_ENTRY, _END = re.compile(rb"<url><loc>[^<]*</loc>"), b"</url>\n"


def take_out(database: Database, folder: Folder, organisation: Organisation, link: Path) -> int:
    """Take what was withdrawn since the live site was made out of its sitemaps, and tell so in their index.

    Gives back how many entries. What stands in no sitemap of its own category, and a sitemap that would become empty,
    is left to the next export.

    Raises:
        Failed: the disk gave way.
    """
    with writer.publish_lock(folder.exports, f"{organisation.code}.intrekken", wait=True):
        live = writer.current(link)
        if live is None:
            return 0
        with database.read(organisation.id) as session:
            gone = withdrawn_since(session, live, margin=_BEFORE)
        try:
            signers = signing.keys(folder, organisation.code)
        except Failed:  # what may not be public goes, with or without a signature
            signers = ()
        taken = 0
        for category, locs in gone.items():
            cuts = dict(_cuts(live, category, locs))
            if not cuts:
                continue
            index = live / f"sitemaps/{diwoo.index_name(category)}"
            with database.write(organisation.id, urgent=True) as session:
                told = {path: woo.move_sitemap_on(session, category, _number_of(path)) for path in cuts}
            files: dict[str, writer.Data] = {
                f"sitemaps/{path.name}": _without(path, spans) for path, spans in cuts.items()
            }
            files[f"sitemaps/{index.name}"] = _index(index, organisation.base_url, told)
            writer.renew(live, files, signers)
            taken += sum(map(len, cuts.values()))
        return taken


def withdrawn_since(session: Session, release: Path, margin: timedelta = timedelta()) -> Mapping[str, Sequence[str]]:
    """The addresses of what was taken back since a release was made, by category; all there are when nobody can say.

    After the clock was put back a withdrawal seems older than the release that names the document.
    """
    made_at = writer.moment_of(release.name)
    if made_at is None or made_at > clock.now():
        return woo.withdrawn_since(session, _LONG_AGO)
    return woo.withdrawn_since(session, made_at - margin)


def _number_of(sitemap: Path) -> int:
    return int(sitemap.stem.rpartition("-")[2])


def _cuts(live: Path, category: str, locs: Sequence[str]) -> Iterator[tuple[Path, list[slice]]]:
    """The sitemaps that name one of these documents, and where their entries stand."""
    wanted = {f"<url><loc>{diwoo_stream.escaped(diwoo.location(loc))}</loc>".encode() for loc in locs}
    for path in sorted(live.glob(f"sitemaps/sitemap-diwoo-infocat{category}-*.xml")):
        data = path.read_bytes()
        starts = [entry.start() for entry in _ENTRY.finditer(data) if entry[0] in wanted]
        spans = [slice(start, data.index(_END, start) + len(_END)) for start in starts]
        rest = len(data) - sum(span.stop - span.start for span in spans)
        if spans and rest > len(diwoo.HEADER) + len(diwoo.FOOTER):
            yield path, spans


def _without(path: Path, spans: Sequence[slice]) -> Iterator[bytes]:
    """What a file holds but for these places."""
    edges = [0, *(edge for span in spans for edge in (span.start, span.stop)), path.stat().st_size]
    with path.open("rb") as file:
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            file.seek(start)
            for place in range(start, end, _PIECE):
                yield file.read(min(_PIECE, end - place))


def _index(path: Path, base_url: str, told: Mapping[Path, datetime]) -> bytes:
    data = path.read_text(encoding="utf-8")
    for sitemap, moment in told.items():
        loc = re.escape(f"<loc>{diwoo_stream.escaped(f'{base_url}/sitemaps/{sitemap.name}')}</loc>")
        data = re.sub(f"({loc}<lastmod>)[^<]*", rf"\g<1>{diwoo.moment(moment)}", data)
    return data.encode()
