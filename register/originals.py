"""Files that are being read into the register: internal originals, kept until nobody needs them any more.

Each is kept with some random bytes before it. Its hash is then of this import alone, so that it can be removed without
asking whether somebody else has the same file, such as a document that is public.
"""

import hashlib
import secrets

from core.errors import BadInput
from core.folder import Folder
from core.storage import to_disk

_MARK = 32


def keep(folder: Folder, content: bytes) -> str:
    """Keep a file; returns the SHA-256 to find it by.

    Raises:
        Failed: the store cannot be reached or written, or the disk is full.
    """
    marked = secrets.token_bytes(_MARK) + content
    sha256, store = hashlib.sha256(marked).hexdigest(), folder.store()
    with store.receiving() as (path, out):
        out.write(marked)
        to_disk(out)
        store.put(sha256, path)
    return sha256


def read(folder: Folder, sha256: str) -> bytes:
    """The file as it came.

    Raises:
        BadInput: it is not kept any more.
        Failed: the store cannot be reached, or the file was damaged.
    """
    if not sha256:
        raise BadInput("Het bestand van dit inlezen is opgeruimd. Upload het opnieuw.")
    with folder.store().open(sha256) as file:
        file.seek(_MARK)
        return file.read()


def remove(folder: Folder, sha256: str) -> None:
    """Remove a file. Harmless when it is gone already."""
    if sha256:
        folder.store().delete(sha256)
