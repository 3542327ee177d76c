"""Whatever text stands in an address or at the log-in, there is an answer: also texts that a database cannot hold."""

from collections.abc import Iterator
from datetime import date
from string import Formatter
from urllib.parse import quote, urlencode

import pytest
from fastapi.routing import iter_route_contexts

from register.services import add
from support.register import COMPLETE
from wmebv.content import ActionContent
from wmebv.services import add_action

pytestmark = pytest.mark.on_both

ODD = {
    "NUL": "a\x00b",
    "half a character": "%F0%9F",
    "a very large number": "9" * 30,
    "a negative number": "-5",
    "no ASCII digit": "²",
    "very long": "x" * 3000,
    "signs of a search": "%_\\'\"",
    "emoji and combining accents": "\U0001f6b2 e\u0301",
    "the first day there is": "0001-01-01",
    "the last day there is": "9999-12-31",
}


def addresses(app, odd: str) -> Iterator[str]:
    """Every page, with the odd text in each place of its address and in each thing that may be asked."""
    text = odd if odd.startswith("%F0") else quote(odd, safe="")
    for context in iter_route_contexts(app.routes):
        if not context.methods or "GET" not in context.methods:
            continue
        names = [name for _, name, _, _ in Formatter().parse(context.path) if name]
        if names:
            yield context.path.format(**dict.fromkeys(names, text))
        asked = [parameter.alias for parameter in context.route.dependant.query_params]
        if asked and not names:
            yield f"{context.path}?{'&'.join(f'{name}={text}' for name in asked)}"
            yield from (f"{context.path}?{name}={text}" for name in asked)


@pytest.mark.parametrize("kind", ODD)
def test_every_address_has_an_answer(client, kind):
    broken = {}
    for address in addresses(client.app, ODD[kind]):
        status = client.get(address).status_code
        if status >= 500:
            broken[address[:100]] = status
    assert broken == {}


@pytest.mark.parametrize("kind", ODD)
def test_every_text_at_the_log_in_has_an_answer(client, kind):
    data = {"username": ODD[kind], "password": ODD[kind], "back_to": ODD[kind]}
    client.cookies.clear()
    assert client.post("/inloggen", data=data).status_code == 422
    assert client.get(f"/inloggen?{urlencode({'terug': ODD[kind]})}").status_code == 200
    client.cookies.set("openboek_sessie", quote(ODD[kind]))
    assert client.get("/register/").url.path == "/inloggen"


@pytest.fixture
def with_odd_days(database, organisation, actor):
    """A record and actions with the first and the last day there are in them."""
    with database.write(organisation.id) as session:
        dpia = COMPLETE.dpia.model_copy(update={"done_on": date.max})
        odd = {"dpia": dpia, "reviewed_on": date.min, "next_review_on": date.max}
        add(session, COMPLETE.model_copy(update=odd), actor=actor)
        for day in (date.min, date.max):
            add_action(session, ActionContent(title="Ooit", due_on=day), actor=actor)


ASKS_FOR_A_DAY = (
    "/register/?gewijzigd={}",
    "/register/?nagekeken={}",
    "/register/VW-0001/",
    "/register/VW-0001/verschillen?van={}",
    "/register/bevindingen",
    "/register/rapport/",
    "/register/rapport/?dag={}",
    "/wmebv/rapport/?dag={}",
    "/wmebv/rapport/wmebv.csv?dag={}",
    "/wmebv/acties/",
    "/wmebv/acties/agenda.ics",
    "/woo/rapport/?dag={}",
    "/beheer/logboek/?van={}",
    "/beheer/logboek/?tot={}",
)
"""Or shows days that are stored."""


@pytest.mark.usefixtures("with_odd_days")
@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_first_and_the_last_day_there_are_break_no_page(client, day):
    answers = {address: client.get(address.format(day)).status_code for address in ASKS_FOR_A_DAY}
    assert {address: status for address, status in answers.items() if status not in {200, 404, 422}} == {}
