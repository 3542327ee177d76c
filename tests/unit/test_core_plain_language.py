"""AVG-135 in every register: one check on texts for everybody, with one list of difficult words."""

import pytest

from core import plain_language
from core.plain_language import is_hard_to_read
from register.checks import CHECKS
from support.activities import TODAY
from woo.content import CategoryContent
from woo.rules import CategoryFacts, category_findings

LONG = "Wij " + "schrijven heel veel woorden achter elkaar zonder dat er ergens een punt komt en dat is lastig."


@pytest.mark.parametrize("text", [LONG, "Derhalve krijgt u een brief."])
def test_long_sentences_and_difficult_words(text):
    assert is_hard_to_read(text)


@pytest.mark.parametrize("text", ["", "U krijgt een brief.", "U krijgt een brief. Daarin staat wat u moet doen."])
def test_short_sentences_with_plain_words(text):
    assert not is_hard_to_read(text)


def test_the_words_of_the_tip_are_those_of_the_check():
    check = CHECKS[plain_language.RULE_ID]
    assert (check.severity, check.article, check.message) == (
        plain_language.SEVERITY,
        plain_language.ARTICLE,
        plain_language.MESSAGE,
    )


@pytest.mark.parametrize(("frequency", "found"), [("Middels een jaarlijkse update", True), ("Elke week", False)])
def test_a_woo_category_is_looked_at_too(frequency, found):
    facts = CategoryFacts(number="001", today=TODAY)
    ids = [one.rule_id for one in category_findings(CategoryContent(frequency=frequency), facts)]
    assert ("AVG-135" in ids) is found
