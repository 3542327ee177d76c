"""Signed links: nobody makes one up, changes one, uses one for something else, too late, or after it was closed."""

import base64
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.errors import NotAllowed
from core.signed_links import CLOSED, WRONG, read, sign

SECRET = b"een geheim van minstens 32 tekens lang"
ROUND = "7d0f6f6e-ronde"


def link(*, purpose: str = "ronde", subject: str = ROUND, days: float = 14, secret: bytes = SECRET) -> str:
    return sign(secret, purpose=purpose, subject=subject, expires_at=clock.now() + timedelta(days=days))


def opened(token: str, *, purpose: str = "ronde", is_open: bool = True, secret: bytes = SECRET) -> str:
    return read(secret, token, purpose=purpose, is_open=lambda _: is_open)


def test_a_link_gives_its_subject_back_as_long_as_it_is_open():
    token = link()
    assert [opened(token), opened(token)] == [ROUND, ROUND]


@given(subject=st.text(max_size=60), purpose=st.text(min_size=1, max_size=30))
def test_any_subject_comes_back_and_the_link_fits_in_an_address(subject, purpose):
    token = link(subject=subject, purpose=purpose)
    assert opened(token, purpose=purpose) == subject
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@given(place=st.integers(min_value=0, max_value=200), sign_=st.sampled_from("Aa0-_.~é\x00"))
def test_a_link_with_any_sign_changed_does_not_work(place, sign_):
    token = link()
    place %= len(token)
    if token[place] != sign_:
        with pytest.raises(NotAllowed, match="klopt niet"):
            opened(token[:place] + sign_ + token[place + 1 :])


@given(st.text(max_size=200))
def test_anything_else_is_no_link(text):
    with pytest.raises(NotAllowed, match="klopt niet"):
        opened(text)


def test_another_subject_under_the_same_signature_does_not_work():
    payload, _, signature = link().partition(".")
    facts = json.loads(base64.urlsafe_b64decode(payload + "=="))
    other = base64.urlsafe_b64encode(json.dumps(facts | {"s": "andere-ronde"}).encode()).decode().rstrip("=")
    with pytest.raises(NotAllowed, match="klopt niet"):
        opened(f"{other}.{signature}")


def test_a_link_of_another_installation_does_not_work():
    with pytest.raises(NotAllowed, match=WRONG[:20]):
        opened(link(secret=b"een heel ander geheim, ook lang genoeg"))


def test_a_link_for_one_thing_opens_nothing_else():
    with pytest.raises(NotAllowed, match="klopt niet"):
        opened(link(purpose="ronde"), purpose="uitnodiging")


def test_an_expired_link_says_so():
    token = link(days=14)
    with clock.frozen(clock.now() + timedelta(days=13, hours=23)):
        assert opened(token) == ROUND
    with clock.frozen(clock.now() + timedelta(days=14, seconds=1)), pytest.raises(NotAllowed, match="verlopen"):
        opened(token)


def test_a_link_does_nothing_after_the_round_closed():
    token = link()
    assert opened(token) == ROUND
    with pytest.raises(NotAllowed) as refused:
        opened(token, is_open=False)
    assert refused.value.message == CLOSED


def test_whether_a_round_is_open_is_asked_only_for_links_of_ours():
    asked: list[str] = []
    with pytest.raises(NotAllowed):
        read(SECRET, "x.y", purpose="ronde", is_open=lambda subject: bool(asked.append(subject)))
    assert asked == []


def test_an_endless_link_is_refused_at_once():
    with pytest.raises(NotAllowed, match="klopt niet"):
        opened("x" * 5_000_000)
