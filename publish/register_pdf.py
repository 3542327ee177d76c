"""The whole register as a PDF to read and to print: tagged (PDF/UA-1) and to keep (PDF/A-2a)."""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import islice
from typing import Any

from core import typesetting
from core.errors import Failed
from core.organisations import Organisation
from core.web.pages import dutch_date, dutch_number
from publish import urls
from publish.parts import File

Keep = Callable[[str, Callable[[], bytes]], bytes]
"""Gives what was made before for a key, or makes it: a PDF costs more than all other files together."""
TEMPLATE = "register.typ"
PART = 500
"""Records in one file. A longer register has several: whoever prints it wants that, and only what changed is made."""
_LETTERS = (
    *((0x20, 0x7E), (0xA1, 0x17F), (0x1E80, 0x1E85), (0x2013, 0x2014), (0x2018, 0x201E), (0x2020, 0x2022)),
    *((0x391, 0x3A1), (0x3A3, 0x3A9), (0x3B1, 0x3C9), (0x410, 0x44F)),
    *((0x20AC, 0x20AC), (0x2026, 0x2026), (0x2030, 0x2030), (0x2122, 0x2122), (0x2264, 0x2265)),
)
"""What the typefaces that come with typst can show. Others are left out, else the bytes depend on the machine."""


def make(key: str, work: Callable[[], bytes]) -> bytes:  # noqa: ARG001 - the simplest `Keep`
    """Keep nothing: make it each time."""
    return work()


def build(organisation: Organisation, count: int, records: Iterable[Mapping[str, Any]], keep: Keep) -> Iterator[File]:
    """`register.pdf`, or `register-1.pdf` and on; nothing for an empty register, for a PDF/A has a date.

    Each of the `count` records has a `name`, `rows` (pairs of a heading and its texts) and the day on which it changed,
    `changed_on`.
    """
    names, left = part_names(count), iter(records)
    for number, name in enumerate(names):
        listed = list(islice(left, PART))
        newest = max(record["changed_on"] for record in listed)  # of this part: else one change would make all anew
        part = f", deel {number + 1} van {len(names)}" if len(names) > 1 else ""
        data = _shown(
            {
                "title": f"Verwerkingsregister van {organisation.name}{part}",
                "organisation": organisation.name,
                "as_of": f"Laatste wijziging: {dutch_date(newest)}",
                "date": [newest.year, newest.month, newest.day],
                "introduction": [
                    f"Hierin staan {dutch_number(len(listed))} verwerkingen (AVG artikel 30).",
                    f"Wat nu geldt, staat op {organisation.base_url}/{urls.REGISTER}/",
                    f"Vragen? {organisation.email or organisation.phone or organisation.address}",
                    *(
                        [f"Functionaris gegevensbescherming (FG): {organisation.dpo_contact}"]
                        if organisation.dpo_contact
                        else []
                    ),
                ],
                "records": [{"name": record["name"], "rows": record["rows"]} for record in listed],
            }
        )
        inputs = json.dumps(data, ensure_ascii=False)
        key = hashlib.sha256(b"\0".join((typesetting.maker("publish", TEMPLATE), inputs.encode()))).hexdigest()
        yield f"{urls.REGISTER}/{name}", keep(f"{key}.pdf", partial(_pdf, inputs))


def _pdf(inputs: str) -> bytes:
    made = typesetting.pdf("publish", TEMPLATE, inputs)
    if made is None:
        raise Failed("De PDF van het register kon niet worden gemaakt. Probeer het opnieuw.")
    return made


def part_names(count: int) -> Sequence[str]:
    """The files for so many records."""
    parts = -(-count // PART)
    return [f"register-{number}.pdf" for number in range(1, parts + 1)] if parts > 1 else ["register.pdf"][:parts]


def _shown(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same with texts that can be shown: a letter outside of our typefaces becomes a question mark."""
    match value:
        case str():
            return "".join(map(_letter, unicodedata.normalize("NFC", value)))
        case dict():
            return {name: _shown(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_shown(inner) for inner in value]
        case _:
            return value


@cache
def _letter(letter: str) -> str:
    if any(first <= ord(letter) <= last for first, last in _LETTERS):
        return letter
    return " " if letter.isspace() else "" if unicodedata.category(letter) in {"Cf", "Mn"} else "?"
