"""Settings of an installation: environment variables `OPENBOEK_*` and `.env` in the folder. Each explains itself.

What differs per organisation is not here but in the database, edited on screen.
"""

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import BadInput


class Settings(BaseSettings):
    """Read with `load`; unknown variables are ignored, wrong ones refuse to start."""

    model_config = SettingsConfigDict(env_prefix="OPENBOEK_", extra="ignore", env_ignore_empty=True)

    database_url: str = Field(
        default="sqlite:///openboek.db",
        description="Adres van de database. Een SQLite-pad zonder schuine streep vooraan staat in de map.",
        examples=["sqlite:///openboek.db", "postgresql+psycopg://gebruiker@server/openboek"],
    )
    max_upload: int = Field(
        default=1_000_000_000, gt=0, description="Grootste bestand dat u kunt inlezen of uploaden, in bytes."
    )
    nightly_at: str = Field(
        default="02:00",
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="Tijd van de nachtelijke export, Nederlandse tijd. Een draaiende werker voert die uit.",
    )
    log_format: str = Field(
        default="auto", pattern=r"^(auto|json|text)$", description="Vorm van het logboek: auto, json of text."
    )
    security_contact: str = Field(
        default="", description="Adres voor beveiligingsmeldingen in /.well-known/security.txt, met mailto: of https:."
    )
    secure_cookies: bool = Field(
        default=False, description="Zet op true als de applicatie achter https staat: cookies krijgen dan Secure."
    )


def load(directory: Path) -> Settings:
    """Read the settings for a folder.

    Raises:
        BadInput: a setting has a value that cannot be used; the sentence names it.
    """
    try:
        return Settings(_env_file=directory / ".env")
    except UnicodeDecodeError as error:
        raise BadInput(f"{directory / '.env'} is niet opgeslagen als UTF-8. Sla het bestand opnieuw op.") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = "OPENBOEK_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadInput(f"De instelling {name} klopt niet. Kijk in docs/reference/settings.md wat er mag.") from error
