"""Forms: whatever is typed gives input or a Dutch sentence at the right field, and comes back as it was typed."""

import string
import time
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError, field_validator

from app.admin import ORGANISATION_LABELS, OrganisationInput, SharedInput
from core.accounts.routes import LoginInput, PasswordInput
from core.web.forms import MESSAGES, Form, Labels, Typed, _part_of, bind, fill, pattern_of, without_empty_rows
from register.content import ActivityContent
from support.register import COMPLETE, contents
from wmebv.content import ProductContent


class Colour(StrEnum):
    RED = "rood"
    BLUE = "blauw"


class Wheel(BaseModel):
    size: int = Field(default=0, ge=0, le=50)
    bought_on: date | None = None
    marks: tuple[Annotated[str, Field(max_length=5)], ...] = ()


class Owner(BaseModel):
    name: str = Field(default="", max_length=10)
    since: date | None = None


class Bicycle(BaseModel):
    """Every kind of field that a form can have."""

    name: str = Field(min_length=2, max_length=20)
    plate: str = Field(default="", pattern=r"^([A-Z]{2}-[0-9]{2})?$")
    colour: Colour | None = None
    is_electric: bool = False
    price: int = Field(default=1, gt=0, le=10_000)
    bought_on: date
    owner: Owner = Owner()
    wheels: tuple[Wheel, ...] = Field(default=(), max_length=3)
    notes: list[str] = []

    @field_validator("name")
    @classmethod
    def _is_no_car(cls, value: str) -> str:
        if value == "auto":
            raise ValueError("dit is geen fiets.")
        return value


MODELS = (Bicycle, ActivityContent, OrganisationInput, SharedInput, LoginInput, PasswordInput)
LABELS = {"name": Labels("Naam"), "wheels-*-size": Labels("Maat van het wiel")}
BICYCLE = {"name": "Fiets", "bought_on": "2026-11-21"}


def typed(*pairs: tuple[str, str], **values: str) -> Typed:
    return Typed((*pairs, *values.items()))


def bicycle(**values: str) -> Form[Bicycle]:
    return bind(Bicycle, typed(*(BICYCLE | values).items()), LABELS)


@cache
def names_of(model: type[BaseModel], prefix: str = "") -> tuple[str, ...]:
    """Every name that a page can have for this model, with two rows of each list."""
    return tuple(_names(model, prefix))


def _names(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, info in model.model_fields.items():
        part, is_list = _part_of(info)
        if part and is_list:
            for number in (0, 1, 7):
                yield from _names(part, f"{prefix}{name}-{number}-")
        elif part:
            yield from _names(part, f"{prefix}{name}-")
        else:
            yield prefix + name


ANY_TEXT = st.text(st.characters(codec=None)) | st.sampled_from(
    [
        "",
        " ",
        "0",
        "-1",
        "1.000",
        "99999999999999999999",
        "ja",
        "true",
        "maybe",
        "21-11-2026",
        "31-02-2026",
        "\x00",
        "�",
        "2026-11-21",
        "9" * 5000,
        "1e5",
        "²",
        "x" * 5000,
        "a\nb\r\nc",
        "rood",
        "vastgesteld",
        "\ufffe",
    ]
)


def typing(model: type[BaseModel]) -> st.SearchStrategy[Typed]:
    names = st.sampled_from(names_of(model)) | st.text(string.ascii_lowercase + "-0123456789_", max_size=12)
    return st.lists(st.tuples(names, ANY_TEXT), max_size=25).map(tuple).map(Typed)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_any_typing_gives_input_or_dutch_messages(model):
    @settings(deadline=None, max_examples=120)
    @given(typing(model))
    def check(given_typed: Typed) -> None:
        form = bind(model, given_typed, {})
        assert (form.cleaned is None) == bool(form.errors)
        for message in form.errors.values():
            assert message.endswith((".", "?"))
            assert "{" not in message.replace("{", "", 0) or "{" in str(given_typed)
        for name in form.errors:
            assert not any(sign in name for sign in "[]() "), f"{name} is no name of a field"

    check()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_an_error_stands_at_a_field_that_the_page_has(model):
    patterns = {pattern_of(name) for name in names_of(model)} | {
        pattern_of(name.rsplit("-", 2)[0]) for name in names_of(model)
    }

    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.tuples(st.sampled_from(names_of(model)), ANY_TEXT), max_size=25).map(tuple).map(Typed))
    def check(given_typed: Typed) -> None:
        assert {pattern_of(name) for name in bind(model, given_typed, {}).errors} <= patterns

    check()


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(names_of(LoginInput)), st.text(st.characters(codec=None))), max_size=4))
def test_what_was_typed_comes_back_character_by_character(pairs):
    given_typed = Typed(tuple(pairs))
    form = bind(LoginInput, given_typed, {})
    assert form.typed == given_typed
    assert form.values("username") == [value for key, value in pairs if key == "username"]


@settings(deadline=None, max_examples=25)
@given(contents())
def test_a_stored_record_filled_in_and_sent_unchanged_is_the_same_record(content):
    form = fill(content, {})
    again = bind(ActivityContent, form.typed, {})
    assert again.errors == {}
    assert again.cleaned.model_dump(exclude={"purposes", "data_sets"}) == _without_empty_parts(content).model_dump(
        exclude={"purposes", "data_sets"}
    )


def _without_empty_parts(content: ActivityContent) -> ActivityContent:
    """A row in which nothing is filled in is no row."""
    return bind(ActivityContent, fill(content, {}).typed, {}).cleaned


def test_a_complete_record_comes_back_whole():
    assert bind(ActivityContent, fill(COMPLETE, {}).typed, {}).cleaned == COMPLETE


@pytest.mark.parametrize("ticked", [True, False])
def test_a_tick_is_typed_as_a_browser_sends_it(ticked):
    form = fill(Bicycle(name="Fiets", bought_on=date(2026, 11, 21), is_electric=ticked), {})
    assert form.values("is_electric") == (["on"] if ticked else [])
    assert bind(Bicycle, form.typed, {}).cleaned.is_electric is ticked


# Messages


def kinds_of_error(model: type[BaseModel]) -> set[str]:
    """Types of pydantic errors that typed text can give, found by trying."""
    found: set[str] = set()

    @settings(deadline=None, max_examples=200, derandomize=True)
    @given(typing(model))
    def collect(given_typed: Typed) -> None:
        from core.web.forms import _collect

        try:
            model.model_validate(_collect(model, without_empty_rows(given_typed), ""))
        except ValidationError as error:
            found.update(fault["type"] for fault in error.errors())

    collect()
    return found


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_type_of_error_has_a_message(model):
    assert kinds_of_error(model) - set(MESSAGES) == set()


def test_messages_name_the_label_and_say_what_to_do():
    assert bicycle(name="F").errors == {"name": "Vul in: 'Naam'. Gebruik minstens 2 tekens."}
    assert bicycle(name="F" * 21).errors == {"name": "Maak de tekst bij 'Naam' korter. Er passen 20 tekens."}
    assert bicycle(plate="x").errors == {"plate": "Vul 'Plate' in zoals in het voorbeeld."}
    assert bicycle(colour="groen").errors == {"colour": "Kies een van de mogelijkheden bij 'Colour'."}
    assert bicycle(price="veel").errors == {"price": "Vul bij 'Price' een heel getal in."}
    assert bicycle(price="0").errors == {"price": "Vul bij 'Price' een getal in dat groter is dan 0."}
    assert bicycle(price="20000").errors == {"price": "Vul bij 'Price' een getal in van 10000 of lager."}
    assert bicycle(bought_on="").errors == {"bought_on": "Vul bij 'Bought on' een datum in, zoals 21-11-2026."}
    assert bicycle(name="auto").errors == {"name": "'Naam': dit is geen fiets."}
    assert bicycle(is_electric="misschien").errors == {"is_electric": "Kies ja of nee bij 'Is electric'."}


def test_an_error_in_a_list_of_lines_stands_at_the_field_they_were_typed_in():
    assert bicycle(**{"wheels-0-marks": "kort\nveel te lang"}).errors == {
        "wheels-0-marks": "Maak de tekst bij 'Marks' korter. Er passen 5 tekens."
    }


def test_too_many_rows_is_said_at_the_list():
    form = bicycle(**{f"wheels-{number}-size": "26" for number in range(4)})
    assert form.errors == {"wheels": "Dat zijn te veel regels bij 'Wheels'. Verdeel ze over meer verwerkingen."}


def test_no_row_is_dropped_in_silence():
    class Many(BaseModel):
        wheels: tuple[Wheel, ...] = ()

    form = bind(Many, Typed(tuple((f"wheels-{number}-size", "26") for number in range(400))), {})
    assert len(form.cleaned.wheels) == 400


def test_errors_stand_in_the_order_of_the_page():
    form = bind(
        Bicycle, typed(("price", "x"), ("wheels-0-size", "y"), ("name", ""), ("bought_on", "z")), {}, require=["name"]
    )
    assert list(form.errors) == ["price", "wheels-0-size", "name", "bought_on"]


def test_a_form_may_ask_more_than_a_draft():
    form = bind(Owner, typed(name=" "), {"name": Labels("Naam")}, require=["name"])
    assert (form.errors, form.cleaned) == ({"name": "Vul in: 'Naam'."}, None)


def test_a_label_with_braces_is_just_a_label():
    form = bind(Owner, typed(name="x" * 11), {"name": Labels("Naam {of zo}")})
    assert form.errors == {"name": "Maak de tekst bij 'Naam {of zo}' korter. Er passen 10 tekens."}


# Rows


def test_empty_rows_close_up_and_messages_point_at_the_right_row():
    form = bicycle(**{"wheels-0-size": " ", "wheels-1-size": "26", "wheels-4-size": "veel", "wheels-4-marks": "a"})
    assert form.errors == {"wheels-1-size": "Vul bij 'Maat van het wiel' een heel getal in."}
    assert (form.value("wheels-1-size"), form.value("wheels-1-marks"), form.count("wheels")) == ("veel", "a", 2)


def test_rows_within_rows_close_up_too():
    given_typed = typed(
        ("purposes-0-text", ""),
        ("purposes-2-text", "Doel"),
        ("purposes-2-laws-0-name", " "),
        ("purposes-2-laws-3-name", "Wet"),
        ("purposes-5-laws-1-name", "Andere wet"),
    )
    purposes = bind(ActivityContent, given_typed, {}).cleaned.purposes
    assert [(purpose.text, [law.name for law in purpose.laws]) for purpose in purposes] == [
        ("Doel", ["Wet"]),
        ("", ["Andere wet"]),
    ]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 999), st.sampled_from(["", " ", "26", "x"])), max_size=30))
def test_rows_keep_their_order(rows):
    form = bind(Bicycle, Typed(tuple((f"wheels-{number}-marks", value) for number, value in rows)), {})
    kept: dict[int, list[str]] = {}
    for number, value in rows:
        kept.setdefault(number, []).append(value)
    filled = [values for _, values in sorted(kept.items()) if any(value.strip() for value in values)]
    assert [form.values(f"wheels-{number}-marks") for number in range(len(filled))] == filled


def test_a_page_shows_one_empty_row_and_those_asked_for():
    form = Form(Bicycle, typed(("wheels-0-size", "26"), ("wheels-1-size", "28")), {}, extra={"wheels": 2, "notes": 1})
    assert (form.count("wheels"), form.count("notes"), form.count("niets")) == (4, 1, 1)


def test_the_pattern_of_a_name_has_a_star_for_each_number():
    assert [pattern_of(name) for name in ("name", "purposes-0-text", "purposes-12-laws-3-name")] == [
        "name",
        "purposes-*-text",
        "purposes-*-laws-*-name",
    ]


def test_a_large_form_is_read_fast():
    """The largest activity that we ever saw had 40 purposes; 5,000 fields is where a form stops."""
    pairs = [
        (f"purposes-{n}-{field}", f"Tekst {n}") for n in range(200) for field in ("text", "necessity", "legal_bases")
    ]
    pairs += [(f"data_sets-{n}-data-{m}-label", "Naam") for n in range(100) for m in range(40)]
    pairs += [(f"recipients-{n}-name", "Team") for n in range(200)]
    start = time.process_time()
    form = bind(ActivityContent, Typed(tuple(pairs)), {})
    assert (len(form.cleaned.purposes), len(form.cleaned.data_sets), len(form.cleaned.recipients)) == (200, 100, 200)
    assert time.process_time() - start < 1.5


# Signs, dates and numbers


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\x1b", "\x7f", "\x85", "\ufffe", "\uffff", "\ud800"])
def test_invisible_signs_are_refused(sign):
    """XML cannot hold them, and a person cannot see them."""
    form = bind(Owner, typed(name=f"a{sign}b"), {"name": Labels("Naam")})
    assert form.cleaned is None
    assert form.value("name") == f"a{sign}b"


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "Zoë’s “é”", "🏛️", "é", "\u200b", "\xa0"])
def test_all_other_signs_are_kept(text):
    assert bind(Owner, typed(name=text), {}).cleaned.name == text


def test_lines_of_a_windows_browser_become_plain_lines():
    assert bind(Owner, typed(name="a\r\nb"), {}).cleaned.name == "a\nb"
    assert bicycle(notes="een\r\n\r\ntwee\n").cleaned.notes == ["een", "twee"]


@pytest.mark.parametrize("text", ["21-11-2026", "21/11/2026", "21.11.2026", "21 11 2026", " 21-11-2026 ", "2026-11-21"])
def test_a_date_may_be_typed_the_dutch_way(text):
    assert bicycle(bought_on=text).cleaned.bought_on == date(2026, 11, 21)


def test_a_day_goes_back_as_a_date_field_can_show_it_and_a_fault_as_it_was_typed():
    """The date field of a browser drops 21-11-2026, and then the day would be lost at the next save."""
    form = bicycle(
        **{"bought_on": "21-11-2026", "wheels-0-bought_on": "1-2-2026", "owner-since": "morgen", "name": "1-2-2026"}
    )
    assert list(form.errors) == ["owner-since"]
    shown = [form.value(name) for name in ("bought_on", "wheels-0-bought_on", "owner-since", "name")]
    assert shown == ["2026-11-21", "2026-02-01", "morgen", "1-2-2026"]


def test_a_day_or_month_may_have_one_digit():
    assert bicycle(bought_on="1-2-2026").cleaned.bought_on == date(2026, 2, 1)


@pytest.mark.parametrize(
    "text",
    [
        "31-02-2026",
        "2026",
        "0",
        "86400",
        "20261121",
        "1e9",
        "morgen",
        "21-11-26",
        "11-21-2026",
        "²1-11-2026",
        "2026-11-21T00:00:00",
        "-1",
        "0000-01-01",
        "21-11-0000",
    ],
)
def test_what_is_no_date_is_asked_again(text):
    """A bare number would be taken for seconds since 1970."""
    form = bicycle(bought_on=text)
    assert (form.errors, form.value("bought_on")) == (
        {"bought_on": "Vul bij 'Bought on' een datum in, zoals 21-11-2026."},
        text,
    )


@pytest.mark.parametrize(
    ("text", "number"), [("1.000", 1000), ("1000", 1000), (" 12 ", 12), ("10.000", 10_000), ("+5", 5)]
)
def test_a_whole_number_may_be_typed_the_dutch_way(text, number):
    form = bicycle(price=text)
    assert (form.errors, form.cleaned and form.cleaned.price, form.value("price")) == ({}, number, text)


def test_a_number_with_bounds_that_may_be_empty_takes_the_dutch_way_too():
    labels = {"yearly_volume": Labels("Hoe vaak per jaar")}
    typed = [bind(ProductContent, Typed((("yearly_volume", text),)), labels) for text in ("1.200", "", "1200 keer")]
    assert [form.cleaned and form.cleaned.yearly_volume for form in typed] == [1200, None, None]
    assert typed[2].errors == {"yearly_volume": "Vul bij 'Hoe vaak per jaar' een heel getal in."}


@pytest.mark.parametrize("text", ["1,5", "12.5", "1_000", "1.00", "veel", "²", "1e3", "0x10", "1.0"])
def test_what_is_no_whole_number_is_asked_again(text):
    assert bicycle(price=text).errors == {"price": "Vul bij 'Price' een heel getal in."}


def test_an_address_in_the_page_is_never_made_of_typed_text():
    assert Form(Owner, Typed(), {}).id('a"><script>') == "veld-a---script-"


def test_every_label_of_the_settings_page_belongs_to_a_field():
    assert set(ORGANISATION_LABELS) == set(OrganisationInput.model_fields) - {"version"}


def test_every_kind_of_field_of_an_activity_is_tried_here():
    """A new kind of field (a decimal, a moment) must first be taught to the forms."""

    def kinds(model: type[BaseModel]) -> Iterator[type]:
        for info in model.model_fields.values():
            part, is_list = _part_of(info)
            if part:
                yield from kinds(part)
            else:
                yield from (
                    (set(get_args(info.annotation)) - {type(None)} or {info.annotation}) if not is_list else {str}
                )

    found = {kind for kind in kinds(ActivityContent) if kind is not ...}
    assert {kind for kind in found if not issubclass(kind, StrEnum)} == {str, int, bool, date}
