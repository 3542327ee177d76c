"""Which questions are asked about a message, judged or not."""

import pytest

from support.inventories import ON, mixed_inventory
from wmebv.content import Direction, Official
from wmebv.duties import Rulebook, Scope, as_shipped, duties, support_forms
from wmebv.forms import asked_about, message_questions, questions_of
from wmebv.rules import Case, message_verdict, special_act

BOOKS = {"as the law says": as_shipped(), "strict": Rulebook(duties(), support_forms(), is_strict=True)}


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_a_message_is_asked_the_same_when_nobody_judges_it(book):
    every = questions_of(Scope.MESSAGE, book=book)
    seen = set()
    for product in mixed_inventory(4, size=80).products:
        for message in product.messages:
            content = message.content
            verdict = message_verdict(Case(product.content, content, message.channels), ON, book=book)
            is_incoming = content.direction is Direction.IN
            asked = asked_about(content, every, book) if is_incoming else questions_of(Scope.OUTGOING, book=book)
            told = message_questions(verdict, is_incoming=is_incoming, book=book)
            assert [one.code for one in asked] == [one.code for one in told]
            seen.add((content.direction, special_act(content), content.official is Official.NO))
    assert len(seen) >= 8  # both directions, acts that close duties, and messages that are not official
