"""Documents as PDF."""

from __future__ import annotations

import json
from dataclasses import asdict

from core import typesetting
from core.errors import Failed
from core.web.pages import dutch_date
from register.report.document import Document


def write(document: Document, *, has_cover: bool) -> bytes:
    """A tagged PDF, dated by the day of the document: the same document gives the same bytes.

    Raises:
        Failed: it cannot be made within the limits on time and memory.
    """
    day = document.day
    data = asdict(document) | {
        "cover": has_cover,
        "day": [day.year, day.month, day.day],
        "footer": f"{document.organisation}, stand van {dutch_date(day)}",
        "facts": [(label, (value,)) for label, value in document.facts],
    }
    for chapter in data["chapters"]:
        chapter["facts"] = [(label, (value,)) for label, value in chapter["facts"]]
    made = typesetting.pdf("register.report", "register.typ", json.dumps(data, ensure_ascii=False))
    if made is None:
        raise Failed("De PDF kan niet worden gemaakt. Kies xlsx, ods of json, of vraag om minder verwerkingen.")
    return made
