"""What stands where on the form: its groups and fields in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Item:
    """One field. `kind` is the widget: a macro of the page with that name; `unseen` is on the form nowhere."""

    name: str
    kind: str
    label: str = ""
    """Instead of the label of `velden.json`, when several fields share a row of that list."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of equal parts. `one` names a single one; `add` is on the button."""

    name: str
    one: str
    add: str
    items: tuple[Item | Rows, ...]
    role: str = ""
    """Asked only of a record with this role (`content.Role`); empty: always."""
    folds: bool = False
    """Each row can be folded away: it is long."""


@dataclass(frozen=True, slots=True)
class Group:
    """A page of the form. `id` stands in its address."""

    id: str
    title: str
    items: tuple[Item | Rows, ...]
    fields: frozenset[str] = field(init=False, compare=False, repr=False)
    """Fields of the content that are filled in here."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", frozenset(item.name.split("-")[0] for item in self.items))

    @property
    def kinds(self) -> frozenset[str]:
        """The widgets of all its fields."""
        return frozenset(_kinds(self.items))

    def holds(self, place: str) -> bool:
        """Whether a field (`purposes-0-text`) or a place in the content (`purposes.0.text`) is of this group."""
        return place.replace(".", "-").partition("-")[0] in self.fields


def _kinds(items: Sequence[Item | Rows]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Item):
            yield item.kind
        else:
            yield from _kinds(item.items)


GROUPS: Sequence[Group] = (
    Group(
        "herkenning",
        "1 Herkenning en beheer",
        (
            Item("name", "text"),
            Item("explanation", "textarea"),
            Item("domain", "select"),
            Item("role", "select"),
            Item("regime", "select"),
            Item("controller", "select"),
            Item("team", "teams"),
            Item("process_owner", "text"),
            Item("contacts", "lines", "Contact in de organisatie (1 per regel)"),
            Item("publication", "radios"),
            Item("publication_reason", "textarea"),
            Item("publish_from", "date"),
            Item("started_on", "date"),
            Item("ended_on", "date"),
            Item("reviewed_on", "date"),
            Item("next_review_on", "date"),
            Item("based_on", "text"),
            Item("external_number", "text", "Nummer in het oude register"),
            Item("remarks", "textarea"),
        ),
    ),
    Group(
        "samenwerking",
        "2 Samenwerking",
        (
            Rows(
                "joint_controllers",
                "Samen verantwoordelijk",
                "Nog een organisatie toevoegen",
                (
                    Item("party", "parties"),
                    Item("arrangement_document", "arrangements", "Document met de afspraken"),
                    Item("arrangement_on", "date", "Datum van de afspraken"),
                    Item("essence", "textarea"),
                    Item("contact_point", "text"),
                ),
                role="gezamenlijk",
            ),
            Rows(
                "principals",
                "Opdrachtgever",
                "Nog een opdrachtgever toevoegen",
                (
                    Item("party", "parties"),
                    Item("contact", "text"),
                    Item("representative", "text"),
                    Item("data_protection_officer", "text"),
                    Item("categories", "lines"),
                    Item("agreement_document", "assignments", "Document met de verwerkersovereenkomst"),
                    Item("agreement_on", "date", "Datum van de verwerkersovereenkomst"),
                ),
                role="verwerker",
            ),
        ),
    ),
    Group(
        "doel",
        "3 Doel en grondslag",
        (
            Rows(
                "purposes",
                "Doel",
                "Nog een doel toevoegen",
                (
                    Item("text", "textarea"),
                    Item("legal_bases", "checkboxes"),
                    Rows(
                        "laws",
                        "Wet",
                        "Nog een wet toevoegen",
                        (
                            Item("name", "laws", "Naam van de wet"),
                            Item("article", "text", "Artikel"),
                            Item("bwb_number", "text", "BWB-nummer"),
                            Item("url", "text", "Link naar de wet"),
                        ),
                    ),
                    Item("necessity", "textarea"),
                    Item("consent_asked", "textarea", "Hoe vragen we toestemming"),
                    Item("consent_withdrawn", "textarea", "Hoe trekt iemand de toestemming in"),
                    Item("consent_evidence", "textarea", "Hoe bewijzen we de toestemming"),
                    Item("interests_assessment", "textarea"),
                    Item("interests_assessed_on", "date", "Datum van de afweging"),
                    Item("further_use", "radios"),
                    Item("further_use_test", "textarea", "Waarom mag het andere gebruik"),
                ),
            ),
        ),
    ),
    Group(
        "gegevens",
        "4 Mensen en gegevens",
        (
            Rows(
                "data_sets",
                "Groep mensen",
                "Nog een groep mensen toevoegen",
                (
                    Item("data_subject", "subjects"),
                    Item("kinds", "kinds"),
                    Rows(
                        "own_kinds",
                        "Ander gegeven",
                        "Nog een ander gegeven toevoegen",
                        (Item("label", "text", "Gegeven"), Item("sensitivity", "select", "Hoe gevoelig is het")),
                    ),
                    Item("from_the_person", "checkbox", "De persoon geeft de gegevens zelf"),
                    Item("other_sources", "lines", "Andere bronnen (1 per regel)"),
                    Item("obligatory", "radios"),
                    Item("obligatory_consequence", "textarea", "Wat gebeurt er als de persoon ze niet geeft"),
                    Item("unneeded", "lines"),
                ),
                folds=True,
            ),
            Item("scale", "select"),
            Rows(
                "special_categories",
                "Bijzonder gegeven",
                "Nog een bijzonder gegeven toevoegen",
                (
                    Item("category", "select"),
                    Item("exception", "select"),
                    Item("law", "text", "In welke wet staat dat"),
                ),
            ),
            Item("criminal_ground", "select"),
            Item("criminal_law", "text", "Strafbare feiten: in welke wet staat dat"),
            Item("bsn_ground", "select"),
            Item("bsn_law", "text", "BSN: in welke wet staat dat"),
        ),
    ),
    Group(
        "ontvangers",
        "5 Ontvangers en verwerkers",
        (
            Item("no_recipients", "checkbox", "Niemand anders krijgt de gegevens"),
            Rows(
                "recipients",
                "Ontvanger",
                "Nog een ontvanger toevoegen",
                (Item("name", "text"), Item("kind", "select"), Item("basis", "text")),
            ),
            Rows(
                "processors",
                "Verwerker",
                "Nog een verwerker toevoegen",
                (
                    Item("party", "parties"),
                    Item("service", "text"),
                    Item("agreement_document", "agreements", "Document met de verwerkersovereenkomst"),
                    Item("agreement_on", "date", "Datum van de overeenkomst"),
                    Item("agreement_until", "date", "Einddatum van de overeenkomst"),
                    Item("agreement_model", "models", "Model van de overeenkomst"),
                    Item("sub_processors", "lines"),
                    Item("countries", "lines"),
                ),
            ),
            Item("covenants", "lines"),
        ),
    ),
    Group(
        "doorgifte",
        "6 Doorgifte buiten de EER",
        (
            Item("transfers_outside_eea", "radios"),
            Rows(
                "transfers",
                "Doorgifte",
                "Nog een doorgifte toevoegen",
                (
                    Item("country", "countries"),
                    Item("importer", "text"),
                    Item("instrument", "select"),
                    Item("covered_by_decision", "radios", "Geldt het besluit ook voor deze ontvanger"),
                    Item("safeguards_document", "text"),
                    Item("assessed_on", "date", "Datum van de toets van het land"),
                    Item("assessment", "textarea", "Uitkomst van de toets van het land"),
                ),
            ),
        ),
    ),
    Group(
        "bewaren",
        "7 Bewaren",
        (
            Rows(
                "retentions",
                "Termijn",
                "Nog een termijn toevoegen",
                (
                    Item("data_set", "scope"),
                    Item("text", "textarea"),
                    Item("duration", "text"),
                    Item("trigger", "text"),
                    Item("selection_list", "selection"),
                    Item("deviation", "textarea"),
                    Item("afterwards", "select"),
                ),
            ),
        ),
    ),
    Group(
        "beveiliging",
        "8 Beveiliging",
        (
            Item("security", "textarea"),
            Rows(
                "measures",
                "Maatregel",
                "Nog een maatregel toevoegen",
                (Item("name", "text", "Maatregel"), Item("bio2", "text", "BIO2-nummer")),
            ),
            Item("confidentiality", "text"),
            Item("pseudonymised", "radios"),
            Rows(
                "systems",
                "Systeem",
                "Nog een systeem toevoegen",
                (
                    Item("name", "systems", "Naam van het systeem"),
                    Item("supplier", "text", "Leverancier (geldt voor elke verwerking met dit systeem)"),
                    Item("hosting", "text", "Waar draait het"),
                    Item("country", "select", "Land"),
                ),
            ),
        ),
    ),
    Group(
        "computer",
        "9 Besluiten door de computer en DPIA",
        (
            Item("automation", "select"),
            Item("automation_logic", "textarea"),
            Item("automation_consequences", "textarea"),
            Item("automation_human", "textarea"),
            Item("profiling", "radios"),
            Item("algorithm_register", "lines"),
            Item("ai_class", "select"),
            Item("dpia-criteria", "checkboxes"),
            Item("dpia-status", "select"),
            Item("dpia-done_on", "date"),
            Item("dpia-dpo_advice", "textarea"),
            Item("dpia-dpo_advice_on", "date", "Datum van het advies van de FG"),
            Item("dpia-residual_risk", "select"),
            Item("dpia-consultation", "textarea"),
            Item("dpia-consultation_on", "date", "Datum van de raad van de AP"),
            Item("dpia-reasons_not", "checkboxes"),
            Item("dpia-motivation", "textarea", "Waarom geen DPIA (uitleg)"),
            Item("dpia-public_url", "text"),
            Item("iama_on", "date", "Datum van de toets mensenrechten (IAMA)"),
            Item("iama_url", "text", "Link naar de toets mensenrechten (IAMA)"),
        ),
    ),
    Group(
        "rechten",
        "10 Rechten en uitleg",
        (
            Rows(
                "right_restrictions",
                "Uitzondering",
                "Nog een uitzondering toevoegen",
                (
                    Item("right", "select", "Welk recht geldt niet (helemaal)"),
                    Item("text", "textarea", "Wat is de uitzondering"),
                    Item("law", "text", "In welke wet staat dat"),
                ),
            ),
            Item("privacy_notice", "text"),
        ),
    ),
    Group(
        "verbindingen",
        "11 Verbindingen",
        (Item("case_types", "lines"), Item("data_breaches", "text")),
    ),
    Group(
        "afgeleid",
        "12 Wat hieruit volgt",
        (
            Rows(
                "corrections",
                "Verbetering",
                "Nog een verbetering toevoegen",
                (
                    Item("about", "select", "Wat klopt er niet"),
                    Item("value", "radios", "Geldt het wel of niet"),
                    Item("reason", "textarea", "Waarom is het anders"),
                    Item("basis", "unseen", "Waaruit het volgde"),
                ),
            ),
        ),
    ),
    Group(
        "wpg",
        "Politiegegevens (alleen bij de Wpg)",
        (
            Item("wpg-controller", "text"),
            Item("wpg-articles", "checkboxes"),
            Item("wpg-boa_domain", "select"),
            Item("wpg-data_subjects", "lines", "Over wie gaan de politiegegevens"),
            Item("wpg-sensitive", "textarea"),
            Item("wpg-disclosure", "textarea"),
            Item("wpg-retention", "textarea"),
            Item("wpg-authorisations", "textarea"),
            Item("wpg-logging", "radios"),
            Item("wpg-impact_assessment", "text"),
            Item("wpg-privacy_officer", "text"),
            Item("wpg-internal_audit_on", "date", "Datum van de laatste interne audit"),
            Item("wpg-external_audit_on", "date", "Datum van de laatste externe audit"),
            Item("wpg-measures", "textarea"),
        ),
    ),
)


def row_names() -> Mapping[str, str]:
    """What one row of each list is called, by the pattern of its name: `purposes-*-laws` -> `Wet`."""
    return dict(pair for group in GROUPS for item in group.items for pair in _row_names(item, ""))


def _row_names(item: Item | Rows, pattern: str) -> Iterator[tuple[str, str]]:
    if isinstance(item, Rows):
        yield f"{pattern}{item.name}", item.one
        for inner in item.items:
            yield from _row_names(inner, f"{pattern}{item.name}-*-")
