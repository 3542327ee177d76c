"""Categories and commands: what is established shows, what a list says comes in, what a command did is told."""

import json
from datetime import date
from pathlib import Path

import pytest
import typer
from sqlmodel import Session, select

from core import history
from core.errors import BadInput, Conflict, NotFound
from core.folder import Folder
from core.organisations import add_organisation
from support import woo_documents as make
from woo import cli, lists, public, queries, services
from woo.content import CategoryContent, CategoryStatus, DocumentState, LocationContent
from woo.models import Category, Document

TODAY = date(2026, 11, 21)


def category(session: Session, number: str = "011") -> Category:
    services.add_categories(session, actor=make.AISHA)
    return session.exec(select(Category).where(Category.number == number)).one()


def test_the_categories_come_once_and_say_what_is_not_sure(session):
    assert len(services.add_categories(session, actor=make.AISHA)) == 18
    assert services.add_categories(session, actor=make.AISHA) == []
    rows = {row.category.number: row for row in queries.overview(session, TODAY)}
    assert list(rows) == list(lists.categories())
    assert [number for number, row in rows.items() if row.content.status is CategoryStatus.NOT_APPLICABLE] == [
        "007",
        "013",
    ]
    assert not any(row.content.in_force_checked for row in rows.values())
    assert rows["001"].content.in_force_since == date(2024, 11, 1)
    assert rows["014"].content.in_force_since is None


def test_only_what_was_established_shows_and_without_what_is_internal(session, folder):
    found = category(session)
    assert public.public_categories(session) == []
    location = LocationContent(url="https://a.example/convenanten", source_system="NIET-OPENBAAR")
    content = CategoryContent(
        status=CategoryStatus.STARTED, ambition="NIET-OPENBAAR", team="NIET-OPENBAAR", locations=(location,)
    )
    services.change_category(session, found, content, version=found.version, actor=make.AISHA)
    services.establish_category(session, found, actor=make.AISHA)
    services.establish_category(session, found, actor=make.AISHA)
    make.publish(session, folder, category="011")
    (shown,) = public.public_categories(session)
    assert (shown.number, shown.slug, shown.status, shown.document_count) == ("011", "011-convenanten", "bezig", 1)
    assert shown.locations == (public.PublicLocation("https://a.example/convenanten", ""),)
    assert "NIET-OPENBAAR" not in repr(shown)
    assert len(history.versions_of(session, found.id)) == 1, "without a change there is nothing to establish"


def test_a_location_is_added_once(session):
    found = category(session)
    for _ in range(2):
        services.add_location(session, found, LocationContent(url="https://a.example/x"), actor=make.AISHA)
    assert [location.host for location in found.locations] == ["a.example"]


def test_who_saves_an_old_category_is_told(session):
    found = category(session)
    old = found.version
    services.change_category(session, found, CategoryContent(), version=old, actor=make.AISHA)
    with pytest.raises(Conflict):
        services.change_category(session, found, CategoryContent(), version=old, actor=make.AISHA)


def test_findings_of_the_register_name_the_page_where_they_are_mended(session, folder):
    category(session)
    document = make.add(session, folder, title="")
    found = queries.findings(session, TODAY)
    assert (f"/woo/documenten/{document.id}", "WOO-001") in [(href, one.rule_id) for href, one in found]
    assert ("/woo/categorieen/001", "WOO-101") in [(href, one.rule_id) for href, one in found]


@pytest.fixture
def directory(tmp_path: Path, _sqlite_image: bytes) -> Path:
    """An installation in a folder, as a command finds it."""
    place = tmp_path / "d"
    here = Folder.at(place)
    here.prepare()
    (place / "openboek.db").write_bytes(_sqlite_image)
    database = here.database()
    with database.write(None) as session:
        add_organisation(
            session,
            code="gm0168",
            name="Gemeente Losser",
            base_url="https://openboek.example",
            tooi_uri="https://identifier.overheid.nl/tooi/id/gemeente/gm0168",
            tooi_label="gemeente Losser",
            actor=make.AISHA,
        )
    database.close()
    return place


def documents(directory: Path) -> list[Document]:
    database = Folder.at(directory).database()
    with database.read(None) as session:
        found = list(session.exec(select(Document).order_by(Document.title)))
        for document in found:
            document.dossier  # noqa: B018 - loaded while the session is open
    database.close()
    return found


def test_a_list_of_documents_comes_in_as_concepts_and_a_second_time_changes_nothing(directory, tmp_path, capsys):
    (tmp_path / "a.pdf").write_bytes(make.pdf())
    listed = tmp_path / "lijst.csv"
    listed.write_text(
        "titel;bestand;categorie;vastgesteld;dossier\n"
        "Besluit A;a.pdf;002;16-11-2026;Speelplekken\n"
        "Besluit B;https://ris.example/b.pdf;011;2026-11-16;Speelplekken\n"
        "Besluit C;weg.pdf;002;16-11-2026;Speelplekken\n"
        ";a.pdf;002;16-11-2026;Speelplekken\n",
        encoding="utf-8",
    )
    for added, known in ((2, 0), (0, 2)):
        with pytest.raises(typer.Exit) as ended:
            cli.import_documents(listed, directory, format_="json")
        told = json.loads(capsys.readouterr().out)
        assert (ended.value.exit_code, told["added"], told["unchanged"], told["heading_row"]) == (1, added, known, 1)
        assert [skipped["row"] for skipped in told["skipped"]] == [4, 5]
    first, second = documents(directory)
    assert (first.title, first.format_code, first.state) == ("Besluit A", "PDF", DocumentState.CONCEPT)
    assert (second.source_url, second.dossier_id) == ("https://ris.example/b.pdf", first.dossier_id)


def test_a_trial_says_what_would_happen_and_keeps_nothing(directory, tmp_path, capsys):
    listed = tmp_path / "lijst.csv"
    listed.write_text("titel;categorie\nBesluit A;002\n", encoding="utf-8")
    cli.import_documents(listed, directory, dry_run=True, format_="json")
    told = json.loads(capsys.readouterr().out)
    assert (told["records"], told["preview"][0]["title"]) == (1, "Besluit A")
    assert {"heading": "categorie", "field": "category", "score": 1.0} in told["columns"]
    assert documents(directory) == []


def test_a_list_of_categories_fills_what_it_says_and_leaves_the_rest(directory, tmp_path, capsys):
    listed = tmp_path / "roo.csv"
    listed.write_text("nummer;status;url\n001;bezig;https://a.example/\n001;;https://b.example/\n", encoding="utf-8")
    cli.import_categories(listed, directory)
    assert "Nieuw of gewijzigd: 2" in capsys.readouterr().out
    cli.import_categories(listed, directory)
    assert "Stond er al: 2" in capsys.readouterr().out


def test_a_list_of_processes_comes_in_by_command(directory, tmp_path, capsys):
    listed = tmp_path / "kaart.csv"
    listed.write_text("proces;documentsoort;categorie\nKlachten;oordeel;017\n", encoding="utf-8")
    cli.import_processes(listed, directory, dry_run=True)
    assert "Er is niets opgeslagen (proef)." in capsys.readouterr().out
    cli.import_processes(listed, directory)
    assert "Nieuw of gewijzigd: 1" in capsys.readouterr().out
    cli.import_processes(listed, directory)
    assert "Stond er al: 1" in capsys.readouterr().out


def test_publish_and_withdraw_by_command(directory, tmp_path, capsys):
    (tmp_path / "a.pdf").write_bytes(make.pdf())
    listed = tmp_path / "lijst.csv"
    listed.write_text(
        "titel;bestand;categorie;vastgesteld\nBesluit A;a.pdf;002;2026-11-16\nBesluit B;;002;2026-11-16\n", "utf-8"
    )
    cli.import_documents(listed, directory)
    good, bad = documents(directory)
    capsys.readouterr()
    with pytest.raises(typer.Exit):
        cli.publish([str(good.id), str(bad.id)], directory)
    told = capsys.readouterr()
    address = told.out.strip()
    assert address.startswith("https://openboek.example/woo/documenten/")
    assert "nog geen bestand" in told.err
    cli.withdraw([address], "Correctie privacygevoelige gegevens", directory)
    assert documents(directory)[0].withdrawal_reason == lists.REASONS.codes[0]
    with pytest.raises(NotFound, match="geen document"):
        cli.publish(["https://openboek.example/onbekend.pdf"], directory)
    with pytest.raises(BadInput, match="bestaat niet"):
        cli.import_documents(listed, directory, format_="yaml")
