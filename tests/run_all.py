"""All tests and checks, as `python3 run.py test` runs them; `soak` runs the long trials."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMPILED = Path(tempfile.gettempdir()) / "openboek-tests-compiled"
PYTEST = [sys.executable, "-m", "pytest", "-q"]
# Three processes on two cores: many tests wait for a server, a worker or a lock. Neighbours stay together: they share fixtures.
CHECKS = (
    ("Stijl", [sys.executable, "-m", "ruff", "check", "."]),
    ("Opmaak", [sys.executable, "-m", "ruff", "format", "--check", "."]),
    ("Soorten", [sys.executable, "-m", "mypy"]),
    ("Richting van imports", [str(Path(sys.executable).with_name("lint-imports"))]),
    ("Licenties", [sys.executable, "-m", "reuse", "lint", "--quiet"]),
    (
        "Tests op SQLite en PostgreSQL",
        [*PYTEST, "-n", "3", "--dist", "worksteal", "--db", "both", "--ignore", "tests/e2e"],
    ),
    ("In de browser", [*PYTEST, "-m", "e2e and not soak"]),
)


def main(arguments: list[str]) -> int:
    kind, *rest = arguments or ["test"]
    if kind == "soak":
        return subprocess.run([*PYTEST, "-m", "soak", *rest], cwd=ROOT, check=False).returncode
    if rest:  # a part of the tests, for who is working on it
        return subprocess.run([*PYTEST, *rest], cwd=ROOT, check=False).returncode
    failed = []
    for name, command in CHECKS:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        start = time.monotonic()
        environment = {**os.environ, "PYTHONHASHSEED": "random", "PYTHONPYCACHEPREFIX": str(COMPILED)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # many processes start: let them share what is compiled
        if subprocess.run(command, cwd=ROOT, check=False, env=environment).returncode:
            failed.append(name)
        sys.stdout.write(f"   {time.monotonic() - start:.0f} seconden\n")
    sys.stdout.write(f"\nNiet in orde: {', '.join(failed)}\n" if failed else "\nAlles in orde.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
