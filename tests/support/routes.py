"""Every route of the application, from the application itself: what it is called, and which permission it asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from core.web.security import Allowed, logged_in


@dataclass(frozen=True, order=True)
class Route:
    """One method of one address. `guards` are the permissions that it asks."""

    path: str
    method: str
    needs_login: bool
    guards: tuple[str, ...]
    query: tuple[str, ...]

    @property
    def names(self) -> Sequence[str]:
        return [name for _, name, _, _ in Formatter().parse(self.path) if name]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(app: FastAPI) -> Sequence[Route]:
    return sorted(_routes(app))


def _routes(app: FastAPI) -> Iterator[Route]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue  # static files
        calls = list(_calls(route.dependant))
        guards = tuple(sorted({call.permission for call in calls if isinstance(call, Allowed)}))
        with_login = bool(guards) or logged_in in calls
        query = tuple(field.name for field in route.dependant.query_params)
        for method in sorted(context.methods - {"HEAD"}):
            yield Route(context.path, method, with_login, guards, query)


def _calls(dependant: Any) -> Iterator[Any]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)
