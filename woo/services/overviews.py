"""The overviews of Woo art. 3.3a: taken from a list, brought up to date, put on the website and taken off it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from core import audit, clock, history
from core.db import refuse_stale
from core.errors import RuleViolation
from woo.content import SCHEMA_NUMBER, OverviewKind
from woo.models import Overview
from woo.services.inspecting import ask_about, forget, refuse_unclear_overview
from woo.snapshot import SCHEMA_NUMBER as PUBLIC_SCHEMA_NUMBER


def take_overview(
    session: Session, kind: OverviewKind, rows: Sequence[Sequence[str]], *, version: int, actor: audit.Actor
) -> Overview:
    """Put the rows of a list in the place of what was there. The website keeps the earlier ones until `show_overview`.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: this overview is made by the program.
    """
    if kind is OverviewKind.WITHHELD:
        raise RuleViolation("Dit overzicht maakt Openboek zelf uit de documenten. Er is niets in te lezen.")
    overview, before = _opened(session, kind, version)
    old = overview.sha256
    overview.rows, overview.renewed_on = [list(row) for row in rows], clock.today()
    forget(session, {old} - {"", overview.sha256})
    _save(session, overview, "change" if before else "add", before, actor)
    ask_about(session, overview, actor=actor)
    return overview


def show_overview(session: Session, kind: OverviewKind, *, version: int, actor: audit.Actor) -> history.Version:
    """Put the overview on the website as it is now. Our own follows the documents from then on.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: nothing was taken in yet, or somebody must look at what the check of the list found.
    """
    overview, before = _opened(session, kind, version)
    if kind is not OverviewKind.WITHHELD and not overview.rows:
        raise RuleViolation("Er staat nog niets in dit overzicht. Lees eerst een lijst in.")
    if overview.rows:
        refuse_unclear_overview(session, overview, actor=actor)
    if before is None:
        _save(session, overview, "add", None, actor)
    return _freeze(session, overview, actor)


def renew_overview(session: Session, kind: OverviewKind, *, version: int, actor: audit.Actor) -> None:
    """Say that nothing came since: the list as it is counts as up to date today, on the website too.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: there is nothing in it.
    """
    overview, before = _opened(session, kind, version)
    if not overview.rows:
        raise RuleViolation("Er staat nog niets in dit overzicht. Lees eerst een lijst in.")
    overview.renewed_on = clock.today()
    _save(session, overview, "change", before, actor)
    shown = shown_overview(session, overview)
    if shown and shown.content["rows"] == overview.rows:
        _freeze(session, overview, actor)


def hide_overview(session: Session, kind: OverviewKind, *, version: int, actor: audit.Actor) -> None:
    """Take the overview off the website; its rows stay here.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: it is not on the website.
    """
    overview, _ = _opened(session, kind, version)
    shown = shown_overview(session, overview)
    if shown is None:
        raise RuleViolation("Dit overzicht staat niet op de website.")
    _take_off(session, overview, shown, clock.now(), actor)


def hide_overview_again(session: Session, kind: OverviewKind, *, at: datetime, actor: audit.Actor) -> bool:
    """Take off what came back on the website with a backup of before `at`, when it was taken off. False: none did."""
    overview = session.exec(select(Overview).where(Overview.kind == kind)).first()
    shown = shown_overview(session, overview) if overview else None
    if overview is None or shown is None or shown.established_at > at:
        return False
    _take_off(session, overview, shown, at, actor)
    return True


def shown_overview(session: Session, overview: Overview) -> history.Version | None:
    """The version that the public sees; None when it sees none."""
    newest = history.newest_version(session, overview.id)
    return newest if newest and newest.ended_at is None else None


def overview_facts(overview: Overview) -> dict[str, Any]:
    """An overview as plain data, for audit, revisions and versions."""
    return overview.content().model_dump(mode="json")


def _opened(session: Session, kind: OverviewKind, version: int) -> tuple[Overview, dict[str, Any] | None]:
    found = session.exec(select(Overview).where(Overview.kind == kind)).first()
    if found is None:
        return Overview(kind=kind), None
    refuse_stale(found, version)
    return found, overview_facts(found)


def _take_off(session: Session, overview: Overview, shown: history.Version, at: datetime, actor: audit.Actor) -> None:
    shown.ended_at = at
    audit.record(session, actor=actor, action="woo:overview:withdraw", subject=overview, after={"version": None})


def _freeze(session: Session, overview: Overview, actor: audit.Actor) -> history.Version:
    content = overview_facts(overview)
    shown = shown_overview(session, overview)
    if shown and shown.content == content:
        return shown
    frozen = history.freeze(session, overview, actor=actor, schema_number=PUBLIC_SCHEMA_NUMBER, content=content)
    after = {"version": frozen.number}
    audit.record(session, actor=actor, action="woo:overview:publish", subject=overview, after=after)
    return frozen


def _save(session: Session, overview: Overview, verb: str, before: dict[str, Any] | None, actor: audit.Actor) -> None:
    session.add(overview)
    history.record_save(
        session,
        overview,
        verb,
        actor=actor,
        schema_number=SCHEMA_NUMBER,
        before=before,
        after=overview_facts(overview),
    )
