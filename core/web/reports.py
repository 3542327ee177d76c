"""A report as a page and as files, for today or for an earlier day: the same for every register.

A file is made within a session that only reads, which ends before the trail is written: making may take seconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from core import audit, clock, reports
from core.accounts.services import Person
from core.errors import BadInput, NotFound
from core.reports import Form, Report
from core.web.pages import page
from core.web.security import database


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Where a report stands, and how it is made.

    `read` gives the report on a day and raises BadInput for a day that cannot be; `action` is what the trail calls a
    download, and `more` are other files, with what they are.
    """

    address: str
    name: str
    trail: Sequence[tuple[str, str]]
    action: str
    read: Callable[[Session, date], Report]
    more: Sequence[tuple[str, str]] = ()

    def show(self, request: Request, session: Session, person: Person, typed: str) -> Response:
        """The page. A day that cannot be gets a sentence and the report of today, if there is one."""
        made, faults = None, []
        for asked_day in (typed, "") if typed else ("",):
            try:
                made = self._made(session, asked_day)
                break
            except BadInput as refused:
                faults.append(refused.message)
        day, today = made.paper.day if made else clock.today(), clock.today()
        asked = f"?dag={day.isoformat()}" if day != today else ""
        return page(
            request,
            "report.html",
            person=person,
            status_code=422 if typed and faults else 200,
            page_title=made.paper.title if made else self.name,
            trail=[*self.trail, (self.name, "")],
            address=self.address,
            faults=faults,
            paper=made.paper if made else None,
            day=day.isoformat(),
            today=today.isoformat(),
            files=[(ending, f"{self.address}{made.name}.{ending}{asked}") for ending in reports.FORMS] if made else [],
            more=self.more,
        )

    def download(self, request: Request, person: Person, ending: str, typed: str, sheet: str = "") -> Response:
        """The report, or one sheet of it, as a file which the trail hears of.

        Raises:
            NotFound: there is no report with this ending.
            BadInput: the day cannot be, or there is no such sheet.
        """
        try:
            form = reports.form_of(Path(f"{self.name}.{ending}"))
        except BadInput:
            raise NotFound(f"Dit rapport bestaat niet. Kies {', '.join(reports.FORMS)}.") from None
        return self.hand_out(request, person, form, lambda session: self._made(session, typed), sheet)

    def hand_out(
        self, request: Request, person: Person, form: Form, read: Callable[[Session], Report], sheet: str = ""
    ) -> Response:
        """A report as a file, after the trail knows of it."""
        with database(request).read(person.organisation_id) as session:
            made = read(session)
        if sheet:
            made = reports.only(made, sheet)
        name = f"{sheet.lower() or made.name}-{made.paper.day}.{form.ending}"
        content = form.write(made)
        with database(request).write(person.organisation_id) as session:
            subject = ("core_organisation", person.organisation_id, self.name)
            audit.note_download(session, actor=person.actor, action=self.action, subject=subject, file=name)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=form.media_type, headers=headers)

    def _made(self, session: Session, typed: str) -> Report:
        try:
            day = date.fromisoformat(typed) if typed else clock.today()
        except ValueError:
            raise BadInput("Dit is geen datum. Kies een dag.") from None
        return self.read(session, day)
