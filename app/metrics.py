"""Numbers for monitoring, in the text format of Prometheus: only with the setting `METRICS`, and nothing personal."""

from collections.abc import Iterable, Iterator, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from sqlmodel import Session, func, select

from core.db import bind_organisation
from core.jobs import Job, JobState
from core.organisations import all_organisations
from core.settings import Settings
from core.web.security import database
from publish import deliveries, queries
from publish.models import RunState

KIND = "text/plain; version=0.0.4; charset=utf-8"
open_router = APIRouter()
Sample = tuple[Mapping[str, str], float]


@open_router.get("/metrics")
def show_metrics(request: Request) -> Response:
    settings = request.app.state.folder.settings
    if not settings.metrics:
        return PlainTextResponse("Zet OPENBOEK_METRICS op true om cijfers te tonen.\n", status_code=404)
    found: dict[str, list[Sample]] = {}
    with database(request).read(None) as session:
        counts = dict(session.exec(select(Job.state, func.count()).group_by(Job.state)).all())
        found["openboek_jobs"] = [({"state": state.value}, counts.get(state, 0)) for state in JobState]
        organisations = [(one.id, one.code) for one in all_organisations(session)]
    for organisation_id, code in organisations:
        with database(request).read(None) as session:
            bind_organisation(session, organisation_id)
            for name, labels, number in _of_organisation(session, settings):
                found.setdefault(name, []).append(({"organisation": code, **labels}, number))
    return PlainTextResponse("".join(_lines(found)), media_type=KIND)


HELP = {
    "openboek_jobs": "Work in the queue, by state.",
    "openboek_export_last_success_timestamp_seconds": "When the last good export began.",
    "openboek_export_last_failed": "1 when the last export failed or was refused.",
    "openboek_export_seconds": "Seconds of each step of the last good export.",
    "openboek_public": "What stands on the site since the last good export.",
    "openboek_target_behind": "1 when a copy elsewhere is behind.",
    "openboek_verify_faults": "Faults in the last look at the site from outside.",
}


def _of_organisation(session: Session, settings: Settings) -> Iterator[tuple[str, Mapping[str, str], float]]:
    last, good = queries.last_run(session), queries.last_good_run(session)
    if last:
        failed = last.state in {RunState.FAILED, RunState.REFUSED}
        yield "openboek_export_last_failed", {}, failed
    if good:
        yield "openboek_export_last_success_timestamp_seconds", {}, round(good.started_at.timestamp())
        yield from (("openboek_export_seconds", {"step": step}, many) for step, many in good.seconds.items())
        yield from (("openboek_public", {"kind": kind}, number) for kind, number in good.counts.items())
    for one in deliveries.states(session, settings):
        yield "openboek_target_behind", {"target": one.name}, bool(one.error)
    if verdict := queries.last_verdict(session):
        yield "openboek_verify_faults", {}, len(verdict.faults)


def _lines(found: Mapping[str, Iterable[Sample]]) -> Iterator[str]:
    for name, samples in sorted(found.items()):
        yield f"# HELP {name} {HELP[name]}\n# TYPE {name} gauge\n"
        for labels, number in samples:
            named = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items())
            yield (
                f"{name}{{{named}}} {number:g}\n" if isinstance(number, float) else f"{name}{{{named}}} {int(number)}\n"
            )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
