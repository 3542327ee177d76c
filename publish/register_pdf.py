"""The whole register as a PDF to read and to print: tagged (PDF/UA-1) and to keep (PDF/A-2a)."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import Any, Self
from zlib import compress, decompress

from core import typesetting
from core.errors import Failed
from core.organisations import Organisation
from core.web.pages import dutch_date, dutch_number
from publish import urls
from publish.parts import File, Spool

Keep = Callable[[str, Callable[[], bytes]], bytes]
"""Gives what was made before for a key, or makes it: a PDF costs more than all other files together."""
TEMPLATE = "register.typ"
WHOLE = 500
"""Records that fit in one file."""
PART = 100
"""Records in each file of a longer register: only what changed is made, and setting them takes less than 100 MB."""
_LETTERS = (
    *((0x20, 0x7E), (0xA1, 0x17F), (0x1E80, 0x1E85), (0x2013, 0x2014), (0x2018, 0x201E), (0x2020, 0x2022)),
    *((0x391, 0x3A1), (0x3A3, 0x3A9), (0x3B1, 0x3C9), (0x410, 0x44F)),
    *((0x20AC, 0x20AC), (0x2026, 0x2026), (0x2030, 0x2030), (0x2122, 0x2122), (0x2264, 0x2265)),
)
"""What the typefaces that come with typst can show. Others are left out, else the bytes depend on the machine."""
_OTHERS = re.compile(f"[^{''.join(f'{chr(first)}-{chr(last)}' for first, last in _LETTERS)}]")


def make(key: str, work: Callable[[], bytes]) -> bytes:  # noqa: ARG001 - the simplest `Keep`
    """Keep nothing: make it each time."""
    return work()


class Printing:
    """The register on paper: `register.pdf`, or `register-1.pdf` and on; nothing of no records, for a PDF/A has a date.

    Setting the pages takes longer than making all other files, and is done in a process of its own: each part is begun
    when its records are there, and meanwhile the site is made. Close it, or who stops waits for what nobody wants.
    """

    def __init__(self, organisation: Organisation, count: int, keep: Keep) -> None:
        self._organisation = organisation
        self._names = part_names(count)
        self._length = _length(count)
        self._left = count
        self._keep = keep
        self._listed: list[Mapping[str, Any]] = []
        self._process = ExitStack()
        self._beside = ThreadPoolExecutor(1)  # it waits for the process
        self._parts: list[Future[None]] = []
        self._made = Spool()

    def __enter__(self) -> Self:
        self._process.enter_context(typesetting.standing_by())
        return self

    def __exit__(self, *_: object) -> None:
        self._beside.shutdown(cancel_futures=True)
        self._process.close()

    @property
    def is_begun(self) -> bool:
        return bool(self._listed or self._parts)

    def add(self, record: Mapping[str, Any]) -> None:
        """One of the `count` records, with a `name`, `rows` (pairs of a heading and its texts) and `changed_on`."""
        self._listed.append(record)
        self._left -= 1
        if len(self._listed) == self._length or not self._left:
            inputs = self._inputs(self._listed).encode()
            self._parts.append(self._beside.submit(self._print, compress(inputs, 1)))  # many may wait
            self._listed = []

    def files(self) -> Iterator[File]:
        """Every part, when all records were added.

        Raises:
            Failed: one could not be made.
        """
        for part in self._parts:
            part.result()
        yield from zip((f"{urls.REGISTER}/{name}" for name in self._names), self._made, strict=True)

    def _print(self, waiting: bytes) -> None:
        inputs = decompress(waiting)
        key = hashlib.sha256(b"\0".join((typesetting.maker("publish", TEMPLATE), inputs))).hexdigest()
        self._made.add(self._keep(f"{key}.pdf", partial(_pdf, inputs.decode())))

    def _inputs(self, listed: Sequence[Mapping[str, Any]]) -> str:
        number, parts, organisation = len(self._parts) + 1, len(self._names), self._organisation
        newest = max(record["changed_on"] for record in listed)  # of this part: else one change would make all anew
        part = f", deel {number} van {parts}" if parts > 1 else ""
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
        return json.dumps(data, ensure_ascii=False)


def _pdf(inputs: str) -> bytes:
    made = typesetting.pdf("publish", TEMPLATE, inputs)
    if made is None:
        raise Failed("De PDF van het register kon niet worden gemaakt. Probeer het opnieuw.")
    return made


def part_names(count: int) -> Sequence[str]:
    """The files for so many records."""
    parts = -(-count // _length(count))
    return [f"register-{number}.pdf" for number in range(1, parts + 1)] if parts > 1 else ["register.pdf"][:parts]


def _length(count: int) -> int:
    """Records in one file of so many in all."""
    return PART if count > WHOLE else WHOLE


def _shown(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same with texts that can be shown: a letter outside of our typefaces becomes a question mark."""
    match value:
        case str():
            return _OTHERS.sub(_letter, unicodedata.normalize("NFC", value))
        case dict():
            return {name: _shown(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_shown(inner) for inner in value]
        case _:
            return value


def _letter(found: re.Match[str]) -> str:
    letter = found[0]
    return " " if letter.isspace() else "" if unicodedata.category(letter) in {"Cf", "Mn"} else "?"
