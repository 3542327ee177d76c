"""Verifying a whole site, as a folder and on a web server: every break is found, and nothing else is."""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core import http
from core.errors import BadInput
from publish import diwoo
from publish.check import ahead, harvest, pages, proofs, sitemaps, verify, verify_release
from publish.check.secrets import Secrets
from publish.check.sources import Folder
from support.public_documents import HOST, MORNING, PDF, WOO_REQUESTS, minimal, term
from woo.public import PublicDocument

COVENANTS = term("informatiecategorieen", "convenanten")
PAGE = '<!DOCTYPE html><html lang="nl"><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>'
INDEX_014 = "sitemaps/sitemapindex-diwoo-infocat014.xml"
SITEMAP_014 = "sitemaps/sitemap-diwoo-infocat014-00001.xml"
BESLUIT = "woo/documenten/1/1-besluit.pdf"


def document(nr: int, name: str, **changes: object) -> PublicDocument:
    path = f"woo/documenten/1/{nr}-{name}"
    return minimal(loc=f"{HOST}/{path}", path=path, **changes)


def write(root: Path, path: str, data: bytes | str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data.encode() if isinstance(data, str) else data)


def write_sitemaps(root: Path, documents: dict[str, list[PublicDocument]]) -> None:
    lines = ["User-agent: *", "Allow: /", ""]
    for number, listed in documents.items():
        sitemap = f"sitemaps/{diwoo.sitemap_name(number, 1)}"
        write(root, sitemap, diwoo.sitemap(listed))
        newest = max(entry.lastmod for entry in listed)
        write(root, f"sitemaps/{diwoo.index_name(number)}", diwoo.sitemap_index([(f"{HOST}/{sitemap}", newest)]))
        lines.append(f"Sitemap: {HOST}/sitemaps/{diwoo.index_name(number)}")
    write(root, "robots.txt", "\n".join(lines))


def write_manifest(root: Path) -> None:
    """The manifest of what stands there now, in two parts."""
    (root / "manifest.json").unlink(missing_ok=True)
    for old in (root / "manifesten").glob("*"):
        old.unlink()
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    files |= {f"woo/documenten/{path.relative_to(root / 'woo/documenten').as_posix()}": path.read_bytes()
              for path in (root / "woo" / "documenten").rglob("*") if path.is_file()}  # fmt: skip
    shards = []
    for name, chosen in (
        ("documenten", [path for path in files if path.startswith("woo/documenten/")]),
        ("rest", [path for path in files if not path.startswith("woo/documenten/")]),
    ):
        listed = {p: {"sha256": hashlib.sha256(files[p]).hexdigest(), "size": len(files[p])} for p in sorted(chosen)}
        data = json.dumps({"schema": 1, "files": listed}).encode()
        write(root, f"manifesten/{name}.json", data)
        digest = hashlib.sha256(data).hexdigest()
        shards.append({"path": name, "manifest": f"manifesten/{name}.json", "sha256": digest, "files": len(listed)})
    root_manifest = {"schema": 1, "export": "1", "base_url": HOST, "organisation": "gm0168", "shards": shards}
    write(root, "manifest.json", json.dumps(root_manifest))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Three documents in two categories; the documents are a tree of their own to which the release links."""
    root, tree = tmp_path / "site", tmp_path / "documenten"
    (root / "woo").mkdir(parents=True)
    tree.mkdir()
    (root / "woo" / "documenten").symlink_to("../../documenten")
    html = term("formaten", "HTML")
    write(root, BESLUIT, "%PDF-1.7")
    write(root, "woo/documenten/1/2 bijlage.pdf", "%PDF-1.7 2")
    write(root, "woo/documenten/1/3-mededeling.html", "<html><p>Geen kop, want dit is een document</html>")
    write_sitemaps(
        root,
        {
            "014": [document(1, "besluit.pdf", format=PDF), minimal(loc=f"{HOST}/woo/documenten/1/2 bijlage.pdf")],
            "011": [document(3, "mededeling.html", format=html, categories=(COVENANTS, WOO_REQUESTS))],
        },
    )
    body = (
        '<div id="begin"><a href="/woo/">Woo</a> <a href="woo">Woo</a> <a href="#begin">begin</a> <a href="#">begin</a>'
        f'<a href="/{BESLUIT}">besluit</a> <a href="/woo/documenten/1/2%20bijlage.pdf#page=2">bijlage</a>'
        '<a href="mailto:a@b.example">mail</a> <a href="https://elders.example/x">elders</a>'
        '<img src="data:image/png;base64,AA==" alt=""><form action="/zoeken/"></form></div>'
    )
    write(root, "index.html", PAGE.format(title="Voorbeeld", body=body))
    write(root, "woo/index.html", PAGE.format(title="Woo", body='<a href="../#begin">Terug</a><a id="eind"></a>'))
    write(root, "zoeken/index.html", PAGE.format(title="Zoeken", body=f'<a href="{HOST}/woo/#eind">Woo</a>'))
    write_manifest(root)
    return root


def found(site: Path) -> list[str]:
    return [str(fault) for fault in verify(str(site)).faults]


def test_good_export_has_no_faults_and_is_counted(site):
    report = verify(str(site))
    assert report.faults == ()
    assert (report.indexes, report.sitemaps, report.documents, report.pages) == (2, 2, 3, 3)
    assert dict(report.per_category) == {"011": 1, "014": 2}


def replace_in(path: str, old: str, new: str, *, listed: bool = True) -> Callable[[Path], None]:
    """Break a file; `listed`: the manifest knows, so that only the break itself is found."""

    def break_it(site: Path) -> None:
        text = (site / path).read_text(encoding="utf-8")
        assert old in text
        write(site, path, text.replace(old, new))
        if listed:
            write_manifest(site)

    return break_it


def remove(path: str) -> Callable[[Path], None]:
    def break_it(site: Path) -> None:
        (site / path).unlink()
        write_manifest(site)

    return break_it


def add(path: str, data: str) -> Callable[[Path], None]:
    def break_it(site: Path) -> None:
        write(site, path, data)
        write_manifest(site)

    return break_it


def one_document_in_two_categories(site: Path) -> None:
    entry = document(1, "besluit.pdf", format=PDF, categories=(COVENANTS,))
    write_sitemaps(site, {"014": [document(1, "besluit.pdf", format=PDF)], "011": [entry]})
    write_manifest(site)


def document_in_wrong_index(site: Path) -> None:
    write_sitemaps(site, {"011": [document(1, "besluit.pdf", categories=(WOO_REQUESTS, COVENANTS))]})
    write_manifest(site)


def document_without_format(site: Path) -> None:
    write(site, "woo/documenten/1/4-x", "%PDF-1.7")
    write_sitemaps(site, {"014": [document(1, "besluit.pdf"), document(4, "x")]})
    write_manifest(site)


def sitemap_in_two_indexes(site: Path) -> None:
    both = diwoo.sitemap_index([(f"{HOST}/{SITEMAP_014}", MORNING)])
    write(site, "sitemaps/sitemapindex-diwoo-infocat011.xml", both)
    write_manifest(site)


def document_removed_behind_the_manifest(site: Path) -> None:
    (site / BESLUIT).unlink()


def lastmod_of_index_too_old(site: Path) -> None:
    write(site, INDEX_014, diwoo.sitemap_index([(f"{HOST}/{SITEMAP_014}", MORNING - timedelta(seconds=1))]))
    write_manifest(site)


WEB = f"{HOST}/{INDEX_014}"
NO_ROBOTS_LINE = "wordt niet gelezen. Noem de index sitemapindex-diwoo-infocatNNN.xml."
BREAKS: dict[str, tuple[Callable[[Path], None], str]] = {
    "no robots.txt": (remove("robots.txt"), "robots.txt: bestaat niet. Zet robots.txt in de hoofdmap van de website."),
    "closed to robots": (replace_in("robots.txt", "Allow: /", "Disallow: /sitemaps/"), f"bij {WEB}. Haal de regel"),
    "documents closed to robots": (replace_in("robots.txt", "Allow: /", "Disallow: /woo/"), f"{HOST}/{BESLUIT}. Haal de"),
    "index of another name": (replace_in("robots.txt", "diwoo-infocat014", "woo-infocat014"), NO_ROBOTS_LINE),
    "sitemap in robots.txt": (replace_in("robots.txt", INDEX_014, SITEMAP_014), NO_ROBOTS_LINE),
    "relative index": (replace_in("robots.txt", WEB, f"/{INDEX_014}"), f"'Sitemap: /{INDEX_014}' is geen volledig https"),
    "index on another host": (replace_in("robots.txt", WEB, WEB.replace(HOST, "https://elders.example")), "staat niet op"),
    "index of no category": (replace_in("robots.txt", "infocat014", "infocat018"), "noemt categorie 018; die bestaat niet."),
    "index named twice": (replace_in("robots.txt", "Sitemap", f"Sitemap: {WEB}\nSitemap"), f"noemt {WEB} twee keer."),
    "index gone": (remove(INDEX_014), f"robots.txt: {WEB} bestaat niet."),
    "index empty": (add(INDEX_014, ""), "sitemapindex-diwoo-infocat014.xml: is geen geldige XML"),
    "index is a sitemap": (add(INDEX_014, diwoo.sitemap([minimal()]).decode()), "is geen sitemapindex, maar een lijst"),
    "sitemap gone": (remove(SITEMAP_014), f"sitemapindex-diwoo-infocat014.xml: {HOST}/{SITEMAP_014} bestaat niet."),
    "sitemap on another host": (replace_in(INDEX_014, HOST, "https://elders.example"), "Zet de sitemap bij de index."),
    "sitemap in two indexes": (sitemap_in_two_indexes, "Noem elke sitemap één keer."),
    "sitemap is an index": (replace_in(INDEX_014, SITEMAP_014, INDEX_014), "is zelf een index. Noem alleen sitemaps."),
    "sitemap invalid": (replace_in(SITEMAP_014, "vaststelling</", "Vaststelling</"), "Schrijf: vaststelling"),
    "no lastmod in index": (replace_in(INDEX_014, "<lastmod>2026-11-18T09:30:00+01:00</lastmod>", ""), "geen lastmod."),
    "lastmod of index too old": (lastmod_of_index_too_old, "lastmod is ouder dan het nieuwste document"),
    "category of another index": (
        replace_in("robots.txt", "infocat014.xml", "infocat013.xml"),
        "sitemapindex-diwoo-infocat013.xml bestaat niet.",
    ),
    "document in wrong index": (
        document_in_wrong_index,
        "eerste categorie is 014, maar dit is de index van 011. Verplaats het.",
    ),
    "document in two categories": (one_document_in_two_categories, "Noem elk document in één categorie."),
    "document gone": (remove(BESLUIT), f"{HOST}/{BESLUIT} bestaat niet. Haal het document uit de lijst of zet het terug."),
    "document of another format": (add(BESLUIT, "<html>"), f"{HOST}/{BESLUIT}: de inhoud is geen PDF."),
    "document of unknown host": (
        replace_in(SITEMAP_014, f"{HOST}/{BESLUIT}", "https://elders.example/x.pdf"),
        "https://elders.example/x.pdf staat niet op openboek.example. Meld die website eerst aan bij de Woo-index.",
    ),
    "document outside the site": (
        replace_in(SITEMAP_014, f"{HOST}/{BESLUIT}", f"{HOST}/woo/..%2F..%2Fx.pdf"),
        "wijst niet naar een bestand van deze site.",
    ),
    "document without format": (document_without_format, f"{HOST}/woo/documenten/1/4-x: het formaat is onbekend."),
    "broken link": (replace_in("index.html", "/woo/", "/weg/"), "linkt naar /weg/, maar /weg/index.html bestaat niet."),
    "broken picture": (add("x/index.html", PAGE.format(title="x", body='<img src="/x.png" alt="">')), "naar /x.png, maar"),
    "broken srcset": (add("x.html", PAGE.format(title="x", body='<img srcset="/y.png 2x" alt="">')), "linkt naar /y.png"),
    "broken anchor": (replace_in("woo/index.html", "#begin", "#weg"), "/index.html heeft geen plek met de naam 'weg'."),
    "link that is no address": (replace_in("index.html", "#begin", "https://[x"), "'https://[x' is geen geldig adres."),
    "page without language": (replace_in("index.html", ' lang="nl"', ""), 'index.html: heeft geen taal. Zet lang="nl"'),
    "page without title": (replace_in("index.html", "<title>Voorbeeld", "<title> "), "index.html: heeft geen titel."),
    "page without heading": (replace_in("index.html", "h1>", "h2>"), "index.html: heeft 0 koppen h1;"),
    "page with two headings": (replace_in("index.html", "<body>", "<body><h1>Nog</h1>"), "index.html: heeft 2 koppen h1;"),
    "id twice": (replace_in("index.html", "<h1>", '<h1 id="begin">'), "index.html: heeft id 'begin' meer dan één keer."),
    "empty page": (add("leeg.html", ""), "leeg.html: is geen HTML-pagina in UTF-8."),
    "page that is no page": (add("tekst.html", "Geachte heer"), "tekst.html: is geen HTML-pagina in UTF-8."),
    "element left open": (
        replace_in("index.html", "</div>", "</b></div>"),
        "index.html: is op regel 1 geen goede HTML. Maak de pagina opnieuw.",
    ),
    "page changed": (replace_in("index.html", "Voorbeeld", "Gewijzigd", listed=False), "index.html: heeft een andere inhoud"),
    "document changed": (replace_in(BESLUIT, "1.7", "1.8", listed=False), f"{BESLUIT}: heeft een andere inhoud dan"),
    "document removed": (document_removed_behind_the_manifest, f"{BESLUIT}: bestaat niet, maar staat wel in het manifest."),
    "file too many": (lambda site: write(site, "woo/9-geheim.html", "x"), "9-geheim.html: staat niet in het"),
    "shard changed": (replace_in("manifesten/rest.json", "{", "{ ", listed=False), "rest.json: past niet bij de SHA-256"),
    "shard gone": (lambda site: (site / "manifesten/rest.json").unlink(), "manifesten/rest.json: bestaat niet."),
    "shard damaged": (lambda site: write(site, "manifesten/rest.json", "[]"), "is geen manifest dat deze versie kent."),
    "shard without files": (lambda site: write(site, "manifesten/rest.json", '{"schema": 1}'), "rest.json: mist files."),
    "manifest damaged": (lambda site: write(site, "manifest.json", "{"), "manifest.json: is geen geldige JSON."),
    "manifest newer": (replace_in("manifest.json", '"schema": 1', '"schema": 2', listed=False), "dat deze versie kent."),
    "manifest miscounts": (replace_in("manifest.json", '"files": 3', '"files": 4', listed=False), "noemt 3 bestanden"),
    "manifest leads outside": (
        replace_in("manifest.json", "manifesten/rest", "../../rest", listed=False),
        "../../rest.json: wijst niet naar een bestand van deze site.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_break_in_the_export_is_found(site, name):
    break_it, expected = BREAKS[name]
    break_it(site)
    faults = found(site)
    assert [fault for fault in faults if expected in fault] != [], faults
    assert [fault for fault in faults if not re.fullmatch(r"[^\n]+: [^\n]+", fault)] == []


# With proofs of an earlier check


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found_as_well_when_all_was_proved_before(site, tmp_path, name):
    def checked() -> list[str]:
        return sorted(map(str, verify_release(site, hosts=(), proofs=tmp_path / "bewijs").faults))

    assert checked() == []
    BREAKS[name][0](site)
    assert checked() == sorted(found(site))
    assert checked() == sorted(found(site)), "a fault is never proved good"


def test_what_was_proved_is_not_looked_at_again(site, tmp_path, monkeypatch):
    proofs = tmp_path / "bewijs"
    first = verify_release(site, hosts=(), proofs=proofs)
    looked = []
    for place, name in ((pages, "_parse"), (harvest, "content_faults"), (Folder, "digest")):
        original = getattr(place, name)

        def counted(*args, _original=original, _name=name, **named):
            looked.append(_name)
            return _original(*args, **named)

        monkeypatch.setattr(place, name, counted)
    assert verify_release(site, hosts=(), proofs=proofs) == first
    assert looked == []
    replace_in("zoeken/index.html", "Zoeken</h1>", "Zoek</h1>")(site)
    report = verify_release(site, hosts=(), proofs=proofs)
    assert (report.faults, report.pages, report.documents) == ((), 3, 3)
    assert sorted(looked) == ["_parse", "digest"]
    write(site, "woo/documenten/1/3-mededeling.html", "<p>geen HTML")
    write_manifest(site)
    assert sorted(map(str, verify_release(site, hosts=(), proofs=proofs).faults)) == sorted(found(site)) != []


OTHER = {"title": "Een andere titel", "lastmod": MORNING - timedelta(days=1)}


def two_documents(site: Path, first: dict[str, object], second: dict[str, object], *more: PublicDocument) -> None:
    """What category 014 lists, with one document that stands here and one that may be elsewhere."""
    listed = [
        document(1, "besluit.pdf", **{"format": PDF, **first}),
        document(4, "nota.pdf", **{"format": PDF, **second}),
    ]
    write(site, "woo/documenten/1/4-nota.pdf", "%PDF-1.7")
    html = term("formaten", "HTML")
    of_011 = document(3, "mededeling.html", format=html, categories=(COVENANTS, WOO_REQUESTS))
    write_sitemaps(site, {"014": [*listed, *more], "011": [of_011]})
    write_manifest(site)


def in_the_sitemap(old: str, new: str) -> Callable[[Path], None]:
    return replace_in(SITEMAP_014, old, new)


def entry_in_another_category(site: Path) -> None:
    """The very bytes of an entry that was found good, in the sitemap of another category."""
    entry = diwoo.entry(document(1, "besluit.pdf", format=PDF)).decode()
    in_the_sitemap(entry, "")(site)
    path = "sitemaps/sitemap-diwoo-infocat011-00001.xml"
    replace_in(path, "</urlset>", f"{entry}</urlset>")(site)


def sitemap_in_another_index(site: Path) -> None:
    """A file with entries that were found good is named by the index of another category, and has other bytes."""
    in_the_sitemap("Een andere titel", "Nog een titel")(site)
    index = (site / INDEX_014).read_text()
    (site / INDEX_014).unlink()
    write(site, "sitemaps/sitemapindex-diwoo-infocat011.xml", index)
    replace_in("robots.txt", WEB, f"{HOST}/sitemaps/sitemapindex-diwoo-infocat013.xml")(site)
    write(site, "sitemaps/sitemapindex-diwoo-infocat013.xml", index)
    write_manifest(site)


def document_of_a_known_entry_gone(site: Path) -> None:
    in_the_sitemap("Een andere titel", "Nog een titel")(site)
    (site / BESLUIT).unlink()
    write_manifest(site)


def document_of_a_known_entry_changed(site: Path) -> None:
    in_the_sitemap("Een andere titel", "Nog een titel")(site)
    write(site, BESLUIT, "<html>")
    write_manifest(site)


def entry_twice(site: Path) -> None:
    entry = diwoo.entry(document(1, "besluit.pdf", format=PDF)).decode()
    in_the_sitemap("</urlset>", f"{entry}</urlset>")(site)


def known_entry_in_two_files(site: Path) -> None:
    """One document, in the two sitemaps of two categories that both changed."""
    more = document(1, "besluit.pdf", format=PDF, categories=(COVENANTS,))
    html = term("formaten", "HTML")
    of_011 = document(3, "mededeling.html", format=html, categories=(COVENANTS, WOO_REQUESTS))
    own = [document(1, "besluit.pdf", format=PDF), document(4, "nota.pdf", format=PDF, title="Nog een titel")]
    write_sitemaps(site, {"014": own, "011": [of_011, more]})
    write_manifest(site)


def known_entry_is_newer_than_the_index(site: Path) -> None:
    in_the_sitemap("Een andere titel", "Nog een titel")(site)
    lastmod_of_index_too_old(site)


ENTRY_BREAKS: dict[str, tuple[Callable[[Path], None], str]] = {
    "damaged": (in_the_sitemap("<diwoo:officieleTitel>Besluit op", "<diwoo:officieleTitel><b>Besluit op"), "regel"),
    "damaged term": (in_the_sitemap("vaststelling</", "Vaststelling</"), "Schrijf: vaststelling"),
    "no address": (in_the_sitemap(f"<loc>{HOST}/{BESLUIT}", "<loc>"), "loc"),
    "another category": (entry_in_another_category, "eerste categorie is 014, maar dit is de index van 011."),
    "another index": (sitemap_in_another_index, "eerste categorie is 014, maar dit is de index van 013."),
    "twice": (entry_twice, "staat er twee keer"),
    "in two files": (known_entry_in_two_files, "Noem elk document in één categorie."),
    "document gone": (document_of_a_known_entry_gone, f"{HOST}/{BESLUIT} bestaat niet."),
    "document changed": (document_of_a_known_entry_changed, f"{HOST}/{BESLUIT}: de inhoud is geen PDF."),
    "newer than the index": (known_entry_is_newer_than_the_index, "lastmod is ouder dan het nieuwste document"),
    "not as ours": (in_the_sitemap("</urlset>", "<url/></urlset>"), "url is niet volledig"),
}


@pytest.mark.parametrize("name", ENTRY_BREAKS)
def test_a_break_is_found_beside_entries_that_were_proved_before(site, tmp_path, name):
    def checked() -> list[str]:
        return sorted(map(str, verify_release(site, hosts=(), proofs=tmp_path / "bewijs").faults))

    two_documents(site, {}, OTHER)
    assert checked() == []
    break_it, expected = ENTRY_BREAKS[name]
    break_it(site)
    assert checked() == sorted(found(site))
    assert [fault for fault in found(site) if expected in fault] != [], found(site)
    assert checked() == sorted(found(site)), "a fault is never proved good"


def test_only_the_entries_that_changed_are_read_again(site, tmp_path, monkeypatch):
    def checked() -> tuple[object, int]:
        return verify_release(site, hosts=(), proofs=tmp_path / "bewijs"), len(looked)

    read, looked = sitemaps.usual.read, []
    monkeypatch.setattr(sitemaps.usual, "read", lambda *args: looked.append(args) or read(*args))
    two_documents(site, {}, {})
    assert checked() == (verify(str(site)), 3)
    looked.clear()
    two_documents(site, {}, OTHER)
    assert checked() == (verify(str(site)), 1)


def test_entries_that_were_proved_by_another_schema_are_read_again(site, tmp_path, monkeypatch):
    two_documents(site, {}, {})
    assert verify_release(site, hosts=(), proofs=tmp_path / "bewijs").faults == ()
    two_documents(site, {}, OTHER)
    monkeypatch.setattr(proofs, "_of_checks", lambda: "other code, schemas or value lists")
    read, looked = sitemaps.usual.read, []
    monkeypatch.setattr(sitemaps.usual, "read", lambda *args: looked.append(args) or read(*args))
    assert verify_release(site, hosts=(), proofs=tmp_path / "bewijs").faults == ()
    assert len(looked) == 3


@pytest.mark.parametrize("content", [b"", b"geen database", b"SQLite format 3\0" + b"x" * 5000])
def test_proofs_that_cannot_be_read_prove_nothing(site, tmp_path, content):
    proofs = tmp_path / "bewijs"
    proofs.write_bytes(content)
    assert verify_release(site, hosts=(), proofs=proofs).faults == ()
    assert verify_release(site, hosts=(), proofs=tmp_path / "bestaat/niet").faults == ()


def test_proofs_of_other_checks_prove_nothing(site, tmp_path, monkeypatch):
    proofs = tmp_path / "bewijs"
    elsewhere = minimal(loc="https://elders.example/x.pdf")
    write_sitemaps(site, {"014": [document(1, "besluit.pdf", format=PDF), elsewhere]})
    write_manifest(site)
    assert verify_release(site, hosts=["elders.example"], proofs=proofs).faults == ()
    assert verify_release(site, hosts=[], proofs=proofs).faults != ()


# With a look at its files while others were made


def files_of(site: Path) -> list[tuple[str, str, int]]:
    """The release itself, without its documents and manifests, as who writes it tells of each file."""
    found = [(path.relative_to(site).as_posix(), path.read_bytes()) for path in site.rglob("*") if path.is_file()]
    return [
        (name, hashlib.sha256(data).hexdigest(), len(data))
        for name, data in found
        if not name.startswith(("manifest", "woo/documenten/"))
    ]


def about(site: Path, pieces: dict[str, str] | None = None) -> ahead.About:
    return ahead.About(str(site), HOST, [], str(site.parent / "bewijs"), pieces or {})


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found_as_well_when_files_were_looked_at_ahead(site, name):
    BREAKS[name][0](site)
    ahead.look_at(about(site), [ahead.line_of(*file) for file in files_of(site)])
    faults = verify_release(site, hosts=(), proofs=site.parent / "bewijs").faults
    assert sorted(map(str, faults)) == sorted(found(site)) != []


def test_a_text_that_is_not_public_is_found_as_well_when_files_were_looked_at_ahead(site):
    piece = "dit mag niemand buiten het gemeentehuis ooit te lezen krijgen"
    write(site, "x.html", PAGE.format(title="x", body=piece))
    write_manifest(site)
    ahead.look_at(about(site, {piece: "notitie"}), [ahead.line_of(*file) for file in files_of(site)])
    secrets = Secrets({piece: "notitie"}, lambda _piece: False)
    faults = verify_release(site, hosts=(), proofs=site.parent / "bewijs", secrets=secrets).faults
    assert [str(fault) for fault in faults] == [
        "x.html: noemt tekst die niet openbaar is: notitie. Meld dit aan de maker."
    ]


@pytest.mark.parametrize(("cores", "is_killed", "left"), [(2, False, 1), (2, True, 3), (1, False, 3)])
def test_what_a_process_beside_ours_found_good_is_not_looked_at_again(site, monkeypatch, cores, is_killed, left):
    monkeypatch.setattr(ahead, "FEW", 2)
    monkeypatch.setattr(ahead.os, "sched_getaffinity", lambda _process: set(range(cores)))
    # One of the three pages links to a folder without a slash; whether that is a page, only the whole site can tell.
    with ahead.Ahead(lambda: about(site)) as beside:
        for file in files_of(site):
            beside.add(*file)
        if is_killed:
            beside._child.kill()
        beside.finish()
        looked = []
        parse = pages._parse
        monkeypatch.setattr(pages, "_parse", lambda content: looked.append(content) or parse(content))
        report = verify_release(site, hosts=(), proofs=site.parent / "bewijs")
    assert (report.faults, report.pages, len(looked)) == ((), 3, left)


def test_the_same_broken_link_on_many_pages_is_told_once(site):
    for n in range(5):
        write(site, f"pagina{n}.html", PAGE.format(title="x", body='<a href="/weg">weg</a>'))
    write_manifest(site)
    assert found(site) == [
        "pagina0.html: linkt naar /weg, maar /weg bestaat niet. Herstel de link (ook op 4 andere pagina's)."
    ]


def test_document_on_another_registered_host_is_allowed(site):
    elsewhere = minimal(loc="https://elders.example/x.pdf")
    write_sitemaps(
        site, {"014": [document(1, "besluit.pdf"), elsewhere], "011": [document(3, "m.html", categories=(COVENANTS,))]}
    )
    write(site, "woo/documenten/1/3-m.html", "<html>")
    write_manifest(site)
    assert verify(str(site), hosts=["elders.example"]).faults == ()


def test_sample_looks_inside_some_files_and_counts_all(site):
    (site / "woo/documenten/1/2 bijlage.pdf").write_bytes(b"%PDF-9.9 2")  # neither first document nor first file
    report = verify(str(site), sample=1)
    assert (report.documents, report.pages, report.faults) == (3, 1, ())


def test_export_without_documents_is_whole(tmp_path):
    write(tmp_path, "robots.txt", "User-agent: *\nAllow: /\n")
    write(tmp_path, "index.html", PAGE.format(title="Leeg", body=""))
    write_manifest(tmp_path)
    report = verify(str(tmp_path))
    assert (report.faults, report.documents, report.pages) == ((), 0, 1)


def test_site_of_another_maker_without_manifest_is_walked_too(site):
    (site / "manifest.json").unlink()
    report = verify(str(site))
    assert (report.faults, report.documents, report.pages) == ((), 3, 3)


def test_link_that_goes_round_is_no_trap(site):
    (site / "rond").symlink_to(".")
    assert found(site) == []


@pytest.mark.parametrize(
    "target", ["bestaat-niet", "https://", "https://a.example/pad", "http://[a", "https://a.example?x"]
)
def test_target_that_is_nothing_is_bad_input(target):
    with pytest.raises(BadInput):
        verify(target)


# On a web server


class Handler(SimpleHTTPRequestHandler):
    answers: dict[str, tuple[int, dict[str, str]]]

    def do_GET(self):
        if self.path in self.answers:
            status, headers = self.answers[self.path]
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *args):
        pass


@pytest.fixture
def serve(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Serve the site on loopback, with other answers for some paths."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(http, "BACKOFF_SECONDS", 0)
    http._session.cache_clear()
    servers = []

    def start(answers: dict[str, tuple[int, dict[str, str]]] | None = None) -> str:
        handler = type("SiteHandler", (Handler,), {"answers": answers or {}})
        server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *args: handler(*args, directory=str(site)))
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
    http._session(outside_only=False, is_patient=True).close()
    http._session.cache_clear()


def test_good_site_on_a_trial_server_has_no_faults(serve):
    report = verify(serve())
    assert (report.faults, report.indexes, report.documents, report.pages) == ((), 2, 3, 3)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((404, {}), "geeft status 404 in plaats van 200. Haal het document uit de lijst"),
        ((301, {"Location": "/elders.pdf"}), "stuurt door naar /elders.pdf; zet het bestand zelf op dit adres."),
        (
            (200, {"Content-Type": "application/octet-stream"}),
            "de server noemt application/octet-stream als Content-Type;",
        ),
        ((200, {}), "de server noemt niets als Content-Type; dat moet application/pdf zijn."),
        ((403, {}), "geeft status 403 in plaats van 200."),
    ],
)
def test_document_that_the_server_does_not_give_well_is_found(serve, answer, expected):
    report = verify(serve({f"/{BESLUIT}": answer}))
    assert [fault for fault in report.faults if expected in str(fault)] != [], report.faults


def test_changed_page_on_the_server_is_found(site, serve):
    write(site, "index.html", PAGE.format(title="Anders", body=""))
    assert [str(fault) for fault in verify(serve()).faults] == [
        "index.html: heeft een andere inhoud dan het manifest zegt. Maak de export opnieuw.",
        "woo/index.html: linkt naar ../#begin, maar /index.html heeft geen plek met de naam 'begin'. Herstel de link.",
    ]


def test_server_that_is_not_there_is_a_fault_and_no_exception(serve):
    url = serve()
    dead = url.rpartition(":")[0] + ":9"
    assert [str(fault) for fault in verify(dead).faults] == [
        (
            "robots.txt: is niet op te halen: 127.0.0.1:9 is niet te bereiken. Controleer het adres en de verbinding. "
            "Zet robots.txt in de hoofdmap van de website."
        )
    ]


def test_a_document_that_waits_for_the_next_release_is_no_fault(site):
    """The tree of documents outlives releases: it is filled before the switch."""
    write(site, "woo/documenten/1/9-straks.pdf", "%PDF-1.7")
    assert verify(str(site)).faults == ()
