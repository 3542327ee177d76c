"""Work on the background, followed on screen: the page moves on by itself."""

from playwright.sync_api import expect
from sqlmodel import select

from core.cli import Installation
from core.jobs import Job, JobState
from support.browsing import Open, quiet


def test_the_progress_moves_by_itself_and_the_end_is_told(open_as: Open, installation: Installation) -> None:
    page = open_as("els")
    with installation.database.write(installation.organisation_id) as session:
        job = session.exec(select(Job).where(Job.kind == "voorbeeld", Job.state == JobState.RUNNING)).one()
        again = job.progress, job.message
    with quiet(page):
        page.goto(f"/beheer/werk/{job.id}")
        bar = page.get_by_role("progressbar", name="Voortgang")
        expect(bar).to_have_attribute("value", "3")
        cancel = page.get_by_role("button", name="Afbreken")
        cancel.focus()
        _change(installation, job, progress=7, message="Regel 7 van 10")
        expect(bar).to_have_attribute("value", "7")
        expect(page.get_by_text("Regel 7 van 10")).to_be_visible()
        expect(cancel).to_be_focused()  # what a person has in hand stays there
        _change(installation, job, state=JobState.DONE, message="Er zijn 10 regels gelezen.")
        expect(page.get_by_text("Er zijn 10 regels gelezen.")).to_be_visible()
        expect(cancel).to_have_count(0)
    _change(installation, job, state=JobState.RUNNING, progress=again[0], message=again[1])


def _change(installation: Installation, job: Job, **facts: object) -> None:
    with installation.database.write(installation.organisation_id) as session:
        found = session.get_one(Job, job.id)
        for name, value in facts.items():
            setattr(found, name, value)
