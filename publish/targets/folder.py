"""A copy of the site in a folder elsewhere, such as a mounted share: written beside what readers see, then one switch.

T/documenten     the document files, one lasting tree
T/a, T/b         two copies of all the rest; the one that readers do not see is brought up to date
T/site           -> a or b: what the web server shows
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from core.errors import Failed
from core.storage import beside
from publish import writer
from publish.targets.journal import MARKER
from publish.targets.place import Parcel, is_document

_CHUNK = 1_048_576


class FolderPlace:
    """See `Place`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._link = root / "site"
        live = writer.current(self._link)
        self.tree = "b" if live is not None and live.name == "a" else "a"

    def __enter__(self) -> Self:
        if not self._root.is_dir():
            raise Failed(f"De map {self._root} is er niet. Maak hem, of koppel de schijf.")
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def _path(self, name: str) -> Path:
        if name == MARKER:
            return self._root / name
        if is_document(name):
            return self._root / "documenten" / name.removeprefix(f"{writer.DOCUMENTS}/")
        return self._root / self.tree / name

    def marker(self) -> bytes | None:
        with self._told():
            path = self._root / MARKER
            return path.read_bytes() if path.exists() else None

    def listed(self) -> Iterator[tuple[str, int]]:
        with self._told():
            documents = self._root / "documenten"
            if self.marker() is None:  # whatever stands here is not ours
                yield from ((path.name, 0) for path in self._root.iterdir())
                return
            for top, before in ((documents, f"{writer.DOCUMENTS}/"), (self._root / self.tree, "")):
                for path in sorted(top.rglob("*")):
                    if path.is_file() and not path.is_symlink():
                        yield before + path.relative_to(top).as_posix(), path.stat().st_size

    def put(self, parcels: Sequence[Parcel]) -> None:
        for parcel in parcels:
            target = self._path(parcel.name)
            with self._told(), parcel.source.open("rb") as file, beside(target.parent) as (near, out):
                while chunk := file.read(_CHUNK):
                    out.write(chunk)
                out.flush()
                near.chmod(0o644)
                near.replace(target)

    def remove(self, names: Sequence[str]) -> None:
        with self._told():
            for name in names:
                path = self._path(name)
                path.unlink(missing_ok=True)
                with suppress(OSError):  # it is not empty
                    path.parent.rmdir()

    def done(self) -> None:
        tree = self._root / self.tree
        with self._told():
            place = tree / writer.DOCUMENTS
            (self._root / "documenten").mkdir(exist_ok=True)
            if not place.is_symlink():
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to("../../documenten")
        os.sync()  # all of it at once: one by one takes twenty times as long
        writer.switch(self._link, tree)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Failed(
                f"In de map {self._root} kan niet worden geschreven of gelezen. Maak ruimte vrij of pas de rechten aan."
            ) from error
