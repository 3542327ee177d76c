"""The processing register for machines: every file of it, and what a person reads about each (avg-register section 15).

All forms say the same. What nobody answered is left out or empty; it never becomes "nee".
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from core.organisations import Organisation
from publish import register_dpv, register_gemma, register_json, register_pdf, register_tables, register_xml, urls
from publish.parts import Download, File
from publish.register_parts import Register
from register.public import PublicProcessingActivity

_DOWNLOADS: Sequence[Download] = (
    Download(f"/{urls.REGISTER}/register.ods", "Verwerkingen en gegevens", "ODS", "Spreadsheet met twee bladen."),
    Download(f"/{urls.REGISTER}/register.csv", "Verwerkingen", "CSV", "Een regel per verwerking."),
    Download(f"/{urls.REGISTER}/register-gegevens.csv", "Gegevens", "CSV", "Een regel per soort gegeven."),
    Download(f"/{urls.REGISTER}/register.json", "Verwerkingen", "JSON", "Alle velden, met codes en namen."),
    Download(f"/{urls.REGISTER}/register.xml", "Verwerkingen", "XML", "Alle velden, met codes en namen."),
    Download(f"/{urls.REGISTER}/register.jsonld", "Verwerkingen", "JSON-LD", "Linked data met de woorden van W3C DPV."),
    Download(f"/{urls.REGISTER}/register.ttl", "Verwerkingen", "Turtle", "Dezelfde linked data."),
)
_GEMMA = Download(
    f"/{urls.REGISTER}/{register_gemma.FOLDER}/1.json",
    "Verwerkingsactiviteiten",
    "GEMMA",
    "JSON in de vorm van de GEMMA-standaard, per bladzijde.",
)


def downloads(organisation: Organisation, count: int) -> Sequence[Download]:
    """The files of a register of so many records, in the order in which a person wants them."""
    names = register_pdf.part_names(count)
    of = [f"deel {number} van {len(names)}" if len(names) > 1 else "" for number in range(1, len(names) + 1)]
    pdf = (
        Download(
            f"/{urls.REGISTER}/{name}",
            " ".join(filter(None, ("Verwerkingen,", part))).rstrip(","),
            "PDF",
            "Om te lezen en te printen.",
        )
        for name, part in zip(names, of, strict=True)
    )
    return (*pdf, *_DOWNLOADS, *([_GEMMA] if organisation.oin else []))


class Form(Protocol):
    """Files of the whole register in one form, which are given the records one by one, in their order."""

    def add(self, activity: PublicProcessingActivity) -> None:
        """Raises ExportRefused when the record does not fit our own schema."""

    def files(self) -> Iterator[File]:
        """When all records were added."""


def forms(content: Register) -> Sequence[Form]:
    """Every form, still without records."""
    return (
        register_tables.Tables(content.organisation),
        register_json.Json(content),
        register_xml.Xml(content),
        register_gemma.Gemma(content.organisation),
        register_dpv.LinkedData(content),
    )
