"""What the public may see of a record, as a chapter: from its newest public version, by the rules of `public.py`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from core.web.pages import dutch_date
from register import forms
from register.public import Coded, PublicGround, PublicProcessingActivity, PublicPurpose
from register.report.document import Chapter, Group, Table, joined

_Row = tuple[str, Sequence[str]]


def chapter(view: PublicProcessingActivity) -> Chapter:
    """A public version. What is empty, unknown or not public is left out."""
    official = f"versie {view.version} van {dutch_date(view.established_at)}"
    return Chapter(
        title=view.name,
        kenmerk=view.number,
        state="",
        is_concept=False,
        facts=(("Kenmerk", view.number), ("Vastgesteld", official)),
        groups=[group for group in _groups(view) if group.tables],
        empty=(),
    )


def _groups(view: PublicProcessingActivity) -> Iterator[Group]:
    yield _group(
        "herkenning",
        _table(
            _row("explanation", view.explanation),
            _row("domain", view.domain),
            _row("role", view.role),
            _row("regime", view.regime),
            _row("controller", view.controller),
            _row("started_on", view.started_on),
            _row("ended_on", view.ended_on),
            _row("reviewed_on", view.reviewed_on),
        ),
    )
    joint = [
        _table(
            _row("joint_controllers-*-party", one.party),
            _row("joint_controllers-*-essence", one.essence),
            _row("joint_controllers-*-contact_point", one.contact_point),
        )
        for one in view.joint_controllers
    ]
    yield _group(
        "samenwerking",
        *_each("joint_controllers", joint),
        _table(_row("principals-*-categories", *view.done_for_others)),
    )
    yield _group("doel", *_each("purposes", [_purpose(one) for one in view.purposes]))
    sets = [
        _table(
            _row("data_sets-*-data_subject", one.data_subject),
            _row("data_sets-*-kinds", *(item.kind for item in one.data)),
            ("Waar komen de gegevens vandaan", one.sources),
            _row("data_sets-*-obligatory", one.obligatory),
            _row("data_sets-*-obligatory_consequence", one.obligatory_consequence),
        )
        for one in view.data_sets
    ]
    special = [
        _table(
            _row("special_categories-*-category", one.category),
            _row("special_categories-*-exception", one.exception),
            _row("special_categories-*-law", one.law),
        )
        for one in view.special_categories
    ]
    grounds = _table(*_ground("criminal", view.criminal), *_ground("bsn", view.bsn))
    yield _group("gegevens", *_each("data_sets", sets), *_each("special_categories", special), grounds)
    recipients = [recipient.name for recipient in view.recipients]
    yield _group(
        "ontvangers",
        _table(
            _row("recipients-*-name", *(recipients or (["Niemand"] if view.no_recipients else []))),
        ),
    )
    transfers = [
        _table(_row("transfers-*-country", one.country), _row("transfers-*-instrument", one.instrument))
        for one in view.transfers
    ]
    yield _group(
        "doorgifte", _table(_row("transfers_outside_eea", view.transfers_outside_eea)), *_each("transfers", transfers)
    )
    retentions = [
        _table(
            _row("retentions-*-data_set", one.data_subject),
            _row("retentions-*-text", one.text),
            _row("retentions-*-trigger", one.trigger),
            _row("retentions-*-afterwards", one.afterwards),
        )
        for one in view.retentions
    ]
    yield _group("bewaren", *_each("retentions", retentions))
    yield _group("beveiliging", _table(_row("security", view.security)))
    yield _group(
        "computer",
        _table(
            _row("automation", view.automation),
            _row("automation_logic", view.automation_logic),
            _row("automation_consequences", view.automation_consequences),
            _row("automation_human", view.automation_human),
            _row("profiling", view.profiling),
            _row("algorithm_register", *view.algorithm_register),
            _row("dpia-public_url", view.dpia_url),
        ),
    )
    rights = ("Welke rechten gelden", [right.label for right in view.rights])
    yield _group("rechten", _table(rights, _row("privacy_notice", view.privacy_notice)))


def _purpose(purpose: PublicPurpose) -> Table:
    laws = [", ".join(filter(None, (law.name, law.article, law.url))) for law in purpose.laws]
    return _table(
        _row("purposes-*-text", purpose.text),
        _row("purposes-*-legal_bases", *purpose.legal_bases),
        ("Welke wet", laws),
        _row("purposes-*-consent_asked", purpose.consent_asked),
        _row("purposes-*-consent_withdrawn", purpose.consent_withdrawn),
    )


def _ground(name: str, ground: PublicGround | None) -> Iterator[_Row]:
    if ground:
        yield _row(f"{name}_ground", ground.ground)
        yield _row(f"{name}_law", ground.law)


def _row(pattern: str, *given: Coded | date | str | bool | None) -> _Row:
    """A field in the words of the form."""
    words = [word for one in given if (word := _word(one))]
    return forms.labels()[pattern].label.removesuffix(" (1 per regel)"), words


def _word(given: object) -> str:
    match given:
        case Coded():
            return given.label
        case bool():
            return "Ja" if given else "Nee"
        case date():
            return dutch_date(given)
        case _:
            return str(given or "")


def _table(*rows: _Row) -> Table:
    return Table("", [(label, joined(words)) for label, words in rows if words])


def _each(name: str, tables: Sequence[Table]) -> Iterator[Table]:
    """The parts of a list, each with its number."""
    for number, table in enumerate(tables, start=1):
        yield Table(f"{forms.row_names()[name]} {number}", table.rows)


def _group(name: str, *tables: Table) -> Group:
    """The group of the form with this name."""
    return Group(forms.group_named(name).title, [table for table in tables if table.rows])
