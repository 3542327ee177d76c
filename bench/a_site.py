"""A site of very many documents on the disk, written with the writer of the program. No database is needed.

Each entry has full metadata, ten documents stand in a dossier, each dossier has a page, and pages list them.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from publish import diwoo, writer
from publish.html import SiteFrame, render
from support.public_documents import HOST, LOSSER, PDF, minimal, term
from woo.public import Action, PublicDocument, Reference

CODE = "gm0168"
IN_A_DOSSIER, ON_A_PAGE, IN_A_SITEMAP = 10, 50, 15_000
STARTED = datetime(2024, 1, 2, 8, 0, tzinfo=UTC)
CATEGORY, SLUG = "014", "014-woo-verzoeken-en-besluiten"
WORDS = "Besluit over de openbaarmaking van documenten over de aanleg van een fietspad langs de Hoofdstraat. " * 3


def write(place: Path, number: int, release_name: str) -> Path:
    """A finished release with its tree of documents."""
    tree, exports = place / "documenten" / CODE, place / "exports"
    listed: dict[str, tuple[str, int]] = {}
    with writer.new_release(exports, release_name) as release:
        for dossier in range(0, number, IN_A_DOSSIER):
            documents = [document(nr) for nr in range(dossier, min(dossier + IN_A_DOSSIER, number))]
            folder = tree / documents[0].dossier_id
            folder.mkdir(parents=True)
            for one in documents:
                data = f"%PDF-1.7 {one.loc}".encode().ljust(4000)
                folder.joinpath(Path(one.path or "").name).write_bytes(data)
                listed[str(one.path)] = (hashlib.sha256(data).hexdigest(), len(data))
            release.write(f"woo/dossiers/{documents[0].dossier_id}/index.html", dossier_page(documents))
        for name, data in (*lists(number), *sitemaps(number)):
            release.write(name, data)
        release.link_documents(tree, listed)
        release.write_manifests({"export": release_name, "base_url": HOST, "organisation": CODE})
    return exports / release_name


def document(nr: int) -> PublicDocument:
    """A document with the metadata of every day, some two thousand bytes in its sitemap."""
    first = nr - nr % IN_A_DOSSIER
    dossier = f"2026-{nr // IN_A_DOSSIER}"
    path = f"woo/documenten/{dossier}/{nr}-besluit-over-het-fietspad.pdf"
    at = STARTED + timedelta(minutes=nr)
    return minimal(
        id=UUID(int=nr + 1),
        loc=f"{HOST}/{path}",
        path=path,
        lastmod=at,
        dossier_id=dossier,
        title=f"Besluit {nr} over het fietspad & de Hoofdstraat",
        identifiers=(f"Z-{nr:08}",),
        responsible=LOSSER,
        author=LOSSER,
        descriptions=(WORDS,),
        kinds=(known("documentsoorten", "advies"),),
        themes=(known("themas", "afval"),) if nr % 2 else (),
        created_on=at.date(),
        language=known("talen", "Nederlands"),
        format=PDF,
        aggregation=dossier,
        is_part_of=Reference(f"{HOST}/woo/documenten/{dossier}/{first}-besluit-over-het-fietspad.pdf", "Dossier"),
        actions=(Action(known("documenthandelingen", "vaststelling"), at, LOSSER),),
    )


known = cache(term)


@cache
def frame() -> tuple[str, str]:
    """A real page of the site, cut in two where its own text may stand."""
    made = render(
        SiteFrame(
            organisation_name="Gemeente Losser", organisation_code=CODE, base_url=HOST, demo=False,
            changed_on="22 november 2026", contact_email="", contact_address="", contact_phone="", dpo_contact="",
            rights_url="", accessibility_url="/toegankelijkheid/",
        ),
        "accessibility.html",
    ).decode()  # fmt: skip
    before, end, after = made.partition("</main>")
    return before, end + after


def dossier_page(documents: Sequence[PublicDocument]) -> bytes:
    parts = "".join(
        f'<section id="d{place}"><h2>{one.title.replace("&", "&amp;")}</h2><p>{WORDS}</p><dl><div><dt>Soort</dt>'
        f"<dd>besluit</dd></div><div><dt>Datum</dt><dd>{one.created_on}</dd></div></dl>"
        f'<p><a href="/{one.path}">Download</a> <a href="#d{place}">Naar dit document</a></p></section>'
        for place, one in enumerate(documents)
    )
    before, after = frame()
    return f'{before}<p id="klopt-dit-niet"><a href="/{SLUG}/1/#lijst">Alle</a></p>{parts}{after}'.encode()


def lists(number: int) -> Iterator[tuple[str, bytes]]:
    before, after = frame()
    for place in sorted(set(re.findall(r'(?:href|src)="/([^"#?]*)', before + after))):
        name = f"{place}index.html" if not place or place.endswith("/") else place
        yield name, (before + '<p id="klopt-dit-niet"></p>' + after).encode() if name.endswith(".html") else b"x"
    for page, start in enumerate(range(0, number, ON_A_PAGE), start=1):
        found = [document(nr) for nr in range(start, min(start + ON_A_PAGE, number))]
        items = "".join(
            f'<li><a href="/woo/dossiers/{one.dossier_id}/#d{int(one.id) % 10}">{one.id}</a> '
            f'<a href="/{one.path}">Download</a></li>'
            for one in found
        )
        yield f"{SLUG}/{page}/index.html", f'{before}<ol id="lijst">{items}</ol>{after}'.encode()


def sitemaps(number: int) -> Iterator[tuple[str, bytes]]:
    root, listed = f"{HOST}/sitemaps/", []
    for n, start in enumerate(range(0, number, IN_A_SITEMAP), start=1):
        found = [document(nr) for nr in range(start, min(start + IN_A_SITEMAP, number))]
        name = diwoo.sitemap_name(CATEGORY, n)
        yield f"sitemaps/{name}", diwoo.HEADER + b"".join(map(diwoo.entry, found)) + diwoo.FOOTER
        listed.append((f"{root}{name}", found[-1].lastmod))
    yield f"sitemaps/{diwoo.index_name(CATEGORY)}", diwoo.sitemap_index(listed)
    yield "robots.txt", f"User-agent: *\nAllow: /\n\nSitemap: {root}{diwoo.index_name(CATEGORY)}\n".encode()
