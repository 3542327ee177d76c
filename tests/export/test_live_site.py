"""The live site read from outside and compared with what should be online, over real HTTP on loopback."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlmodel import select

from core import http
from core.audit import COMMAND_LINE
from core.errors import BadInput
from core.jobs import Job
from core.organisations import Organisation
from core.settings import Settings
from publish import live, queries, services, signing
from publish.check import Report
from publish.server import media_type
from publish.work import LOOK_JOB, ask_for_the_rest
from support.forked import Command
from support.installation import Installation


class Handler(SimpleHTTPRequestHandler):
    extra: dict[str, bytes] = {}  # noqa: RUF012 - of one test

    def guess_type(self, path: str) -> str:
        return media_type(path)

    def do_GET(self) -> None:
        if self.path in self.extra:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.extra[self.path])
            return
        super().do_GET()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def serve(monkeypatch) -> Iterator[Callable[..., str]]:
    """Serve a folder, with these answers for some addresses."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(http, "BACKOFF_SECONDS", 0)
    http._session.cache_clear()
    servers = []

    def start(folder: Path, extra: dict[str, bytes] | None = None) -> str:
        handler = type("OfThisTest", (Handler,), {"extra": extra or {}})
        server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *facts: handler(*facts, directory=str(folder)))
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
    for outside_only in (True, False):
        http._session(outside_only=outside_only, is_patient=True).close()
    http._session.cache_clear()


@pytest.fixture
def here(here: Installation) -> Installation:
    """Three documents, one of which is withdrawn; and a site."""
    here.add_activity()
    here.add_document("Besluit")
    here.add_document("Convenant", category="008")
    withdrawn = here.add_document("Intrekken")
    here.export()
    here.withdraw_document(withdrawn)
    here.export()
    return here


def look(here: Installation, at: str = "") -> list[str]:
    return list(live.look(here.database, here.folder, here.organisation_id, actor=COMMAND_LINE, at=at)[1])


def test_a_good_site_has_a_good_verdict_that_is_kept(here, serve):
    here.folder.settings.site_at = {"gm0168": serve(here.folder.root / "site")}
    assert look(here) == []
    with here.database.read(here.organisation_id) as session:
        verdict = queries.last_verdict(session)
        assert (verdict.documents, verdict.faults, verdict.asked_by) == (2, [], COMMAND_LINE.label)
        assert verdict.export_id == (here.folder.root / "site").resolve().name


def test_what_is_online_and_should_not_be_is_told(here, serve):
    """An export of yesterday, a withdrawn document, and a document that the list lacks."""
    with here.database.read(here.organisation_id) as session:
        gone = next(entry.path for entry in live.woo.withdrawn(session) if entry.path)
    before, last = sorted(path for path in here.folder.exports.iterdir() if path.name.startswith("gm0168-"))
    faults = look(here, serve(before, {f"/{gone}": b"%PDF-1.7 nog steeds"}))
    assert f"manifest.json: is export {before.name}, maar {last.name} is de laatste. Zet die op de webserver." in faults
    assert any(line.startswith(f"{gone}: is ingetrokken, maar geeft status 200.") for line in faults)
    listed = next(last.glob("sitemaps/sitemap-diwoo-infocat014-*.xml"))
    text = listed.read_text()
    without = text[: text.index("<url>")] + text[text.rindex("</url>") + len("</url>") :]
    faults = look(here, serve(last, {f"/sitemaps/{listed.name}": without.encode()}))
    assert "categorie 014: heeft online 0 documenten, dat moeten er 1 zijn." in faults


def test_a_site_online_without_the_signature_of_the_one_here_is_told(here, serve):
    key = signing.make(here.folder, "gm0168")
    here.export()
    site = (here.folder.root / "site").resolve()
    assert look(here, serve(site)) == []
    root = json.loads((site / "manifest.json").read_bytes())
    del root["signed_by"]  # somebody made it anew, or the keys on that server are not ours
    [fault] = look(here, serve(site, {"/manifest.json": json.dumps(root).encode()}))
    assert fault.startswith(f"manifest.json: is niet ondertekend met de sleutel {key.id}.")


@pytest.mark.usefixtures("serve")
def test_a_site_that_is_away_is_one_fault_after_another_and_no_error(here):
    faults = look(here, "http://127.0.0.1:1")
    assert any(line.startswith("robots.txt: is niet op te halen") for line in faults)
    assert len(faults) < 20


def test_an_address_in_the_own_network_is_only_read_when_the_environment_says_so(here, serve, monkeypatch):
    address = serve(here.folder.root / "site")
    monkeypatch.setattr(live, "address_of", lambda *_facts: address)  # as if the base URL led there
    assert any("ligt in het eigen netwerk" in line for line in look(here))
    here.folder.settings.site_at = {"gm0168": address}
    assert look(here) == []


def test_an_address_that_nobody_can_have_is_not_looked_at(here):
    with pytest.raises(BadInput, match="OPENBOEK_SITE_AT__GM0168"):
        look(here)
    with here.database.write(here.organisation_id) as session:
        ask_for_the_rest(session, here.folder, created_by="klok")
        assert session.exec(select(Job).where(Job.kind == LOOK_JOB)).all() == []


@pytest.mark.parametrize(
    ("base_url", "site_at", "expected"),
    [
        ("https://openboek.example", {}, ""),
        ("https://openboek.losser.nl", {}, "https://openboek.losser.nl"),
        ("https://openboek.losser.nl", {"gm0168": "http://10.1.2.3"}, "http://10.1.2.3"),
        ("https://openboek.losser.nl", {"gm0153": "http://10.1.2.3"}, "https://openboek.losser.nl"),
        ("https://openboek.example", {"gm0168": "http://127.0.0.1:8001"}, "http://127.0.0.1:8001"),
    ],
)
def test_where_the_site_is_read(base_url, site_at, expected):
    organisation = Organisation(code="gm0168", name="Losser", base_url=base_url)
    assert live.address_of(organisation, Settings(_env_file=None, site_at=site_at)) == expected


def test_verify_with_a_directory_compares_and_says_so_with_its_code(here, serve):
    root = here.folder.root
    good = Command("verify", serve(root / "site"), "--directory", str(root), cwd=root)
    out, err = good.communicate(timeout=60)
    assert (good.returncode, out) == (0, b""), err
    before = min(path for path in here.folder.exports.iterdir() if path.name.startswith("gm0168-"))
    bad = Command("verify", serve(before), "--directory", str(root), cwd=root)
    out, _err = bad.communicate(timeout=60)
    assert bad.returncode == 1
    assert "is de laatste" in out.decode()


def test_targets_list_and_send(here, tmp_path):
    root = here.folder.root
    (tmp_path / "elders").mkdir()
    with (root / ".env").open("a") as env:
        env.write(f"OPENBOEK_TARGETS__WEB__TO={tmp_path / 'elders'}\nOPENBOEK_TARGETS__WEG__TO={root / 'weg'}\n")
    sent = Command("targets", "send", "--directory", str(root), cwd=root)
    out, err = sent.communicate(timeout=60)
    assert (sent.returncode, out.decode().startswith("web: ")) == (2, True)
    assert "ligt bij de bestanden van Openboek zelf" in err.decode()
    listed = Command("targets", "list", "--format", "json", "--directory", str(root), cwd=root)
    out, _err = listed.communicate(timeout=60)
    web, away = json.loads(out)
    assert (web["name"], web["export"], web["error"]) == ("web", (root / "site").resolve().name, "")
    assert away["behind_since"]
    assert (tmp_path / "elders" / "site" / "index.html").read_bytes() == (root / "site" / "index.html").read_bytes()
    exported = Command("export", "--directory", str(root), cwd=root)
    out, err = exported.communicate(timeout=60)
    assert exported.returncode == 0, err
    assert json.loads(out)["behind"] == ["weg"]


def test_a_live_list_may_lack_what_was_withdrawn_since_and_no_more(here):
    here.add_document("Nog een besluit")
    withdrawn = here.add_document("Te veel")
    here.export()
    here.withdraw_document(withdrawn)
    with here.database.read(here.organisation_id) as session:
        expected = live._expected(session, here.folder, here.database)

    def told(number: int) -> list[str]:
        report = Report((), per_category={**expected.categories, "014": number})
        return [fault.where for fault in live._differences(report, expected.export_id, expected)]

    assert [told(number) for number in (1, 2, 3, 4)] == [["categorie 014"], [], [], ["categorie 014"]]


def test_after_a_way_back_the_site_of_before_is_what_should_be_online(here, serve):
    here.add_document("Nog een besluit")
    here.export()
    services.roll_back(here.database, here.folder, here.organisation_id, actor=COMMAND_LINE)
    assert look(here, serve(here.folder.root / "site")) == []
