"""Makes a tagged PDF (PDF/UA-1 and PDF/A-2a) of data, in a process of its own.

Setting type takes a few megabytes of memory for each record, which the process gives back by ending. In the child
nothing else of the application is loaded.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

MAX_MEMORY = 3_000_000_000
MAX_SECONDS = 300
_TRIES = 5
_UNSHOWN = re.compile(r"the text `\"(.*?)\"` could not be displayed")
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def typeset(data: Mapping[str, Any]) -> bytes | None:
    """The PDF; None when it cannot be made, or not within the limits.

    Only the typefaces that come with typst are used, else the bytes would depend on the machine. A character that
    they do not have (an emoji, Arabic) becomes its number, as in `[U+1F6B2]`: PDF/A refuses text that is not shown.
    """
    root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-P", "-m", "register.report.typesetting"]
    try:
        child = subprocess.run(
            command,
            input=json.dumps(data, ensure_ascii=False).encode(),
            capture_output=True,
            check=False,
            timeout=MAX_SECONDS,
            env={"PYTHONPATH": root},
        )
    except subprocess.TimeoutExpired:
        return None
    return child.stdout if child.returncode == 0 else None


def _child() -> int:
    import resource

    import typst

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    data = sys.stdin.buffer.read().decode()
    template = files("register.report").joinpath("register.typ").read_bytes()
    compiler = typst.Compiler(ignore_system_fonts=True)
    for _ in range(_TRIES):
        try:
            made = compiler.compile(template, format="pdf", sys_inputs={"data": data}, pdf_standards=["ua-1", "a-2a"])
        except typst.TypstError as error:
            unshown = {
                char for text in _UNSHOWN.findall(error.diagnostic) for char in _read(text) if not char.isascii()
            }
            if not unshown:
                sys.stderr.write(error.diagnostic)
                return 1
            data = data.translate({ord(char): f"[U+{ord(char):04X}]" for char in unshown})
        else:
            sys.stdout.buffer.write(made if isinstance(made, bytes) else b"")
            return 0
    return 1


def _read(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


if __name__ == "__main__":
    sys.exit(_child())
