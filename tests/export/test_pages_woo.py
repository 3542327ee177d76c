"""The Woo on the website, from the services to the pages."""

import json
from datetime import date

import pytest
from sqlmodel import Session, select

from core import clock
from core.folder import Folder
from publish import pages_woo, site
from publish.check.pages import Pages
from support.site import AISHA, NASTY, SECRET, built, headings, page, terms, words
from support.woo_documents import add, content, dossier, pdf, publish, store
from woo import lists, services
from woo.content import CategoryStatus, DossierContent, ExtraContent, LocationContent, RelationContent
from woo.models import Category

OVERVIEW = "/woo/"
COLLECTION = "/woo/002-overige-besluiten-van-algemene-strekking/"
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
    assert headings(found) == ["Blijft"]
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
    pages = Pages("https://openboek.example")
    for name, data in files.items():
        if name.endswith("index.html"):
            page(files, f"/{name.removesuffix('index.html')}")
            pages.add(name, data)
    paths = {*files, *site.document_files(session)}
    assert [str(fault) for fault in [*pages.faults, *pages.link_faults(paths)]] == []
    assert built(session) == files


@pytest.mark.parametrize(("size", "text"), [(0, ""), (1, "1 kB"), (120_400, "120 kB"), (1_540_000, "1,5 MB")])
def test_size_is_told_in_words(size: int, text: str):
    assert pages_woo._size(size) == text
