"""Sealed files: what comes out is what went in, and whatever was done to the file is noticed."""

import io
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import sealed
from core.errors import BadInput

KEY, OTHER = bytes(range(32)), bytes(32)
SIZES = st.sampled_from([0, 1, 63, 64, 65, 127, 128, 129, 640]).map(lambda size: bytes(i % 251 for i in range(size)))
DAMAGED = "Dit bestand is beschadigd, veranderd of niet af. Gebruik een andere back-up."


@pytest.fixture(autouse=True, scope="module")
def _small_pieces():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed, "PIECE", 64)
        yield


def seal(data: bytes, key: bytes = KEY) -> bytes:
    out = io.BytesIO()
    writer = sealed.SealedWriter(out, key)
    for start in range(0, len(data), 50):
        writer.write(data[start : start + 50])
    writer.close()
    return out.getvalue()


def unseal(data: bytes, key: bytes = KEY) -> bytes:
    return sealed.SealedReader(io.BytesIO(data), key).read()


@given(SIZES, st.integers(1, 200))
def test_what_was_sealed_comes_out_whatever_the_sizes(data, step):
    reader = sealed.SealedReader(io.BytesIO(seal(data)), KEY)
    read = []
    while piece := reader.read(step):
        read.append(piece)
    assert b"".join(read) == data


@given(SIZES, st.data())
def test_every_changed_byte_is_noticed(data, draw):
    file = bytearray(seal(data))
    place = draw.draw(st.integers(len(sealed.MAGIC), len(file) - 1))
    file[place] ^= 1
    with pytest.raises(BadInput):
        unseal(bytes(file))


@given(SIZES, st.data())
def test_every_cut_is_noticed(data, draw):
    file = seal(data)
    end = draw.draw(st.integers(len(sealed.MAGIC), len(file) - 1))
    with pytest.raises(BadInput):
        unseal(file[:end])


def test_pieces_cannot_change_places():
    file = seal(bytes(64) + bytes([1]) * 64 + b"end")
    begin = len(sealed.MAGIC) + 8 + 32
    first, second = file[begin : begin + 80], file[begin + 80 : begin + 160]
    with pytest.raises(BadInput) as error:
        unseal(file[:begin] + second + first + file[begin + 160 :])
    assert error.value.message == DAMAGED


def test_what_is_added_at_the_end_is_noticed():
    with pytest.raises(BadInput) as error:
        unseal(seal(b"abc") + b"x")
    assert error.value.message == DAMAGED


def test_another_key_is_told_at_once():
    with pytest.raises(BadInput) as error:
        sealed.SealedReader(io.BytesIO(seal(b"abc")), OTHER)
    assert error.value.message == "Deze sleutel hoort niet bij dit bestand. Gebruik de sleutel waarmee het is gemaakt."


def test_nothing_of_the_text_or_the_key_stands_in_the_file_and_no_two_are_alike():
    text = b"het geheim van de gemeente"
    one, two = seal(text), seal(text)
    assert (text in one, KEY[:8] in one, one == two, one[:35] == two[:35]) == (False, False, False, True)


def test_a_key_file_can_be_read_by_its_owner_only_and_is_never_overwritten(tmp_path):
    path = tmp_path / "sleutel"
    sealed.make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = sealed.read_key(path)
    assert len(key) == 32
    with pytest.raises(BadInput, match="bestaat al"):
        sealed.make_key(path)
    assert sealed.read_key(path) == key


@pytest.mark.parametrize(
    "text", ["", "geen sleutel", "openboek-sleutel-1 abc", "openboek-sleutel-1 " + "A" * 44, "é", "A" * 43 + "="]
)
def test_what_is_no_key_file_is_refused(tmp_path, text):
    path = tmp_path / "sleutel"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="is geen sleutelbestand"):
        sealed.read_key(path)


def test_a_key_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput, match="is geen sleutelbestand"):
        sealed.read_key(tmp_path / "nergens")
