"""Sending a file that somebody may keep."""

import os
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO
from urllib.parse import quote

from fastapi.responses import StreamingResponse

from core.sheets import Table, write_csv, write_ods, write_xlsx

_CHUNK = 262_144


class TableFormat(StrEnum):
    """In which forms a list can be kept."""

    XLSX = "xlsx"
    ODS = "ods"
    CSV = "csv"


def table_download(table: Table, kind: TableFormat, *, name: str, made_on: date) -> StreamingResponse:
    """Answer with a table as a file; `name` goes without its ending."""
    match kind:
        case TableFormat.XLSX:
            content = write_xlsx([table], made_on=made_on)
        case TableFormat.ODS:
            content = write_ods([table])
        case TableFormat.CSV:
            content = write_csv(table)
    return download(BytesIO(content), f"{name}.{kind.value}")


def download(file: BinaryIO, name: str) -> StreamingResponse:
    """Answer with an open file as an attachment, a part at a time, and close it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)

    def parts() -> Iterator[bytes]:
        with file:
            while part := file.read(_CHUNK):
                yield part

    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Content-Length": str(size)}
    return StreamingResponse(parts(), media_type="application/octet-stream", headers=headers)
