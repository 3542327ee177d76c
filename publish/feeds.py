"""Atom feeds (RFC 4287) of what changed on the site, for who wants to follow it."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from publish.html import SiteFrame

LONG_AGO = "1970-01-01T00:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Entry:
    """A change. `id` is an address that never changes; moments are as XML writes them, with a zone.

    `related`: the address of another page, and its title.
    """

    id: str
    title: str
    href: str
    updated: str
    published: str = ""
    related: tuple[str, str] | None = None
    summary: str = ""


def atom(frame: SiteFrame, page: str, title: str, entries: Sequence[Entry], *, empty_since: str = "") -> bytes:
    """The feed that stands beside a page, as `atom.xml`: entries newest first.

    `empty_since` is the moment of the feed as long as nothing is in it.
    """
    address = f"{frame.base_url}{page}"
    updated = entries[0].updated if entries else empty_since or LONG_AGO
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nl">\n'
        f"<id>{escape(address)}</id><title>{escape(title)}</title><updated>{updated}</updated>\n"
        f'<link href={quoteattr(address)}/><link rel="self" href={quoteattr(f"{address}atom.xml")}/>\n'
        f"<author><name>{escape(frame.organisation_name)}</name></author>\n"
        f"{''.join(_entry(entry) for entry in entries)}</feed>\n"
    ).encode()


def _entry(entry: Entry) -> str:
    published = f"<published>{entry.published}</published>" if entry.published else ""
    related = ""
    if entry.related:
        href, title = entry.related
        related = f'<link rel="related" href={quoteattr(href)} title={quoteattr(title)}/>'
    summary = f"<summary>{escape(entry.summary)}</summary>" if entry.summary else ""
    return (
        f"<entry><id>{escape(entry.id)}</id><title>{escape(entry.title)}</title><link href={quoteattr(entry.href)}/>"
        f"{published}<updated>{entry.updated}</updated>{related}{summary}</entry>\n"
    )
