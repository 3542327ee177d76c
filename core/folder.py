"""The folder of an installation (`--directory`): where everything stands, and the database in it."""

import os
from dataclasses import dataclass
from pathlib import Path

from core.db import Database
from core.errors import BadInput, Failed
from core.settings import FILES, S3, Settings, load
from core.storage import Store
from core.storage import at as store_at


@dataclass(frozen=True, slots=True)
class Folder:
    """Paths below `D`. Nothing here makes or changes a file but `prepare`."""

    root: Path
    settings: Settings

    @classmethod
    def at(cls, directory: Path) -> "Folder":
        """Read the settings of a folder; the folder itself may still be empty.

        Raises:
            BadInput: a setting cannot be used, or the name of the folder has a question mark.
        """
        root = directory.expanduser().resolve()
        if "?" in str(root):  # in the address of a database the rest would be options
            raise BadInput(f"De map {root} heeft een vraagteken in de naam. Kies een map met een andere naam.")
        return cls(root, load(root))

    @property
    def database_url(self) -> str:
        """The URL with a relative SQLite path placed in the folder."""
        url = self.settings.database_url
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith(prefix + "/"):
            return f"{prefix}{self.root / url.removeprefix(prefix)}"
        return url

    @property
    def files(self) -> Path:
        """Originals of uploaded documents, content-addressed, never public; or those on their way to a bucket."""
        storage = self.settings.storage
        return self.root / (FILES if storage.startswith(S3) else storage)

    def store(self) -> Store:
        """Where those originals are kept.

        Raises:
            BadInput: a setting cannot be used.
        """
        return store_at(self.settings.storage, self.settings, self.root)

    @property
    def documents(self) -> Path:
        """The one lasting tree of published document files."""
        return self.root / "documenten"

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    def prepare(self) -> None:
        """Make the folder and its subfolders.

        Raises:
            Failed: it cannot be made or written.
        """
        try:
            for place in (self.root, self.files, self.documents, self.exports, self.reports):
                place.mkdir(parents=True, exist_ok=True)
            if not os.access(self.root, os.W_OK):
                raise PermissionError
        except OSError as error:
            raise Failed(
                f"De map {self.root} kan niet worden geschreven. Kies een andere map of pas de rechten aan."
            ) from error

    def database(self) -> Database:
        """Open the database.

        Raises:
            BadInput: there is none in this folder yet.
        """
        url = self.database_url
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
            raise BadInput(f"In {self.root} staat nog geen register. Begin met 'openboek init' of 'openboek demo'.")
        return Database(url)
