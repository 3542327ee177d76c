"""What each role may and may not: every route that asks a permission, tried by every role."""

import pytest
from lxml import html

from app.roles import ADMINISTER, PERMISSIONS, ROLE_NAMES, WORDS, permissions_of
from core.accounts.models import RoleCode
from core.web.pages import PARTS
from support.routes import routes_of

OPEN = {
    "GET /.well-known/security.txt",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",  # numbers only, and only when the administrator says so
    "GET /inloggen",
    "POST /inloggen",
    "POST /uitloggen",
    # The steps of a log-in; each looks at a cookie or a link of its own.
    "GET /inloggen/code",
    "POST /inloggen/code",
    "GET /inloggen/werkaccount",
    "GET /inloggen/werkaccount/terug",
    "GET /noodtoegang/{token}",
    "POST /noodtoegang/{token}",
    "GET /uitloggen/werkaccount",
    "GET /uitnodiging/{token}",
    "POST /uitnodiging/{token}",
    "GET /toegankelijkheid",
    # A review round: the link is signed, expires, and shows the records of one team.
    "GET /controle/{token}",
    "POST /controle/{token}",
}
"""What may be asked without a log-in. Whoever adds a line here says why the world may see it."""
FOR_EVERYBODY = {
    "GET /",
    "GET /huisstijl.css",
    "GET /wachtwoord",
    "POST /wachtwoord",
    "POST /organisatie",
    # The own account only.
    "GET /account/",
    "POST /account/aanmeldingen/einde",
    "POST /account/tweede-stap/begin",
    "GET /account/tweede-stap",
    "GET /account/tweede-stap/code.svg",
    "POST /account/tweede-stap",
    "POST /account/tweede-stap/uit",
    # One's own work; for that of others each asks a permission of its own.
    "GET /beheer/werk/",
    "GET /beheer/werk/{job_id}",
    "POST /beheer/werk/{job_id}/afbreken",
    "POST /beheer/werk/{job_id}/opnieuw",
    # What one typed oneself and did not save.
    "GET /niet-opgeslagen/",
    "GET /niet-opgeslagen/{draft_id}",
    "POST /niet-opgeslagen/{draft_id}/weg",
    "POST /niet-opgeslagen/bewaren",
}
NOWHERE = "00000000-0000-4000-8000-000000000000"


def address(route) -> str:
    """An address of the right form that leads to nothing."""
    known = {"number": "999", "ending": "html", "kenmerk": "VW-0999", "kind": "teams", "public_id": "geen"}
    return route.path.format(**{name: known.get(name, NOWHERE) for name in route.names})


def test_every_route_but_a_few_asks_for_one_permission(_application):
    routes = routes_of(_application)
    assert {str(route) for route in routes if not route.needs_login} == OPEN
    assert {str(route) for route in routes if route.needs_login and not route.guards} == FOR_EVERYBODY
    assert [str(route) for route in routes if len(route.guards) > 1] == []


def test_every_permission_that_is_asked_is_handed_out_and_has_words(_application):
    asked = {guard for route in routes_of(_application) for guard in route.guards}
    assert asked <= permissions_of(RoleCode)
    assert permissions_of(RoleCode) == set(WORDS)
    assert (set(PERMISSIONS), set(ROLE_NAMES)) == (set(RoleCode), set(RoleCode))


@pytest.mark.parametrize("role", RoleCode)
def test_a_role_may_do_what_its_permissions_say_and_nothing_else(_application, client_as, role):
    client = client_as(role)
    wrong, refused, allowed = [], 0, 0
    for route in routes_of(_application):
        if not route.guards:
            continue
        answer = client.request(route.method, address(route), data={} if route.method == "POST" else None)
        may = route.guards[0] in PERMISSIONS[role]
        allowed, refused = allowed + may, refused + (not may)
        if may == (answer.status_code == 403) or answer.status_code >= 500:
            wrong.append((str(route), answer.status_code, may))
    assert wrong == []
    assert (allowed > 0, refused > 0) == (True, True)


@pytest.mark.parametrize("role", ["fg", "lezer", "management"])
def test_who_only_reads_changes_nothing(_application, client_as, role):
    client = client_as(role)
    changes = [route for route in routes_of(_application) if route.method == "POST" and route.guards]
    answers = {str(route): client.post(address(route)).status_code for route in changes}
    remarks = {str(route) for route in changes if route.guards == ("register:remark",)}
    own = {path for path in answers if path.startswith("POST /register/weergaven")}  # how the list opens, for oneself
    files = {path for path in answers if path.startswith("POST /register/bestanden")}  # a download with a day or a team
    allowed = own | files | (remarks if role == "fg" else set())
    assert {path for path, status in answers.items() if status != 403} == allowed
    assert (len(own), len(files)) == (3, 2)
    assert len(answers) > 25


def test_only_the_administrator_administers():
    assert [role for role in RoleCode if ADMINISTER in PERMISSIONS[role]] == [RoleCode.ADMINISTRATOR]


def test_somebody_without_a_role_gets_nowhere(_application, client_as):
    client = client_as()
    for route in routes_of(_application):
        if route.guards and route.method == "GET":
            assert client.get(address(route)).url.path == "/inloggen", str(route)


@pytest.mark.parametrize("role", ["privacy_officer", "lezer", "woo_coordinator", "wmebv_coordinator", "vaststeller"])
def test_the_menu_of_a_section_holds_what_this_role_can_open_and_says_where_one_is(client_as, role):
    client = client_as(role)
    for section, parts in PARTS.items():
        start = client.get(section)
        if start.status_code != 200:
            continue
        shown = html.document_fromstring(start.text).xpath("//nav[@aria-label='Dit onderdeel']//a")
        assert {link.get("href") for link in shown} <= {href for _, href, _ in parts}
        for link in shown:
            there = client.get(link.get("href"))
            assert there.status_code == 200, link.get("href")
            current = html.document_fromstring(there.text).xpath("//nav[@aria-label='Dit onderdeel']//a[@aria-current]")
            assert [one.get("href") for one in current] == [link.get("href")]
