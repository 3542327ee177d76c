"""Checks on the settings of the organisation (GDPR art. 12, 30(1)(a), 37; Wpg art. 33)."""

from collections.abc import Iterator
from datetime import date

from register.checks import Point, Rulebook, Scope, at
from register.rules.context import Context
from register.rules.risk import months_before

ORGANISATION: Rulebook[Context] = Rulebook(Scope.ORGANISATION)
check = ORGANISATION.check
_EXTERNAL_AUDIT_MONTHS = 48
_INTERNAL_AUDIT_MONTHS = 12


@check("AVG-010")
def _contact(context: Context) -> Iterator[Point]:
    settings = context.organisation
    fields = [name for name in ("name", "contact", "dpo_contact") if not getattr(settings, name)]
    if fields:
        yield at(*(f"organisation.{name}" for name in fields))


@check("AVG-011")
def _dpo_registered(context: Context) -> Iterator[Point]:
    if context.organisation.dpo_registered_on is None:
        yield at("organisation.dpo_registered_on")


@check("AVG-120")
def _rights(context: Context) -> Iterator[Point]:
    if not context.organisation.rights_url:
        yield at("organisation.rights_url")


def _has_police_data(context: Context) -> bool:
    return context.organisation.has_police_data


def _is_overdue(done_on: date | None, context: Context, months: int) -> bool:
    return done_on is None or done_on < months_before(context.today, months)


@check("WPG-003", when=_has_police_data)
def _external_audit(context: Context) -> Iterator[Point]:
    if _is_overdue(context.organisation.wpg_external_audit_on, context, _EXTERNAL_AUDIT_MONTHS):
        yield at("organisation.wpg_external_audit_on")


@check("WPG-004", when=_has_police_data)
def _internal_audit(context: Context) -> Iterator[Point]:
    if _is_overdue(context.organisation.wpg_internal_audit_on, context, _INTERNAL_AUDIT_MONTHS):
        yield at("organisation.wpg_internal_audit_on")
