"""The keys that sign the manifest of each export: `D/sleutels/CODE/{id}.pem`, which only their owner can read.

Every key that is there signs. So somebody who knows only the old key can still check the site after a new one came, and
then finds the new one on it.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from core.errors import BadInput, Failed
from core.folder import Folder
from core.storage import path_to_disk
from publish.check.signatures import id_of

FOLDER = "sleutels"
_FOR_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Key:
    """A key that signs; `path` is its file."""

    id: str
    path: Path
    secret: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """The public key, as a file."""
        return self.secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def is_only_ours(self) -> bool:
        """Whether nobody but the owner of the file can read it."""
        return not self.path.stat().st_mode & _FOR_OTHERS

    def sign(self, data: bytes) -> bytes:
        return self.secret.sign(data)


def keys(folder: Folder, code: str) -> Sequence[Key]:
    """The keys of an organisation, oldest first.

    Raises:
        Failed: a key cannot be read: the site would be without the signature that its readers know.
    """
    place = _place(folder, code)
    try:
        paths = sorted(place.glob("*.pem"), key=lambda path: (path.stat().st_mtime, path.name))
        return [_read(path) for path in paths]
    except (OSError, ValueError, TypeError) as error:
        raise Failed(
            f"Een sleutel in {place} kan niet worden gelezen. Pas de eigenaar en de rechten aan, of haal hem weg."
        ) from error


def make(folder: Folder, code: str) -> Key:
    """Make a key. It signs from the next export on, beside those that are there.

    Raises:
        Failed: it cannot be written.
    """
    secret = Ed25519PrivateKey.generate()
    made = Key(id_of(secret.public_key()), _place(folder, code) / f"{id_of(secret.public_key())}.pem", secret)
    try:
        made.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(made.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        path_to_disk(made.path)
        path_to_disk(made.path.parent)
    except OSError as error:
        raise Failed(f"In {made.path.parent} kan niet worden geschreven. Pas de rechten aan.") from error
    return made


def retire(folder: Folder, code: str, name: str) -> None:
    """Take a key away for good; from the next export on nothing is signed with it.

    Raises:
        BadInput: there is no such key.
        Failed: it cannot be removed.
    """
    for path in _place(folder, code).glob("*.pem"):
        if path.stem == name:
            try:
                path.unlink()
            except OSError as error:
                raise Failed(f"{path} kan niet worden weggehaald. Pas de rechten aan.") from error
            return
    raise BadInput(f"De sleutel '{name}' is er niet. Kijk met: openboek signing list")


def _place(folder: Folder, code: str) -> Path:
    return folder.root / FOLDER / code


def _read(path: Path) -> Key:
    secret = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(secret, Ed25519PrivateKey):
        raise TypeError(path)
    return Key(id_of(secret.public_key()), path, secret)
