"""Addresses of documents elsewhere: a site that sends on to another host, or into the own network, is refused."""

import time
from collections.abc import Iterator

import pytest

from core.inside import is_inside
from support.other_sites import website
from woo import elsewhere


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with website() as address:
        yield address


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/goed.pdf", ""),
        ("/verhuisd.pdf", ""),
        ("/weg.pdf", "Op dit adres staat niets (fout 404)."),
        ("/ander.pdf", "Dit adres stuurt door naar elders.example."),
        ("/intern.pdf", "Dit adres stuurt door naar 10.0.0.1."),
        ("/rondje.pdf", "Dit adres blijft doorsturen."),
    ],
)
def test_an_address_is_tried_and_told_in_one_sentence(site, path, told):
    found = elsewhere.fault_of(f"{site}{path}", allows_own_network=True)
    assert found.startswith(told) if told else found == ""


def test_an_address_in_the_own_network_is_refused_and_a_site_that_is_away_is_not(site):
    assert elsewhere.fault_of(f"{site}/goed.pdf") == elsewhere.OWN_NETWORK
    assert elsewhere.fault_of("http://127.0.0.1:9/x.pdf", allows_own_network=True) == ""


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("intranet", True),
        ("zaken.losser.local", True),
        ("10.1.2.3", True),
        ("[::1]", True),
        ("localhost", True),
        ("169.254.169.254", True),
        ("ris.losser.nl", False),
        ("93.184.216.34", False),
    ],
)
def test_a_name_can_say_that_nobody_outside_can_reach_it(host, inside):
    assert is_inside(host) is inside


# --- many at once ----------------------------------------------------------------------------------------------------


def test_of_a_long_list_a_few_addresses_of_each_site_are_tried():
    """Ten thousand rows must not become ten thousand requests."""
    long = [f"https://raad.example/{number}.pdf" for number in range(10_000)]
    chosen = elsewhere.some_of([*long, "https://klein.example/a.pdf", long[0]])
    names = [url.rpartition("/")[2] for url in chosen]
    assert names == ["0.pdf", "a.pdf", "2000.pdf", "4000.pdf", "6000.pdf", "8000.pdf"]
    many = [f"https://site{number % 50}.example/{number}.pdf" for number in range(10_000)]
    assert len(elsewhere.some_of(many)) == elsewhere.OF_A_LIST
    assert elsewhere.some_of([]) == []


def test_addresses_are_tried_at_a_pace_and_within_the_time(site, monkeypatch):
    really = elsewhere.fault_of
    monkeypatch.setattr(elsewhere, "fault_of", lambda url: really(url, allows_own_network=True))
    monkeypatch.setattr(elsewhere, "PAUSE", 0.05)
    told = []
    wanted = [f"{site}/ander.pdf", f"{site}/goed.pdf", f"{site}/goed.pdf", f"{site}/weg.pdf"]
    begun = time.monotonic()
    found = elsewhere.faults_of(wanted, said=lambda done, total: told.append((done, total)))
    assert time.monotonic() - begun >= 2 * elsewhere.PAUSE
    assert [url.rpartition("/")[2] for url, fault in found.items() if fault] == ["ander.pdf", "weg.pdf"]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert list(elsewhere.faults_of(wanted, seconds=0.01)) == [f"{site}/ander.pdf"]
