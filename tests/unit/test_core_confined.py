"""A child for each file, whether it is started anew or forked by one that stands by: the same answer and limits."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core import confined
from woo import inspection

CHILD = "woo.inspection.child"
DATA = b"Bel met mevrouw Jansen op 06 12345678."


def test_who_stands_by_gives_the_same_answers_and_is_gone_at_the_end():
    ready = confined._Ready(CHILD)
    try:
        for arguments in (["strip", "30", str(len(DATA))], ["check", "30", str(len(DATA)), "[]"]):
            answer = ready.run(DATA, arguments, 60)
            alone = confined.run(CHILD, DATA, arguments, timeout=60)
            assert (answer.output, answer.is_whole) == (alone.output, True)
        assert ready._process is not None
        group = ready._process.pid
        os.killpg(group, 0)  # it and what it forked are there
    finally:
        ready.close()
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


def test_a_child_that_fails_or_hangs_is_told_and_the_next_one_works(monkeypatch):
    ready = confined._Ready(CHILD)
    try:
        assert ready.run(DATA, ["strip", "no number", "1"], 30).is_whole is False
        assert ready.run(DATA, ["strip", "30", "1"], 30).output == DATA
        began = time.monotonic()
        assert ready.run(b"%PDF-1.7\n" * 200_000, ["check", "30", "1", "[]"], 0.001).is_whole is False
        assert time.monotonic() - began < 10
        assert ready.run(DATA, ["strip", "30", "1"], 30) is None  # it was ended; a child is started anew for each file
        monkeypatch.setattr(confined, "_ready", {CHILD: ready})
        assert inspection.strip(DATA) == DATA
    finally:
        ready.close()


def test_what_somebody_else_asked_is_ready_before_who_stands_by_goes():
    ready = confined._Ready(CHILD)
    with ThreadPoolExecutor(1) as somebody_else:
        asked = somebody_else.submit(ready.run, DATA, ["check", "30", str(len(DATA)), "[]"], 60)
        while not ready._lock.locked() and not asked.done():
            time.sleep(0.001)
        ready.close()
    answer = asked.result()
    assert answer is not None
    assert answer.is_whole
    assert answer.output
    assert ready.run(DATA, ["strip", "30", "1"], 30) is None
