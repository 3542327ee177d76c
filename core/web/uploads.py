"""Forms with a file."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, BinaryIO

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from core import sheets
from core.errors import BadInput
from core.folder import Folder
from core.uploads import last_step
from core.web.drafts import DraftForm, remember
from core.web.forms import Typed

_FORM_OVERHEAD = 5_000_000  # bytes that everything else in a form may take beside its file


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with at most one file. `name` is empty when none was chosen."""

    typed: Typed
    name: str
    source: BinaryIO | None


@asynccontextmanager
async def read_upload(request: Request, most: int | None = None) -> AsyncIterator[Upload]:
    """Read a form with a file, which is gone when the request ends. `most`: bytes, when not every file will do.

    Raises:
        BadInput: the request says it is larger than a file may be; nothing of it is read.
    """
    limit = folder_of(request).settings.max_upload
    limit = limit if most is None else min(limit, most)
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit + _FORM_OVERHEAD:
        raise BadInput(f"Dit bestand is te groot: hoogstens {limit // 1_000_000} MB. Ga terug en kies een kleiner.")
    async with request.form(max_fields=5000, max_files=1) as form:
        pairs = tuple((key, value) for key, value in form.multi_items() if isinstance(value, str))
        file = form.get("file")
        chosen = file if isinstance(file, UploadFile) and file.filename else None
        yield Upload(Typed(pairs), last_step(chosen.filename or "") if chosen else "", chosen.file if chosen else None)


class DraftUpload(DraftForm):
    """Reads a form with a file and keeps a draft of the rest."""

    has_file = True

    async def __call__(self, request: Request) -> AsyncIterator[Upload]:  # type: ignore[override]  # closes the file
        async with read_upload(request) as upload:
            remember(request, upload.typed)
            yield upload


def folder_of(request: Request) -> Folder:
    folder: Folder = request.app.state.folder
    return folder


async def _any_file(request: Request) -> AsyncIterator[Upload]:
    async with read_upload(request) as upload:
        yield upload


async def _spreadsheet(request: Request) -> AsyncIterator[Upload]:
    async with read_upload(request, sheets.MAX_BYTES) as upload:
        yield upload


OnlyFile = Annotated[Upload, Depends(_any_file)]
"""A form with nothing in it but a file."""
OnlySheet = Annotated[Upload, Depends(_spreadsheet)]
"""The same with a file that will be read into memory as a whole: no larger than a spreadsheet may be."""
OurFolder = Annotated[Folder, Depends(folder_of)]
