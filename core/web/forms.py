"""Forms: bind what was typed to an input model, keep every keystroke, and say in Dutch what to do next.

Names of nested fields are flat in the page: `purposes-0-text`, `data_sets-1-data`. A list of parts is as long as the
highest number in it. What was typed is never changed on the way back to the page, but for a day: the date field of
a browser shows `2026-11-21` and drops `21-11-2026`.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from core.errors import RuleViolation

Model = TypeVar("Model", bound=BaseModel)

MESSAGES = {
    "missing": "Vul in: {label}.",
    "string_unicode": "Er staat een onzichtbaar teken in {label}. Typ de tekst daar opnieuw.",
    "string_type": "Vul tekst in bij {label}.",
    "string_too_short": "Vul in: {label}. Gebruik minstens {min_length} tekens.",
    "string_too_long": "Maak de tekst bij {label} korter. Er passen {max_length} tekens.",
    "string_pattern_mismatch": "Vul {label} in zoals in het voorbeeld.",
    "enum": "Kies een van de mogelijkheden bij {label}.",
    "literal_error": "Kies een van de mogelijkheden bij {label}.",
    "bool_parsing": "Kies ja of nee bij {label}.",
    "bool_type": "Kies ja of nee bij {label}.",
    "date_from_datetime_parsing": "Vul bij {label} een datum in, zoals 21-11-2026.",
    "date_parsing": "Vul bij {label} een datum in, zoals 21-11-2026.",
    "date_type": "Vul bij {label} een datum in, zoals 21-11-2026.",
    "date_from_datetime_inexact": "Vul bij {label} een datum in, zoals 21-11-2026.",
    "int_parsing": "Vul bij {label} een heel getal in.",
    "int_parsing_size": "Vul bij {label} een kleiner getal in.",
    "int_type": "Vul bij {label} een heel getal in.",
    "int_from_float": "Vul bij {label} een heel getal in.",
    "greater_than": "Vul bij {label} een getal in dat groter is dan {gt}.",
    "greater_than_equal": "Vul bij {label} een getal in van {ge} of hoger.",
    "less_than_equal": "Vul bij {label} een getal in van {le} of lager.",
    "too_long": "Dat zijn te veel regels bij {label}. Verdeel ze over meer verwerkingen.",
    "value_error": "{label}: {reason}",
}
"""Type of pydantic error -> what the person should do. A type that is missing here is a test that fails."""

_DUTCH_DATE = re.compile(r"^([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})$")
_ISO_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_WHOLE_NUMBER = re.compile(r"^[+-]?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)$")
_INDEX = re.compile(r"^[0-9]{1,3}$")


@dataclass(frozen=True, slots=True)
class Typed:
    """What came in from the page, in order, several values per name possible."""

    pairs: Sequence[tuple[str, str]] = ()
    _by_name: dict[str, list[str]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _rows: dict[str, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in self.pairs:
            self._by_name.setdefault(name, []).append(value)

    def values(self, name: str) -> list[str]:
        return list(self._by_name.get(name, ()))

    def value(self, name: str) -> str:
        return self._by_name.get(name, [""])[-1]

    def number(self, name: str) -> int:
        """The whole number in a field, such as the version that a page was made from; 0 when there is none."""
        return whole_number(self.value(name))

    def rows(self, name: str) -> int:
        """How many rows a list has: the highest number in it and one."""
        if not self._rows:  # counted when somebody asks: most forms in between are only passed on
            self._rows[""] = 0
            for one in self._by_name:
                for parent, number in _rows_in(one):
                    self._rows[parent] = max(self._rows.get(parent, 0), number + 1)
        return self._rows.get(name, 0)


@dataclass(frozen=True, slots=True)
class Labels:
    """Words of a field: label, help, the article that asks for it, why we ask, and an example."""

    label: str
    help: str = ""
    article: str = ""
    required: bool = False
    why: str = ""
    example: str = ""


@dataclass(slots=True)
class Form(Generic[Model]):
    """A form as a template shows it. `cleaned` is the input when nothing is wrong, else None."""

    model: type[Model]
    typed: Typed
    labels: Mapping[str, Labels]
    """By pattern of a name: `purposes-*-text`."""
    cleaned: Model | None = None
    errors: dict[str, str] = field(default_factory=dict)
    extra: dict[str, int] = field(default_factory=dict)
    """Empty rows that the person asked for, by the name of the list."""

    def value(self, name: str) -> str:
        return self.typed.value(name)

    def values(self, name: str) -> list[str]:
        return self.typed.values(name)

    def error(self, name: str) -> str | None:
        return self.errors.get(name)

    def shows_day(self, name: str) -> bool:
        """Whether a date field of a browser can show what stands here: it drops what is no day."""
        return not self.error(name) and bool(_ISO_DATE.match(self.value(name) or "2026-01-01"))

    def refuse(self, refused: RuleViolation) -> None:
        """Put what the services refuse beside the fields."""
        self.errors |= refused.points or {"": refused.message}

    def _words(self, name: str) -> Labels:
        return self.labels.get(pattern_of(name)) or Labels(name.rsplit("-", 1)[-1].replace("_", " ").capitalize())

    def label(self, name: str) -> str:
        return self._words(name).label

    def help(self, name: str) -> str:
        return self._words(name).help

    def article(self, name: str) -> str:
        return self._words(name).article

    def required(self, name: str) -> bool:
        return self._words(name).required

    def why(self, name: str) -> str:
        return self._words(name).why

    def example(self, name: str) -> str:
        return self._words(name).example

    def id(self, name: str) -> str:
        return _id_of(name)

    def count(self, name: str) -> int:
        """How many parts of a list the page shows: as many as were typed plus those asked for, and at least one."""
        return max(1, self.typed.rows(name) + self.extra.get(name, 0))


def whole_number(text: str) -> int:
    """What was typed or stands in an address, as a number of at most nine digits; 0 for anything else."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0


@lru_cache(maxsize=4096)
def _id_of(name: str) -> str:
    return "veld-" + re.sub(r"[^A-Za-z0-9_-]", "-", name)


@lru_cache(maxsize=4096)  # a template asks several times for each field of a form, and a large form has hundreds
def pattern_of(name: str) -> str:
    """`purposes-0-laws-1-name` -> `purposes-*-laws-*-name`."""
    return "-".join("*" if _INDEX.match(step) else step for step in name.split("-"))


def without_empty_rows(typed: Typed) -> Typed:
    """Close the gaps that rows without any text leave, so that numbers in messages are those of the page."""
    filled = {row for name, value in typed.pairs if value.strip() for row in _rows_in(name)}
    numbers: dict[str, set[int]] = {}
    for parent, number in filled:
        numbers.setdefault(parent, set()).add(number)
    place = {(parent, number): at for parent, found in numbers.items() for at, number in enumerate(sorted(found))}
    pairs = []
    for name, value in typed.pairs:
        rows = _rows_in(name)
        if filled.issuperset(rows):
            steps = name.split("-")
            for parent, number in rows:
                steps[parent.count("-") + 1] = str(place[parent, number])
            pairs.append(("-".join(steps), value))
    return Typed(tuple(pairs))


def bind(model: type[Model], typed: Typed, labels: Mapping[str, Labels], *, require: Iterable[str] = ()) -> Form[Model]:
    """Read what was typed as `model`. Never raises: the errors stand in the form, each with the field's label.

    `require` names fields that may not be empty, although the model allows it (a draft may be empty, a form not).
    """
    typed = without_empty_rows(typed)
    form = Form(model, typed, labels)
    try:
        form.cleaned = model.model_validate(_collect(model, typed, ""))
    except ValidationError as error:
        for fault in error.errors():
            name = _name_of(fault["loc"])
            form.errors.setdefault(name, message_of(fault, form.label(name)))
    for name in require:
        if not typed.value(name).strip():
            form.errors.setdefault(name, MESSAGES["missing"].format(label=_quoted(form.label(name))))
    for name in dict.fromkeys(key for key, _ in typed.pairs):
        if any(_is_control(char) for value in typed.values(name) for char in value):
            form.errors.setdefault(
                name, f"Er staat een onzichtbaar teken in {_quoted(form.label(name))}. Typ de tekst daar opnieuw."
            )
    days = _names_of_days(model)
    form.typed = Typed(
        tuple(
            (name, _iso_date(value.strip()) if pattern_of(name) in days and name not in form.errors else value)
            for name, value in typed.pairs
        )
    )
    if form.errors:
        form.cleaned = None
        order = {key: place for place, (key, _) in enumerate(reversed(typed.pairs))}
        form.errors = dict(sorted(form.errors.items(), key=lambda item: -order.get(item[0], -1)))
    return form


def fill(model: BaseModel, labels: Mapping[str, Labels]) -> Form[Any]:
    """A form that shows a stored model, with every value as a person would type it."""
    return Form(type(model), Typed(tuple(_spread(model, ""))), labels)


def _quoted(label: str) -> str:
    return f"'{label}'"


def message_of(fault: Mapping[str, Any], label: str) -> str:
    """What a person should do about an error that pydantic found."""
    context = fault.get("ctx", {})
    return MESSAGES[fault["type"]].format(**{"label": _quoted(label), "reason": context.get("error", ""), **context})


def _is_control(char: str) -> bool:
    return (unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\r\t") or char in "\ufffe\uffff"


def _name_of(place: Sequence[str | int]) -> str:
    steps = [str(step) for step in place]
    # An entry of a list of plain texts belongs to the one field in which they were typed.
    return "-".join(steps[:-1] if steps and isinstance(place[-1], int) else steps)


def _collect(model: type[BaseModel], typed: Typed, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        key = prefix + name
        part, is_list = _part_of(info)
        if part and is_list:
            found[name] = [_collect(part, typed, f"{key}-{n}-") for n in range(typed.rows(key))]
        elif part:
            found[name] = _collect(part, typed, f"{key}-")
        elif is_list:
            found[name] = [line for value in typed.values(key) for line in value.splitlines() if line.strip()]
        else:
            raw = typed.value(key)
            if raw.strip() or info.annotation is str:
                found[name] = _as_meant(raw, info)
            elif info.is_required():
                found[name] = None
    return found


def _as_meant(raw: str, info: FieldInfo) -> str:
    """The text as pydantic reads it right: it takes 1.000 for one, and a bare number for seconds since 1970."""
    if _takes(info, date):
        return day_of(raw)
    if _takes(info, int):
        return raw.strip().replace(".", "") if _WHOLE_NUMBER.match(raw.strip()) else ""
    return raw.replace("\r\n", "\n")


def _rows_in(name: str) -> list[tuple[str, int]]:
    """`a-1-b-0-c` -> [(`a`, 1), (`a-1-b`, 0)]: the lists that a field stands in, and its row in each."""
    steps = name.split("-")
    return [("-".join(steps[:at]), int(step)) for at, step in enumerate(steps) if at and _INDEX.match(step)]


@cache
def _names_of_days(model: type[BaseModel], prefix: str = "") -> frozenset[str]:
    """Names of the fields that hold a date, with a star for each number."""
    found: set[str] = set()
    for name, info in model.model_fields.items():
        part, is_list = _part_of(info)
        if part:
            found |= _names_of_days(part, f"{prefix}{name}-*-" if is_list else f"{prefix}{name}-")
        elif _takes(info, date):
            found.add(prefix + name)
    return frozenset(found)


def _part_of(info: FieldInfo) -> tuple[type[BaseModel] | None, bool]:
    kind = info.annotation
    is_list = get_origin(kind) in {tuple, list}
    inner = get_args(kind)[0] if is_list else kind
    return (inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None), is_list


def _takes(info: FieldInfo, wanted: type) -> bool:
    kinds = get_args(info.annotation) if get_origin(info.annotation) in {Union, UnionType} else (info.annotation,)
    return wanted in {get_args(kind)[0] if get_origin(kind) is Annotated else kind for kind in kinds}


def day_of(typed: str) -> str:
    """A day as ISO, of `21-11-2026` or ISO itself; nothing for any other text, such as a number."""
    found = _iso_date(typed.strip())
    return found if _ISO_DATE.match(found) else ""


def _iso_date(text: str) -> str:
    match = _DUTCH_DATE.match(text)
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else text


def _spread(model: BaseModel, prefix: str) -> Iterable[tuple[str, str]]:
    for name in type(model).model_fields:
        value, key = getattr(model, name), prefix + name
        if isinstance(value, BaseModel):
            yield from _spread(value, f"{key}-")
        elif isinstance(value, tuple | list):
            if any(isinstance(item, BaseModel) for item in value):
                for number, item in enumerate(value):
                    yield from _spread(item, f"{key}-{number}-")
            else:
                yield from ((key, str(item)) for item in value)
        elif value is not None and value is not False:
            yield key, "on" if value is True else str(value)  # what a browser sends for a tick
