"""A module of ours run as a child process with limits, for files of strangers: a few bytes can ask for terabytes.

The child calls `limit` before anything else, reads the file from stdin and answers on stdout. It gets no secrets.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any


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
    command = [sys.executable, "-P", "-m", module, *arguments]
    environment = {"PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    given: dict[str, Any] = {"input": source} if isinstance(source, bytes) else {"stdin": source}
    try:
        child = subprocess.run(command, capture_output=True, check=False, timeout=timeout, env=environment, **given)
    except subprocess.TimeoutExpired as late:
        return Answer(late.stdout or b"", is_whole=False)
    return Answer(child.stdout, is_whole=not child.returncode)


def limit(seconds: int, memory: int) -> None:
    """Bound this process: processor time in seconds and memory in bytes."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
