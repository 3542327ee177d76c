"""Every page that any test fetches is also inspected; and a form is filled in as the page really shows it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from lxml import html
from starlette.testclient import TestClient


class InspectedClient(TestClient):
    """A browser that looks at every page: language, title, one h1, labels, unique ids, no inline style or script."""

    def request(self, method: str, url: Any, **options: Any) -> Any:
        answer = super().request(method, url, **options)
        if answer.headers.get("content-type", "").startswith("text/html"):
            found = faults(answer.text)
            assert found == [], f"{method} {url}: {found}"
        return answer


def faults(text: str) -> list[str]:
    """What is wrong with a page, in words."""
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
