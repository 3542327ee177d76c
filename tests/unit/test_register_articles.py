"""The way from a check to the law: which address belongs to which article."""

import pytest

from register.articles import address_of_article, sources
from register.checks import CHECKS

AVG = "https://eur-lex.europa.eu/legal-content/NL/TXT/HTML/?uri=CELEX:32016R0679"


def addresses(named: str) -> list[str]:
    return [source.url for source in sources(named) if source.text not in {"; ", ", "}]


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_every_check_leads_to_an_article_and_its_text_stays_as_it_is(check):
    found = sources(check.article)
    assert "".join(source.text for source in found) == check.article
    assert any(source.url.startswith("https://") for source in found)
    assert check.looks_at[-1] == "."


@pytest.mark.parametrize(
    ("named", "urls"),
    [
        ("AVG art. 30 lid 1 onder a, art. 4 onder 7", [f"{AVG}#art_30", f"{AVG}#art_4"]),
        ("AVG art. 13 lid 2 onder f, 14 lid 2 onder g", [f"{AVG}#art_13", f"{AVG}#art_14"]),
        ("AVG art. 4 onder 8, 9 en 10", [f"{AVG}#art_4", f"{AVG}#art_4"]),
        ("AVG art. 7, overweging 43", [f"{AVG}#art_7", AVG]),
        ("AVG art. 28, 30", [f"{AVG}#art_28", f"{AVG}#art_30"]),
        (
            "UAVG art. 46; Wabb art. 10",
            [
                "https://wetten.overheid.nl/jci1.3:c:BWBR0040940&artikel=46",
                "https://wetten.overheid.nl/jci1.3:c:BWBR0022428&artikel=10",
            ],
        ),
        (
            "Wpg; Woo art. 5.1",
            ["https://wetten.overheid.nl/BWBR0022463", "https://wetten.overheid.nl/jci1.3:c:BWBR0045754&artikel=5.1"],
        ),
        (
            "AVG art. 35 lid 3 en 4; Staatscourant 2019, 64418",
            [f"{AVG}#art_35", "https://zoek.officielebekendmakingen.nl/stcrt-2019-64418.html"],
        ),
        ("AVG art. 35 lid 1; WP248", [f"{AVG}#art_35", ""]),
        ("Wpg art. 33; Bpg art. 6:5", ["https://wetten.overheid.nl/jci1.3:c:BWBR0022463&artikel=33", ""]),
    ],
)
def test_an_article_has_the_address_of_its_own_law(named, urls):
    assert addresses(named) == urls


def test_a_law_that_we_do_not_know_has_no_address():
    assert address_of_article("Wet op de kerstbomen", "3") == ""
