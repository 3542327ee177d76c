"""Writing the gap report down: a page, a CSV of the findings, a workbook, JSON."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import xlsxwriter
from jinja2 import Environment

from wmebv.duties import Group
from wmebv.report.model import GapReport
from wmebv.report.tables import Cell, Table, findings_table, headlines, tables
from wmebv.rules import SupportLevel

SUPPORT_LABELS: Mapping[SupportLevel, str] = {
    SupportLevel.Z0: "Niets bekend",
    SupportLevel.Z1: "Alleen informatie",
    SupportLevel.Z2: "Minimum gehaald",
    SupportLevel.Z3: "Minimum, machtigen, eenvoudige taal en toegankelijkheid bewezen",
    SupportLevel.Z4: "Ook getest met de doelgroep",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the chart, in units of the drawing."""

    label: str
    count: int
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars D0-DX; `text` holds all numbers for those who cannot see it."""

    bars: tuple[Bar, ...]
    height: int
    text: str


MOST_ROWS = 25
"""A longer table shows its first rows on the page; the workbook has them all."""
_BAR_STEP = 34
_BAR_LENGTH = 400


def level_chart(report: GapReport) -> Chart:
    """The bars of the levels: the longest fills the width."""
    longest = max((each.count for each in report.levels), default=0) or 1
    labels = [f"{each.level.value} {each.label}" if each.level else each.label for each in report.levels]
    bars = tuple(
        Bar(label, each.count, y=number * _BAR_STEP, width=each.count * _BAR_LENGTH // longest)
        for number, (label, each) in enumerate(zip(labels, report.levels, strict=True))
    )
    text = "; ".join(f"{bar.label}: {bar.count}" for bar in bars)
    return Chart(bars, height=len(bars) * _BAR_STEP, text=f"Berichten aan de gemeente per niveau. {text}.")


def as_html(
    report: GapReport,
    templates: Environment,
    *,
    base: str = "base.html",
    context: Mapping[str, object] | None = None,
    most_rows: int = MOST_ROWS,
) -> str:
    """The report as a page that extends `base`, which gets `context`. Long tables show their first rows only."""
    facts = page_context(report, templates.filters["datum"], most_rows=most_rows)
    return templates.get_template("wmebv/report.html").render(
        {**(context or {}), "base": base, "page_title": f"Wmebv-rapport {report.organisation}", **facts}
    )


def page_context(report: GapReport, in_words: Callable[[date], str], *, most_rows: int = MOST_ROWS) -> dict[str, Any]:
    """What the template of the report shows, wherever the page stands; `in_words` writes a date in Dutch."""
    return {
        "report": report,
        "headlines": headlines(report, in_words),
        "tables": tables(report),
        "groups": tuple(group.value.capitalize() for group in Group),
        "chart": level_chart(report),
        "support_labels": SUPPORT_LABELS,
        "most_rows": most_rows,
    }


def as_csv(report: GapReport) -> str:
    """The findings as CSV (RFC 4180). A cell that a spreadsheet would run as a formula starts with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    table = findings_table(report)
    writer.writerow(table.headings)
    for row in table.rows:
        writer.writerow([_csv_cell(cell) for cell in row])
    return out.getvalue()


def _csv_cell(cell: Cell) -> str:
    text = _text(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _text(cell: Cell) -> str:
    return "niet ingevuld" if cell is None else str(cell)


def as_xlsx(report: GapReport) -> bytes:
    """The whole report as a workbook, one sheet for each table. The same report gives the same bytes."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        out,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    workbook.set_properties(
        {
            "title": f"Wmebv-rapport {report.organisation} {report.on.isoformat()}",
            "created": report.data_changed_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    as_day = workbook.add_format({"num_format": "d-m-yyyy", "valign": "top", "align": "left"})
    for table in tables(report).values():
        sheet = workbook.add_worksheet(table.name)
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(table.headings):
            sheet.write_string(0, column, heading, bold)
            sheet.set_column(column, column, _column_width(table, column))
        for number, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day), as_day)  # noqa: DTZ001 - a day has no zone
                elif isinstance(cell, int):
                    sheet.write_number(number, column, cell, wrapped)
                else:
                    sheet.write_string(number, column, _text(cell), wrapped)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.headings) - 1)
        elif table.when_empty:
            sheet.write_string(1, 0, table.when_empty)
    workbook.close()
    return out.getvalue()


def _column_width(table: Table, column: int) -> int:
    longest = max((len(_text(row[column])) for row in table.rows), default=0)
    return max(12, min(60, max(longest, len(table.headings[column])) + 2))


def as_json(report: GapReport) -> str:
    """The whole report as JSON: names in English, codes and texts in Dutch, dates as ISO 8601."""
    plain = {"schema": "openboek-wmebv-report", "schema_version": 1, **_plain_fields(report)}
    plain["assessed_percentage"] = report.assessed_percentage
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def _plain_fields(value: object) -> dict[str, object]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}  # type: ignore[arg-type] # a dataclass


def _plain(value: object) -> object:
    """Dataclasses, enums and dates as JSON knows them."""
    if is_dataclass(value):
        return _plain_fields(value)
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value
