"""The reference pages are those that the code makes."""

import os
import re
import sys
from pathlib import Path

import pytest

from core.accounts.models import RoleCode
from core.errors import BadInput
from core.settings import Settings, load

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import make_reference  # noqa: E402 - a script, found by its folder

sys.path.pop(0)


@pytest.mark.parametrize("page", make_reference.PAGES)
def test_a_page_says_what_the_code_says(page):
    """When this fails: run tools/make_reference.py."""
    assert (ROOT / "docs/reference" / page).read_text(encoding="utf-8") == make_reference.PAGES[page]()


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_every_setting_explains_itself(setting):
    page = make_reference.settings_page()
    assert f"## `OPENBOEK_{setting.upper()}`" in page
    assert (Settings.model_fields[setting].description or "").endswith(".")


def test_every_command_has_a_help_text_and_stands_on_the_page():
    page = make_reference.commands_page()
    found = dict(make_reference.commands())
    assert {"demo", "init", "serve", "export", "verify", "audit verify", "users add", "import products"} <= set(found)
    for path, command in found.items():
        assert f"## `openboek {path}`" in page
        assert make_reference._help_of(command).endswith("."), path


def test_every_exit_code_has_a_meaning():
    assert make_reference.exit_codes() | {0, 1} == set(make_reference.MEANINGS)


def test_every_setting_that_is_read_in_the_code_exists():
    read = set()
    for folder in ("app", "core", "publish", "register", "wmebv", "woo"):
        for path in (ROOT / folder).rglob("*.py"):
            read |= set(
                re.findall(r"(?:settings|self)\.(?:_settings\.)?([a-z_]+)\b(?!\()", path.read_text(encoding="utf-8"))
            )
    assert read & set(Settings.model_fields) == set(Settings.model_fields), "a setting that nobody reads does nothing"


# Reading the settings


@pytest.fixture
def plain(monkeypatch, tmp_path):
    """A folder without settings, and an environment without ours."""
    for name in [name for name in os.environ if name.startswith("OPENBOEK_")]:
        monkeypatch.delenv(name)
    return tmp_path


def test_without_anything_there_are_defaults(plain):
    assert (load(plain).database_url, load(plain).nightly_at) == ("sqlite:///openboek.db", "02:00")


def test_the_environment_goes_before_the_file(plain, monkeypatch):
    (plain / ".env").write_text("OPENBOEK_NIGHTLY_AT=03:00\nOPENBOEK_MAX_UPLOAD=5\nIETS_ANDERS=x\n")
    monkeypatch.setenv("OPENBOEK_NIGHTLY_AT", "04:00")
    assert (load(plain).nightly_at, load(plain).max_upload) == ("04:00", 5)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("OPENBOEK_NIGHTLY_AT=25:00", "OPENBOEK_NIGHTLY_AT"),
        ("OPENBOEK_MAX_UPLOAD=veel", "OPENBOEK_MAX_UPLOAD"),
        ("OPENBOEK_MAX_UPLOAD=0", "OPENBOEK_MAX_UPLOAD"),
        ("OPENBOEK_LOG_FORMAT=xml", "OPENBOEK_LOG_FORMAT"),
        ("OPENBOEK_SECURE_COOKIES=misschien", "OPENBOEK_SECURE_COOKIES"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(plain, line, name):
    (plain / ".env").write_text(line)
    with pytest.raises(BadInput) as refused:
        load(plain)
    assert refused.value.message == f"De instelling {name} klopt niet. Kijk in docs/reference/settings.md wat er mag."


def test_a_file_with_settings_in_another_encoding_is_said_so(plain):
    (plain / ".env").write_bytes("OPENBOEK_SECURITY_CONTACT=mailto:caf\xe9@voorbeeld.example".encode("cp1252"))
    with pytest.raises(BadInput, match="UTF-8"):
        load(plain)


def test_the_ten_roles_are_those_of_the_design():
    assert [role.value for role in RoleCode] == [
        "beheerder",
        "privacy_officer",
        "invuller",
        "vaststeller",
        "fg",
        "woo_coordinator",
        "woo_redacteur",
        "wmebv_coordinator",
        "lezer",
        "management",
    ]
