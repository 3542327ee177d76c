"""The register as linked data with the terms of W3C DPV 2.3 (avg-register 15.2 and 15.3): JSON-LD and Turtle.

Only terms that the reference names or that our value lists map to; what DPV has no word for stays in the other forms.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from core import values
from core.organisations import Organisation
from publish import linked_data, urls
from publish.linked_data import Fact, Ref, Text, Thing
from publish.parts import File, Spool
from publish.register_parts import Register, day, law_address, law_text, uri_of
from register.public import Coded, PublicProcessingActivity

AUTOMATION = {"nee": "dpv:NotAutomated", "deels": "dpv:PartialAutomation", "volledig": "dpv:FullAutomation"}
DPIA = {"niet_nodig": "eu-gdpr:DPIANotRequired"} | dict.fromkeys(
    ("nodig", "bezig", "uitgevoerd", "herzien"), "eu-gdpr:DPIARequired"
)
_EVERYBODY = "dpv:DataSubject"
"""Says nothing of a group of people; then the group gets a name of its own."""
_DURATION = re.compile(r"P(?=[0-9T])([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+S)?)?")


class LinkedData:
    """Both spellings of one graph: the register, who is responsible, and every record with its parts."""

    def __init__(self, content: Register) -> None:
        self._content = content
        self._home = f"{content.organisation.base_url}/{urls.REGISTER}/"
        self._processes: list[Fact] = []
        self._bodies: dict[str, str] = {}
        self._turtle, self._json = Spool(), Spool()

    def add(self, activity: PublicProcessingActivity) -> None:
        organisation = self._content.organisation
        self._processes.append(("dpv:hasProcess", Ref(uri_of(activity, organisation.base_url))))
        self._bodies[_body(activity.controller)] = activity.controller.label
        for thing in _Described(activity, organisation, self._home).things():
            self._turtle.add(linked_data.turtle_thing(thing))
            self._json.add(linked_data.json_thing(thing))

    def files(self) -> Iterator[File]:
        first = list(self._first())
        lines = chain(map(linked_data.json_thing, first), self._json)
        yield f"{urls.REGISTER}/register.jsonld", linked_data.json_ld_of(lines)
        things = chain(map(linked_data.turtle_thing, first), self._turtle)
        yield f"{urls.REGISTER}/register.ttl", linked_data.turtle_of(things)

    def _first(self) -> Iterator[Thing]:
        organisation = self._content.organisation
        facts: list[Fact] = [
            ("dct:title", Text(f"Verwerkingsregister van {organisation.name}")),
            ("dct:publisher", Ref(organisation.tooi_uri)),
            ("dct:modified", Text(day(self._content.as_of), kind="xsd:date")),
            *self._processes,
        ]
        yield Thing(self._home, ["dpv:ROPA"], facts)
        yield Thing(
            organisation.tooi_uri,
            ["dpv:GovernmentalOrganisation"],
            [("dpv:hasName", Text(organisation.name)), ("dct:identifier", Text(organisation.oin, language=""))],
        )
        if organisation.dpo_contact:
            yield Thing(
                f"{self._home}#fg",
                ["dpv:DataProtectionOfficer"],
                [("dpv:hasContact", Text(organisation.dpo_contact, language=""))],
            )
        for slug, name in sorted(self._bodies.items()):
            facts = [
                ("dpv:hasName", Text(name)),
                ("dpv:hasAddress", Text(organisation.address)),
                ("dpv:hasContact", Text(organisation.email or organisation.phone, language="")),
            ]
            if organisation.dpo_contact:
                facts.append(("dpv:hasDataProtectionOfficer", Ref(f"{self._home}#fg")))
            yield Thing(f"{self._home}#orgaan-{slug}", ["dpv:GovernmentalOrganisation"], facts)


def _body(controller: Coded) -> str:
    return urls.slug(controller.code or controller.label)


class _Described:
    """One record: a process with parts of its own, each at an address that begins with that of the version."""

    def __init__(self, activity: PublicProcessingActivity, organisation: Organisation, home: str) -> None:
        self.activity = activity
        self.base_url = organisation.base_url
        self.home = home
        self.uri = uri_of(activity, organisation.base_url)
        self.facts: list[Fact] = []
        self.parts: list[Thing] = []

    def things(self) -> Iterator[Thing]:
        self._identity()
        self._purposes()
        self._data()
        self._others()
        self._retention()
        self._risk()
        yield Thing(self.uri, ["dpv:Process"], self.facts)
        yield from self.parts

    def _part(self, predicate: str, name: str, kinds: list[str], facts: Iterable[Fact]) -> None:
        self.facts.append((predicate, Ref(f"{self.uri}#{name}")))
        self.parts.append(Thing(f"{self.uri}#{name}", kinds, list(facts)))

    def _named(self, predicate: str, name: str, kinds: list[str], texts: Iterable[str]) -> None:
        for number, text in enumerate(texts, start=1):
            if text:
                self._part(predicate, f"{name}-{number}", kinds, [("dpv:hasName", Text(text))])

    def _refer(self, predicate: str, terms: Iterable[str]) -> None:
        self.facts += ((predicate, Ref(term)) for term in terms)

    def _identity(self) -> None:
        activity = self.activity
        is_processor = activity.role is not None and activity.role.code == "verwerker"
        self.facts += [
            ("dct:title", Text(activity.name)),
            ("dct:description", Text(activity.explanation)),
            ("dct:identifier", Text(activity.number, language="")),
            ("dct:isVersionOf", Ref(f"{self.base_url}{urls.activity(activity.number)}")),
            ("dct:modified", Text(day(activity.reviewed_on), kind="xsd:date")),
            ("dct:subject", Text(activity.domain.label if activity.domain else "")),
            (
                "dpv:hasDataProcessor" if is_processor else "dpv:hasDataController",
                Ref(f"{self.home}#orgaan-{_body(activity.controller)}"),
            ),
        ]
        earlier = [number for number in activity.versions if number < activity.version]
        if earlier:
            address = urls.activity_version(activity.number, earlier[-1])
            self.facts.append(("dct:replaces", Ref(f"{self.base_url}{address}")))
        if not activity.ended_on:
            self._refer("dpv:hasActivityStatus", ["dpv:ActivityOngoing"])
        if linked_data.is_iri(activity.based_on):
            self._refer("dct:source", [activity.based_on])
        self._named("dpv:hasOrganisationalUnit", "team", [], [activity.team])
        self._named("dpv:hasDataController", "opdrachtgever", ["dpv:DataController"], activity.principals)
        joint = (one.party for one in activity.joint_controllers)
        self._named("dpv:hasJointDataControllers", "samen-met", ["dpv:DataController"], joint)

    def _purposes(self) -> None:
        laws = 0
        for number, purpose in enumerate(self.activity.purposes, start=1):
            self._part("dpv:hasPurpose", f"doel-{number}", ["dpv:Purpose"], [("dct:description", Text(purpose.text))])
            self._refer("dpv:hasLegalBasis", _terms("grondslagen", "waarden", purpose.legal_bases))
            for law in purpose.laws:
                laws += 1
                address = law_address(law)
                about: list[Fact] = [("dct:title", Text(law_text(law)))]
                if linked_data.is_iri(address):
                    about.append(("dct:source", Ref(address)))
                self._part("dpv:hasApplicableLaw", f"wet-{laws}", ["dpv:Law"], about)
        exceptions = [special.exception for special in self.activity.special_categories]
        self._refer("dpv:hasLegalBasis", _terms("bijzondere-categorieen", "uitzonderingen", exceptions))

    def _data(self) -> None:
        kinds: dict[Coded, bool] = {}
        for data_set in self.activity.data_sets:
            kinds |= {item.kind: _is_special(item.sensitivity) for item in data_set.data}
            if data_set.from_the_person:
                self._refer("dpv:hasDataSource", ["dpv:DataSubjectDataSource"])
            if len(data_set.sources) > data_set.from_the_person:
                self._refer("dpv:hasDataSource", ["dpv:ThirdPartyDataSource"])
        people = dict.fromkeys(data_set.data_subject for data_set in self.activity.data_sets)
        for number, who in enumerate(people, start=1):
            terms = [term for term in _terms("betrokkenen", "waarden", [who]) if term != _EVERYBODY]
            self._refer("dpv:hasDataSubject", terms)
            if who.label and not terms:
                self._part(
                    "dpv:hasDataSubject", f"over-wie-{number}", [_EVERYBODY], [("skos:prefLabel", Text(who.label))]
                )
        for number, (kind, special) in enumerate(kinds.items(), start=1):
            terms = list(_terms("persoonsgegevens", "waarden", [kind]))
            self._refer("dpv:hasPersonalData", terms)
            if kind.label and not terms:
                types = ["dpv:SpecialCategoryPersonalData"] if special else []
                self._part("dpv:hasPersonalData", f"gegeven-{number}", types, [("skos:prefLabel", Text(kind.label))])
        categories = [special.category for special in self.activity.special_categories]
        self._refer("dpv:hasPersonalData", _terms("bijzondere-categorieen", "waarden", categories))

    def _others(self) -> None:
        activity = self.activity
        self._named("dpv:hasRecipient", "ontvanger", ["dpv:Recipient"], (one.name for one in activity.recipients))
        self._named("dpv:hasDataProcessor", "verwerker", [], (one.name for one in activity.processors))
        self._named("dpv:hasDataImporter", "importeur", [], (one.importer for one in activity.transfers))
        self._named("dpv:hasThirdCountry", "land", [], (one.country.label for one in activity.transfers))
        instruments = [transfer.instrument for transfer in activity.transfers]
        self._refer("dpv:hasLegalBasis", _terms("doorgifte-instrumenten", "waarden", instruments))

    def _retention(self) -> None:
        for number, retention in enumerate(self.activity.retentions, start=1):
            name = f"bewaren-{number}"
            about: list[Fact] = [("dct:description", Text(retention.text))]
            if _DURATION.fullmatch(retention.duration):
                length = f"{self.uri}#{name}-duur"
                value = Text(retention.duration, kind="xsd:duration")
                self.parts.append(Thing(length, ["dpv:TemporalDuration"], [("rdf:value", value)]))
                about.append(("dpv:hasDuration", Ref(length)))
            self._part("dpv:hasStorageCondition", name, ["dpv:StorageCondition", "dpv:StorageDuration"], about)

    def _risk(self) -> None:
        activity = self.activity
        if activity.security:
            about: list[Fact] = [("dct:description", Text(activity.security))]
            kinds = ["dpv:TechnicalOrganisationalMeasure"]
            self._part("dpv:hasTechnicalOrganisationalMeasure", "beveiliging", kinds, about)
        if activity.automation and activity.automation.code in AUTOMATION:
            self._refer("dpv:hasAutomationLevel", [AUTOMATION[activity.automation.code]])
        if activity.dpia_status and activity.dpia_status.code in DPIA:
            self._refer("dpv:hasStatus", [DPIA[activity.dpia_status.code]])
        if linked_data.is_iri(activity.dpia_url):
            self._refer("dpv:hasImpactAssessment", [activity.dpia_url])
        if linked_data.is_iri(activity.privacy_notice):
            self._refer("dpv:hasNotice", [activity.privacy_notice])
        for right in activity.rights:
            self._refer("dpv:hasRight", (f"eu-gdpr:A{number}" for number in re.findall("[0-9]+", right.code)))


def _is_special(sensitivity: Coded | None) -> bool:
    return sensitivity is not None and sensitivity.code == "bijzonder"


def _terms(name: str, section: str, chosen: Iterable[Coded | None]) -> Iterator[str]:
    """What our value lists say of codes in the terms of DPV."""
    entries = values.load("register", name, section).entries
    for coded in chosen:
        found = entries.get(coded.code, {}).get("dpv") if coded else None
        for iri in [found] if isinstance(found, str) else found or ():
            yield linked_data.short(iri)
