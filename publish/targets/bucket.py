"""A copy of the site in a bucket that speaks S3."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Self

import obstore
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError

from core.errors import Failed
from core.settings import TargetSettings
from core.storage import s3_config, s3_store
from publish.targets.journal import MARKER
from publish.targets.place import Parcel, told_type

_AT_ONCE = 16


class BucketPlace:
    """See `Place`. An object is replaced whole, so nothing is ever half."""

    tree = ""

    def __init__(self, settings: TargetSettings) -> None:
        self._name = settings.to
        self._store = s3_store(
            settings.to,
            s3_config(settings.endpoint, settings.region, settings.key_id, settings.the_secret()),
        )

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="bucket")
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def marker(self) -> bytes | None:
        with self._told():
            try:
                return bytes(obstore.get(self._store, MARKER).bytes())
            except (NotFoundError, FileNotFoundError):
                return None

    def listed(self) -> Iterator[tuple[str, int]]:
        with self._told():
            for found in obstore.list(self._store, chunk_size=1000):
                yield from ((one["path"], one["size"]) for one in found)

    def put(self, parcels: Sequence[Parcel]) -> None:
        with self._told():
            for _ in self._pool.map(self._put, parcels):
                pass

    def _put(self, parcel: Parcel) -> None:
        obstore.put(self._store, parcel.name, parcel.source, attributes={"Content-Type": told_type(parcel.name)})

    def remove(self, names: Sequence[str]) -> None:
        with self._told(), suppress(NotFoundError, FileNotFoundError):
            obstore.delete(self._store, list(names))

    def done(self) -> None:
        pass

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (PermissionDeniedError, UnauthenticatedError):
            raise Failed(
                f"{self._name} weigert de sleutel. Controleer de sleutel, het geheim en de rechten: lezen, schrijven, "
                "verwijderen en de lijst opvragen."
            ) from None
        except BaseError:
            raise Failed(
                f"{self._name} is niet bereikbaar, of de bucket bestaat niet. Controleer het adres en de server."
            ) from None
