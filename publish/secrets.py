"""Which texts of the registers may stand nowhere on the site, for the check before the switch."""

from pathlib import Path

from sqlmodel import Session

import register.public as register
import wmebv.public as wmebv
import woo.public as woo
from core.db import Database
from core.organisations import Organisation
from publish.check.secrets import Secrets, piece_of

NEWEST = 200
"""Of so many records of each kind the texts are read."""
EACH = 2
"""So many texts are looked for of each field."""
_HOME = Path(__file__).parents[1]
_OUR_WORDS = ("templates/**/*.html", "publish/*.py", "*/data/*.json")


def secrets_of(database: Database, organisation: Organisation) -> Secrets:
    """The longest hidden texts of each field of each register."""
    with database.read(organisation.id) as session:
        pieces = _pieces(session)

    def is_public(piece: str) -> bool:
        if _is_ours(piece):
            return True
        with database.read(organisation.id) as session:
            return any(folder.shows(session, piece) for folder in (register, woo, wmebv))

    return Secrets(pieces, is_public)


def _is_ours(piece: str) -> bool:
    """Whether the program itself says this: on a page, in a list of values or in an example. That is no secret."""
    said = " ".join(piece.split())
    return any(said in " ".join(path.read_text("utf-8").split()) for kind in _OUR_WORDS for path in _HOME.glob(kind))


def _pieces(session: Session) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for about, folder in (("verwerkingsregister", register), ("Woo", woo), ("digitaal zakendoen", wmebv)):
        for name, text in folder.hidden_texts(session, NEWEST):
            if piece := piece_of(text):
                found.setdefault(f"{name} ({about})", set()).add(piece)
    return {
        piece: name
        for name, pieces in sorted(found.items())
        for piece in sorted(pieces, key=lambda one: (-len(one), one))[:EACH]
    }
