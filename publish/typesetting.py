"""Sets data on pages as a PDF, in a process of its own: typst keeps what it set and never gives that memory back."""

import subprocess
import sys
from importlib import resources
from importlib.metadata import version
from pathlib import Path

from core.errors import Failed

SECONDS = 600
"""A part of the register takes five; a machine may be busy."""


def maker(template: str) -> bytes:
    """What the bytes of a PDF depend on besides its data: the template and the version of typst."""
    return version("typst").encode() + (resources.files("publish") / template).read_bytes()


def pdf(template: str, inputs: str) -> bytes:
    """A tagged PDF (PDF/UA-1 and PDF/A-2a) of JSON data: the same bytes for the same data, on any machine.

    Raises:
        Failed: it cannot be made.
    """
    try:
        made = subprocess.run(
            [sys.executable, "-P", "-m", "publish.typesetting", template],
            input=inputs.encode(),
            capture_output=True,
            env={"PYTHONPATH": str(Path(__file__).resolve().parents[1])},
            timeout=SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Failed("De PDF van het register kon niet worden gemaakt. Probeer het opnieuw.") from error
    return made.stdout


def _child() -> None:
    import typst

    # Only the typefaces that come with typst, else the bytes would depend on the machine.
    compiler = typst.Compiler(ignore_system_fonts=True)
    made = compiler.compile(
        (resources.files("publish") / sys.argv[1]).read_bytes(),
        format="pdf",
        sys_inputs={"data": sys.stdin.buffer.read().decode()},
        pdf_standards=["ua-1", "a-2a"],
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gives one PDF as bytes")
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    _child()
