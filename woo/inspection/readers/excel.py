"""Excel (ISO/IEC 29500-1, part 18): the cells, and sheets, rows, columns and data that are not shown."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from lxml import etree

from core import sheets
from woo.inspection.model import Budget, Found, Kind, Piece, Unreadable
from woo.inspection.readers.ooxml import Parts, common, elements
from woo.inspection.readers.ooxml import relations as relations_of
from woo.inspection.readers.packages import Package, attribute, local, person, user_path
from woo.inspection.text import column_name, has_words

QUOTED = re.compile(r'"([^"]{3,})"')
"""A text in a formula."""
_FIELD = re.compile(r"&(?:[LCRPNDTFA]|\"[^\"]*\"|\d+|K\w{6})")
"""In a header or footer: a number of a page, a font and the like."""


def read(data: bytes, budget: Budget) -> Parts:
    package = Package(data, budget)
    book = package.xml("xl/workbook.xml")
    relations = relations_of(package, "xl/workbook.xml")
    hidden: dict[str, tuple[set[int], set[int]]] = {}
    for element in elements(book):
        match local(element):
            case "sheet":
                name, part = attribute(element, "name"), relations.get(attribute(element, "id"), "")
                hidden[name] = _hidden_in(package.xml(part))
                yield from _around_cells(package, part, name)
            case "definedName" if attribute(element, "hidden") == "1" or re.match(r'\s*[="]', element.text or ""):
                if not re.match(r"_xlnm|_FilterDatabase|_xl", attribute(element, "name")) and has_words(
                    element.text or ""
                ):
                    yield Piece(element.text or "", where=f"naam {attribute(element, 'name')}", is_hidden=True)
            case "fileSharing":
                yield from person("Gereserveerd door", attribute(element, "userName"))
            case "absPath":
                yield from user_path("Bewaard", attribute(element, "url"))
            case _:
                pass
    shown = set[str]()
    for found in grids(data, hidden):
        if isinstance(found, Piece) and not found.is_hidden:
            shown |= set(re.split(r"[\t\n]", found.text))
        yield found
    yield from _behind(package, shown)
    yield from _writers(package)
    yield from common(package, shown)


def grids(data: bytes, hidden: Mapping[str, tuple[set[int], set[int]]]) -> Iterator[Piece | Found]:
    """The cells of all sheets; `hidden` has the rows and columns (from 0) of each sheet that are not shown."""
    found: list[dict[str, Any]] = []

    def take(said: Any) -> None:  # noqa: ANN401 - a line of JSON
        """A sheet, or after it one of its rows."""
        if isinstance(said, dict):
            found.append(said | {"rows": []})
        else:
            found[-1]["rows"].append(said)

    if fault := sheets.open_workbook(data, take):
        raise Unreadable(
            {
                "password": "Het bestand is beveiligd met een wachtwoord. Haal het wachtwoord eraf.",
                "large": "Het werkblad heeft te veel rijen of kolommen. Verwijder lege rijen, of kijk het zelf na.",
            }.get(fault, "Het rekenblad is beschadigd. Sla het opnieuw op in uw rekenprogramma.")
        )
    for sheet in found:
        rows, columns = hidden.get(sheet["name"], (set(), set()))
        yield from _grid(sheet, rows, columns)


def _grid(sheet: Mapping[str, Any], hidden_rows: set[int], hidden_columns: set[int]) -> Iterator[Piece | Found]:
    name, rows = str(sheet["name"]), [[" ".join(cell.split()) for cell in row] for row in sheet["rows"]]
    headings = next((tuple(row) for row in rows if sum(map(bool, row)) > 1), ("",))
    numbers = [number for number, row in enumerate(rows) if any(row)]
    is_hidden = bool(sheet["hidden"])
    yield Piece(name, where="naam van een blad", is_hidden=is_hidden)
    if not numbers:
        return
    if is_hidden:
        told = next(" | ".join(filter(None, rows[number])) for number in numbers)
        yield Found(Kind.HIDDEN_SHEET, f"Blad '{name}' is verborgen: {told}", critical=True, where=name)
    hidden_rows = {number for number in hidden_rows if number < len(rows) and any(rows[number])}
    hidden_columns = {column for column in hidden_columns if any(column < len(row) and row[column] for row in rows)}
    if hidden_rows and not is_hidden:
        said = ", ".join(str(number + 1) for number in sorted(hidden_rows)[:10])
        text = " | ".join(filter(None, rows[min(hidden_rows)]))
        yield Found(Kind.HIDDEN_ROW, f"Verborgen rijen ({len(hidden_rows)}): {said}: {text}", critical=True, where=name)
    if hidden_columns and not is_hidden:
        said = ", ".join(column_name(column) for column in sorted(hidden_columns)[:10])
        first = min(hidden_columns)
        text = f"{said}: " + " | ".join([row[first] for row in rows if first < len(row) and row[first]][:3])
        said = f"Verborgen kolommen ({len(hidden_columns)}): {text}"
        yield Found(Kind.HIDDEN_ROW, said, critical=True, where=name)

    def lines(*, shown: bool) -> str:
        """The rows with only the cells that are shown, or only those that are not."""
        kept = (
            [
                cell if (number in hidden_rows or place in hidden_columns) != shown else ""
                for place, cell in enumerate(rows[number])
            ]
            for number in numbers
        )
        return "\n".join("\t".join(cells) for cells in kept)

    said_rows = [number + 1 for number in numbers]
    yield Piece(lines(shown=True), headings=headings, sheet=name, rows=said_rows, is_hidden=is_hidden)
    if hidden_rows or hidden_columns:
        yield Piece(lines(shown=False), headings=headings, sheet=name, rows=said_rows, is_hidden=True)


def _hidden_in(root: "etree._Element | None") -> tuple[set[int], set[int]]:
    """Rows and columns that a sheet does not show, from 0."""
    rows, columns = set[int](), set[int]()
    for element in elements(root):
        if local(element) not in {"row", "col"}:
            continue
        height = attribute(element, "ht") if local(element) == "row" else attribute(element, "width")
        if attribute(element, "hidden") not in {"1", "true"} and not re.fullmatch(r"0(?:\.0+)?", height):
            continue
        if local(element) == "row":
            rows.add(int(attribute(element, "r") or 0) - 1)
        else:
            last = min(int(attribute(element, "max") or 0), sheets.MAX_COLUMNS)
            columns |= set(range(int(attribute(element, "min") or 1) - 1, last))
    return rows, columns


def _around_cells(package: Package, part: str, name: str) -> Parts:
    """Headers and footers, choices, scenarios and texts in formulas of a sheet, and what lies on it."""
    in_formulas = dict[str, None]()
    for element in elements(package.xml(part)):
        match local(element):
            case "f":
                in_formulas |= dict.fromkeys(QUOTED.findall(element.text or ""))
            case "dataValidation":
                yield Piece("\n".join(_choices(element)), where=f"{name}, keuzelijst")
            case "scenario":  # 18.3.1.76: a name, who made it, and why
                yield from person("Scenario van", attribute(element, "user"))
                yield Piece(f"{attribute(element, 'name')}\n{attribute(element, 'comment')}", where=f"{name}, scenario")
            case "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" | "firstHeader" | "firstFooter":
                yield Piece(_FIELD.sub(" ", element.text or ""), where=f"{name}, kop- of voettekst")
            case _:
                pass
    yield Piece("\n".join(in_formulas), where=f"{name}, formules")
    yield from _on_cells(package, part, name)


def _on_cells(package: Package, part: str, name: str) -> Parts:
    """Comments and text boxes of a sheet."""
    for target in relations_of(package, part).values():
        if not re.search(r"comments?\d*\.xml$|threadedComment|drawing\d*\.xml$", target, re.IGNORECASE):
            continue
        for element in elements(package.xml(target)):
            if local(element) in {"comment", "threadedComment"}:
                text = " ".join("".join(element.itertext()).split())
                yield Found(Kind.COMMENT, f"Opmerking: {text}", where=f"{name}!{attribute(element, 'ref')}")
                yield Piece(text, where=f"{name}!{attribute(element, 'ref')}", is_hidden=True)
            elif local(element) == "p" and "drawing" in target:
                yield Piece("".join(element.itertext()), where=f"{name}, tekstvak")


def _choices(element: "etree._Element") -> Iterator[str]:
    """What can be chosen in cells (18.3.1.32), and what is said about it."""
    yield from (attribute(element, name) for name in ("promptTitle", "prompt", "errorTitle", "error"))
    for formula in element.iter():
        for listed in QUOTED.findall(formula.text or "") if local(formula) in {"formula1", "formula2", "f"} else ():
            yield from listed.split(",")


def _behind(package: Package, shown: AbstractSet[str]) -> Parts:
    """Data that a workbook keeps without a cell: behind pivot tables and links to other workbooks."""
    kept: dict[str, list[str]] = {}
    for name in package.matching(r"xl/pivotCache/pivotCache(?:Records|Definition)\d*\.xml"):
        found = [attribute(one, "v") for one in elements(package.xml(name)) if local(one) in {"s", "n", "d"}]
        kept.setdefault("een draaitabel", []).extend(found)
    for name in package.matching(r"xl/externalLinks/externalLink\d+\.xml"):
        found = [one.text or "" for one in elements(package.xml(name)) if local(one) == "v"]
        kept.setdefault("een koppeling met een ander bestand", []).extend(found)
        for target in relations_of(package, name).values():
            yield from user_path("Gekoppeld bestand", target)
    for said, values in kept.items():
        # What a cell shows as well is no secret.
        secret = [value for value in dict.fromkeys(values) if value and value not in shown]
        if has_words(" ".join(secret)):
            yield Found(Kind.HIDDEN_SHEET, f"{len(secret)} waarden achter {said}", critical=True)
            yield Piece("\n".join(secret), where=f"achter {said}", is_hidden=True)


def _writers(package: Package) -> Parts:
    """Who made the comments, and as whom data come from elsewhere."""
    for element in elements(package.xml("xl/connections.xml")):
        said = "\n".join(element.attrib.values())
        yield Piece(said, where="koppeling met gegevens", is_hidden=True)
        yield from user_path("Gegevens", said)
        for account in re.findall(r"(?:User ?ID|UID)=([^;\n]+)", said, re.IGNORECASE):
            yield from person("Gegevens opgehaald door", account)
    for name in package.matching(r"xl/(?:persons/.*|comments\d*)\.xml"):
        for element in elements(package.xml(name)):
            yield from person("Opmerking van", attribute(element, "displayName"))
            if local(element) == "author":
                yield from person("Opmerking van", element.text)
