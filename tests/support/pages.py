"""Every page that any test fetches is also inspected; and a form is filled in as the page really shows it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import copy_context
from functools import lru_cache
from threading import get_ident
from typing import Any, ClassVar
from urllib.parse import unquote

import anyio.to_thread
import httpx2
import pytest
from lxml import html
from starlette.testclient import TestClient

PORTS = {"http": 80, "https": 443}


class QuickClient(TestClient):
    """A test client that hands over a whole request at once, where Starlette's own goes to and fro eight times.

    Within `in_one_thread` the application runs in the thread of the test, and its parts too, one after the other:
    going from one thread to another, some ten times per request, would take longer than many a page.
    """

    _here: ClassVar[tuple[int, asyncio.AbstractEventLoop] | None] = None

    @classmethod
    @contextmanager
    def in_one_thread(cls) -> Iterator[None]:
        """For the requests of this thread; those of other threads go as Starlette's do."""
        loop, really = asyncio.new_event_loop(), anyio.to_thread.run_sync

        async def run_sync(work: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            if asyncio.get_running_loop() is loop:
                return copy_context().run(work, *arguments)  # as a thread: what it sets there is not seen here
            return await really(work, *arguments, **options)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(anyio.to_thread, "run_sync", run_sync)
            patch.setattr(cls, "_here", (get_ident(), loop))
            yield
        loop.close()

    def run(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if self._here and self._here[0] == get_ident() and not self._here[1].is_running():
            self._here[1].run_until_complete(work())
            return
        with self._portal_factory() as portal:
            portal.call(work)

    def __init__(
        self,
        app: Any,
        *,
        raise_server_exceptions: bool = True,
        client: tuple[str, int] = ("testclient", 50000),
        **options,
    ) -> None:
        super().__init__(app, raise_server_exceptions=raise_server_exceptions, client=client, **options)
        self._transport = _AtOnce(self, client, raises=raise_server_exceptions)


class _AtOnce(httpx2.BaseTransport):
    def __init__(self, owner: QuickClient, client: tuple[str, int], *, raises: bool) -> None:
        self._owner, self._client, self._raises = owner, client, raises

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "path": unquote(url.path),
            "raw_path": url.raw_path.partition(b"?")[0],
            "root_path": "",
            "scheme": url.scheme,
            "query_string": url.query,
            "headers": [(name.lower().encode(), value.encode()) for name, value in request.headers.multi_items()],
            "client": self._client,
            "server": [url.host, url.port or PORTS[url.scheme]],
            "state": {},
        }
        sent: list[MutableMapping[str, Any]] = []
        body = request.read()

        async def run() -> None:
            unread, ended = [{"type": "http.request", "body": body}], anyio.Event()

            async def receive() -> MutableMapping[str, Any]:
                if unread:
                    return unread.pop()
                await ended.wait()
                return {"type": "http.disconnect"}

            async def send(message: MutableMapping[str, Any]) -> None:
                sent.append(message)
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    ended.set()

            try:
                await self._owner.app(scope, receive, send)
            except Exception:
                if self._raises or not sent:
                    raise

        self._owner.run(run)
        assert sent, "no answer"
        content = b"" if request.method == "HEAD" else b"".join(message.get("body", b"") for message in sent[1:])
        return httpx2.Response(
            sent[0]["status"],
            headers=[(name.decode(), value.decode()) for name, value in sent[0]["headers"]],
            stream=httpx2.ByteStream(content),
            request=request,
        )


class InspectedClient(QuickClient):
    """A browser that looks at every page: language, title, one h1, labels, unique ids, no inline style or script."""

    def request(self, method: str, url: Any, **options: Any) -> Any:
        answer = super().request(method, url, **options)
        if answer.headers.get("content-type", "").startswith("text/html"):
            found = faults(answer.text)
            assert found == [], f"{method} {url}: {found}"
        return answer


@lru_cache(maxsize=64)
def faults(text: str) -> list[str]:
    """What is wrong with a page, in words. One that comes again is looked at once."""
    page = html.document_fromstring(text)
    found = []
    if page.get("lang") != "nl":
        found.append("no lang=nl")
    if not (page.findtext(".//title") or "").strip():
        found.append("no title")
    if len(page.xpath("//h1")) != 1:
        found.append(f"{len(page.xpath('//h1'))} h1")
    ids = Counter(page.xpath("//@id"))
    found += [f"id twice: {name}" for name, times in ids.items() if times > 1]
    labelled = set(page.xpath("//label/@for"))
    fields = page.xpath("//input[not(@type='hidden') and not(@type='submit')]|//select|//textarea")
    found += [
        f"no label: {field.get('name')}"
        for field in fields
        if field.get("id") not in labelled and not field.xpath("ancestor::label") and not field.get("aria-label")
    ]
    found += [f"inline style on {tag.tag}" for tag in page.xpath("//*[@style]")]
    found += ["inline style element" for _ in page.xpath("//style")]
    found += ["inline script" for script in page.xpath("//script") if not script.get("src")]
    found += [f"handler on {tag.tag}" for tag in page.xpath("//*[@*[starts-with(name(), 'on')]]")]
    described = {name for value in page.xpath("//@aria-describedby") for name in value.split()}
    found += [f"describedby points nowhere: {name}" for name in described if name not in ids]
    found += [f"image without alt: {image.get('src')}" for image in page.xpath("//img[not(@alt)]")]
    return found


class Visit:
    """GET a page, fill in the form it shows, and submit it. A field that the page does not ask is a KeyError."""

    def __init__(self, client: TestClient, address: str, *, form: int = -1) -> None:
        self.client = client
        self.answer = client.get(address)
        assert self.answer.status_code == 200, f"{address}: {self.answer.status_code}"
        self.page = html.document_fromstring(self.answer.text, base_url=f"http://localhost{address}")
        forms = [found for found in self.page.forms if found.get("action") != "/uitloggen"]
        self.form = forms[form]
        self.address = address

    def submit(self, button: tuple[str, str] | None = None, **values: Any) -> Any:
        """Fill in by field name (`purposes-0-text` as `purposes_0_text` is not guessed: pass a dict with **)."""
        data = filled_in(self.form, values)
        if button:
            data[button[0]] = [button[1]]
        return self.client.request(self.form.method, self.form.get("action") or self.address, data=data)


def filled_in(form: html.FormElement, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a browser sends when these fields are filled in and the others are left as the page shows them."""
    for name, value in values.items():
        form.fields[name] = value
    # lxml sends "on" for a chosen radio button with an empty value; a browser sends what it says: nothing.
    empty = {radio.name for radio in form.xpath(".//input[@type='radio' and @value='' and @checked]")}
    data: dict[str, list[str]] = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append("" if name in empty else value)
    return data


def field(answer: Any, name: str) -> str | None:
    """The value a page shows in a field."""
    page = html.document_fromstring(answer.text)
    forms = [found for found in page.forms if name in found.fields]
    return forms[0].fields[name] if forms else None
