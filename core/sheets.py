"""Spreadsheets in and out: xlsx, ods, xls and csv become rows of text; tables become xlsx, ods and csv.

A file is judged by its bytes, never by its name. Workbooks come from outside and a few bytes can ask for
terabytes (a cell in the last corner is enough), so they are opened in a child process with limits on memory and time.
"""

import codecs
import csv
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from core import confined
from core.errors import BadInput
from core.texts import clean

MAX_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 500_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 500
MAX_CELLS = 3_000_000
MAX_MEMORY = 500_000_000
MAX_SECONDS = 30

Cell = str | int | date | None
"""What a table to write may hold. A boolean or a fraction is a question of wording, which is up to the caller."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_A4 = 9
_LINE, _HIGHEST = 15, 408
"""Heights of a row in Excel, in points: for each line, and the most."""
_ENCRYPTED_XLSX = "EncryptedPackage".encode("utf-16-le")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SEPARATORS = (";", ",", "\t")
_FORMULA_STARTS = ("=", "+", "-", "@")
csv.field_size_limit(2**31 - 1)  # the file as a whole has a limit; the module's own limit on a cell is an odd error


@dataclass(frozen=True)
class Sheet:
    """One sheet as text. Row and column 0 are the first of the sheet, so `rows[4]` is what the screen calls row 5.

    Dates are ISO (`2026-11-21`), whole numbers have no `.0`, yes/no cells say `ja` or `nee`, an empty cell is `""`.
    `merged` has the first and the last cell of each merged area, as (row, column); ods files do not tell.
    """

    name: str
    rows: list[list[str]]
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True)
class Table:
    """Headings with rows of the same length, to be written as one sheet."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


# --- reading ---------------------------------------------------------------------------------------------------------


def read(source: Path | str | bytes, name: str = "", *, max_bytes: int = MAX_BYTES) -> list[Sheet]:
    """Read all sheets of a spreadsheet file.

    Args:
        source: the path of the file, or its bytes.
        name: what to call the file in messages; the name of the path when left out.
        max_bytes: how large the file may be.

    Raises:
        BadInput: the file is missing, empty, too large, protected with a password, damaged, or no spreadsheet.
    """
    if isinstance(source, bytes):
        content, called = source, name or "dit bestand"
    else:
        called = name or Path(source).name
        content = _bytes_of(Path(source), called, max_bytes)
    if len(content) > max_bytes:
        raise _too_large(called, max_bytes)
    if not content.strip():
        raise BadInput(f"'{called}' is leeg. Kies een bestand met gegevens.")
    sheets = _read_workbook(content, called) if content.startswith((_ZIP, _OLE)) else [_read_csv(content, called)]
    if not any(any(row) for sheet in sheets for row in sheet.rows):
        raise BadInput(f"'{called}' heeft geen gevulde cellen. Kies een bestand met gegevens.")
    return sheets


def _bytes_of(path: Path, called: str, max_bytes: int) -> bytes:
    try:
        if path.stat().st_size > max_bytes:
            raise _too_large(called, max_bytes)
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"Het bestand '{called}' bestaat niet. Controleer de naam en de map.") from None
    except OSError:
        raise BadInput(f"Het bestand '{called}' kan niet worden gelezen. Controleer of u het mag openen.") from None


def _too_large(called: str, max_bytes: int) -> BadInput:
    return BadInput(f"'{called}' is te groot: hoogstens {max_bytes // 1_000_000} MB. Splits het bestand.")


def _too_many_cells(called: str) -> BadInput:
    return BadInput(
        f"'{called}' heeft te veel rijen of kolommen. Verwijder de lege rijen en kolommen onder en naast de gegevens."
    )


def _protected(called: str) -> BadInput:
    return BadInput(f"'{called}' is beveiligd met een wachtwoord. Haal het wachtwoord eraf en probeer opnieuw.")


def _damaged(called: str) -> BadInput:
    return BadInput(f"'{called}' is beschadigd. Open het in uw rekenprogramma en sla het opnieuw op.")


def _no_spreadsheet(called: str) -> BadInput:
    return BadInput(f"'{called}' is geen rekenblad. Kies een bestand van het soort xlsx, ods, xls of csv.")


def _read_workbook(content: bytes, called: str) -> list[Sheet]:
    if content.startswith(_ZIP):
        _refuse_odd_zip(content, called)
    elif _ENCRYPTED_XLSX in content:
        raise _protected(called)
    child = confined.run("core.sheets", content, timeout=MAX_SECONDS)
    if not child.is_whole:
        raise _too_many_cells(called)
    *lines, last = child.output.splitlines()
    match json.loads(last)["fault"]:
        case "":
            return _sheets(lines)
        case "password":
            raise _protected(called)
        case "large":
            raise _too_many_cells(called)
        case "other" if content.startswith(_OLE):
            raise _no_spreadsheet(called)
        case _:
            raise _damaged(called)


def _refuse_odd_zip(content: bytes, called: str) -> None:
    """Xlsx and ods are zip files; so is much else. What the parts claim to unpack to is a first sieve only."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            size = sum(part.file_size for part in archive.infolist())
            is_encrypted = any(part.flag_bits & 1 for part in archive.infolist())
            kind = _start(archive, "mimetype") if "mimetype" in names and not is_encrypted else b""
            if b"opendocument" in kind and "META-INF/manifest.xml" in names:
                is_encrypted = b"encryption-data" in _start(archive, "META-INF/manifest.xml")
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError):
        raise _damaged(called) from None
    if is_encrypted:
        raise _protected(called)
    if size > MAX_UNPACKED_BYTES:
        raise _too_many_cells(called)
    if not (any(name.startswith("xl/") for name in names) or b"opendocument.spreadsheet" in kind):
        raise _no_spreadsheet(called)


def _start(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of a part; whatever it unpacks to, no more than this is read."""
    with archive.open(name) as part:
        return part.read(1_000_000)


def _sheets(lines: Sequence[bytes]) -> list[Sheet]:
    """What the child wrote: a line for each sheet, and after it one for each of its rows."""
    found: list[Sheet] = []
    for line in lines:
        said = json.loads(line)
        if isinstance(said, list):
            found[-1].rows.append(said)
        else:
            areas = tuple(((top, left), (bottom, right)) for (top, left), (bottom, right) in said["merged"])
            found.append(Sheet(said["name"], [], areas, is_hidden=said["hidden"]))
    return found


def find_headings(sheet: Sheet, known: Callable[[str], bool], *, within: int = 15) -> tuple[int, int]:
    """Which of the first rows holds the headings: the one with the most known ones, the first of them on a draw.

    Returns:
        the 0-based row, and how many different known headings it has (0 when there are none at all).
    """
    counted = [len({cell.casefold() for cell in row if cell and known(cell)}) for row in sheet.rows[:within]]
    best = max(counted, default=0)
    return (counted.index(best), best) if best else (0, 0)


def place_of_list(
    found: Sequence[Sheet], is_heading: Callable[[str], bool], *, sheet: str = "", heading_row: int = 0
) -> tuple[Sheet, int]:
    """The sheet with the most headings that we know, or the chosen one, and its row with headings, from 0.

    Args:
        found: as `read` gives them.
        is_heading: whether a text is a heading that we know.
        sheet: the one that a person chose.
        heading_row: the row that a person chose, from 1.

    Raises:
        BadInput: there is no such sheet or row.
    """
    filled = [one for one in found if any(map(any, one.rows)) and (one.name == sheet if sheet else not one.is_hidden)]
    best = max(filled, key=lambda one: find_headings(one, is_heading)[1], default=None)
    if best is None:
        raise BadInput(
            "Op dit blad staan geen gegevens. Kies een ander blad." if sheet else "Dit bestand heeft geen gevuld blad."
        )
    top = heading_row - 1 if heading_row else find_headings(best, is_heading)[0]
    if top >= len(best.rows) or not any(best.rows[top]):
        raise BadInput(f"Rij {top + 1} van blad '{best.name}' is leeg. Kies de rij waarin de koppen staan.")
    return best, top


# --- csv -------------------------------------------------------------------------------------------------------------


def _read_csv(content: bytes, called: str) -> Sheet:
    text = _decode(content)
    is_binary = "\x00" in text or len(_NOT_TEXT.findall(text)) > len(text) / 10  # one stray character is an accident
    if is_binary or content.startswith((b"%PDF", b"\x89PNG", b"{\\rtf", b"\xff\xd8\xff", b"GIF8")):
        raise _no_spreadsheet(called)
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml", "{", "[")):
        raise _no_spreadsheet(called)
    separator, text = _separator(text)
    rows = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append([_unguarded(clean(cell)) for cell in row])
            cells += len(row)
            if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS or cells > MAX_CELLS:
                raise _too_many_cells(called)
    except csv.Error:
        raise _damaged(called) from None
    return Sheet(Path(called).stem, rows)


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content[:200]:  # UTF-16 without a mark: half of the bytes of Dutch text are zero
        return content.decode("utf-16-le" if content[1:2] == b"\x00" else "utf-16-be", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # Windows-1252 leaves five bytes undefined


def _separator(text: str) -> tuple[str, str]:
    """The separator of a csv text, with the text that is left when its first line only names the separator."""
    if named := re.match(r"sep=([;,\t])\r?\n", text, flags=re.IGNORECASE):
        return named[1], text[named.end() :]
    # Separators within quotes are text. A row that is cut off halfway does no harm: this only counts.
    counted = re.sub(r'"(?:[^"]|"")*"', "", text[:20_000])
    lines = [line for line in counted.splitlines() if line.strip()][:20]
    # What most lines agree on is the separator: a comma in a sentence stands in one line, a separator in all of them.
    return max(_SEPARATORS, key=lambda sign: (_agreeing(lines, sign), counted.count(sign))), text


def _agreeing(lines: Sequence[str], sign: str) -> int:
    counts = [line.count(sign) for line in lines if sign in line]
    return max((counts.count(count) for count in set(counts)), default=0)


# --- the child process -----------------------------------------------------------------------------------------------


def _child() -> None:
    """Read a workbook from stdin and write its sheets to stdout as lines of JSON. Within the limits or not at all."""
    confined.limit(MAX_SECONDS, MAX_MEMORY)
    fault = open_workbook(sys.stdin.buffer.read(), lambda said: sys.stdout.write(json.dumps(said) + "\n"))
    sys.stdout.write(json.dumps({"fault": fault}))


def open_workbook(content: bytes, say: Callable[[object], object]) -> str:
    """Say each sheet and each row as it comes, so that memory holds a workbook once; returns what is wrong with it.

    For child processes only: the program itself must not open files of strangers.
    """
    import python_calamine as calamine

    cells = 0
    try:
        with calamine.load_workbook(io.BytesIO(content)) as book:
            for meta in book.sheets_metadata:
                if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(meta.name)
                cells += sheet.total_height * sheet.total_width
                if sheet.total_height > MAX_ROWS or sheet.total_width > MAX_COLUMNS or cells > MAX_CELLS:
                    return "large"
                hidden = meta.visible != calamine.SheetVisibleEnum.Visible
                say({"name": meta.name, "merged": sheet.merged_cell_ranges or [], "hidden": hidden})
                left = [""] * (sheet.start[1] if sheet.start else 0)  # which this way of reading leaves out
                for row in sheet.iter_rows():
                    say(left + [_text(cell) for cell in row])
    except calamine.PasswordError:
        return "password"
    except calamine.CalamineError as error:
        # The library has no class for "this is something else", only this sentence.
        return "other" if "detect file format" in str(error) else "damaged"
    except MemoryError:
        return "large"
    return ""


def _text(cell: str | float | date | time | timedelta) -> str:
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else str(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes") if cell.time() != time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


# --- writing ---------------------------------------------------------------------------------------------------------


def write_csv(table: Table) -> bytes:
    """A table as csv that Dutch Excel opens with a double click: UTF-8 with a mark, semicolons, CRLF.

    Text that a spreadsheet would take for a formula gets an apostrophe in front (section 15 of the register's design).
    """
    return codecs.BOM_UTF8 + csv_lines([table.headings]) + csv_lines(table.rows)


def csv_lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows as they stand in a csv of ours, for a file that is written piece by piece."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([_guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _guarded(cell: Cell) -> str:
    if not isinstance(cell, str):
        return _plain(cell)
    text = _cleaned(cell)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _unguarded(text: str) -> str:
    """Takes away the apostrophe that `_guarded` put in front, so that our own files come back as they went."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text


def _plain(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    return cell.isoformat() if isinstance(cell, date) else "" if cell is None else str(cell)


def write_xlsx(tables: Sequence[Table], *, made_on: date) -> bytes:
    """Tables as an Excel workbook, one sheet each, with fixed headings and a filter. Text never becomes a formula.

    A row is as high as its longest text, for programs that do not work that out. On paper a sheet is one page wide,
    with its headings on every page. The file says it was made on `made_on`, so the same tables and day give the same
    bytes.
    """
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": datetime.combine(made_on, time())})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        right = {"valign": "top", "align": "right", "indent": 1}  # away from the text in the next column
        figure, day = book.add_format(right), book.add_format(right | {"num_format": "dd-mm-yyyy"})
        for name, table in zip(_sheet_names([table.name for table in tables]), tables, strict=True):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
            sheet.set_landscape()
            sheet.set_paper(_A4)
            sheet.fit_to_pages(1, 0)
            widths = [_width(table, column) for column in range(len(table.headings))]
            for column, heading in enumerate(table.headings):
                sheet.write_string(0, column, clean(heading), bold)
                sheet.set_column(column, column, widths[column])
            for number, row in enumerate(table.rows, start=1):
                lines = 1
                for column, cell in enumerate(row):
                    if isinstance(cell, date) and not isinstance(cell, datetime):
                        sheet.write_datetime(number, column, datetime.combine(cell, time()), day)
                    elif isinstance(cell, int):
                        sheet.write_number(number, column, cell, figure)
                    elif text := _cleaned(_plain(cell)):
                        sheet.write_string(number, column, text[:32_767], wrapped)  # Excel opens no longer cell
                        lines = max(lines, lines_of(text, widths[column]))
                sheet.set_row(number, row_height(lines))
            if table.headings:
                sheet.autofilter(0, 0, len(table.rows), len(table.headings) - 1)
    return out.getvalue()


_cleaned = lru_cache(maxsize=10_000)(clean)
"""Long tables say the same in most of their cells."""


def _width(table: Table, column: int) -> int:
    longest = max((len(_plain(row[column])) for row in table.rows[:200]), default=0)
    return max(10, min(60, max(longest + 2, len(table.headings[column]) + 5)))  # beside a heading stands its filter


def row_height(lines: int) -> int | None:
    """In points, for programs that do not work it out; None for one line: such a row grows with what is typed."""
    return min(lines * _LINE, _HIGHEST) if lines > 1 else None


@lru_cache(maxsize=10_000)
def lines_of(text: str, width: int) -> int:
    """On how many lines a text stands in a column. Most letters are narrower than the digit that widths count in."""
    return sum(max(1, -(-len(line) // width)) for line in text.split("\n"))


def _sheet_names(wanted: Sequence[str]) -> list[str]:
    r"""Names that Excel accepts: 31 characters, without `[]:*?/\`, and no two alike whatever the case."""
    names: list[str] = []
    for called in wanted:
        base = re.sub(r"[\[\]:*?/\\]", " ", clean(called)).strip(" '")[:31] or "Blad"
        name, number = base, 2
        while name.casefold() in {taken.casefold() for taken in names}:
            name, number = f"{base[:27]} ({number})", number + 1
        names.append(name)
    return names


_ODS_KIND = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{_ODS_KIND}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_ODS_START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3">'
    "<office:automatic-styles>"
    '<number:date-style style:name="dag"><number:day number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text><number:year number:style="long"/>'
    "</number:date-style>"
    '<style:style style:name="kop" style:family="table-cell"><style:text-properties fo:font-weight="bold"/>'
    "</style:style>"
    '<style:style style:name="datum" style:family="table-cell" style:data-style-name="dag"/>'
    "</office:automatic-styles><office:body><office:spreadsheet>"
)


def write_ods(tables: Sequence[Table]) -> bytes:
    """Tables as an OpenDocument spreadsheet, one sheet each. The same tables give the same bytes."""
    out = io.BytesIO()
    write_ods_to(out, [(table.name, table.headings, [ods_rows(table.rows)]) for table in tables])
    return out.getvalue()


def write_ods_to(file: IO[bytes], sheets: Sequence[tuple[str, Sequence[str], Iterable[bytes]]]) -> None:
    """The same, piece by piece: of each sheet its name, its headings, and its rows as `ods_rows` makes them."""
    with zipfile.ZipFile(file, "w") as archive:
        # The kind stands first and unpacked, so that programs know the file by its first bytes (ODF 1.3, part 2, 3.3).
        archive.writestr(_ods_part("mimetype", zipfile.ZIP_STORED), _ODS_KIND)
        archive.writestr(_ods_part("META-INF/manifest.xml", zipfile.ZIP_DEFLATED), _ODS_MANIFEST)
        with archive.open(_ods_part("content.xml", zipfile.ZIP_DEFLATED), "w") as content:
            content.write(_ODS_START.encode())
            for name, (_, headings, rows) in zip(_sheet_names([one[0] for one in sheets]), sheets, strict=True):
                content.write(_ods_head(name, headings).encode())
                for piece in rows:
                    content.write(piece)
                content.write(b"</table:table>")
            content.write(b"</office:spreadsheet></office:body></office:document-content>")


def ods_rows(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows as they stand in a sheet of ours, for a file that is written piece by piece."""
    return "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows).encode()


def _ods_part(name: str, compression: int) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    part.compress_type = compression
    part.create_system = 3  # the same bytes on every platform
    return part


def _ods_head(name: str, headings: Sequence[str]) -> str:
    columns = f'<table:table-column table:number-columns-repeated="{len(headings)}"/>' if headings else ""
    cells = "".join(_ods_text(heading, ' table:style-name="kop"') for heading in headings)
    row = f"<table:table-header-rows><table:table-row>{cells}</table:table-row></table:table-header-rows>"
    return f"<table:table table:name={quoteattr(name)}>{columns}{row}"


def _ods_cell(cell: Cell) -> str:
    if isinstance(cell, date) and not isinstance(cell, datetime):
        kind = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
        return f'<table:table-cell table:style-name="datum" {kind}><text:p>{cell:%d-%m-%Y}</text:p></table:table-cell>'
    if isinstance(cell, int):
        return (
            f'<table:table-cell office:value-type="float" office:value="{cell:d}"><text:p>{cell:d}</text:p>'
            "</table:table-cell>"
        )
    return _ods_text(_plain(cell), "")


def _ods_text(text: str, style: str) -> str:
    """Each line is a paragraph, and a row of spaces an element, for ODF folds white space like HTML.

    A tab becomes a space: there is an element for it, but readers drop that and glue the words together.
    """
    if not (text := clean(text)):
        return f"<table:table-cell{style}/>"
    lines = "".join(f"<text:p>{_ods_spaces(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell{style} office:value-type="string">{lines}</table:table-cell>'


def _ods_spaces(line: str) -> str:
    line = escape(line.replace("\t", " "))
    if "  " not in line:
        return line
    return re.sub(" ( +)", lambda spaces: f' <text:s text:c="{len(spaces[1])}"/>', line)


if __name__ == "__main__":
    _child()
