"""A small but whole installation in a folder: an organisation with something in each register, made by the real services."""

import json
from datetime import date
from io import BytesIO
from pathlib import Path
from uuid import UUID

from sqlmodel import col, select

import register.services as register
import woo.files
import woo.services as woo_services
from app import setup
from core import audit
from core.db import Database
from core.folder import Folder
from core.organisations import Organisation
from publish import services
from register.content import ActivityContent
from register.models import ProcessingActivity
from support.activities import complete
from support.prepared import prepare
from support.small_files import pdf
from woo import lists
from woo.content import DocumentContent, DossierContent
from woo.models import Document

CODE = "gm0168"


class Installation:
    """`D` with its database, in a file unless an address says otherwise. Close it when done."""

    def __init__(self, root: Path, database_url: str = "") -> None:
        root.mkdir(exist_ok=True)
        if database_url and not database_url.startswith(
            "sqlite"
        ):  # a file stands in the folder: every command looks there
            (root / ".env").write_text(f"OPENBOEK_DATABASE_URL={database_url}\n", encoding="utf-8")
        self.folder = Folder.at(root)
        self.folder.prepare()
        self.username, self.password = prepare(self.folder.database_url, "an installation", self._set_up)
        self.database = Database(self.folder.database_url)
        with self.database.read(None) as session:
            self.organisation_id: UUID = session.exec(select(Organisation.id)).one()

    @classmethod
    def reopened(cls, root: Path) -> "Installation":
        """One that stands there already, as after a restart."""
        made = cls.__new__(cls)
        made.folder = Folder.at(root)
        made.database = Database(made.folder.database_url)
        with made.database.read(None) as session:
            made.organisation_id = session.exec(select(Organisation.id)).one()
        return made

    def _set_up(self) -> tuple[str, str]:
        return setup.prepare(
            self.folder,
            code=CODE,
            name="Gemeente Losser",
            base_url="https://openboek.example",
            address="Raadhuisplein 1, 7581 AG Losser",
            phone="14 053",
            email="gemeente@voorbeeld.example",
            dpo_contact="fg@voorbeeld.example",
            dpo_registered_on=date(2018, 5, 25),
            rights_url="https://openboek.example/privacy",
        )

    def close(self) -> None:
        self.database.close()

    def add_activity(self, content: ActivityContent | None = None, *, established: bool = True) -> UUID:
        with self.database.write(self.organisation_id) as session:
            activity = register.add(session, content or complete(), actor=audit.COMMAND_LINE)
            if established:
                register.establish(session, activity, actor=audit.COMMAND_LINE)
            return activity.id

    def change_activity(self, name: str) -> None:
        """Give the first processing another name and establish it again: the public site changes."""
        with self.database.write(self.organisation_id) as session:
            activity = session.exec(select(ProcessingActivity).order_by(col(ProcessingActivity.number))).first()
            assert activity is not None
            content = register.content_of(activity).model_copy(update={"name": name})
            register.change(session, activity, content, version=activity.version, actor=audit.COMMAND_LINE)
            register.establish(session, activity, actor=audit.COMMAND_LINE)

    def add_document(self, title: str, *, published: bool = True, category: str = "014", note: str = "") -> UUID:
        file = woo.files.store(self.folder, BytesIO(pdf(title)), "besluit.pdf")
        with self.database.write(self.organisation_id) as session:
            dossier = woo_services.add_dossier(
                session, DossierContent(title=f"Dossier {title}", category=category), actor=audit.COMMAND_LINE
            )
            content = DocumentContent(title=title, category=category, adopted_on=date(2026, 11, 2), internal_note=note)
            document = woo_services.add_document(session, dossier, content, file, actor=audit.COMMAND_LINE)
            if published:
                woo_services.publish_document(session, document, actor=audit.COMMAND_LINE, folder=self.folder)
            return document.id

    def add_documents(self, number: int) -> None:
        """So many public documents in one dossier, in much less time than each by itself."""
        with self.database.write(self.organisation_id) as session:
            dossier = woo_services.add_dossier(
                session, DossierContent(title="Besluiten", category="014"), actor=audit.COMMAND_LINE
            )
            for title in [f"Besluit {place}" for place in range(number)]:
                file = woo.files.store(self.folder, BytesIO(pdf(title)), "besluit.pdf")
                content = DocumentContent(title=title, category="014", adopted_on=date(2026, 11, 2))
                document = woo_services.add_document(session, dossier, content, file, actor=audit.COMMAND_LINE)
                woo_services.publish_document(session, document, actor=audit.COMMAND_LINE, folder=self.folder)

    def export(self) -> services.Outcome:
        return services.run(self.database, self.folder, self.organisation_id, actor=audit.COMMAND_LINE)

    def withdraw_document(self, document_id: UUID) -> None:
        with self.database.write(self.organisation_id) as session:
            document = session.get_one(Document, document_id)
            woo_services.withdraw(
                session, document, note="Er stond een naam in.", actor=audit.COMMAND_LINE, folder=self.folder
            )

    def replace_file(self, document_id: UUID, text: str) -> None:
        file = woo.files.store(self.folder, BytesIO(pdf(text)), "besluit.pdf")
        with self.database.write(self.organisation_id) as session:
            woo_services.replace_file(
                session,
                session.get_one(Document, document_id),
                file,
                reason=lists.REASONS.codes[0],
                actor=audit.COMMAND_LINE,
                folder=self.folder,
            )


def name_on_site(root: Path) -> str:
    """The name of the first processing that readers see."""
    register = json.loads((root / "site" / "verwerkingsregister" / "register.json").read_text("utf-8"))
    name: str = register["verwerkingen"][0]["naam"]
    return name
