"""The check before publishing: our own corpus, what a hit tells and keeps to itself, and files that are out to harm."""

import functools
import html
import io
import json
import random
import string
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli import main
from core import confined
from core.errors import BadInput
from support import corpus, corpus_files, corpus_pdf
from support.corpus import OWN, Sample
from support.corpus_text import People
from woo import inspection
from woo.inspection.checks import bsn, iban, plate
from woo.inspection.engine import MAX_PER_KIND, Check, look, spans_in
from woo.inspection.model import Budget, Hit, Inspection, Kind, Known, Piece
from woo.inspection.readers import pdf_pages
from woo.inspection.readers.packages import Package, Unreadable
from woo.inspection.text import Text, mask

SAMPLES = [sample for sample in corpus.samples() if not sample.is_large and not sample.is_held_out]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_our_own_corpus_is_found_and_no_more(sample: Sample):
    _, _, hits = corpus.looked(sample)
    assert corpus.faults(sample, hits) == [], hits


def test_the_corpus_has_every_kind_in_both_halves_together():
    assert {kind for sample in SAMPLES for kind in sample.expected} == set(Kind)
    assert 0.35 < sum(sample.is_for_tuning for sample in SAMPLES) / len(SAMPLES) < 0.65


def test_every_kind_has_its_words():
    assert set(inspection.words()) == set(Kind)
    assert all(words.label and words.what and words.todo for words in inspection.words().values())


# --- sums and forms -----------------------------------------------------------------------------------------------------


def test_besluit_bsn_the_elfproef():
    assert bsn.passes("111222333")
    assert bsn.passes("123456782")
    assert not bsn.passes("123456789")
    assert not bsn.passes("000000000")


@given(st.integers(10_000_000, 999_999_999), st.integers(0, 8), st.integers(1, 9))
def test_besluit_bsn_one_wrong_digit_never_passes(number: int, place: int, more: int):
    digits = f"{number:09d}"
    wrong = digits[:place] + str((int(digits[place]) + more) % 10) + digits[place + 1 :]
    assert not (bsn.passes(digits) and bsn.passes(wrong))


def test_iso_13616_examples():
    assert all(
        map(iban.passes, ("NL91ABNA0417164300", "BE68539007547034", "DE89370400440532013000", "GB29NWBK60161331926819"))
    )
    assert not iban.passes("NL91ABNA0417164301")


def test_every_side_code_is_known():
    for code in plate.SIDE_CODES:
        text = Text(Piece(f"Gezien: {code.replace('L', 'G').replace('9', '7')} om 14 uur."))
        assert [kind for kind, _ in spans_in(text)] == [Kind.PLATE], code


def kinds_in(text: str, **facts: object) -> list[tuple[Kind, bool]]:
    return [(kind, span.critical) for kind, span in spans_in(Text(Piece(text, **facts), OWN))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BSN 111222333", [(Kind.BSN, True)]),
        ("BSN/klantnummer 111222333", [(Kind.BSN, True)]),
        ("Het BSN van de aanvrager is 111222333.", [(Kind.BSN, True)]),
        ("Aanvraag van BSN 111222333", [(Kind.BSN, True)]),
        ("BSN onbekend, zaaknummer 111222333", [(Kind.BSN, False)]),
        ("Het BSN is weg. Ordernummer 111222333", [(Kind.BSN, False)]),
        ("Ordernummer 111222333", []),
        ("111222333", [(Kind.BSN, False)]),
        ("111.222.333", []),
        ("BSN 111.222.333", [(Kind.BSN, True)]),
        ("€ 111222333", []),
        ("Z-111222333", []),
        ("2024/111222333", []),
        ("111222333.5", []),
        ("1112223334", []),
        ("https://zaak.example/?bsn=111222333", [(Kind.BSN, True)]),
        ("https://zaak.example/?bsn=1&id=111222333", []),
    ],
)
def test_a_number_is_a_bsn_by_what_stands_beside_it(text: str, found: list[tuple[Kind, bool]]):
    assert kinds_in(text) == found


def test_three_numbers_in_a_column_that_all_pass_are_critical_and_two_are_not():
    people = People("kolom")
    three, two = [people.bsn() for _ in range(3)], [people.bsn() for _ in range(2)]
    assert kinds_in("\n".join(three)) == [(Kind.BSN, True)] * 3
    assert kinds_in("\n".join(two)) == [(Kind.BSN, False)] * 2
    mixed = [*three, *(people.no_bsn() for _ in range(6))]
    assert kinds_in("\n".join(mixed)) == [(Kind.BSN, False)] * 3


def test_the_heading_of_a_column_decides():
    assert kinds_in("a\t111222333", headings=("Zaak", "BSN")) == [(Kind.BSN, True)]
    assert kinds_in("a\t111222333", headings=("Zaak", "Ordernummer")) == []


def test_what_a_web_page_says_without_scripts_and_in_its_attributes_is_looked_at():
    for body in ("<noscript><p>BSN 111222333</p></noscript>", "<input placeholder='BSN 111222333'>"):
        [hit] = look(corpus_files.html(body), Known(), 60)[1]
        assert (hit.kind, hit.critical) == (Kind.BSN, True)


def test_pages_in_pages_are_looked_at_to_a_depth():
    page = functools.reduce(lambda inner, _: f"<iframe srcdoc='{html.escape(inner)}'></iframe>", range(5), "Tekst")
    assert said(corpus_files.html(page)) == ["Er zitten te veel bestanden in elkaar. Kijk de rest zelf na."]


def test_what_belongs_to_the_municipality_is_no_hit():
    known = Known(("Dorpsstraat 5, 7581 AB Losser", "j.jansen@gemeente.nl", "+31 6 12345678"))
    text = "Dorpsstraat 5, 7581AB Losser, j.jansen@gemeente.nl, +31 6 1234 5678"
    assert len(spans_in(Text(Piece(text)))) == 3
    assert spans_in(Text(Piece(text), known)) == []


@settings(max_examples=60)
@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_no_text_breaks_a_check(text: str):
    for piece in (Piece(text), Piece(text, headings=("bsn", "naam"))):
        spans = spans_in(Text(piece))
        assert all(0 <= span.start < span.end <= len(text) for _, span in spans)


@pytest.mark.parametrize("sign", ["1", "A. ", "a.a@", "0 ", "Jan ", "XX-", "\t", "12 ", "NL00 ", "Straat 1 ", "BSN\n"])
def test_no_text_makes_a_check_slow(sign: str):
    budget = Budget(2)
    spans_in(Text(Piece((sign * 20_000)[:20_000])))
    assert not budget.is_spent


# --- hits ---------------------------------------------------------------------------------------------------------------


def test_a_hit_never_says_what_it_found():
    people = People("masker")
    secrets = [people.bsn(), people.iban(), people.email(), "06-12345678", "Fatima Oude Lansink"]
    letter = f"BSN {secrets[0]}, {secrets[1]}, {secrets[2]}, {secrets[3]}, {secrets[4]}."
    for data in (
        letter.encode(),
        corpus_files.word(corpus_files.changed("del", letter)),
        corpus_pdf.annotated("Text", letter),
    ):
        _, hits = look(data, Known(), 60)
        assert len(hits) >= 5
        assert not any(secret in hit.snippet for hit in hits for secret in secrets)


def test_a_mask_leaves_what_helps_to_find_it_back():
    assert mask(Kind.BSN, "111222333") == "•••••••33"
    assert mask(Kind.EMAIL, "j.jansen@gmail.com") == "j•••••••@•••••.com"
    assert mask(Kind.NAME, "Jan de Vries") == "J•• d• V••••"


def test_the_same_bytes_give_the_same_keys_and_every_hit_has_its_own():
    data = corpus_files.word(corpus_files.in_table)
    first, second = look(data, OWN, 60), look(data, OWN, 60)
    assert first == second
    keys = [hit.key for hit in first[1]]
    assert len(set(keys)) == len(keys) > 1


def test_a_hit_says_where():
    _, [*hits] = look(corpus_files.book(corpus_files.bsn_sheet), OWN, 60)
    assert [hit.where for hit in hits] == ["Lijst!B2", "Lijst!B3"]
    _, [hit] = look(corpus_files.zipped({"map/brief.txt": "BSN 111222333"}), OWN, 60)
    assert hit.where == "map/brief.txt"
    _, [hit] = look(corpus_pdf.written(corpus_pdf.new("", corpus_pdf.text("BSN 111222333"))), OWN, 60)
    assert hit.page == 2


def test_names_in_a_zip_are_looked_at_and_no_place_says_them():
    data = corpus_files.zipped({"BSN 111222333 mevrouw.txt": "Mail j.jansen@gmail.com"})
    hits = look(data, OWN, 60)[1]
    assert [(hit.kind, hit.critical, hit.where) for hit in hits] == [
        (Kind.BSN, True, "bestandsnaam"),
        (Kind.EMAIL, False, "BSN •••••••33 mevrouw.txt"),
    ]
    attached = corpus_pdf.attached(b"Mail j.jansen@gmail.com", "names", name="BSN 111222333.txt")
    found = look(attached, OWN, 60)[1]
    assert (Kind.BSN, True) in [(hit.kind, hit.critical) for hit in found]
    assert not any("111222333" in hit.where for hit in found)


def test_what_a_workbook_says_twice_is_told_once_and_no_place_says_the_name_of_a_sheet():
    def change(workbook, sheet):
        sheet.write_url(9, 0, "mailto:j.jansen@gmail.com")
        workbook.add_worksheet("BSN 111222333").write(0, 0, "Mail k.bakker@gmail.com")

    hits = look(corpus_files.book(change), OWN, 60)[1]
    assert sorted((hit.kind, hit.where) for hit in hits) == [
        (Kind.BSN, "naam van een blad"),
        (Kind.EMAIL, "BSN •••••••33!A1"),
        (Kind.EMAIL, "Cijfers!A10"),
    ]


def test_a_result_goes_to_json_and_back():
    found = Inspection("PDF", (Hit(Kind.BSN, "•••", critical=True, page=2, where="tabel", key="a"),))
    assert Inspection.from_json(json.loads(json.dumps(found.as_json()))) == found


def test_very_many_hits_are_counted_off():
    data = "\n".join(f"j.jansen{number}@gmail.com" for number in range(MAX_PER_KIND + 50)).encode()
    _, hits = look(data, OWN, 60)
    assert [hit.kind for hit in hits].count(Kind.EMAIL) == MAX_PER_KIND
    assert hits[-1].snippet == "Er zijn heel veel meldingen. Alleen de eerste staan hier."


def test_the_name_of_a_file_decides_nothing():
    assert look(corpus_files.word(), OWN, 60)[0] == "DOCX"
    assert look(corpus_pdf.page(""), OWN, 60)[0] == "PDF"


# --- files that are out to harm --------------------------------------------------------------------------------------------


def said(data: bytes, seconds: float = 60) -> list[str]:
    return [hit.snippet for hit in look(data, OWN, seconds)[1] if hit.kind is Kind.UNREADABLE]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"<html" + b"<div>" * 5_000,
        b"{\\rtf1" + b"{" * 9_999,
    ],
    ids=["empty", "pdf", "zip", "ole", "html", "rtf"],
)
def test_what_is_broken_is_a_sentence_and_never_a_traceback(data: bytes):
    look(data, OWN, 60)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_few_wrong_bytes_never_break_the_check(data: st.DataObject):
    whole = bytearray(data.draw(st.sampled_from([broken() for broken in BREAKABLE])))
    for _ in range(4):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    look(bytes(whole), OWN, 60)


BREAKABLE = (
    functools.cache(lambda: corpus_pdf.annotated("Text", "Notitie")),
    functools.cache(lambda: corpus_files.odt("<text:p>Tekst</text:p>")),
    functools.cache(lambda: corpus_files.slides("Welkom", notes="Notitie voor mij")),
    functools.cache(corpus_files.jpeg_with_place),
)


def test_a_pdf_of_very_many_pages_says_how_far_the_check_came():
    assert said(corpus_pdf.many_pages(20), seconds=0) == [
        "De controle duurde te lang: pagina 2 tot en met 20 zijn niet nagekeken."
    ]


def test_pages_that_were_read_but_not_looked_at_are_named():
    data = corpus_pdf.many_pages(3)
    [*_, last] = pdf_pages.what_is_not_seen(data, Budget(-1))
    assert last.text == "De controle duurde te lang: op pagina 1 tot en met 3 is niet gekeken naar verborgen tekst."


def test_a_zip_that_unpacks_to_very_much_is_not_unpacked():
    hits: list[Hit] = []
    data = corpus_files.zipped({"groot.txt": b"0" * 1_000_001})
    Check(OWN, Budget(60, unpacked=1_000_000), hits.append).run(data)
    assert [hit.snippet for hit in hits] == [
        "Uitgepakt is het bestand veel te groot. Kijk het zelf na, of maak het opnieuw."
    ]


def test_xml_that_grows_by_itself_does_not():
    grow = (
        '<!DOCTYPE a [<!ENTITY b "bsn 111222333 ">'
        + "".join(f'<!ENTITY c{n} "{f"&c{n - 1};" * 10 if n else "&b;"}">' for n in range(12))
        + "]>"
    )
    _, hits = look(
        corpus_files.replaced(corpus_files.word(), {"word/footer1.xml": f"{grow}<w:ftr>&c11;</w:ftr>"}), OWN, 60
    )
    assert hits == []


def test_a_picture_of_very_many_points_is_not_opened():
    header = struct.pack(">LLBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">L", 13) + b"IHDR" + header + struct.pack(">L", zlib.crc32(b"IHDR" + header))
    assert said(b"\x89PNG\r\n\x1a\n" + chunk) == ["De afbeelding is beschadigd of te groot. Sla haar opnieuw op."]


# --- the child process ----------------------------------------------------------------------------------------------------


def test_a_check_runs_in_a_child_and_comes_back_whole(tmp_path):
    path = tmp_path / "brief.pdf"
    path.write_bytes(b"BSN 111222333, ondanks de naam")
    found = inspection.inspect(path)
    assert found.format == "TXT"
    assert [hit.kind for hit in found.hits] == [Kind.BSN]
    assert found == inspection.inspect(path.read_bytes())
    assert found.is_critical


def test_a_child_that_is_ended_has_told_what_it_saw(monkeypatch: pytest.MonkeyPatch):
    cut = (
        b'{"hit": {"kind": "bsn", "snippet": "x", "critical": true, "page": 1, "where": "", "key": "k"}}\n{"hit": {"ki'
    )
    monkeypatch.setattr(confined, "run", lambda *_, **__: confined.Answer(cut, is_whole=False))
    found = inspection.inspect(b"x")
    assert [hit.kind for hit in found.hits] == [Kind.BSN, Kind.UNREADABLE]
    with pytest.raises(BadInput, match="te veel tijd of geheugen"):
        inspection.strip(b"x")


def test_a_file_that_cannot_be_read_is_said_in_one_sentence(tmp_path):
    with pytest.raises(BadInput, match="bestaat niet"):
        inspection.inspect(tmp_path / "weg.pdf")
    with pytest.raises(BadInput, match="kan niet worden gelezen"):
        inspection.strip(tmp_path)


# --- the command ------------------------------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["check-document", *arguments])
    out, err = capsys.readouterr()
    return int(str(end.value.code)), out, err


def test_the_command_tells_each_file_and_needs_no_database(tmp_path, capsys):
    good, bad = tmp_path / "goed.txt", tmp_path / "fout.txt"
    good.write_text("Het college besluit.")
    bad.write_text("BSN 111222333")
    code, out, _ = run(capsys, str(good), str(bad), "--format", "json")
    found = json.loads(out)
    assert code == 1
    assert found[str(good)] == []
    [hit] = found[str(bad)]
    assert {"kind": "bsn", "page": None, "snippet": "BSN •••••••33", "critical": True}.items() <= hit.items()


def test_the_command_reads_well_and_says_what_to_do(tmp_path, capsys):
    path = tmp_path / "brief.docx"
    path.write_bytes(corpus_files.author("Karin de Boer"))
    code, out, _ = run(capsys, str(path))
    assert code == 0
    assert "Eigenschappen" in out
    assert "Auteur: K•••• d• B•••" in out
    assert inspection.words()[Kind.METADATA].todo in out
    assert run(capsys, str(path), "--as-published")[1] == f"{path}: niets gevonden.\n"


def test_the_command_goes_on_after_a_path_that_is_not_there(tmp_path, capsys):
    path = tmp_path / "brief.txt"
    path.write_text("Het college besluit.")
    code, out, err = run(capsys, str(tmp_path / "weg.txt"), str(path))
    assert (code, out) == (2, f"{path}: niets gevonden.\n")
    assert "'weg.txt' bestaat niet" in err


def test_random_numbers_pass_in_one_of_eleven():
    die = random.Random(1)
    passing = sum(bsn.passes("".join(die.choice(string.digits) for _ in range(9))) for _ in range(11_000))
    assert 900 < passing < 1_100


@pytest.mark.parametrize(("place", "value", "says"), [("method", 99, "is beschadigd"), ("flags", 1, "een wachtwoord")])
def test_a_part_in_an_unknown_packing_is_no_part_with_a_password(place, value, says):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.xml", "<a/>")
    data = bytearray(held.getvalue())
    for start, (flags, method) in ((data.index(b"PK\x03\x04"), (6, 8)), (data.index(b"PK\x01\x02"), (8, 10))):
        struct.pack_into("<H", data, start + {"flags": flags, "method": method}[place], value)
    with pytest.raises(Unreadable, match=says):
        Package(bytes(data), Budget(10)).read("a.xml")
