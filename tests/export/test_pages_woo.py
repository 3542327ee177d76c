"""The Woo on the website, from the services to the pages."""

import json
from datetime import date, datetime, timedelta

import pytest
from lxml import etree
from sqlmodel import Session, select

from core import clock
from core.folder import Folder
from core.web.pages import dutch_date
from publish import pages_woo, site, urls
from support.site import AISHA, NASTY, SECRET, built, headings, page, terms, words
from support.sound_pages import faults_together
from support.woo_documents import add, content, dossier, pdf, publish, store
from woo import lists, services
from woo.content import (
    CategoryStatus,
    DossierContent,
    ExtraContent,
    GroundContent,
    LocationContent,
    RelationContent,
    Withholding,
)
from woo.models import Category

OVERVIEW = "/woo/"
COLLECTION = "/woo/002-overige-besluiten-van-algemene-strekking/"
ATOM = "{http://www.w3.org/2005/Atom}"
REASON = lists.REASONS.codes[0]


@pytest.fixture
def categories(session: Session) -> dict[str, Category]:
    services.add_categories(session, actor=AISHA)
    return {category.number: category for category in session.exec(select(Category))}


def establish(session: Session, category: Category, **changes: object) -> None:
    changed = services.category_content(category, "").model_copy(update=changes)
    services.change_category(session, category, changed, version=category.version, actor=AISHA)
    services.establish_category(session, category, actor=AISHA)


def rows(files: dict[str, bytes]) -> dict[str, list[str]]:
    """The overview: number of the category, and the cells after it."""
    found = [[words(cell) for cell in row] for row in page(files, OVERVIEW).xpath("//tbody/tr")]
    return {cells[1]: [cells[0], *cells[2:]] for cells in found}


def titles(files: dict[str, bytes], address: str) -> list[str]:
    return [words(link) for link in page(files, address).xpath("//ul[@class='ob-entries']/li/a")]


def test_overview_names_the_seventeen_categories_with_state_and_count(session: Session, folder: Folder, categories):
    location = LocationContent(url="https://raad.voorbeeld.example/stukken", explanation="De besluiten.")
    establish(session, categories["002"], status=CategoryStatus.IN_ORDER, locations=(location,), in_force_checked=True)
    publish(session, folder)
    found = rows(built(session))
    assert list(found) == [f"{number:03}" for number in range(1, 18)]
    assert found["002"] == [
        "Overige besluiten van algemene strekking",
        "Verplicht sinds 1 november 2024",
        "Op orde",
        "1",
        "1",
    ]
    assert found["003"][1:3] == ["Nog niet bekend", "Nog niet bekend"]
    assert found["007"][1] == "Geldt niet voor gemeenten"


def test_what_nobody_looked_up_says_nakijken(session: Session, categories):
    establish(session, categories["001"], in_force_since=date(2024, 11, 1), in_force_checked=False)
    establish(session, categories["003"], in_force_since=None, in_force_checked=False)
    found = rows(built(session))
    assert (found["001"][1], found["003"][1]) == (
        "Verplicht sinds 1 november 2024 Nakijken",
        "Nog niet verplicht Nakijken",
    )


def test_collection_page_links_to_the_registered_locations(session: Session, categories):
    elsewhere = LocationContent(url="https://raad.voorbeeld.example/stukken", explanation="Van de raad.")
    here = LocationContent(url=f"https://openboek.example{COLLECTION}")
    establish(session, categories["002"], locations=(elsewhere, here))
    found = page(built(session), COLLECTION).xpath("//h2[1]/following-sibling::ul[1]/li")
    assert [(words(item), item.find("a").get("href")) for item in found] == [
        ("https://raad.voorbeeld.example/stukkenVan de raad.", "https://raad.voorbeeld.example/stukken"),
        ("Op deze pagina", "#documenten"),
    ]


def test_collection_is_paged_by_fifty_newest_first(session: Session, folder: Folder, monkeypatch: pytest.MonkeyPatch):
    place = dossier(session)
    start = clock.now()
    for number in range(51):
        moment = start.replace(microsecond=number)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        publish(session, folder, place, title=f"Besluit nummer {number}")
    files = built(session)
    first, second = titles(files, COLLECTION), titles(files, f"{COLLECTION}pagina/2/")
    assert [*first, *second] == [f"Besluit nummer {number}" for number in reversed(range(51))]
    assert (len(first), len(second)) == (50, 1)
    assert page(files, COLLECTION).xpath("//nav[@aria-label='Bladeren']/a/@href") == [f"{COLLECTION}pagina/2/"]


def test_collection_is_split_by_the_year_of_the_document_and_by_theme(session: Session, folder: Folder):
    place = dossier(session)
    waste, school = (lists.code_of(lists.THEMES, label) for label in ("afval", "basisonderwijs"))
    publish(session, folder, place, title="Oud", adopted_on=date(2019, 1, 1), themes=(waste,))
    publish(session, folder, place, title="Nieuw", adopted_on=date(2026, 3, 1), themes=(school, waste))
    publish(session, folder, place, title="Ertussen", adopted_on=None, received_on=date(2019, 12, 31))
    files = built(session)
    assert titles(files, COLLECTION) == ["Nieuw", "Ertussen", "Oud"]
    assert titles(files, f"{COLLECTION}jaar-2019/") == ["Ertussen", "Oud"]
    assert titles(files, f"{COLLECTION}thema-afval/") == ["Nieuw", "Oud"]
    menu = [(words(link), link.get("href")) for link in page(files, COLLECTION).xpath("//nav[@class='ob-side']//a")]
    assert menu == [
        ("Alle documenten (3)", COLLECTION),
        ("2026 (1)", f"{COLLECTION}jaar-2026/"),
        ("2019 (2)", f"{COLLECTION}jaar-2019/"),
        ("Afval (2)", f"{COLLECTION}thema-afval/"),
        ("Basisonderwijs (1)", f"{COLLECTION}thema-basisonderwijs/"),
    ]


def test_two_themes_never_share_an_address():
    slugs = [urls.slug(lists.THEMES.label(code)) for code in lists.THEMES.codes]
    assert len(set(slugs)) == len(lists.THEMES.codes)


def test_feed_of_a_category_is_atom_with_the_newest_change_first(
    session: Session, folder: Folder, monkeypatch: pytest.MonkeyPatch
):
    """RFC 4287, sections 4.1.1 and 4.1.2: what a feed and an entry must have."""
    place = dossier(session)
    monkeypatch.setattr(pages_woo, "FEED_LENGTH", 2)
    start = clock.now().replace(microsecond=0)
    for number, title in enumerate(("Eerst", NASTY, "Laatst")):
        monkeypatch.setattr(clock, "now", lambda moment=start + timedelta(hours=number): moment)
        publish(session, folder, place, title=title, descriptions=(NASTY,))
    files = built(session)
    feed = etree.fromstring(files[f"{COLLECTION[1:]}atom.xml"])
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Laatst", NASTY]
    for element in (feed, *entries):
        assert element.findtext(f"{ATOM}id", "").startswith("https://openboek.example/")
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated", "")).tzinfo
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert entries[1].findtext(f"{ATOM}summary") == NASTY
    assert [link.get("href") for link in feed.findall(f"{ATOM}link[@rel='self']")] == [
        f"https://openboek.example{COLLECTION}atom.xml"
    ]
    (known,) = page(files, COLLECTION).xpath("//link[@type='application/atom+xml']/@href")
    assert known == f"{COLLECTION}atom.xml"
    assert {entry.find(f"{ATOM}link").get("href") for entry in entries} <= {
        f"https://openboek.example/{path}" for path in site.document_files(session)
    }


def test_what_is_withheld_is_told_with_ground_article_and_meaning(session: Session, folder: Folder):
    """Woo art. 3.3 lid 8: partly with the document, as a whole in its place."""
    place = dossier(session)
    grounds = (
        GroundContent(code="5.1.2e", passage="de namen", reason=SECRET),
        GroundContent(code="5.1.1c", passage="bladzijde 2"),
    )
    publish(session, folder, place, title="Nota", withheld=Withholding.PARTLY, grounds=grounds)
    whole = services.add_document(
        session,
        place,
        content(
            title="Advies",
            withheld=Withholding.FULLY,
            grounds=(GroundContent(code="5.2.1"),),
            notice="Het is voor intern overleg.",
        ),
        actor=AISHA,
    )
    services.make_notice(session, whole, folder, version=whole.version, actor=AISHA)
    services.publish_document(session, whole, actor=AISHA, folder=folder)
    files = built(session)
    found = page(files, f"/woo/dossiers/{place.public_id}/")
    meaning = {code: lists.GROUNDS.entry(code)["meaning"] for code in lists.GROUNDS.codes}
    assert all(meaning.values())
    assert [[words(cell) for cell in row] for row in found.xpath("//table//tbody/tr")] == [
        ["de namen", meaning["5.1.2e"], "Woo 5.1 lid 2 onder e"],
        ["bladzijde 2", meaning["5.1.1c"], "Woo 5.1 lid 1 onder c"],
        ["Het hele document", meaning["5.2.1"], "Woo 5.2"],
    ]
    told = words(found.find(".//main"))
    assert "Het is voor intern overleg." in told
    assert "Lees de mededeling: Advies" in told
    facts = json.loads(files[f"woo/dossiers/{place.public_id}/dossier.json"])["documenten"]
    assert [(each["geweigerd"], [g["code"] for g in each["weigeringsgronden"]]) for each in facts] == [
        ("deels", ["5.1.2e", "5.1.1c"]),
        ("helemaal", ["5.2.1"]),
    ]
    assert [name for name, data in files.items() if SECRET.encode() in data] == []


def test_documents_of_a_dossier_stand_in_the_order_that_a_person_gave(session: Session, folder: Folder):
    place = dossier(session, "Speelplekken")
    for title in ("Een", "Twee", "Drie"):
        publish(session, folder, place, title=title)
    elsewhere = services.add_document(
        session, place, content(title="Elders", source_url="https://ris.example/elders.pdf"), actor=AISHA
    )
    services.publish_document(session, elsewhere, actor=AISHA, folder=folder)
    services.move_document(session, place, 4, up=True, version=place.version, actor=AISHA)
    services.move_document(session, place, 1, up=False, version=place.version, actor=AISHA)
    services.publish_dossier(session, place, actor=AISHA)
    publish(session, folder, place, title="Vijf")
    shown = json.loads(built(session)[f"woo/dossiers/{place.public_id}/dossier.json"])["documenten"]
    assert [one["titel"] for one in shown] == ["Twee", "Een", "Elders", "Drie", "Vijf"]


def test_dossier_shows_every_document_with_metadata_relations_and_grounds(session: Session, folder: Folder):
    place = dossier(session, "Speelplekken & meer")
    first = publish(session, folder, place, title="Eerste besluit")
    relation = RelationContent(role=lists.ROLES.codes[0], target=first.id)
    grounds = ExtraContent(key="weigeringsgronden", values=("5.1.2e", "5.1.1c"))
    publish(session, folder, place, title="Tweede besluit", relations=(relation,), extra=(grounds,))
    found = page(built(session), f"/woo/dossiers/{place.public_id}/")
    assert headings(found) == ["Eerste besluit", "Tweede besluit"]
    role = lists.ROLES.label(lists.ROLES.codes[0])
    shown = terms(found)
    assert shown[f"{role[:1].upper()}{role[1:]}"] == ["Eerste besluit"]
    assert shown["Weigeringsgronden"] == ["5.1.2e", "5.1.1c"]
    assert shown["Vaststelling"] == ["16 november 2026"]


def test_dossier_json_names_the_same_documents(session: Session, folder: Folder):
    document = publish(session, folder, title=NASTY)
    files = built(session)
    found = json.loads(files[f"woo/dossiers/{document.dossier.public_id}/dossier.json"])
    assert found["titel"] == "Speelplekken"
    assert [(each["titel"], each["adres"], each["sha256"]) for each in found["documenten"]] == [
        (NASTY, f"https://openboek.example{document.loc}", document.sha256)
    ]


def test_replaced_document_says_why_and_withdrawn_one_is_gone(session: Session, folder: Folder):
    place = dossier(session)
    kept = publish(session, folder, place, title="Blijft")
    gone = publish(session, folder, place, title="Gaat weg")
    file = store(folder, pdf("verbeterd"))
    services.replace_file(session, kept, file, reason=REASON, note=SECRET, actor=AISHA, folder=folder)
    services.withdraw(session, gone, reason=REASON, note=SECRET, actor=AISHA, folder=folder)
    files = built(session)
    found = page(files, f"/woo/dossiers/{place.public_id}/")
    assert headings(found) == ["Blijft", "Ingetrokken"]
    assert [[words(cell) for cell in row] for row in found.xpath("//table//tbody/tr")] == [
        ["Document 2", dutch_date(clock.today()), lists.REASONS.label(REASON)]
    ]
    told = json.loads(files[f"woo/dossiers/{place.public_id}/dossier.json"])["ingetrokken"]
    assert [(each["nummer"], each["reden"]) for each in told] == [(2, lists.REASONS.label(REASON))]
    assert f"Dit document is vervangen. Reden: {lists.REASONS.label(REASON)}." in words(found.find(".//main"))
    assert titles(files, COLLECTION) == ["Blijft"]
    assert [name for name, data in files.items() if b"Gaat weg" in data or SECRET.encode() in data] == []


def test_documents_without_duty_have_a_page_of_their_own(session: Session, folder: Folder):
    place = dossier(session, category=lists.WITHOUT_DUTY)
    publish(session, folder, place, title="Zomaar openbaar", category=lists.WITHOUT_DUTY)
    files = built(session)
    assert titles(files, "/woo/3.1/") == ["Zomaar openbaar"]
    assert rows(files)["3.1"][-1] == "1"
    assert words(page(files, "/").xpath("//p[@class='ob-card__number']")[1]) == "1"


def test_nothing_internal_and_no_concept_reaches_the_site(session: Session, folder: Folder, categories):
    location = LocationContent(url="https://x.example/a", source_system=SECRET)
    establish(session, categories["002"], ambition=SECRET, team=SECRET, locations=(location,))
    place = dossier(session)
    document = publish(session, folder, place, internal_note=SECRET)
    add(session, folder, place, title=SECRET, internal_note=SECRET)
    services.add_dossier(session, DossierContent(title=SECRET, description=SECRET, category="002"), actor=AISHA)
    changed = content(title=SECRET, descriptions=(SECRET,), internal_note=SECRET)
    services.change_document(session, document, changed, version=document.version, actor=AISHA)
    later = services.category_content(categories["002"], "").model_copy(update={"frequency": SECRET})
    services.change_category(session, categories["002"], later, version=categories["002"].version, actor=AISHA)
    files = built(session)
    assert [name for name, data in files.items() if SECRET.encode() in data] == []
    assert titles(files, COLLECTION) == ["Besluit over de speelplek"]


def test_every_link_leads_somewhere_and_every_page_is_sound(session: Session, folder: Folder, categories):
    for category in categories.values():
        establish(session, category)
    place = dossier(session, NASTY)
    publish(session, folder, place, title=NASTY, descriptions=(NASTY,), keywords=(NASTY,))
    files = built(session)
    for name in files:
        if name.endswith("index.html"):
            page(files, f"/{name.removesuffix('index.html')}")
    assert faults_together(files, site.document_files(session)) == []
    assert built(session) == files


@pytest.mark.parametrize(("size", "text"), [(0, ""), (1, "1 kB"), (120_400, "120 kB"), (1_540_000, "1,5 MB")])
def test_size_is_told_in_words(size: int, text: str):
    assert pages_woo._size(size) == text
