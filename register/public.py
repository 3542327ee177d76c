"""What the public may know about processing activities: the only module of `register` that `publish` imports.

Everything comes from frozen versions, never from the record that somebody is typing in. What is public stands in
avg-register section 3: `publication.visible` takes everything else away before a version is read here. What the
municipality may choose to show (names of processors, team, state of the DPIA, numbers of the selection list, basis for
sharing) is filled only where it did. Empty or None means "not known (yet)" or "not shown", never "no".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import String, cast
from sqlalchemy import select as plain_select
from sqlmodel import Session, col, select

from core import clock
from core.content import YesNo
from core.history import Version
from register import content as shapes
from register import public_fields, publication
from register.content import ActivityContent, Publication
from register.lists import FROM_THE_PERSON
from register.models import ProcessingActivity

_AT_ONCE = 200
AS_OF_SCHEMA_PLACE = shapes.AS_OF_SCHEMA_PLACE


class Coded(NamedTuple):
    """A choice from a list as it was when the version was frozen. An own name has no code; `article` may be empty."""

    code: str
    label: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class PublicLaw:
    name: str
    article: str
    bwb_number: str
    url: str


@dataclass(frozen=True, slots=True)
class PublicPurpose:
    """Why the data are used, on which legal basis (GDPR art. 6) and under which law."""

    text: str
    legal_bases: tuple[Coded, ...]
    laws: tuple[PublicLaw, ...]
    consent_asked: str
    consent_withdrawn: str
    interests_assessment: str = ""
    interests_assessed_on: date | None = None
    further_use: bool | None = None
    further_use_test: str = ""


@dataclass(frozen=True, slots=True)
class PublicDataItem:
    kind: Coded
    sensitivity: Coded | None


@dataclass(frozen=True, slots=True)
class PublicDataSet:
    """One group of people with the data used about them. `obligatory` is None while nobody answered."""

    data_subject: Coded
    data: tuple[PublicDataItem, ...]
    sources: tuple[str, ...]
    from_the_person: bool
    obligatory: bool | None
    obligatory_consequence: str


@dataclass(frozen=True, slots=True)
class PublicSpecialCategory:
    """A special category (GDPR art. 9) with the exception that allows it, None while it is not known."""

    category: Coded
    exception: Coded | None
    law: str


@dataclass(frozen=True, slots=True)
class PublicGround:
    """Why criminal data (art. 10) or the BSN (UAVG art. 46) may be used."""

    ground: Coded | None
    law: str


@dataclass(frozen=True, slots=True)
class PublicRecipient:
    name: str
    kind: Coded | None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class PublicProcessor:
    """A company that works for the municipality (GDPR art. 28)."""

    name: str
    service: str


@dataclass(frozen=True, slots=True)
class PublicTransfer:
    """A transfer outside the EEA (GDPR art. 44-49)."""

    country: Coded
    instrument: Coded | None
    importer: str = ""


@dataclass(frozen=True, slots=True)
class PublicRetention:
    """How long data are kept. `data_subject` is empty when it holds for all data; `duration` is ISO 8601."""

    data_subject: str
    text: str
    duration: str
    trigger: str
    afterwards: Coded | None
    selection_list: tuple[Coded, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicRestriction:
    """A right that a law restricts (GDPR art. 23)."""

    right: Coded | None
    text: str
    law: str


@dataclass(frozen=True, slots=True)
class PublicPoliceData:
    """What the public may know of police data (Wpg)."""

    controller: str
    articles: tuple[Coded, ...]
    boa_domain: Coded | None
    data_subjects: tuple[Coded, ...]
    disclosure: str
    retention: str


@dataclass(frozen=True, slots=True)
class PublicJointController:
    """GDPR art. 26: who, the essence of the arrangement, and where a person can go."""

    party: str
    essence: str
    contact_point: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicProcessingActivity:
    """One frozen version as the public may see it. With `is_limited` only the first block and the purposes are filled.

    `number` is the kenmerk. `versions` are all version numbers that have a page, oldest first. `rights` follow from the
    legal bases. `ended_on` may lie in the future.
    """

    id: UUID
    number: str
    version: int
    versions: tuple[int, ...]
    established_at: datetime
    is_limited: bool
    name: str
    controller: Coded
    purposes: tuple[PublicPurpose, ...]
    rights: tuple[Coded, ...]
    ended_on: date | None

    explanation: str = ""
    domain: Coded | None = None
    role: Coded | None = None
    regime: Coded | None = None
    started_on: date | None = None
    reviewed_on: date | None = None
    joint_controllers: tuple[PublicJointController, ...] = ()
    done_for_others: tuple[str, ...] = ()
    """What the municipality does as a processor (art. 30(2)(b)); not for whom."""
    data_sets: tuple[PublicDataSet, ...] = ()
    special_categories: tuple[PublicSpecialCategory, ...] = ()
    criminal: PublicGround | None = None
    bsn: PublicGround | None = None
    about_children: bool = False
    no_recipients: bool = False
    recipients: tuple[PublicRecipient, ...] = ()
    uses_processors: bool = False
    transfers_outside_eea: bool | None = None
    transfers: tuple[PublicTransfer, ...] = ()
    retentions: tuple[PublicRetention, ...] = ()
    security: str = ""
    automation: Coded | None = None
    automation_logic: str = ""
    automation_consequences: str = ""
    automation_human: str = ""
    profiling: bool | None = None
    algorithm_register: tuple[str, ...] = ()
    dpia_url: str = ""
    privacy_notice: str = ""
    # only where the municipality chose to show them
    team: str = ""
    based_on: str = ""
    principals: tuple[str, ...] = ()
    """For whom the municipality works as a processor (art. 30(2)(a))."""
    processors: tuple[PublicProcessor, ...] = ()
    covenants: tuple[str, ...] = ()
    ai_class: Coded | None = None
    dpia_status: Coded | None = None
    dpia_done_on: date | None = None
    iama_on: date | None = None
    iama_url: str = ""
    right_restrictions: tuple[PublicRestriction, ...] = ()
    police: PublicPoliceData | None = None

    @property
    def is_newest(self) -> bool:
        return self.version == self.versions[-1]


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A record that the public can see, before it is read. `state` is a digest of all that decides what they see."""

    id: UUID
    number: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class KnownRegister:
    """What can be told of the public register without reading it as such. The records stand in order of number.

    `changed_at` is the moment of the last change that the public can see: a version that appeared, one that hid the
    others, a choice; None when there was none.
    """

    records: Sequence[KnownRecord]
    changed_at: datetime | None
    state: str


def known_register(session: Session) -> KnownRegister:
    """The register as it is today, small enough to hold whatever its size."""
    chosen = public_fields.chosen(session)
    today = clock.today().isoformat()
    records, moments = [], []
    for versions in _by_record(session):
        shown = [one for one in versions if one.publication is not Publication.NO]
        if shown:
            moments += [_appears_at(one) for one in versions]
        if not shown or versions[-1] is not shown[-1]:
            continue
        found = hashlib.blake2b(repr(sorted(chosen.of(shown[-1].kenmerk))).encode(), digest_size=16)
        for one in versions:
            passed = "" < (one.ended_on or "") <= today
            found.update(repr((one[:-1], passed)).encode() + one.text.encode())
        records.append(KnownRecord(shown[-1].subject_id, shown[-1].kenmerk, shown[-1].name, found.hexdigest()))
    if moments and chosen.changed_at:
        moments.append(chosen.changed_at)
    records.sort(key=lambda record: record.number)
    changed_at = max(moments, default=None)
    state = hashlib.blake2b(repr((changed_at, records)).encode(), digest_size=16).hexdigest()
    return KnownRegister(records, changed_at, state)


def histories(session: Session, ids: Sequence[UUID]) -> Iterator[Sequence[PublicProcessingActivity]]:
    """Of each of these records its versions that have a page, oldest first; read in portions.

    A record that is no longer public takes its older versions along; one that became limited limits them too.
    """
    chosen = public_fields.chosen(session)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        found = {versions[0].subject_id: versions for versions in _by_record(session, some)}
        for one in some:
            versions = found.get(one, [])
            shown = [version for version in versions if version.publication is not Publication.NO]
            if not shown or versions[-1] is not shown[-1]:
                continue
            numbers = tuple(version.number for version in shown)
            yield [
                _view(
                    version,
                    numbers,
                    is_limited=Publication.LIMITED in {versions[-1].publication, version.publication},
                    chosen=chosen.of(version.kenmerk),
                )
                for version in shown
            ]


def public_activities(session: Session) -> list[PublicProcessingActivity]:
    """The newest public version of each record, by number. Ended records are among them."""
    return [activity for activity in public_versions(session) if activity.is_newest]


def public_versions(session: Session) -> list[PublicProcessingActivity]:
    """Every frozen version that has a page, by number and version. For a register that fits in memory."""
    ids = [record.id for record in known_register(session).records]
    return [activity for history in histories(session, ids) for activity in history]


def hidden_texts(session: Session, newest: int) -> Iterator[tuple[str, str]]:
    """Texts that stand in frozen records and that no reader may find, with the field; of so many newest versions."""
    query = select(Version).where(Version.kind == str(ProcessingActivity.__tablename__))
    chosen = public_fields.chosen(session)
    for version in session.exec(query.order_by(col(Version.id).desc()).limit(newest)):
        content = version.content["content"]
        if _publication(version) is Publication.NO:
            yield from publication.hidden(content, frozenset())
        else:
            yield from publication.hidden(content, chosen.of(version.content["number"]))


def shows(session: Session, text: str) -> bool:
    """Whether a text stands in a record as the public sees it, wherever else it stands. Reads the whole register."""
    return any(
        # A reader sees a law and its article as one text.
        any(text in f"{law.name}, {law.article}" for purpose in activity.purposes for law in purpose.laws)
        or text in repr(activity)
        for activity in public_versions(session)
    )


def as_of_schema() -> Mapping[str, Any]:
    """The JSON Schema of the whole register on a date. The file itself is never public; what its names mean is."""
    from register.report import as_json  # with all of the report, and seldom asked for

    return as_json.schema()


class _Row(NamedTuple):
    """A frozen version as it is stored, with what must be known of it before it is read."""

    subject_id: UUID
    number: int
    schema_number: int
    established_at: datetime
    ended_at: datetime | None
    kenmerk: str
    name: str
    publication: Publication
    publish_from: str | None
    ended_on: str | None
    text: str

    @property
    def content(self) -> Mapping[str, Any]:
        return json.loads(self.text)  # type: ignore[no-any-return]


def _rows(session: Session, ids: Sequence[UUID] | None) -> Iterator[_Row]:
    content = col(Version.content)
    query = (
        plain_select(
            col(Version.subject_id),
            col(Version.number),
            col(Version.schema_number),
            col(Version.established_at),
            col(Version.ended_at),
            content["number"].as_string(),
            content[("content", "name")].as_string(),
            content[("content", "publication")].as_string(),
            content[("content", "publish_from")].as_string(),
            content[("content", "ended_on")].as_string(),
            cast(content, String),
        )
        .where(col(Version.kind) == ProcessingActivity.__tablename__)
        .order_by(col(Version.subject_id), col(Version.number))
        .execution_options(yield_per=_AT_ONCE)
    )
    if ids is not None:
        query = query.where(col(Version.subject_id).in_(ids))
    with session.execute(query) as rows:
        for row in rows:
            # Not answered is not public.
            yield _Row(*row[:7], Publication(row[7] or Publication.NO), *row[8:])  # type: ignore[call-arg]


def _by_record(session: Session, ids: Sequence[UUID] | None = None) -> Iterator[list[_Row]]:
    """Per record its versions that count by now, oldest first."""
    moment = clock.now()
    for _, versions in groupby(_rows(session, ids), key=attrgetter("subject_id")):
        effective: list[_Row] = []
        for version in versions:
            # What is hidden, and the end of what is public already, wait for no date.
            at_once = version.publication is Publication.NO or (version.ended_at and effective)
            if at_once or _from_day(version) <= moment:
                effective.append(version)
        if effective:
            yield effective


def newest_in_full(session: Session) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What stands on the website in full now, as it was frozen, with its number: for who decides what is seen of it."""
    for versions in _by_record(session):
        if versions[-1].publication is Publication.YES:
            yield versions[-1].kenmerk, versions[-1].content


def _publication(version: Version) -> Publication:
    """How much of it is public. Not answered is not public."""
    return Publication(version.content["content"]["publication"] or Publication.NO)


def _appears_at(version: _Row) -> datetime:
    return max(version.established_at, _from_day(version))


def _from_day(version: _Row) -> datetime:
    """From when it may be seen. When it was established does not count: a clock that is put back hides nothing."""
    if not version.publish_from:
        return datetime.min.replace(tzinfo=UTC)
    return clock.start_of_day(date.fromisoformat(version.publish_from))


def _view(
    version: Version | _Row, numbers: tuple[int, ...], *, is_limited: bool, chosen: frozenset[str] = frozenset()
) -> PublicProcessingActivity:
    view = _READERS[version.schema_number](version, numbers, chosen)
    if not is_limited:
        return view
    return PublicProcessingActivity(
        id=view.id,
        number=view.number,
        version=view.version,
        versions=view.versions,
        established_at=view.established_at,
        is_limited=True,
        name=view.name,
        controller=view.controller,
        purposes=tuple(PublicPurpose(one.text, one.legal_bases, one.laws, "", "") for one in view.purposes),
        rights=view.rights,
        ended_on=view.ended_on,
    )


class _Frozen:
    """Words of a snapshot: codes get the label and article they had."""

    def __init__(self, snapshot: Mapping[str, Any]) -> None:
        self._labels: Mapping[str, Mapping[str, str]] = snapshot["labels"]
        self._articles: Mapping[str, Mapping[str, str]] = snapshot["articles"]

    def coded(self, path: str, code: str) -> Coded:
        label = self._labels.get(path, {}).get(code)
        if label is None:
            return Coded("", code)
        return Coded(code, label, self._articles.get(path, {}).get(code, ""))

    def maybe(self, path: str, code: str | None) -> Coded | None:
        return self.coded(path, code) if code else None


def _read_1(version: Version | _Row, numbers: tuple[int, ...], chosen: frozenset[str]) -> PublicProcessingActivity:
    """Schema number 1, as `snapshot.snapshot` writes it."""
    snapshot = version.content
    frozen = _Frozen(snapshot)
    derived: Mapping[str, Any] = snapshot["derived"]
    content = ActivityContent.model_validate(publication.visible(snapshot["content"], chosen))
    return PublicProcessingActivity(
        id=version.subject_id,
        number=snapshot["number"],
        version=version.number,
        versions=numbers,
        established_at=version.established_at,
        is_limited=False,
        name=content.name,
        controller=frozen.coded("controller", content.controller),
        purposes=tuple(_purpose(frozen, purpose) for purpose in content.purposes),
        rights=tuple(frozen.coded("rights", code) for code in derived["rights"]),
        ended_on=content.ended_on,
        explanation=content.explanation,
        domain=frozen.maybe("domain", content.domain),
        role=frozen.coded("role", content.role),
        regime=frozen.coded("regime", content.regime),
        started_on=content.started_on,
        reviewed_on=content.reviewed_on,
        joint_controllers=tuple(
            PublicJointController(joint.party, joint.essence, joint.contact_point)
            for joint in content.joint_controllers
        ),
        done_for_others=tuple(text for principal in content.principals for text in principal.categories),
        data_sets=tuple(_data_set(frozen, data_set, derived["sensitivities"]) for data_set in content.data_sets),
        special_categories=tuple(_special_categories(frozen, content, derived["special_categories"])),
        criminal=_ground(frozen, "criminal_ground", content.criminal_ground, content.criminal_law)
        if derived["has_criminal"]
        else None,
        bsn=_ground(frozen, "bsn_ground", content.bsn_ground, content.bsn_law) if derived["has_bsn"] else None,
        about_children=derived["about_children"],
        no_recipients=content.no_recipients,
        recipients=tuple(
            PublicRecipient(recipient.name, frozen.maybe("recipients.kind", recipient.kind), recipient.basis)
            for recipient in content.recipients
        ),
        uses_processors=bool(content.processors),
        transfers_outside_eea=_yes_no(content.transfers_outside_eea),
        transfers=tuple(
            PublicTransfer(
                frozen.coded("transfers.country", transfer.country),
                frozen.maybe("transfers.instrument", transfer.instrument),
                transfer.importer,
            )
            for transfer in content.transfers
        ),
        retentions=tuple(_retention(frozen, retention, content) for retention in content.retentions),
        security=content.security,
        automation=frozen.maybe("automation", content.automation),
        automation_logic=content.automation_logic,
        automation_consequences=content.automation_consequences,
        automation_human=content.automation_human,
        profiling=_yes_no(content.profiling),
        algorithm_register=content.algorithm_register,
        dpia_url=content.dpia.public_url,
        privacy_notice=content.privacy_notice,
        team=content.team,
        based_on=content.based_on,
        principals=tuple(principal.party for principal in content.principals if principal.party),
        processors=tuple(
            PublicProcessor(one.party, one.service) for one in content.processors if one.party or one.service
        ),
        covenants=content.covenants,
        ai_class=frozen.maybe("ai_class", content.ai_class),
        dpia_status=frozen.maybe("dpia.status", content.dpia.status),
        dpia_done_on=content.dpia.done_on,
        iama_on=content.iama_on,
        iama_url=content.iama_url,
        right_restrictions=tuple(
            PublicRestriction(frozen.maybe("right_restrictions.right", one.right), one.text, one.law)
            for one in content.right_restrictions
            if one.right or one.text or one.law
        ),
        police=_police(frozen, content.wpg) if content.wpg != shapes.Wpg() else None,
    )


_READERS = {1: _read_1}
"""How to read a snapshot, by its schema number. Old ones stay: their versions have an address for ever."""


def _purpose(frozen: _Frozen, purpose: shapes.Purpose) -> PublicPurpose:
    return PublicPurpose(
        text=purpose.text,
        legal_bases=tuple(frozen.coded("purposes.legal_bases", code) for code in purpose.legal_bases),
        laws=tuple(PublicLaw(law.name, law.article, law.bwb_number, law.url) for law in purpose.laws),
        consent_asked=purpose.consent_asked,
        consent_withdrawn=purpose.consent_withdrawn,
        interests_assessment=purpose.interests_assessment,
        interests_assessed_on=purpose.interests_assessed_on,
        further_use=_yes_no(purpose.further_use),
        further_use_test=purpose.further_use_test,
    )


def _data_set(frozen: _Frozen, data_set: shapes.DataSet, sensitivities: Mapping[str, str]) -> PublicDataSet:
    return PublicDataSet(
        data_subject=frozen.coded("data_sets.data_subject", data_set.data_subject),
        data=tuple(
            PublicDataItem(
                kind=frozen.coded("data_sets.data.code", item.code) if item.code else Coded("", item.label),
                sensitivity=frozen.maybe(
                    "data_sets.data.sensitivity", item.sensitivity or sensitivities.get(item.code)
                ),
            )
            for item in data_set.data
        ),
        sources=tuple(
            label
            for source in data_set.sources
            if (label := source.text or frozen.coded("data_sets.sources.kind", source.kind).label)
        ),
        from_the_person=any(source.kind == FROM_THE_PERSON for source in data_set.sources),
        obligatory=_yes_no(data_set.obligatory),
        obligatory_consequence=data_set.obligatory_consequence,
    )


def _special_categories(
    frozen: _Frozen, content: ActivityContent, derived: Sequence[str]
) -> Iterator[PublicSpecialCategory]:
    """Those that were filled in, then those that follow from the data and were not."""
    for special in content.special_categories:
        yield PublicSpecialCategory(
            category=frozen.coded("special_categories.category", special.category),
            exception=frozen.maybe("special_categories.exception", special.exception),
            law=special.law,
        )
    known = {special.category for special in content.special_categories}
    for category in derived:
        if category not in known:
            yield PublicSpecialCategory(frozen.coded("derived.special_categories", category), None, "")


def _ground(frozen: _Frozen, path: str, code: str, law: str) -> PublicGround:
    return PublicGround(frozen.maybe(path, code), law)


def _retention(frozen: _Frozen, retention: shapes.Retention, content: ActivityContent) -> PublicRetention:
    about = ""
    if 0 < retention.data_set <= len(content.data_sets):
        data_set = content.data_sets[retention.data_set - 1]
        about = frozen.coded("data_sets.data_subject", data_set.data_subject).label
    return PublicRetention(
        data_subject=about,
        text=retention.text,
        duration=retention.duration,
        trigger=retention.trigger,
        afterwards=frozen.maybe("retentions.afterwards", retention.afterwards),
        selection_list=tuple(frozen.coded("retentions.selection_list", code) for code in retention.selection_list),
    )


def _police(frozen: _Frozen, wpg: shapes.Wpg) -> PublicPoliceData:
    return PublicPoliceData(
        controller=wpg.controller,
        articles=tuple(frozen.coded("wpg.articles", code) for code in wpg.articles),
        boa_domain=frozen.maybe("wpg.boa_domain", wpg.boa_domain),
        data_subjects=tuple(frozen.coded("wpg.data_subjects", code) for code in wpg.data_subjects),
        disclosure=wpg.disclosure,
        retention=wpg.retention,
    )


def _yes_no(answer: YesNo | None) -> bool | None:
    return None if answer is None else answer is YesNo.YES
