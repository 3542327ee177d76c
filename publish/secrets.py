"""Which texts of the registers may stand nowhere on the site, for the check before the switch."""

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


def secrets_of(database: Database, organisation: Organisation) -> Secrets:
    """The longest hidden texts of each field of each register."""
    with database.read(organisation.id) as session:
        pieces = _pieces(session)

    def is_public(piece: str) -> bool:
        with database.read(organisation.id) as session:
            return any(folder.shows(session, piece) for folder in (register, woo, wmebv))

    return Secrets(pieces, is_public)


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
