"""Zip files of strangers: Office, OpenDocument and plain ones. Nothing unpacks to more than the budget has left."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from woo.inspection.model import Budget, Found, Kind, TooLarge, Unreadable
from woo.inspection.text import mask

_MAX_PARTS = 50_000


@dataclass(slots=True)
class Package:
    """The parts of a zip file, by name."""

    data: bytes
    budget: Budget
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                self.names = [part.filename for part in archive.infolist() if not part.is_dir()]
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError) as error:
            raise Unreadable("Het bestand is beschadigd. Maak het opnieuw vanuit het brondocument.") from error
        if len(self.names) > _MAX_PARTS:
            raise Unreadable("Er zitten te veel onderdelen in het bestand. Kijk het zelf na.")

    def read(self, name: str) -> bytes:
        """The bytes of a part.

        Raises:
            Unreadable: it is damaged, has a password, or unpacks to more than we allow.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive, archive.open(name) as part:
                content = part.read(self.budget.unpacked + 1)
        # A way of packing that zipfile does not know is a RuntimeError too, so it is caught before the password.
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError, EOFError, KeyError) as error:
            raise Unreadable("Een deel van het bestand is beschadigd. Maak het opnieuw.") from error
        except RuntimeError as error:
            raise Unreadable("Het bestand is beveiligd met een wachtwoord. Haal het wachtwoord eraf.") from error
        if len(content) > self.budget.unpacked:
            raise TooLarge("Uitgepakt is het bestand veel te groot. Kijk het zelf na, of maak het opnieuw.")
        self.budget.unpacked -= len(content)
        return content

    def xml(self, name: str) -> "etree._Element | None":
        """A part as XML; None when it is not there or is no XML at all."""
        return parse(self.read(name)) if name in self.names else None

    def matching(self, pattern: str) -> Iterator[str]:
        """The names that match a whole pattern, numbers in order."""
        found = (name for name in self.names if re.fullmatch(pattern, name, re.IGNORECASE))
        yield from sorted(
            found, key=lambda name: [int(step) if step.isdigit() else step for step in re.split(r"(\d+)", name)]
        )


def parse(content: bytes) -> "etree._Element | None":
    """XML of strangers: no entities, nothing from elsewhere, and as much as can be read of what is broken."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=True, remove_pis=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None


def local(element: "etree._Element") -> str:
    """The name of an element without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: "etree._Element", name: str) -> str:
    """An attribute by its local name."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


_NOBODY = re.compile(
    r"(?:gemeente|provincie|ministerie|waterschap|omgevingsdienst|veiligheidsregio|stichting|college|raad|griffie|team|afdeling"
    r"|microsoft|office|word|excel|powerpoint|libreoffice|openoffice|adobe|acrobat|python|openpyxl|xlsxwriter|typst|windows"
    r"|user|gebruiker|unknown|onbekend|un-?named|administrator|beheerder|admin|root|author|auteur|scan(?:ner)?|canon|ricoh"
    r"|xerox|konica|hp|kyocera|sharp|apache|pandoc|latex|pdf\w*|anonymous|openboek)\b",
    re.IGNORECASE,
)
USER_PATH = re.compile(
    r"(?:[\\/]|^)(?:users|home|gebruikers|documents and settings)[\\/]+(?P<name>[^\\/\"'<>|]+)", re.IGNORECASE
)


def person(label: str, value: str | None) -> Iterator[Found]:
    """A hit for a property that names a person: not for a program, a scanner or the organisation itself."""
    value = (value or "").strip()
    if value and not _NOBODY.match(value):
        yield Found(Kind.METADATA, f"{label}: {mask(Kind.NAME, value)}", where="eigenschappen")


def user_path(label: str, value: str | None) -> Iterator[Found]:
    """A hit for an address on somebody's computer."""
    if found := USER_PATH.search(value or ""):
        yield from person(f"{label} op de computer van", found["name"])
