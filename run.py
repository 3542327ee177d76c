#!/usr/bin/env python3
"""Start Openboek with nothing but Python: makes .venv on the first run, then does what you ask.

    python3 run.py demo     an example municipality, working, in ./demo
    python3 run.py test     all tests
    python3 run.py soak     the long trials
    python3 run.py ...      everything else goes to the command `openboek`

Only the standard library here. What this script says goes to stderr; the folder you are in stays the folder.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
TESTS = ("test", "soak")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def fingerprint(lock: Path) -> str:
    parts = [lock.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode(), sys.version.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_ready(lock: Path) -> bool:
    """The development lock holds all of the other one: who has that needs nothing more."""
    for name in {lock.name, "requirements-dev.lock"}:
        done = VENV / f".{name}.done"
        if PYTHON.exists() and done.exists() and done.read_text() == fingerprint(ROOT / name):
            return True
    return False


def set_up(lock: Path) -> None:
    """Make the environment, or bring it up to date when a lock file or pyproject.toml changed."""
    say("Openboek wordt klaargezet. De eerste keer duurt dat ongeveer een minuut.")
    if not PYTHON.exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
        if made.returncode:
            say("Er kan geen Python-omgeving worden gemaakt. Installeer python3-venv en probeer het opnieuw.")
            raise SystemExit(5)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    steps = (
        [*pip, "--require-hashes", "-r", str(lock)],
        [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
        [str(PYTHON), "-m", "compileall", "-q", "-j", "0", str(VENV / "lib")],
    )
    for step in steps:
        # pip and compileall print to stdout now and then; the result of the command is all that belongs there.
        if subprocess.run(step, stdout=sys.stderr, check=False).returncode and "compileall" not in step:
            say("Het klaarzetten is niet gelukt. Controleer de internetverbinding en probeer het opnieuw.")
            raise SystemExit(5)
    (VENV / f".{lock.name}.done").write_text(fingerprint(lock))


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - the reader may well have an older one
        say("Openboek heeft Python 3.11 of nieuwer nodig.")
        return 2
    testing = arguments[:1] in ([name] for name in TESTS)
    lock = ROOT / ("requirements-dev.lock" if testing else "requirements.lock")
    if not is_ready(lock):
        set_up(lock)
    if testing:
        command = [str(PYTHON), str(ROOT / "tests" / "run_all.py"), *arguments]
    else:
        command = [str(PYTHON), "-P", "-m", "app", *arguments]  # -P: an app.py in the caller's folder is not ours
    try:
        return subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
