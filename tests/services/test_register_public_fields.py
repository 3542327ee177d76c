"""Which fields a municipality shows: by default none, for all records, and for one; the next export obeys."""

import json

import pytest
from sqlmodel import select

from core.audit import AuditEvent
from core.errors import Conflict, RuleViolation
from core.history import revisions_of
from register import public, publication, services
from register.content import Dpia, ProcessorUse, Publication, Retention, Role
from register.public_fields import choose
from support.register import COMPLETE, ESTABLISHER
from support.site import SECRET, established, everything, frozen

CHOICES = [choice.path for choice in publication.CHOICES]
PROCESSORS = ("verwerkers[].naam", "verwerkers[].dienst")
WITH_CHOICES = COMPLETE.model_copy(
    update={
        "processors": (ProcessorUse(party="Alfa", service="Opslag"),),
        "retentions": (Retention(text="10 jaar", duration="P10Y", selection_list=("8.1.3",)),),
        "dpia": Dpia(status="uitgevoerd"),
    }
)


def shown(session, number=0):
    return public.public_activities(session)[number]


def test_by_default_nothing_that_may_be_chosen_is_public(session):
    frozen(session, WITH_CHOICES)
    view = shown(session)
    assert (view.team, view.processors, view.dpia_status, view.retentions[0].selection_list) == ("", (), None, ())
    assert view.uses_processors  # that there is one is public; who it is, is a choice


def test_what_is_chosen_for_all_is_in_every_version(session, actor):
    activity = frozen(session, WITH_CHOICES)
    services.change(session, activity, COMPLETE, version=activity.version, actor=actor)
    services.establish(session, activity, actor=ESTABLISHER)
    choose(session, None, shown=["team", *PROCESSORS, "dpia.status"], actor=actor)
    old, new = public.public_versions(session)
    assert (old.team, new.team) == ("Team Parkeren", "Team Parkeren")
    assert [(one.name, one.service) for one in old.processors] == [("Alfa", "Opslag")]
    assert [view.dpia_status.label for view in (old, new) if view.dpia_status] == ["Klaar", "Niet nodig"]
    choose(session, None, shown=[], actor=actor)
    assert [(view.team, view.processors) for view in public.public_versions(session)] == [("", ()), ("", ())]


def test_one_record_differs_both_ways_and_hidden_wins(session, actor):
    first, _second = established(session), established(session, name="Tweede")
    choose(session, None, shown=["team"], actor=actor)
    choose(session, first, shown=["dpia.status"], hidden=["team"], reason="Klein team.", actor=actor)
    assert [(shown(session, n).team, bool(shown(session, n).dpia_status)) for n in (0, 1)] == [
        ("", True),
        ("Team Parkeren", False),
    ]


def test_a_limited_record_shows_no_chosen_field(session, actor):
    established(session, publication=Publication.LIMITED, publication_reason="Een zaak.")
    choose(session, None, shown=CHOICES, actor=actor)
    view = shown(session)
    assert (view.team, view.dpia_status, view.explanation) == ("", None, "")


def test_of_a_processor_the_security_is_a_choice(session, actor):
    frozen(session, COMPLETE.model_copy(update={"role": Role.PROCESSOR}))
    assert shown(session).security == ""
    choose(session, None, shown=[publication.SECURITY], actor=actor)
    assert shown(session).security == COMPLETE.security


def test_a_choice_is_in_the_trail_and_has_revisions(session, actor):
    choose(session, None, shown=["team"], actor=actor)
    found = choose(session, None, shown=["ai_klasse"], actor=actor)
    events = session.exec(
        select(AuditEvent).where(AuditEvent.action == "register:public_fields:change").order_by(AuditEvent.sequence)
    ).all()
    assert [event.contents["after"]["shown"] for event in events] == [["team"], ["ai_klasse"]]
    assert len(revisions_of(session, found.id)) == 2


def test_a_choice_moves_the_day_of_the_register(session, actor):
    established(session)
    before = public.known_register(session).changed_at
    choose(session, None, shown=["team"], actor=actor)
    assert public.known_register(session).changed_at > before


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"shown": ["opmerkingen"]}, "shown"),
        ({"shown": ["naam"]}, "shown"),
        ({"shown": ["team"], "hidden": ["team"], "reason": "x"}, "hidden"),
        ({"shown": ["team"]}, "reason"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_and_changes_nothing(session, actor, wanted, field):
    activity = established(session)
    with pytest.raises(RuleViolation) as refused:
        choose(session, activity, **wanted, actor=actor)
    assert list(refused.value.points) == [field]
    assert shown(session).team == ""


def test_who_saves_an_older_page_is_told(session, actor):
    choose(session, None, shown=["team"], actor=actor, version=0)
    with pytest.raises(Conflict):
        choose(session, None, shown=[], actor=actor, version=0)


def test_every_field_of_the_content_is_public_internal_or_a_choice():
    """A field of which `velden.json` says nothing does not leave the municipality."""
    facts = everything().model_dump(mode="json")
    assert SECRET not in json.dumps(publication.visible(facts, frozenset()))
    for path in CHOICES:
        kept = json.dumps(publication.visible(facts, frozenset({path})))
        filled = [one.value for one in publication.choices_in(facts) if one.path == path]
        assert kept.count(SECRET) == filled.count(SECRET), path
    named = {one.path for one in publication.choices_in(facts)}
    assert set(CHOICES) - named == {"dpia.datum", publication.SECURITY}  # a day holds no text; only of a processor
    assert len(named) > 15
