"""A new municipality: tables, organisation, categories and the first administrator."""

from typing import Any

from sqlmodel import select

import woo.services as woo
from app import schema
from core import audit
from core.accounts.models import RoleCode, User
from core.accounts.services import add_user, one_time_password
from core.db import Database
from core.errors import BadInput
from core.folder import Folder
from core.organisations import add_organisation, all_organisations
from publish.services import separate_sites
from woo.lists import ORGANISATIONS

ADMINISTRATOR = "beheerder"


def prepare(folder: Folder, *, code: str, name: str, base_url: str, **facts: Any) -> tuple[str, str]:  # noqa: ANN401
    """Make an organisation in a folder; the folder may already hold others.

    Returns the username and the one-time password of the first administrator of this organisation.

    Raises:
        BadInput: the code is no existing organisation, or the address cannot be used.
        Conflict: this organisation is here already.
        Failed: the folder or the database cannot be written.
    """
    uri, label = tooi_of(code)
    folder.prepare()
    database = Database(folder.database_url)
    try:
        schema.upgrade(database)
        with database.write(None) as session:
            organisation = add_organisation(
                session,
                code=code,
                name=name,
                base_url=base_url,
                tooi_uri=uri,
                tooi_label=label,
                actor=audit.COMMAND_LINE,
                **facts,
            )
            woo.add_categories(session, actor=audit.COMMAND_LINE)
            organisation_id = organisation.id
        with database.read(None) as session:
            others = [one.code for one in all_organisations(session) if one.id != organisation_id]
        if len(others) == 1:
            separate_sites(folder, others[0])
        password = one_time_password()
        with database.write(None) as session:
            taken = session.exec(select(User).where(User.username == ADMINISTRATOR)).first()
            username = f"{ADMINISTRATOR}-{code}" if taken else ADMINISTRATOR
            add_user(
                session,
                username=username,
                name="Beheerder",
                password=password,
                roles=list(RoleCode),
                organisation_id=organisation_id,
                actor=audit.COMMAND_LINE,
            )
        return username, password
    finally:
        database.close()


def tooi_of(code: str) -> tuple[str, str]:
    """Identifier and label of an organisation in the TOOI list.

    Raises:
        BadInput: no living organisation has this code.
    """
    for uri in ORGANISATIONS.codes:
        if uri.rsplit("/", 1)[-1] == code and not ORGANISATIONS.entry(uri).get("ended"):
            return uri, ORGANISATIONS.label(uri)
    raise BadInput(f"'{code}' is geen code van een bestaande overheid. Gebruik de TOOI-code, zoals gm0168.")
