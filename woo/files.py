"""Files of documents: originals kept by their hash, known by their contents, and the tree that the public sees.

Originals stand in a store (`core.storage`) and are never public. A published file is a second name of its original in
`documenten/{organisation}/{dossier}/{number}-{slug}.{ext}`; a release of the site links to that tree.
"""

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from core import uploads, values
from core.errors import BadInput, Failed
from core.filetypes import recognise
from core.folder import Folder
from core.storage import beside, path_to_disk, unwritable
from woo import lists
from woo.lists import Format

MAX_SLUG = 80
PUBLIC_PREFIX = "/woo/documenten/"
_CHUNK = 1_048_576
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SAFE_STEP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"})
_QUOTES = str.maketrans("", "", "'’‘`´")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An original that has been stored. `name` is what the person called it; nothing relies on it."""

    sha256: str
    size: int
    name: str
    format: Format
    pages: int | None = None
    """None where it has none, or nobody counted them (`woo.describing`)."""


def slug(text: str, *, longest: int = MAX_SLUG) -> str:
    """The words of a text for in an address: small ASCII letters, digits and single hyphens; never empty."""
    found = ""
    for word in re.findall(r"[a-z0-9]+", values.fold(text.translate(_QUOTES)).translate(_LETTERS)):
        longer = f"{found}-{word}" if found else word[:longest]
        if len(longer) > longest:
            break
        found = longer
    return found or "document"


def public_location(dossier: str, number: int, title: str, file_format: Format) -> str:
    """The path of a document on the site. It is made once, at first publication, and stored."""
    return f"{PUBLIC_PREFIX}{dossier}/{number}-{slug(title)}.{file_format.extensions[0]}"


def place_of(loc: str) -> tuple[str, int] | None:
    """The public id of the dossier and the number in it that stand in a path of `public_location`; None elsewhere."""
    dossier, _, rest = loc.removeprefix(PUBLIC_PREFIX).partition("/")
    number = rest.partition("-")[0]
    return (dossier, int(number)) if loc.startswith(PUBLIC_PREFIX) and number.isdecimal() else None


def store(folder: Folder, source: BinaryIO, name: str) -> StoredFile:
    """Keep an original. Storing the same bytes twice keeps them once.

    Raises:
        BadInput: empty, too large, of a kind that the Woo-index does not take, or another kind than its name says.
        Failed: the store cannot be reached or written, or the disk is full.
    """
    return _stored(uploads.keep(folder, source, name, _format_of))


@contextmanager
def received(folder: Folder, source: BinaryIO, name: str) -> Iterator[tuple[Path, StoredFile]]:
    """What `store` would say of a file, and where its bytes are meanwhile; nothing is kept. Raises as `store`."""
    with uploads.received(folder, source, name, _format_of) as (path, _out, kept):
        yield path, _stored(kept)


def _stored(kept: uploads.Kept[Format]) -> StoredFile:
    return StoredFile(kept.sha256, kept.size, kept.name, kept.kind)


def public_path(folder: Folder, organisation_code: str, loc: str) -> Path:
    """Where the file of a location stands in the public tree; ValueError for a location that could leave the tree."""
    steps = loc.removeprefix(PUBLIC_PREFIX).split("/")
    if not loc.startswith(PUBLIC_PREFIX) or not all(map(_SAFE_STEP.fullmatch, (organisation_code, *steps))):
        raise ValueError(f"not a location of ours: {loc!r}")
    return folder.documents.joinpath(organisation_code, *steps)


def stands(folder: Folder, organisation_code: str, loc: str, sha256: str) -> bool:
    """Whether the right file stands in the public tree."""
    return folder.store().is_at(sha256, public_path(folder, organisation_code, loc))


@contextmanager
def ready(folder: Folder, organisation_code: str, loc: str, sha256: str) -> Iterator[Callable[[], object]]:
    """The file of a document beside its place in the public tree, and what puts it there.

    That is one step that takes no time; what stood there before is gone. The file is a second name of the original
    where the disk can do that, else a copy. It is not safe for a power cut before `public_to_disk`.

    Raises:
        Failed: the original is missing or damaged, or the tree cannot be written.
    """
    kept, target = folder.store(), public_path(folder, organisation_code, loc)
    if kept.size(sha256) is None:
        raise Failed(f"Het bestand van {loc} ontbreekt in {kept.name}. Zet een back-up terug of vervang het bestand.")
    kept.open(sha256).close()  # what stands there may be good, and an original that was damaged must not take its place
    with beside(target.parent) as (path, out):
        # A hard link cannot be made over a file that is there, so it gets its own name first.
        path.unlink()
        out.close()
        kept.give(sha256, path)
        yield partial(path.replace, target)


def public_to_disk(folder: Folder, organisation_code: str, locs: Iterable[str]) -> None:
    """What was put at these locations is there after a power cut too.

    Raises:
        Failed: the tree cannot be read.
    """
    places = {public_path(folder, organisation_code, loc).parent for loc in locs}
    tree = folder.documents / organisation_code
    try:
        for place in (*sorted(places), *((tree, folder.documents, folder.root) if places else ())):
            path_to_disk(place)
    except OSError as error:
        raise unwritable(tree) from error


def take_away(folder: Folder, organisation_code: str, loc: str) -> None:
    """Remove the file of a location from the public tree, at once. Harmless when it is gone already.

    Raises:
        Failed: it cannot be removed.
    """
    target = public_path(folder, organisation_code, loc)
    try:
        target.unlink()
        path_to_disk(target.parent)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise Failed(
            f"Het bestand {target} kan niet worden verwijderd. Haal het zelf weg of pas de rechten aan, en probeer "
            "het opnieuw."
        ) from error
    with contextlib.suppress(OSError):  # a dossier that still has files stays
        target.parent.rmdir()


def public_files(folder: Folder, organisation_code: str) -> Iterator[str]:
    """The locations of all files that stand in the public tree of an organisation."""
    tree = folder.documents / organisation_code
    for path in sorted(tree.glob("*/*")):
        if path.is_file() and not path.name.startswith("."):
            yield f"{PUBLIC_PREFIX}{path.relative_to(tree).as_posix()}"


def _format_of(path: Path, called: str) -> Format:
    """What the contents say; the name may not contradict it, because readers and harvester go by the name."""
    extension = called.rpartition(".")[2].lower() if "." in called else ""
    code = recognise(path, extension)
    uploads.refuse_encrypted(code, called)
    if code is None:
        raise BadInput(
            f"'{called}' is beschadigd, of een soort bestand dat de Woo-index niet leest. Maak er bijvoorbeeld een "
            "PDF van."
        )
    found = lists.formats()[code]
    if extension and extension not in found.extensions:
        right = found.extensions[0]
        raise BadInput(
            f"'{called}' heet .{extension[:20]}, maar de inhoud is {found.label}. Geef het de naam .{right} of kies "
            "een ander bestand."
        )
    return found
