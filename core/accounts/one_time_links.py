"""Links that let somebody in once: an invitation to choose a password, and emergency access from the command line."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, select

from core import audit, clock, security_log, signed_links
from core.accounts import services
from core.accounts.models import ExternalIdentity, OneTimeLink, User
from core.errors import BadInput, NotAllowed
from core.settings import Settings

INVITATION = "uitnodiging"
EMERGENCY = "noodtoegang"
LIFETIMES = {INVITATION: timedelta(days=7), EMERGENCY: timedelta(minutes=15)}


def make(session: Session, user: User, *, purpose: str, settings: Settings, actor: audit.Actor) -> str:
    """Make a link for an account; earlier ones for the same purpose stop working. The link is not kept: show it once.

    Raises:
        BadInput: there is no key to sign with, or local accounts are switched off (an invitation would lead nowhere).
        NotAllowed: the account is closed, or logs in at an identity provider.
    """
    secret = settings.secret()
    if purpose == INVITATION and not settings.local_login:
        raise BadInput("Wachtwoorden staan uit: iedereen logt in met een werkaccount. Een uitnodiging is niet nodig.")
    if not user.is_active:
        raise NotAllowed("Dit account is gesloten. Open het eerst.")
    if purpose == INVITATION and session.get(ExternalIdentity, user.id) is not None:
        raise NotAllowed("Dit account logt in met een werkaccount. Een uitnodiging is niet nodig.")
    moment = clock.now()
    query = select(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.purpose == purpose)
    for earlier in session.exec(query):
        earlier.used_at = earlier.used_at or moment
    link = OneTimeLink(user_id=user.id, purpose=purpose, expires_at=moment + LIFETIMES[purpose])
    session.add(link)
    _tell(session, user, f"core:{_word(purpose)}:make", actor=actor, address="")
    token = signed_links.sign(secret, purpose=purpose, subject=str(link.id), expires_at=link.expires_at)
    return f"{settings.app_url}/{purpose}/{token}"


def open_link(
    session: Session, token: str, *, purpose: str, settings: Settings, to_use: bool = False
) -> tuple[OneTimeLink, User]:
    """The link and its account, while it may still be used. Looking does not use it: mail scanners look too.

    `to_use` locks the row, so that of two requests at the same moment one gets in.

    Raises:
        NotAllowed: not ours, expired, used, or the account is closed.
    """
    if not settings.has_secret:
        raise signed_links.LinkRefused(signed_links.WRONG)
    found: list[tuple[OneTimeLink, User]] = []

    def is_open(subject: str) -> bool:
        link = session.get(OneTimeLink, UUID(subject), with_for_update=to_use or None)
        user = session.get(User, link.user_id) if link else None
        if link is None or link.used_at is not None or user is None or not user.is_active:
            return False
        found.append((link, user))
        return True

    signed_links.read(settings.secret(), token, purpose=purpose, is_open=is_open)
    return found[0]


def accept_invitation(session: Session, token: str, password: str, *, settings: Settings, address: str = "") -> User:
    """Choose a password with an invitation; the link is used up and every earlier log-in of the account ends.

    Raises:
        NotAllowed: the link does not work (any more).
        RuleViolation: the password is not good enough; the link stays good.
    """
    link, user = open_link(session, token, purpose=INVITATION, settings=settings, to_use=True)
    actor = audit.Actor(user.name, user.id)
    services.set_password(session, user, password, actor=actor, must_change=False)
    link.used_at = clock.now()
    _tell(session, user, "core:invitation:accept", actor=actor, address=address)
    return user


def enter(session: Session, token: str, *, settings: Settings, address: str, device: str) -> str:
    """Log in with an emergency link; returns the key for the cookie.

    Raises:
        NotAllowed: the link does not work (any more).
    """
    link, user = open_link(session, token, purpose=EMERGENCY, settings=settings, to_use=True)
    link.used_at = clock.now()
    return services.open_login(session, user, method=EMERGENCY, address=address, device=device)


def _word(purpose: str) -> str:
    return {INVITATION: "invitation", EMERGENCY: "emergency"}[purpose]


def _tell(session: Session, user: User, action: str, *, actor: audit.Actor, address: str) -> None:
    subject = ("core_user", user.id, user.name)
    audit.append(session, chain=audit.INSTALLATION, actor=actor, action=action, subject=subject)
    security_log.tell(session, action, succeeded=True, user_id=user.id, actor=actor.label, address=address)
