"""The gap report that management gets by mail, once a month."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import select

from app.jobs import RETRIES, handlers
from core import clock, jobs
from core.accounts.models import RoleCode
from core.accounts.services import add_user
from core.audit import AuditEvent
from core.jobs import Job
from core.settings import Settings
from support.inventories import good_message, good_product
from support.mail_server import mail_server
from wmebv import services
from wmebv.models import ReportFigures
from wmebv.report_mails import ask_for_reports

FIRST = datetime(2026, 12, 1, 8, 30, tzinfo=clock.AMSTERDAM)


def test_each_manager_gets_the_report_once_a_month_as_a_pdf(database, organisation, folder, actor):
    with database.write(organisation.id) as session:
        product = services.add_product(session, good_product(), actor=actor)
        services.add_message_type(session, product, good_message(channels=()), actor=actor)
    with database.write(None) as session:
        for name, email, role in (
            ("Mo", "mo@losser.example", RoleCode.MANAGEMENT),
            ("Zonder", "", RoleCode.MANAGEMENT),
            ("Lezer", "lezer@losser.example", RoleCode.READER),
        ):
            add_user(
                session,
                username=name.lower(),
                name=name,
                password=None,
                roles=[role],
                organisation_id=organisation.id,
                actor=actor,
                email=email,
            )
    with mail_server() as server:
        settings = Settings(
            _env_file=None,
            app_url="http://localhost",
            smtp_host="127.0.0.1",
            smtp_port=server.port,
            smtp_security="none",
            smtp_from="o@x.nl",
        )
        mailing = replace(folder, settings=settings)
        for moment, asked in (
            (FIRST - timedelta(days=3), 0),
            (FIRST - timedelta(hours=1), 0),
            (FIRST, 1),
            (FIRST + timedelta(days=1), 0),
            (FIRST + timedelta(days=9), 0),
        ):
            with clock.frozen(moment):
                assert ask_for_reports(database, settings) == asked
                while jobs.run_one(database, handlers(mailing), "test", retries=RETRIES):
                    pass
        [sent] = server.received
    [pdf] = sent.iter_attachments()
    assert (sent["To"], pdf.get_filename(), pdf.get_content()[:5]) == (
        "mo@losser.example",
        "wmebv-2026-12-01.pdf",
        b"%PDF-",
    )
    text = sent.get_body(("plain",)).get_content()
    assert "op 1 december 2026:" in text
    assert "- 1 bericht: " in text
    assert "http://localhost/wmebv/rapport/" in text
    with database.read(organisation.id) as session:
        assert [one.state for one in session.exec(select(Job))] == [jobs.JobState.DONE]
        assert len(session.exec(select(ReportFigures)).all()) == 1  # for the trend of the next one
        assert session.exec(select(AuditEvent.action).where(AuditEvent.action == "wmebv:report:mail")).all()
