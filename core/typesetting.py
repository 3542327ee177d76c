"""Sets data on pages as a tagged PDF (PDF/UA-1 and PDF/A-2a), in a process of its own.

Typst keeps what it set and never gives that memory back: a few megabytes for each record. In the child nothing else of
the application is loaded.
"""

import base64
import json
import re
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib.metadata import version
from importlib.resources import files

from core import confined

MAX_MEMORY = 3_000_000_000
MAX_SECONDS = 600
_TRIES = 5
_DOTS = 120
"""An inch of a picture."""
_PICTURES = b"""
#set page(width: auto, height: auto, margin: 0pt)
#for one in json(bytes(sys.inputs.data)) { page(image(bytes(one), format: "svg", width: 500pt)) }
"""
_UNSHOWN = re.compile(r"the text `\"(.*?)\"` could not be displayed")
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def maker(package: str, template: str) -> bytes:
    """What the bytes of a PDF depend on besides its data: the template and the version of typst."""
    return version("typst").encode() + _template(package, template)


def pdf(package: str, template: str, data: str) -> bytes | None:
    """The PDF of JSON data, the same bytes for the same data; None when it cannot be made within the limits.

    Only the typefaces that come with typst are used, else the bytes would depend on the machine. A character that
    they do not have (an emoji, Arabic) becomes its number, as in `[U+1F6B2]`: PDF/A refuses text that is not shown.
    """
    made = confined.run("core.typesetting", data.encode(), (package, template), timeout=MAX_SECONDS)
    return made.output if made.is_whole else None


def standing_by() -> AbstractContextManager[None]:
    """For many PDFs: meanwhile one process has typst loaded, and none of them waits a tenth of a second for that."""
    return confined.standing_by("core.typesetting")


def load() -> None:
    """What every child needs, ahead of the first one."""
    import typst  # noqa: F401


def pictures(drawings: Sequence[str]) -> Sequence[bytes] | None:
    """Drawings (SVG) as PNG, for programs that show no SVG; the same bytes for the same drawings. None as for `pdf`."""
    made = confined.run("core.typesetting", json.dumps(drawings).encode(), ("pictures",), timeout=MAX_SECONDS)
    return [base64.b64decode(one) for one in json.loads(made.output)] if made.is_whole else None


def _draw(drawings: str) -> None:
    """The child that makes pictures: each on a page of its own, which is as large as the picture."""
    import typst

    confined.limit(MAX_SECONDS, MAX_MEMORY)
    made = typst.Compiler(ignore_system_fonts=True).compile(
        _PICTURES, format="png", ppi=_DOTS, sys_inputs={"data": drawings}
    )
    pages = made if isinstance(made, list) else [made]
    sys.stdout.write(json.dumps([base64.b64encode(one).decode() for one in pages if isinstance(one, bytes)]))


def _template(package: str, template: str) -> bytes:
    return files(package).joinpath(template).read_bytes()


def _set(package: str, template: str) -> None:
    import typst

    confined.limit(MAX_SECONDS, MAX_MEMORY)
    data = sys.stdin.buffer.read().decode()
    compiler = typst.Compiler(ignore_system_fonts=True)
    for _ in range(_TRIES):
        try:
            made = compiler.compile(
                _template(package, template),
                format="pdf",
                sys_inputs={"data": data},
                pdf_standards=["ua-1", "a-2a"],
            )
        except typst.TypstError as error:
            unshown = {
                char for text in _UNSHOWN.findall(error.diagnostic) for char in _read(text) if not char.isascii()
            }
            if not unshown:
                raise SystemExit(error.diagnostic) from error
            data = data.translate({ord(char): f"[U+{ord(char):04X}]" for char in unshown})
        else:
            sys.stdout.buffer.write(made if isinstance(made, bytes) else b"")
            return
    raise SystemExit("a character that cannot be shown stays in the text")


def _read(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def main(*what: str) -> None:
    """The child. Whoever started it reads on stdout what it made, unless it fails."""
    _draw(sys.stdin.read()) if what == ("pictures",) else _set(*what)


if __name__ == "__main__":
    main(*sys.argv[1:])
