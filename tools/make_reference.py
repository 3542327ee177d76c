"""Writes the pages of `docs/reference/` from the code: settings, commands and the checks on the register.

`python tools/make_reference.py` writes the pages; with `--check` it exits with 1 when one is not what the code says.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic.fields import FieldInfo

from app import cli
from core import errors
from core.settings import Settings
from register.articles import sources
from register.checks import CHECKS

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"
MADE = "<!-- Gemaakt door tools/make_reference.py; wijzig de code, niet deze pagina. -->"
MEANINGS = {
    0: "goed",
    1: "er zijn bevindingen, fouten of overgeslagen regels",
    2: "verkeerd gebruik of onleesbare invoer",
    4: "de export is geweigerd; de oude site staat nog online",
    5: "mislukt: schijf, database of netwerk",
    6: "er loopt al een export",
}
"""What an exit code says to a script (`core/errors.py`)."""


def settings_page() -> str:
    """Every environment variable with its meaning, default and form."""
    lines = [
        "# Instellingen",
        "",
        MADE,
        "",
        "Zet een instelling in de omgeving of in het bestand `.env` in de map van het register. Wat per organisatie",
        "verschilt, zoals het adres van de website, wijzigt u op het scherm bij Beheer.",
    ]
    for name, info in Settings.model_fields.items():
        lines += ["", f"## `OPENBOEK_{name.upper()}`", "", info.description or "", ""]
        lines += [f"- Standaard: {_default(info)}", *(f"- {rule}" for rule in _limits(info))]
    return "\n".join(lines) + "\n"


def _default(info: FieldInfo) -> str:
    if info.default_factory is not None:
        return "leeg"
    if isinstance(info.default, bool):
        return f"`{str(info.default).lower()}`"
    return f"`{info.default}`" if info.default != "" else "leeg"


def _limits(info: FieldInfo) -> Iterator[str]:
    for limit in info.metadata:
        if (pattern := getattr(limit, "pattern", None)) is not None:
            yield f"Vorm: `{pattern}`"
        if (above := getattr(limit, "gt", None)) is not None:
            yield f"Groter dan {above}"
    for example in info.examples or ():
        yield f"Voorbeeld: `{example}`"


def commands_page() -> str:
    """Every command with its arguments and options, and what each exit code says."""
    cli.register_commands()
    lines = [
        "# Opdrachten",
        "",
        MADE,
        "",
        "Elke opdracht begint met `openboek`. Zonder installatie werkt `python3 run.py` met dezelfde opdrachten.",
        "De uitkomst staat op stdout; voortgang en fouten staan op stderr.",
    ]
    for path, command in commands():
        lines += ["", f"## `openboek {path}`", "", _help_of(command), *_parameters(path, command)]
    lines += ["", "## Afsluitcodes", "", "| code | betekenis |", "|---|---|"]
    lines += [f"| {code} | {meaning} |" for code, meaning in sorted(MEANINGS.items())]
    return "\n".join(lines) + "\n"


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that does something, with the words that call it."""
    cli.register_commands()
    yield from _commands("", typer.main.get_command(cli.cli))


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - the classes of typer
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name in sorted(children):
        yield from _commands(f"{path} {name}".strip(), children[name])


def _help_of(command: Any) -> str:  # noqa: ANN401 - idem
    return inspect.cleandoc(command.help or "").split("\f")[0].strip()


def _parameters(path: str, command: Any) -> Iterator[str]:  # noqa: ANN401 - idem
    shown = [one for one in command.params if "--help" not in one.opts]
    arguments = [one for one in shown if not one.opts[0].startswith("-")]
    words = ["openboek", *path.split(), *(one.name.upper() for one in arguments), "[opties]"]
    yield from ("", "```", " ".join(words), "```", "")
    for one in shown:
        name = one.name.upper() if one in arguments else "`, `".join([*one.opts, *one.secondary_opts])
        rules = [rule for rule in (_need(one), _standard(one)) if rule]
        text = f"{getattr(one, 'help', None) or ''}{' (' + '; '.join(rules) + ')' if rules else ''}".strip()
        yield f"- `{name}`{': ' + text if text else ''}"


def _need(parameter: Any) -> str:  # noqa: ANN401 - idem
    return "verplicht" if parameter.required else ""


def _standard(parameter: Any) -> str:  # noqa: ANN401 - idem
    default = parameter.default
    if default is None or default is False or default == "" or callable(default) or isinstance(default, list | tuple):
        return ""
    return f"standaard: {'de huidige map' if str(default) == '.' else default}"


def rules_page() -> str:
    """Every check on the processing register: when it is a finding, how serious it is and which article asks it."""
    lines = [
        "# Controles van het verwerkingsregister",
        "",
        MADE,
        "",
        "Met een fout kunt u een verwerking niet vaststellen. Een waarschuwing of tip houdt u niet tegen. In Openboek",
        "heeft elke regel een eigen pagina: Verwerkingsregister, Alle bevindingen, Bekijk alle regels.",
        "",
        "| regel | ernst | wanneer | wat u ziet | artikel | sluiten met een reden |",
        "|---|---|---|---|---|---|",
    ]
    for check in CHECKS.values():
        article = "".join(f"[{one.text}]({one.url})" if one.url else one.text for one in sources(check.article))
        closable = "ja" if check.closable else "nee"
        cells = (check.id, check.severity.value, check.looks_at, check.words, article, closable)
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


PAGES = {"settings.md": settings_page, "commands.md": commands_page, "rules.md": rules_page}


def exit_codes() -> set[int]:
    """The codes that our errors end a command with."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.DomainError)]
    return {kind.exit_code for kind in kinds}


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them with what they should be."""
    stale = []
    for name, make in PAGES.items():
        path, text = REFERENCE / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text, encoding="utf-8")
    print("\n".join(stale) or "Alles is bij.", file=sys.stderr)
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
