"""The register as tables: csv with a row per record, csv with a row per kind of data, ods with both (section 15)."""

from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from tempfile import TemporaryFile

from core.organisations import Organisation
from core.sheets import csv_lines, ods_rows, write_ods_to
from publish import urls
from publish.parts import File, Spool, joined, yes_no
from publish.register_parts import day, label, laws_of, uri_of
from register.public import PublicDataSet, PublicProcessingActivity, PublicRetention

CSV_COLUMNS = (
    *("kenmerk", "versie", "uri", "naam", "uitleg", "onderwerp", "bestuursorgaan", "organisatie_oin", "rol"),
    *("samen_met", "doelen", "grondslagen", "wetten", "betrokkenen", "persoonsgegevens", "bijzondere_gegevens"),
    *("uitzonderingen", "strafrechtelijk", "bsn", "bronnen", "ontvangers", "doorgifte", "landen", "doorgifte_grond"),
    *("bewaartermijn", "duur_iso", "selectielijst", "daarna", "beveiliging", "computer_beslist", "uitleg_besluit"),
    *("profilering", "algoritmeregister", "dpia_uitgevoerd", "rechten", "begin", "einde", "laatst_gecontroleerd"),
)
LONG_COLUMNS = ("kenmerk", "betrokkene", "gegeven", "soort", "bron", "bewaartermijn")
_PIECE = 1 << 17
_UNKNOWN_GROUND = "gebruikt; waarom dat mag is nog niet bekend"


class Tables:
    """The three files, a record at a time."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation
        self._csv, self._data_csv, self._sheet, self._data_sheet = Spool(), Spool(), Spool(), Spool()
        self._csv.add(BOM_UTF8 + csv_lines([CSV_COLUMNS]))
        self._data_csv.add(BOM_UTF8 + csv_lines([LONG_COLUMNS]))

    def add(self, activity: PublicProcessingActivity) -> None:
        row = _row(activity, self._organisation)
        rows, data = [[row[column] for column in CSV_COLUMNS]], list(_data_rows(activity))
        self._csv.add(csv_lines(rows))
        self._data_csv.add(csv_lines(data))
        self._sheet.add(ods_rows(rows))
        self._data_sheet.add(ods_rows(data))

    def files(self) -> Iterator[File]:
        yield f"{urls.REGISTER}/register.csv", self._csv
        yield f"{urls.REGISTER}/register-gegevens.csv", self._data_csv
        yield f"{urls.REGISTER}/register.ods", self._ods()

    def _ods(self) -> Iterator[bytes]:
        sheets = [("Verwerkingen", CSV_COLUMNS, self._sheet), ("Gegevens", LONG_COLUMNS, self._data_sheet)]
        with TemporaryFile() as file:
            write_ods_to(file, sheets)
            file.seek(0)
            yield from iter(partial(file.read, _PIECE), b"")


def _row(activity: PublicProcessingActivity, organisation: Organisation) -> Mapping[str, str]:
    sets = activity.data_sets
    automation = (activity.automation_logic, activity.automation_consequences, activity.automation_human)
    recipients = [recipient.name for recipient in activity.recipients]
    return {
        "kenmerk": activity.number,
        "versie": str(activity.version),
        "uri": uri_of(activity, organisation.base_url),
        "naam": activity.name,
        "uitleg": activity.explanation,
        "onderwerp": label(activity.domain),
        "bestuursorgaan": activity.controller.label,
        "organisatie_oin": organisation.oin,
        "rol": activity.role.code if activity.role else "",
        "samen_met": joined(joint.party for joint in activity.joint_controllers),
        "doelen": joined(purpose.text for purpose in activity.purposes),
        "grondslagen": joined(basis.label for purpose in activity.purposes for basis in purpose.legal_bases),
        "wetten": laws_of(activity),
        "betrokkenen": joined(data_set.data_subject.label for data_set in sets),
        "persoonsgegevens": joined(item.kind.label for data_set in sets for item in data_set.data),
        "bijzondere_gegevens": joined(special.category.label for special in activity.special_categories),
        "uitzonderingen": joined(label(special.exception) for special in activity.special_categories),
        "strafrechtelijk": (label(activity.criminal.ground) or _UNKNOWN_GROUND) if activity.criminal else "",
        "bsn": (label(activity.bsn.ground) or _UNKNOWN_GROUND) if activity.bsn else "",
        "bronnen": joined(source for data_set in sets for source in data_set.sources),
        "ontvangers": joined(recipients) or ("geen" if activity.no_recipients else ""),
        "doorgifte": yes_no(activity.transfers_outside_eea),
        "landen": joined(transfer.country.label for transfer in activity.transfers),
        "doorgifte_grond": joined(label(transfer.instrument) for transfer in activity.transfers),
        "bewaartermijn": joined(retention.text for retention in activity.retentions),
        "duur_iso": joined(retention.duration for retention in activity.retentions),
        "selectielijst": joined(entry.code for retention in activity.retentions for entry in retention.selection_list),
        "dpia_uitgevoerd": label(activity.dpia_status),
        "daarna": joined(label(retention.afterwards) for retention in activity.retentions),
        "beveiliging": activity.security,
        "computer_beslist": activity.automation.code if activity.automation else "",
        "uitleg_besluit": joined(automation),
        "profilering": yes_no(activity.profiling),
        "algoritmeregister": joined(activity.algorithm_register),
        "rechten": joined(right.label for right in activity.rights),
        "begin": day(activity.started_on),
        "einde": day(activity.ended_on),
        "laatst_gecontroleerd": day(activity.reviewed_on),
    }


def _data_rows(activity: PublicProcessingActivity) -> Iterator[Sequence[str]]:
    for data_set in activity.data_sets:
        for item in data_set.data:
            yield (
                activity.number,
                data_set.data_subject.label,
                item.kind.label,
                label(item.sensitivity),
                joined(data_set.sources),
                joined(retention.text for retention in _retentions_of(data_set, activity)),
            )


def _retentions_of(data_set: PublicDataSet, activity: PublicProcessingActivity) -> Iterator[PublicRetention]:
    for retention in activity.retentions:
        if retention.data_subject in {"", data_set.data_subject.label}:
            yield retention
