"""A module of ours run as a child process with limits, for files of strangers: a few bytes can ask for terabytes.

The child calls `limit` before anything else, reads the file from stdin and answers on stdout. It gets no secrets.
"""

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child wrote. `is_whole` is false when one of its limits ended it before it was ready."""

    output: bytes
    is_whole: bool


def run(module: str, source: bytes | IO[bytes], arguments: Sequence[str] = (), *, timeout: int) -> Answer:
    """Run `python -m module`, with the bytes or the open file on stdin; what it wrote until then is never lost.

    Args:
        module: one of ours; it says `limit` itself.
        source: what the child reads.
        arguments: for the child.
        timeout: seconds by the clock, for a child that hangs without using the processor.
    """
    if not isinstance(source, bytes):
        os.lseek(source.fileno(), 0, os.SEEK_SET)  # the child reads from where the file itself stands
    ready = _ready.get(module)
    if ready and (answer := ready.run(source, arguments, timeout)):
        return answer
    given: dict[str, Any] = {"input": source} if isinstance(source, bytes) else {"stdin": source}
    try:
        child = subprocess.run(
            _command(module, *arguments),
            capture_output=True,
            check=False,
            timeout=timeout,
            env=_environment(),
            **given,
        )
    except subprocess.TimeoutExpired as late:
        return Answer(late.stdout or b"", is_whole=False)
    return Answer(child.stdout, is_whole=not child.returncode)


def begin(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start `python -m module`, for work that goes on beside ours. Who starts it writes to its stdin, and ends it."""
    return subprocess.Popen(
        _command(module, *arguments), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=_environment()
    )


@contextmanager
def standing_by(module: str) -> Iterator[None]:
    """For many files: meanwhile `run` of this module asks one process, in which its `load` has been called.

    That process reads no file itself; it forks for each, and what it forks calls `main` with the limits of any child.
    """
    if module in _ready:
        yield
        return
    ready = _ready[module] = _Ready(module)
    try:
        yield
    finally:
        del _ready[module]
        ready.close()


class _Ready:
    """The process that stands by; it is started when there is something to do."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket, self._theirs = socket.socketpair()

    def run(self, source: bytes | IO[bytes], arguments: Sequence[str], timeout: int) -> Answer | None:
        """As `run` above; None when it is busy, or gone, or the one of another process."""
        if os.getpid() != self._owner or not self._lock.acquire(blocking=False):
            return None
        try:
            if self._process is None:
                self._process = self._start()
            if self._process.poll() is not None:
                return None
            with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
                if isinstance(source, bytes):
                    given.write(source)
                    given.seek(0)
                    source = given
                try:
                    is_whole = self._ask(source.fileno(), answer.fileno(), arguments, timeout)
                except OSError:  # it took too long, or is gone
                    self._kill(self._process)
                    is_whole = False
                answer.seek(0)
                return Answer(answer.read(), is_whole)
        finally:
            self._lock.release()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._theirs:
            return subprocess.Popen(
                _command(__name__, self._module),
                stdin=self._theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )

    def _ask(self, source: int, answer: int, arguments: Sequence[str], timeout: int) -> bool:
        told = json.dumps(list(arguments)).encode()
        self._socket.settimeout(timeout)
        socket.send_fds(self._socket, [len(told).to_bytes(_LENGTH)], [source, answer])
        self._socket.sendall(told)
        return _read(self._socket, 1) == b"\0"

    @staticmethod
    def _kill(process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        """End it, when what somebody else asked it meanwhile is ready; from now on it answers nobody."""
        if os.getpid() == self._owner:
            self._lock.acquire()
        self._socket.close()
        self._theirs.close()
        if self._process is not None and os.getpid() == self._owner:
            self._kill(self._process)


_ready: dict[str, _Ready] = {}


def limit(seconds: int, memory: int) -> None:
    """Bound this process: processor time in seconds and memory in bytes."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", *arguments]


def _environment() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(__file__).resolve().parent.parent)}


# --- the process that stands by -------------------------------------------------------------------------------------


def _stand_by(module: str) -> None:
    """Fork for each file that comes in by the socket on stdin, and say whether that ended well."""
    work = importlib.import_module(module)
    work.load()
    with socket.socket(fileno=os.dup(0)) as ours:
        while True:
            length, files, _, _ = socket.recv_fds(ours, _LENGTH, 2)
            if not length:
                return
            arguments = json.loads(_read(ours, int.from_bytes(length)))
            child = os.fork()
            if not child:
                _work(work.main, files, arguments)
            for file in files:
                os.close(file)
            _, status = os.waitpid(child, 0)
            ours.sendall(b"\1" if status else b"\0")


def _work(main: Any, files: Sequence[int], arguments: Sequence[str]) -> NoReturn:  # noqa: ANN401 - any signature
    try:
        for number, file in enumerate(files):
            os.dup2(file, number)
        main(*arguments)
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 - whatever it is, this is not the process that stands by
        os._exit(1)
    os._exit(0)


def _read(source: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        part = source.recv(length - len(found))
        if not part:
            raise ConnectionError("the other side is gone")
        found += part
    return found


if __name__ == "__main__":
    _stand_by(sys.argv[1])
