"""Fetch the look again: NL Design System components and tokens, and the font, cut down to what the templates use.

Run it by hand after a component is added below, a version is raised, or openboek.css asks for another token:
`python tools/refresh_look.py`. It needs npm and the network; nothing else in the project does.
The result is committed, and tests/unit/test_look.py compares it with vendored.json.
"""

import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "core" / "web" / "static"

COMPONENTS = ("@utrecht/component-library-css", "9.0.4", "EUPL-1.2")
TOKENS = ("@nl-design-system-unstable/voorbeeld-design-tokens", "7.4.1", "EUPL-1.2")
FONT = ("@fontsource/noto-sans", "5.3.0", "OFL-1.1")

# The classes our templates use. A selector stays when every class in it is named here.
USED_CLASSES = frozenset(
    f"utrecht-{name}"
    for name in (
        *("alert", "alert--error", "alert--info", "alert--ok", "alert--warning", "alert__content"),
        *("button", "button--submit", "button--primary-action", "button--secondary-action", "button--subtle"),
        *("button-link", "button-link--html-a"),
        *("button-link--primary-action", "button-link--secondary-action", "button-link--subtle"),
        *("checkbox", "checkbox--html-input", "checkbox--custom"),
        *("form-field", "form-field--invalid", "form-field-description", "form-field-error-message"),
        *("form-fieldset", "form-fieldset--html-fieldset", "form-fieldset--invalid"),
        *("form-fieldset__legend", "form-fieldset__legend--html-legend"),
        *("form-label", "form-label--checkbox", "form-label--radio"),
        *("pagination", "pagination__relative-link"),
        *("pagination__relative-link--next", "pagination__relative-link--prev"),
        *("radio-button", "radio-button--html-input"),
        *("select", "select--html-select", "select--invalid"),
        *("skip-link", "skip-link--visible-on-focus"),
        *("table", "table--html-table"),
        *("textarea", "textarea--html-textarea", "textarea--invalid"),
        *("textbox", "textbox--html-input", "textbox--invalid"),
    )
)

Declarations = dict[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a style sheet: `head` is a selector list or at-rule, `body` holds declarations or (`@media`) rules."""

    head: str
    body: str


@dataclass(frozen=True, slots=True)
class VendoredFile:
    file: str
    package: str
    version: str
    licence: str
    sha256: str


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def rules_in(css: str) -> Iterator[Rule]:
    """The rules of one level. Strings may hold braces (data addresses), so they are skipped as a whole."""
    head_from, body_from, depth = 0, 0, 0
    for mark in re.finditer(r"\"[^\"]*\"|'[^']*'|[{};]", css):
        match mark.group():
            case "{":
                if depth == 0:
                    body_from = mark.end()
                depth += 1
            case "}":
                depth -= 1
                if depth == 0:
                    yield Rule(" ".join(css[head_from : body_from - 1].split()), css[body_from : mark.start()].strip())
                    head_from = mark.end()
            case ";" if depth == 0:  # @charset and the like
                head_from = mark.end()


def split_outside_brackets(text: str, separator: str) -> list[str]:
    parts, depth, begin = [], 0, 0
    for mark in re.finditer(rf"\"[^\"]*\"|'[^']*'|[()\[\]]|{re.escape(separator)}", text):
        if mark.group() in "([":
            depth += 1
        elif mark.group() in ")]":
            depth -= 1
        elif mark.group() == separator and depth == 0:
            parts.append(text[begin : mark.start()].strip())
            begin = mark.end()
    return [part for part in [*parts, text[begin:].strip()] if part]


def is_used(selector: str) -> bool:
    asked = re.sub(r":not\([^()]*(?:\([^()]*\)[^()]*)*\)", "", selector)  # a class that must be absent is no use of it
    classes = re.findall(r"\.([A-Za-z][\w-]*)", asked)
    return bool(classes) and all(name in USED_CLASSES for name in classes)


def prune(css: str) -> str:
    """Keep the rules whose selectors use only our classes, also inside `@media`; drop rules that are then empty.

    One rule on a line, without spaces that say nothing. What only Internet Explorer reads is dropped too.
    """
    kept = []
    for rule in rules_in(css):
        if "-ms-high-contrast" in rule.head:
            continue
        if rule.head.startswith("@media"):
            head, body = rule.head, prune(rule.body)
        else:
            head = ",".join(selector for selector in split_outside_brackets(rule.head, ",") if is_used(selector))
            body = ";".join(compact(line) for line in split_outside_brackets(rule.body, ";"))
        if head and body:
            kept.append(f"{head}{{{body}}}")
    return "\n".join(kept)


def compact(declaration: str) -> str:
    """`color: red` as `color:red`; the value itself stays as it is."""
    name, value = declaration.split(":", 1)
    return f"{name.strip()}:{' '.join(value.split())}"


def declarations(css: str) -> Declarations:
    """All custom properties that a flat style sheet of tokens sets."""
    return {
        name.strip(): " ".join(value.split())
        for rule in rules_in(css)
        for name, value in (part.split(":", 1) for part in split_outside_brackets(rule.body, ";"))
    }


def properties_used(css: str) -> set[str]:
    return set(re.findall(r"var\(\s*(--[\w-]+)", css))


def resolve(names: Iterable[str], tokens: Declarations) -> Declarations:
    """The tokens asked for, with all tokens these refer to, in alphabetical order."""
    waiting, found = list(names), set[str]()
    while waiting:
        name = waiting.pop()
        if name in tokens and name not in found:
            found.add(name)
            waiting += properties_used(tokens[name])
    return {name: tokens[name] for name in sorted(found)}


def unpack(package: str, version: str, licence: str, folder: Path) -> Path:
    """Fetch a package and check that it says it has the licence we count on."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{package}@{version}"],  # noqa: S607  # found on the path of who runs this by hand
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    target = folder / packed.removesuffix(".tgz")
    with tarfile.open(folder / packed) as archive:
        archive.extractall(target, filter="data")
    described = json.loads((target / "package" / "package.json").read_text())
    if described["license"] != licence:
        raise SystemExit(f"{package} {version} now has licence {described['license']}, expected {licence}")
    return target / "package"


def notice(text: str) -> str:
    """The copyright lines that open a style sheet, each once."""
    owners = sorted(set(re.findall(r"Copyright \(c\) [^\n*]+", text)))
    return "\n".join(["/**", " * @license EUPL-1.2", *(f" * {owner.strip()}" for owner in owners), " */"])


def main() -> None:
    vendor = STATIC / "vendor"
    vendor.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source = (unpack(*COMPONENTS, folder) / "dist" / "index.css").read_text()
        components = prune(without_comments(source))
        token_package = unpack(*TOKENS, folder)
        tokens = declarations(without_comments((token_package / "dist" / "theme.css").read_text()))
        own = "".join((STATIC / name).read_text() for name in ("openboek.css", "huisstijl.css"))
        used = resolve(properties_used(components) | properties_used(own), tokens)
        font = unpack(*FONT, folder) / "files"
        contents = {
            "vendor/utrecht-components.css": (COMPONENTS, f"{notice(source)}\n{components}\n".encode()),
            "vendor/voorbeeld-tokens.css": (
                TOKENS,
                "\n".join(
                    [
                        notice((token_package / "dist" / "custom.css").read_text()),
                        ".voorbeeld-theme {",
                        *(f"{name}:{value};" for name, value in used.items()),
                        "}\n",
                    ]
                ).encode(),
            ),
            **{
                f"vendor/noto-sans-latin-{weight}.woff2": (
                    FONT,
                    (font / f"noto-sans-latin-{weight}-normal.woff2").read_bytes(),
                )
                for weight in (400, 700)
            },
        }
    listed = []
    for name, ((package, version, licence), content) in contents.items():
        (STATIC / name).write_bytes(content)
        listed.append(asdict(VendoredFile(name, package, version, licence, hashlib.sha256(content).hexdigest())))
        print(f"{name}: {len(content)} bytes")
    (STATIC / "vendored.json").write_text(json.dumps(listed, indent=2) + "\n")


if __name__ == "__main__":
    main()
