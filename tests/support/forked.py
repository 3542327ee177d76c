"""Processes of their own that are there at once: forked from one that loaded the program, which takes seconds.

For the rest they are as any other: memory, connections and folder of their own, and they can be killed.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from multiprocessing import forkserver, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}


@cache
def context() -> ForkServerContext:
    """Where processes come from, as `multiprocessing.get_context` gives it."""
    made = get_context("forkserver")
    made.set_forkserver_preload(["support.loaded"])
    compiled = sys.pycache_prefix or str(Path(tempfile.gettempdir()) / "openboek-tests-compiled")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            patch.delenv(name)
        # No terminal: the console of the commands asks once, when it is loaded, whether it may use colours.
        for name, value in (ENVIRONMENT | {"PYTHONPYCACHEPREFIX": compiled, "TERM": "dumb"}).items():
            patch.setenv(name, value)
        forkserver.ensure_running()
    return made


class Command:
    """`openboek` with arguments beside us, to be used as a `subprocess.Popen` with pipes."""

    def __init__(
        self, *arguments: str, cwd: Path, environment: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        """Start it as the leader of a group of processes. With `log` all that it says is added to that file."""
        self.arguments = arguments
        self._said = None if log else Path(tempfile.mkdtemp())
        files = [str(log)] * 2 if self._said is None else [str(self._said / name) for name in ("out", "err")]
        ours, theirs = context().Pipe(duplex=False)
        self._process = context().Process(
            target=_run, args=(theirs, arguments, str(cwd), ENVIRONMENT | dict(environment or {}), files), daemon=True
        )
        self._process.start()
        theirs.close()
        ours.recv_bytes()  # from now on it has a group, and whoever sends that a signal finds it
        ours.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut does: it and whatever it started, with no time to tidy up."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(self.arguments, timeout or 0)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """Wait for its end and give what it said, which can be asked once."""
        self.wait(timeout)
        if self._said is None or not self._said.exists():
            return b"", b""
        out, err = ((self._said / name).read_bytes() for name in ("out", "err"))
        shutil.rmtree(self._said)
        return out, err


def _run(
    ready: Connection, arguments: Sequence[str], cwd: str, environment: Mapping[str, str], files: Sequence[str]
) -> None:
    """What `python -m app` does, in a process that was just forked."""
    from app.cli import main

    os.setsid()
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    for number, file in enumerate(files, start=1):
        place = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(place, number)
        os.close(place)
    ready.send_bytes(b"ready")
    ready.close()
    main(list(arguments))
