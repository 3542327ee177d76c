"""A published site in memory: build it from a session, look at its pages, put nasty and secret texts in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise, product
from typing import Any
from uuid import UUID

from lxml import html
from pydantic.fields import FieldInfo
from sqlmodel import Session

from core import audit, history
from core.content import Part
from core.values import document
from publish import data_register, site
from publish.register_parts import Register
from register import services
from register.content import SCHEMA_NUMBER, ActivityContent
from register.lists import part_of
from register.models import ProcessingActivity
from register.public import PublicProcessingActivity, _view
from register.snapshot import snapshot
from support.pages import faults
from support.register import COMPLETE, ESTABLISHER

AISHA = audit.Actor("Aisha")
SECRET = "NIET-OPENBAAR"
NASTY = "<b>Zorg</b> & \"jeugd\" 'a' \u2019s \U0001f6b2 e\u0301 ]]> =1+1"
BODIES = {"college": "College van burgemeester en wethouders"}


def built(session: Session) -> dict[str, bytes]:
    """Every file of the site but the documents."""
    session.flush()
    # A PDF takes longer than all the rest; unit/test_register_pdf.py makes them.
    made = site.build(session, keep=lambda name, _make: name.encode())
    return joined(made)


def joined(files: Iterable[tuple[str, bytes | Iterable[bytes]]]) -> dict[str, bytes]:
    """Files by name, each whole."""
    return {name: data if isinstance(data, bytes) else b"".join(data) for name, data in files}


@dataclass(frozen=True, slots=True)
class Records(Register):
    """A register with what stands in it."""

    activities: Sequence[PublicProcessingActivity]


def data_of(register: Records) -> dict[str, bytes]:
    """Every data file of a register but the PDF."""
    forms = data_register.forms(register)
    for activity, form in product(register.activities, forms):
        form.add(activity)
    return joined(file for form in forms for file in form.files())


def page(files: dict[str, bytes], address: str) -> html.HtmlElement:
    """A page by its address; it has no faults, and its headings skip no level."""
    text = files[f"{address.strip('/')}/index.html".lstrip("/")].decode()
    assert faults(text) == [], address
    root = html.document_fromstring(text)
    levels = [int(heading.tag[1]) for heading in root.xpath("//main//*[self::h1 or self::h2 or self::h3]")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), address
    return root


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def headings(root: html.HtmlElement, level: int = 2) -> list[str]:
    return [words(heading) for heading in root.xpath(f"//main//h{level}")]


def terms(root: html.HtmlElement) -> dict[str, list[str]]:
    """Every definition list of a page: the term and its values."""
    return {
        words(row.find("dt")): [words(value) for value in row.findall("dd")]
        for row in root.xpath("//dl/div")
    }  # fmt: skip


def established(session: Session, **changes: Any) -> ProcessingActivity:
    """A record on the website, through the real services."""
    activity = services.add(session, COMPLETE.model_copy(update=changes), actor=AISHA)
    services.establish(session, activity, actor=ESTABLISHER)
    return activity


def changed(session: Session, activity: ProcessingActivity, **changes: Any) -> None:
    """A new concept of a record that stands on the website."""
    content = services.content_of(activity).model_copy(update=changes)
    services.change(session, activity, content, version=activity.version, actor=AISHA)


def frozen(session: Session, content: ActivityContent) -> ProcessingActivity:
    """A record on the website whatever the rules say of it."""
    activity = services.add(session, content, actor=AISHA)
    made = snapshot(services.content_of(activity), number=activity.kenmerk, bodies=BODIES)
    history.freeze(session, activity, actor=ESTABLISHER, schema_number=SCHEMA_NUMBER, content=made)
    return activity


def public(
    content: ActivityContent, *, is_limited: bool = False, number: int = 1, chosen: frozenset[str] = frozenset()
) -> PublicProcessingActivity:
    """What the public sees of this content, without a database; `chosen` are the fields that a municipality shows."""
    kenmerk = f"VW-{number:04}"
    version = history.Version(
        kind="register_processing_activity",
        subject_id=UUID(int=number),
        number=1,
        schema_number=SCHEMA_NUMBER,
        content=snapshot(content, number=kenmerk, bodies=BODIES),
        established_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        established_by="Bram",
    )
    return _view(version, (1,), is_limited=is_limited, chosen=chosen)


_FIELDS = document("register", "velden")
_PUBLIC_PATHS = {row["pad"] for row in _FIELDS["waarden"] if row["openbaar"] == "ja"}
_SHOWN_FOR_OTHERS = {"opdrachtgevers[].categorieen[]"}


def everything(model: type[Part] = ActivityContent) -> Any:
    """Content with a text in every field: `SECRET` in those that never leave the municipality, else "openbaar"."""
    return model.model_validate({name: _value(name, info) for name, info in model.model_fields.items()})


def _value(name: str, info: FieldInfo) -> Any:
    part, is_list = part_of(info)
    if part:
        return [everything(part)] if is_list else everything(part)
    extra: Any = info.json_schema_extra
    text = "openbaar" if extra["path"] in _PUBLIC_PATHS | _SHOWN_FOR_OTHERS else SECRET
    if is_list:
        return [text]
    if info.annotation is str:
        longest = next((limit.max_length for limit in info.metadata if hasattr(limit, "max_length")), 300)
        return text[:longest]
    return "ja" if name == "publication" else info.default
