"""The list finds what is asked, and what it says of findings is true at every moment."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import event
from sqlmodel import select

from core import clock
from core.audit import Actor
from core.organisations import Party, System, Team, change_organisation, change_shared, the_organisation
from core.web.forms import Typed
from register import listing, rules, services
from register.content import (
    ActivityContent,
    Law,
    ProcessorUse,
    Publication,
    Purpose,
    Recipient,
    RecipientKind,
    Status,
    SystemUse,
)
from register.listing import COLUMNS, FILTERS, Wanted
from register.models import ProcessingActivity
from register.rules import Context, OrganisationSettings
from register.services import summarising
from register.services.loading import batches
from register.services.thresholds import numbers_of
from register.starter import starter_contents
from register.summaries import Summary, SummaryFindings, SummaryWhole
from support.register import COMPLETE, ESTABLISHER, contents


def found(session, **chosen: str) -> list[str]:
    services.refresh(session)
    wanted = Wanted.read(Typed(tuple(chosen.items())))
    return [row.kenmerk for row in listing.find(session, wanted).rows]


def said(session, number: int = 1) -> set[str]:
    """Which checks the list holds against a record."""
    services.refresh(session)
    activity = session.exec(select(ProcessingActivity).where(ProcessingActivity.number == number)).one()
    return {rule_id for rule_id, *_ in session.get_one(SummaryFindings, activity.id).findings}


@pytest.fixture
def three(session, actor):
    """Three records that differ in everything one may choose."""
    made = [
        COMPLETE.model_copy(update={"external_number": "R-77", "remarks": "Überweisung naar België"}),
        ActivityContent(
            name="Éénloket",
            domain="sociaal-domein",
            team="Zorg",
            purposes=(Purpose(text="Hulp geven", legal_bases=("6-1-c",), laws=(Law(name="Wmo 2015"),)),),
            processors=(ProcessorUse(party="Zorgwölk B.V."),),
            publication=Publication.NO,
        ),
        ActivityContent(name="Leeg"),
    ]
    return [services.add(session, content, actor=actor) for content in made]


@pytest.fixture
def looked_at(monkeypatch) -> list[int]:
    """How many records were looked at again, each time."""
    times: list[int] = []
    original = summarising._judged
    monkeypatch.setattr(summarising, "_judged", lambda session, ids: original(session, times.append(len(ids)) or ids))
    return times


# --- search


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("vw-0002", ["VW-0002"]),
        ("r-77", ["VW-0001"]),
        ("EENLOKET", ["VW-0002"]),
        ("uberweisung BELGIË", ["VW-0001"]),
        ("kenteken", ["VW-0001"]),  # the label of a chosen code
        ("zorgwolk", ["VW-0002"]),
        ("wmo", ["VW-0002"]),
        ("parkeersysteem voorbeeldbedrijf", ["VW-0001"]),
        ("burgemeester en wethouders", ["VW-0001"]),
        ("arkeervergun", ["VW-0001"]),  # a part of a word
        ("8.1.3", ["VW-0001"]),
        ("100%", []),
        ("_", []),
        ("", ["VW-0001", "VW-0002", "VW-0003"]),
    ],
)
def test_search_looks_in_all_text_without_case_and_accents(session, three, search, expected):
    assert found(session, zoek=search) == expected


@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(content=contents())
def test_every_word_of_a_record_finds_it(content):
    words = summarising.words_of(content, "VW-0001", {})
    texts = [text for _, text in summarising.codes_in(content)]
    assert all(word in words for text in texts for word in summarising.values.fold(text).split())


# --- filters and order


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("status", "concept", [1, 2, 3]),
        ("status", "verzonnen", []),
        ("onderwerp", "sociaal-domein", [2]),
        ("onderwerp", "-", [3]),
        ("bevinding", "fout", [2, 3]),
        ("bevinding", "verzonnen", []),
        ("team", "Zorg", [2]),
        ("team", "-", [3]),
        ("orgaan", "college", [1]),
        ("rol", "verantwoordelijke", [1, 2, 3]),
        ("rol", "verwerker", []),
        ("regime", "wpg", []),
        ("grondslag", "6-1-e", [1]),
        ("grondslag", "-", [3]),
        ("publicatie", "nee", [2]),
        ("publicatie", "-", [3]),
        ("gegevens", "bijzonder", []),
        ("dpia", "niet_nodig", [1]),
        ("verwerker", "zorgwolk", [2]),
        ("verwerker", "-", [1, 3]),
        ("systeem", "PARKEER", [1]),
        ("nagekeken", "2026-06-02", [1, 2, 3]),
        ("nagekeken", "2026-05-31", [2, 3]),
        ("nagekeken", "gisteren", []),
        ("gewijzigd", "2000-01-01", [1, 2, 3]),
        ("gewijzigd", "2999-01-01", []),
    ],
)
def test_each_filter(session, three, name, value, expected):
    assert found(session, **{name: value}) == [f"VW-{number:04}" for number in expected]


@pytest.mark.usefixtures("three")
def test_every_column_sorts_both_ways_and_leaves_nothing_out(session):
    for name in COLUMNS:
        for sort in (name, f"-{name}"):
            assert sorted(found(session, sorteer=sort)) == ["VW-0001", "VW-0002", "VW-0003"], sort
    assert found(session, sorteer="naam") == ["VW-0002", "VW-0003", "VW-0001"]  # É stands with the E
    assert found(session, sorteer="-naam") == ["VW-0001", "VW-0003", "VW-0002"]
    assert found(session, sorteer="-team")[-1] == "VW-0003"  # what is not filled in comes last, either way
    assert found(session, sorteer="bevindingen")[-1] == "VW-0001"


def test_an_address_gives_back_the_same_list():
    query = (("zoek", "a b"), ("status", "concept"), ("sorteer", "-team"), ("aantal", "25"), ("kolom", "team"))
    wanted = Wanted.read(Typed(query))
    assert tuple(wanted.pairs()) == query
    assert Wanted.read(Typed(wanted.pairs())) == wanted
    assert Wanted.read(Typed((("sorteer", "x"), ("aantal", "7"), ("kolom", "x"), ("pagina", "-3")))) == Wanted()


def test_every_filter_has_a_condition_or_is_known(session):
    known = listing.choices(session)
    assert [name for name, one in FILTERS.items() if one.kind == "choice" and name not in known] == []


# --- what is kept is true


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(content=contents())
def test_many_contents_at_once_are_the_same_as_one_by_one(database, organisation, content):
    with database.write(organisation.id) as session:
        services.add(session, content, actor=Actor("Aisha"))
    with database.read(organisation.id) as session:
        [activity] = session.exec(select(ProcessingActivity).order_by(ProcessingActivity.number.desc()).limit(1)).all()
        [[(row, read)]] = batches(session, [activity.id])
        assert (row.id, read) == (activity.id, content)
        services.findings_of(session, activity)


def test_the_list_says_what_the_checks_say(session, actor):
    for content in (COMPLETE, *starter_contents()[:30]):
        services.add(session, content, actor=actor)
    services.refresh(session)
    activities = session.exec(select(ProcessingActivity).order_by(ProcessingActivity.number)).all()
    live = services.findings_by_record(session, activities)
    kept = {row.activity_id: row for row in session.exec(select(Summary))}
    for activity in activities:
        severities = [str(one.severity) for one in live[activity.id]]
        row = kept[activity.id]
        assert [row.errors, row.warnings, row.tips] == [
            severities.count(one) for one in ("fout", "waarschuwing", "tip")
        ]
    told = [
        (one.subject, one.rule_id, one.message, one.fields)
        for one in summarising.Standing(session).findings({a.id: a.kenmerk for a in activities})
    ]
    assert told == [(a.kenmerk, one.rule_id, one.message, one.fields) for a in activities for one in live[a.id]]


def test_new_settings_give_new_findings(session, actor):
    activity = services.add(session, COMPLETE, actor=actor)
    services.establish(session, activity, actor=ESTABLISHER)
    activity.last_editor = ESTABLISHER.label
    services.confirm(session, activity, actor=actor)
    assert "AVG-137" in said(session)
    organisation = the_organisation(session)
    change_organisation(session, organisation, {"four_eyes": False}, version=organisation.version, actor=actor)
    assert not summarising.is_fresh(session)
    assert "AVG-137" not in said(session)


def test_another_limit_gives_new_findings(session, actor):
    services.add(session, COMPLETE.model_copy(update={"reviewed_on": date(2026, 9, 1)}), actor=actor)
    with clock.frozen(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        assert "AVG-140" not in said(session)
        numbers = {**services.numbers_of(None), "review_months": 1}
        services.change_thresholds(session, numbers, version=0, actor=actor)
        assert "AVG-140" in said(session)


def test_a_finding_that_is_closed_is_gone_until_its_last_day(session, actor):
    bank = Recipient(name="Bank", kind=RecipientKind.OTHER)
    activity = services.add(session, COMPLETE.model_copy(update={"recipients": (bank,)}), actor=actor)
    closable = next(one for one in services.findings_of(session, activity) if one.check.closable)
    assert closable.rule_id in said(session)
    with clock.frozen(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        said(session)
        last = date(2026, 11, 22)
        closing = services.close(session, closable, activity, reason="Dat mag hier zo.", until=last, actor=actor)
        assert closable.rule_id not in said(session)
        services.reopen_finding(session, closing, actor=actor)
        assert closable.rule_id in said(session)
        services.close(session, closable, activity, reason="Dat mag hier toch.", until=last, actor=actor)
    with clock.frozen(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        assert closable.rule_id not in said(session)
    with clock.frozen(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        assert closable.rule_id in said(session)


def test_a_new_day_gives_new_findings(session, actor):
    services.add(session, COMPLETE.model_copy(update={"reviewed_on": date(2025, 11, 21)}), actor=actor)
    with clock.frozen(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        assert "AVG-140" not in said(session)
    with clock.frozen(datetime(2026, 11, 21, 23, 1, tzinfo=UTC)):  # a minute past midnight in the Netherlands
        assert not summarising.is_fresh(session)
        assert "AVG-140" in said(session)


def test_a_new_day_looks_again_only_at_records_for_which_a_day_came(session, actor, looked_at):
    for reviewed_on in (date(2025, 11, 20), date(2025, 11, 21), date(2026, 11, 1)):
        services.add(session, COMPLETE.model_copy(update={"reviewed_on": reviewed_on}), actor=actor)
    for day, expected in ((21, 3), (22, 1), (23, 0)):
        with clock.frozen(datetime(2026, 11, day, 12, tzinfo=UTC)):
            looked_at.clear()
            services.refresh(session)
            assert sum(looked_at) == expected
            assert ["AVG-140" in said(session, number) for number in (1, 2, 3)] == [True, day > 21, False]
    with clock.frozen(datetime(2026, 11, 20, 12, tzinfo=UTC)):  # a clock that was put right
        assert "AVG-140" not in said(session, 2)


def test_what_the_whole_register_shows_is_kept_until_something_changes(database, organisation, actor, monkeypatch):
    with database.write(organisation.id) as session:
        first = services.add(session, COMPLETE, actor=actor)
        services.add(session, COMPLETE, actor=actor)
    times = []
    original = rules.register_findings
    monkeypatch.setattr(rules, "register_findings", lambda one: times.append(1) or original(one))

    def doubles() -> list[str]:
        with services.fresh_findings(database, organisation.id) as session:
            return [one.subject for one in services.all_findings(session) if one.rule_id == "AVG-144"]

    assert doubles() == doubles() == ["VW-0002"]
    assert len(times) == 1
    with database.write(organisation.id) as session:
        again = session.get_one(ProcessingActivity, first.id)
        changed = COMPLETE.model_copy(update={"name": "Kanariezang", "purposes": ()})
        services.change(session, again, changed, version=again.version, actor=actor)
        assert session.exec(select(SummaryWhole)).all() == []  # also no word of what stood there
    assert doubles() == doubles() == []
    assert len(times) == 2
    with clock.frozen(clock.now() + timedelta(days=1)):
        doubles()
    assert len(times) == 3


def test_a_new_name_of_something_shared_is_found_and_changes_only_who_names_it(session, actor, looked_at):
    services.add(session, COMPLETE, actor=actor)
    uses = ActivityContent(name="Zorg", team="Wijk", processors=(ProcessorUse(party="Korenbloem B.V."),))
    services.add(session, uses, actor=actor)
    services.refresh(session)
    looked_at.clear()
    for kind, old, new in ((Party, "Korenbloem B.V.", "Papaver B.V."), (Team, "Wijk", "Buurt")):
        item = session.exec(select(kind).where(kind.name == old)).one()
        change_shared(session, item, {"name": new}, version=item.version, actor=actor)
        assert found(session, zoek=old.split()[0]) == []
        assert found(session, zoek=new.split()[0]) == ["VW-0002"]
    assert looked_at == [1, 1]


def test_a_new_system_is_looked_for_in_the_texts_of_all_records(session, actor):
    services.add(session, COMPLETE, actor=actor)
    services.add(session, COMPLETE.model_copy(update={"explanation": "Wij werken met Suite Vier."}), actor=actor)
    assert "AVG-132" not in said(session, 2)
    services.add(session, ActivityContent(name="Ander", systems=(SystemUse(name="Suite Vier"),)), actor=actor)
    assert "AVG-132" in said(session, 2)
    system = session.exec(select(System).where(System.name == "Suite Vier")).one()
    change_shared(session, system, {"name": "Suite Vijf"}, version=system.version, actor=actor)
    assert "AVG-132" not in said(session, 2)


def test_other_rules_or_another_trail_make_everything_anew(session, actor, monkeypatch):
    services.add(session, COMPLETE, actor=actor)
    services.refresh(session)
    monkeypatch.setattr(summarising, "_program", lambda: "other")
    assert not summarising.is_fresh(session)
    session.exec(select(Summary)).one().errors = 99
    services.refresh(session)
    assert session.exec(select(Summary.errors)).one() == 0
    mark = session.exec(select(summarising.SummaryMark)).one()
    mark.hash = "f" * 64  # as after a backup of long ago
    session.exec(select(Summary)).one().errors = 99
    services.refresh(session)
    assert session.exec(select(Summary.errors)).one() == 0


def test_what_was_taken_out_of_a_record_stays_nowhere(session, actor):
    activity = services.add(session, COMPLETE.model_copy(update={"remarks": "kanariezang"}), actor=actor)
    assert found(session, zoek="kanariezang") == ["VW-0001"]
    services.change(session, activity, COMPLETE, version=activity.version, actor=actor)
    assert session.exec(select(Summary)).all() == session.exec(select(SummaryFindings)).all() == []


def test_findings_of_the_register_are_true_without_a_look_at_the_list(session, actor):
    activity = services.add(session, ActivityContent(name="Leeg"), actor=actor)
    before = [one.rule_id for one in services.all_findings(session)]
    services.refresh(session)
    assert [one.rule_id for one in services.all_findings(session)] == before
    services.change(session, activity, COMPLETE, version=activity.version, actor=actor)
    assert "AVG-001" not in {one.rule_id for one in services.all_findings(session) if one.subject}


@pytest.mark.only_on("postgresql")
def test_reading_gets_a_true_list_while_somebody_saves(database, organisation, actor, monkeypatch):
    with database.write(organisation.id) as session:
        activity = services.add(session, ActivityContent(name="Een"), actor=actor)
        made = activity.id
    names = iter(("Twee", "Drie", "Vier", "Vijf"))
    original = summarising._judged

    def judged(session, ids):
        yield from original(session, ids)
        if "openboek_writes" not in session.connection().get_execution_options() and (name := next(names, "")):
            with database.write(organisation.id) as writing:
                again = writing.get_one(ProcessingActivity, made)
                changed = services.content_of(again).model_copy(update={"name": name})
                services.change(writing, again, changed, version=again.version, actor=actor)

    monkeypatch.setattr(summarising, "_judged", judged)
    with services.fresh(database, organisation.id) as session:
        assert session.exec(select(Summary.name)).one() == session.get_one(ProcessingActivity, made).name == "Vier"


# --- answers that are kept


def looked_through(database, organisation, **chosen: str) -> tuple[list[str], int]:
    """What who opens the list sees, and how often the summaries of all records were read for it."""
    statements: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_rest):
        if "FROM register_summary " in statement.replace("\n", " ") and "number IN (" not in statement:
            statements.append(statement)

    with services.fresh(database, organisation.id) as session:
        statements.clear()
        rows = listing.find(session, Wanted.read(Typed(tuple(chosen.items())))).rows
        told = [row.name for row in rows]
        told += [label for label in listing.choices(session)["team"] if label[0] != listing.EMPTY]
        told.append(listing.counts(session)[Status.CONCEPT])
    event.remove(database.engine, "before_cursor_execute", note)
    return told, len(statements)


def test_an_answer_is_kept_until_something_happens(database, organisation, actor):
    with database.write(organisation.id) as session:
        services.add(session, ActivityContent(name="Bal", team="Zorg"), actor=actor)
    by_name = {"sorteer": "naam"}
    zorg, buurt = ("Zorg", "Zorg"), ("Buurt", "Buurt")
    assert looked_through(database, organisation, **by_name) == (["Bal", zorg, 1], 2)
    assert looked_through(database, organisation, **by_name) == (["Bal", zorg, 1], 0)
    with database.write(organisation.id) as session:
        services.add(session, ActivityContent(name="Aal", team="Zorg"), actor=actor)
    assert looked_through(database, organisation, **by_name) == (["Aal", "Bal", zorg, 2], 2)
    assert looked_through(database, organisation, sorteer="-naam") == (["Bal", "Aal", zorg, 2], 1)
    with database.write(organisation.id) as session:
        team = session.exec(select(Team)).one()
        change_shared(session, team, {"name": "Buurt"}, version=team.version, actor=actor)
    assert looked_through(database, organisation, **by_name) == (["Aal", "Bal", buurt, 2], 2)
    assert looked_through(database, organisation, team="Zorg") == ([buurt, 2], 1)
    with database.write(organisation.id) as session:
        first = session.exec(select(ProcessingActivity).where(ProcessingActivity.number == 1)).one()
        content = ActivityContent(name="Aas", team="Buurt")
        services.change(session, first, content, version=first.version, actor=actor)
    assert looked_through(database, organisation, **by_name)[0] == ["Aal", "Aas", buurt, 2]


def test_what_is_not_stored_yet_is_kept_nowhere(database, organisation, actor):
    with database.write(organisation.id) as session:
        services.add(session, ActivityContent(name="Bal"), actor=actor)
    before = looked_through(database, organisation)
    with pytest.raises(InterruptedError), database.write(organisation.id) as session:
        services.add(session, ActivityContent(name="Aal"), actor=actor)
        services.refresh(session)
        assert len(listing.numbers(session, Wanted())) == listing.counts(session)[Status.CONCEPT] == 2
        raise InterruptedError
    assert looked_through(database, organisation)[0] == before[0]


# --- what the kept findings rest on


@settings(deadline=None, max_examples=30)
@given(content=contents())
def test_no_check_on_a_record_looks_at_the_settings_of_the_organisation(content):
    today = date(2026, 11, 21)
    full = OrganisationSettings(
        name="x", contact="x", dpo_contact="x", rights_url="https://x.example", has_police_data=True
    )
    bare, known = Context(today=today), Context(today=today, organisation=full)
    assert rules.findings(content, bare) == rules.findings(content, known)


def test_what_is_kept_of_settings_and_lists_follows_them_at_once(database, organisation, actor):
    """Names of bodies and what surrounds a record are kept by a process for as long as the trail does not move."""
    from core.organisations import Body
    from register.places import lists_of

    def seen(code):
        with database.read(organisation.id) as session:
            services.sees_trail(session)
            context = summarising.surroundings(session)
            return lists_of(session)["controller"][code], context.technical_names, context.thresholds.review_months

    name, systems, months = seen("college")
    assert seen("college") == (name, systems, months)
    with database.write(organisation.id) as session:
        body = session.exec(select(Body).where(Body.code == "college")).one()
        change_shared(session, body, {"name": "Het college"}, version=body.version, actor=actor)
        services.add(session, ActivityContent(name="Zorg", systems=(SystemUse(name="Suite Zes"),)), actor=actor)
        numbers = {**numbers_of(None), "review_months": months + 1, "publish_months": months + 1}
        services.change_thresholds(session, numbers, version=0, actor=actor)
    assert seen("college") == ("Het college", systems | {"Suite Zes"}, months + 1)
