"""AVG-130 to 143 and WPG-001 to 005: what goes on the website, whether it is still true, and police data."""

import re
from collections.abc import Iterator
from functools import lru_cache

from core.findings import Severity
from core.plain_language import is_hard_to_read
from register.checks import Point, at
from register.content import Publication, Status
from register.rules import text
from register.rules.case import Case, check, under_wpg

_WPG_ARTICLE = re.compile(r"(?:art(?:ikel|\.)?\s*)?(?:8|9|13)\b", re.IGNORECASE)
_SHORTEST_NAME = 3


# --- texts for the website


@check("AVG-130")
def _bsn(case: Case) -> Iterator[Point]:
    return case.published_where(text.holds_bsn)


@check("AVG-131")
def _personal_address(case: Case) -> Iterator[Point]:
    return case.published_where(text.holds_personal_address)


@lru_cache(maxsize=64)
def _worth_looking_for(names: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(name.casefold() for name in names if len(name) >= _SHORTEST_NAME))


@check("AVG-132")
def _technical_detail(case: Case) -> Iterator[Point]:
    content = case.content
    own = {name for system in content.systems for name in (system.name, system.supplier)}
    own.update(processor.party for processor in content.processors)
    names = (*_worth_looking_for(frozenset(own)), *_worth_looking_for(case.context.technical_names))
    certain = [typed for typed in case.published_texts if typed.is_certain]
    if text.technical_detail("\n".join(typed.text for typed in certain), names):
        for typed in certain:
            if detail := text.technical_detail(typed.text, names):
                yield at(typed.path, about=detail)


@check("AVG-133")
def _reason(case: Case) -> Iterator[Point]:
    if case.content.publication in {Publication.LIMITED, Publication.NO} and not case.content.publication_reason:
        yield at("publication_reason")


@check("AVG-134")
def _explanation(case: Case) -> Iterator[Point]:
    if case.content.publication is Publication.YES and not case.content.explanation:
        yield at("explanation")


@check("AVG-135")
def _readable(case: Case) -> Iterator[Point]:
    if is_hard_to_read(case.content.explanation):
        yield at("explanation")
    for number, purpose in enumerate(case.content.purposes):
        if is_hard_to_read(purpose.text):
            yield at(f"purposes.{number}.text")


@check("AVG-137")
def _four_eyes(case: Case) -> Iterator[Point]:
    context = case.context
    is_same = context.established_by != "" and context.established_by == context.last_editor
    if context.four_eyes and is_same and context.status is Status.ESTABLISHED:
        yield at("status")


# --- still true


def _is_older_than(case: Case, months: int) -> bool:
    seen_on = case.content.reviewed_on or case.context.created_on
    return seen_on is not None and case.is_longer_ago(seen_on, months)


@check("AVG-140")
def _not_reviewed(case: Case) -> Iterator[Point]:
    if case.context.status is not Status.ENDED and _is_older_than(case, case.context.thresholds.review_months):
        yield at("reviewed_on", maanden=str(case.context.thresholds.review_months))


@check("AVG-141")
def _too_old_to_publish(case: Case) -> Iterator[Point]:
    is_public = case.content.publication is Publication.YES and case.context.status is not Status.ENDED
    if is_public and _is_older_than(case, case.context.thresholds.publish_months):
        months = str(case.context.thresholds.publish_months)
        yield at("reviewed_on", about=str(case.content.reviewed_on or ""), maanden=months)


@check("AVG-142")
def _waiting(case: Case) -> Iterator[Point]:
    context = case.context
    days = context.thresholds.waiting_days
    if context.status is Status.IN_REVIEW and context.waiting_since and case.has_come(context.waiting_since, days + 1):
        yield at("status", dagen=str(days))


@check("AVG-143")
def _has_ended(case: Case) -> Iterator[Point]:
    ended_on = case.content.ended_on
    if ended_on is not None and case.context.status is not Status.ENDED and case.has_come(ended_on, 1):
        yield at("ended_on", "status")


# --- police data


@check("WPG-001", when=under_wpg)
def _wpg_article(case: Case) -> Iterator[Point]:
    if not any(_WPG_ARTICLE.match(article) for article in case.content.wpg.articles):
        yield at("wpg.articles")


@check("WPG-002", when=under_wpg)
def _gdpr_basis(case: Case) -> Iterator[Point]:
    for number, purpose in enumerate(case.content.purposes):
        if any(purpose.legal_bases):
            yield at(f"purposes.{number}.legal_bases", "regime")


@check("WPG-005", when=under_wpg)
def _police_data_in_public(case: Case) -> Iterator[Point]:
    if case.content.publication is Publication.YES:
        yield at("publication")


@check("AVG-136")
def _open_errors(case: Case) -> Iterator[Point]:
    is_official = case.context.status is Status.ESTABLISHED
    if is_official and any(finding.severity is Severity.ERROR for finding in case.open_findings()):
        yield at("status")
