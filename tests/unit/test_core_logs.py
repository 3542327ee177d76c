"""Events go to stderr, whichever that is when they happen."""

import io
import sys
from contextlib import suppress
from pathlib import Path

import structlog

from core import logs


def test_a_closed_stderr_of_before_breaks_nothing(monkeypatch):
    earlier, now = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", earlier)
    logs.configure("json")
    earlier.close()
    monkeypatch.setattr(sys, "stderr", now)
    structlog.get_logger().error("request broke", reference="1a2b")
    assert "request broke" in now.getvalue()


def test_a_log_that_cannot_be_written_stops_no_work(monkeypatch):
    with suppress(OSError), Path("/dev/full").open("w") as full:  # closing it fails too
        monkeypatch.setattr(sys, "stderr", full)
        logs.configure("json")
        written = structlog.get_logger().info("export ended")
    assert written is None
