"""What a channel can do: how digital it is, for whom, and whether it was designated."""

from collections.abc import Iterable, Mapping
from datetime import date

from core.content import YesNo
from wmebv.content import Availability, ChannelContent, ChannelKind, LoginLevel

MATURITY: Mapping[Availability, int] = {
    Availability.D0: 0,
    Availability.D1: 0,
    Availability.D2: 25,
    Availability.D3: 25,
    Availability.D4: 50,
    Availability.D5: 75,
    Availability.D6: 100,
    Availability.DX: 75,
}
"""Our own conversion of levels to a percentage, always shown as "eigen omrekening"."""

# A national facility stands between our own form and a form with log-in: where both exist, ours is the better one.
_LEVELS = ("D0", "D1", "D2", "D3", "D4", "DX", "D5", "D6")
_RANK = {Availability(level): rank for rank, level in enumerate(_LEVELS)}
_ELECTRONIC_FROM = _RANK[Availability.D3]  # a form to print is still sent by post
_ELECTRONIC_KINDS = frozenset(
    [ChannelKind.WEB_FORM, ChannelKind.EMAIL, ChannelKind.PORTAL, ChannelKind.MESSAGE_BOX, ChannelKind.NATIONAL]
)
_STARTS_WITH_LOGIN_FREE = frozenset([Availability.D3, Availability.D4])


def is_electronic(channel: ChannelContent) -> bool:
    """One can send through it without paper: level D3 or higher, or an electronic kind of unknown level."""
    if channel.level is None:
        return channel.kind in _ELECTRONIC_KINDS
    return _RANK[channel.level] >= _ELECTRONIC_FROM


def works_without_login(channel: ChannelContent) -> bool:
    """People without DigiD or eHerkenning can use it; unknown counts as not."""
    if channel.login_levels:
        return LoginLevel.NONE in channel.login_levels
    return channel.level in _STARTS_WITH_LOGIN_FREE


def availability(channels: Iterable[ChannelContent]) -> Availability | None:
    """The level of the best channel; None when no channel has a level."""
    levels = [channel.level for channel in channels if channel.level is not None]
    return max(levels, key=_RANK.__getitem__) if levels else None


def is_at_least(level: Availability, wanted: Availability) -> bool:
    """Whether a level is as high as another, or higher."""
    return _RANK[level] >= _RANK[wanted]


def maturity(levels: Iterable[Availability | None]) -> int | None:
    """Average of the converted levels that are known, in whole percents rounded down (eigen omrekening)."""
    known = [MATURITY[level] for level in levels if level is not None]
    return sum(known) // len(known) if known else None


def is_designated(channel: ChannelContent, on: date) -> bool:
    """On a date the channel stands in a decision with bestuursorgaan and place of publication (Awb 2:13 lid 2)."""
    decision = channel.designation
    is_decided = decision.decided_on is not None and decision.decided_on <= on
    return bool(channel.designated is YesNo.YES and is_decided and decision.bodies and decision.reference)
