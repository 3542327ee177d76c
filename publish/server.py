"""Serves the published site from the folder, as a web server would: static files, and 410 for what was withdrawn.

For the demo and for a trial; in production any web server does this with the snippets of `server/`.
"""

import mimetypes
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.types import Message, Receive, Scope, Send

TYPES = {".ttl": "text/turtle", ".jsonld": "application/ld+json", ".xml": "application/xml", ".md": "text/markdown"}
TYPES |= {".pem": "application/x-pem-file", ".sig": "application/octet-stream"}
SITE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
NO_SITE_YET = """<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><title>Nog geen website</title></head>
<body><h1>Er is nog geen website</h1><p>Maak die met de opdracht 'openboek export'.</p></body></html>
"""
UPLOAD_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
FRESH = "no-cache"
"""A browser asks again before it shows what it kept: a document that was taken back must not live on in a cache."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def media_type(name: str) -> str:
    """What a web server says that a file is."""
    return TYPES.get(PurePosixPath(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _with_a_body(send: Send) -> Send:
    """Holds the beginning of an answer back until there is something to go with it."""
    begun: list[Message] = []

    async def later(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun.append(message)
            return
        while begun:
            await send(begun.pop())
        await send(message)

    return later


class PublishedSite:
    """An ASGI application over the live link. `is_gone` answers from the database, so a withdrawal counts at once."""

    def __init__(self, link: Path, is_gone: Callable[[str], bool]) -> None:
        self.link = link
        self.is_gone = is_gone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            await self._send(self.answer(scope["method"], scope["path"]), scope, receive, _with_a_body(send))
        except FileNotFoundError:  # it was withdrawn, or a release made way, since we looked
            await self._send(self.answer(scope["method"], scope["path"]), scope, receive, send)

    @staticmethod
    async def _send(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
        # The page that says a document is gone is ours, whatever the address.
        uploaded = scope["path"].startswith("/woo/documenten/") and answer.status_code < HTTPStatus.BAD_REQUEST
        answer.headers["Content-Security-Policy"] = UPLOAD_POLICY if uploaded else SITE_POLICY
        answer.headers["Cache-Control"] = FRESH
        for name, value in HEADERS.items():
            answer.headers[name] = value
        await answer(scope, receive, send)

    def answer(self, method: str, path: str) -> Response:
        """The answer to one request."""
        if method not in {"GET", "HEAD"}:
            return Response(status_code=405, headers={"Allow": "GET, HEAD"})
        if path.startswith("/woo/documenten/") and self.is_gone(path.lstrip("/")):
            return self._page("ingetrokken.html", 410)
        found = self._find(path)
        if found is None:
            return self._page("404.html", 404)
        if found.is_dir():
            if not path.endswith("/"):
                return RedirectResponse(quote(f"{path}/"), status_code=301)
            found /= "index.html"
            if not found.is_file():
                return self._page("404.html", 404)
        return FileResponse(found, media_type=media_type(found.name), stat_result=found.stat())

    def _find(self, path: str) -> Path | None:
        root = self.link.resolve()
        # Documents stand outside the release, behind its link; nothing else may lead outside.
        allowed = (root, (root / "woo" / "documenten").resolve())
        # One spelling for each address: another one would slip past the withdrawals and the sandbox.
        parts = path.removeprefix("/").removesuffix("/").split("/")
        if path != "/" and any(part in {"", ".", ".."} for part in parts):
            return None
        try:
            found = root.joinpath(*parts).resolve()
            inside = any(found == place or place in found.parents for place in allowed)
            is_there = found.is_dir() if path.endswith("/") else found.exists()
        except (OSError, ValueError):
            return None
        return found if inside and is_there else None

    def _page(self, name: str, status: int) -> Response:
        page = self._find(f"/{name}")
        return HTMLResponse(page.read_bytes() if page else NO_SITE_YET, status_code=status)
