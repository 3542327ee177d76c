"""What a database in a file or on the server begins with: made once in each test process, and copied after that."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from core.db import Database
from support.images import image_of, put_back

_KEPT: dict[tuple[str, str], tuple[bytes, Any]] = {}


def prepare(url: str, name: str, make: Callable[[], Any]) -> Any:
    """Let the database at an address hold what `make` puts in it, and return what `make` returned the first time.

    It has no rows yet and nobody has it open. A name is for every file, but for each database on the server apart.
    """
    address = make_url(url)
    file = Path(address.database or "") if address.get_backend_name() == "sqlite" else None
    key = "" if file else url, name
    if key not in _KEPT:
        told = make()
        _KEPT[key] = file.read_bytes() if file else _with(url, image_of), told
        return told
    image, told = _KEPT[key]
    if file:
        file.write_bytes(image)
    else:
        _with(url, lambda database: put_back(database, image))
    return told


def _with(url: str, use: Callable[[Database], Any]) -> Any:
    database = Database(url)
    try:
        return use(database)
    finally:
        database.close()
