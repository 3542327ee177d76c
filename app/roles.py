"""Which role holds which permissions. A domain names its permissions; here they are handed out (design section 3)."""

from collections.abc import Iterable, Mapping

import publish.permissions as publishing
import register.permissions as register
import wmebv.permissions as wmebv
import woo.permissions as woo
from core.accounts.models import RoleCode

ADMINISTER = "beheer:change"
"""Settings of the organisation, shared lists, accounts."""

SEE_WORK = "werk:read"
"""See what runs in the background, whoever asked for it."""
STEER_WORK = "werk:steer"
"""Stop and restart it."""
READ_TRAIL = "audit:read"
"""The trail of the own organisation: who did what."""

CLEAN = "audit:clean"
"""Asking to take a text out of the trail and of history, and deciding over what somebody else asks."""

READ_PROGRAMME = "programma:read"
"""The report on all registers together."""

READ_ALL = frozenset({register.READ, woo.READ, wmebv.READ, publishing.READ, READ_PROGRAMME})

PERMISSIONS: Mapping[RoleCode, frozenset[str]] = {
    RoleCode.ADMINISTRATOR: READ_ALL | {ADMINISTER, READ_TRAIL, CLEAN, SEE_WORK, STEER_WORK, publishing.RUN},
    RoleCode.PRIVACY_OFFICER: READ_ALL
    | {register.EDIT, register.APPROVE, register.ESTABLISH}
    | {woo.DECIDE, publishing.RUN, READ_TRAIL, CLEAN},
    RoleCode.CONTRIBUTOR: frozenset({register.READ, register.EDIT, wmebv.READ}),
    RoleCode.ESTABLISHER: READ_ALL | {register.ESTABLISH},
    RoleCode.DATA_PROTECTION_OFFICER: READ_ALL | {register.REMARK, READ_TRAIL},
    RoleCode.WOO_COORDINATOR: READ_ALL | {woo.EDIT, woo.PUBLISH, woo.DECIDE, publishing.RUN},
    RoleCode.WOO_EDITOR: frozenset({woo.READ, woo.EDIT}),
    RoleCode.WMEBV_COORDINATOR: READ_ALL | {wmebv.EDIT, wmebv.ESTABLISH, publishing.RUN},
    RoleCode.READER: READ_ALL,
    RoleCode.MANAGEMENT: READ_ALL,
}


WORDS: Mapping[str, str] = {
    register.READ: "Verwerkingsregister lezen",
    register.EDIT: "Verwerkingen bewerken",
    register.APPROVE: "Verwerkingen goedkeuren of terugsturen met een vraag, bevindingen sluiten met een reden",
    register.ESTABLISH: "Verwerkingen vaststellen en beëindigen",
    register.REMARK: "Opmerkingen van de FG schrijven en sluiten",
    woo.READ: "Woo lezen",
    woo.EDIT: "Woo bewerken: categorieën, dossiers en documenten die nog niet openbaar zijn",
    woo.PUBLISH: "Woo publiceren, plannen, vervangen en intrekken; categorieën vaststellen",
    woo.DECIDE: "Woo: als tweede persoon beslissen over kritieke meldingen van de controle",
    wmebv.READ: "Digitaal zakendoen lezen",
    wmebv.EDIT: "Digitaal zakendoen bewerken",
    wmebv.ESTABLISH: "Digitaal zakendoen vaststellen voor de website",
    READ_PROGRAMME: "Het rapport over het hele programma lezen",
    publishing.READ: "Publicatie bekijken",
    publishing.RUN: "Exporteren",
    ADMINISTER: "Beheer: gegevens van de gemeente, gedeelde lijsten, accounts",
    READ_TRAIL: "Logboek lezen en downloaden",
    CLEAN: "Schonen vragen, en beslissen over wat een ander vraagt",
    SEE_WORK: "Werk op de achtergrond bekijken, ook dat van anderen",
    STEER_WORK: "Werk op de achtergrond afbreken en opnieuw starten, ook dat van anderen",
}
"""What each permission lets a person do, as screens and the manual say it."""

ROLE_NAMES: Mapping[RoleCode, str] = {
    RoleCode.ADMINISTRATOR: "Beheerder",
    RoleCode.PRIVACY_OFFICER: "Privacy officer",
    RoleCode.CONTRIBUTOR: "Invuller",
    RoleCode.ESTABLISHER: "Vaststeller",
    RoleCode.DATA_PROTECTION_OFFICER: "Functionaris gegevensbescherming (FG)",
    RoleCode.WOO_COORDINATOR: "Woo-coördinator",
    RoleCode.WOO_EDITOR: "Woo-redacteur",
    RoleCode.WMEBV_COORDINATOR: "Coördinator digitaal zakendoen",
    RoleCode.READER: "Lezer",
    RoleCode.MANAGEMENT: "Management",
}


def permissions_of(roles: Iterable[RoleCode]) -> frozenset[str]:
    """Everything that these roles together may do."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
