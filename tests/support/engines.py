"""Engines that share what SQLAlchemy worked out: each translates every statement by itself, and tests make many."""

from typing import Any

from sqlalchemy import Dialect, Engine, create_engine, event
from sqlalchemy.util import LRUCache

ENOUGH = 5000


class Engines:
    """Makes engines as `create_engine` does. Those for one kind of database translate each statement once."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}

    def make(self, url: str, **options: Any) -> Engine:
        made = create_engine(url, **options)
        name = made.dialect.name
        if name in self._kept:
            dialect, made._compiled_cache = self._kept[name]
            made.dialect = made.pool._dialect = dialect  # what is kept goes by dialect
        else:

            @event.listens_for(made, "connect")
            def _keep(_connection: object, _record: object) -> None:
                # Not earlier: at its first connection a dialect asks the server what it can do.
                self._kept.setdefault(name, (made.dialect, LRUCache(ENOUGH)))

        return made
