"""What the public sees of the register, and what never leaves it."""

import json
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Any

import pytest

from core import clock, history
from core.content import Part
from register import models, public, services
from register.content import ActivityContent, Publication, Role
from register.lists import part_of
from register.snapshot import snapshot
from support.register import COMPLETE, ESTABLISHER

CANARY = "NIET-OPENBAAR"
PUBLIC_FIELDS = {
    "name",
    "explanation",
    "controller",
    "domain",
    "role",
    "regime",
    "publication",
    "publish_from",
    "started_on",
    "ended_on",
    "reviewed_on",
    "purposes.text",
    "purposes.legal_bases",
    "purposes.laws.name",
    "purposes.laws.article",
    "purposes.laws.bwb_number",
    "purposes.laws.url",
    "purposes.consent_asked",
    "purposes.consent_withdrawn",
    "data_sets.data_subject",
    "data_sets.data.code",
    "data_sets.data.label",
    "data_sets.data.sensitivity",
    "data_sets.sources.kind",
    "data_sets.sources.text",
    "data_sets.obligatory",
    "data_sets.obligatory_consequence",
    "special_categories.category",
    "special_categories.exception",
    "special_categories.law",
    "criminal_ground",
    "criminal_law",
    "bsn_ground",
    "bsn_law",
    "no_recipients",
    "recipients.name",
    "recipients.kind",
    "transfers_outside_eea",
    "transfers.country",
    "transfers.instrument",
    "retentions.data_set",
    "retentions.text",
    "retentions.duration",
    "retentions.trigger",
    "retentions.afterwards",
    "security",
    "automation",
    "automation_logic",
    "automation_consequences",
    "automation_human",
    "profiling",
    "algorithm_register",
    "dpia.public_url",
    "privacy_notice",
    "joint_controllers.party",
    "joint_controllers.essence",
    "joint_controllers.contact_point",
    "principals.categories",
}
"""avg-register section 3, "Public or internal, in one view", as paths of the content."""


def filled(model: type[Part], path: str = "") -> dict[str, Any]:
    """Every text field filled: with its own path when it is public, with the canary when it is not."""
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        here = f"{path}{name}"
        part, is_list = part_of(info)
        text = here if here in PUBLIC_FIELDS else CANARY
        if part:
            values[name] = [filled(part, f"{here}.")] if is_list else filled(part, f"{here}.")
        elif is_list:
            values[name] = [text]
        elif info.annotation is str:
            longest = next((limit.max_length for limit in info.metadata if hasattr(limit, "max_length")), 300)
            values[name] = text[:longest]
    return values


def everything() -> ActivityContent:
    return ActivityContent.model_validate(filled(ActivityContent) | {"publication": "ja"})


def freeze(session, content, actor):
    """A version of any content, whatever the checks say of it."""
    activity = services.add(session, content, actor=actor)
    frozen = snapshot(content, number=activity.kenmerk, bodies={"college": "College"})
    history.freeze(session, activity, actor=actor, schema_number=1, content=frozen)
    return activity


def establish(session, actor, **changes):
    activity = services.add(session, COMPLETE.model_copy(update=changes), actor=actor)
    services.establish(session, activity, actor=ESTABLISHER)
    return activity


def test_no_internal_field_reaches_the_public_view(session, actor):
    freeze(session, everything(), actor)
    (view,) = public.public_activities(session)
    assert CANARY[:6] not in json.dumps(asdict(view), default=str)
    assert view.purposes[0].text == "purposes.text"


def test_every_public_text_does_reach_it(session, actor):
    freeze(session, everything(), actor)
    freeze(session, everything().model_copy(update={"role": Role.PROCESSOR}), actor)
    shown = json.dumps([asdict(view) for view in public.public_activities(session)], default=str)
    # An own label gives way to a code, a kind of source to its text; grounds show only with such data.
    covered = {"data_sets.data.label", "data_sets.sources.kind"}
    grounds = {"criminal_ground", "criminal_law", "bsn_ground", "bsn_law"}
    typed = json.dumps(filled(ActivityContent))
    texts = {path for path in PUBLIC_FIELDS - covered - grounds if f'"{path}"' in typed}
    assert {path for path in texts if f'"{path}"' not in shown} == set()


def test_a_processor_does_not_publish_its_security(session, actor):
    freeze(session, everything().model_copy(update={"role": Role.PROCESSOR}), actor)
    assert public.public_activities(session)[0].security == ""


def test_a_limited_record_shows_name_body_purpose_basis_and_rights_only(session, actor):
    establish(session, actor, publication=Publication.LIMITED, publication_reason="Opsporing van fraude")
    (view,) = public.public_activities(session)
    assert (view.name, view.controller.code, view.is_limited) == ("Parkeervergunning", "college", True)
    assert view.purposes[0].legal_bases[0].article == "AVG art. 6 lid 1 onder e"
    assert view.rights != ()
    always = {"id", "number", "version", "versions", "established_at", "is_limited", "name", "controller", "purposes"}
    others = {field.name: field.default for field in fields(view) if field.name not in always | {"rights", "ended_on"}}
    assert {name: getattr(view, name) for name in others} == others


def test_a_concept_and_a_record_that_is_not_public_are_absent(session, actor):
    services.add(session, COMPLETE, actor=actor)
    establish(session, actor, name="Recherche", publication=Publication.NO, publication_reason="Opsporing")
    assert (
        public.public_activities(session),
        public.public_versions(session),
        public.known_register(session).changed_at,
    ) == (
        [],
        [],
        None,
    )


def test_case_14_editing_an_established_record_keeps_the_public_version(session, actor):
    activity = establish(session, actor)
    before = public.public_activities(session)
    changed = COMPLETE.model_copy(update={"name": "Andere naam"})
    services.change(session, activity, changed, version=activity.version, actor=actor)
    assert public.public_activities(session) == before


def test_older_versions_keep_their_page(session, actor):
    activity = establish(session, actor)
    changed = COMPLETE.model_copy(update={"name": "Andere naam"})
    services.change(session, activity, changed, version=activity.version, actor=actor)
    services.establish(session, activity, actor=ESTABLISHER)
    assert [(view.version, view.name, view.versions, view.is_newest) for view in public.public_versions(session)] == [
        (1, "Parkeervergunning", (1, 2), False),
        (2, "Andere naam", (1, 2), True),
    ]
    assert [view.version for view in public.public_activities(session)] == [2]


@pytest.mark.parametrize(("level", "shown"), [(Publication.NO, []), (Publication.LIMITED, [True, True])])
def test_what_is_hidden_now_is_hidden_in_older_versions_too(session, actor, level, shown):
    activity = establish(session, actor)
    changed = COMPLETE.model_copy(update={"publication": level, "publication_reason": "Opsporing van fraude"})
    services.change(session, activity, changed, version=activity.version, actor=actor)
    services.establish(session, activity, actor=ESTABLISHER)
    assert [view.is_limited for view in public.public_versions(session)] == shown
    assert public.known_register(session).changed_at == history.newest_version(session, activity.id).established_at


def test_publish_from_in_the_future_is_not_public_yet(session, actor):
    with clock.frozen(datetime(2026, 11, 1, 12, tzinfo=UTC)):
        establish(session, actor, publish_from=date(2026, 12, 1))
        assert (public.public_activities(session), public.known_register(session).changed_at) == ([], None)
    with clock.frozen(datetime(2026, 11, 30, 23, 30, tzinfo=UTC)):  # half past midnight in Amsterdam
        assert len(public.public_activities(session)) == 1
        assert public.known_register(session).changed_at == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_an_ended_record_stays_with_its_date(session, actor):
    activity = establish(session, actor)
    services.end(session, activity, on=date(2026, 3, 1), reason="Vervallen", actor=actor)
    (view,) = public.public_activities(session)
    assert (view.version, view.ended_on, view.versions) == (2, date(2026, 3, 1), (1, 2))


def test_an_open_question_is_not_a_no(session, actor):
    freeze(session, ActivityContent(name="Leeg", publication=Publication.YES), actor)
    (view,) = public.public_activities(session)
    assert (view.transfers_outside_eea, view.profiling, view.automation) == (None, None, None)


SNAPSHOT_1 = """{"number": "VW-0042", "content": {"name": "Parkeerkaart", "publication": "ja", "publish_from": null,
"role": "verantwoordelijke", "regime": "avg", "controller": "college", "domain": "fysieke-leefomgeving",
"purposes": [{"text": "Beslissen over een parkeerkaart.", "legal_bases": ["6-1-e"],
"laws": [{"name": "BABW", "article": "artikel 49"}]}],
"data_sets": [{"data_subject": "aanvrager", "data": [{"code": "gezondheid"}, {"label": "Kleur van de auto"}],
"sources": [{"kind": "betrokkene"}]}], "ended_on": null, "transfers_outside_eea": "nee"},
"labels": {"controller": {"college": "College van toen"}, "role": {"verantwoordelijke": "Verantwoordelijke"},
"regime": {"avg": "AVG"}, "domain": {"fysieke-leefomgeving": "Wonen en omgeving"},
"purposes.legal_bases": {"6-1-e": "Taak van algemeen belang"}, "data_sets.data_subject": {"aanvrager": "Aanvragers"},
"data_sets.data.code": {"gezondheid": "Gezondheid"}, "data_sets.data.sensitivity": {"bijzonder": "Bijzonder"},
"data_sets.sources.kind": {"betrokkene": "De persoon zelf"}, "rights": {"15": "Inzien"},
"derived.special_categories": {"gezondheid": "Gezondheid"}},
"articles": {"purposes.legal_bases": {"6-1-e": "AVG art. 6 lid 1 onder e"}},
"derived": {"rights": ["15"], "special_categories": ["gezondheid"], "sensitivities": {"gezondheid": "bijzonder"},
"has_special": true, "has_criminal": false, "has_bsn": false, "about_children": false}}"""


def test_a_snapshot_of_schema_1_stays_readable_with_the_labels_of_then(session, actor):
    activity = services.add(session, COMPLETE, actor=actor)
    history.freeze(session, activity, actor=actor, schema_number=1, content=json.loads(SNAPSHOT_1))
    (view,) = public.public_activities(session)
    assert (view.number, view.name, view.controller) == (
        "VW-0042",
        "Parkeerkaart",
        public.Coded("college", "College van toen"),
    )
    (data_set,) = view.data_sets
    assert data_set.data == (
        public.PublicDataItem(public.Coded("gezondheid", "Gezondheid"), public.Coded("bijzonder", "Bijzonder")),
        public.PublicDataItem(public.Coded("", "Kleur van de auto"), None),
    )
    assert view.special_categories == (
        public.PublicSpecialCategory(public.Coded("gezondheid", "Gezondheid"), None, ""),
    )
    assert view.transfers_outside_eea is False


def test_every_schema_number_up_to_now_has_a_reader():
    from register.content import SCHEMA_NUMBER

    assert set(public._READERS) == set(range(1, SCHEMA_NUMBER + 1))


def test_the_public_view_reads_versions_only(session, actor):
    activity = establish(session, actor)
    before = public.public_activities(session)
    for name, column in models.ProcessingActivity.__mapper__.columns.items():
        if isinstance(getattr(activity, name), str) and name not in {"role", "regime", "status"}:
            setattr(activity, name, CANARY[: getattr(column.type, "length", None)])
    assert public.public_activities(session) == before
