"""The register on paper: accessible, to keep, and the same bytes for the same data."""

from datetime import date
from pathlib import Path

import page as page_validation
import pypdfium2
import pytest
from sqlmodel import Session

from core.errors import Failed
from core.organisations import Organisation
from publish import pages_register, register_pdf, site, writer
from publish.html import SiteFrame
from support.register import COMPLETE
from support.site import NASTY, SECRET, everything, frozen, public

FRAME = SiteFrame("Gemeente", "gm0168", "https://openboek.example", False, *[""] * 6, accessibility_url="/")
DAY = date(2026, 11, 21)
HERE = Organisation(
    code="gm0168", name="Gemeente Losser", base_url="https://openboek.example", tooi_uri="", tooi_label="",
    email="gemeente@voorbeeld.example", dpo_contact="fg@voorbeeld.example",
)  # fmt: skip


def files(records: list[dict[str, object]]) -> dict[str, bytes]:
    with register_pdf.Printing(HERE, len(records), register_pdf.make) as printing:
        for one in records:
            printing.add({"changed_on": DAY, **one})
        return dict(printing.files())


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join("".join(one.get_textpage().get_text_range() for one in document).split())


def rows(*texts: str) -> list[object]:
    return [("Wat doen we?", list(texts)), ("Wie krijgt de gegevens?", [])]


def test_section_15_the_print_form_is_pdf_ua_1_and_pdf_a_2a(tmp_path: Path):
    every = "".join(chr(code) for first, last in register_pdf._LETTERS for code in range(first, last + 1))
    made = files([{"name": NASTY, "rows": rows(every, "\u0645\u0631\u062d")}, {"name": "Tweede", "rows": rows("x")}])
    path = tmp_path / "register.pdf"
    path.write_bytes(made["verwerkingsregister/register.pdf"])
    profile = page_validation.ValidationProfile
    assert page_validation.validate_pdf(path, profile=profile.PDF_UA_1).is_compliant
    # The checker wrongly counts a carriage return at the end of a compressed stream as the end of the line.
    faults = {fault.rule_id for fault in page_validation.validate_pdf(path, profile=profile.PDF_A_2A).failures}
    assert faults - {"PDFA2A-STREAM-LENGTH-001"} == set()
    said = text_of(path.read_bytes())
    assert "Verwerkingsregister van Gemeente Losser" in said
    assert "Laatste wijziging: 21 november 2026" in said
    assert "fg@voorbeeld.example" in said
    assert "???" in said  # letters that no typeface of ours has


def test_same_data_same_bytes():
    records = [{"name": "Een", "rows": rows("tekst")}]
    assert files(records) == files(records)


def test_a_long_register_has_parts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(register_pdf, "PART", 2)
    monkeypatch.setattr(register_pdf, "WHOLE", 2)
    made = files([{"name": f"Nummer {number}", "rows": rows("x")} for number in range(3)])
    assert list(made) == ["verwerkingsregister/register-1.pdf", "verwerkingsregister/register-2.pdf"]
    assert "deel 2 van 2" in text_of(made["verwerkingsregister/register-2.pdf"])


def test_a_register_of_a_municipality_is_one_file_and_a_longer_one_has_short_parts():
    assert register_pdf.part_names(500) == ["register.pdf"]
    assert register_pdf.part_names(501) == [f"register-{number}.pdf" for number in range(1, 7)]


def test_a_part_that_cannot_be_made_is_told():
    def keep(_name: str, _make: object) -> bytes:
        raise Failed("De schijf is vol.")

    with register_pdf.Printing(HERE, 1, keep) as printing:
        printing.add({"name": "Een", "rows": rows("tekst"), "changed_on": DAY})
        with pytest.raises(Failed, match="De schijf is vol"):
            list(printing.files())


def test_an_empty_register_has_none():
    assert files([]) == {}
    assert register_pdf.part_names(0) == []


def test_no_internal_field_is_on_paper(session: Session):
    frozen(session, everything())
    inputs: list[bytes] = []

    def look(name: str, make: object) -> bytes:
        inputs.append(make())
        return inputs[-1]

    session.flush()
    made = dict(site.build(session, keep=look))
    said = text_of(made["verwerkingsregister/register.pdf"])
    assert "openbaar" in said
    assert SECRET not in said
    assert len(inputs) == 1


def test_what_was_made_before_is_not_made_again_and_what_nobody_wants_goes(tmp_path: Path):
    made = []

    def make() -> bytes:
        made.append(1)
        return b"data"

    for names in (["a.pdf", "b.pdf"], ["b.pdf", "c.pdf"]):
        with writer.kept(tmp_path, "gm0168") as keep:
            assert [keep(name, make) for name in names] == [b"data", b"data"]
    assert len(made) == 3
    assert sorted(path.name for path in (tmp_path / ".bewaard-gm0168").iterdir()) == ["b.pdf", "c.pdf"]


def test_a_record_says_on_paper_what_its_page_says():
    around = pages_register.Surroundings(FRAME, DAY, frozenset())
    printed = pages_register._printed(around, public(COMPLETE))
    headings = [heading for heading, _ in printed["rows"]]
    assert headings[:3] == ["Kenmerk", "Wat doen we?", "Waarom mag dat?"]
    assert dict(printed["rows"])["Hoe lang bewaren we ze?"][0].startswith("Alle gegevens: 10 jaar")
