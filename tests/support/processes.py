"""What processes beside each other do to one database; each function runs in a process of its own."""

import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from core import audit, clock
from core.db import Database
from core.errors import Failed
from core.jobs import Claimed, enqueue, run_one
from core.organisations import Team, find_or_add, next_number

ROUNDS = 15


def write(url: str, owner: UUID, name: str) -> None:
    """Take a number, use a shared record that the others want too, and write as the installation in between."""
    database = Database(url)
    actor = audit.Actor(name)
    subject = ("core_organisation", owner, name)
    for number in range(ROUNDS):
        with database.write(owner) as session:
            next_number(session, "proef")
            find_or_add(session, Team, f"Team {number}", actor=actor)
        with database.write(None) as session:
            for chain in (audit.INSTALLATION, owner):
                audit.append(session, chain=chain, actor=actor, action="a:b:c", subject=subject)
    database.close()


def work(url: str, owner: UUID, name: str) -> list[int]:
    """Ask for what others may have asked too, then do jobs until there are none. Returns what this process did."""
    database = Database(url)
    done: list[int] = []

    def do(job: Claimed) -> dict[str, str]:
        job.report(1, 2, name)
        done.append(job.payload["nummer"])
        return {"message": name}

    for number in range(ROUNDS):
        with database.write(owner) as session:
            enqueue(session, "proef", {"nummer": number}, created_by=name)
    while run_one(database, {"proef": do}, name):
        pass
    database.close()
    return done


def do_steps(url: str, name: str, length: float, skew: float, seconds_per_step: float) -> None:
    """Be a worker until killed: each job is so many events to append, one in each step."""
    database = Database(url)
    if skew:
        shift = timedelta(seconds=skew)
        clock.now = lambda: datetime.now(UTC) + shift  # type: ignore[assignment]  # the clock of this machine is wrong

    def handle(job: Claimed) -> dict[str, str]:
        total = job.payload["stappen"]
        for number in range(job.done, total):
            time.sleep(seconds_per_step)
            with job.step(number + 1, total, name) as session:
                audit.append(
                    session,
                    chain=job.organisation_id,
                    actor=audit.Actor(name),
                    action="proef:stap:zet",
                    subject=("proef", job.id, str(number)),
                )
        return {"message": name}

    while True:
        try:
            busy = run_one(database, {"stappen": handle}, name, length=timedelta(seconds=length))
        except Failed:
            busy = False
        if not busy:
            time.sleep(0.05)


def do_steps_in_two_threads(url: str, name: str, *how: float) -> None:
    """Be two workers in one process."""
    workers = [threading.Thread(target=do_steps, args=(url, f"{name}-{number}", *how)) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
