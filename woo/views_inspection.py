"""What the pages of the check before publishing show, in the shapes that the templates take."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.web.forms import Labels, Typed
from core.web.lists import Cell
from core.web.pages import dutch_moment, dutch_number, file_size
from woo import services
from woo.content import DecisionState, DocumentState, InspectionState
from woo.hits import OPEN, Stand, Standing
from woo.inspection import Kind, words
from woo.models import Document, FileInspection, HitDecision, InspectionHit, Overview
from woo.services import Checked

MAX_SHOWN = 100
"""Hits of a kind that a page lists one by one."""
ALL = "*"
SETTINGS = {
    "known": Labels(
        "Van de gemeente zelf",
        "Telefoonnummers, adressen, e-mailadressen en rekeningnummers die geen melding geven. Zet elk op een eigen "
        "regel. Een regel als @gemeente.nl geldt voor alle e-mailadressen die zo eindigen.",
        required=True,
    ),
}
REASON = Labels(
    "Waarom mag dit openbaar zijn?",
    "Bijvoorbeeld: 'de namen zijn van wethouders'. Schrijf geen persoonsgegevens op: de reden blijft staan.",
    required=True,
)

ANSWER = Labels(
    "Uw toelichting",
    "Mag iets niet openbaar? Schrijf op waarom. Wie het vroeg, ziet dit. Schrijf geen persoonsgegevens op.",
)


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind, to be chosen in a form; `name` is that of the field."""

    name: str
    hits: Sequence[InspectionHit]
    label: Labels
    options: Sequence[tuple[str, str]]


def has_file(checked: Checked) -> bool:
    """Whether there is something here to look at."""
    return bool(checked.sha256) and not (isinstance(checked, Document) and checked.source_url)


def is_over(checked: Checked) -> bool:
    """Whether it was taken back for good."""
    return isinstance(checked, Document) and checked.state is DocumentState.WITHDRAWN


def check_badge(session: Session, checked: Checked, *, is_shown: bool) -> str:
    """In one word how far the check of a file is; empty when there is nothing to check.

    `is_shown`: the public sees just this.
    """
    if not has_file(checked) or is_over(checked):
        return ""
    found = services.inspection_of(session, checked.sha256)
    if found is None:
        return "" if is_shown else InspectionState.WAITING.value
    if found.state is not InspectionState.DONE:
        return found.state.value
    standing = services.standing(session, checked, found)
    if standing.count(*OPEN, critical=True):
        return "kritiek"
    return "nakijken" if standing.hinders else "in orde"


def groups(standing: Standing, said: Mapping[str, HitDecision], *stands: Stand, prefix: str = "hit") -> Sequence[Group]:
    """The hits that stand so, by kind: critical ones first, for the rest in the order of the file."""
    found: dict[tuple[bool, Kind], list[InspectionHit]] = {}
    for hit, stand in standing.hits:
        if stand in stands and isinstance(hit, InspectionHit):
            found.setdefault((not hit.critical, hit.kind), []).append(hit)
    ordered = sorted(found.items(), key=lambda item: (item[0][0], item[1][0].position))
    return [_group(prefix, kind, hits, said, is_critical=not last) for (last, kind), hits in ordered]


def _group(
    prefix: str, kind: Kind, hits: Sequence[InspectionHit], said: Mapping[str, HitDecision], *, is_critical: bool
) -> Group:
    about = words()[kind]
    options = [(ALL, f"Alle {len(hits)} hieronder")] if len(hits) > 1 else []
    options += [(hit.key, _told(hit, said.get(hit.key))) for hit in hits[:MAX_SHOWN]]
    more = f" De eerste {MAX_SHOWN} staan hier." if len(hits) > MAX_SHOWN else ""
    critical = "Kritiek: " if is_critical else ""
    todo = f" {about.todo}" if prefix == "hit" else ""
    label = Labels(f"{critical}{about.label} ({len(hits)})", f"{about.what}{todo}{more}", required=True)
    return Group(f"{prefix}-{kind.value}{'-kritiek' if is_critical else ''}", hits, label, options)


def _told(hit: InspectionHit, said: HitDecision | None) -> str:
    place = ", ".join(filter(None, (f"pagina {hit.page}" if hit.page else "", hit.place)))
    told = f"{place}: {hit.snippet}" if place else hit.snippet
    return f"{told} ({_answer(said)})" if said else told


def _answer(said: HitDecision) -> str:
    """Who said why, and what the second person found."""
    if said.state is DecisionState.REFUSED:
        why = f", omdat: {said.answer}" if said.answer else ""
        return f"{said.decided_by} vond: mag niet openbaar{why}"
    reason = f"{said.asked_by}: {said.reason}"
    if said.state is not DecisionState.APPROVED:
        return reason
    return f"{reason} Akkoord: {said.decided_by}{f' ({said.answer})' if said.answer else ''}"


def chosen(typed: Typed, found: Sequence[Group]) -> Collection[str]:
    """The keys of the hits that were ticked, one by one or all of a kind."""
    keys: set[str] = set()
    for group in found:
        ticked = typed.values(group.name)
        keys.update([hit.key for hit in group.hits] if ALL in ticked else ticked)
    return keys


def hit_rows(standing: Standing, said: Mapping[str, HitDecision], *stands: Stand) -> list[list[object]]:
    """A row for each hit that stands so: what, where, the text around it, and what people said."""
    return [
        [
            Cell(words()[hit.kind].label, badge="kritiek" if hit.critical else ""),
            ", ".join(filter(None, (f"pagina {hit.page}" if hit.page else "", hit.place))) or "-",
            hit.snippet,
            _said(stand, said.get(hit.key)),
        ]
        for hit, stand in standing.hits
        if stand in stands and isinstance(hit, InspectionHit)
    ][:MAX_SHOWN]


def _said(stand: Stand, said: HitDecision | None) -> str:
    return stand.value if said is None or stand is Stand.OPEN else f"{stand.value}. {_answer(said)}"


def notices(standing: Standing) -> list[tuple[str, object]]:
    """What makes the file better, without standing in the way."""
    kinds = {hit.kind for hit, stand in standing.hits if stand is Stand.NOTICE}
    found = [words()[kind] for kind in sorted(kinds)]
    return [(one.label, f"{one.what} {one.todo}") for one in found]


def facts(checked: Checked, found: FileInspection) -> list[tuple[str, object]]:
    """Which file was looked at, and what becomes public of it."""
    if isinstance(checked, Overview):
        return [
            ("Wordt openbaar", f"de lijst met {dutch_number(len(checked.rows))} regels, op een pagina en als bestand"),
            ("Nagekeken", dutch_moment(found.at)),
        ]
    if found.stripped == checked.sha256:
        public = "het bestand zoals het is"
    else:
        public = f"het bestand zonder eigenschappen zoals de maker ({file_size(found.stripped_size)})"
    return [
        ("Bestand", f"{checked.file_name} ({file_size(checked.size)})"),
        ("Wordt openbaar", public),
        ("Nagekeken", dutch_moment(found.at)),
    ]
