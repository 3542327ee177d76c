"""Passwords by NIST SP 800-63B: long enough, not guessed first, and nothing else asked."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.accounts.devices import describe
from core.accounts.passwords import MAX_PASSWORD, MIN_PASSWORD, check_chosen, common_passwords
from core.errors import RuleViolation

PERSONAL = ("aisha.yilmaz", "Aisha Yılmaz-Çelik", "Gemeente Losser")


def fault(password: str) -> str:
    """What a person reads; empty when the password is good."""
    with suppress(RuleViolation):
        check_chosen(password, personal=PERSONAL)
        return ""
    with pytest.raises(RuleViolation) as refused:
        check_chosen(password, personal=PERSONAL)
    assert dict(refused.value.points) == {"password": refused.value.message}
    return refused.value.message


@pytest.mark.parametrize(
    "password",
    [
        "een lang wachtwoord",
        "paarse olifant fluit",
        "correct horse battery staple",
        "kaas met twee gaten",
        "zzz blauwe tuinslang",
        "гора зелёная высокая",
        "日本語のとても長いパスワード",
        "tuinhek-parasol-mier",
        "x9!kV2#pLq8$",
        "        zonnebloempit        ",
    ],
)
def test_a_sentence_of_ones_own_is_good(password):
    assert fault(password) == ""


@pytest.mark.parametrize(
    "password",
    [
        "welkom123456",
        "Welkom2026!!!",
        "W3lk0m@2026!",
        "wachtwoord123",
        "P@ssw0rd2026!",
        "Losser2026!!!",
        "GemeenteLosser1",
        "aishayilmaz2026",
        "Aisha.Yilmaz1!",
        "CELIK-celik-1",
        "qwertyuiop12",
        "poiuytrewq!!",
        "1qaz2wsx3edc",
        "asdfghjkl;;;",
        "abcdefghijkl",
        "zyxwvutsrqpo",
        "123456789012",
        "Zomer2026Winter",
        "Januari2026!",
        "openboek-2026",
        "geheimgeheim",
        "Feyenoord1908!",
    ],
)
def test_what_is_guessed_first_is_refused_with_what_is_wrong(password):
    assert "makkelijk te raden" in fault(password)


@pytest.mark.parametrize("password", ["aaaaaaaaaaaa", "abababababab", "            ", "1212121212121212"])
def test_the_same_signs_over_and_over_are_refused(password):
    assert "herhaalt" in fault(password)


def test_length_is_counted_in_signs():
    long = "tuinhek parasol "
    assert "minstens 12" in fault("tuinhek par")
    assert fault("tuinhek para") == ""
    assert fault((long * 8)[:MAX_PASSWORD]) == ""
    assert "hoogstens 128" in fault((long * 9)[: MAX_PASSWORD + 1])
    assert (MIN_PASSWORD, MAX_PASSWORD) == (12, 128)


@given(st.text(max_size=140))
def test_any_text_has_an_answer(password):
    assert fault(password) == "" or fault(password).endswith(".")


@example("gemeentehuis", 10)
@given(st.sampled_from(sorted(common_passwords())), st.integers(min_value=0, max_value=9999))
def test_a_common_word_with_a_number_behind_it_is_never_good(word, number):
    if len(f"{word}{number}") >= MIN_PASSWORD:
        assert fault(f"{word}{number}") != ""


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox op Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge op Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36", "Chrome op Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari op een iPhone"),
        ("curl/8", "Een onbekend programma op een onbekend apparaat"),
        ("<script>alert(1)</script>", "Een onbekend programma op een onbekend apparaat"),
        ("", "Een onbekend programma op een onbekend apparaat"),
    ],
)
def test_a_browser_is_described_in_words_of_our_own(header, words):
    assert describe(header) == words
