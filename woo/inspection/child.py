"""The child process of the check: a file on stdin, on stdout a line of JSON for each hit, or the stripped file."""

import json
import sys
from dataclasses import asdict

from core import confined

MEMORY = 2_000_000_000
"""Bytes beside those of the file itself, which stands in memory some four times."""
_EARLIER = 0.8
"""Of the time, after which the check stops by itself."""


def main(task: str, seconds: str, size: str, known: str = "[]") -> None:
    confined.limit(int(seconds), MEMORY + 4 * int(size))
    from woo.inspection.engine import Check
    from woo.inspection.model import Budget, Hit, Known
    from woo.inspection.stripping import stripped

    data = sys.stdin.buffer.read()
    if task == "strip":
        sys.stdout.buffer.write(stripped(data))
        return

    def give(hit: Hit) -> None:
        sys.stdout.write(json.dumps({"hit": asdict(hit)}) + "\n")
        sys.stdout.flush()

    check = Check(Known(tuple(json.loads(known))), Budget(int(seconds) * _EARLIER), give)
    sys.stdout.write(json.dumps({"format": check.run(data)}) + "\n")


def load() -> None:
    """What every file needs, ahead of the first one."""
    from woo.inspection.engine import look
    from woo.inspection.model import Known
    from woo.inspection.stripping import stripped

    look(stripped(b"-"), Known(), seconds=10)


if __name__ == "__main__":
    main(*sys.argv[1:])
