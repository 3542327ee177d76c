"""What is kept of the entries of a sitemap that were found good: the same bytes need not be read again.

An entry is known by the digest of its bytes, and only in the sitemap in which it was found. What an entry cannot know,
such as whether another one has its address, is looked at each time.
"""

import hashlib
import struct
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from core.clock import AMSTERDAM

_ROW = struct.Struct("<16sQQqH")
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Entry(NamedTuple):
    """`loc`: the mark of its address. `own`: that of its path, 0 when it stands on another site. `lastmod`: in
    microseconds since 1970. `category`: its number, 0 when it has none.
    """

    digest: bytes
    loc: int
    own: int
    lastmod: int
    category: int

    @property
    def moment(self) -> datetime:
        """In Dutch time, as our own writer writes it."""
        return (_BEGIN + self.lastmod * _MICROSECOND).astimezone(AMSTERDAM)


def digest(entry: bytes) -> bytes:
    """Of the bytes of an entry."""
    return hashlib.sha256(entry).digest()[:16]


def microseconds(moment: datetime) -> int:
    return (moment - _BEGIN) // _MICROSECOND


def packed(entries: Iterable[Entry]) -> bytes:
    """Forty-two bytes for each."""
    return b"".join(_ROW.pack(*entry) for entry in entries)


def unpacked(data: bytes) -> Mapping[bytes, Entry]:
    """By their digests."""
    return {row[0]: Entry(*row) for row in _ROW.iter_unpack(data)}
