"""The published site as a reader gets it: pages, 404, 410, and nothing from outside the release."""

from pathlib import Path
from typing import Any

import pytest
from starlette.responses import FileResponse
from starlette.testclient import TestClient

from core.web.security import HEADERS as APP_HEADERS
from publish.server import HEADERS, SITE_POLICY, UPLOAD_POLICY, PublishedSite
from publish.writer import new_release, switch

GONE = "woo/documenten/dossier-1/1-ingetrokken.pdf"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    tree = tmp_path / "documenten/gm0168"
    (tree / "dossier-1").mkdir(parents=True)
    (tree / "dossier-1/2-besluit.pdf").write_bytes(b"%PDF-1.7 besluit")
    (tree / "dossier-1/3-bijlage.html").write_text("<script>alert(1)</script>")
    (tmp_path / "geheim.txt").write_text("geheim")
    (tmp_path / "documenten/gm0153").mkdir()
    (tmp_path / "documenten/gm0153/van-een-ander.pdf").write_bytes(b"%PDF")
    with new_release(tmp_path / "exports", "gm0168-1") as release:
        for name, text in {
            "index.html": "<h1>Welkom</h1>",
            "404.html": "<h1>Deze pagina bestaat niet</h1>",
            "ingetrokken.html": "<h1>Dit document is ingetrokken</h1>",
            "verwerkingsregister/index.html": "<h1>Register</h1>",
            "verwerkingsregister/register.csv": "kenmerk\n",
            "verwerkingsregister/register.ttl": "<a> <b> <c> .",
            "sitemaps/sitemap-1.xml": "<urlset/>",
            "leeg/bestand.txt": "x",
        }.items():
            release.write(name, text.encode())
        release.link_documents(tree, {})
    switch(tmp_path / "site", tmp_path / "exports/gm0168-1")
    return tmp_path


@pytest.fixture
def reader(place: Path) -> TestClient:
    return TestClient(PublishedSite(place / "site", lambda path: path == GONE), follow_redirects=False)


def test_a_folder_shows_its_index(reader):
    assert (reader.get("/").text, reader.get("/verwerkingsregister/").text) == ("<h1>Welkom</h1>", "<h1>Register</h1>")


def test_a_folder_without_a_slash_leads_to_the_one_with(reader):
    answer = reader.get("/verwerkingsregister")
    assert (answer.status_code, answer.headers["location"]) == (301, "/verwerkingsregister/")


def test_a_folder_without_an_index_does_not_show_what_is_in_it(reader):
    answer = reader.get("/leeg/")
    assert (answer.status_code, "bestand" in answer.text) == (404, False)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/verwerkingsregister/register.csv", "text/csv; charset=utf-8"),
        ("/verwerkingsregister/register.ttl", "text/turtle; charset=utf-8"),
        ("/sitemaps/sitemap-1.xml", "application/xml"),
        ("/woo/documenten/dossier-1/2-besluit.pdf", "application/pdf"),
    ],
)
def test_every_file_says_what_it_is(reader, path, kind):
    assert reader.get(path).headers["content-type"] == kind


def test_what_is_not_there_is_a_page(reader):
    answer = reader.get("/bestaat-niet/")
    assert (answer.status_code, answer.text) == (404, "<h1>Deze pagina bestaat niet</h1>")


def test_what_was_withdrawn_is_gone_at_once_also_while_the_file_is_there(reader, place):
    (place / "documenten/gm0168/dossier-1/1-ingetrokken.pdf").write_bytes(b"%PDF")
    answer = reader.get(f"/{GONE}")
    assert (answer.status_code, answer.text) == (410, "<h1>Dit document is ingetrokken</h1>")


def test_what_is_withdrawn_while_somebody_asks_for_it_is_gone(place, monkeypatch):
    asked = place / "documenten/gm0168/dossier-1/2-besluit.pdf"
    path = "woo/documenten/dossier-1/2-besluit.pdf"
    site = PublishedSite(place / "site", lambda named: named == path and not asked.exists())
    opened = FileResponse._open_file

    def withdrawn_just_before(response: FileResponse) -> Any:
        asked.unlink(missing_ok=True)
        return opened(response)

    monkeypatch.setattr(FileResponse, "_open_file", withdrawn_just_before)
    answer = TestClient(site).get(f"/{path}")
    assert (answer.status_code, answer.text) == (410, "<h1>Dit document is ingetrokken</h1>")


@pytest.mark.parametrize(
    "path",
    [
        f"//{GONE}",
        "/woo//documenten/dossier-1/1-ingetrokken.pdf",
        "/woo/./documenten/dossier-1/1-ingetrokken.pdf",
        "/verwerkingsregister/../woo/documenten/dossier-1/1-ingetrokken.pdf",
        "/woo/documenten/dossier-1/1-ingetrokken.pdf/",
        "/woo/documenten//dossier-1/1-ingetrokken.pdf",
    ],
)
def test_no_other_spelling_of_an_address_shows_what_was_withdrawn(place, path):
    (place / "documenten/gm0168/dossier-1/1-ingetrokken.pdf").write_bytes(b"%PDF")
    assert raw(place, path)[0] in {404, 410}


@pytest.mark.parametrize(
    "path",
    [
        "/../geheim.txt",
        "/../../etc/passwd",
        "/woo/documenten/../gm0153/van-een-ander.pdf",
        "/woo/documenten/../../geheim.txt",
        "/..",
        "/a\x00b",
        "/" + "x" * 5000,
        "/..\\geheim.txt",
    ],
)
def test_nothing_from_outside_the_release_is_shown(place, path):
    status, _headers, body = raw(place, path)
    assert (status, b"geheim" in body, body.startswith(b"%PDF")) == (404, False, False)


def test_a_link_inside_the_release_that_leads_outside_shows_nothing(place):
    (place / "exports/gm0168-1/uit").symlink_to(place)
    assert raw(place, "/uit/geheim.txt")[0] == 404


@pytest.mark.parametrize("path", ["//evil.example/..", "//verwerkingsregister", "/./verwerkingsregister", "//"])
def test_no_address_leads_to_another_site(place, path):
    status, headers, _body = raw(place, path)
    assert (status, "location" in headers) == (404, False)


def test_an_uploaded_page_runs_in_a_sandbox(reader, place):
    assert reader.get("/woo/documenten/dossier-1/3-bijlage.html").headers["content-security-policy"] == UPLOAD_POLICY
    assert "sandbox" in UPLOAD_POLICY.split("; ")
    assert "script" not in UPLOAD_POLICY
    assert reader.get("/").headers["content-security-policy"] == SITE_POLICY
    for path in ("/woo//documenten/dossier-1/3-bijlage.html", "//woo/documenten/dossier-1/3-bijlage.html"):
        status, headers, body = raw(place, path)
        assert status == 404 or headers["content-security-policy"] == UPLOAD_POLICY
        assert status != 404 or b"script" not in body


def test_no_browser_keeps_a_document_without_asking_again(reader):
    """Else a document that was taken back is still shown from a cache, with the status 200."""
    answer = reader.get("/woo/documenten/dossier-1/3-bijlage.html")
    assert answer.headers["cache-control"] == "no-cache"


def test_every_answer_carries_the_security_headers(reader):
    for path in ("/", "/bestaat-niet", f"/{GONE}", "/verwerkingsregister", "/woo/documenten/dossier-1/2-besluit.pdf"):
        answer = reader.get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert {name: APP_HEADERS[name] for name in HEADERS} == HEADERS


def test_head_says_the_same_without_the_text(place):
    for path in ("/", "/verwerkingsregister/register.csv"):
        status, headers, body = raw(place, path, "HEAD")
        full_status, full_headers, full_body = raw(place, path)
        assert (status, headers["content-type"], body) == (full_status, full_headers["content-type"], b"")
        assert headers["content-length"] == full_headers["content-length"] == str(len(full_body))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_a_site_takes_no_changes(reader, method):
    answer = reader.request(method, "/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_part_of_a_file_can_be_asked_for(reader):
    answer = reader.get("/woo/documenten/dossier-1/2-besluit.pdf", headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.content) == (206, b"%PDF")


def test_a_new_release_is_shown_from_the_next_request_on(reader, place):
    with new_release(place / "exports", "gm0168-2") as release:
        release.write("index.html", b"<h1>Nieuw</h1>")
    switch(place / "site", place / "exports/gm0168-2")
    assert reader.get("/").text == "<h1>Nieuw</h1>"


def test_before_the_first_export_there_is_a_sentence(tmp_path):
    answer = TestClient(PublishedSite(tmp_path / "site", lambda _path: False)).get("/")
    assert (answer.status_code, "Er is nog geen website" in answer.text, 'lang="nl"' in answer.text) == (
        404,
        True,
        True,
    )


def raw(place: Path, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Ask with a path exactly as given; a browser or client library would tidy it up first."""
    import anyio

    sent: list[dict] = []

    asked = []

    async def receive() -> dict:
        if asked:
            await anyio.sleep_forever()  # the reader stays on the line
        asked.append(True)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        "scheme": "http",
        "server": ("localhost", 80),
    }
    anyio.run(PublishedSite(place / "site", lambda found: found == GONE), scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])
