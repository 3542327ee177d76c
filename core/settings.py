"""Settings of an installation: environment variables `OPENBOEK_*` and `.env` in the folder. Each explains itself.

What differs per organisation is not here but in the database, edited on screen.
"""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from core.errors import BadInput

MIN_SECRET = 32
FILES = "files"
"""The folder for uploaded files, unless the settings say another."""
S3 = "s3://"
SFTP = "sftp://"
GPP = "gpp+"
"""Before the address of a GPP-publicatiebank."""
_BUCKET = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([A-Za-z0-9._/-]*))?")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class TargetSettings(BaseModel):
    """A place that gets a copy of the published site: a folder, a bucket or a server that speaks SFTP or WebDAV.

    Or a GPP-publicatiebank, which gets the documents.
    """

    model_config = ConfigDict(extra="forbid")

    to: str
    organisation: str = ""
    """Code; needed when there are several."""
    endpoint: str = ""
    region: str = ""
    key_id: str = ""
    secret: SecretStr = SecretStr("")
    """Of the key of a bucket; or the password, the API key, or for SFTP the passphrase of the key file."""
    secret_file: Path | None = None
    key_file: Path | None = None
    known_hosts: Path | None = None

    @property
    def is_dav(self) -> bool:
        return self.to.startswith(("https://", "http://"))

    @property
    def is_gpp(self) -> bool:
        return self.to.startswith(GPP)

    def the_secret(self) -> str:
        """The secret, wherever it stands; empty when there is none.

        Raises:
            BadInput: its file cannot be read or is empty.
        """
        return read_secret(self.secret_file, "TARGETS") if self.secret_file else self.secret.get_secret_value()


class Settings(BaseSettings):
    """Read with `load`; unknown variables are ignored, wrong ones refuse to start."""

    model_config = SettingsConfigDict(
        env_prefix="OPENBOEK_", extra="ignore", env_ignore_empty=True, env_nested_delimiter="__"
    )

    database_url: str = Field(
        default="sqlite:///openboek.db",
        description="Adres van de database. Een SQLite-pad zonder schuine streep vooraan staat in de map.",
        examples=["sqlite:///openboek.db", "postgresql+psycopg://gebruiker@server/openboek"],
    )
    max_upload: int = Field(
        default=1_000_000_000, gt=0, description="Grootste bestand dat u kunt inlezen of uploaden, in bytes."
    )
    storage: str = Field(
        default=FILES,
        min_length=1,
        description="Waar de bestanden van documenten staan: een map, of een opslag die S3 spreekt. De openbare kopie "
        "in `documenten/` staat altijd in de map zelf.",
        examples=["files", "/data/openboek", "s3://openboek-losser/bestanden"],
    )
    storage_endpoint: str = Field(
        default="",
        description="Adres van de S3-opslag, als die niet van Amazon is.",
        examples=["https://opslag.intern.losser.nl"],
    )
    storage_region: str = Field(default="", description="Regio van de S3-opslag. Leeg: `AWS_REGION`, of us-east-1.")
    storage_key_id: str = Field(
        default="", description="Naam van de sleutel voor de S3-opslag. Leeg: `AWS_ACCESS_KEY_ID`."
    )
    storage_secret: SecretStr = Field(
        default=SecretStr(""), description="Geheim van die sleutel. Leeg: `AWS_SECRET_ACCESS_KEY`."
    )
    storage_secret_file: Path | None = Field(
        default=None, description="Bestand met dat geheim, in plaats van het geheim zelf."
    )
    nightly_at: str = Field(
        default="02:00",
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="Tijd van de nachtelijke export, Nederlandse tijd. Een draaiende werker voert die uit.",
    )
    export_least_percent: int = Field(
        default=80,
        ge=0,
        le=100,
        description="Zoveel procent van de pagina's, documenten, verwerkingen en producten van de vorige export moet "
        "er weer op staan. Anders vraagt de export eerst of dat klopt. 0: nooit vragen.",
    )
    targets: dict[str, TargetSettings] = Field(
        default_factory=dict,
        description="Plekken die na elke export een kopie van de website krijgen. De naam kiest u zelf en staat in de "
        "naam van de variabele. `TO` is een map, `s3://bucket/map`, `sftp://gebruiker@server/map`, of voor WebDAV "
        "`https://gebruiker@server/map`. Bij S3 horen `ENDPOINT`, `REGION`, `KEY_ID` en `SECRET_FILE` (of `SECRET`). "
        "Bij SFTP horen `KNOWN_HOSTS`, en `KEY_FILE` of `SECRET_FILE`. Bij WebDAV hoort `SECRET_FILE`: het wachtwoord. "
        "Met `gpp+https://naam` gaan de documenten naar een GPP-publicatiebank; in `SECRET_FILE` staat de API-sleutel. "
        "Met meer organisaties hoort er `ORGANISATION` bij: de code.",
        examples=[
            "OPENBOEK_TARGETS__WEB__TO=sftp://openboek@web.losser.nl/var/www/openboek",
            "OPENBOEK_TARGETS__WEB__KEY_FILE=/etc/openboek/web",
            "OPENBOEK_TARGETS__WEB__KNOWN_HOSTS=/etc/openboek/known_hosts",
        ],
    )
    site_at: dict[str, str] = Field(
        default_factory=dict,
        description="Adres waarop deze machine de openbare website kan lezen, als dat een ander is dan het adres voor "
        "inwoners. De code van de organisatie staat in de naam van de variabele. Alleen zo kijkt Openboek op een adres "
        "in het eigen netwerk.",
        examples=["OPENBOEK_SITE_AT__GM0168=http://10.1.2.3:8080"],
    )
    job_lease_seconds: int = Field(
        default=120,
        ge=2,
        le=3600,
        description="Zoveel seconden na het wegvallen van een werker neemt een andere het werk over.",
    )
    job_stop_seconds: int = Field(
        default=20,
        ge=0,
        le=3600,
        description="Zoveel seconden krijgt een werker die moet stoppen om het werk van dat moment af te maken. Daarna "
        "geeft hij het terug. Houd dit korter dan de wachttijd van systemd of Kubernetes.",
    )
    job_keep_days: int = Field(
        default=90, ge=1, le=3650, description="Zoveel dagen blijft werk dat klaar is in de lijst bij Beheer staan."
    )
    upl_url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="Adres van de officiële lijst met uniforme productnamen (UPL) als csv. Met dit adres haalt u de "
        "lijst met een knop op bij Digitaal zakendoen, Inlezen. Zonder adres uploadt u hem.",
        examples=["https://voorbeeld.nl/UPL-actueel.csv"],
    )
    log_format: str = Field(
        default="auto", pattern=r"^(auto|json|text)$", description="Vorm van het logboek: auto, json of text."
    )
    metrics: bool = Field(
        default=False,
        description="Zet op true om op /metrics cijfers te tonen voor bewaking met Prometheus. Er is geen wachtwoord: "
        "laat uw webserver alleen de bewaking toe. Er staat niets persoonlijks in.",
    )
    security_contact: str = Field(
        default="", description="Adres voor beveiligingsmeldingen in /.well-known/security.txt, met mailto: of https:."
    )
    secure_cookies: bool = Field(
        default=False, description="Zet op true als de applicatie achter https staat: cookies krijgen dan Secure."
    )
    app_url: str = Field(
        default="",
        pattern=r"^(https?://[a-z0-9.-]+(:[0-9]+)?)?$",
        description="Adres waarop medewerkers Openboek openen, zonder schuine streep aan het einde. Nodig voor links "
        "in mail en voor inloggen met een werkaccount. Begint het met https, dan zijn cookies altijd Secure.",
        examples=["https://register.intern.losser.nl"],
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Sleutel waarmee Openboek links ondertekent: minstens 32 willekeurige tekens. Wijzigt u hem, dan "
        "werkt geen enkele oude link meer.",
    )
    secret_key_file: Path | None = Field(default=None, description="Bestand met die sleutel, in plaats van de sleutel.")
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Adressen van webservers waarvan Openboek X-Forwarded-For gelooft, met komma's ertussen.",
    )
    login_trail_months: int = Field(
        default=12,
        ge=6,
        le=120,
        description="Na zoveel maanden wist Openboek in het logboek van welk adres iemand inlogde. Dat er is ingelogd, "
        "blijft staan.",
    )
    session_idle_minutes: int = Field(
        default=60, ge=5, le=1440, description="Na zoveel minuten zonder iets te doen logt iemand vanzelf uit."
    )
    session_hours: int = Field(
        default=12, ge=1, le=168, description="Na zoveel uur moet iemand altijd opnieuw inloggen."
    )
    local_login: bool = Field(
        default=True,
        description="Zet op false als iedereen inlogt met een werkaccount (OIDC). Wachtwoorden werken dan niet.",
    )
    second_step: str = Field(
        default="vrij",
        pattern="^(vrij|verplicht)$",
        description="Zet op verplicht als iedereen met een wachtwoord ook een code uit een app moet invullen. Wie die "
        "tweede stap nog niet heeft, zet hem aan bij de volgende aanmelding.",
    )
    smtp_host: str = Field(default="", description="Mailserver. Zonder mailserver komt een uitnodiging op het scherm.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Poort van de mailserver.")
    smtp_security: str = Field(
        default="starttls", pattern="^(starttls|tls|none)$", description="Beveiliging: starttls, tls of none."
    )
    smtp_user: str = Field(default="", description="Gebruikersnaam bij de mailserver.")
    smtp_password_file: Path | None = Field(default=None, description="Bestand met het wachtwoord bij de mailserver.")
    smtp_from: str = Field(
        default="", pattern=r"^([^@\s]+@[^@\s]+)?$", description="Afzender van mail, zoals openboek@losser.nl."
    )
    oidc_discovery: str = Field(
        default="",
        description="Adres van de OpenID-configuratie van de aanbieder (Entra ID, Keycloak). Leeg: niet gebruiken.",
        examples=["https://login.voorbeeld.nl/realms/gemeente/.well-known/openid-configuration"],
    )
    oidc_client_id: str = Field(
        default="", description="Naam waaronder Openboek bij de aanbieder bekend is (client id)."
    )
    oidc_private_key_file: Path | None = Field(
        default=None,
        description="PEM-bestand met de RSA-sleutel van Openboek (private_key_jwt). Staat het certificaat erbij, dan "
        "gaat de vingerafdruk daarvan mee; Entra ID vraagt daarom.",
    )
    oidc_key_id: str = Field(
        default="", description="Naam van die sleutel bij de aanbieder (kid), als die erom vraagt."
    )
    oidc_client_secret_file: Path | None = Field(
        default=None, description="Bestand met het client secret, als de aanbieder geen private_key_jwt kan."
    )
    oidc_scope: str = Field(default="openid profile email", description="Waar Openboek de aanbieder om vraagt.")
    oidc_role_claim: str = Field(
        default="roles",
        description="Waar de rollen in het antwoord staan. Een punt gaat een laag dieper: realm_access.roles.",
    )
    oidc_roles: dict[str, str] = Field(
        default_factory=dict,
        description="Welke waarde van de aanbieder welke rol in Openboek geeft, als JSON. Meer rollen staan achter "
        "elkaar, met komma's. Met een code ervoor geldt een rol voor die organisatie: gm0153:lezer.",
        examples=['{"OB-Privacy": "privacy_officer", "OB-Lezen": "gm0168:lezer, gm0153:lezer"}'],
    )
    oidc_organisation: str = Field(
        default="", description="Code van de organisatie waarvoor rollen zonder code gelden."
    )
    oidc_timeout: float = Field(default=10, gt=0, le=60, description="Zoveel seconden wacht Openboek op de aanbieder.")

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the application over https, so that cookies may be bound to it."""
        return self.secure_cookies or self.app_url.startswith("https://")

    @property
    def has_secret(self) -> bool:
        return bool(self.secret_key.get_secret_value() or self.secret_key_file)

    def address_for_links(self) -> str:
        """Where a link that leaves the application points to.

        Raises:
            BadInput: nobody said where the application stands.
        """
        if not self.app_url:
            raise BadInput(
                "Zet eerst OPENBOEK_APP_URL: het adres waarop medewerkers Openboek openen. Daar wijst de link naar."
            )
        return self.app_url

    def secret(self) -> bytes:
        """The key that signs links.

        Raises:
            BadInput: there is none, it is too short, or its file cannot be read.
        """
        text = self.secret_key.get_secret_value()
        if self.secret_key_file:
            text = read_secret(self.secret_key_file, "SECRET_KEY_FILE")
        if len(text) < MIN_SECRET:
            raise BadInput(
                f"Zet eerst OPENBOEK_SECRET_KEY op minstens {MIN_SECRET} willekeurige tekens. Zonder sleutel kan "
                "Openboek geen links maken die niemand kan namaken."
            )
        return text.encode()


def read_secret(path: Path, setting: str) -> str:
    """The one secret that a file holds.

    Raises:
        BadInput: the file cannot be read or is empty.
    """
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise BadInput(
            f"Het bestand bij OPENBOEK_{setting} kan niet worden gelezen. Controleer pad en rechten."
        ) from error
    if not text:
        raise BadInput(f"Het bestand bij OPENBOEK_{setting} is leeg. Zet het geheim erin.")
    return text


def load(directory: Path) -> Settings:
    """Read the settings for a folder.

    Raises:
        BadInput: a setting has a value that cannot be used, or settings do not fit together; the sentence names them.
    """
    try:
        settings = Settings(_env_file=directory / ".env")
    except UnicodeDecodeError as error:
        raise BadInput(f"{directory / '.env'} is niet opgeslagen als UTF-8. Sla het bestand opnieuw op.") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = "OPENBOEK_" + "__".join(str(part) for part in first["loc"]).upper()
        raise BadInput(f"De instelling {name} klopt niet. Kijk in docs/reference/settings.md wat er mag.") from error
    except SettingsError as error:  # the only setting that people write as JSON
        raise BadInput('De instelling OPENBOEK_OIDC_ROLES is geen JSON, zoals {"OB-Lezen": "lezer"}.') from error
    check_safe(settings)
    return settings


def check_safe(settings: Settings) -> None:
    """Refuse settings that together are dangerous, or that cannot work.

    Raises:
        BadInput: the sentence says which setting to change.
    """
    if settings.has_secret or settings.app_url.startswith("https://"):
        settings.secret()
    check_storage(settings)
    check_targets(settings)
    if settings.oidc_discovery:
        needed = {
            "APP_URL": settings.app_url,
            "OIDC_CLIENT_ID": settings.oidc_client_id,
            "OIDC_ROLES": settings.oidc_roles,
            "OIDC_PRIVATE_KEY_FILE": settings.oidc_private_key_file or settings.oidc_client_secret_file,
        }
        missing = [f"OPENBOEK_{name}" for name, value in needed.items() if not value]
        if missing:
            raise BadInput(f"Bij inloggen met OIDC horen ook deze instellingen: {', '.join(missing)}.")
        for name, address in (("APP_URL", settings.app_url), ("OIDC_DISCOVERY", settings.oidc_discovery)):
            if not is_safe_address(address):
                raise BadInput(f"Het adres bij OPENBOEK_{name} moet met https beginnen: er gaan geheimen overheen.")
    if not settings.local_login and not settings.oidc_discovery:
        raise BadInput("Met OPENBOEK_LOCAL_LOGIN=false kan niemand inloggen. Stel eerst OPENBOEK_OIDC_DISCOVERY in.")
    if settings.smtp_host and not settings.smtp_from:
        raise BadInput("Bij OPENBOEK_SMTP_HOST hoort ook OPENBOEK_SMTP_FROM: het adres van de afzender.")


def parts_of(address: str) -> tuple[str, str]:
    """Bucket and prefix.

    Raises:
        BadInput: it is no address of a bucket.
    """
    found = _BUCKET.fullmatch(address)
    prefix = (found[2] or "").strip("/") if found else ""
    if not found or any(step in {"", ".", ".."} for step in prefix.split("/") if prefix):
        raise BadInput(f"'{address}' is geen adres van een opslag. Schrijf het als s3://bucket of s3://bucket/map.")
    return found[1], prefix


def check_storage(settings: Settings) -> None:
    """Refuse a storage that cannot work, or that would send files through the open.

    Raises:
        BadInput: the sentence says which setting to change.
    """
    if settings.storage.startswith(S3):
        parts_of(settings.storage)
    elif "://" in settings.storage:
        raise BadInput("OPENBOEK_STORAGE is een map of een adres dat begint met s3://.")
    if settings.storage_endpoint and not is_safe_address(settings.storage_endpoint):
        raise BadInput("Het adres bij OPENBOEK_STORAGE_ENDPOINT moet met https beginnen: er gaan documenten overheen.")
    has_secret = bool(settings.storage_secret.get_secret_value() or settings.storage_secret_file)
    if has_secret != bool(settings.storage_key_id):
        raise BadInput(
            "Geef OPENBOEK_STORAGE_KEY_ID samen met OPENBOEK_STORAGE_SECRET of OPENBOEK_STORAGE_SECRET_FILE, of geen "
            "van beide."
        )


def check_targets(settings: Settings) -> None:
    """Refuse places for a copy of the site, or an address to read it at, that cannot work or that nobody could trust.

    Raises:
        BadInput: the sentence says which setting to change.
    """
    for name, target in settings.targets.items():
        _check_target(f"OPENBOEK_TARGETS__{name.upper()}__", target)
    for code, address in settings.site_at.items():
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]+)?", address):
            raise BadInput(f"Schrijf OPENBOEK_SITE_AT__{code.upper()} als https://naam of http://naam:poort.")


def _check_target(prefix: str, target: TargetSettings) -> None:
    has_secret = bool(target.secret.get_secret_value() or target.secret_file)
    if target.to.startswith(S3):
        parts_of(target.to)
        if target.endpoint and not is_safe_address(target.endpoint):
            raise BadInput(f"Het adres bij {prefix}ENDPOINT moet met https beginnen.")
        if has_secret != bool(target.key_id):
            raise BadInput(f"Geef {prefix}KEY_ID samen met {prefix}SECRET_FILE, of geen van beide.")
    elif target.to.startswith(SFTP):
        sftp_parts(target.to)
        if target.known_hosts is None:
            raise BadInput(
                f"Zet in {prefix}KNOWN_HOSTS een bestand met de sleutel van de server. Anders weet Openboek niet met "
                "wie het praat."
            )
        if not has_secret and target.key_file is None:
            raise BadInput(f"Geef bij {target.to} ook {prefix}KEY_FILE of {prefix}SECRET_FILE.")
    elif target.is_dav or target.is_gpp:
        _check_web(target)
        if not has_secret:
            raise BadInput(
                f"Geef bij {target.to} ook {prefix}SECRET_FILE: een bestand met het wachtwoord of de sleutel."
            )
    elif "://" in target.to or not Path(target.to).is_absolute():
        raise BadInput(
            f"Bij {prefix}TO hoort een map die met / begint, s3://bucket, sftp://gebruiker@server/map of "
            "https://gebruiker@server/map (WebDAV)."
        )


def _check_web(target: TargetSettings) -> None:
    if target.is_dav:
        dav_parts(target.to)
    elif not is_safe_address(target.to.removeprefix(GPP)) or "@" in target.to or "?" in target.to:
        raise BadInput(f"Schrijf het adres van de publicatiebank als {GPP}https://naam, zonder /api erachter.")


def sftp_parts(address: str) -> tuple[str, str, int, str]:
    """User, host, port and folder.

    Raises:
        BadInput: it is no such address, or has a password in it.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or 22
    except ValueError:
        parts, port = urlsplit(""), 0
    if not parts.username or parts.password or not parts.hostname or not parts.path.strip("/") or parts.query:
        raise BadInput(
            "Schrijf het adres als sftp://gebruiker@server/map. Het wachtwoord hoort in een bestand (SECRET_FILE)."
        )
    return parts.username, parts.hostname, port, parts.path.rstrip("/")


def dav_parts(address: str) -> tuple[str, str]:
    """User, and the address of the folder without the user and without a slash at the end.

    Raises:
        BadInput: it is no such address, or has a password in it.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if not is_safe_address(address) or not parts.username or parts.password is not None or parts.query:
        raise BadInput(
            "Schrijf het adres als https://gebruiker@server/map. Het wachtwoord hoort in een bestand (SECRET_FILE). "
            "Een @ in de gebruikersnaam schrijft u als %40."
        )
    host = parts.netloc.rpartition("@")[2]
    return unquote(parts.username), f"{parts.scheme}://{host}{parts.path.rstrip('/')}"


def is_safe_address(url: str) -> bool:
    """Whether secrets may travel to this address: https, or a server on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))
