"""`openboek demo`: an example municipality with everything in it, in an empty folder, without configuration."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlmodel import select

from app import schema, setup
from app.overview import counted_by_severity, findings_per_register, status_of
from app.samples.filling import ACTOR, fill
from core import clock, reports
from core.accounts.models import User
from core.accounts.services import one_time_password, set_password
from core.cli import Installation, note, opened, say, say_table, stderr
from core.db import Database
from core.errors import Failed
from core.folder import Folder
from core.organisations import Organisation
from publish import services as publishing
from publish.check import verify
from wmebv.services import written_report

CODE = "gm0168"
NAME = "Gemeente Losser"
BASE_URL = "https://openboek.example"
FACTS = {
    "is_demo": True,
    "address": "Raadhuisplein 1, 7581 AG Losser",
    "phone": "14 053",
    "email": "openboek@openboek.example",
    "website": "https://openboek.example",
    "owms_label": "Voorbeeldgemeente",
    "owms_uri": "http://standaarden.overheid.nl/owms/terms/Voorbeeldgemeente",
    "dpo_contact": "fg@openboek.example",
    "dpo_name": "De functionaris gegevensbescherming",
    "dpo_registered_on": date(2018, 5, 25),
    "rights_url": "https://openboek.example/privacy",
}


@dataclass(slots=True)
class _Steps:
    """The steps with their times, shown as a bar while they run."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Callable[[], None]]:
        task = self.progress.add_task(name, total=total)
        start = time.perf_counter()
        yield lambda: self.progress.advance(task)
        self.seconds[name] = time.perf_counter() - start
        self.progress.update(task, total=1, completed=1)


def run(directory: Path, *, serve_after: bool, host: str, port: int, site_port: int) -> None:
    """Make (or find again) the example, export and check it, report, and serve it.

    Raises:
        Failed: the folder cannot be written, or a port is in use.
    """
    from app.serve import listen, serve

    if serve_after:
        for wanted in (port, site_port):  # better now than after half a minute of work
            listen(host, wanted).close()
    folder = Folder.at(directory)
    folder.prepare()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr) as progress:
        steps = _Steps(progress)
        password = _prepare(folder, steps)
        with opened(directory, CODE) as here:
            with steps.step("Website en bestanden exporteren"):
                outcome = publishing.run(here.database, folder, here.organisation_id, actor=ACTOR)
            with steps.step("Controleren zoals de Woo-index leest"):
                report = verify(str(outcome.live))
            with steps.step("Rapport over digitaal zakendoen maken"):
                reports = _write_reports(here)
    with opened(directory, CODE) as here:
        _say_result(here, steps.seconds, len(report.faults), outcome.live, reports)
        if report.faults:
            raise Failed("De voorbeeldsite heeft fouten. Dat hoort niet; meld het met de uitvoer hierboven.")
        if serve_after:
            _say_addresses(host, port, site_port, password)
            serve(here, host=host, port=port, site_port=site_port, with_worker=True)


def _prepare(folder: Folder, steps: _Steps) -> str | None:
    """Make what is not there yet. Returns a one-time password when nobody has logged in so far."""
    database = Database(folder.database_url)
    try:
        with steps.step("Database maken"):
            schema.upgrade(database)
        with database.read(None) as session:
            found = session.exec(select(Organisation).where(Organisation.code == CODE)).first()
            organisation_id = found.id if found else None
        if organisation_id is None:
            setup.prepare(folder, code=CODE, name=NAME, base_url=BASE_URL, **FACTS)
            with database.read(None) as session:
                organisation_id = session.exec(select(Organisation).where(Organisation.code == CODE)).one().id
        fill(database, folder, organisation_id, steps.step)
        return _password(database)
    finally:
        database.close()


def _password(database: Database) -> str | None:
    """A fresh one-time password, for as long as nobody has chosen one: the old one scrolled off the screen."""
    with database.write(None) as session:
        user = session.exec(select(User).where(User.username == setup.ADMINISTRATOR)).one()
        if not user.must_change_password:
            return None
        password = one_time_password()
        set_password(session, user, password, actor=ACTOR, must_change=True)
        return password


def _write_reports(here: Installation) -> list[Path]:
    with here.database.read(here.organisation_id) as session:
        report = written_report(session, clock.today())
    endings = ("html", "pdf", "xlsx", "csv", "json")
    return [reports.write(report, here.folder.reports / f"wmebv.{ending}") for ending in endings]


def _say_result(here: Installation, seconds: dict[str, float], faults: int, live: Path, reports: list[Path]) -> None:
    with here.database.read(here.organisation_id) as session:
        status = status_of(session, nightly_at=here.folder.settings.nightly_at)
        found = findings_per_register(session)
    rows = [
        ("Verwerkingen", status["register"]["total"], f"{status['register']['established']} vastgesteld"),
        ("Woo-documenten", status["woo"]["documents"], f"{status['woo']['documents_published']} openbaar"),
        ("Producten", status["wmebv"]["products"], f"{status['wmebv']['message_types']} soorten berichten"),
    ]
    say_table(("Wat", "Aantal", "Waarvan"), rows, title=f"{here.organisation.name} (voorbeeld)")
    say_table(("Bevindingen", "Fouten", "Waarschuwingen", "Tips"), counted_by_severity(found))
    times = [(name, f"{spent:.1f}") for name, spent in seconds.items()]
    say_table(("Stap", "Seconden"), [*times, ("Samen", f"{sum(seconds.values()):.1f}")])
    say(f"Controle van de site: {faults} fouten.")
    say(f"De openbare site staat in {live}.")
    say(f"Het rapport staat in {reports[0]}.")


def _say_addresses(host: str, port: int, site_port: int, password: str | None) -> None:
    say("")
    say(f"Applicatie:       http://{host}:{port}/")
    if password:
        say(f"                  log in als '{setup.ADMINISTRATOR}', wachtwoord voor één keer: {password}")
    else:
        say(f"                  log in als '{setup.ADMINISTRATOR}' met het wachtwoord dat u koos")
    say(f"Openbare website: http://{host}:{site_port}/")
    note("Stop met Ctrl-C.")
