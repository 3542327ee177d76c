"""The register as JSON with codes and labels, in the shape of our own JSON Schema."""

from collections.abc import Iterator
from typing import Any

from publish import urls
from publish.parts import File, Spool, as_json, filled, json_line, json_lines
from publish.register_parts import Register, day, uri_of
from register.public import (
    Coded,
    PublicDataSet,
    PublicGround,
    PublicPoliceData,
    PublicProcessingActivity,
    PublicPurpose,
)

JSON_SCHEMA = "verwerkingsregister.schema.json"


def version_json(activity: PublicProcessingActivity, base_url: str) -> bytes:
    """One frozen version, in the shape that the JSON Schema calls `verwerking`."""
    return as_json(activity_facts(activity, base_url))


class Json:
    """The whole register; a record a line, so that two days are easy to compare."""

    def __init__(self, content: Register) -> None:
        organisation = content.organisation
        self._base_url = organisation.base_url
        about = filled({"naam": organisation.name, "tooi": organisation.tooi_uri, "oin": organisation.oin})
        schema = f"{organisation.base_url}/{urls.SCHEMAS}/{JSON_SCHEMA}"
        self._head = filled({"schema": schema, "peildatum": day(content.as_of), "organisatie": about})
        self._lines = Spool()

    def add(self, activity: PublicProcessingActivity) -> None:
        self._lines.add(json_line(activity_facts(activity, self._base_url)))

    def files(self) -> Iterator[File]:
        yield f"{urls.REGISTER}/register.json", json_lines(self._head, "verwerkingen", self._lines)


def activity_facts(activity: PublicProcessingActivity, base_url: str) -> dict[str, Any]:
    """A version as plain data with Dutch names. What is empty or unknown is left out."""
    return filled(
        {
            "kenmerk": activity.number,
            "versie": activity.version,
            "uri": uri_of(activity, base_url),
            "vastgesteld_op": activity.established_at.isoformat(timespec="seconds"),
            "openbaar": "beperkt" if activity.is_limited else "ja",
            "naam": activity.name,
            "uitleg": activity.explanation,
            "onderwerp": _coded(activity.domain),
            "rol": _coded(activity.role),
            "regime": _coded(activity.regime),
            "verantwoordelijke": _coded(activity.controller),
            "team": activity.team,
            "samen_met": [
                filled({"partij": joint.party, "afspraken": joint.essence, "contactpunt": joint.contact_point})
                for joint in activity.joint_controllers
            ],
            "voor_anderen": list(activity.done_for_others),
            "opdrachtgevers": list(activity.principals),
            "doelen": [_purpose(purpose) for purpose in activity.purposes],
            "gegevenssets": [_data_set(data_set) for data_set in activity.data_sets],
            "bijzondere_gegevens": [
                filled(
                    {
                        "categorie": _coded(special.category),
                        "uitzondering": _coded(special.exception),
                        "wet": special.law,
                    }
                )
                for special in activity.special_categories
            ],
            "strafrechtelijk": _ground(activity.criminal),
            "bsn": _ground(activity.bsn),
            # Worked out from the groups of people: false says that no group of children was chosen.
            "kinderen": True if activity.about_children else None,
            "geen_ontvangers": True if activity.no_recipients else None,
            "ontvangers": [
                filled({"naam": recipient.name, "soort": _coded(recipient.kind), "grond": recipient.basis})
                for recipient in activity.recipients
            ],
            "verwerkers": [filled({"naam": one.name, "dienst": one.service}) for one in activity.processors],
            "convenanten": list(activity.covenants),
            "doorgifte": activity.transfers_outside_eea,
            "doorgiften": [
                filled(
                    {
                        "land": _coded(transfer.country),
                        "ontvanger": transfer.importer,
                        "instrument": _coded(transfer.instrument),
                    }
                )
                for transfer in activity.transfers
            ],
            "bewaren": [
                filled(
                    {
                        "voor": retention.data_subject,
                        "tekst": retention.text,
                        "duur": retention.duration,
                        "begin": retention.trigger,
                        "daarna": _coded(retention.afterwards),
                        "selectielijst": [_coded(entry) for entry in retention.selection_list],
                    }
                )
                for retention in activity.retentions
            ],
            "beveiliging": activity.security,
            "besluitvorming": filled(
                {
                    "soort": _coded(activity.automation),
                    "logica": activity.automation_logic,
                    "gevolgen": activity.automation_consequences,
                    "mens": activity.automation_human,
                    "profilering": activity.profiling,
                    "algoritmeregister": list(activity.algorithm_register),
                    "dpia": activity.dpia_url,
                    "dpia_status": _coded(activity.dpia_status),
                    "dpia_datum": day(activity.dpia_done_on),
                    "ai_klasse": _coded(activity.ai_class),
                    "iama_datum": day(activity.iama_on),
                    "iama": activity.iama_url,
                }
            )
            or None,
            "rechten": [_coded(right) for right in activity.rights],
            "beperkingen": [
                filled({"recht": _coded(one.right), "tekst": one.text, "wet": one.law})
                for one in activity.right_restrictions
            ],
            "privacyverklaring": activity.privacy_notice,
            "politiegegevens": _police(activity.police) if activity.police else None,
            "gebaseerd_op": activity.based_on,
            "begin": day(activity.started_on),
            "einde": day(activity.ended_on),
            "laatst_gecontroleerd": day(activity.reviewed_on),
        }
    )


def _purpose(purpose: PublicPurpose) -> dict[str, Any]:
    return filled(
        {
            "tekst": purpose.text,
            "grondslagen": [_coded(basis) for basis in purpose.legal_bases],
            "wetten": [
                filled({"naam": law.name, "artikel": law.article, "bwb": law.bwb_number, "url": law.url})
                for law in purpose.laws
            ],
            "toestemming_gevraagd": purpose.consent_asked,
            "toestemming_ingetrokken": purpose.consent_withdrawn,
            "belangenafweging": purpose.interests_assessment,
            "belangenafweging_datum": day(purpose.interests_assessed_on),
            "verder_gebruik": purpose.further_use,
            "verder_gebruik_toets": purpose.further_use_test,
        }
    )


def _data_set(data_set: PublicDataSet) -> dict[str, Any]:
    return filled(
        {
            "betrokkene": _coded(data_set.data_subject),
            "gegevens": [
                (_coded(item.kind) or {}) | filled({"soort": _coded(item.sensitivity)}) for item in data_set.data
            ],
            "bronnen": list(data_set.sources),
            "verplicht": data_set.obligatory,
            "gevolg": data_set.obligatory_consequence,
        }
    )


def _police(police: PublicPoliceData) -> dict[str, Any]:
    return filled(
        {
            "verantwoordelijke": police.controller,
            "artikelen": [_coded(article) for article in police.articles],
            "boa_domein": _coded(police.boa_domain),
            "betrokkenen": [_coded(one) for one in police.data_subjects],
            "verstrekking": police.disclosure,
            "bewaren": police.retention,
        }
    )


def _ground(ground: PublicGround | None) -> dict[str, Any] | None:
    """An empty object says: these data are used, and it is not known yet why that is allowed."""
    return None if ground is None else filled({"grond": _coded(ground.ground), "wet": ground.law})


def _coded(coded: Coded | None) -> dict[str, str] | None:
    if coded is None or not coded.label:
        return None
    return filled({"code": coded.code, "label": coded.label, "artikel": coded.article})
