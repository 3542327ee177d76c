"""What the Woo asks of documents and categories: terms, what blocks, and the colours of the overview."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.woo_documents import content
from woo import lists, rules
from woo.content import (
    CategoryContent,
    CategoryStatus,
    DocumentContent,
    DocumentState,
    LocationContent,
    RelationContent,
    Withholding,
)
from woo.rules import AGENDA, REPORT_OF_MEETING, CategoryFacts, DocumentFacts, Light, Severity

TODAY = date(2026, 11, 21)
LOSSER = "https://identifier.overheid.nl/tooi/id/gemeente/gm0168"
FACTS = DocumentFacts(today=TODAY, publisher=LOSSER, format_code="PDF", has_file=True, deadline_days=14)
GOOD = LocationContent(
    url="https://voorbeeld.example/woo", registered_in_roo_on=date(2026, 1, 1), last_checked_on=date(2026, 11, 1)
)
IN_FORCE = CategoryContent(
    status=CategoryStatus.IN_ORDER, in_force_since=date(2024, 11, 1), in_force_checked=True, locations=(GOOD,)
)


def ids(found: tuple[rules.Finding, ...]) -> list[str]:
    return [finding.rule_id for finding in found]


def test_a_complete_document_has_no_findings():
    assert rules.document_findings(content(), FACTS) == ()


@pytest.mark.parametrize(
    ("changes", "on", "article"),
    [
        ({"adopted_on": date(2026, 11, 16)}, date(2026, 11, 30), "Woo 3.3 lid 4"),
        ({"adopted_on": None, "received_on": date(2026, 11, 16)}, date(2026, 11, 30), "Woo 3.3 lid 4"),
        ({"adopted_on": None, "signed_on": date(2026, 11, 16)}, date(2026, 11, 30), "Woo 3.3 lid 4"),
        ({"category": "015"}, date(2026, 11, 30), "Woo 3.3 lid 4"),
        ({"adopted_on": date(2026, 12, 11)}, date(2026, 12, 28), "Woo 3.3 lid 4"),  # Algemene termijnenwet art. 1 lid 1
        ({"adopted_on": date(2026, 11, 14)}, date(2026, 11, 30), "Woo 3.3 lid 4"),
        ({"category": "008", "distributed_on": date(2026, 11, 14)}, date(2026, 11, 14), "Woo 3.3 lid 5 onder c"),
        (
            {"category": "015", "is_research_on_itself": True, "received_on": date(2026, 11, 2)},
            date(2026, 11, 30),
            "Woo 3.3 lid 5 onder f",
        ),
        ({"category": "008"}, None, "Woo 3.3 lid 5 onder c"),
        ({"category": "008", "distributed_on": date(2026, 11, 9)}, date(2026, 11, 9), "Woo 3.3 lid 5 onder c"),
        ({"category": "008", "kinds": (REPORT_OF_MEETING,)}, date(2026, 11, 30), "Woo 3.3 lid 4"),
        ({"category": "009"}, date(2026, 11, 30), "Woo 3.3 lid 4"),
        (
            {"category": "009", "kinds": (AGENDA,), "distributed_on": date(2026, 11, 24)},
            date(2026, 11, 24),
            "Woo 3.3 lid 5 onder d",
        ),
        ({"not_before_on": date(2026, 12, 20)}, date(2026, 12, 20), "Woo 3.3 lid 5 onder h en i"),
        ({"not_before_on": date(2026, 11, 18)}, date(2026, 11, 30), "Woo 3.3 lid 4"),
        ({"heard_until": date(2026, 12, 4)}, date(2026, 12, 5), "Woo 3.3 lid 5 onder h en i"),
        ({"heard_until": date(2026, 11, 29)}, date(2026, 11, 30), "Woo 3.3 lid 4"),
        ({"heard_until": date.max}, date.max, "Woo 3.3 lid 5 onder h en i"),
        (
            {"heard_until": date(2026, 12, 4), "not_before_on": date(2026, 12, 20)},
            date(2026, 12, 20),
            "Woo 3.3 lid 5 onder h en i",
        ),
        ({"category": "3.1"}, None, "Woo 3.1"),
        ({"category": ""}, None, ""),
    ],
)
def test_terms_of_article_3_3_lid_4_and_5(changes, on, article):
    found = content(**changes)
    entry = lists.categories().get(found.category)
    due = rules.due(found, entry.deadline_days if entry else None)
    assert (due.on, due.article) == (on, article)


def test_a_day_that_never_comes_is_a_day():
    never = content(adopted_on=date.max, objection_expected=True, noticed_on=date.max)
    assert rules.due(never, 14).on == date.max
    assert {"WOO-004", "WOO-039"} <= set(ids(rules.document_findings(never, FACTS)))
    assert rules.archive_on(never, 50) == date.max
    assert rules.archive_on(content(adopted_on=date(2024, 2, 29)), 1) == date(2025, 3, 1)


@pytest.mark.parametrize(
    ("changes", "rule", "field"),
    [
        ({"title": " "}, "WOO-001", "title"),
        ({"title": "Scan_0012 (2).PDF"}, "WOO-002", "title"),
        ({"adopted_on": None}, "WOO-003", "adopted_on"),
        ({"adopted_on": date(2026, 11, 22)}, "WOO-004", "adopted_on"),
        ({"received_on": date(2030, 1, 1)}, "WOO-004", "received_on"),
        ({"publisher": "gemeente 's-Graveland"}, "WOO-005", "publisher"),
        ({"author": "Bakkerij Jansen"}, "WOO-006", "author"),
        ({"kinds": ("besluit",)}, "WOO-007", "kinds"),
        ({"themes": ("https://elders.example/thema",)}, "WOO-007", "themes"),
        ({"language": "nl"}, "WOO-007", "language"),
        (
            {"relations": (RelationContent(role="bijlage", target="7f0f6b1e-5d0b-4d0f-9d53-7b1d7f0c6a11"),)},
            "WOO-007",
            "relations",
        ),
        ({"category": ""}, "WOO-008", "category"),
        ({"category": "018"}, "WOO-008", "category"),
        ({"category": "007"}, "WOO-009", "category"),
        ({"other_categories": ("007",)}, "WOO-009", "category"),
        ({"source_url": "https://elders.example/a.pdf"}, "WOO-010", "source_url"),
        ({"created_on": date(2026, 11, 22)}, "WOO-004", "created_on"),
        ({"title": "Besluit\x0bA"}, "WOO-013", "title"),
        ({"keywords": ("a\ufffdb",)}, "WOO-013", "keywords"),
        ({"not_before_on": date(2026, 11, 22)}, "WOO-014", "not_before_on"),
        ({"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)}, "WOO-015", "valid_until"),
    ],
)
def test_what_stands_in_the_way_of_publishing(changes, rule, field):
    (found,) = rules.what_blocks(content(**changes), FACTS)
    assert (found.rule_id, found.severity, found.field) == (rule, Severity.ERROR, field)


def test_a_document_needs_a_file_or_an_address_with_a_format_that_is_harvested():
    without = DocumentFacts(today=TODAY, publisher=LOSSER)
    assert ids(rules.what_blocks(content(), without)) == ["WOO-010"]
    assert ids(rules.what_blocks(content(source_url="https://ris.example/document/12"), without)) == ["WOO-011"]
    assert ids(rules.what_blocks(content(source_url="https://ris.example/data.xml"), without)) == ["WOO-011"]
    assert ids(rules.what_blocks(content(source_url="https://intranet/besluit.pdf"), without)) == ["WOO-016"]
    assert ids(rules.what_blocks(content(source_url="https://ris.example/a%20b.PDF?v=1"), without)) == []


def test_an_organisation_that_has_ended_may_have_been_the_author_of_an_old_document():
    assert rules.document_findings(content(author="gemeente 's-Graveland"), FACTS) == ()


def test_the_organisation_itself_is_looked_at_when_no_publisher_is_filled_in():
    ended = lists.organisation_code("gemeente 's-Graveland")
    facts = DocumentFacts(today=TODAY, publisher=ended, has_file=True)
    assert ids(rules.what_blocks(content(), facts)) == ["WOO-005"]


def test_an_organisation_newer_than_the_schema_is_only_a_tip():
    (found,) = rules.document_findings(content(responsible="Adviescollege huis- en hobbydierenlijst"), FACTS)
    assert (found.rule_id, found.severity) == ("WOO-012", Severity.TIP)


def test_a_document_that_waits_too_long_is_told_until_it_is_public():
    late = content(adopted_on=date(2026, 11, 1))
    assert ids(rules.document_findings(late, FACTS)) == ["WOO-020"]
    public = DocumentFacts(today=TODAY, publisher=LOSSER, has_file=True, state=DocumentState.PUBLISHED)
    assert rules.document_findings(late, public) == ()


@pytest.mark.parametrize(("planned_on", "found"), [(5, []), (8, ["WOO-023"])])
def test_a_document_that_is_planned_after_its_last_day_is_told_while_another_day_can_be_chosen(planned_on, found):
    """Art. 3.3 lid 4: two weeks after 21 November 2026 is 5 December, a Saturday; so 7 December."""
    facts = replace(FACTS, state=DocumentState.PLANNED, planned_on=date(2026, 12, planned_on))
    told = rules.document_findings(content(adopted_on=date(2026, 11, 21)), facts)
    assert ids(told) == found
    assert all("08-12-2026" in one.message and "07-12-2026" in one.message for one in told)


@pytest.mark.parametrize(
    "title", ["Begroting 2027", "Nota v2.0", "Brief van 3.5 pagina's", "www.losser.nl: nieuw", "Over .NET"]
)
def test_a_title_with_a_dot_is_not_a_file_name(title):
    assert rules.what_blocks(content(title=title), FACTS) == ()


def test_a_category_that_is_in_order_is_green():
    found = rules.category_findings(IN_FORCE, CategoryFacts(number="001", today=TODAY))
    assert (found, rules.light(IN_FORCE, found)) == ((), Light.GREEN)


@pytest.mark.parametrize(
    ("changes", "facts", "expected", "colour"),
    [
        ({"locations": ()}, {}, ["WOO-101"], Light.RED),
        ({"locations": (), "in_force_since": None}, {}, ["WOO-101"], Light.ORANGE),
        ({"status": CategoryStatus.NOT_STARTED}, {}, ["WOO-102"], Light.RED),
        ({"status": CategoryStatus.STARTED}, {}, [], Light.ORANGE),
        (
            {"locations": (LocationContent(url="https://a.example/", last_checked_on=TODAY),)},
            {},
            ["WOO-103"],
            Light.ORANGE,
        ),
        ({"status": CategoryStatus.NOT_APPLICABLE}, {}, ["WOO-104"], Light.RED),
        ({"in_force_checked": False}, {}, ["WOO-106"], Light.GREEN),
        ({}, {"late": 2}, ["WOO-107"], Light.ORANGE),
        ({"in_force_since": date(2027, 1, 1), "status": CategoryStatus.NOT_STARTED}, {}, [], Light.ORANGE),
    ],
)
def test_the_colours_of_the_overview(changes, facts, expected, colour):
    changed = IN_FORCE.model_copy(update=changes)
    found = rules.category_findings(changed, CategoryFacts(number="001", today=TODAY, **facts))
    assert (ids(found), rules.light(changed, found)) == (expected, colour)


def test_a_page_that_was_not_looked_at_for_a_year_is_a_tip():
    old = GOOD.model_copy(update={"last_checked_on": date(2025, 11, 1)})
    found = rules.category_findings(
        IN_FORCE.model_copy(update={"locations": (old,)}), CategoryFacts(number="001", today=TODAY)
    )
    assert [(f.rule_id, f.severity) for f in found] == [("WOO-105", Severity.TIP)]


def test_a_category_of_parliament_asks_nothing():
    without = CategoryContent(status=CategoryStatus.NOT_APPLICABLE, in_force_since=date(2024, 11, 1))
    found = rules.category_findings(without, CategoryFacts(number="007", today=TODAY))
    assert (found, rules.light(without, found)) == ((), Light.NONE)


def test_article_3_1_does_not_go_with_another_category():
    with pytest.raises(ValueError, match=r"artikel 3\.1 gaat niet samen"):
        DocumentContent(category="002", other_categories=("3.1",))


def test_the_lists_are_whole():
    assert len(lists.categories()) == 18
    assert len(lists.formats()) == 19
    assert [len(v.codes) for v in (lists.KINDS, lists.THEMES, lists.LANGUAGES, lists.ROLES, lists.REASONS)] == [
        91,
        92,
        27,
        4,
        2,
    ]


def test_an_organisation_is_found_by_name_and_two_of_one_name_give_the_living_one():
    assert lists.organisation_code(" gemeente  losser ") == LOSSER
    assert lists.organisation_code("onbekend") == "onbekend"
    twice = lists.organisation_code("ministerie van Economische Zaken")
    assert twice not in lists.ended_organisations()


@given(
    st.builds(DocumentContent, title=st.text(max_size=50), category=st.sampled_from(["", *lists.categories(), "999"]))
)
def test_the_rules_answer_to_anything(document):
    found = rules.document_findings(document, FACTS)
    assert all(finding.message.endswith((".", ")")) and finding.rule_id for finding in found)


# --- withholding


def withheld(**changes: object) -> DocumentContent:
    ground = {"code": "5.1.2e", "passage": "bladzijde 3"}
    return content(**({"category": "014", "withheld": Withholding.PARTLY, "grounds": (ground,)} | changes))


@pytest.mark.parametrize(
    ("changes", "facts", "rule", "field"),
    [
        ({"grounds": ()}, {}, "WOO-030", "grounds-0-code"),
        ({"withheld": None}, {}, "WOO-030", "withheld"),
        ({"withheld": "niets"}, {}, "WOO-030", "withheld"),
        ({"withheld": "helemaal"}, {}, "WOO-031", "notice"),
        ({"withheld": "helemaal", "notice": "Niet."}, {}, "WOO-032", ""),
        ({"notice": "Niet."}, {"file_is_notice": True}, "WOO-032", "withheld"),
        ({"grounds": ({"code": "5.9"},)}, {}, "WOO-033", "grounds-0-code"),
        ({"grounds": ({"code": "5.1.4"},)}, {}, "WOO-034", "grounds-0-code"),
        ({"category": "001"}, {}, "WOO-035", "grounds-0-code"),
        (
            {"grounds": ({"code": "5.1.5", "passage": "A"}, {"code": "5.1.2e", "passage": "a"})},
            {},
            "WOO-036",
            "grounds-0-code",
        ),
        ({"heard_from": date(2026, 11, 2)}, {}, "WOO-037", "heard_until"),
        ({"heard_from": date(2026, 11, 2), "heard_until": date(2026, 11, 1)}, {}, "WOO-037", "heard_until"),
        ({"heard_from": date(2026, 11, 2), "heard_until": TODAY}, {}, "WOO-037", "heard_until"),
        ({"heard_until": date(2026, 12, 4)}, {"state": DocumentState.PLANNED}, "WOO-037", "heard_until"),
        ({"objection_expected": True}, {}, "WOO-038", "noticed_on"),
        ({"objection_expected": True, "noticed_on": date(2026, 11, 16)}, {}, "WOO-039", "not_before_on"),
        (
            {"objection_expected": True, "noticed_on": date(2026, 11, 16), "not_before_on": date(2026, 11, 29)},
            {},
            "WOO-039",
            "not_before_on",
        ),
    ],
)
def test_withholding_woo_3_3_lid_5_and_8_and_5_1(changes, facts, rule, field):
    found = rules.document_findings(withheld(**changes), replace(FACTS, **facts))
    assert (rule, field) in [(finding.rule_id, finding.field) for finding in found]


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({}, {}),
        ({"withheld": "niets", "grounds": ()}, {}),
        ({"withheld": "helemaal", "notice": "Niet openbaar."}, {"file_is_notice": True}),
        ({"grounds": ({"code": "5.1.5", "passage": "A"}, {"code": "5.1.2e", "passage": "B"})}, {}),
        ({"heard_from": date(2026, 11, 2), "heard_until": date(2026, 11, 16)}, {}),
        ({"heard_from": date(2026, 11, 2), "heard_until": date(2026, 11, 20)}, {}),
        ({"heard_from": TODAY, "heard_until": date(2026, 12, 4)}, {"state": DocumentState.PUBLISHED}),
        (
            {"objection_expected": True, "noticed_on": date(2026, 11, 2), "not_before_on": date(2026, 11, 16)},
            {},
        ),
    ],
)
def test_withholding_that_is_in_order(changes, facts):
    found = rules.document_findings(withheld(**changes), replace(FACTS, **facts))
    assert [finding.rule_id for finding in found if "WOO-030" <= finding.rule_id <= "WOO-039"] == []


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"descriptions": ("Derhalve is dit besluit genomen.",)}, ["descriptions"]),
        ({"descriptions": ("Dit gaat over parkeren.",)}, []),
    ],
)
def test_avg_135_a_document_in_difficult_words_gets_a_tip(change, fields):
    made = DocumentContent(**({"title": "Besluit over parkeren"} | change))
    found = rules.document_findings(made, DocumentFacts(today=date(2026, 11, 21), publisher=""))
    assert [one.field for one in found if one.rule_id == "AVG-135"] == fields
