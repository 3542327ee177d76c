"""The whole published site as files, computed from what is public: reads, never writes.

The same data give the same bytes: no file here holds the moment of the export (only the root manifest does).
"""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from sqlmodel import Session

import register.public as register
import wmebv.public as wmebv
import woo.public as woo
from core.organisations import Organisation, the_organisation
from core.web.pages import STATIC, dutch_moment
from publish import (
    catalogue,
    diwoo,
    diwoo_stream,
    pages_open_data,
    pages_products,
    pages_register,
    pages_woo,
    register_pdf,
    servers,
    signing,
    urls,
)
from publish.html import SiteFrame, render
from publish.states import Before, File, Unit, digest

ACCESSIBILITY = "/toegankelijkheid/"
LOOK = "static/huisstijl.css"
"""The stylesheet that an organisation may have a version of its own of."""


def build(session: Session, look: bytes | None = None, keep: register_pdf.Keep = register_pdf.make) -> Iterator[File]:
    """Every file of the site but the uploaded documents, one at a time.

    `look` is the organisation's own stylesheet; `keep` gives a PDF that was made before from the same data.
    """
    names: list[str] = []
    for unit in units(session, register.known_register(session), Before(), names, look, keep):
        for name, data in unit.make():
            names.append(name)
            yield name, data


def units(
    session: Session,
    records: register.KnownRegister,
    before: Before,
    names: Collection[str],
    look: bytes | None = None,
    keep: register_pdf.Keep = register_pdf.make,
    signers: Sequence[signing.Key] = (),
) -> Generator[Unit]:
    """The same files in units, to be written in this order.

    `before` says which of them need not be made; `names` are those of the files that were written already. Who stops
    half-way closes it.
    """
    organisation = the_organisation(session)
    woo_changed_at = woo.last_change(session)
    whole = frame_of(session, organisation, records.changed_at, woo_changed_at)
    frame = replace(whole, changed_on="")  # a page tells of no other change than that of what it shows
    around = (whole.state, sorted(organisation.model_dump().items()))  # the order of the fields is not fixed
    yield Unit("/", "", partial(_start_pages, session, whole, records))
    with register_pdf.Printing(organisation, len(records.records), keep) as printing:
        yield from pages_register.units(session, frame, records, before, printing)
        yield pages_register.on_paper(session, frame, records, printing)
    known = list(woo.known_documents(session, before))
    yield from diwoo_stream.units(session, organisation.base_url, known, before)  # first: looking at them takes longest
    yield from pages_woo.units(session, frame, known, woo_changed_at, before)
    products_frame = replace(frame, changed_on=dutch_moment(wmebv.last_change(session)))
    yield Unit(
        f"/{urls.PRODUCTS}/",
        digest(around, wmebv.state(session)),
        partial(pages_products.build, session, products_frame),
    )
    yield Unit(f"/{urls.SCHEMAS}/", digest(), pages_open_data.schema_files)
    open_data = partial(pages_open_data.build, session, whole, records, woo_changed_at, signers)
    yield Unit(f"/{urls.OPEN_DATA}/", "", open_data)
    pages = [name for name in names if name.endswith(".html")]
    yield Unit("/sitemap.xml", "", lambda: _ordinary_sitemaps(organisation.base_url, pages))
    yield Unit("server", "", partial(_server_files, session, whole))
    yield Unit("/static/", "", partial(_static_files, look))


def _server_files(session: Session, frame: SiteFrame) -> Iterator[File]:
    yield "404.html", render(frame, "not_found.html")
    yield "ingetrokken.html", render(frame, "withdrawn.html")
    gone = sorted(entry.path for entry in woo.withdrawn(session) if entry.path)
    yield from servers.snippets(frame.base_url, gone)


def _static_files(look: bytes | None) -> Iterator[File]:
    for path in sorted(STATIC.rglob("*")):
        if path.is_file() and path.suffix != ".json" and path.name != "openboek.js":
            name = f"static/{path.relative_to(STATIC).as_posix()}"
            yield name, look if look is not None and name == LOOK else path.read_bytes()


def document_files(session: Session) -> Mapping[str, tuple[str, int]]:
    """Path, SHA-256 and size of every published document file."""
    return {path: (sha256, size) for path, sha256, size in woo.own_files(session)}


def document_hosts(session: Session) -> frozenset[str]:
    """Hosts that the organisation registered for its categories: documents may stand there (woo-index section 2)."""
    return frozenset(
        urlsplit(location.url).netloc for category in woo.public_categories(session) for location in category.locations
    )


def counts(session: Session, records: register.KnownRegister) -> Mapping[str, int]:
    """What stands on the site, in the words of the run log."""
    return {
        "verwerkingen": len(records.records),
        "documenten": woo.number_public(session),
        "producten": wmebv.number_public(session),
    }


def warnings(session: Session) -> Sequence[str]:
    """What a person should look at, although the site is good."""
    remarks = catalogue.remarks(the_organisation(session), wmebv.public_products(session))
    return [f"{catalogue.WARNING}{remark}" for remark in remarks]


def categories(session: Session) -> Mapping[str, int]:
    """Documents in the sitemaps of each Woo category, by its number."""
    found: dict[str, int] = {}
    for sitemap in woo.sitemaps(session):
        found[sitemap.category_number] = found.get(sitemap.category_number, 0) + sitemap.entries
    return found


def frame_of(
    session: Session, organisation: Organisation, register_changed_at: datetime | None, woo_changed_at: datetime | None
) -> SiteFrame:
    """The frame of every page, with the moment of the last published change of any register."""
    changes = [register_changed_at, woo_changed_at, wmebv.last_change(session)]
    newest = max((moment for moment in changes if moment), default=None)
    return SiteFrame(
        organisation_name=organisation.name,
        organisation_code=organisation.code,
        base_url=organisation.base_url,
        demo=organisation.is_demo,
        changed_on=dutch_moment(newest) or "nog niets gepubliceerd",
        contact_email=organisation.email,
        contact_address=organisation.address,
        contact_phone=organisation.phone,
        dpo_contact=organisation.dpo_contact,
        rights_url=organisation.rights_url,
        accessibility_url=organisation.accessibility_url or ACCESSIBILITY,
    )


def _start_pages(session: Session, frame: SiteFrame, records: register.KnownRegister) -> Iterator[File]:
    yield "index.html", render(frame, "start.html", counts=counts(session, records), section="")
    if frame.accessibility_url == ACCESSIBILITY:
        yield "toegankelijkheid/index.html", render(frame, "accessibility.html")


def _ordinary_sitemaps(base_url: str, pages: list[str]) -> Iterator[File]:
    """All our own pages, for search engines; not named in robots.txt, where the harvester looks.

    More than one list may hold stand in several, and `sitemap.xml` says which.
    """
    pages = sorted(pages)
    lists = [pages[start : start + diwoo.MAX_ENTRIES] for start in range(0, len(pages), diwoo.MAX_ENTRIES)]
    if len(lists) == 1:
        yield "sitemap.xml", _listed(base_url, "urlset", "url", pages)
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(lists) + 1)]
    yield from ((name, _listed(base_url, "urlset", "url", some)) for name, some in zip(names, lists, strict=True))
    yield "sitemap.xml", _listed(base_url, "sitemapindex", "sitemap", names)


def _listed(base_url: str, root: str, each: str, names: list[str]) -> bytes:
    addresses = (f"{base_url}/{quote(name.removesuffix('index.html'))}" for name in names)
    entries = "".join(f"<{each}><loc>{escape(address)}</loc></{each}>\n" for address in addresses)
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{diwoo.SITEMAP_NAMESPACE}">\n'
    return f"{head}{entries}</{root}>\n".encode()
