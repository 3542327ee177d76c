"""The documentation says what the program does: links lead somewhere, commands and settings exist, words are in the code."""

import re
import shlex
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer

from core.accounts.models import RoleCode
from core.settings import Settings
from register.importer.columns import known_paths

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
HOW_TO = sorted((ROOT / "docs" / "how-to").glob("*.md"))
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"^(?:.*\s|.*\.venv/bin/)?(?:openboek|run\.py)\s+((?:[a-z.]|--help).*)$")
OWN_COMMANDS_OF_RUN = {"test", "soak"}
PLACEHOLDERS = {"...", "CODE"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def without_code(text: str) -> str:
    return INLINE.sub("", FENCED.sub("", text))


def anchors(document: Path) -> set[str]:
    """The anchors that a forge makes of headings: small letters, no punctuation, hyphens for spaces."""
    headings = re.findall(r"^#{1,6} (.+)$", FENCED.sub("", document.read_text(encoding="utf-8")), re.MULTILINE)
    kept = (
        "".join(c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LN") for heading in headings
    )
    return {heading.strip().replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(document: Path):
    broken = []
    for target in LINK.findall(without_code(document.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (document.parent / unquote(path)).resolve() if path else document
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(target)
    assert broken == []


def test_every_decision_has_a_number_of_its_own():
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert len(numbers) == len(set(numbers))


# --- commands


@cache
def program() -> Any:
    from app import cli

    cli.register_commands()
    return typer.main.get_command(cli.cli)


def all_commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from all_commands(command, (*path, name))
        else:
            yield (*path, name), command


def commands_in(text: str) -> Iterator[str]:
    """What follows the last `openboek` or `run.py` on a line, in blocks and in running text."""
    lines = [line for _, block in FENCED.findall(text) for line in block.splitlines()]
    lines += INLINE.findall(FENCED.sub("", text))
    for line in lines:
        if found := COMMAND.search(line):
            yield re.split(r"\s*(?:>>|2>|[|&>])", found[1])[0].strip()


def fault_in(command: str) -> str:
    words = shlex.split(command)
    if words[0] in {*OWN_COMMANDS_OF_RUN, *PLACEHOLDERS, "--help"}:
        return ""
    here = program()
    while words and hasattr(here, "commands") and not words[0].startswith("-"):
        name = words.pop(0)
        if name not in here.commands:
            return f"there is no command '{name}' in '{command}'"
        here = here.commands[name]
    known = {option for parameter in here.params for option in parameter.opts} | {"--help", "-h"}
    unknown = [word for word in words if word.startswith("-") and word not in known]
    return f"'{command}' has no option {unknown}" if unknown else ""


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_every_command_in_the_documentation_exists(document: Path):
    found = list(commands_in(document.read_text(encoding="utf-8")))
    assert [fault for command in found if (fault := fault_in(command))] == []


def test_every_command_is_explained_in_a_manual():
    text = "\n".join(page.read_text(encoding="utf-8") for page in [ROOT / "README.md", *HOW_TO])
    explained = "\n".join(commands_in(text))
    missing = [
        path for path, _ in all_commands(program()) if not re.search(rf"^{' '.join(path)}\b", explained, re.MULTILINE)
    ]
    assert missing == []


# --- facts that the manuals repeat


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_every_setting_in_the_documentation_exists(document: Path):
    named = set(re.findall(r"\bOPENBOEK_([A-Z_]+?)(?:__[A-Z0-9_]+)?\b", document.read_text(encoding="utf-8")))
    assert named <= {name.upper() for name in Settings.model_fields}


def test_the_manual_lists_every_field_that_a_column_can_fill():
    text = (ROOT / "docs/how-to/inlezen.md").read_text(encoding="utf-8")
    listed = text.partition("De velden die u kunt kiezen zijn:")[2].partition("\n\n")[0]
    assert sorted(INLINE.findall(listed)) == sorted(known_paths())


def test_the_manual_lists_every_role():
    text = (ROOT / "docs/how-to/beheer.md").read_text(encoding="utf-8")
    table = text.partition("### Rollen")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == [role.value for role in RoleCode]


def test_the_manual_says_which_role_reads_everything_and_which_changes_nothing():
    from app.roles import PERMISSIONS, READ_ALL, READ_TRAIL

    text = (ROOT / "docs/how-to/beheer.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    reads_all = {role.value for role, held in PERMISSIONS.items() if held >= READ_ALL}
    only_reads = {role.value for role, held in PERMISSIONS.items() if held <= READ_ALL | {READ_TRAIL}}
    assert {role for role, reads, _ in rows if reads.strip() == "alles"} == reads_all
    assert {role for role, _, more in rows if more.strip().startswith("niets")} == only_reads


# --- the pages among themselves


def test_the_index_names_every_manual_and_reference_page():
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    pages = [*HOW_TO, *(ROOT / "docs" / "reference").glob("*.md")]
    assert [page.name for page in pages if f"{page.parent.name}/{page.name})" not in index] == []


@pytest.mark.parametrize("document", HOW_TO, ids=name_of)
def test_a_manual_has_one_title_and_says_u(document: Path):
    text = FENCED.sub("", document.read_text(encoding="utf-8"))
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    assert re.findall(r"\b(?:jij|jou|jouw|je)\b", text) == []


def test_the_dutch_readme_has_the_commands_headings_and_folders_of_the_english_one():
    dutch, english = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.nl.md", "README.md"))
    assert FENCED.findall(dutch) == FENCED.findall(english)
    for shape in (r"^(#+) ", r"^\| (`[^|]*`) \|", r"^([0-9])\. ", r"`(python3 run\.py [^`]*)`", r"\]\((docs/[^)]*)\)"):
        assert re.findall(shape, dutch, re.MULTILINE) == re.findall(shape, english, re.MULTILINE), shape


# --- glossary


def glossary() -> list[tuple[str, str]]:
    """Folder and code word of each row."""
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    sections = re.split(r"^## (\w+)$", text, flags=re.MULTILINE)[1:]
    tables = zip(sections[::2], sections[1::2], strict=True)
    return [(folder, word) for folder, table in tables for word in re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)]


def test_the_glossary_covers_the_floor_the_registers_and_publication():
    assert list(dict.fromkeys(folder for folder, _ in glossary())) == ["core", "register", "woo", "wmebv", "publish"]
    assert len(glossary()) == len(set(glossary()))


@pytest.mark.parametrize("folder", ["core", "register", "woo", "wmebv", "publish"])
def test_every_code_word_of_the_glossary_is_in_the_code(folder: str):
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob("*.py"))
    words = set(re.findall(r"\w+", code)) | {path.stem for path in (ROOT / folder).rglob("*.py")}
    assert [word for place, word in glossary() if place == folder and word not in words] == []
