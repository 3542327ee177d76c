"""The register as XML, checked with our own XSD before it is published."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from lxml import etree

from core.errors import ExportRefused
from publish import urls
from publish.parts import File, Spool, joined, yes_no
from publish.register_parts import Register, code, day, label, uri_of
from register.public import Coded, PublicDataSet, PublicPoliceData, PublicProcessingActivity, PublicPurpose

NAMESPACE = "urn:openboek:verwerkingsregister:1"
XML_SCHEMA = "verwerkingsregister.xsd"
_NS = f"{{{NAMESPACE}}}"


class Xml:
    """The whole register, a record at a time."""

    def __init__(self, content: Register) -> None:
        self._content = content
        self._records = Spool()

    def add(self, activity: PublicProcessingActivity) -> None:
        """Write a record. Every number is there once: that is all that a record alone cannot show.

        Raises:
            ExportRefused: it does not fit our own schema; `faults` has one line each.
        """
        root = self._root()
        _write_activity(root, activity, self._content.organisation.base_url)
        if not schema().validate(root):
            faults = tuple(f"register.xml, {activity.number}: {fault.message}" for fault in schema().error_log)
            raise ExportRefused("Het verwerkingsregister voldoet niet aan zijn eigen XML-schema.", faults)
        etree.indent(root, " ")
        self._records.add(etree.tostring(root, encoding="UTF-8").partition(b">")[2].rpartition(b"\n")[0])

    def files(self) -> Iterator[File]:
        yield f"{urls.REGISTER}/register.xml", self._whole()

    def _whole(self) -> Iterator[bytes]:
        head = etree.tostring(self._root(), encoding="UTF-8", xml_declaration=True)
        if not self._records:
            yield head + b"\n"
            return
        yield head.removesuffix(b"/>") + b">"
        yield from self._records
        yield b"\n</verwerkingsregister>\n"

    def _root(self) -> etree._Element:
        organisation = self._content.organisation
        root = etree.Element(f"{_NS}verwerkingsregister", nsmap={None: NAMESPACE})
        _set(root, peildatum=day(self._content.as_of), gemeente=organisation.tooi_uri, oin=organisation.oin)
        return root


def _write_activity(root: etree._Element, activity: PublicProcessingActivity, base_url: str) -> None:
    element = _add(
        root,
        "verwerking",
        kenmerk=activity.number,
        versie=str(activity.version),
        uri=uri_of(activity, base_url),
        openbaar="beperkt" if activity.is_limited else "ja",
        vastgesteldOp=activity.established_at.isoformat(timespec="seconds"),
        begin=day(activity.started_on),
        einde=day(activity.ended_on),
        laatstGecontroleerd=day(activity.reviewed_on),
    )
    _add(element, "naam", activity.name)
    _add_text(element, "uitleg", activity.explanation)
    _add_coded(element, "onderwerp", activity.domain)
    _add_coded(element, "rol", activity.role)
    _add_coded(element, "regime", activity.regime)
    _add(element, "verantwoordelijke", activity.controller.label, orgaan=activity.controller.code)
    _add_text(element, "team", activity.team)
    for joint in activity.joint_controllers:
        _add(element, "samenMet", joint.essence, partij=joint.party, contactpunt=joint.contact_point)
    for text in activity.done_for_others:
        _add_text(element, "voorAnderen", text)
    for principal in activity.principals:
        _add_text(element, "opdrachtgever", principal)
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
            daarna=code(retention.afterwards),
            selectielijst=joined(entry.code or entry.label for entry in retention.selection_list),
        )
    _add_text(element, "beveiliging", activity.security)
    _write_decisions(element, activity)
    if activity.rights:
        rights = _add(element, "rechten")
        for right in activity.rights:
            _add(rights, "recht", right.label, artikel=right.code)
    for restriction in activity.right_restrictions:
        _add(element, "beperking", restriction.text, recht=code(restriction.right), wet=restriction.law)
    _add_text(element, "privacyverklaring", activity.privacy_notice)
    if activity.police:
        _write_police(element, activity.police)
    _add_text(element, "gebaseerdOp", activity.based_on)


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
        if purpose.interests_assessment or purpose.interests_assessed_on:
            on = day(purpose.interests_assessed_on)
            _add(written, "belangenafweging", purpose.interests_assessment, datum=on)
        if purpose.further_use is not None or purpose.further_use_test:
            _add(written, "verderGebruik", purpose.further_use_test, **{"is": yes_no(purpose.further_use)})


def _write_data_sets(element: etree._Element, data_sets: Sequence[PublicDataSet]) -> None:
    if not data_sets:
        return
    wrapper = _add(element, "gegevenssets")
    for data_set in data_sets:
        written = _add(wrapper, "gegevensset", verplicht=yes_no(data_set.obligatory))
        _add_coded(written, "betrokkene", data_set.data_subject)
        for item in data_set.data:
            _add(written, "gegeven", item.kind.label, code=item.kind.code, soort=code(item.sensitivity))
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
            uitzondering=code(special.exception),
            wet=special.law,
        )
    for name, ground in (("strafrechtelijk", activity.criminal), ("bsn", activity.bsn)):
        if ground:
            _add(element, name, label(ground.ground), grond=code(ground.ground), wet=ground.law)


def _write_who_gets_it(element: etree._Element, activity: PublicProcessingActivity) -> None:
    if activity.recipients or activity.no_recipients:
        recipients = _add(element, "ontvangers", geen="" if activity.recipients else "ja")
        for recipient in activity.recipients:
            _add(recipients, "ontvanger", recipient.name, soort=code(recipient.kind), grond=recipient.basis)
    for processor in activity.processors:
        _add(element, "verwerker", processor.name, dienst=processor.service)
    for covenant in activity.covenants:
        _add_text(element, "convenant", covenant)
    if activity.transfers_outside_eea is not None or activity.transfers:
        transfers = _add(element, "doorgifte", **{"is": yes_no(activity.transfers_outside_eea)})
        for transfer in activity.transfers:
            _add(
                transfers,
                "land",
                transfer.country.label,
                code=transfer.country.code,
                instrument=code(transfer.instrument),
                ontvanger=transfer.importer,
            )


def _write_decisions(element: etree._Element, activity: PublicProcessingActivity) -> None:
    texts = (activity.automation_logic, activity.automation_consequences, activity.automation_human)
    answers = {
        "soort": code(activity.automation),
        "profilering": yes_no(activity.profiling),
        "aiKlasse": code(activity.ai_class),
        "dpiaStatus": code(activity.dpia_status),
        "dpiaDatum": day(activity.dpia_done_on),
        "iamaDatum": day(activity.iama_on),
    }
    others = (*activity.algorithm_register, activity.dpia_url, activity.iama_url)
    if not any((*texts, *answers.values(), *others)):
        return
    decisions = _add(element, "besluitvorming", **answers)
    for name, text in zip(("logica", "gevolgen", "mens"), texts, strict=True):
        _add_text(decisions, name, text)
    for address in activity.algorithm_register:
        _add_text(decisions, "algoritmeregister", address)
    _add_text(decisions, "dpia", activity.dpia_url)
    _add_text(decisions, "iama", activity.iama_url)


def _write_police(element: etree._Element, police: PublicPoliceData) -> None:
    written = _add(element, "politiegegevens", boaDomein=code(police.boa_domain))
    _add_text(written, "verantwoordelijke", police.controller)
    for article in police.articles:
        _add_coded(written, "artikel", article)
    for one in police.data_subjects:
        _add_coded(written, "betrokkene", one)
    _add_text(written, "verstrekking", police.disclosure)
    _add_text(written, "bewaren", police.retention)


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


@cache
def schema() -> etree.XMLSchema:
    """Our XSD. What we publish is checked with it."""
    return etree.XMLSchema(etree.fromstring((resources.files("publish") / "schemas" / XML_SCHEMA).read_bytes()))
