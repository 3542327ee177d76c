"""Files that are being read into a register: internal originals, kept until nobody needs them any more.

Each is kept with some random bytes before it. Its hash is then of this import alone, so that it can be removed without
asking whether somebody else has the same file, such as a document that is public.
"""

import hashlib
import secrets
from io import BytesIO
from typing import BinaryIO

from core.errors import BadInput
from core.folder import Folder
from core.storage import to_disk

_MARK = 32
_CHUNK = 1_048_576


def keep(folder: Folder, content: bytes | BinaryIO) -> str:
    """Keep a file; returns the SHA-256 to find it by.

    Raises:
        Failed: the store cannot be reached or written, or the disk is full.
    """
    source = BytesIO(content) if isinstance(content, bytes) else content
    store, part = folder.store(), secrets.token_bytes(_MARK)
    digest = hashlib.sha256()
    with store.receiving() as (path, out):
        while part:
            digest.update(part)
            out.write(part)
            part = source.read(_CHUNK)
        to_disk(out)
        store.put(digest.hexdigest(), path)
    return digest.hexdigest()


def opened(folder: Folder, sha256: str) -> BinaryIO:
    """The file as it came, to read once from here to its end, or as a zip file. Close it.

    Raises:
        BadInput: it is not kept any more.
        Failed: the store cannot be reached, or the file was damaged.
    """
    if not sha256:
        raise BadInput("Het bestand van dit inlezen is opgeruimd. Upload het opnieuw.")
    file = folder.store().open(sha256)
    file.seek(_MARK)
    return file


def read(folder: Folder, sha256: str) -> bytes:
    """The file as it came. Raises as `opened`."""
    with opened(folder, sha256) as file:
        return file.read()


def remove(folder: Folder, sha256: str) -> None:
    """Remove a file. Harmless when it is gone already."""
    if sha256:
        folder.store().delete(sha256)
