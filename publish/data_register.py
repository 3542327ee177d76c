"""The processing register for machines: csv, csv per kind of data, JSON and XML (avg-register section 15).

All forms say the same. What nobody answered is left out or empty; it never becomes "nee".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from lxml import etree

from core.errors import ExportRefused
from core.organisations import Organisation
from core.sheets import Table, write_csv
from publish import urls
from publish.parts import Download, File, as_json, filled, joined, yes_no
from register.public import (
    Coded,
    PublicDataSet,
    PublicGround,
    PublicProcessingActivity,
    PublicPurpose,
    PublicRetention,
)

NAMESPACE = "urn:openboek:verwerkingsregister:1"
XML_SCHEMA = "verwerkingsregister.xsd"
JSON_SCHEMA = "verwerkingsregister.schema.json"
_NS = f"{{{NAMESPACE}}}"

CSV_COLUMNS = (
    *("kenmerk", "versie", "uri", "naam", "uitleg", "onderwerp", "bestuursorgaan", "organisatie_oin", "rol"),
    *("samen_met", "doelen", "grondslagen", "wetten", "betrokkenen", "persoonsgegevens", "bijzondere_gegevens"),
    *("uitzonderingen", "strafrechtelijk", "bsn", "bronnen", "ontvangers", "doorgifte", "landen", "doorgifte_grond"),
    *("bewaartermijn", "duur_iso", "selectielijst", "daarna", "beveiliging", "computer_beslist", "uitleg_besluit"),
    *("profilering", "algoritmeregister", "dpia_uitgevoerd", "rechten", "begin", "einde", "laatst_gecontroleerd"),
)
LONG_COLUMNS = ("kenmerk", "versie", "naam", "betrokkene", "gegeven", "soort", "bron", "bewaartermijn")
_UNKNOWN_GROUND = "gebruikt; waarom dat mag is nog niet bekend"


DOWNLOADS: Sequence[Download] = (
    Download(f"/{urls.REGISTER}/register.csv", "Verwerkingen", "CSV", "Een regel per verwerking."),
    Download(f"/{urls.REGISTER}/register-gegevens.csv", "Gegevens", "CSV", "Een regel per soort gegeven."),
    Download(f"/{urls.REGISTER}/register.json", "Verwerkingen", "JSON", "Alle velden, met codes en namen."),
    Download(f"/{urls.REGISTER}/register.xml", "Verwerkingen", "XML", "Alle velden, met codes en namen."),
)


@dataclass(frozen=True, slots=True)
class Register:
    """What goes into the files. `as_of` is the day of the last change that the public can see."""

    organisation: Organisation
    as_of: date | None
    activities: Sequence[PublicProcessingActivity]


def build(content: Register) -> Iterator[File]:
    """The four files of the whole register."""
    yield f"{urls.REGISTER}/register.csv", _csv(content)
    yield f"{urls.REGISTER}/register-gegevens.csv", _long_csv(content)
    yield f"{urls.REGISTER}/register.json", _register_json(content)
    yield f"{urls.REGISTER}/register.xml", _xml(content)


# --- csv


def _csv(content: Register) -> bytes:
    rows = [_row(activity, content.organisation) for activity in content.activities]
    return write_csv(Table("register", CSV_COLUMNS, [[row[column] for column in CSV_COLUMNS] for row in rows]))


def _row(activity: PublicProcessingActivity, organisation: Organisation) -> Mapping[str, str]:
    sets = activity.data_sets
    automation = (activity.automation_logic, activity.automation_consequences, activity.automation_human)
    recipients = [recipient.name for recipient in activity.recipients]
    return {
        "kenmerk": activity.number,
        "versie": str(activity.version),
        "uri": _uri(activity, organisation.base_url),
        "naam": activity.name,
        "uitleg": activity.explanation,
        "onderwerp": _label(activity.domain),
        "bestuursorgaan": activity.controller.label,
        "organisatie_oin": organisation.oin,
        "rol": activity.role.code if activity.role else "",
        "samen_met": joined(joint.party for joint in activity.joint_controllers),
        "doelen": joined(purpose.text for purpose in activity.purposes),
        "grondslagen": joined(basis.label for purpose in activity.purposes for basis in purpose.legal_bases),
        "wetten": joined(
            ", ".join(filter(None, (law.name, law.article))) for purpose in activity.purposes for law in purpose.laws
        ),
        "betrokkenen": joined(data_set.data_subject.label for data_set in sets),
        "persoonsgegevens": joined(item.kind.label for data_set in sets for item in data_set.data),
        "bijzondere_gegevens": joined(special.category.label for special in activity.special_categories),
        "uitzonderingen": joined(_label(special.exception) for special in activity.special_categories),
        "strafrechtelijk": (_label(activity.criminal.ground) or _UNKNOWN_GROUND) if activity.criminal else "",
        "bsn": (_label(activity.bsn.ground) or _UNKNOWN_GROUND) if activity.bsn else "",
        "bronnen": joined(source for data_set in sets for source in data_set.sources),
        "ontvangers": joined(recipients) or ("geen" if activity.no_recipients else ""),
        "doorgifte": yes_no(activity.transfers_outside_eea),
        "landen": joined(transfer.country.label for transfer in activity.transfers),
        "doorgifte_grond": joined(_label(transfer.instrument) for transfer in activity.transfers),
        "bewaartermijn": joined(retention.text for retention in activity.retentions),
        "duur_iso": joined(retention.duration for retention in activity.retentions),
        # The municipality chooses to show these two; as long as it cannot, they are empty.
        "selectielijst": "",
        "dpia_uitgevoerd": "",
        "daarna": joined(_label(retention.afterwards) for retention in activity.retentions),
        "beveiliging": activity.security,
        "computer_beslist": activity.automation.code if activity.automation else "",
        "uitleg_besluit": joined(automation),
        "profilering": yes_no(activity.profiling),
        "algoritmeregister": joined(activity.algorithm_register),
        "rechten": joined(right.label for right in activity.rights),
        "begin": _day(activity.started_on),
        "einde": _day(activity.ended_on),
        "laatst_gecontroleerd": _day(activity.reviewed_on),
    }


def _long_csv(content: Register) -> bytes:
    rows = [
        (
            activity.number,
            activity.version,
            activity.name,
            data_set.data_subject.label,
            item.kind.label,
            _label(item.sensitivity),
            joined(data_set.sources),
            joined(retention.text for retention in _retentions_of(data_set, activity)),
        )
        for activity in content.activities
        for data_set in activity.data_sets
        for item in data_set.data
    ]
    return write_csv(Table("gegevens", LONG_COLUMNS, rows))


def _retentions_of(data_set: PublicDataSet, activity: PublicProcessingActivity) -> Iterator[PublicRetention]:
    for retention in activity.retentions:
        if retention.data_subject in {"", data_set.data_subject.label}:
            yield retention


def _label(coded: Coded | None) -> str:
    return coded.label if coded else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _uri(activity: PublicProcessingActivity, base_url: str) -> str:
    return f"{base_url}{urls.activity_version(activity.number, activity.version)}"


# --- JSON


def version_json(activity: PublicProcessingActivity, base_url: str) -> bytes:
    """One frozen version, in the shape that the JSON Schema calls `verwerking`."""
    return as_json(activity_facts(activity, base_url))


def _register_json(content: Register) -> bytes:
    organisation = content.organisation
    return as_json(
        filled(
            {
                "schema": f"{organisation.base_url}/{urls.SCHEMAS}/{JSON_SCHEMA}",
                "peildatum": _day(content.as_of),
                "organisatie": filled(
                    {"naam": organisation.name, "tooi": organisation.tooi_uri, "oin": organisation.oin}
                ),
            }
        )
        | {"verwerkingen": [activity_facts(activity, organisation.base_url) for activity in content.activities]}
    )


def activity_facts(activity: PublicProcessingActivity, base_url: str) -> dict[str, Any]:
    """A version as plain data with Dutch names. What is empty or unknown is left out."""
    return filled(
        {
            "kenmerk": activity.number,
            "versie": activity.version,
            "uri": _uri(activity, base_url),
            "vastgesteld_op": activity.established_at.isoformat(timespec="seconds"),
            "openbaar": "beperkt" if activity.is_limited else "ja",
            "naam": activity.name,
            "uitleg": activity.explanation,
            "onderwerp": _coded(activity.domain),
            "rol": _coded(activity.role),
            "regime": _coded(activity.regime),
            "verantwoordelijke": _coded(activity.controller),
            "samen_met": [
                filled({"partij": joint.party, "afspraken": joint.essence, "contactpunt": joint.contact_point})
                for joint in activity.joint_controllers
            ],
            "voor_anderen": list(activity.done_for_others),
            "doelen": [_purpose(purpose) for purpose in activity.purposes],
            "gegevenssets": [_data_set(data_set) for data_set in activity.data_sets],
            "bijzondere_gegevens": [
                filled(
                    {
                        "categorie": _coded(special.category),
                        "uitzondering": _coded(special.exception),
                        "wet": special.law,
                    }
                )
                for special in activity.special_categories
            ],
            "strafrechtelijk": _ground(activity.criminal),
            "bsn": _ground(activity.bsn),
            # Worked out from the groups of people: false says that no group of children was chosen.
            "kinderen": True if activity.about_children else None,
            "geen_ontvangers": True if activity.no_recipients else None,
            "ontvangers": [
                filled({"naam": recipient.name, "soort": _coded(recipient.kind)}) for recipient in activity.recipients
            ],
            "doorgifte": activity.transfers_outside_eea,
            "doorgiften": [
                filled({"land": _coded(transfer.country), "instrument": _coded(transfer.instrument)})
                for transfer in activity.transfers
            ],
            "bewaren": [
                filled(
                    {
                        "voor": retention.data_subject,
                        "tekst": retention.text,
                        "duur": retention.duration,
                        "begin": retention.trigger,
                        "daarna": _coded(retention.afterwards),
                    }
                )
                for retention in activity.retentions
            ],
            "beveiliging": activity.security,
            "besluitvorming": filled(
                {
                    "soort": _coded(activity.automation),
                    "logica": activity.automation_logic,
                    "gevolgen": activity.automation_consequences,
                    "mens": activity.automation_human,
                    "profilering": activity.profiling,
                    "algoritmeregister": list(activity.algorithm_register),
                    "dpia": activity.dpia_url,
                }
            )
            or None,
            "rechten": [_coded(right) for right in activity.rights],
            "privacyverklaring": activity.privacy_notice,
            "begin": _day(activity.started_on),
            "einde": _day(activity.ended_on),
            "laatst_gecontroleerd": _day(activity.reviewed_on),
        }
    )


def _purpose(purpose: PublicPurpose) -> dict[str, Any]:
    return filled(
        {
            "tekst": purpose.text,
            "grondslagen": [_coded(basis) for basis in purpose.legal_bases],
            "wetten": [
                filled({"naam": law.name, "artikel": law.article, "bwb": law.bwb_number, "url": law.url})
                for law in purpose.laws
            ],
            "toestemming_gevraagd": purpose.consent_asked,
            "toestemming_ingetrokken": purpose.consent_withdrawn,
        }
    )


def _data_set(data_set: PublicDataSet) -> dict[str, Any]:
    return filled(
        {
            "betrokkene": _coded(data_set.data_subject),
            "gegevens": [
                (_coded(item.kind) or {}) | filled({"soort": _coded(item.sensitivity)}) for item in data_set.data
            ],
            "bronnen": list(data_set.sources),
            "verplicht": data_set.obligatory,
            "gevolg": data_set.obligatory_consequence,
        }
    )


def _ground(ground: PublicGround | None) -> dict[str, Any] | None:
    """An empty object says: these data are used, and it is not known yet why that is allowed."""
    return None if ground is None else filled({"grond": _coded(ground.ground), "wet": ground.law})


def _coded(coded: Coded | None) -> dict[str, str] | None:
    if coded is None or not coded.label:
        return None
    return filled({"code": coded.code, "label": coded.label, "artikel": coded.article})


# --- XML


def _xml(content: Register) -> bytes:
    organisation = content.organisation
    root = etree.Element(f"{_NS}verwerkingsregister", nsmap={None: NAMESPACE})
    _set(root, peildatum=_day(content.as_of), gemeente=organisation.tooi_uri, oin=organisation.oin)
    for activity in content.activities:
        _write_activity(root, activity, organisation.base_url)
    if not schema().validate(root):
        faults = tuple(f"register.xml, regel {fault.line}: {fault.message}" for fault in schema().error_log)
        raise ExportRefused("Het verwerkingsregister voldoet niet aan zijn eigen XML-schema.", faults)
    etree.indent(root, " ")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _write_activity(root: etree._Element, activity: PublicProcessingActivity, base_url: str) -> None:
    element = _add(
        root,
        "verwerking",
        kenmerk=activity.number,
        versie=str(activity.version),
        uri=_uri(activity, base_url),
        openbaar="beperkt" if activity.is_limited else "ja",
        vastgesteldOp=activity.established_at.isoformat(timespec="seconds"),
        begin=_day(activity.started_on),
        einde=_day(activity.ended_on),
        laatstGecontroleerd=_day(activity.reviewed_on),
    )
    _add(element, "naam", activity.name)
    _add_text(element, "uitleg", activity.explanation)
    _add_coded(element, "onderwerp", activity.domain)
    _add_coded(element, "rol", activity.role)
    _add_coded(element, "regime", activity.regime)
    _add(element, "verantwoordelijke", activity.controller.label, orgaan=activity.controller.code)
    for joint in activity.joint_controllers:
        _add(element, "samenMet", joint.essence, partij=joint.party, contactpunt=joint.contact_point)
    for text in activity.done_for_others:
        _add_text(element, "voorAnderen", text)
    _write_purposes(element, activity.purposes)
    _write_data_sets(element, activity.data_sets)
    _write_protected(element, activity)
    _write_who_gets_it(element, activity)
    for retention in activity.retentions:
        _add(
            element,
            "bewaren",
            retention.text,
            voor=retention.data_subject,
            duur=retention.duration,
            begin=retention.trigger,
            daarna=retention.afterwards.code if retention.afterwards else "",
        )
    _add_text(element, "beveiliging", activity.security)
    _write_decisions(element, activity)
    if activity.rights:
        rights = _add(element, "rechten")
        for right in activity.rights:
            _add(rights, "recht", right.label, artikel=right.code)
    _add_text(element, "privacyverklaring", activity.privacy_notice)


def _write_purposes(element: etree._Element, purposes: Sequence[PublicPurpose]) -> None:
    wrapper = _add(element, "doelen")
    for purpose in purposes:
        written = _add(wrapper, "doel")
        _add_text(written, "tekst", purpose.text)
        for basis in purpose.legal_bases:
            _add_coded(written, "grondslag", basis)
        for law in purpose.laws:
            _add(written, "wet", naam=law.name, artikel=law.article, bwb=law.bwb_number, url=law.url)
        _add_text(written, "toestemmingGevraagd", purpose.consent_asked)
        _add_text(written, "toestemmingIngetrokken", purpose.consent_withdrawn)


def _write_data_sets(element: etree._Element, data_sets: Sequence[PublicDataSet]) -> None:
    if not data_sets:
        return
    wrapper = _add(element, "gegevenssets")
    for data_set in data_sets:
        written = _add(wrapper, "gegevensset", verplicht=yes_no(data_set.obligatory))
        _add_coded(written, "betrokkene", data_set.data_subject)
        for item in data_set.data:
            soort = item.sensitivity.code if item.sensitivity else ""
            _add(written, "gegeven", item.kind.label, code=item.kind.code, soort=soort)
        for source in data_set.sources:
            _add_text(written, "bron", source)
        _add_text(written, "gevolg", data_set.obligatory_consequence)


def _write_protected(element: etree._Element, activity: PublicProcessingActivity) -> None:
    for special in activity.special_categories:
        _add(
            element,
            "bijzonder",
            special.category.label,
            categorie=special.category.code,
            uitzondering=special.exception.code if special.exception else "",
            wet=special.law,
        )
    for name, ground in (("strafrechtelijk", activity.criminal), ("bsn", activity.bsn)):
        if ground:
            code = ground.ground.code if ground.ground else ""
            _add(element, name, _label(ground.ground), grond=code, wet=ground.law)


def _write_who_gets_it(element: etree._Element, activity: PublicProcessingActivity) -> None:
    if activity.recipients or activity.no_recipients:
        recipients = _add(element, "ontvangers", geen="" if activity.recipients else "ja")
        for recipient in activity.recipients:
            _add(recipients, "ontvanger", recipient.name, soort=recipient.kind.code if recipient.kind else "")
    if activity.transfers_outside_eea is not None or activity.transfers:
        transfers = _add(element, "doorgifte", **{"is": yes_no(activity.transfers_outside_eea)})
        for transfer in activity.transfers:
            instrument = transfer.instrument.code if transfer.instrument else ""
            _add(transfers, "land", transfer.country.label, code=transfer.country.code, instrument=instrument)


def _write_decisions(element: etree._Element, activity: PublicProcessingActivity) -> None:
    texts = (activity.automation_logic, activity.automation_consequences, activity.automation_human, activity.dpia_url)
    known = activity.automation or activity.profiling is not None or any(texts) or activity.algorithm_register
    if not known:
        return
    decisions = _add(
        element,
        "besluitvorming",
        soort=activity.automation.code if activity.automation else "",
        profilering=yes_no(activity.profiling),
    )
    for name, text in zip(("logica", "gevolgen", "mens"), texts, strict=False):
        _add_text(decisions, name, text)
    for address in activity.algorithm_register:
        _add_text(decisions, "algoritmeregister", address)
    _add_text(decisions, "dpia", activity.dpia_url)


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{_NS}{name}")
    if text:
        element.text = text
    _set(element, **attributes)
    return element


def _set(element: etree._Element, **attributes: str) -> None:
    for name, value in attributes.items():
        if value:
            element.set(name, value)


def _add_text(parent: etree._Element, name: str, text: str) -> None:
    if text:
        _add(parent, name, text)


def _add_coded(parent: etree._Element, name: str, coded: Coded | None) -> None:
    if coded and coded.label:
        _add(parent, name, coded.label, code=coded.code)


# --- schemas


@cache
def schema() -> etree.XMLSchema:
    """Our XSD. What we publish is checked with it."""
    return etree.XMLSchema(etree.fromstring((resources.files("publish") / "schemas" / XML_SCHEMA).read_bytes()))
