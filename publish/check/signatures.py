"""Signatures of the root manifest: Ed25519 (RFC 8032) over its bytes, one for each key that the manifest names.

On the site stand `ondertekening/{id}.pem`, the public key, and `ondertekening/{id}.sig`, the 64 bytes of the signature.
The id is the beginning of the SHA-256 of the public key, so a key under another name is noticed.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from core.errors import BadInput
from publish import urls
from publish.check import manifest
from publish.check.report import Fault
from publish.check.sources import Source, UnavailableError, address

_MAX_BYTES = 10_000


def id_of(key: Ed25519PublicKey) -> str:
    """The name of a key: 16 hexadecimal digits."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def public_key(pem: bytes) -> Ed25519PublicKey:
    """A public key.

    Raises:
        ValueError: these bytes hold no key of this kind.
    """
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("no Ed25519")  # noqa: TRY004 - what the bytes hold, not what a caller gave
    return key


def key_in(path: Path) -> Ed25519PublicKey:
    """The public key that a person gives to check with.

    Raises:
        BadInput: the file cannot be read, or holds no such key.
    """
    try:
        return public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} is geen openbare sleutel. Geef het bestand dat eindigt op .pem.") from error


def keys_of(release: Path) -> Sequence[Ed25519PublicKey]:
    """The keys that a release on this machine says that it is signed with."""
    try:
        signed_by = manifest.parse_root((release / manifest.ROOT).read_bytes()).signed_by
        return [public_key((release / urls.public_key(name)).read_bytes()) for name in signed_by]
    except (OSError, ValueError, manifest.UnreadableManifestError):
        return ()


def faults_in_signatures(
    source: Source, data: bytes, signed_by: Sequence[str], keys: Sequence[Ed25519PublicKey]
) -> Iterator[Fault]:
    """What is wrong with the signatures of the root manifest.

    Args:
        source: where the site is read.
        data: the bytes of the manifest.
        signed_by: the ids of the keys that it names.
        keys: those that it must be signed with, whatever the site says of itself.
    """
    known = {id_of(key): key for key in keys}
    for wanted in sorted(known.keys() - set(signed_by)):
        yield Fault(
            manifest.ROOT,
            f"is niet ondertekend met de sleutel {wanted}. Vraag de gemeente of er een nieuwe sleutel is.",
        )
    for name in signed_by:
        try:
            key = known.get(name) or public_key(_read(source, urls.public_key(name)))
        except UnavailableError as error:
            yield Fault(urls.public_key(name), f"{error}. Maak de export opnieuw.")
            continue
        except ValueError:
            key = None
        if key is None or id_of(key) != name:
            yield Fault(urls.public_key(name), f"is niet de openbare sleutel {name}. Maak de export opnieuw.")
            continue
        try:
            key.verify(_read(source, urls.signature(name)), data)
        except UnavailableError as error:
            yield Fault(urls.signature(name), f"{error}. Maak de export opnieuw.")
        except InvalidSignature:
            yield Fault(
                urls.signature(name),
                f"hoort niet bij deze {manifest.ROOT}. Controleer nog een keer, of maak de export opnieuw.",
            )


def _read(source: Source, path: str) -> bytes:
    return source.read(address(source.base_url, path), max_bytes=_MAX_BYTES)
