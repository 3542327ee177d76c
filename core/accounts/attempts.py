"""Lock-out: who keeps guessing must wait ever longer. Counted in the database, so that every process counts together.

An unknown name is counted like a known one: whether a name is locked says nothing about whether it exists.
"""

import hashlib
import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from core import clock
from core.accounts.models import FailedAttempts

FREE_PER_NAME = 5
FREE_PER_ADDRESS = 50
"""A town hall often has one address for everybody."""
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(minutes=15)
"""Not longer: else a stranger who knows a name could keep its owner out all day."""
FORGET_AFTER = timedelta(hours=24)


def locked_until(session: Session, *, username: str, address: str) -> datetime | None:
    """Until when this name or this address must wait; None when it may try.

    The counters stay locked until the transaction ends, so that guesses at the same moment are counted one by one.
    """
    moment = clock.now()
    found = [_counter(session, key) for key, _ in _keys(username, address)]
    return max((one.locked_until for one in found if one.locked_until and one.locked_until > moment), default=None)


def count_failure(session: Session, *, username: str, address: str) -> datetime | None:
    """Add a failure to the name and to the address; returns until when the next try must wait."""
    moment = clock.now()
    for key, free in _keys(username, address):
        counter = _counter(session, key)
        counter.failures = 1 if moment - counter.last_at > FORGET_AFTER else counter.failures + 1
        counter.last_at = moment
        if counter.failures >= free:
            doubled = min(counter.failures - free, 10)
            counter.locked_until = moment + min(FIRST_LOCK * 2**doubled, LONGEST_LOCK)
    session.flush()
    session.execute(delete(FailedAttempts).where(col(FailedAttempts.last_at) < moment - FORGET_AFTER))
    return locked_until(session, username=username, address=address)


def forget(session: Session, *, username: str) -> None:
    """A right password clears the name; the address keeps its count, for others may be guessing there."""
    key, _ = _keys(username, "")[0]
    counter = _counter(session, key)
    counter.failures, counter.locked_until = 0, None


def waiting_sentence(until: datetime) -> str:
    """What a person who must wait reads."""
    minutes = max(1, -int((clock.now() - until) // timedelta(minutes=1)))
    return (
        f"Er is te vaak een verkeerd wachtwoord of een verkeerde code ingevuld. Wacht {minutes} "
        f"{'minuut' if minutes == 1 else 'minuten'} en probeer het dan opnieuw."
    )


def _keys(username: str, address: str) -> list[tuple[str, int]]:
    keys = [(f"naam:{_short(username.strip().casefold())}", FREE_PER_NAME)]
    return [*keys, (f"adres:{_short(network_of(address))}", FREE_PER_ADDRESS)] if address else keys


def network_of(address: str) -> str:
    """What one guesser can easily vary within: an IPv4 address, or the /64 that one connection gets with IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _short(text: str) -> str:
    """Ten hexadecimal digits: enough to tell names apart, too few to find back what was typed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _counter(session: Session, key: str) -> FailedAttempts:
    found = session.get(FailedAttempts, key, with_for_update=True, populate_existing=True)
    if found is None:
        found = FailedAttempts(key=key, last_at=clock.now())
        try:
            with session.begin_nested():
                session.add(found)
        except IntegrityError:  # another process counts the first failure just now; PostgreSQL only
            found = session.get_one(FailedAttempts, key, with_for_update=True, populate_existing=True)
    return found
