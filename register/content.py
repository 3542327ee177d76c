"""What is known about one processing activity, as plain data.

One shape serves the form, the import, the checks, the revisions, the frozen versions and the exports; the tables
in `models.py` hold the same facts in rows. Names follow the English text of the GDPR; labels, help and articles of
each field stand in `data/velden.json`, found by the path that `path()` puts on a field.

Empty means "not filled in". It never means "no" or "none": those are answers of their own (`YesNo`).
Lists of codes hold codes of the value lists in `data/`; shared things (team, party, system) are held by name.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from core.content import Line, Lines, Part, Text, YesNo

SCHEMA_NUMBER = 1
"""Raised when the shape of `ActivityContent` changes; snapshots of older numbers stay readable."""
AS_OF_SCHEMA_PLACE = "/opendata/schemas/register-op-datum.schema.json"
"""Where the site of the organisation has the JSON Schema of the whole register on a date."""


class Role(StrEnum):
    """GDPR art. 4(7), 26 and 28: in which capacity the municipality acts."""

    CONTROLLER = "verantwoordelijke"
    JOINT = "gezamenlijk"
    PROCESSOR = "verwerker"


class Regime(StrEnum):
    """Which law governs the processing: the GDPR, or the Wet politiegegevens for special investigating officers."""

    AVG = "avg"
    WPG = "wpg"


class Status(StrEnum):
    """Where a record stands on its way to the official register; a person does not fill it in."""

    CONCEPT = "concept"
    IN_REVIEW = "in_controle"
    APPROVED = "goedgekeurd"
    ESTABLISHED = "vastgesteld"
    ENDED = "beeindigd"


class Publication(StrEnum):
    """How much of a record the public sees (Woo art. 5.1)."""

    YES = "ja"
    LIMITED = "beperkt"
    NO = "nee"


class Automation(StrEnum):
    """GDPR art. 22: does a computer decide."""

    NO = "nee"
    PARTLY = "deels"
    FULLY = "volledig"


class RecipientKind(StrEnum):
    OWN = "eigen organisatie"
    GOVERNMENT = "overheid"
    OTHER = "andere organisatie"
    EVERYONE = "iedereen"


class Afterwards(StrEnum):
    """What happens when the retention period is over (GDPR art. 5(1)(e) and 89)."""

    DESTROY = "vernietigen"
    ARCHIVE = "naar archief"
    ANONYMISE = "anonimiseren"


class Scale(StrEnum):
    """How many people (GDPR recital 91; the limits come from the national pre-scan, not from a law)."""

    UNDER_100 = "<100"
    UNDER_1000 = "<1000"
    UNDER_10000 = "<10.000"
    FROM_10000 = ">=10.000"
    UNKNOWN = "onbekend"


_REFERENCE = re.compile(r"https?://[^\s,;]+|(?=[^\s,;]*[0-9])[A-Za-z0-9][A-Za-z0-9./_-]{0,59}")
BREACHES = "Vul een nummer of een link in, zoals DL-2026-003. Beschrijf het lek niet hier, maar bij de opmerkingen."


def refers_to_breaches(text: str) -> bool:
    """Whether a text is what `ActivityContent.data_breaches` holds: numbers or links, with commas between them."""
    return all(_REFERENCE.fullmatch(part) for part in re.split(r"[\s,;]+", text.strip()) if part)


def with_breaches_by_number(content: ActivityContent) -> ActivityContent:
    """Any other text about data breaches becomes a remark: nothing of what was said is lost."""
    if refers_to_breaches(content.data_breaches):
        return content
    remarks = f"{content.remarks}\nDatalekken: {content.data_breaches}".strip()
    return content.model_copy(update={"data_breaches": "", "remarks": remarks})


def path(name: str, **constraints: Any) -> Any:  # noqa: ANN401 - pydantic types Field() as Any too
    """Tie a field to its row in `data/velden.json`."""
    return Field(json_schema_extra={"path": name}, **constraints)


class Law(Part):
    """A legal provision, such as article 2.3.5 of the Wmo 2015."""

    name: Annotated[Line, path("doelen[].wet[]")] = ""
    article: Annotated[Line, path("doelen[].wet[]")] = ""
    bwb_number: Annotated[str, path("doelen[].wet[]", max_length=20)] = ""
    url: Annotated[Line, path("doelen[].wet[]")] = ""


class Purpose(Part):
    """Why the data are used, on which legal basis and under which law (GDPR art. 5(1)(b), 6)."""

    text: Annotated[str, path("doelen[].tekst", max_length=600)] = ""
    legal_bases: Annotated[Lines, path("doelen[].grondslag")] = ()
    laws: Annotated[tuple[Law, ...], path("doelen[].wet[]")] = ()
    necessity: Annotated[Text, path("doelen[].noodzaak")] = ""
    consent_asked: Annotated[Text, path("doelen[].toestemming")] = ""
    consent_withdrawn: Annotated[Text, path("doelen[].toestemming")] = ""
    consent_evidence: Annotated[Text, path("doelen[].toestemming")] = ""
    interests_assessment: Annotated[Text, path("doelen[].belangenafweging")] = ""
    interests_assessed_on: Annotated[date | None, path("doelen[].belangenafweging")] = None
    further_use: Annotated[YesNo | None, path("doelen[].verder_gebruik")] = None
    further_use_test: Annotated[Text, path("doelen[].verder_gebruik")] = ""


class DataItem(Part):
    """A kind of personal data: a code of `persoonsgegevens.json`, or an own label with its sensitivity."""

    code: Annotated[str, path("gegevenssets[].gegeven[]", max_length=80)] = ""
    label: Annotated[Line, path("gegevenssets[].gegeven[]")] = ""
    sensitivity: Annotated[str, path("gegevenssets[].gegeven[]", max_length=20)] = ""


class DataSource(Part):
    """Where data come from (GDPR art. 14(2)(f)). `kind` is `betrokkene` when the person gives them."""

    kind: Annotated[str, path("gegevenssets[].bron[]", max_length=80)] = ""
    text: Annotated[Line, path("gegevenssets[].bron[]")] = ""


class DataSet(Part):
    """One group of people with the data used about them (GDPR art. 30(1)(c))."""

    data_subject: Annotated[Line, path("gegevenssets[].betrokkene")] = ""
    """A code of `betrokkenen.json`, or the municipality's own name for a group."""
    data: Annotated[tuple[DataItem, ...], path("gegevenssets[].gegeven[]")] = ()
    sources: Annotated[tuple[DataSource, ...], path("gegevenssets[].bron[]")] = ()
    obligatory: Annotated[YesNo | None, path("gegevenssets[].verplicht_te_geven")] = None
    obligatory_consequence: Annotated[Text, path("gegevenssets[].verplicht_te_geven")] = ""
    unneeded: Annotated[Lines, path("gegevenssets[].niet_nodig[]")] = ()


class SpecialCategory(Part):
    """The art. 9(2) exception for one special category; law names the Dutch provision."""

    category: Annotated[str, path("bijzonder[].categorie", max_length=80)] = ""
    exception: Annotated[str, path("bijzonder[].uitzondering", max_length=20)] = ""
    law: Annotated[Line, path("bijzonder[].uitzondering")] = ""


class Recipient(Part):
    """Who gets the data (GDPR art. 4(9), 30(1)(d)): a group or an organisation, never a person's name."""

    name: Annotated[Line, path("ontvangers[].naam")] = ""
    kind: Annotated[RecipientKind | None, path("ontvangers[].soort")] = None
    basis: Annotated[Line, path("ontvangers[].grond")] = ""


class ProcessorUse(Part):
    """A processor and the agreement with it (GDPR art. 28). `party` is the name in the shared list of parties."""

    party: Annotated[Line, path("verwerkers[].naam")] = ""
    service: Annotated[Line, path("verwerkers[].dienst")] = ""
    agreement_document: Annotated[Line, path("verwerkers[].overeenkomst")] = ""
    agreement_on: Annotated[date | None, path("verwerkers[].overeenkomst")] = None
    agreement_until: Annotated[date | None, path("verwerkers[].overeenkomst")] = None
    agreement_model: Annotated[Line, path("verwerkers[].overeenkomst")] = ""
    sub_processors: Annotated[Lines, path("verwerkers[].subverwerkers")] = ()
    countries: Annotated[Lines, path("verwerkers[].locatie")] = ()


class JointController(Part):
    """GDPR art. 26."""

    party: Annotated[Line, path("gezamenlijk[].partij")] = ""
    arrangement_document: Annotated[Line, path("gezamenlijk[].regeling")] = ""
    arrangement_on: Annotated[date | None, path("gezamenlijk[].regeling")] = None
    essence: Annotated[str, path("gezamenlijk[].kern_publiek", max_length=600)] = ""
    contact_point: Annotated[Line, path("gezamenlijk[].contactpunt")] = ""


class Transfer(Part):
    """A transfer to a third country or an international organisation (GDPR art. 44-49)."""

    country: Annotated[Line, path("doorgifte[].land")] = ""
    importer: Annotated[Line, path("doorgifte[].ontvanger")] = ""
    instrument: Annotated[str, path("doorgifte[].instrument", max_length=20)] = ""
    safeguards_document: Annotated[Line, path("doorgifte[].waarborg_document")] = ""
    assessed_on: Annotated[date | None, path("doorgifte[].dtia")] = None
    assessment: Annotated[Text, path("doorgifte[].dtia")] = ""
    covered_by_decision: Annotated[YesNo | None, path("doorgifte[].instrument")] = None


class Retention(Part):
    """How long data are kept (GDPR art. 5(1)(e), 30(1)(f)). `data_set` is the 1-based number of a set; 0 is all."""

    data_set: Annotated[int, path("bewaren[].voor", ge=0, le=200)] = 0
    text: Annotated[Text, path("bewaren[].tekst")] = ""
    duration: Annotated[str, path("bewaren[].duur", max_length=20)] = ""
    trigger: Annotated[Line, path("bewaren[].begin")] = ""
    selection_list: Annotated[Lines, path("bewaren[].selectielijst")] = ()
    deviation: Annotated[Text, path("bewaren[].afwijking")] = ""
    afterwards: Annotated[Afterwards | None, path("bewaren[].daarna")] = None


class Measure(Part):
    name: Annotated[Line, path("maatregelen[].keuze")] = ""
    bio2: Annotated[str, path("maatregelen[].keuze", max_length=10)] = ""


class SystemUse(Part):
    """A system by its name in the shared list; supplier, hosting and country belong to the shared record."""

    name: Annotated[Line, path("systemen[]")] = ""
    supplier: Annotated[Line, path("systemen[]")] = ""
    hosting: Annotated[Line, path("systemen[]")] = ""
    country: Annotated[str, path("systemen[]", max_length=10)] = ""


class Dpia(Part):
    """Data protection impact assessment (GDPR art. 35-36)."""

    criteria: Annotated[Lines, path("dpia.criteria[]")] = ()
    status: Annotated[str, path("dpia.status", max_length=40)] = ""
    done_on: Annotated[date | None, path("dpia.datum")] = None
    dpo_advice: Annotated[Text, path("dpia.fg_advies")] = ""
    dpo_advice_on: Annotated[date | None, path("dpia.fg_advies")] = None
    residual_risk: Annotated[str, path("dpia.restrisico", max_length=20)] = ""
    consultation: Annotated[Text, path("dpia.raadpleging")] = ""
    consultation_on: Annotated[date | None, path("dpia.raadpleging")] = None
    motivation: Annotated[Text, path("dpia.motivering")] = ""
    reasons_not: Annotated[Lines, path("dpia.reden_niet[]")] = ()
    public_url: Annotated[Line, path("dpia.openbaar")] = ""


class RightRestriction(Part):
    """A data subject's right that a law restricts (GDPR art. 23; UAVG art. 41, 44, 45, 47)."""

    right: Annotated[str, path("rechten.beperking", max_length=20)] = ""
    text: Annotated[Text, path("rechten.beperking")] = ""
    law: Annotated[Line, path("rechten.beperking")] = ""


class Principal(Part):
    """For whom the municipality is a processor (GDPR art. 30(2)(a) and (b))."""

    party: Annotated[Line, path("opdrachtgevers[].naam")] = ""
    contact: Annotated[Line, path("opdrachtgevers[].contact")] = ""
    representative: Annotated[Line, path("opdrachtgevers[].vertegenwoordiger")] = ""
    data_protection_officer: Annotated[Line, path("opdrachtgevers[].fg")] = ""
    categories: Annotated[Lines, path("opdrachtgevers[].categorieen[]")] = ()
    agreement_document: Annotated[Line, path("opdrachtgevers[].overeenkomst")] = ""
    agreement_on: Annotated[date | None, path("opdrachtgevers[].overeenkomst")] = None


class Wpg(Part):
    """Extra fields for police data (Wet politiegegevens); only filled under regime `wpg`."""

    controller: Annotated[Line, path("wpg.verantwoordelijke")] = ""
    articles: Annotated[Lines, path("wpg.doel[]")] = ()
    boa_domain: Annotated[str, path("wpg.boa_domein", max_length=10)] = ""
    data_subjects: Annotated[Lines, path("wpg.betrokkenen[]")] = ()
    sensitive: Annotated[Text, path("wpg.gevoelig[]")] = ""
    disclosure: Annotated[Text, path("wpg.verstrekking[]")] = ""
    retention: Annotated[Text, path("wpg.bewaren")] = ""
    authorisations: Annotated[Text, path("wpg.autorisaties")] = ""
    logging: Annotated[YesNo | None, path("wpg.logging")] = None
    impact_assessment: Annotated[Line, path("wpg.geb")] = ""
    privacy_officer: Annotated[Line, path("wpg.privacyfunctionaris")] = ""
    internal_audit_on: Annotated[date | None, path("wpg.audit")] = None
    external_audit_on: Annotated[date | None, path("wpg.audit")] = None
    measures: Annotated[Text, path("wpg.maatregelen")] = ""


class Correction(Part):
    """Where a person knows better than what follows from the codes (`derive.CORRECTABLE`).

    `basis` is what it followed from when the person said so: on another basis they are asked again.
    """

    about: Annotated[str, path("afgeleid[].correctie", max_length=40)] = ""
    value: Annotated[YesNo | None, path("afgeleid[].correctie")] = None
    reason: Annotated[Text, path("afgeleid[].correctie")] = ""
    basis: Annotated[Lines, path("afgeleid[].correctie")] = ()


class ActivityContent(Part):
    """Everything a person fills in about one processing activity (GDPR art. 30(1) and (2))."""

    # 1 identity and upkeep
    name: Annotated[str, path("naam", max_length=120)] = ""
    explanation: Annotated[str, path("uitleg_publiek", max_length=1000)] = ""
    domain: Annotated[str, path("domein", max_length=80)] = ""
    role: Annotated[Role, path("rol")] = Role.CONTROLLER
    regime: Annotated[Regime, path("regime")] = Regime.AVG
    controller: Annotated[str, path("bestuursorgaan", max_length=80)] = ""
    """Code of a bestuursorgaan of the organisation, such as `college`."""
    team: Annotated[Line, path("team")] = ""
    process_owner: Annotated[Line, path("proceseigenaar")] = ""
    contacts: Annotated[Lines, path("contact_intern")] = ()
    publication: Annotated[Publication | None, path("openbaar")] = None
    publication_reason: Annotated[Text, path("openbaar_reden")] = ""
    publish_from: Annotated[date | None, path("publiceren_vanaf")] = None
    started_on: Annotated[date | None, path("begin")] = None
    ended_on: Annotated[date | None, path("einde")] = None
    reviewed_on: Annotated[date | None, path("laatst_gecontroleerd")] = None
    next_review_on: Annotated[date | None, path("volgende_controle")] = None
    based_on: Annotated[Line, path("gebaseerd_op")] = ""
    external_number: Annotated[str, path("id", max_length=80)] = ""
    """The number this record had in the spreadsheet or system it came from."""
    remarks: Annotated[str, path("opmerkingen", max_length=20000)] = ""
    # 2 controllers
    joint_controllers: Annotated[tuple[JointController, ...], path("gezamenlijk[].partij")] = ()
    # 3 purposes
    purposes: Annotated[tuple[Purpose, ...], path("doelen[].tekst")] = ()
    # 4 people and data
    data_sets: Annotated[tuple[DataSet, ...], path("gegevenssets[].betrokkene")] = ()
    scale: Annotated[Scale | None, path("omvang")] = None
    special_categories: Annotated[tuple[SpecialCategory, ...], path("bijzonder[].categorie")] = ()
    criminal_ground: Annotated[str, path("strafrechtelijk.grond", max_length=80)] = ""
    criminal_law: Annotated[Line, path("strafrechtelijk.grond")] = ""
    bsn_ground: Annotated[str, path("bsn.grond", max_length=80)] = ""
    bsn_law: Annotated[Line, path("bsn.grond")] = ""
    # 5 recipients and processors
    no_recipients: Annotated[bool, path("ontvangers[].naam")] = False
    recipients: Annotated[tuple[Recipient, ...], path("ontvangers[].naam")] = ()
    processors: Annotated[tuple[ProcessorUse, ...], path("verwerkers[].naam")] = ()
    covenants: Annotated[Lines, path("convenanten[]")] = ()
    # 6 transfers
    transfers_outside_eea: Annotated[YesNo | None, path("doorgifte.is")] = None
    transfers: Annotated[tuple[Transfer, ...], path("doorgifte[].land")] = ()
    # 7 retention
    retentions: Annotated[tuple[Retention, ...], path("bewaren[].tekst")] = ()
    # 8 security
    security: Annotated[Text, path("maatregelen.algemeen")] = ""
    measures: Annotated[tuple[Measure, ...], path("maatregelen[].keuze")] = ()
    confidentiality: Annotated[str, path("maatregelen.biv", max_length=40)] = ""
    pseudonymised: Annotated[YesNo | None, path("maatregelen.pseudonimisering")] = None
    systems: Annotated[tuple[SystemUse, ...], path("systemen[]")] = ()
    # 9 automated decisions and DPIA
    automation: Annotated[Automation | None, path("adm.soort")] = None
    automation_logic: Annotated[Text, path("adm.logica")] = ""
    automation_consequences: Annotated[Text, path("adm.gevolgen")] = ""
    automation_human: Annotated[Text, path("adm.mens")] = ""
    profiling: Annotated[YesNo | None, path("profilering")] = None
    algorithm_register: Annotated[Lines, path("algoritmeregister")] = ()
    ai_class: Annotated[str, path("ai_klasse", max_length=40)] = ""
    dpia: Annotated[Dpia, path("dpia.status")] = Dpia()
    iama_on: Annotated[date | None, path("iama")] = None
    iama_url: Annotated[Line, path("iama")] = ""
    # 10 rights
    right_restrictions: Annotated[tuple[RightRestriction, ...], path("rechten.beperking")] = ()
    privacy_notice: Annotated[Line, path("privacyverklaring")] = ""
    # 11 connections
    case_types: Annotated[Lines, path("zaaktypen[]")] = ()
    data_breaches: Annotated[Line, path("datalekken[]")] = ""
    """A number or a URL in the register of data breaches, never a description."""
    # art. 30(2) and Wpg
    principals: Annotated[tuple[Principal, ...], path("opdrachtgevers[].naam")] = ()
    wpg: Annotated[Wpg, path("wpg.doel[]")] = Wpg()
    # what follows from all this, where a person knows better
    corrections: Annotated[tuple[Correction, ...], path("afgeleid[].correctie")] = ()
