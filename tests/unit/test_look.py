import hashlib
import json
import re
import runpy
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import html
from pydantic import BaseModel, Field

from core.web.forms import Form, Labels, Typed, bind

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "core" / "web" / "static"
TEMPLATES = ROOT / "templates"
VENDORED = json.loads((STATIC / "vendored.json").read_text())
TOOL = SimpleNamespace(**runpy.run_path(str(ROOT / "tools" / "refresh_look.py")))


def css(*names: str) -> str:
    return "".join(TOOL.without_comments((STATIC / name).read_text()) for name in names)


COMPONENTS, TOKENS = css("vendor/utrecht-components.css"), css("vendor/voorbeeld-tokens.css")
OWN = css("openboek.css", "huisstijl.css")

# ---- what we took from others


@pytest.mark.parametrize("listed", VENDORED, ids=lambda listed: listed["file"])
def test_vendored_file_is_the_one_that_was_fetched(listed):
    assert hashlib.sha256((STATIC / listed["file"]).read_bytes()).hexdigest() == listed["sha256"]


def test_every_vendored_file_stands_in_the_list():
    assert sorted(listed["file"] for listed in VENDORED) == sorted(
        f"vendor/{path.name}" for path in (STATIC / "vendor").iterdir()
    )


def test_licence_of_every_vendored_file_is_there():
    assert {listed["licence"] for listed in VENDORED} == {path.stem for path in (ROOT / "LICENSES").iterdir()}


def test_all_style_sheets_together_stay_small():
    assert sum(path.stat().st_size for path in STATIC.rglob("*.css")) < 150_000


def test_components_hold_nothing_that_is_not_used():
    assert TOOL.prune(COMPONENTS).split() == COMPONENTS.split()


def test_tokens_are_exactly_those_that_are_used():
    known = TOOL.declarations(TOKENS)
    assert TOOL.resolve(TOOL.properties_used(COMPONENTS) | TOOL.properties_used(OWN), known) == known


def test_every_property_we_use_has_a_value():
    asked = set(re.findall(r"var\(\s*(--[\w-]+)\s*\)", OWN))
    given = set(re.findall(r"(--[\w-]+)\s*:", OWN + TOKENS + COMPONENTS))
    assert asked - given == set()


def test_style_sheets_fetch_nothing_from_elsewhere():
    addresses = re.findall(r"url\(\s*[\"']?([^\"')]+)", COMPONENTS + TOKENS + OWN)
    assert [address for address in addresses if not address.startswith(("data:image/svg+xml", "vendor/"))] == []
    assert "@import" not in COMPONENTS + TOKENS + OWN


def test_a_selector_with_one_strange_class_is_dropped():
    assert TOOL.prune(
        ".utrecht-table, .utrecht-drawer { color: red } .utrecht-table .x { top: 0 }"
        "@media print { .utrecht-drawer { top: 0 } .utrecht-table:not(.x) { top: 1px } }"
    ) == ".utrecht-table{color:red}\n@media print{.utrecht-table:not(.x){top:1px}}"  # fmt: skip


# ---- templates


ALL_TEMPLATES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("name", ALL_TEMPLATES)
def test_template_is_well_formed_and_obeys_the_strict_policy(name):
    source = (TEMPLATES / name).read_text()
    environment().get_template(name)
    assert re.findall(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|\|\s*safe\b|javascript:", source) == []


def classes_in(template: str) -> set[str]:
    source = re.sub(r"\{#.*?#\}", "", (TEMPLATES / template).read_text(), flags=re.DOTALL)
    found = set(re.findall(r"(?<![\w-])((?:utrecht|ob)-[\w-]+)(?!\{|[\w-]|\.css)", source))
    return {name for name in found if not name.endswith("-")}  # the end of such a name is filled in when it is shown


@pytest.mark.parametrize("name", ALL_TEMPLATES)
def test_every_class_of_ours_in_a_template_has_a_rule(name):
    known = set(re.findall(r"\.(ob-[\w-]+)", OWN))
    assert {class_ for class_ in classes_in(name) if class_.startswith("ob-")} - known == set()


@pytest.mark.parametrize("name", ["base.html", "public/base.html", "components/forms.html", "components/lists.html"])
def test_every_class_of_the_component_library_that_we_use_was_fetched(name):
    known = set(re.findall(r"\.(utrecht-[\w-]+)", COMPONENTS))
    assert {class_ for class_ in classes_in(name) if class_.startswith("utrecht-")} - known == set()


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"datum": str, "moment": str, "getal": str}
    return made


def shown(source: str, **context: object) -> html.HtmlElement:
    return html.fragment_fromstring(environment().from_string(source).render(**context), create_parent="main")


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


class Input(BaseModel):
    name: str = Field(min_length=3)
    note: str = ""
    basis: str = ""
    start_on: int | None = None


LABELS = {
    "name": Labels("Naam", help="Kort en duidelijk.", article="AVG art. 30", required=True),
    "note": Labels("Notitie"),
    "basis": Labels("Grondslag"),
    "start_on": Labels("Begint op"),
}


def form(**typed: str) -> Form[Input]:
    return bind(Input, Typed(tuple(typed.items())), LABELS)


FORMS = '{% import "components/forms.html" as forms %}'
LISTS = '{% import "components/lists.html" as lists %}'


def test_field_points_at_its_help_and_its_error():
    element = shown(FORMS + '{{ forms.text(form, "name") }}', form=form(name="x"))
    [field] = element.xpath(".//input")
    texts = [words(element.get_element_by_id(id_)) for id_ in field.get("aria-describedby").split()]
    assert texts == [
        "Kort en duidelijk.Waarom? AVG art. 30",
        "Fout: Vul in: 'Naam'. Gebruik minstens 3 tekens.",
    ]
    assert (field.get("aria-invalid"), field.get("aria-required"), field.get("value")) == ("true", "true", "x")


def test_field_without_fault_help_or_duty_says_only_that_it_is_optional():
    element = shown(FORMS + '{{ forms.text(form, "note") }}', form=form(name="Parkeren", note="a"))
    assert dict(element.find(".//input").attrib).keys() == {"class", "type", "id", "name", "value"}
    assert words(element.find(".//label")) == "Notitie (niet verplicht)"


@pytest.mark.parametrize("typed", ["<b>&amp;</b>", "\"'", "\n\n eerste regel\nlaatste ", "é \U0001f4d6"])
def test_typed_text_comes_back_as_it_was(typed):
    page = environment().from_string(FORMS + '{{ forms.textarea(form, "note") }}{{ forms.text(form, "note") }}')
    element = html.document_fromstring(page.render(form=form(note=typed)))
    assert element.find(".//textarea").text == "\n" + typed  # a browser takes the first line end away
    assert element.find(".//input").get("value") == typed


def test_password_is_never_shown_again():
    element = shown(FORMS + '{{ forms.text(form, "note", type="password") }}', form=form(note="geheim"))
    assert element.find(".//input").get("value") is None


def test_choice_that_left_the_list_stays_chosen():
    source = FORMS + '{{ forms.select(form, "basis", [("a", "Toestemming")]) }}'
    chosen = shown(source, form=form(basis="oud")).xpath(".//option[@selected]")
    assert [(option.get("value"), option.text) for option in chosen] == [("oud", "oud (niet meer in de lijst)")]


def test_date_that_cannot_be_read_is_shown_as_typed():
    source = FORMS + '{{ forms.date(form, "start_on") }}'
    [good] = shown(source, form=form(name="Parkeren")).xpath(".//input")
    [bad] = shown(source, form=form(start_on="31 feb")).xpath(".//input")
    assert (good.get("type"), bad.get("type"), bad.get("value")) == ("date", "text", "31 feb")


@pytest.mark.parametrize("kind", ["radios", "checkboxes"])
def test_group_has_a_legend_and_its_first_option_carries_the_id(kind):
    source = FORMS + f'{{{{ forms.{kind}(form, "basis", [("a", "Een"), ("b", "Twee")]) }}}}'
    element = shown(source, form=form(basis="b"))
    assert words(element.find(".//legend")) == "Grondslag (niet verplicht)"
    assert [(field.get("id"), field.get("checked")) for field in element.iter("input")] == [
        ("veld-basis", None),
        ("veld-basis-2", "checked"),
    ]
    assert [label.get("for") for label in element.iter("label")] == ["veld-basis", "veld-basis-2"]


def test_error_summary_links_to_each_field_in_order():
    source = FORMS + "{{ forms.error_summary(form) }}"
    summary = shown(source, form=form(name="", start_on="x")).find("div")
    assert (summary.get("role"), summary.get("tabindex")) == ("alert", "-1")
    assert words(summary.find(".//h2")) == "Er is iets niet goed ingevuld"
    assert [link.get("href") for link in summary.iter("a")] == ["#veld-name", "#veld-start_on"]
    assert words(shown(source, form=form(name="Parkeren"))) == ""


@dataclass
class Cell:
    text: str
    href: str = ""
    badge: str = ""


def test_table_repeats_its_headings_for_narrow_screens():
    source = LISTS + '{{ lists.data_table("Lijst", ["Nr", "Naam", "Aantal"], rows) }}'
    element = shown(source, rows=[[Cell("VW-1", "/register/1"), "A & B", 3], ["VW-2", "", 0]])
    cells = element.xpath(".//tbody/tr/*")
    assert [(cell.tag, cell.get("data-label"), words(cell)) for cell in cells] == [
        ("th", "Nr", "VW-1"),
        ("td", "Naam", "A & B"),
        ("td", "Aantal", "3"),
        ("th", "Nr", "VW-2"),
        ("td", "Naam", "niet ingevuld"),
        ("td", "Aantal", "0"),
    ]
    assert [link.get("href") for link in element.iter("a")] == ["/register/1"]


def test_empty_value_is_never_shown_as_no():
    source = LISTS + '{{ lists.definition([("A", ""), ("B", []), ("C", none), ("D", ["x", cell]), ("E", 0)]) }}'
    element = shown(source, cell=Cell("y", badge="nakijken"))
    assert [words(value) for value in element.iter("dd")] == [
        "niet ingevuld",
        "niet ingevuld",
        "niet ingevuld",
        "x",
        "y Nakijken",
        "0",
    ]


@pytest.mark.parametrize(
    ("state", "word", "look"),
    [("fout", "Fout", "negative"), ("in_controle", "In controle", "info"), ("beeindigd", "Beëindigd", "neutral"), ("anders", "Anders", "neutral")],
)  # fmt: skip
def test_badge_has_a_word_a_shape_and_a_colour(state, word, look):
    [badge] = shown(LISTS + "{{ lists.badge(state) }}", state=state).xpath("./span")
    assert (words(badge), badge.get("class"), len(badge.xpath(".//svg[@aria-hidden]/*"))) == (
        word,
        f"ob-badge ob-badge--{look}",
        1,
    )


def test_finding_without_place_to_mend_is_no_link():
    finding = {"rule_id": "AVG-031", "severity": "fout", "message": "Vul de wet in.", "article": "AVG art. 6 lid 3"}
    source = LISTS + "{{ lists.findings_table(findings) }}"
    element = shown(source, findings=[finding | {"href": "/x"}, finding | {"href": None}])
    assert [link.get("href") for link in element.iter("a")] == ["/x"]
    assert words(shown(source, findings=[])) == "Geen bevindingen. Alles is in orde."


def test_application_page_has_skip_link_menu_and_log_out():
    page = html.document_fromstring(
        environment()
        .from_string('{% extends "base.html" %}{% block content %}<h1>Kop</h1>{% endblock %}')
        .render(
            page_title="Register",
            user=SimpleNamespace(id="1", name="Aisha", elsewhere=(), must_first_go_to=""),
            organisation=SimpleNamespace(name="Gemeente A"),
            navigation=[SimpleNamespace(label="Woo", href="/woo/", current=True)],
            message="Opgeslagen.",
            draft=None,
            demo=True,
        )
    )
    assert (page.get("lang"), page.findtext(".//title")) == ("nl", "Register - Openboek")
    assert page.xpath("//body/a[1]/@href") == ["#inhoud"]
    assert page.get_element_by_id("inhoud").tag == "main"
    assert page.xpath("//a[@aria-current='page']/@href") == ["/woo/"]
    assert page.xpath("//form[@method='post']/@action") == ["/uitloggen"]
    assert [words(status) for status in page.xpath("//*[@role='status']")] == ["Opgeslagen."]
    assert words(page.find(".//aside")) == "Voorbeeld: verzonnen gegevens"


def test_page_for_nobody_has_no_menu_and_no_log_out():
    page = html.document_fromstring(
        environment().get_template("base.html").render(
            page_title="Inloggen", user=None, organisation=None, navigation=[], message=None, draft=None, demo=False
        )
    )  # fmt: skip
    assert page.xpath("//form | //nav | //aside") == []


def test_public_page_needs_only_the_site():
    site = SimpleNamespace(
        organisation_name="Gemeente A",
        home="/",
        demo=False,
        changed_on="20 november 2026",
        contact_email="avg@a.example",
        accessibility_url="/toegankelijkheid/",
    )
    page = html.document_fromstring(environment().get_template("public/base.html").render(site=site, section="woo"))
    assert page.xpath("//nav//a/@href") == ["/", "/verwerkingsregister/", "/woo/", "/digitaal-zakendoen/", "/opendata/"]
    assert page.xpath("//a[@aria-current='page']/@href") == ["/woo/"]
    assert page.xpath("//footer//a/@href") == [
        "mailto:avg@a.example?subject=Klopt%20dit%20niet%3F%20Openbaar%20register",
        "/toegankelijkheid/",
    ]
    assert all((STATIC / path.removeprefix("/static/")).is_file() for path in page.xpath("//link/@href | //img/@src"))
