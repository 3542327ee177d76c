"""How long saving a form takes while twenty people do so, on two processes of the application with one database.

    python bench/editors.py [--seconds 60] [--editors 20] [--database sqlite]

Everybody has an account and a log-in of their own, opens a form of a few shared records, changes one field and saves.
In the same run: one editor alone; all of them with a pause of two seconds between saves, on average (a person takes
longer); all of them without any pause, which is as much as the machine can do. The clients run on the same machine and
take their part of it. Afterwards everything that was answered is compared with the database: a figure of a run that
lost a save is worth nothing. The last column is the processor time of both processes for one opening and one save (or
conflict): it does not depend on what else the machine does.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from example import KINDS, example, machine, middle_and_slow

from core.cli import opened
from support.editors import BUSY, CONFLICT, SAVED, Run, add_editors, differences, shared_records, two_processes

WARM = 3
"""Seconds that one editor works before anything is measured."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--editors", type=int, default=20)
    parser.add_argument("--database", choices=KINDS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    for kind in [options.database] if options.database else KINDS:
        with example(kind) as directory:
            rows += measured(kind, directory, options.editors, options.seconds)
    report(rows, as_json=options.json)


def measured(kind: str, directory: Path, editors: int, seconds: float) -> Iterator[Mapping[str, Any]]:
    """One row for each way of working."""
    with opened(directory) as here:
        names = add_editors(here.database, here.organisation_id, editors)
        shared = shared_records(here.database, here.organisation_id)
        with two_processes(directory) as applications:
            runs = []
            for usernames, pause, length in (
                (names[:1], 0, WARM),
                (names[:1], 0, seconds / 4),
                (names, 2, seconds),
                (names, 0, seconds),
            ):
                run = Run(applications, shared, pause=pause)
                run.log_in(usernames)
                before = sum(application.busy_for for application in applications)
                run.work(length)
                used = sum(application.busy_for for application in applications) - before
                runs.append((run, len(usernames), pause, length, used))
        every_attempt = [attempt for run, *_ in runs for attempt in run.attempts]
        refused = [f"{attempt.editor}: {attempt.outcome}" for attempt in every_attempt if attempt.outcome == BUSY]
        if faults := [*refused, *differences(here.database, here.organisation_id, shared, every_attempt)]:
            raise SystemExit("\n".join(faults))
    for run, number, pause, length, used in runs[1:]:
        counted = run.counted()
        yield {
            "database": KINDS[kind],
            "editors": number,
            "pause_s": pause,
            "saves": counted[SAVED],
            "conflicts": counted[CONFLICT],
            "saves_per_s": counted[SAVED] / length,
            "processor_ms": used * 1000 / len(run.attempts),
            "save_ms": middle_and_slow([each.saving for each in run.attempts if each.outcome == SAVED]),
            "open_ms": middle_and_slow([each.opening for each in run.attempts]),
        }


def report(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows))
        return
    print(machine())
    print(
        "| database | editors | pause s | saves | conflicts | saves/s "
        "| save ms | 95 % ms | open ms | 95 % ms | save x alone | processor ms |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    alone: dict[str, float] = {}
    for row in rows:
        save, slow_save = row["save_ms"]
        opening, slow_opening = row["open_ms"]
        floor = alone.setdefault(row["database"], save)
        print(
            f"| {row['database']} | {row['editors']} | {row['pause_s']} | {row['saves']} | {row['conflicts']} "
            f"| {row['saves_per_s']:.1f} | {save:.0f} | {slow_save:.0f} | {opening:.0f} | {slow_opening:.0f} "
            f"| {save / floor:.1f} | {row['processor_ms']:.0f} |"
        )


if __name__ == "__main__":
    main()
