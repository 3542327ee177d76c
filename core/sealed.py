"""Sealed files: AES-256-GCM in pieces, so that a file of any size is written and read with little memory.

    header   magic (27 bytes), id of the key (8), salt (32)
    pieces   1 MiB of text each with its tag of 16 bytes; the last one is marked, so a file that was cut off is noticed

Each file has a key of its own, derived from the key file and the salt; so the pieces can simply be counted (NIST SP
800-38D asks for a nonce that no key ever sees twice). The header is authenticated with every piece.
"""

import base64
import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import BadInput, Failed

MAGIC = b"openboek sealed aes256gcm 1"
PIECE = 1_048_576
_TAG = 16
_KEY_PREFIX = "openboek-sleutel-1 "
_KEY_SIZE = 32
_ID_SIZE = 8
_SALT_SIZE = 32


def make_key(path: Path) -> None:
    """Write a new key to a file that only its owner can read.

    Raises:
        BadInput: the file is there already.
        Failed: it cannot be written.
    """
    line = _KEY_PREFIX + base64.urlsafe_b64encode(os.urandom(_KEY_SIZE)).decode() + "\n"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(line)
    except FileExistsError as error:
        raise BadInput(
            f"{path} bestaat al. Kies een andere naam: zonder de oude sleutel opent geen back-up."
        ) from error
    except OSError as error:
        raise Failed(f"De sleutel kan niet in {path} worden geschreven. Controleer de map en de rechten.") from error


def read_key(path: Path) -> bytes:
    """The key in a file.

    Raises:
        BadInput: the file cannot be read, or holds no key.
    """
    try:
        line = path.read_text(encoding="ascii").strip()
        key = base64.b64decode(line.removeprefix(_KEY_PREFIX), altchars=b"-_", validate=True)
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} is geen sleutelbestand. Maak er een met 'openboek backup --make-key'.") from error
    if not line.startswith(_KEY_PREFIX.strip()) or len(key) != _KEY_SIZE:
        raise BadInput(f"{path} is geen sleutelbestand. Maak er een met 'openboek backup --make-key'.")
    return key


def is_sealed(file: BinaryIO) -> bool:
    """Whether a file that stands at its begin is sealed; it stands at its begin again."""
    found = file.read(len(MAGIC)) == MAGIC
    file.seek(0)
    return found


class SealedWriter:
    """Seals what is written to it. `close` writes the last piece; the file itself stays open."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        salt = os.urandom(_SALT_SIZE)
        self._header = MAGIC + _id_of(key) + salt
        self._cipher = _cipher(key, salt)
        self._file = file
        self._waiting = bytearray()
        self._count = 0
        file.write(self._header)

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return len(data)

    def flush(self) -> None:
        """A piece is written when it is full."""

    def close(self) -> None:
        self._seal(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._count, is_last=is_last), piece, self._header))
        self._count += 1


class SealedReader:
    """Opens a sealed file.

    Raises:
        BadInput: sealed with another key; altered or cut off (told by `read`).
    """

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._header = file.read(len(MAGIC) + _ID_SIZE + _SALT_SIZE)
        if self._header[len(MAGIC) : len(MAGIC) + _ID_SIZE] != _id_of(key):
            raise BadInput("Deze sleutel hoort niet bij dit bestand. Gebruik de sleutel waarmee het is gemaakt.")
        self._cipher = _cipher(key, self._header[len(MAGIC) + _ID_SIZE :])
        self._file = file
        self._open = bytearray()
        self._next = file.read(PIECE + _TAG)
        self._count = 0
        self._is_done = False

    def read(self, size: int = -1) -> bytes:
        while not self._is_done and (size < 0 or len(self._open) < size):
            self._open_piece()
        wanted = len(self._open) if size < 0 else size
        found = bytes(self._open[:wanted])
        del self._open[:wanted]
        return found

    def _open_piece(self) -> None:
        piece, self._next = self._next, self._file.read(PIECE + _TAG)
        self._is_done = not self._next
        try:
            self._open += self._cipher.decrypt(_nonce(self._count, is_last=self._is_done), piece, self._header)
        except InvalidTag as error:
            raise BadInput("Dit bestand is beschadigd, veranderd of niet af. Gebruik een andere back-up.") from error
        self._count += 1


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), _KEY_SIZE, salt, b"openboek sealed file").derive(key))


def _id_of(key: bytes) -> bytes:
    """Tells keys apart without telling anything of the key."""
    return hashlib.sha256(b"openboek key id\n" + key).digest()[:_ID_SIZE]


def _nonce(count: int, *, is_last: bool) -> bytes:
    return count.to_bytes(11) + bytes([is_last])
