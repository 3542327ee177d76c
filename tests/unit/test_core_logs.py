"""Events go to stderr, whichever that is when they happen."""

import io
import sys

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
