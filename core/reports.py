"""A report with figures: counted once, written as a paper, as tables and as data. The same report, the same bytes."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
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

    ending: str
    media_type: str
    write: Callable[[Report], bytes]


def write(report: Report, output: Path, *, sheet: str = "") -> Path:
    """Write a report to a file; the ending of its name says in which form.

    Args:
        report: what was counted.
        output: the file.
        sheet: for a csv, which table; the first when left out.

    Raises:
        BadInput: there is no report with this ending, or no such table.
        Failed: the file cannot be written, or the PDF cannot be made.
    """
    form = form_of(output)
    data = form.write(only(report, sheet) if sheet else report)
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


def only(report: Report, sheet: str) -> Report:
    """The report with one of its tables, by its name.

    Raises:
        BadInput: there is no such table.
    """
    found = [table for table in report.tables if table.name.casefold() == sheet.casefold()]
    if not found:
        known = ", ".join(table.name for table in report.tables)
        raise BadInput(f"Er is geen blad '{sheet}'. Kies uit: {known}.")
    return replace(report, tables=found)


def as_json(report: Report) -> bytes:
    """Names in English, texts in Dutch, days as ISO 8601."""
    facts = {"schema": f"openboek-{report.name}-report", "schema_version": 1, **_as_data(report.facts)}
    out = io.BytesIO()
    for part in json.JSONEncoder(ensure_ascii=False, indent=1, default=_as_data).iterencode(facts):
        out.write(part.encode())  # part by part: the facts of a large municipality fill a tenth of its memory
    out.write(b"\n")
    return out.getvalue()


def _as_data(value: Any) -> Any:  # noqa: ANN401 - anything that a report holds
    """Dataclasses, enums and days as JSON knows them."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return value.value if isinstance(value, Enum) else value.isoformat()


FORMS: Mapping[str, Form] = {
    form.ending: form
    for form in (
        Form("html", "text/html; charset=utf-8", lambda report: web_page.write(report.paper)),
        Form("pdf", "application/pdf", lambda report: pdf.write(report.paper)),
        Form(
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            lambda report: word.write(report.paper),
        ),
        Form(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            lambda report: write_xlsx(report.tables, made_on=report.paper.day),
        ),
        Form("csv", "text/csv; charset=utf-8", lambda report: write_csv(report.tables[0])),
        Form("json", "application/json", as_json),
    )
}
