"""Overviews of Woo art. 3.3a: what must stand in them, the two weeks, and what the website shows."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from core import clock, jobs
from core.audit import Actor, AuditEvent
from core.db import Database
from core.errors import BadInput, Conflict, RuleViolation
from core.folder import Folder
from core.organisations import Organisation
from core.sheets import Sheet
from support.site import AISHA, SECRET, built, page, words
from support.woo_documents import dossier, publish
from woo import importer, overviews, queries, rules, services
from woo.content import GroundContent, InspectionState, OverviewKind, Withholding
from woo.inspection import Kind
from woo.models import Overview

BRAM = Actor("Bram")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SUBSIDY = ["Algemene subsidieverordening", "Stichting Speelplek", "=A1 Speeltoestellen", "€ 12.000", "1-10-2026"]
HEADINGS = ["Regeling", "Ontvanger", "Activiteiten", "Verleend", "Datum besluit"]


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


def read(kind: OverviewKind, *rows: list[str]) -> tuple[tuple[str, ...], ...]:
    return importer.read_overview(kind, [Sheet("Blad1", [list(row) for row in rows])])


def take(session: Session, *rows: list[str]) -> int:
    version = queries.overview_of(session, OverviewKind.SUBSIDIES).version
    found = read(OverviewKind.SUBSIDIES, HEADINGS, *rows)
    return services.take_overview(session, OverviewKind.SUBSIDIES, found, version=version, actor=AISHA).version


def test_woo_3_3a_names_what_each_overview_holds():
    """Woo art. 3.3a lid 1 to 3, as woo-index section 10 has them."""
    needed = {
        kind: {column.heading for column in form.columns if column.needed} for kind, form in overviews.FORMS.items()
    }
    assert needed[OverviewKind.SUBSIDIES] == {"grondslag", "ontvanger", "activiteiten en voorschriften", "datum"}
    assert needed[OverviewKind.DECISIONS] == {"grondslag", "rechtsgevolg en voorschriften", "datum"}
    assert needed[OverviewKind.COMPLAINTS] == {
        "ontvangen op",
        "onderdeel",
        "gedraging",
        "bevindingen",
        "oordeel",
        "conclusies",
        "datum oordeel",
    }
    every = {column.heading for column in overviews.FORMS[OverviewKind.SUBSIDIES].columns}
    assert {"bedrag verleend", "bedrag vastgesteld", "wijziging", "intrekking"} <= every


def test_a_list_is_read_in_the_order_of_the_columns_with_days_as_days():
    assert read(OverviewKind.SUBSIDIES, HEADINGS, SUBSIDY) == (
        (*SUBSIDY[:4], "", "", "", "2026-10-01"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["Ontvanger", "Datum"], ["Stichting", "1-1-2026"]], "kolom 'grondslag'"),
        ([["Grondslag", "Ontvanger"], ["ASV", "Stichting"]], "activiteiten en voorschriften, datum"),
        ([HEADINGS, [*SUBSIDY[:4], ""]], "Rij 2: vul 'datum' in."),
        ([HEADINGS, [*SUBSIDY[:4], "gisteren"]], "'gisteren' is geen datum"),
        ([HEADINGS, ["x" * 4001, *SUBSIDY[1:]]], "te lang"),
        ([HEADINGS], "staat onder de koppen niets"),
        ([HEADINGS, *[["", "a", "b", "c", "1-1-2026"]] * 7], "En nog 2 fouten"),
    ],
)
def test_a_list_that_misses_what_the_law_asks_is_refused_as_a_whole(rows, told):
    with pytest.raises(BadInput, match=told):
        read(OverviewKind.SUBSIDIES, *rows)


def test_an_overview_is_public_only_when_somebody_says_so_and_until_it_is_taken_off(session: Session):
    version = take(session, SUBSIDY)
    assert "woo/overzichten/subsidies/index.html" not in built(session)
    services.show_overview(session, OverviewKind.SUBSIDIES, version=version, actor=AISHA)
    found = page(files := built(session), "/woo/overzichten/subsidies/")
    assert [words(cell) for cell in found.xpath("//tbody/tr[1]/*")] == [
        *SUBSIDY[:4],
        *["niet ingevuld"] * 3,
        "1 oktober 2026",
    ]
    assert words(page(files, "/woo/").xpath("//h2[@id='overzichten']/following-sibling::ul/li/a")[0]) == "Subsidies"
    (_, row) = csv.reader(
        io.StringIO(files["woo/overzichten/subsidies/overzicht.csv"].decode("utf-8-sig")), delimiter=";"
    )
    assert row[2] == "'=A1 Speeltoestellen", "no cell is a formula"
    take(session, [*SUBSIDY[:1], SECRET, *SUBSIDY[2:]])
    assert [name for name, data in built(session).items() if SECRET.encode() in data] == []
    assert queries.overview_of(session, OverviewKind.SUBSIDIES).differs
    version = queries.overview_of(session, OverviewKind.SUBSIDIES).version
    services.hide_overview(session, OverviewKind.SUBSIDIES, version=version, actor=AISHA)
    assert "woo/overzichten/subsidies/index.html" not in built(session)
    with pytest.raises(RuleViolation):
        services.hide_overview(session, OverviewKind.SUBSIDIES, version=version, actor=AISHA)


def test_woo_3_3a_lid_5_an_overview_is_renewed_every_two_weeks(session: Session):
    services.show_overview(session, OverviewKind.SUBSIDIES, version=take(session, SUBSIDY), actor=AISHA)

    def late() -> list[str]:
        return [one.rule_id for _, one in queries.findings(session, clock.today()) if one.rule_id == "WOO-301"]

    with clock.frozen(NOON + timedelta(days=14)):
        assert late() == []
        assert [(one.what, one.on) for one in queries.to_do(session, clock.today())] == [
            ("Overzicht Subsidies", date(2026, 12, 5))
        ]
    with clock.frozen(NOON + timedelta(days=15)):
        assert late() == ["WOO-301"]
        version = queries.overview_of(session, OverviewKind.SUBSIDIES).version
        services.renew_overview(session, OverviewKind.SUBSIDIES, version=version, actor=AISHA)
        assert late() == []
        found = page(built(session), "/woo/overzichten/subsidies/")
        assert "Bijgewerkt op 6 december 2026" in words(found.find(".//main"))


def test_woo_3_3a_lid_1_is_not_for_people(session: Session):
    take(session, [SUBSIDY[0], "mevrouw Jansen", *SUBSIDY[2:]])
    content = queries.overview_of(session, OverviewKind.SUBSIDIES).content
    found = rules.overview_findings(content, is_shown=False, today=clock.today())
    assert [one.rule_id for one in found] == ["WOO-302"]


def test_our_own_overview_names_every_passage_that_is_withheld(session: Session, folder: Folder):
    place = dossier(session)
    grounds = (
        GroundContent(code="5.1.2e", passage="de namen", reason=SECRET),
        GroundContent(code="5.1.1c", passage="bladzijde 2"),
    )
    publish(session, folder, place, title="Nota", withheld=Withholding.PARTLY, grounds=grounds)
    publish(session, folder, place, title="Alles openbaar")
    assert "woo/overzichten/geweigerd/index.html" not in built(session)
    services.show_overview(session, OverviewKind.WITHHELD, version=0, actor=AISHA)
    files = built(session)
    found = [[words(cell) for cell in row] for row in page(files, "/woo/overzichten/geweigerd/").xpath("//tbody/tr")]
    assert [(row[0], row[3], row[4], row[6]) for row in found] == [
        ("Nota", "deels", "de namen", "Woo 5.1 lid 2 onder e"),
        ("Nota", "deels", "bladzijde 2", "Woo 5.1 lid 1 onder c"),
    ]
    lines = list(
        csv.reader(io.StringIO(files["woo/overzichten/geweigerd/overzicht.csv"].decode("utf-8-sig")), delimiter=";")
    )
    assert [line[4] for line in lines[1:]] == ["de namen", "bladzijde 2"]
    assert lines[1][7] == f"https://openboek.example/woo/dossiers/{place.public_id}/"
    assert SECRET not in str(lines)
    with pytest.raises(RuleViolation):
        services.take_overview(session, OverviewKind.WITHHELD, (("x",),), version=1, actor=AISHA)


def test_who_takes_a_list_on_an_old_page_is_told(session: Session):
    take(session, SUBSIDY)
    with pytest.raises(Conflict):
        services.take_overview(session, OverviewKind.SUBSIDIES, (), version=0, actor=AISHA)


# --- the check of personal data ---------------------------------------------------------------------------------------

BSN = ["Algemene subsidieverordening", "Stichting Speelplek", "BSN 111222333", "", "1-10-2026"]
NAME = ["Algemene subsidieverordening", "Stichting Speelplek", "Mevrouw K. Bakker", "", "1-10-2026"]


def overview(session: Session) -> Overview:
    return queries.kept_overview(session, OverviewKind.SUBSIDIES)


def show(session: Session) -> None:
    services.show_overview(session, OverviewKind.SUBSIDIES, version=overview(session).version, actor=AISHA)


def say(session: Session, what: Callable[..., None], *, actor: Actor, **said: Any) -> None:
    checked = overview(session)
    found = services.inspection_of(session, checked.sha256)
    keys = {hit.key for hit in found.hits}
    what(session, checked, keys, original=checked.sha256, actor=actor, **said)


def test_avg_5_an_overview_with_a_bsn_is_public_only_when_a_second_person_decides(session: Session):
    take(session, BSN)
    with pytest.raises(RuleViolation, match="1 kritieke melding"):
        show(session)
    say(session, services.confirm, actor=AISHA, reason="Dit is een verzonnen nummer.")
    with pytest.raises(RuleViolation, match="tweede persoon"):
        show(session)
    assert services.waiting_for(session, AISHA) == []
    assert [checked.id for checked, _ in services.waiting_for(session, BRAM)] == [overview(session).id]
    assert ("WOO-040", "/woo/overzichten/subsidies/controle") in [
        (one.rule_id, href) for href, one in queries.findings(session, clock.today())
    ]
    todo = [(one.what, one.note) for one in queries.to_do(session, clock.today(), BRAM)]
    assert todo == [("Overzicht Subsidies", "gevraagd door Aisha"), ("Overzicht Subsidies", "kritieke melding")]
    say(session, services.decide, actor=BRAM, approve=True)
    show(session)
    assert "woo/overzichten/subsidies/index.html" in built(session)
    assert services.waiting_for(session, BRAM) == []
    assert queries.overview_of(session, OverviewKind.SUBSIDIES).is_shown


def test_what_is_checked_of_an_overview_is_what_readers_download(session: Session):
    take(session, SUBSIDY, NAME)
    with pytest.raises(RuleViolation, match="1 melding"):
        show(session)
    say(session, services.confirm, actor=AISHA, reason="Zij is wethouder.")
    show(session)
    found = services.inspection_of(session, overview(session).sha256)
    file = built(session)["woo/overzichten/subsidies/overzicht.csv"]
    assert (found.original, found.stripped_size) == (hashlib.sha256(file).hexdigest(), len(file))


def test_another_list_is_checked_again_while_the_website_keeps_the_one_before(session: Session):
    take(session, SUBSIDY)
    show(session)
    take(session, SUBSIDY, BSN)
    with pytest.raises(RuleViolation, match="1 kritieke melding"):
        show(session)
    assert "111222333" not in built(session)["woo/overzichten/subsidies/overzicht.csv"].decode()
    take(session, SUBSIDY)
    show(session)
    found = services.overviews_with_open_hits(session)
    assert (found, services.overviews_on_their_way(session)) == ([], [])


def test_the_worker_looks_at_a_list_that_was_read_in(database: Database, organisation: Organisation, folder: Folder):
    with database.write(organisation.id) as session:
        take(session, BSN)
    assert jobs.run_one(database, {services.INSPECT_JOB: services.inspect_job(folder)}, "w")
    with database.read(organisation.id) as session:
        found = services.inspection_of(session, overview(session).sha256)
        assert (found.state, [hit.kind for hit in found.hits]) == (InspectionState.DONE, [Kind.BSN])
        told = session.exec(select(AuditEvent).where(AuditEvent.action == "woo:overview:inspect")).one()
        assert told.contents["after"] == {"hits": 1, "critical": 1}
