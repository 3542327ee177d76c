"""What processes beside each other do to one database; each function runs in a process of its own."""

from uuid import UUID

from core import audit
from core.db import Database
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
