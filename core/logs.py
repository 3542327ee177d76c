"""Events of the program: to stderr, readable in a terminal, JSON lines anywhere else (or as the setting says)."""

import sys
from contextlib import suppress

import structlog
from structlog.typing import Processor


def configure(form: str = "auto") -> None:
    """Set the shape of the log: auto, json or text."""
    readable = form == "text" or (form == "auto" and sys.stderr.isatty())
    renderer: Processor = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        # The stderr of the moment: one that was closed since would make a page break while it tells of a fault.
        logger_factory=lambda *_: _Told(sys.stderr),
    )


class _Told(structlog.PrintLogger):
    """Prints. Where that cannot be, on a full disk or to a reader who left, the work goes on that it tells of."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = fatal = failure = err = error = critical = exception = msg
