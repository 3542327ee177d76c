"""What a person reads for the codes of the inventory."""

from collections.abc import Mapping

from core.content import YesNo
from wmebv.content import (
    ActionStatus,
    Audience,
    ChannelKind,
    ChannelUse,
    Direction,
    Executor,
    LoginLevel,
    MessageKind,
    Official,
    Value,
)
from wmebv.duties import Scope
from wmebv.report.counting import LEVEL_LABELS, MEASURES, TARGET_GROUP_LABELS

__all__ = [
    "ACTION_STATUSES",
    "AUDIENCES",
    "CHANNEL_KINDS",
    "DIRECTIONS",
    "EXECUTORS",
    "KINDS",
    "LEVEL_LABELS",
    "LOGINS",
    "MEASURES",
    "OFFICIAL",
    "SCOPES",
    "SUPPORT_NEEDS",
    "TARGET_GROUP_LABELS",
    "USES",
    "VALUES",
    "YES_NO",
]

ACTION_STATUSES: Mapping[ActionStatus, str] = {
    ActionStatus.OPEN: "Open",
    ActionStatus.BUSY: "Bezig",
    ActionStatus.DONE: "Klaar",
    ActionStatus.DROPPED: "Vervallen",
}
AUDIENCES: Mapping[Audience, str] = {Audience.RESIDENT: "Inwoners", Audience.BUSINESS: "Ondernemers"}
EXECUTORS: Mapping[Executor, str] = {
    Executor.OWN: "De gemeente zelf",
    Executor.JOINT: "Een gemeenschappelijke regeling",
    Executor.EXTERNAL: "Een andere organisatie",
}
YES_NO: Mapping[YesNo, str] = {YesNo.YES: "Ja", YesNo.NO: "Nee"}
VALUES: Mapping[Value, str] = {
    Value.YES: "Ja",
    Value.PARTLY: "Deels",
    Value.NO: "Nee",
    Value.NOT_APPLICABLE: "Niet van toepassing",
    Value.UNKNOWN: "Weten we nog niet",
}
KINDS: Mapping[MessageKind, str] = {
    MessageKind.APPLICATION: "Aanvraag",
    MessageKind.SUPPLEMENT: "Aanvulling op een aanvraag",
    MessageKind.INGEBREKESTELLING: "Ingebrekestelling",
    MessageKind.ZIENSWIJZE: "Zienswijze",
    MessageKind.BEZWAAR: "Bezwaar",
    MessageKind.ADMINISTRATIEF_BEROEP: "Administratief beroep",
    MessageKind.PROCEDURE_QUESTION: "Vraag over een lopende procedure",
    MessageKind.COMPLAINT: "Klacht",
    MessageKind.NOTIFICATION: "Melding",
    MessageKind.DECLARATION: "Aangifte",
    MessageKind.STATEMENT: "Opgave",
    MessageKind.REQUEST: "Verzoek",
    MessageKind.SIGNAL: "Signaal",
    MessageKind.PRIVATE_LAW: "Bericht over een overeenkomst of schade",
    MessageKind.OTHER: "Ander bericht",
    MessageKind.OUTGOING_DECISION: "Besluit van de gemeente",
}
OFFICIAL: Mapping[Official, str] = {
    Official.YES: "Ja",
    Official.NO: "Nee",
    Official.MIXED: "Soms (telt als ja)",
    Official.UNKNOWN: "Weten we nog niet",
}
DIRECTIONS: Mapping[Direction, str] = {Direction.IN: "Aan de gemeente", Direction.OUT: "Van de gemeente"}
CHANNEL_KINDS: Mapping[ChannelKind, str] = {
    ChannelKind.WEB_FORM: "Webformulier",
    ChannelKind.EMAIL: "E-mail",
    ChannelKind.PORTAL: "Portaal",
    ChannelKind.MESSAGE_BOX: "Berichtenbox",
    ChannelKind.NATIONAL: "Landelijke voorziening",
    ChannelKind.PAPER: "Papier",
    ChannelKind.DESK: "Balie",
    ChannelKind.PHONE: "Telefoon",
}
LOGINS: Mapping[LoginLevel, str] = {
    LoginLevel.NONE: "Zonder inloggen",
    LoginLevel.DIGID_MIDDEN: "DigiD",
    LoginLevel.DIGID_SUBSTANTIEEL: "DigiD Substantieel",
    LoginLevel.EH2PLUS: "eHerkenning niveau 2+",
    LoginLevel.EH3: "eHerkenning niveau 3",
    LoginLevel.EIDAS: "Inlogmiddel van een ander EU-land (eIDAS)",
    LoginLevel.DESK: "Legitimatie aan de balie",
}
USES: Mapping[ChannelUse, str] = {ChannelUse.PREFERRED: "Voorkeur", ChannelUse.FALLBACK: "Vangnet"}
SCOPES: Mapping[Scope, str] = {
    Scope.ORGANISATION: "Hele organisatie",
    Scope.PRODUCT: "Product",
    Scope.MESSAGE: "Bericht",
    Scope.CHANNEL: "Kanaal",
    Scope.OUTGOING: "Bericht van de gemeente",
}
SUPPORT_NEEDS: Mapping[int, str] = {0: "Gewoon", 1: "Verhoogd", 2: "Hoog"}
