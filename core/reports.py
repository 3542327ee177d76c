"""A report with figures: counted once, written as a paper, as tables and as data. The same report, the same bytes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from core.errors import BadInput, Failed
from core.papers import Paper, pdf, word
from core.papers import page as web_page
from core.sheets import Table, write_csv, write_xlsx


@dataclass(frozen=True, slots=True)
class Report:
    """What was counted. `name` stands in file names; the first table is what the csv holds; `facts` is a dataclass."""

    name: str
    paper: Paper
    tables: Sequence[Table]
    facts: Any


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a report down."""

    media_type: str
    write: Callable[[Report], bytes]


def write(report: Report, output: Path) -> Path:
    """Write a report to a file; the ending of its name says in which form.

    Raises:
        BadInput: there is no report with this ending.
        Failed: the file cannot be written, or the PDF cannot be made.
    """
    data = form_of(output).write(report)
    try:
        output.write_bytes(data)
    except OSError:
        raise Failed(
            f"Het rapport kan niet naar {output} worden geschreven. Controleer de map en de rechten."
        ) from None
    return output


def form_of(output: Path) -> Form:
    """The form that belongs to the ending of a file name; to be asked before anything is counted.

    Raises:
        BadInput: there is no report with this ending.
    """
    found = FORMS.get(output.suffix.lower().removeprefix("."))
    if found is None:
        known = ", ".join(f".{ending}" for ending in FORMS)
        raise BadInput(
            f"Een rapport met '{output.suffix or output.name}' kan niet. Kies een naam die eindigt op {known}."
        )
    return found


def as_json(report: Report) -> bytes:
    """Names in English, texts in Dutch, days as ISO 8601."""
    facts = {"schema": f"openboek-{report.name}-report", "schema_version": 1, **_fields_of(report.facts)}
    return json.dumps(facts, ensure_ascii=False, indent=1).encode() + b"\n"


def _fields_of(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a dataclass
    return {field.name: plain(getattr(value, field.name)) for field in fields(value)}


def plain(value: Any) -> Any:  # noqa: ANN401 - anything that a report holds
    """Dataclasses, enums and days as JSON knows them."""
    if is_dataclass(value):
        return _fields_of(value)
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value


FORMS: Mapping[str, Form] = {
    "html": Form("text/html; charset=utf-8", lambda report: web_page.write(report.paper)),
    "pdf": Form("application/pdf", lambda report: pdf.write(report.paper)),
    "docx": Form(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        lambda report: word.write(report.paper),
    ),
    "xlsx": Form(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda report: write_xlsx(report.tables, made_on=report.paper.day),
    ),
    "csv": Form("text/csv; charset=utf-8", lambda report: write_csv(report.tables[0])),
    "json": Form("application/json", as_json),
}
