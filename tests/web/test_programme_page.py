"""The page of the report on the whole programme: for who may read all three registers."""

from sqlmodel import select

from core.audit import AuditEvent


def test_management_reads_it_and_takes_it_along(client_as, database, organisation):
    manager = client_as("management")
    page = manager.get("/rapport/").text
    assert "Hoe staan we ervoor?" in page
    assert "/rapport/programma.pdf" in page
    assert 'href="/rapport/"' in manager.get("/").text
    assert manager.get("/rapport/programma.csv").content.decode("utf-8-sig").startswith("Onderdeel;Soort;")
    with database.read(organisation.id) as session:
        query = select(AuditEvent).where(AuditEvent.action == "core:report:download")
        assert len(session.exec(query).all()) == 1


def test_who_may_not_read_all_registers_does_not_see_it(client_as):
    for role in ("invuller", "woo_redacteur"):
        person = client_as(role)
        assert person.get("/rapport/").status_code == 403
        assert person.get("/rapport/programma.csv").status_code == 403
        assert 'href="/rapport/"' not in person.get("/").text
