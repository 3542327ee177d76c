"""Where the files of a list of documents are: beside the list, or in zip files that were sent with it.

A zip of a stranger is read here and not in a child process: its list of contents is looked at before it is read, and a
part is unpacked a piece at a time, no further than it said to be large and than an upload may be.
"""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from core import values
from core.errors import BadInput
from core.filetypes import directory_size

MAX_MEMBERS = 50_000
_MAX_DIRECTORY = 16_000_000
_BOMB, _SMALL = 100, 100_000_000
"""A zip that unpacks to so many times its own size, and to more than this many bytes, is none that people make."""
_LISTS = ("xlsx", "ods", "xls", "csv")
_LIKELY = ("lijst", "overzicht", "inventaris", "metadata", "index", "documenten")
_DAMAGED = (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, OSError, NotImplementedError)


class Source(Protocol):
    """Gives the files that a list names."""

    def opened(self, name: str) -> AbstractContextManager[BinaryIO]:
        """The file of this name.

        Raises:
            BadInput: it is not there, or cannot be read.
        """


class Beside:
    """The folder in which the list stands, and those below it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        path = (self._folder / name.replace("\\", "/")).resolve()
        if not path.is_relative_to(self._folder):
            raise BadInput(f"het bestand '{name}' staat buiten de map van de lijst. Zet het naast de lijst.")
        if not path.is_file():
            raise BadInput(f"het bestand '{name}' is er niet. Zet het naast de lijst of verbeter het pad.")
        with path.open("rb") as file:
            yield file


class Zipped:
    """Zip files. A file is found by its path from the list, or by its name alone when there is one of that name."""

    def __init__(self, archives: Sequence[BinaryIO], called: str = "de zip") -> None:
        """Open them.

        Raises:
            BadInput: damaged, or it unpacks to far more than it is.
        """
        self._by_path: dict[str, tuple[zipfile.ZipFile, zipfile.ZipInfo]] = {}
        self._by_name: dict[str, list[str]] = {}
        for file in archives:
            archive = _unzipped(file, called)
            for member in archive.infolist():
                path = _folded(member.filename)
                if not member.is_dir() and not _is_of_the_system(path):
                    self._by_path[path] = (archive, member)
        for path in self._by_path:
            self._by_name.setdefault(path.rpartition("/")[2], []).append(path)

    @property
    def names(self) -> Sequence[str]:
        """The files in it, as they are called there."""
        return [member.filename for _, member in self._by_path.values()]

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        archive, member = self._found(name)
        if member.flag_bits & 1:
            raise BadInput(f"het bestand '{name}' in de zip heeft een wachtwoord. Maak de zip zonder wachtwoord.")
        try:
            with archive.open(member) as file:
                yield cast("BinaryIO", file)
        except _DAMAGED as error:
            raise BadInput(f"het bestand '{name}' in de zip is beschadigd. Maak de zip opnieuw.") from error

    def _found(self, name: str) -> tuple[zipfile.ZipFile, zipfile.ZipInfo]:
        wanted = _folded(name)
        ends = [path for path in self._by_path if path == wanted or path.endswith(f"/{wanted}")]
        paths = ends or self._by_name.get(wanted.rpartition("/")[2], [])
        if not paths:
            raise BadInput(f"het bestand '{name}' zit niet in de zip. Voeg het toe of verbeter de naam.")
        if wanted in paths:
            return self._by_path[wanted]
        if len(paths) > 1:
            raise BadInput(f"'{name}' zit {len(paths)} keer in de zip. Schrijf ook de map, zoals 'map/{name}'.")
        return self._by_path[paths[0]]


def list_in(source: Zipped, called: str) -> str:
    """Which file of a zip is the list of documents.

    Raises:
        BadInput: none, or it cannot be told which.
    """
    lists = [name for name in source.names if name.lower().endswith(_LISTS)]
    depth = min((name.count("/") for name in lists), default=0)
    lists = [name for name in lists if name.count("/") == depth]
    likely = [name for name in lists if any(word in values.fold(name) for word in _LIKELY)]
    found = lists if len(lists) == 1 else likely
    if len(found) == 1:
        return found[0]
    if not lists:
        raise BadInput(
            f"In '{called}' zit geen lijst. Doe er een rekenblad bij (xlsx, ods of csv) met een titel per rij."
        )
    raise BadInput(f"In '{called}' zitten meer rekenbladen. Noem de lijst met documenten 'lijst.xlsx'.")


def _unzipped(file: BinaryIO, called: str) -> zipfile.ZipFile:
    start = file.tell()
    size = file.seek(0, 2)
    if directory_size(file) > _MAX_DIRECTORY:
        raise BadInput(f"In '{called}' zitten te veel bestanden: hoogstens {MAX_MEMBERS}. Splits de zip.")
    file.seek(start)
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        raise BadInput(f"'{called}' is beschadigd. Maak de zip opnieuw.") from error
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise BadInput(f"In '{called}' zitten te veel bestanden: hoogstens {MAX_MEMBERS}. Splits de zip.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > _SMALL and unpacked > _BOMB * size:
        raise BadInput(f"'{called}' wordt uitgepakt veel te groot. Maak een gewone zip van de bestanden.")
    return archive


def _folded(name: str) -> str:
    steps = values.fold(name.replace("\\", "/")).split("/")
    return "/".join(step.strip() for step in steps if step.strip() not in {"", "."})


def _is_of_the_system(path: str) -> bool:
    return path.startswith("__macosx/") or path.rpartition("/")[2] in {".ds_store", "thumbs.db", "desktop.ini"}
