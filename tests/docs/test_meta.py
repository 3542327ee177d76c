"""What the repository promises about itself: publiccode.yml, licences, lock files, the map of the folders."""

import hashlib
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.markers import Marker

ROOT = Path(__file__).parents[2]
DOMAINS = ("register", "woo", "wmebv")
CODE = ("app", "bench", "core", "publish", "register", "templates", "tools", "wmebv", "woo")
NOT_OURS = {".venv", ".git", "demo", "build", "dist", "__pycache__", "node_modules"}


def files_of_the_repository() -> Iterator[Path]:
    for place in sorted(ROOT.iterdir()):
        if place.is_file():
            yield place
        elif (
            place.name not in NOT_OURS
            and not place.name.endswith(("_cache", ".egg-info"))
            and place.name != ".hypothesis"
        ):
            yield from (path for path in sorted(place.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


# --- publiccode.yml (standard 0.7)


@pytest.fixture(scope="module")
def publiccode() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    return found


def test_publiccode_has_the_mandatory_keys(publiccode: dict[str, Any]):
    mandatory = {"publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description"}
    assert mandatory | {"legal", "maintenance", "localisation"} <= set(publiccode)
    assert publiccode["publiccodeYmlVersion"] == "0.7"
    assert publiccode["softwareType"] == "standalone/web"
    assert publiccode["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}


def test_publiccode_describes_the_program_in_dutch_within_the_lengths(publiccode: dict[str, Any]):
    dutch = publiccode["description"]["nl"]
    assert 0 < len(dutch["shortDescription"]) <= 150
    assert 150 <= len(dutch["longDescription"]) <= 10_000
    assert dutch["features"]
    assert all(0 < len(feature) <= 100 for feature in dutch["features"])


def test_publiccode_says_for_whom_by_whom_and_in_which_language(publiccode: dict[str, Any]):
    assert publiccode["intendedAudience"]["countries"] == ["NL"]
    assert publiccode["intendedAudience"]["scope"]
    assert publiccode["legal"] == {"license": "EUPL-1.2"}
    assert publiccode["maintenance"]["type"] in {"internal", "contract", "community", "none"}
    assert all(contact["name"] for contact in publiccode["maintenance"]["contacts"])
    assert publiccode["localisation"] == {"localisationReady": False, "availableLanguages": ["nl"]}


def test_publiccode_has_the_version_of_the_program(publiccode: dict[str, Any]):
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{publiccode["softwareVersion"]}"' in project
    assert publiccode["softwareVersion"] in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


# --- licence and the files that public code has (Standard for Public Code 0.8)


def test_the_licence_is_the_eupl():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text == (ROOT / "LICENSES/EUPL-1.2.txt").read_text(encoding="utf-8")
    assert "EUPL" in text
    assert "1.2" in text[:200]
    assert 'license = "EUPL-1.2"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    ["README.md", "README.nl.md", "CONTRIBUTING.md", "GOVERNANCE.md", "SECURITY.md", "CHANGELOG.md", "REUSE.toml"],
)
def test_what_public_code_needs_is_there(name: str):
    assert (ROOT / name).read_text(encoding="utf-8").strip()


ALLOWED = {"MIT", "MIT-0", "MIT-CMU", "BSD", "APACHE", "ISC", "PSF", "MPL-2.0", "LGPL"}
"""MIT-0 is MIT without the duty to name the author (cffi); MIT-CMU is MIT in the words of Carnegie Mellon (pillow)."""
FAMILIES = (
    (r"^mit-0$", "MIT-0"),
    (r"^mit-cmu$", "MIT-CMU"),
    (r"^(the )?mit( license)?$", "MIT"),
    (r"^bsd([ -].*)?$", "BSD"),
    (r"^apache([ -].*)?$", "APACHE"),
    (r"^isc( license)?( \(iscl\))?$", "ISC"),
    (r"^(psf-2\.0|python software foundation license)$", "PSF"),
    (r"^(mpl-2\.0|mozilla public license 2\.0 \(mpl 2\.0\))$", "MPL-2.0"),
    (r"^lgpl-[23].*$", "LGPL"),
)


def locked(name: str) -> list[tuple[str, str, str]]:
    """Name, version and marker of each package in a lock file."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)(?: ; ([^\\\n]+))? \\$", text, re.MULTILINE)


def family(licence: str) -> str:
    plain = licence.strip().casefold()
    return next((known for pattern, known in FAMILIES if re.match(pattern, plain)), licence)


def licence_of(package: str) -> str:
    """What the metadata say: the SPDX expression, else the field that older packages fill, else the classifier."""
    told = distribution(package).metadata
    labels = [
        label.rpartition(":: ")[2] for label in told.get_all("Classifier") or [] if label.startswith("License ::")
    ]
    return told.get("License-Expression") or told.get("License") or " OR ".join(labels)


def is_allowed(expression: str) -> bool:
    """Of "A OR B" we may choose; of "A AND B" both count."""
    choices = re.split(r"\s+OR\s+", expression)
    return any(all(family(part) in ALLOWED for part in re.split(r"\s+AND\s+", choice)) for choice in choices)


def test_everything_that_runs_has_a_licence_that_we_allow():
    refused = {}
    for name, version, marker in locked("requirements.lock"):
        if marker and not Marker(marker.strip()).evaluate():
            continue  # for another system than this one
        try:
            assert distribution(name).version == version, (
                f"{name}: installed is another version than the lock file says"
            )
        except PackageNotFoundError:
            pytest.fail(f"{name} stands in requirements.lock and is not installed")
        if not is_allowed(licence_of(name)):
            refused[name] = licence_of(name)
    assert refused == {}


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-2-Clause", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("GPL-2.0-only", False),
        ("", False),
    ],
)
def test_a_licence_is_judged_by_its_whole_expression(expression: str, allowed: bool):
    assert is_allowed(expression) is allowed


# --- lock files


def test_what_runs_is_part_of_what_tests_need():
    assert set(locked("requirements.lock")) <= set(locked("requirements-dev.lock"))


def test_every_dependency_of_the_project_is_locked():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = project.partition("dependencies = [")[2].partition("]\n")[0]
    named = {re.split(r"[\[>]", name)[0] for name in re.findall(r'"([^"]+)"', section)}
    assert named <= {name for name, _, _ in locked("requirements.lock")}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_has_hashes_and_no_address(name: str):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"://|--index-url|--extra-index-url|--find-links|@ ", text) == []
    blocks = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_no_file_with_download_addresses_is_kept():
    assert [
        path.name for path in files_of_the_repository() if path.name in {"uv.lock", "pylock.toml", "package-lock.json"}
    ] == []


# --- continuous integration runs what the README says


def test_ci_runs_the_test_command_of_the_readme():
    blocks = re.findall(
        r"^```\n(.*?)\n```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert blocks == ["python3 run.py demo", "python3 run.py test"]
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == "python3 run.py test"
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


# --- the map of the folders


def test_every_folder_with_code_stands_in_the_map_of_the_readme():
    listed = re.findall(r"^\| `(\w+)/` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted({*CODE, "docs", "tests"} - {"tools"})
    assert [name for name in listed if not (ROOT / name).is_dir()] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_has_the_files_that_the_readme_promises(domain: str):
    promised = (
        "models.py",
        "rules.py",
        "services.py",
        "queries.py",
        "routes.py",
        "public.py",
        "permissions.py",
        "content.py",
    )
    found = {path.name if path.is_file() else f"{path.name}.py" for path in (ROOT / domain).iterdir()}
    assert [name for name in promised if name not in found] == []


@pytest.mark.parametrize("kind", ["unit", "services", "web", "export", "e2e"])
def test_every_kind_of_test_has_tests(kind: str):
    assert list((ROOT / "tests" / kind).glob("test_*.py"))


# --- what must not be here


def test_no_work_is_left_undone_in_the_code():
    unfinished = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError|\blorem ipsum\b")
    places = [ROOT / "run.py", *(path for folder in CODE for path in (ROOT / folder).rglob("*"))]
    source = [
        path for path in places if path.suffix in {".py", ".html", ".js", ".css", ".typ"} and "vendor" not in path.parts
    ]
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in source
        for match in unfinished.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_file_of_others_came_along(shared: Path):
    """Official schemas and lists are read from outside the repository, never kept in it."""
    reference = shared / "reference"
    ours = {reference / "xsd" / name for name in ("sitemap-diwoo.xsd", "sitemap-diwoo-profile.xsd")}
    ours |= set((reference / "xsd" / "sc").rglob("*"))
    others = [path for path in (reference / "xsd").rglob("*") if path.is_file() and path not in ours]
    others += [reference / "data" / "upl.csv", reference / "data" / "sdg-informatiegebieden.csv"]
    digests = {hashlib.sha256(path.read_bytes()).hexdigest(): path.name for path in others}
    found = {
        str(path.relative_to(ROOT)): digests[digest]
        for path in files_of_the_repository()
        if path.stat().st_size and (digest := hashlib.sha256(path.read_bytes()).hexdigest()) in digests
    }
    assert found == {}
