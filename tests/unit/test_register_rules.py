"""The checks on the processing register: each one found, each one passed by the narrowest margin."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core import values
from core.content import Part, YesNo
from register import rules
from register.checks import CHECKS, Finding, Rulebook, Scope, Severity
from register.content import (
    ActivityContent,
    Automation,
    DataItem,
    DataSource,
    Dpia,
    JointController,
    Principal,
    ProcessorUse,
    Publication,
    Recipient,
    RecipientKind,
    RightRestriction,
    Role,
    Scale,
    SpecialCategory,
    Status,
    SystemUse,
    Transfer,
    Wpg,
)
from register.rules import Context, Entry, Register, entry_of, judged, text
from register.rules.case import first_day_past
from register.rules.likeness import alike, letter_pairs
from register.rules.risk import months_before
from register.starter import starter_contents
from support.activities import CONTEXT, SETTINGS, TODAY, complete, data_set, for_others, law, line, police, purpose
from support.register import contents

ERROR = Severity.ERROR


def found(content: ActivityContent, rule_id: str, context: Context = CONTEXT) -> list[tuple[str, ...]]:
    """The places where one check finds something."""
    return [finding.fields for finding in rules.findings(content, context) if finding.rule_id == rule_id]


def ids(content: ActivityContent, context: Context = CONTEXT, severity: Severity | None = None) -> list[str]:
    """The numbers of the checks that find something, each once."""
    result = rules.findings(content, context)
    return list(dict.fromkeys(one.rule_id for one in result if severity in {None, one.severity}))


def messages(content: ActivityContent, rule_id: str, context: Context = CONTEXT) -> list[str]:
    return [finding.message for finding in rules.findings(content, context) if finding.rule_id == rule_id]


def around(**changes: object) -> Context:
    return replace(CONTEXT, **changes)


def processor(**changes: object) -> ProcessorUse:
    return ProcessorUse(**{"party": "Bedrijf Alfa", "service": "hosting", "agreement_on": date(2025, 1, 1)} | changes)


def transfer(**changes: object) -> Transfer:
    return Transfer(**{"country": "IN", "importer": "Helpdesk", "instrument": "46-2-c"} | changes)


def sent(*transfers: Transfer, **changes: object) -> ActivityContent:
    return complete(transfers_outside_eea=YesNo.YES, transfers=transfers, **changes)


def consent(**changes: object) -> ActivityContent:
    told = {"consent_asked": "Met een vinkje.", "consent_withdrawn": "Met de link onder elke brief."}
    return complete(purposes=(purpose(legal_bases=("6-1-a",), **told | changes),))


def special(
    exception: str = "9-2-h", law: str = "Wmo 2015 art. 5.1.1", category: str = "gezondheid"
) -> SpecialCategory:
    return SpecialCategory(category=category, exception=exception, law=law)


def healthy(*chosen: SpecialCategory, **changes: object) -> ActivityContent:
    return complete(**{"data_sets": (data_set("naam", "gezondheid"),), "special_categories": chosen} | changes)


def fully(**changes: object) -> ActivityContent:
    told = {
        "automation_logic": "De computer kijkt of het kenteken van u is.",
        "automation_consequences": "U krijgt de vergunning meteen.",
        "automation_human": "Bij een weigering kijkt een medewerker mee.",
        "algorithm_register": ("https://algoritmes.overheid.nl/nl/algoritme/1",),
    }
    return complete(**{"automation": Automation.FULLY} | told | changes)


def published(explanation: str) -> ActivityContent:
    return complete(explanation=f"{explanation} U mag bezwaar maken.")


def dpia(**changes: object) -> ActivityContent:
    return complete(dpia=Dpia(**{"status": "uitgevoerd", "dpo_advice": "Akkoord.", "done_on": TODAY} | changes))


@dataclass(frozen=True)
class Example:
    """A record in which a check finds something, where, and a record that just passes."""

    wrong: ActivityContent
    at: list[tuple[str, ...]]
    right: ActivityContent
    context: Context = CONTEXT
    right_context: Context | None = None


def joint(*controllers: JointController) -> ActivityContent:
    return complete(role=Role.JOINT, joint_controllers=controllers)


ARRANGED = JointController(party="Gemeente Buur", arrangement_on=TODAY, essence="Wij doen de balie samen.")
EXAMPLES = {
    "AVG-001": Example(complete(name="ab"), [("name",)], complete(name="abc")),
    "AVG-002": Example(complete(purposes=()), [("purposes",)], complete()),
    "AVG-003": Example(complete(data_sets=(data_set(data_subject=""),)), [("data_sets.0.data_subject",)], complete()),
    "AVG-004": Example(
        complete(data_sets=(data_set(), data_set(data=(DataItem(),)))),
        [("data_sets.1.data",)],
        complete(data_sets=(data_set(data=(DataItem(label="Lengte", sensitivity="gewoon"),)),)),
    ),
    "AVG-005": Example(complete(recipients=()), [("recipients",)], complete(recipients=(), no_recipients=True)),
    "AVG-006": Example(
        complete(transfers_outside_eea=None), [("transfers_outside_eea",)], complete(transfers_outside_eea=YesNo.NO)
    ),
    "AVG-007": Example(
        complete(data_sets=(data_set(), data_set()), retentions=(line(data_set=1),)),
        [("retentions", "data_sets.1")],
        complete(data_sets=(data_set(), data_set()), retentions=(line(data_set=1), line(data_set=2))),
    ),
    "AVG-008": Example(complete(security=""), [("security",)], complete()),
    "AVG-009": Example(complete(controller=""), [("controller",)], complete()),
    "AVG-012": Example(complete(team="", process_owner=""), [("team", "process_owner")], complete()),
    "AVG-013": Example(complete(profiling=None), [("profiling",)], complete()),
    "AVG-020": Example(
        complete(purposes=(purpose(text="Parkeren regelen."),)),
        [("purposes.0.text",)],
        complete(purposes=(purpose(text="Parkeren voor u regel"),)),
    ),
    "AVG-021": Example(
        complete(purposes=(purpose(text="Administratie en beheer van vergunningen"),)),
        [("purposes.0.text",)],
        complete(purposes=(purpose(text="Administratie en beheer van vergunningen voor het parkeren op straat."),)),
    ),
    "AVG-022": Example(complete(purposes=(purpose(),) * 6), [("purposes",)], complete(purposes=(purpose(),) * 5)),
    "AVG-023": Example(
        complete(purposes=(purpose(legal_bases=("6-1-d",), laws=(), further_use=YesNo.YES),)),
        [("purposes.0.further_use",)],
        complete(
            purposes=(
                purpose(legal_bases=("6-1-d",), laws=(), further_use=YesNo.YES, further_use_test="Het doel past."),
            )
        ),
    ),
    "AVG-030": Example(
        complete(purposes=(purpose(), purpose(legal_bases=()))), [("purposes.1.legal_bases",)], complete()
    ),
    "AVG-031": Example(
        complete(purposes=(purpose(legal_bases=("6-1-c",), laws=()),)),
        [("purposes.0.laws",)],
        complete(purposes=(purpose(legal_bases=("6-1-c",)),)),
    ),
    "AVG-032": Example(
        complete(purposes=(purpose(laws=(law(), law(article="hele wet"))),)),
        [("purposes.0.laws.1",)],
        complete(purposes=(purpose(laws=(law(article="hoofdstuk VI"), law(article="3"))),)),
    ),
    "AVG-033": Example(consent(), [("purposes.0.legal_bases",)], complete()),
    "AVG-034": Example(consent(consent_withdrawn=""), [("purposes.0.consent_withdrawn",)], consent()),
    "AVG-035": Example(
        consent().model_copy(update={"data_sets": (data_set(data_subject="kind"),)}),
        [("purposes.0.consent_asked",)],
        consent(consent_asked="Een ouder zet een vinkje.").model_copy(
            update={"data_sets": (data_set(data_subject="kind"),)}
        ),
    ),
    "AVG-036": Example(
        complete(purposes=(purpose(legal_bases=("6-1-f",)),)),
        [("purposes.0.legal_bases",)],
        complete(purposes=(purpose(legal_bases=("6-1-f",), laws=()),)),
    ),
    "AVG-037": Example(
        complete(purposes=(purpose(legal_bases=("6-1-f",), laws=()),)),
        [("purposes.0.interests_assessment",)],
        complete(purposes=(purpose(legal_bases=("6-1-f",), laws=(), interests_assessment="Veiligheid gaat voor."),)),
    ),
    "AVG-038": Example(
        complete(purposes=(purpose(legal_bases=("6-1-b",)),)),
        [("purposes.0.legal_bases",)],
        complete(purposes=(purpose(legal_bases=("6-1-b",)),), data_sets=(data_set(data_subject="eigenaar"),)),
    ),
    "AVG-039": Example(
        complete(purposes=(purpose(legal_bases=("6-1-d",)),)), [("purposes.0.legal_bases",)], complete()
    ),
    "AVG-040": Example(
        complete(purposes=(purpose(laws=(law(url="https://wetten.overheid.nl.example/"),)),)),
        [("purposes.0.laws.0.url",)],
        complete(purposes=(purpose(laws=(law(url="https://wetten.overheid.nl/BWBR1"),)),)),
    ),
    "AVG-050": Example(healthy(), [("special_categories",)], healthy(special())),
    "AVG-051": Example(
        healthy(special(law="AVG artikel 9")), [("special_categories.0.law",)], healthy(special("9-2-e", law=""))
    ),
    "AVG-052": Example(healthy(special("9-2-d")), [("special_categories.0.exception",)], healthy(special())),
    "AVG-053": Example(
        healthy(special("9-2-a")),
        [("special_categories.0.exception",)],
        healthy(special("9-2-a"), purposes=(purpose(legal_bases=("6-1-a",)),)),
    ),
    "AVG-054": Example(complete(special_categories=(special(),)), [("special_categories.0",)], healthy(special())),
    "AVG-055": Example(
        complete(name="Jeugdzorg en parkeren"), [("name",)], complete(name="Zorgen dat mensen kunnen parkeren")
    ),
    "AVG-056": Example(
        complete(data_sets=(data_set("naam", "verdenking"),)),
        [("criminal_ground",)],
        complete(data_sets=(data_set("naam", "verdenking"),), criminal_ground="uavg-33-1"),
    ),
    "AVG-057": Example(complete(data_sets=(data_set("politiegegeven"),)), [("regime",)], police()),
    "AVG-058": Example(
        complete(data_sets=(data_set("naam", "bsn"),)),
        [("bsn_ground",)],
        complete(data_sets=(data_set("naam", "bsn"),), bsn_ground="wabb-10"),
    ),
    "AVG-059": Example(
        complete(
            data_sets=(data_set("naam", "bsn"),), bsn_ground="wabb-10", purposes=(purpose(legal_bases=("6-1-b",)),)
        ),
        [("bsn_ground", "purposes.0.legal_bases")],
        complete(
            data_sets=(data_set("naam", "bsn"),),
            bsn_ground="wabb-10",
            purposes=(purpose(legal_bases=("6-1-b",)), purpose()),
        ),
    ),
    "AVG-060": Example(
        complete(
            data_sets=(data_set(), data_set("bsn")),
            recipients=(Recipient(name="Iedereen", kind=RecipientKind.EVERYONE),),
        ),
        [("recipients.0", "data_sets.1")],
        complete(recipients=(Recipient(name="Iedereen", kind=RecipientKind.EVERYONE),)),
    ),
    "AVG-065": Example(
        complete(data_sets=(data_set(sources=(DataSource(kind="anders"),)),)),
        [("data_sets.0.sources.0",)],
        complete(data_sets=(data_set(sources=(DataSource(kind="anders", text="RDW"), DataSource(kind="betrokkene"))),)),
    ),
    "AVG-066": Example(
        complete(data_sets=(data_set("naam", "inkomen"),)),
        [("data_sets.0.sources",)],
        complete(data_sets=(data_set("naam", "inkomen", sources=(DataSource(text="Belastingdienst"),)),)),
    ),
    "AVG-067": Example(complete(data_sets=(data_set(unneeded=("bsn",)),)), [("data_sets.0.unneeded",)], complete()),
    "AVG-070": Example(
        complete(processors=(processor(agreement_on=None),)),
        [("processors.0.agreement_document",)],
        complete(processors=(processor(agreement_on=None, agreement_document="Z-2025-1"),)),
    ),
    "AVG-071": Example(
        complete(processors=(processor(agreement_until=TODAY + timedelta(days=90)),)),
        [("processors.0.agreement_until",)],
        complete(processors=(processor(agreement_until=TODAY + timedelta(days=91)),)),
    ),
    "AVG-072": Example(
        complete(systems=(SystemUse(name="Parkeren", hosting="SaaS"),)),
        [("systems.0", "processors")],
        complete(systems=(SystemUse(name="Parkeren", hosting="eigen beheer"),)),
    ),
    "AVG-073": Example(
        complete(processors=(processor(),), recipients=(Recipient(name="bedrijf alfa"),)),
        [("processors.0.party", "recipients.0.name")],
        complete(processors=(processor(),)),
    ),
    "AVG-074": Example(
        complete(recipients=(Recipient(name="RDW", kind=RecipientKind.GOVERNMENT),)),
        [("recipients.0.basis",)],
        complete(recipients=(Recipient(name="RDW", kind=RecipientKind.GOVERNMENT, basis="Wegenverkeerswet art. 43"),)),
    ),
    "AVG-075": Example(
        complete(recipients=(Recipient(name="Jan de Vries"),)),
        [("recipients.0.name",)],
        complete(recipients=(Recipient(name="Stichting Jan de Vries"),)),
    ),
    "AVG-076": Example(
        joint(JointController(party="Gemeente Buur", essence="Wij doen de balie.")),
        [("joint_controllers.0.arrangement_document",)],
        joint(ARRANGED),
    ),
    "AVG-077": Example(
        joint(ARRANGED.model_copy(update={"essence": ""})), [("joint_controllers.0.essence",)], joint(ARRANGED)
    ),
    "AVG-080": Example(sent(), [("transfers",)], sent(transfer())),
    "AVG-081": Example(sent(transfer(instrument="")), [("transfers.0.instrument",)], sent(transfer())),
    "AVG-082": Example(
        sent(transfer(instrument="45")), [("transfers.0.instrument",)], sent(transfer(instrument="45", country="CH"))
    ),
    "AVG-083": Example(
        sent(transfer(instrument="45", country="JP")),
        [("transfers.0.covered_by_decision",)],
        sent(transfer(instrument="45", country="JP", covered_by_decision=YesNo.YES)),
    ),
    "AVG-084": Example(
        sent(transfer()), [("transfers.0.safeguards_document",)], sent(transfer(safeguards_document="Z-2025-2"))
    ),
    "AVG-085": Example(sent(transfer()), [("transfers.0.assessed_on",)], sent(transfer(assessed_on=TODAY))),
    "AVG-086": Example(
        sent(transfer(instrument="49-1-b")),
        [("transfers.0.instrument",)],
        sent(transfer(instrument="49-1-b"), purposes=(purpose(legal_bases=("6-1-b",)),)),
    ),
    "AVG-087": Example(
        complete(systems=(SystemUse(name="Mailtool", country="US"),)),
        [("transfers_outside_eea", "systems.0.country")],
        complete(systems=(SystemUse(name="Mailtool", country="IE"),)),
    ),
    "AVG-088": Example(sent(transfer(country="België")), [("transfers.0.country",)], sent(transfer(country="Aruba"))),
    "AVG-090": Example(
        complete(retentions=(line(text="N.v.t.", duration="", selection_list=()),)),
        [("retentions.0.text",)],
        complete(retentions=(line(text="", selection_list=()),)),
    ),
    "AVG-091": Example(
        complete(retentions=(line(text="Zolang nodig", duration="", selection_list=()),)),
        [("retentions.0.text",)],
        complete(retentions=(line(text="Zolang nodig, hoogstens 1 jaar", duration="", selection_list=()),)),
    ),
    "AVG-092": Example(
        complete(retentions=(line(selection_list=("11.1.2", "19.1.13")),)),
        [("retentions.0.selection_list",)],
        complete(),
    ),
    "AVG-093": Example(
        complete(retentions=(line(duration="P5Y"),)),
        [("retentions.0.duration", "retentions.0.deviation")],
        complete(retentions=(line(duration="P12M"), line(duration="P5Y", deviation="Er loopt een rechtszaak."))),
    ),
    "AVG-094": Example(complete(retentions=(line(selection_list=()),)), [("retentions.0.selection_list",)], complete()),
    "AVG-095": Example(
        complete(
            data_sets=(data_set("camerabeeld", data_subject="voorbijganger"),), retentions=(line(duration="P29D"),)
        ),
        [("retentions.0.duration",)],
        complete(
            data_sets=(data_set("camerabeeld", data_subject="voorbijganger"),), retentions=(line(duration="P4W"),)
        ),
    ),
    "AVG-096": Example(complete(retentions=(line(trigger=""),)), [("retentions.0.trigger",)], complete()),
    "AVG-100": Example(
        complete(dpia=Dpia(status="nodig", criteria=("ap-14",))),
        [("dpia.status",)],
        complete(dpia=Dpia(status="bezig", criteria=("ap-14",))),
    ),
    "AVG-101": Example(
        complete(dpia=Dpia(status="niet_nodig", criteria=("edpb-8", "edpb-9"))),
        [("dpia.status", "dpia.motivation")],
        complete(dpia=Dpia(status="niet_nodig", criteria=("edpb-8", "edpb-9"), motivation="Het is een proef.")),
    ),
    "AVG-102": Example(complete(dpia=Dpia(status="niet_beoordeeld")), [("dpia.status",)], complete()),
    "AVG-103": Example(
        complete(scale=Scale.FROM_10000),
        [("dpia.criteria",)],
        complete(scale=Scale.FROM_10000, dpia=Dpia(status="niet_nodig", criteria=("edpb-5",))),
    ),
    "AVG-104": Example(dpia(dpo_advice=""), [("dpia.dpo_advice",)], dpia(dpo_advice="", dpo_advice_on=TODAY)),
    "AVG-105": Example(
        dpia(residual_risk="hoog"), [("dpia.consultation",)], dpia(residual_risk="hoog", consultation_on=TODAY)
    ),
    "AVG-106": Example(dpia(done_on=date(2023, 11, 20)), [("dpia.done_on",)], dpia(done_on=date(2023, 11, 21))),
    "AVG-107": Example(
        dpia(), [("dpia.done_on",)], dpia(), context=around(changed_since_dpia=True), right_context=CONTEXT
    ),
    "AVG-108": Example(
        complete(scale=Scale.FROM_10000, dpia=Dpia(reasons_not=("geen koppeling", "kleine schaal"))),
        [("dpia.reasons_not.1",)],
        complete(dpia=Dpia(reasons_not=("geen koppeling", "kleine schaal"))),
    ),
    "AVG-110": Example(fully(automation_logic=""), [("automation_logic",)], fully()),
    "AVG-111": Example(
        fully(purposes=(purpose(laws=()),), automation_human=""), [("automation",), ("automation_human",)], fully()
    ),
    "AVG-112": Example(complete(profiling=YesNo.YES), [("algorithm_register",)], fully(profiling=YesNo.YES)),
    "AVG-113": Example(
        healthy(special("9-2-h"), automation=Automation.PARTLY),
        [("automation", "special_categories.0.exception")],
        healthy(special("9-2-g"), automation=Automation.PARTLY),
    ),
    "AVG-114": Example(
        complete(ai_class="hoog risico"), [("iama_on",)], complete(ai_class="hoog risico", iama_on=TODAY)
    ),
    "AVG-115": Example(
        fully(profiling=YesNo.YES, purposes=(purpose(laws=(law(name="Uitvoeringswet AVG", article="art. 40"),)),)),
        [("automation", "profiling")],
        fully(profiling=YesNo.YES),
    ),
    "AVG-121": Example(
        complete(right_restrictions=(RightRestriction(right="15", text="Niet bij een onderzoek."),)),
        [("right_restrictions.0.law",)],
        complete(right_restrictions=(RightRestriction(right="15", text="Niet nu.", law="UAVG art. 41"),)),
    ),
    "AVG-122": Example(complete(explanation="U vraagt een vergunning om te parkeren."), [("explanation",)], complete()),
    "AVG-130": Example(
        published("Ons nummer is 1234.56.782."), [("explanation",)], published("Ons nummer is 12345678.")
    ),
    "AVG-131": Example(
        published("Mail naar jan.jansen@voorbeeld.nl."),
        [("explanation",)],
        published("Mail naar functionaris.gegevensbescherming@voorbeeld.nl of bel 0541 123 456."),
    ),
    "AVG-132": Example(
        published("Wij gebruiken hiervoor Parkstar."),
        [("explanation",)],
        published("Wij gebruiken hiervoor Parkstarters."),
        context=around(technical_names=frozenset({"Parkstar"})),
    ),
    "AVG-133": Example(
        complete(publication=Publication.LIMITED),
        [("publication_reason",)],
        complete(publication=Publication.LIMITED, publication_reason="Dit gaat over toezicht."),
    ),
    "AVG-134": Example(
        complete(explanation=""), [("explanation",)], complete(explanation="", publication=Publication.LIMITED)
    ),
    "AVG-135": Example(
        published("Wij gebruiken de gegevens conform de regels."),
        [("explanation",)],
        published("Wij gebruiken de gegevens volgens de regels."),
    ),
    "AVG-136": Example(complete(security=""), [("status",)], complete(), context=around(status=Status.ESTABLISHED)),
    "AVG-137": Example(
        complete(),
        [("status",)],
        complete(),
        context=around(status=Status.ESTABLISHED, last_editor="Aisha", established_by="Aisha"),
        right_context=around(status=Status.ESTABLISHED, last_editor="Aisha", established_by="Bram"),
    ),
    "AVG-140": Example(
        complete(reviewed_on=date(2025, 11, 20)), [("reviewed_on",)], complete(reviewed_on=date(2025, 11, 21))
    ),
    "AVG-141": Example(
        complete(reviewed_on=date(2024, 11, 20)), [("reviewed_on",)], complete(reviewed_on=date(2024, 11, 21))
    ),
    "AVG-142": Example(
        complete(),
        [("status",)],
        complete(),
        context=around(status=Status.IN_REVIEW, waiting_since=date(2026, 10, 21)),
        right_context=around(status=Status.IN_REVIEW, waiting_since=date(2026, 10, 22)),
    ),
    "AVG-143": Example(complete(ended_on=date(2026, 11, 20)), [("ended_on", "status")], complete(ended_on=TODAY)),
    "AVG-150": Example(
        for_others(principals=(Principal(party="Gemeente Buur", categories=("salaris",)),)),
        [("principals.0.contact",)],
        for_others(),
    ),
    "AVG-151": Example(
        for_others(principals=(Principal(party="Gemeente Buur", contact="Plein 1"),)),
        [("principals.0.categories",)],
        for_others(),
    ),
    "WPG-001": Example(police(wpg=Wpg(articles=("14",))), [("wpg.articles",)], police(wpg=Wpg(articles=("art. 13",)))),
    "WPG-002": Example(police(purposes=(purpose(),)), [("purposes.0.legal_bases", "regime")], police()),
    "WPG-005": Example(
        police(publication=Publication.YES), [("publication",)], police(publication=Publication.LIMITED)
    ),
}


def test_every_check_in_the_list_has_a_condition_and_every_condition_a_check():
    conditions = [*rules.ACTIVITY.rules, *rules.ORGANISATION.rules, *rules.REGISTER.rules]
    assert Counter(conditions) == Counter(list(CHECKS))


def test_every_check_on_one_record_has_an_example():
    assert set(EXAMPLES) == set(rules.ACTIVITY.rules)


def shown_example(one: Example) -> dict[str, dict[str, object]]:
    """What differs between the record that fails and the one that passes, as the page of a check shows it."""
    differs = [name for name in ActivityContent.model_fields if getattr(one.wrong, name) != getattr(one.right, name)]
    wrong, right = (content.model_dump(mode="json", exclude_defaults=True) for content in (one.wrong, one.right))
    if not differs:  # then the difference is in what surrounds the record, such as a date
        return {}
    return {
        "fout": {name: wrong[name] for name in differs if name in wrong},
        "goed": {name: right[name] for name in differs if name in right},
    }


def test_the_examples_on_the_pages_are_those_that_are_tested():
    shown = {row["regel"]: row for row in values.document("register", "regels-voorbeelden")["waarden"]}
    assert shown == {
        rule_id: {"regel": rule_id, **made} for rule_id, one in EXAMPLES.items() if (made := shown_example(one))
    }
    assert len(shown) > 80


@pytest.mark.parametrize("rule_id", EXAMPLES)
def test_check_finds_what_is_wrong_and_where(rule_id):
    one = EXAMPLES[rule_id]
    assert found(one.wrong, rule_id, one.context) == one.at


@pytest.mark.parametrize("rule_id", EXAMPLES)
def test_check_lets_pass_what_is_right(rule_id):
    one = EXAMPLES[rule_id]
    assert found(one.right, rule_id, one.right_context or one.context) == []


@pytest.mark.parametrize("content", [complete(), police(), for_others()], ids=["avg", "wpg", "processor"])
def test_a_complete_record_has_no_findings_at_all(content):
    assert rules.findings(content, CONTEXT) == ()
    assert rules.what_blocks(content, CONTEXT) == ()
    assert rules.score(content, CONTEXT) == 1


def test_list_tells_severity_article_and_scope():
    counted = Counter(check.severity for check in CHECKS.values())
    assert counted == {Severity.ERROR: 55, Severity.WARNING: 46, Severity.TIP: 7}
    one = CHECKS["AVG-031"]
    assert (one.scope, one.article, one.fields, one.closable) == (
        Scope.ACTIVITY,
        "AVG art. 6 lid 3",
        ("doelen[].wet[]",),
        False,
    )


def test_condition_with_another_scope_or_written_twice_is_refused():
    book: Rulebook[object] = Rulebook(Scope.REGISTER)
    with pytest.raises(ValueError, match="AVG-001"):
        book.check("AVG-001")(lambda _: iter(()))
    book.check("AVG-145")(lambda _: iter(()))
    with pytest.raises(ValueError, match="AVG-145"):
        book.check("AVG-145")(lambda _: iter(()))


# --- the cases of the reference


def test_case_1_empty_record_misses_what_article_30_asks_and_nothing_else():
    wanted = [f"AVG-{number:03}" for number in (*range(1, 10), 13)]
    assert ids(ActivityContent(), severity=ERROR) == wanted


def test_case_2_public_task_needs_a_law_and_its_article():
    assert ids(complete(purposes=(purpose(laws=()),))) == ["AVG-031"]
    only_name = complete(purposes=(purpose(laws=(law(name="Gemeentewet", article=""),)),))
    assert ids(only_name) == ["AVG-032"]


def test_avg_31_a_contract_needs_no_law():
    assert found(complete(purposes=(purpose(legal_bases=("6-1-b",), laws=()),)), "AVG-031") == []


def test_case_3_newsletter_with_consent_is_a_warning_that_can_be_closed_with_a_reason():
    newsletter = consent()
    assert ids(newsletter) == ["AVG-033"]
    (finding,) = rules.findings(newsletter, CONTEXT)
    assert finding.check.closable
    closed = frozenset({finding.key})
    assert rules.open_findings(rules.findings(newsletter, CONTEXT), closed) == ()
    assert rules.score(newsletter, around(closed=closed)) == 1


def test_case_4_health_data_need_an_exception_with_a_law_that_a_municipality_may_use():
    assert ids(healthy(), severity=ERROR) == ["AVG-050"]
    assert ids(healthy(special("9-2-g", law="")), severity=ERROR) == ["AVG-051"]
    assert ids(healthy(special("9-2-d")), severity=ERROR) == ["AVG-052"]


def test_case_5_bsn_with_only_a_contract_is_out_unless_a_sector_law_prescribes_it():
    contract = {
        "data_sets": (data_set("naam", "bsn", data_subject="medewerker", sources=(DataSource(text="HR"),)),),
        "purposes": (purpose(text="Het salaris van medewerkers betalen.", legal_bases=("6-1-b",)),),
    }
    assert "AVG-059" in ids(complete(**contract, bsn_ground="wabb-10"))
    assert ids(complete(**contract, bsn_ground="sectorwet", dpia=Dpia(status="bezig")), severity=ERROR) == []


def test_case_6_processor_without_agreement_and_one_that_ends_in_60_days():
    without = complete(processors=(processor(agreement_on=None),))
    assert messages(without, "AVG-070") == [
        "Er is geen verwerkersovereenkomst met Bedrijf Alfa. Sluit die af en leg de datum vast."
    ]
    ends = complete(processors=(processor(agreement_until=TODAY + timedelta(days=60)),))
    assert messages(ends, "AVG-071") == ["De overeenkomst met Bedrijf Alfa loopt af op 20 januari 2027."]


def test_case_7_transfers():
    american = complete(processors=(processor(countries=("NL", "US")),))
    assert messages(american, "AVG-087") == [
        "Bedrijf Alfa staat in Verenigde Staten. Dan gaan er gegevens naar buiten Europa. Pas 'doorgifte' aan."
    ]
    assert ids(sent(transfer(instrument="45", country="US"))) == ["AVG-083"]
    assert ids(sent(transfer(instrument="49-1-a"))) == ["AVG-086"]
    assert ids(sent(transfer(instrument="45", country="NO"))) == ["AVG-088"]


def test_case_8_periods_and_the_selection_list():
    def kept(**changes: object) -> ActivityContent:
        return complete(retentions=(line(**changes),))

    assert ids(kept(text="Onbeperkt", duration="", selection_list=()), severity=ERROR) == ["AVG-090"]
    assert ids(kept(text="Onbeperkt", duration="", selection_list=("19.1.6",))) == []
    assert messages(kept(duration="P5Y", selection_list=("8.1.1",)), "AVG-093") == [
        "De selectielijst zegt 15 jaar, hier staat 5 jaar. Leg uit waarom."
    ]
    assert messages(kept(selection_list=("22.1.4",)), "AVG-092") == ["Nummer 22.1.4 staat niet in de selectielijst."]


def test_case_9_street_cameras_need_a_dpia_and_keep_their_images_four_weeks():
    cameras = {
        "name": "Camera's voor de openbare orde",
        "purposes": (purpose(text="Onrust op straat voorkomen met camera's.", laws=(law(article="151c"),)),),
        "data_sets": (data_set("camerabeeld", data_subject="voorbijganger"),),
    }
    short = line(duration="P28D", selection_list=("12.1.9",))
    assert ids(complete(**cameras, retentions=(short,)), severity=ERROR) == ["AVG-100", "AVG-101"]
    done = Dpia(status="uitgevoerd", dpo_advice="Akkoord.", criteria=("ap-09", "edpb-3", "edpb-4"))
    assert ids(complete(**cameras, retentions=(short,), dpia=done)) == []
    long = line(duration="P6W", selection_list=("12.1.9",), deviation="Zo doen wij dat.")
    assert ids(complete(**cameras, retentions=(long,), dpia=done)) == ["AVG-095"]


def test_case_10_dpia_without_advice_of_the_dpo():
    wmo = healthy(
        special(),
        name="Hulp uit de Wmo",
        domain="sociaal-domein",
        data_sets=(data_set("naam", "gezondheid", data_subject="wmo-client"),),
        dpia=Dpia(status="uitgevoerd", criteria=("ap-07", "edpb-4", "edpb-7")),
    )
    assert ids(wmo) == ["AVG-104"]


def test_case_11_profiling_with_only_the_general_exception():
    general = (purpose(laws=(law(name="UAVG", article="art. 40"),)),)
    criteria = Dpia(status="bezig", criteria=("ap-15", "art35-3-a", "edpb-1", "edpb-2"))
    assert ids(fully(profiling=YesNo.YES, purposes=general, dpia=criteria)) == ["AVG-115"]
    assert ids(fully(purposes=general, dpia=criteria)) == []


def test_case_12_bsn_in_a_public_text():
    assert ids(published("Het nummer is 123456782.")) == ["AVG-130"]
    assert ids(published("Het nummer is 123456789.")) == []


def test_case_13_wpg_and_gdpr_do_not_mix():
    assert ids(police(purposes=(purpose(),)), severity=ERROR) == ["WPG-002"]
    chosen = complete(data_sets=(data_set("politiegegeven"),), criminal_ground="uavg-33-1")
    assert ids(chosen, severity=ERROR) == ["AVG-057"]


ONLY_THE_MUNICIPALITY_KNOWS = {
    "AVG-006": "transfers",
    "AVG-008": "measures",
    "AVG-070": "agreements",
    "AVG-100": "DPIA status",
    "AVG-101": "DPIA status",
}


def test_case_16_starter_set_asks_only_for_what_just_the_municipality_knows():
    asked = Counter(rule_id for content in starter_contents() for rule_id in ids(content, severity=ERROR))
    assert (len(starter_contents()), set(asked)) == (78, set(ONLY_THE_MUNICIPALITY_KNOWS))


def test_case_17_reason_for_no_dpia_that_contradicts_the_data():
    reason = Dpia(status="bezig", reasons_not=("geen bijzondere gegevens",), criteria=("edpb-4",))
    assert messages(healthy(special(), dpia=reason), "AVG-108") == [
        "De reden 'geen bijzondere gegevens' klopt niet met wat er verder is ingevuld. Kies een andere reden of doe een DPIA."
    ]


# --- which checks exist for which record


def test_a_processor_keeps_the_smaller_record_of_article_30_2():
    empty = ActivityContent(role=Role.PROCESSOR)
    assert ids(empty, severity=ERROR) == ["AVG-001", "AVG-006", "AVG-008", "AVG-150"]


def test_police_data_answer_to_the_wpg():
    empty = ActivityContent(regime="wpg")
    assert ids(empty, severity=ERROR) == [*(f"AVG-{number:03}" for number in range(1, 10)), "WPG-001"]
    told = Wpg(
        articles=("8",), controller="Gemeente", data_subjects=("Verdachten",), disclosure="OM", retention="5 jaar",
        measures="Toegang per rol",
    )  # fmt: skip
    assert ids(ActivityContent(regime="wpg", wpg=told), severity=ERROR) == ["AVG-001", "AVG-002", "AVG-004", "AVG-006"]


# --- closing with a reason


def test_a_criterion_put_aside_with_a_reason_no_longer_makes_a_dpia_compulsory():
    income = complete(data_sets=(data_set("naam", "inkomen", sources=(DataSource(text="Belastingdienst"),)),))
    assert ids(income) == ["AVG-100", "AVG-103"]
    closed = frozenset({"AVG-103:ap-05"})
    assert ids(income, around(closed=closed)) == ["AVG-103"]
    left = rules.open_findings(rules.findings(income, around(closed=closed)), closed)
    assert [finding.key for finding in left] == ["AVG-103:edpb-4"]


def test_a_check_that_may_not_be_closed_stays_open():
    content = complete(security="")
    (finding,) = rules.findings(content, CONTEXT)
    assert rules.what_blocks(content, around(closed=frozenset({finding.key}))) == (finding,)


def test_a_reason_for_one_recipient_does_not_cover_another_in_its_place():
    def key(name: str) -> str:
        content = complete(recipients=(Recipient(name=name, kind=RecipientKind.OTHER),))
        (finding,) = rules.findings(content, CONTEXT)
        return finding.key

    assert key("Woningcorporatie") != key("Kredietbank")


def test_an_official_record_with_an_open_error_is_an_error_itself_unless_the_error_was_closed():
    old = complete(reviewed_on=date(2023, 1, 1))
    official = around(status=Status.ESTABLISHED)
    assert ids(old, official, ERROR) == ["AVG-141", "AVG-136"]
    closed = frozenset(one.key for one in rules.findings(old, official) if one.rule_id == "AVG-141")
    assert ids(old, replace(official, closed=closed), ERROR) == ["AVG-141"]


def test_four_eyes_is_a_setting():
    alone = around(status=Status.ESTABLISHED, last_editor="Aisha", established_by="Aisha")
    assert ids(complete(), replace(alone, four_eyes=False)) == []
    assert ids(complete(), around(status=Status.ESTABLISHED)) == []


def test_thresholds_are_settings():
    context = around(thresholds=rules.Thresholds(review_months=3, agreement_days=10))
    content = complete(processors=(processor(agreement_until=TODAY + timedelta(days=11)),))
    assert ids(content, context) == ["AVG-140"]


def test_a_record_without_review_date_is_as_old_as_its_stay_in_the_register():
    never = complete(reviewed_on=None)
    assert ids(never) == []
    assert ids(never, around(created_on=date(2026, 1, 1))) == []
    assert ids(never, around(created_on=date(2025, 1, 1))) == ["AVG-140"]
    assert ids(never, around(created_on=date(2024, 1, 1))) == ["AVG-140", "AVG-141"]
    assert ids(never, around(created_on=date(2024, 1, 1), status=Status.ENDED)) == []


# --- what conditions mean at the edges


def test_own_kind_of_special_data_needs_any_exception():
    own = {"data_sets": (data_set(data=(DataItem(label="Bloedgroep", sensitivity="bijzonder"),)),)}
    assert found(complete(**own), "AVG-050") == [("special_categories",)]
    assert found(complete(**own, special_categories=(special(),)), "AVG-050") == []


def test_a_category_added_by_hand_needs_an_exception_too():
    assert found(healthy(special(), special("", category="ras")), "AVG-050") == [("special_categories.1.exception",)]


def test_dutch_law_beside_the_gdpr_counts():
    assert found(healthy(special(law="AVG art. 9; Jeugdwet art. 7.4.0")), "AVG-051") == []
    assert found(healthy(special(law="UAVG art. 30 lid 3")), "AVG-051") == []


@pytest.mark.parametrize(
    "name", ["Dhr. De Boer", "Mevr. Bakker", "de heer Smit", "J. van den Berg", "Petra Jansen-Smit"]
)
def test_names_of_people_are_no_recipients(name):
    assert text.looks_like_person(name)


def test_recipients_of_the_starter_set_and_organisations_are_no_people():
    rows = values.document("register", "starter-verwerkingen")["waarden"]
    names = {name for row in rows for name in row["ontvangers"]}
    names |= {"Martin Transport", "Roel Zorg", "Jan", "Willem Drees Stichting", "Mark Rutte College"}
    assert [name for name in sorted(names) if text.looks_like_person(name)] == []


@pytest.mark.parametrize(
    "number", ["06-12345678", "+31 6 12345678", "0031612345678", "06 12 34 56 78", "+31(0)612345678"]
)
def test_mobile_numbers_belong_to_a_person(number):
    assert text.holds_personal_address(f"Bel {number}.")


@pytest.mark.parametrize(
    "typed", ["14 0541", "0541-123456", "info@voorbeeld.nl", "team.privacy@voorbeeld.nl", "A0612345678"]
)
def test_addresses_of_a_function_are_fine(typed):
    assert not text.holds_personal_address(f"Contact: {typed}")


@pytest.mark.parametrize("typed", ["10.0.0.12", "srv-app01", "De parkstar-module"])
def test_technical_details(typed):
    assert text.technical_detail(f"Zie {typed}.", ["parkstar"]) != ""


@pytest.mark.parametrize("typed", ["BIO2 5.12.01", "10.0.0.12.3", "300.1.2.3", "serverruimte", "artikel 12.1.9"])
def test_no_technical_details(typed):
    assert text.technical_detail(f"Zie {typed}.", ["parkstar"]) == ""


def test_texts_that_stay_internal_are_not_searched():
    hidden = complete(
        remarks="BSN 123456782, mail jan.jansen@voorbeeld.nl",
        publication_reason="123456782",
        contacts=("jan.jansen@voorbeeld.nl",),
        dpia=Dpia(status="niet_nodig", motivation="123456782"),
    )
    assert ids(hidden) == []


def test_texts_deep_in_a_record_are_searched():
    deep = complete(data_sets=(data_set(data=(DataItem(label="Nummer 123456782", sensitivity="gewoon"),)),))
    assert found(deep, "AVG-130") == [("data_sets.0.data.0.label",)]


def test_signal_word_with_a_note_counts_only_together_with_it():
    assert text.signal("Verkeer in de andere richting", criminal_too=True) == ""
    assert text.signal("Vrijstelling van de leerplicht om de richting", criminal_too=True) == "richting"


def test_signal_words_begin_a_word():
    def hint(name: str) -> str:
        return text.signal(name, criminal_too=True)

    assert [hint(name) for name in ("Vogels tellen", "Politieke partijen", "Bezorgen van post", "Boarding")] == [
        "",
        "politieke partij",
        "",
        "",
    ]
    assert [hint(name) for name in ("VOG aanvragen", "Hulp van de politie", "Mantelzorg", "Zorgplan", "Boa's")] == [
        "vog",
        "politie",
        "mantelzorg",
        "zorgplan",
        "boa",
    ]


def test_criminal_signal_word_is_silent_when_criminal_data_were_chosen():
    chosen = complete(name="Bibob-onderzoek", data_sets=(data_set("naam", "bibob"),), criminal_ground="bijzondere-wet")
    assert found(chosen, "AVG-055") == []


def test_a_country_may_be_a_code_or_a_name():
    for country in ("US", "us", "Verenigde Staten", "VS", "Amerika"):
        assert messages(sent(transfer(instrument="45", country=country)), "AVG-083") == [
            "Het besluit voor Verenigde Staten geldt niet voor iedereen. Controleer of deze ontvanger eronder valt."
        ]


def test_unknown_place_is_not_called_outside_the_eea():
    assert ids(complete(processors=(processor(countries=("onbekend", "EU", "")),))) == []


def test_decision_on_adequacy_ends():
    british = sent(transfer(instrument="45", country="GB"))
    assert ids(british) == []
    assert ids(british.model_copy(update={"reviewed_on": date(2031, 12, 1)}), around(today=date(2031, 12, 28))) == [
        "AVG-082"
    ]


def test_permanent_in_the_list_is_named_when_a_period_is_given():
    kept = complete(retentions=(line(duration="P5Y", selection_list=("19.1.6",)),))
    assert messages(kept, "AVG-093") == ["De selectielijst zegt blijvend bewaren, hier staat 5 jaar. Leg uit waarom."]


def test_one_of_several_numbers_of_the_list_is_enough():
    assert ids(complete(retentions=(line(duration="P15Y", selection_list=("11.1.2", "8.1.1")),))) == []


# --- the organisation and the whole register


def entries(*records: ActivityContent) -> tuple[Entry, ...]:
    return tuple(entry_of(f"VW-{place:04}", one) for place, one in enumerate(records, start=1))


AUDITED = {"has_police_data": True, "wpg_internal_audit_on": TODAY, "wpg_external_audit_on": TODAY}
ORGANISATION_EXAMPLES = {
    "AVG-010": ({"contact": ""}, {}),
    "AVG-011": ({"dpo_registered_on": None}, {}),
    "AVG-120": ({"rights_url": ""}, {}),
    "WPG-003": (AUDITED | {"wpg_external_audit_on": date(2022, 11, 20)}, AUDITED),
    "WPG-004": (AUDITED | {"wpg_internal_audit_on": None}, AUDITED),
}
"""Settings in which a check finds something, and settings that just pass."""
_LINKED = entries(complete(privacy_notice="https://voorbeeld.example/weg"))
_SUPPLIED = entries(complete(processors=(processor(),)))
REGISTER_EXAMPLES = {
    "AVG-144": (Register(entries=entries(complete(), complete())), Register(entries=entries(complete()))),
    "AVG-145": (
        Register(entries=entries(complete()), domains={"veiligheid": "Veiligheid"}),
        Register(entries=entries(complete()), domains={"fysieke-leefomgeving": "Fysieke leefomgeving"}),
    ),
    "AVG-146": (
        Register(entries=_SUPPLIED, stopped=("Bedrijf Alfa",)),
        Register(entries=_SUPPLIED, stopped=("Bedrijf Beta",)),
    ),
    "AVG-147": (
        Register(entries=_LINKED, broken_links=frozenset({"https://voorbeeld.example/weg"})),
        Register(entries=_LINKED, broken_links=frozenset({"https://voorbeeld.example/hier"})),
    ),
    "AVG-148": (
        Register(entries=_SUPPLIED, agreements=("Bedrijf Beta",)),
        Register(entries=_SUPPLIED, agreements=("Bedrijf Alfa",)),
    ),
}
"""A register in which a check finds something, and one that just passes."""


def test_every_check_has_an_example_that_fails_and_one_that_passes():
    assert Counter([*EXAMPLES, *ORGANISATION_EXAMPLES, *REGISTER_EXAMPLES]) == Counter(list(CHECKS))


@pytest.mark.parametrize("rule_id", ORGANISATION_EXAMPLES)
def test_check_on_the_settings_finds_what_misses_and_lets_pass_what_is_there(rule_id):
    wrong, right = (
        [one.rule_id for one in rules.organisation_findings(around(organisation=replace(SETTINGS, **change)))]
        for change in ORGANISATION_EXAMPLES[rule_id]
    )
    assert (wrong, right) == ([rule_id], [])


@pytest.mark.parametrize("rule_id", REGISTER_EXAMPLES)
def test_check_on_the_whole_register_finds_what_is_wrong_and_lets_pass_what_is_right(rule_id):
    wrong, right = ([one.rule_id for one in rules.register_findings(one)] for one in REGISTER_EXAMPLES[rule_id])
    assert (wrong, right) == ([rule_id], [])


@pytest.mark.parametrize(
    ("change", "rule_id"),
    [
        ({"name": ""}, "AVG-010"),
        ({"contact": ""}, "AVG-010"),
        ({"dpo_contact": ""}, "AVG-010"),
        ({"dpo_registered_on": None}, "AVG-011"),
        ({"rights_url": ""}, "AVG-120"),
        ({"has_police_data": True, "wpg_internal_audit_on": TODAY}, "WPG-003"),
        (
            {"has_police_data": True, "wpg_internal_audit_on": TODAY, "wpg_external_audit_on": date(2022, 11, 20)},
            "WPG-003",
        ),
        (
            {"has_police_data": True, "wpg_internal_audit_on": date(2025, 11, 20), "wpg_external_audit_on": TODAY},
            "WPG-004",
        ),
    ],
)
def test_settings_that_miss(change, rule_id):
    context = around(organisation=replace(SETTINGS, **change))
    assert [finding.rule_id for finding in rules.organisation_findings(context)] == [rule_id]


def test_settings_that_are_complete():
    audited = replace(
        SETTINGS,
        has_police_data=True,
        wpg_internal_audit_on=date(2025, 11, 21),
        wpg_external_audit_on=date(2022, 11, 21),
    )
    assert rules.organisation_findings(CONTEXT) == ()
    assert rules.organisation_findings(around(organisation=audited)) == ()


def test_missing_settings_block_establishing_but_are_no_findings_of_the_record():
    context = around(organisation=replace(SETTINGS, dpo_contact=""))
    assert rules.findings(complete(), context) == ()
    assert [(one.rule_id, one.fields) for one in rules.what_blocks(complete(), context)] == [
        ("AVG-010", ("organisation.dpo_contact",))
    ]


def in_register(**changes: object) -> list[tuple[str, str, str]]:
    result: tuple[Finding, ...] = rules.register_findings(Register(**changes))
    return [(finding.rule_id, finding.subject, finding.message) for finding in result]


def test_the_later_of_two_records_that_look_alike_is_named():
    other = complete(name="Afval", purposes=(purpose(text="Afval ophalen bij de mensen thuis en op straat."),))
    twin = complete(name="Parkeer-vergunningen", purposes=(purpose(text="Iets heel anders dan de eerste doet."),))
    assert in_register(entries=entries(complete(), other, twin)) == [
        (
            "AVG-144",
            "VW-0003",
            "Er is al een verwerking die hierop lijkt: Parkeervergunning (VW-0001). Is dit een dubbele?",
        )
    ]
    assert in_register(entries=entries(complete(), other)) == []
    assert in_register(entries=entries(ActivityContent(), ActivityContent())) == []


def test_a_purpose_that_looks_like_another_is_found_too():
    same = complete(name="Heel iets anders")
    assert [row[:2] for row in in_register(entries=entries(complete(), same))] == [("AVG-144", "VW-0002")]


def test_a_subject_without_records_is_a_tip():
    domains = {"fysieke-leefomgeving": "Fysieke leefomgeving", "veiligheid": "Veiligheid"}
    assert in_register(entries=entries(complete()), domains=domains) == [
        ("AVG-145", "", "In het onderwerp 'Veiligheid' staat nog niets. Klopt dat?")
    ]


def test_stopped_team_system_or_processor_that_is_still_used():
    used = entries(complete(processors=(processor(),)))
    assert in_register(entries=used, stopped=("Bedrijf Alfa", "team parkeren", "Oud systeem")) == [
        ("AVG-146", "", "'Bedrijf Alfa' is gestopt maar staat nog bij 1 verwerkingen."),
        ("AVG-146", "", "'team parkeren' is gestopt maar staat nog bij 1 verwerkingen."),
    ]


def test_link_that_does_not_work():
    url = "https://algoritmes.overheid.nl/weg"
    linked = complete(algorithm_register=(url,), privacy_notice="https://voorbeeld.example/privacy")
    (finding,) = rules.register_findings(Register(entries=entries(linked), broken_links=frozenset({url})))
    assert (finding.rule_id, finding.subject, finding.fields) == ("AVG-147", "VW-0001", ("algorithm_register.0",))
    assert rules.register_findings(Register(entries=entries(linked))) == ()


def test_agreement_that_belongs_to_no_record():
    used = entries(complete(processors=(processor(agreement_document="Z-1"),), covenants=("Convenant wijk",)))
    names = ("bedrijf alfa", "Z-1", "convenant wijk", "Bedrijf Beta")
    assert in_register(entries=used, agreements=names) == [
        ("AVG-148", "", "De overeenkomst met Bedrijf Beta hoort nog bij geen verwerking.")
    ]


# --- properties


@given(st.text("0123456789", min_size=9, max_size=9))
@example("000000000")
@example("111222333")
def test_bsn_passes_the_elfproef(digits):
    total = sum(int(digit) * weight for digit, weight in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True))
    is_bsn = total % 11 == 0 and digits != "000000000"
    spread = f"{digits[:4]}.{digits[4:6]} {digits[6:]}"
    assert [text.holds_bsn(typed) for typed in (f"Nr {digits}.", spread, f"1{digits}", f"x {digits} 1")] == [
        is_bsn,
        is_bsn,
        False,
        is_bsn,
    ]


@given(contents(), st.sampled_from(Status))
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
def test_any_record_can_be_examined_and_every_message_is_filled_in(content, status):
    context = around(status=status, created_on=date(2020, 1, 1), waiting_since=date(2020, 1, 1))
    for finding in rules.findings(content, context):
        assert finding.fields
        for field in finding.fields:
            assert field == "status" or reaches(content, field)
        assert ("{" in finding.check.message) == (finding.message != finding.check.message)


def reaches(value: object, path: str) -> bool:
    """The path leads to something that stands in the record."""
    for step in path.split("."):
        if isinstance(value, tuple):
            if not int(step) < len(value):
                return False
            value = value[int(step)]
        else:
            if not (isinstance(value, Part) and step in type(value).model_fields):
                return False
            value = getattr(value, step)
    return True


@given(st.lists(st.text("abcd ", max_size=14), max_size=12), st.sampled_from([0.6, 0.85, 1.0]))
@example(["parkeren", "parkeren!", "Parkéren", "varen"], 0.85)
def test_likeness_is_that_of_comparing_every_pair(texts, least):
    wanted: dict[int, int] = {}
    for later, one in enumerate(map(letter_pairs, texts)):
        for earlier, other in enumerate(map(letter_pairs, texts[:later])):
            if one and other and 2 * len(one & other) >= least * (len(one) + len(other)):
                wanted.setdefault(later, earlier)
    assert alike(texts, least) == wanted


@given(st.dates(date(1900, 1, 1)), st.integers(0, 600))
@example(date(2028, 2, 29), 12)
@example(date(2026, 3, 31), 1)
def test_months_before_is_never_more_than_a_month_off(today, months):
    earlier = months_before(today, months)
    assert (today.year - earlier.year) * 12 + today.month - earlier.month == months
    assert earlier.day == today.day or (earlier + timedelta(days=1)).day == 1


@given(day=st.dates(), months=st.integers(0, 240))
@example(date(2026, 2, 27), 3)
@example(date(2026, 2, 28), 3)
@example(date(2025, 12, 31), 2)
@example(date(2027, 2, 28), 12)
@example(date.max - timedelta(days=1), 1)
def test_the_first_day_past_a_number_of_months_is_the_first_that_the_rules_would_find(day, months):
    first = first_day_past(day, months)
    if first < date.max:
        assert months_before(first, months) > day >= months_before(first - timedelta(days=1), months)
    else:
        assert (day.year + (months + 1) // 12) >= date.max.year


@settings(deadline=None, max_examples=60)
@given(content=contents(), started=st.dates(date(2020, 1, 1), date(2030, 1, 1)), closed_until=st.dates())
def test_what_is_found_stays_the_same_until_the_day_on_which_it_may_turn(content, started, closed_until):
    context = Context(
        today=started, status=Status.IN_REVIEW, waiting_since=started, created_on=started, closed_until=closed_until
    )
    found, turns_on, _ = judged(content, context)
    assert turns_on > started
    for day in (started + (turns_on - started) // 2, turns_on - timedelta(days=1)):
        assert judged(content, replace(context, today=day))[:2] == (found, turns_on)


def test_a_record_turns_on_each_day_on_which_a_check_finds_something_new():
    content, day, turns = complete(ended_on=date(2026, 12, 31)), TODAY, []
    while (day := judged(content, replace(CONTEXT, today=day)).turns_on) < date.max:
        turns.append((str(day), [one.rule_id for one in judged(content, replace(CONTEXT, today=day)).found]))
    assert turns == [
        ("2027-01-01", ["AVG-143"]),
        ("2027-06-02", ["AVG-140", "AVG-143"]),
        ("2028-06-02", ["AVG-140", "AVG-141", "AVG-143"]),
    ]
