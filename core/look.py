"""The look of an organisation: a stylesheet of its own in the folder, `D/huisstijl/CODE.css`, over the one we bring.

A municipality sets colours and letters with it. It can fetch nothing and hide nothing in escapes: the policy of the
pages would stop that too, but then a person would not know why the page looks wrong.
"""

import re

from core.errors import BadInput
from core.folder import Folder

MAX_BYTES = 200_000
_FORBIDDEN = (
    ("\\", "een schuine streep achterover (\\)"),
    ("<", "het teken <"),
    ("@import", "@import"),
    ("@charset", "@charset"),
    ("expression(", "expression()"),
)
_ADDRESS = re.compile(r"url\(\s*(?!['\"]?(?:data:image/(?:png|svg\+xml|webp|jpeg)|/static/))", re.IGNORECASE)
_CODE = re.compile(r"[a-z0-9_-]{1,20}")


def look_of(folder: Folder, code: str) -> bytes | None:
    """The stylesheet of an organisation; None when it has none of its own.

    Raises:
        BadInput: it is no CSS that we can show safely; the sentence says what to take out.
    """
    if not _CODE.fullmatch(code):
        return None
    path = folder.root / "huisstijl" / f"{code}.css"
    name = f"huisstijl/{code}.css"
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadInput(f"Het bestand {name} is niet te lezen. Pas de rechten aan of haal het weg.") from error
    if len(data) > MAX_BYTES:
        raise BadInput(f"Het bestand {name} is te groot. Maak het kleiner dan {MAX_BYTES // 1000} kB.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"Het bestand {name} is geen tekst in UTF-8. Bewaar het opnieuw als UTF-8.") from error
    plain = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).lower()
    for part, words in _FORBIDDEN:
        if part in plain:
            raise BadInput(f"In {name} staat {words}. Haal dat weg.")
    if _ADDRESS.search(plain):
        raise BadInput(
            f"In {name} staat een adres dat niet mag. Gebruik alleen url(data:image/...) of url(/static/...)."
        )
    return data
