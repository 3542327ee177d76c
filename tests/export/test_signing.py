"""The signature of the manifest of each export: made, checked, renewed after a withdrawal, sent along, replaced."""

import json
import shutil
import stat
import subprocess
import tarfile
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import col, select

from app import jobs as job_handlers
from app.cli import main
from app.doctor import Outcome, examine
from core import audit, jobs
from core.errors import Failed
from core.settings import TargetSettings
from publish import deliveries, signing, writer
from publish.check import verify
from publish.check.signatures import key_in
from publish.models import PublishRun
from support.installation import CODE, Installation

STRANGE = Ed25519PrivateKey.generate().public_key()


@pytest.fixture
def key(here: Installation) -> signing.Key:
    here.add_activity()
    return signing.make(here.folder, CODE)


def live(here: Installation) -> Path:
    found = writer.current(here.folder.root / "site")
    assert found is not None
    return found


def signed_by(release: Path) -> list[str]:
    return json.loads((release / "manifest.json").read_bytes()).get("signed_by", [])


def faults(release: Path, *keys) -> list[str]:
    return [str(fault) for fault in verify(str(release), keys=keys).faults]


def rewrite(release: Path, name: str, data: bytes) -> None:
    """Releases share their files: a new one under the old name."""
    (release / name).unlink()
    (release / name).write_bytes(data)


def test_a_reader_checks_an_export_with_the_key_on_the_site_and_tools_of_others(here, key, tmp_path):
    here.export()
    site, place = live(here), f"ondertekening/{key.id}"
    assert signed_by(site) == [key.id]
    assert faults(site) == []
    assert faults(site, key_in(site / f"{place}.pem")) == []
    page = (site / "opendata/index.html").read_text("utf-8")
    assert f'href="/{place}.pem"' in page
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    line = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", f"{place}.pem", "-rawin", "-in", "manifest.json"]
    checked = subprocess.run([*line, "-sigfile", f"{place}.sig"], cwd=site, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_without_a_key_nothing_is_signed_and_who_asks_for_it_hears_so(here):
    here.add_activity()
    here.export()
    assert not (live(here) / "ondertekening").exists()
    assert "signed_by" not in json.loads((live(here) / "manifest.json").read_bytes())
    assert "Is dit echt van ons?" not in (live(here) / "opendata/index.html").read_text("utf-8")
    assert faults(live(here)) == []
    assert any("is niet ondertekend met de sleutel" in fault for fault in faults(live(here), STRANGE))


def test_whoever_changes_the_manifest_or_swaps_the_key_is_found_out(here, key):
    here.export()
    site, mine = live(here), key.secret.public_key()
    manifest, pem = (site / "manifest.json").read_bytes(), f"ondertekening/{key.id}.pem"
    rewrite(site, "manifest.json", manifest.replace(b'"organisation"', b'"organisatie"'))
    assert any(f"ondertekening/{key.id}.sig: hoort niet bij deze manifest.json" in fault for fault in faults(site))
    other = signing.make(here.folder, CODE)  # somebody with a key of his own, who signs all of it anew
    rewrite(site, "manifest.json", manifest)
    rewrite(site, pem, other.public)
    assert any(f"{pem}: is niet de openbare sleutel {key.id}" in fault for fault in faults(site))
    rewrite(site, "manifest.json", manifest.replace(key.id.encode(), other.id.encode()))
    assert any(f"is niet ondertekend met de sleutel {key.id}" in fault for fault in faults(site, mine))
    rewrite(site, "manifest.json", manifest.replace(key.id.encode(), b"../../../../../etc"))
    assert any("iets wat geen sleutel is" in fault for fault in faults(site, mine))
    (site / "manifest.json").unlink()
    assert any("niets is ondertekend" in fault for fault in faults(site, mine))


def test_a_new_key_signs_beside_the_old_one_until_that_is_retired(here, key):
    first = here.export()
    new = signing.make(here.folder, CODE)
    assert here.export().changed, "nothing changed but the key"
    assert signed_by(live(here)) == [key.id, new.id]
    assert faults(live(here), key.secret.public_key(), new.secret.public_key()) == []
    signing.retire(here.folder, CODE, key.id)
    assert here.export().changed
    assert signed_by(live(here)) == [new.id]
    assert [path.name for path in sorted((live(here) / "ondertekening").iterdir())] == [
        f"{new.id}.pem",
        f"{new.id}.sig",
    ]
    assert faults(live(here), new.secret.public_key()) == []
    assert any(f"de sleutel {key.id}" in fault for fault in faults(live(here), key.secret.public_key()))
    assert not here.export().changed
    assert signed_by(here.folder.exports / first.export_id) == [key.id], "what was signed stays signed"


def withdraw(here: Installation, document: UUID) -> list[str]:
    """Withdraw at once, beside a night; gives the faults other than the file that went."""
    with writer.publish_lock(here.folder.exports, CODE):
        here.withdraw_document(document)
        handlers = job_handlers.handlers(here.folder)
        assert jobs.run_one(here.database, handlers, "spoed", only=job_handlers.URGENT)
    return [fault for fault in faults(live(here)) if "woo/documenten/" not in fault]


def test_after_a_withdrawal_the_signature_fits_again(here, key):
    documents = [here.add_document(f"Besluit {number}") for number in range(3)]
    here.export()
    before = (live(here) / "manifest.json").read_bytes()
    assert withdraw(here, documents[1]) == []
    assert (live(here) / "manifest.json").read_bytes() != before
    assert signed_by(live(here)) == [key.id]
    key.path.write_text("geen sleutel")  # then the withdrawal goes all the same
    assert withdraw(here, documents[2]) == []
    assert signed_by(live(here)) == []
    assert not (live(here) / f"ondertekening/{key.id}.sig").exists()
    key.path.unlink()
    assert here.export().changed


def test_a_key_that_cannot_be_read_keeps_the_old_site_online(here, key):
    first = here.export()
    here.add_document("Nieuw")
    key.path.write_text("geen sleutel")
    with pytest.raises(Failed, match=r"Een sleutel in .*sleutels/gm0168 kan niet worden gelezen"):
        here.export()
    assert live(here).name == first.export_id


def test_a_key_that_is_lost_is_told(here, key):
    here.export()
    key.path.unlink()
    assert here.export().changed
    with here.database.read(here.organisation_id) as session:
        run = session.exec(select(PublishRun).order_by(col(PublishRun.started_at).desc())).first()
        assert any("De vorige site was ondertekend, deze niet meer" in warning for warning in run.warnings)


def test_a_copy_gets_the_signatures_too(here, key, tmp_path):
    (tmp_path / "kopie").mkdir()
    here.folder.settings.targets = {"een": TargetSettings(to=str(tmp_path / "kopie"))}
    here.export()
    deliveries.deliver(here.database, here.folder, here.organisation_id, "een", actor=audit.COMMAND_LINE)
    assert faults(tmp_path / "kopie" / "site", key.secret.public_key()) == []
    signing.make(here.folder, CODE)
    signing.retire(here.folder, CODE, key.id)
    here.export()
    deliveries.deliver(here.database, here.folder, here.organisation_id, "een", actor=audit.COMMAND_LINE)
    assert signed_by(tmp_path / "kopie" / "site") == signed_by(live(here))
    assert faults(tmp_path / "kopie" / "site") == []


def test_only_the_owner_can_read_a_key(here, key):
    assert stat.S_IMODE(key.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.path.parent.stat().st_mode) == 0o700

    def told() -> tuple[Outcome, str]:
        return next((one.outcome, one.message) for one in examine(here.folder) if one.subject == "Sleutels gm0168")

    assert told() == (Outcome.GOOD, f"Elke export wordt ondertekend met {key.id}.")
    key.path.chmod(0o644)
    assert told() == (Outcome.CAREFUL, f"Anderen kunnen {key.path} lezen. Doe: chmod 600 {key.path}")
    key.path.write_text("geen sleutel")
    assert told()[0] is Outcome.WRONG


@pytest.fixture
def openboek(capsys, here):
    """Run a command in the folder; gives its exit code and what it said."""

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*arguments, *([] if arguments[0] == "verify" else ["--directory", str(here.folder.root)])])
        return int(ended.value.code or 0), capsys.readouterr().out

    return run


def test_the_commands_make_show_check_and_retire_a_key(here, openboek, tmp_path):
    here.add_activity()
    assert openboek("signing", "new")[1].endswith("Doe nu: openboek export\n")
    [one] = json.loads(openboek("signing", "list", "--format", "json")[1])
    assert one["live"] is False
    here.export()
    [one] = json.loads(openboek("signing", "list", "--format", "json")[1])
    assert one["live"] is True
    assert "ja" in openboek("signing", "list")[1]
    site = str(live(here))
    assert openboek("verify", site, "--key", f"{site}/ondertekening/{one['id']}.pem") == (0, "")
    (tmp_path / "ander.pem").write_bytes(signing.make(here.folder, "gm0153").public)
    code, said = openboek("verify", site, "--key", str(tmp_path / "ander.pem"))
    assert (code, "is niet ondertekend met de sleutel" in said) == (1, True)
    assert openboek("verify", site, "--key", one["path"])[0] == 2, "that is the secret one"
    assert openboek("verify", f"{site}/sitemap.xml", "--key", str(tmp_path / "ander.pem"))[0] == 2
    assert openboek("signing", "retire", "0000")[0] == 2
    assert openboek("signing", "retire", one["id"])[1].startswith(f"Sleutel {one['id']} is weg.")
    assert openboek("signing", "list", "--format", "json") == (0, "[]\n")
    with here.database.read(here.organisation_id) as session:
        actions = {event.action for event in session.exec(select(audit.AuditEvent))}
    assert {"publish:key:add", "publish:key:remove"} <= actions


def test_a_key_is_in_no_backup(key, openboek, tmp_path):
    assert openboek("backup", str(tmp_path / "b.tar.gz"))[0] == 0
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        assert not [name for name in archive.getnames() if "sleutel" in name]
