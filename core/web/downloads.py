"""Sending a file that somebody may keep."""

import os
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from fastapi.responses import StreamingResponse

_CHUNK = 262_144


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
