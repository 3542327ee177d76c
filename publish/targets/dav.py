"""A copy of the site on a server that speaks WebDAV (RFC 4918): each file is sent under another name, then moved.

A folder that became empty stays: taking a folder away over WebDAV takes everything in it away.
"""

from base64 import b64encode
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import BinaryIO, Self, TypeVar
from urllib.parse import quote, unquote, urlsplit

from lxml import etree

from core import http
from core.errors import Failed
from core.settings import TargetSettings, dav_parts
from publish.targets.journal import MARKER
from publish.targets.place import UNFINISHED, Parcel, told_type

T = TypeVar("T")
S = TypeVar("S")
_AT_ONCE = 8
_MAX_ANSWER = 100_000_000
"""Bytes; a folder with a hundred thousand files takes some tens of millions to list."""
_DAV = "{DAV:}"
_ASKED = (
    b'<?xml version="1.0" encoding="utf-8"?>'
    b'<propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/></prop></propfind>'
)
_DONE = frozenset({200, 201, 204})
_OTHER = "{host} antwoordt op {name} met status {status}. Vraag de beheerder van die server waarom."
_NO_DAV = "{host} spreekt op dit adres geen WebDAV. Controleer het adres."
_MOVED = "{host} verwijst door naar een ander adres. Vul dat adres in."
_NO_FOLDER = "De map {folder} is er niet op {host}. Maak hem daar, of pas het adres aan."
_REASONS = {
    200: _NO_DAV,  # a website that answers to all that it is asked
    301: _MOVED,
    302: _MOVED,
    307: _MOVED,
    308: _MOVED,
    401: "{host} laat {user} niet binnen. Controleer de naam en het wachtwoord.",
    403: "Op {host} mag {user} niet lezen of schrijven in {folder}. Pas de rechten aan.",
    404: _NO_FOLDER,
    405: _NO_DAV,
    409: _NO_FOLDER,
    413: "{host} vindt {name} te groot. Vraag de beheerder van die server om grotere bestanden toe te laten.",
    423: "Op {host} heeft iemand {name} op slot gezet. Haal dat slot weg.",
    501: _NO_DAV,
    502: "{host} bereikt de server erachter niet, of laat de header Destination niet kloppen. Controleer die proxy.",
    507: "Op {host} is geen ruimte meer. Maak daar ruimte vrij.",
}


class DavPlace:
    """See `Place`."""

    tree = ""

    def __init__(self, settings: TargetSettings) -> None:
        self._settings = settings
        self._user, self._root = dav_parts(settings.to)
        self._host = urlsplit(self._root).netloc

    def __enter__(self) -> Self:
        self._folders: set[str] = set()
        known = b64encode(f"{self._user}:{self._settings.the_secret()}".encode()).decode()
        self._line = http.Line(f"Basic {known}", at_once=_AT_ONCE)
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="dav")
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._line.close()

    def _each(self, work: Callable[[S], T], items: Sequence[S]) -> list[T]:
        return list(self._pool.map(work, items))

    def marker(self) -> bytes | None:
        answer = self._do("GET", MARKER, good={200, 404})
        return answer.content if answer.status == 200 else None

    def listed(self) -> Iterator[tuple[str, int]]:
        waiting = [""]
        while waiting:
            found = self._each(self._entries, waiting)
            waiting = [path for entries in found for path, size in entries if size is None]
            yield from ((path, size) for entries in found for path, size in entries if size is not None)

    def _entries(self, folder: str) -> list[tuple[str, int | None]]:
        """What stands in a folder (a name that ends with a slash, or the root), with the size of what is a file."""
        headers = {"Depth": "1", "Content-Type": "application/xml; charset=utf-8"}
        answer = self._do("PROPFIND", folder, _ASKED, headers, good={207, 404} if folder else {207})
        if answer.status == 404:  # somebody took it away since we saw it
            return []
        self._folders.add(folder.rstrip("/"))
        here = unquote(urlsplit(self._address(folder)).path)
        entries = []
        for path, size in self._told(answer.content):
            inside = path.removeprefix(here)
            if not path.startswith(here):
                if path.rstrip("/") != here.rstrip("/"):
                    raise Failed(f"{self._host} noemt deze map {path}. Schrijf het adres ook zo.")
            elif inside:
                entries.append((folder + inside.rstrip("/") + ("/" if size is None else ""), size))
        return entries

    def _told(self, content: bytes) -> Iterator[tuple[str, int | None]]:
        """The paths in the answer of a server, with their size; folders have none."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            responses = etree.fromstring(content, parser).findall(f"{_DAV}response")
            for one in responses:
                path = unquote(urlsplit((one.findtext(f"{_DAV}href") or "").strip()).path)
                is_folder = one.find(f".//{_DAV}resourcetype/{_DAV}collection") is not None
                yield path, None if is_folder else int(one.findtext(f".//{_DAV}getcontentlength") or -1)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise Failed(_NO_DAV.format(host=self._host)) from error

    def put(self, parcels: Sequence[Parcel]) -> None:
        for folder in sorted({PurePosixPath(parcel.name).parent for parcel in parcels}):
            self._make(folder)
        self._each(self._put, parcels)

    def _make(self, folder: PurePosixPath) -> None:
        for path in map(str, (*reversed(folder.parents), folder)):
            if path not in self._folders | {"."}:
                self._do("MKCOL", f"{path}/", good={*_DONE, 405})  # 405: it is there
                self._folders.add(path)

    def _put(self, parcel: Parcel) -> None:
        path = PurePosixPath(parcel.name)
        near = str(path.with_name(f".{path.name}{UNFINISHED}"))
        with parcel.source.open("rb") as file:
            # Not a file for no bytes: that would be sent in pieces, which not every server takes.
            self._do("PUT", near, file if parcel.size else None, {"Content-Type": told_type(parcel.name)})
        self._do("MOVE", near, None, {"Destination": self._address(parcel.name), "Overwrite": "T"})

    def remove(self, names: Sequence[str]) -> None:
        self._each(lambda name: self._do("DELETE", name, good={*_DONE, 404}), names)

    def done(self) -> None:
        pass

    def _do(
        self,
        method: str,
        name: str,
        data: bytes | BinaryIO | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        good: Collection[int] = _DONE,
    ) -> http.Answer:
        """Ask something about a file or a folder (a name that ends with a slash).

        Raises:
            Failed: the answer is not one of those that are good.
        """
        answer = self._line.ask(method, self._address(name), max_bytes=_MAX_ANSWER, data=data, headers=headers)
        if answer.status not in good:
            raise self._refusal(answer.status, name)
        return answer

    def _address(self, name: str) -> str:
        return f"{self._root}/{quote(name)}"

    def _refusal(self, status: int, name: str) -> Failed:
        folder = unquote(urlsplit(self._root).path) or "/"
        reason = _REASONS.get(status, _OTHER)
        return Failed(
            reason.format(host=self._host, user=self._user, folder=folder, name=name or folder, status=status)
        )
