"""Agreements and laws: one record for all who name it, changed once, and never mixed up."""

from datetime import date
from io import BytesIO

import pytest
from sqlmodel import select

from core import attached, history
from core.errors import BadInput, Conflict, RuleViolation
from core.organisations import Party
from core.organisations import change_shared as change_party
from register import files, queries, services
from register.content import (
    ActivityContent,
    JointController,
    Law,
    Principal,
    ProcessorUse,
    Purpose,
    refers_to_breaches,
    with_breaches_by_number,
)
from register.models import Agreement, AgreementKind
from register.models import Law as SharedLaw
from support.municipalities import PDF
from support.register import COMPLETE, ESTABLISHER

USE = ProcessorUse(
    party="Alfa", agreement_document="VO zaaksysteem", agreement_on=date(2024, 1, 1), agreement_until=date(2026, 12, 31)
)


def using(*processors: ProcessorUse, name: str = "Een") -> ActivityContent:
    return COMPLETE.model_copy(update={"name": name, "processors": processors})


def resting_on(*laws: Law, name: str = "Een") -> ActivityContent:
    return ActivityContent(name=name, purposes=(Purpose(text="Helpen", laws=laws),))


def agreements(session) -> list[tuple[str, date | None]]:
    found = session.exec(select(Agreement).order_by(Agreement.title, Agreement.until))
    return [(one.title, one.until) for one in found]


# Agreements (GDPR art. 26, 28(3))


def test_a_new_end_date_in_an_agreement_holds_for_every_record_and_its_findings_and_for_no_version(session, actor):
    first, second = (services.add(session, using(USE, name=name), actor=actor) for name in ("Een", "Twee"))
    services.establish(session, first, actor=ESTABLISHER)
    [agreement] = session.exec(select(Agreement)).all()
    assert queries.using(session, agreement) == [first, second]

    def found(activity, rule):
        return [one for one in services.findings_of(session, activity) if one.rule_id == rule]

    assert (len(found(first, "AVG-071")), len(found(second, "AVG-071"))) == (1, 1)
    services.change_shared(session, agreement, {"until": date(2031, 12, 31)}, version=agreement.version, actor=actor)
    for one in (first, second):
        assert services.content_of(one).processors[0].agreement_until == date(2031, 12, 31)
        assert found(one, "AVG-071") == []
    frozen = history.newest_version(session, first.id).content["content"]["processors"][0]
    assert frozen["agreement_until"] == "2026-12-31"
    with pytest.raises(Conflict):
        services.change_shared(session, agreement, {"until": None}, version=agreement.version - 1, actor=actor)


def test_what_a_person_changes_in_one_record_goes_to_the_agreement_also_when_it_is_made_empty(session, actor):
    first, second = (services.add(session, using(USE, name=name), actor=actor) for name in ("Een", "Twee"))
    emptied = USE.model_copy(update={"agreement_until": None, "agreement_model": "VNG-standaard"})
    services.change(session, second, using(emptied, name="Twee"), version=second.version, actor=actor)
    assert services.content_of(first).processors == (emptied,)


def test_the_facts_of_an_agreement_that_is_known_come_by_themselves(session, actor):
    services.add(session, using(USE), actor=actor)
    named = ProcessorUse(party="alfa", agreement_document="vo ZAAKSYSTEEM")
    activity = services.add(session, using(named, name="Twee"), actor=actor)
    assert services.content_of(activity).processors == (USE,)


def test_agreements_with_one_title_that_contradict_each_other_stay_apart(session, actor):
    """So an old spreadsheet loses nothing: `Verwerkersovereenkomst` stands behind every supplier."""
    other = USE.model_copy(update={"agreement_on": date(2019, 1, 1), "agreement_until": date(2029, 1, 1)})
    first = services.add(session, using(USE), actor=actor)
    second = services.add(session, using(other, name="Twee"), actor=actor)
    assert [services.content_of(one).processors for one in (first, second)] == [(USE,), (other,)]


@pytest.mark.parametrize("word", ["Überzicht", "überzicht", "UBERZICHT", "café", "CAFE"])
def test_agreements_and_laws_are_found_whatever_their_case_and_accents(session, actor, word):
    services.add(session, using(USE.model_copy(update={"agreement_document": "Überzicht café"})), actor=actor)
    law = session.exec(select(SharedLaw)).first()
    services.change_shared(session, law, {"name": "Überzicht café"}, version=law.version, actor=actor)
    assert [one.title for one in session.exec(select(Agreement))] == ["Überzicht café"]
    assert [shelf(session, search=word).total for shelf in (queries.agreements, queries.laws)] == [1, 1]
    assert [shelf(session, search="_").total for shelf in (queries.agreements, queries.laws)] == [0, 0]


def test_an_agreement_without_a_title_keeps_its_dates_and_is_named_after_its_party(session, actor):
    untitled = USE.model_copy(update={"agreement_document": ""})
    activity = services.add(session, using(untitled), actor=actor)
    [agreement] = session.exec(select(Agreement)).all()
    assert (agreement.title, agreement.label) == ("", "Verwerkersovereenkomst met Alfa")
    assert services.content_of(activity).processors == (untitled,)
    services.change(session, activity, using(USE), version=activity.version, actor=actor)
    assert (agreements(session), agreement.label) == ([("VO zaaksysteem", date(2026, 12, 31))], "VO zaaksysteem")


def test_another_known_title_does_not_take_over_the_dates_that_stood_in_the_row(session, actor):
    newer = ProcessorUse(party="Alfa", agreement_document="VO 2026", agreement_on=date(2026, 1, 1))
    services.add(session, using(newer), actor=actor)
    activity = services.add(session, using(USE, name="Twee"), actor=actor)
    chosen = USE.model_copy(update={"agreement_document": "VO 2026"})
    services.change(session, activity, using(chosen, name="Twee"), version=activity.version, actor=actor)
    assert services.content_of(activity).processors == (newer,)
    assert agreements(session) == [("VO 2026", None), ("VO zaaksysteem", date(2026, 12, 31))]


def test_rows_that_move_keep_their_agreements(session, actor):
    other = ProcessorUse(party="Beta", agreement_document="VO zaaksysteem", agreement_on=date(2020, 1, 1))
    activity = services.add(session, using(USE, other), actor=actor)
    later = other.model_copy(update={"agreement_on": date(2021, 1, 1)})
    services.change(session, activity, using(later), version=activity.version, actor=actor)
    assert services.content_of(activity).processors == (later,)
    assert len(agreements(session)) == 2


def test_an_arrangement_an_assignment_and_a_covenant_are_agreements_of_their_own_kind(session, actor):
    content = ActivityContent(
        name="Een",
        processors=(ProcessorUse(party="Alfa", agreement_document="Afspraken"),),
        joint_controllers=(JointController(party="Alfa", arrangement_document="Afspraken"),),
        principals=(Principal(party="Alfa", agreement_document="Afspraken"),),
        covenants=("Afspraken", "Veilig samen", "veilig samen"),
    )
    services.add(session, content, actor=actor)
    found = session.exec(select(Agreement).order_by(Agreement.kind, Agreement.title)).all()
    assert [(one.kind, one.title) for one in found] == [
        (AgreementKind.COVENANT, "Afspraken"),
        (AgreementKind.COVENANT, "Veilig samen"),
        (AgreementKind.JOINT, "Afspraken"),
        (AgreementKind.ASSIGNMENT, "Afspraken"),
        (AgreementKind.PROCESSING, "Afspraken"),
    ]


def test_only_what_nobody_uses_can_leave_the_list(session, actor):
    activity = services.add(session, using(USE), actor=actor)
    [agreement] = session.exec(select(Agreement)).all()
    with pytest.raises(RuleViolation, match=activity.kenmerk):
        services.remove_shared(session, agreement, actor=actor)
    services.change(session, activity, using(), version=activity.version, actor=actor)
    services.remove_shared(session, agreement, actor=actor)
    assert agreements(session) == []


def test_an_agreement_that_no_record_names_is_found(session, actor):
    services.add_shared(session, Agreement(title="Oud contract"), actor=actor)
    services.add(session, using(USE), actor=actor)
    loose = [one.message for one in services.all_findings(session) if one.rule_id == "AVG-148"]
    assert (len(loose), "Oud contract" in loose[0]) == (1, True)


# Laws (GDPR art. 6(3))

WMO = Law(name="Wmo 2015", article="art. 2.3.2", bwb_number="BWBR0035362")


def test_number_and_address_of_a_law_that_is_known_come_by_themselves(session, actor):
    services.add(session, resting_on(WMO), actor=actor)
    activity = services.add(session, resting_on(Law(name="wmo 2015", article="art. 5.1.1"), name="Twee"), actor=actor)
    [law] = services.content_of(activity).purposes[0].laws
    assert (law.name, law.bwb_number, law.url) == ("Wmo 2015", "BWBR0035362", "https://wetten.overheid.nl/BWBR0035362")
    services.change(session, activity, services.content_of(activity), version=activity.version, actor=actor)
    assert activity.purposes[0].laws[0].url == ""  # still that of the law, also when the law gets another one
    [known] = session.exec(select(SharedLaw)).all()
    services.change_shared(session, known, {"bwb_number": "BWBR0000001"}, actor=actor)
    assert services.content_of(activity).purposes[0].laws[0].url == "https://wetten.overheid.nl/BWBR0000001"


def test_a_law_is_meant_by_its_short_name_too_and_an_article_keeps_its_own_address(session, actor):
    law = services.add_shared(
        session,
        SharedLaw(name="Wet maatschappelijke ondersteuning 2015", short_name="Wmo 2015", bwb_number="BWBR0035362"),
        actor=actor,
    )
    own = "https://wetten.overheid.nl/BWBR0035362/2026-01-01#Artikel2.3.2"
    activity = services.add(session, resting_on(WMO.model_copy(update={"url": own})), actor=actor)
    [stored] = services.content_of(activity).purposes[0].laws
    assert (stored.name, stored.url) == (law.name, own)


def test_another_law_in_the_row_does_not_get_the_number_that_stood_there(session, actor):
    youth = Law(name="Jeugdwet", bwb_number="BWBR0034925")
    services.add(session, resting_on(youth), actor=actor)
    activity = services.add(session, resting_on(WMO, name="Twee"), actor=actor)
    [shown] = services.content_of(activity).purposes[0].laws
    chosen = shown.model_copy(update={"name": "Jeugdwet"})
    services.change(session, activity, resting_on(chosen, name="Twee"), version=activity.version, actor=actor)
    [stored] = services.content_of(activity).purposes[0].laws
    assert (stored.name, stored.bwb_number) == ("Jeugdwet", "BWBR0034925")


def test_which_records_rest_on_a_law_by_article(session, actor):
    articles = ("art. 10", "art. 9", "")
    made = [services.add(session, resting_on(Law(name="Awb", article=one), name=one), actor=actor) for one in articles]
    [law] = session.exec(select(SharedLaw)).all()
    assert queries.articles_of(session, law) == [("", made[2]), ("art. 9", made[1]), ("art. 10", made[0])]


# Files


def test_files_are_kept_by_what_they_are_and_seen_no_more_when_they_are_taken_away(session, actor, folder):
    activity = services.add(session, using(USE), actor=actor)
    [agreement] = session.exec(select(Agreement)).all()
    kept = attached.receive(folder, BytesIO(PDF), "C:\\map\\contract.pdf")
    file = files.attach(session, agreement, kept, actor=actor)
    same = files.attach(session, activity, kept, actor=actor)
    assert [(one.name, one.kind, one.size) for one in attached.files_of(session, agreement)] == [
        ("contract.pdf", "PDF", len(PDF))
    ]
    newest = history.newest_revision(session, agreement.id).content
    assert (newest["title"], newest["files"][0]["sha256"]) == ("VO zaaksysteem", kept.sha256)
    files.detach(session, agreement, file, actor=actor)
    assert (list(attached.files_of(session, agreement)), list(attached.files_of(session, activity))) == ([], [same])
    with pytest.raises(RuleViolation):  # the same bytes are still a file of the record
        attached.remove_originals(session, folder, agreement.id)
    files.detach(session, activity, same, actor=actor)
    session.flush()
    assert attached.remove_originals(session, folder, activity.id) == 1
    assert folder.store().size(kept.sha256) is None


@pytest.mark.parametrize(("data", "name"), [(b"", "leeg.pdf"), (b"<html>", "pagina.html"), (PDF, "brief.docx")])
def test_a_file_that_is_not_what_it_says_is_refused_and_not_kept(folder, data, name):
    with pytest.raises(BadInput):
        attached.receive(folder, BytesIO(data), name)
    assert list(folder.store().every()) == []


# Data breaches (GDPR art. 33(5)): a number or a link


@pytest.mark.parametrize("text", ["", "DL-2026-003", "2026/12", "12, 13", "https://datalek.example/13; DL-4"])
def test_a_number_or_a_link_refers_to_data_breaches(text):
    assert refers_to_breaches(text)


@pytest.mark.parametrize("text", ["brief aan verkeerd adres", "DL-3 (laptop kwijt)", "geen"])
def test_a_description_of_a_breach_becomes_a_remark(text):
    content = with_breaches_by_number(ActivityContent(name="Een", data_breaches=text, remarks="Let op"))
    assert (content.data_breaches, content.remarks) == ("", f"Let op\nDatalekken: {text}")


# Another name than in the version that the public sees


def test_a_name_that_changed_since_a_record_was_established_is_told_and_a_record_that_was_changed_says_nothing(
    session, actor
):
    first, second = (services.add(session, using(USE, name=name), actor=actor) for name in ("Een", "Twee"))
    for one in (first, second):
        services.establish(session, one, actor=ESTABLISHER)
    assert services.renamed(session, [first, second]) == {}
    services.change(session, second, using(USE, name="Drie"), version=second.version, actor=actor)
    party = first.processors[0].party
    change_party(session, party, {"name": "Alfa Groep"}, version=party.version, actor=actor)
    assert services.renamed(session, [first, second]) == {first.id: [("Alfa", "Alfa Groep")]}
    services.establish(session, first, actor=ESTABLISHER)
    assert services.renamed(session, [first]) == {}


# Who opened a form before


def test_a_new_fact_makes_a_page_of_before_an_old_page_for_every_record_that_names_it(session, actor):
    first, second, third = (
        services.add(session, using(USE, name=name), actor=actor) for name in ("Een", "Twee", "Drie")
    )
    services.change(session, third, using(name="Drie"), version=third.version, actor=actor)
    seen = [one.version for one in (first, second, third)]
    [agreement] = session.exec(select(Agreement)).all()
    services.change_shared(session, agreement, {"remarks": "Nog niet getekend"}, actor=actor)
    assert [one.version for one in (first, second, third)] == seen  # no form of a record shows it
    services.change_shared(session, agreement, {"until": date(2031, 12, 31)}, actor=actor)
    assert [one.version for one in (first, second, third)] == [seen[0] + 1, seen[1] + 1, seen[2]]
    with pytest.raises(Conflict):
        services.change(session, second, using(USE, name="Twee"), version=seen[1], actor=actor)
    session.expire_all()
    assert [one.version for one in (first, second, third)] == [seen[0] + 1, seen[1] + 1, seen[2]]
    services.change(session, second, using(USE, name="Twee"), version=second.version, actor=actor)
    assert services.content_of(first).processors == (USE,)


def test_a_new_name_counts_once_also_for_a_record_that_has_it_twice(session, actor):
    activity = services.add(session, using(USE, USE.model_copy(update={"agreement_document": "VO 2"})), actor=actor)
    seen, [party] = activity.version, session.exec(select(Party).where(Party.name == "Alfa")).all()
    change_party(session, party, {"name": "Alfa B.V."}, version=party.version, actor=actor)
    assert activity.version == seen + 1
