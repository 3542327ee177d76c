"""The second step of a local log-in: a code from an app (TOTP, RFC 6238), or a recovery code for who lost it."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence

import pyotp
from sqlmodel import Session, col, func, select

from core import audit, clock, security_log
from core.accounts.models import RecoveryCode, SecondFactor, User
from core.errors import Conflict, RuleViolation

STEP_SECONDS = 30
SKEW_STEPS = 1
"""A telephone whose clock is half a minute off still works."""
RECOVERY_CODES = 10
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def is_on(session: Session, user: User) -> bool:
    """Whether this account needs a code after the password."""
    found = session.get(SecondFactor, user.id)
    return found is not None and found.confirmed_at is not None


def propose(session: Session, user: User) -> SecondFactor:
    """The secret to put into an app. It counts only after `confirm`; asked again before that, it stays the same.

    Raises:
        Conflict: the account has a second step already.
    """
    found = session.get(SecondFactor, user.id)
    if found is None:
        found = SecondFactor(user_id=user.id, secret=pyotp.random_base32())
        session.add(found)
        session.flush()
    if found.confirmed_at is not None:
        raise Conflict("U heeft al een tweede stap. Zet die eerst uit als u een andere app wilt gebruiken.")
    return found


def address_for_app(factor: SecondFactor, user: User) -> str:
    """What the square code holds: an `otpauth:` address."""
    return pyotp.TOTP(factor.secret).provisioning_uri(name=user.username, issuer_name="Openboek")


def confirm(session: Session, user: User, code: str, *, actor: audit.Actor, address: str = "") -> Sequence[str]:
    """Turn the second step on with a first code; returns the recovery codes, which are shown once.

    Raises:
        Conflict: it is on already, or was never begun.
        RuleViolation: the code is wrong.
    """
    factor = session.get(SecondFactor, user.id, with_for_update=True)
    if factor is None or factor.confirmed_at is not None:
        raise Conflict("Deze stap is al gedaan of nog niet begonnen. Ga terug naar uw account.")
    if not _use_code(factor, code):
        message = "Deze code klopt niet. Kijk of de klok van uw telefoon goed staat en typ de nieuwe code."
        raise RuleViolation(message, {"code": message})
    factor.confirmed_at = clock.now()
    codes = [
        "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4)) for _ in range(RECOVERY_CODES)
    ]
    session.add_all(RecoveryCode(code_hash=_hash(code), user_id=user.id) for code in codes)
    _tell(session, user, "core:second_factor:enable", actor=actor, address=address)
    return codes


def turn_off(session: Session, user: User, *, actor: audit.Actor, address: str = "") -> None:
    """Remove app and recovery codes; harmless when there are none."""
    factor = session.get(SecondFactor, user.id)
    if factor is None:
        return
    session.delete(factor)
    for code in session.exec(select(RecoveryCode).where(RecoveryCode.user_id == user.id)):
        session.delete(code)
    _tell(session, user, "core:second_factor:disable", actor=actor, address=address)


def recovery_codes_left(session: Session, user: User) -> int:
    query = select(func.count()).select_from(RecoveryCode).where(col(RecoveryCode.user_id) == user.id)
    return session.exec(query).one()


def use(session: Session, user: User, code: str) -> bool:
    """Whether this is a good code of the app or a recovery code. Either is good once; one used before is refused."""
    factor = session.get(SecondFactor, user.id, with_for_update=True, populate_existing=True)
    if factor is None or factor.confirmed_at is None:
        return False
    if _use_code(factor, code):
        return True
    query = select(RecoveryCode).where(RecoveryCode.code_hash == _hash(code), RecoveryCode.user_id == user.id)
    spare = session.exec(query.with_for_update()).first()
    if spare is not None:
        session.delete(spare)
    return spare is not None


def _use_code(factor: SecondFactor, code: str) -> bool:
    """Compare with the codes of now and one step to either side, newer than the last one used."""
    typed = re.sub(r"\s", "", code)
    if not re.fullmatch("[0-9]{6}", typed):
        return False
    now = int(clock.now().timestamp()) // STEP_SECONDS
    maker = pyotp.TOTP(factor.secret)
    for step in range(now - SKEW_STEPS, now + SKEW_STEPS + 1):
        if step > factor.last_step and hmac.compare_digest(maker.generate_otp(step), typed):
            factor.last_step = step
            return True
    return False


def _hash(code: str) -> str:
    """Recovery codes are long and random (79 bits), so a quick hash is enough."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).lower().encode("utf-8", "surrogatepass")).hexdigest()


def _tell(session: Session, user: User, action: str, *, actor: audit.Actor, address: str) -> None:
    subject = ("core_user", user.id, user.name)
    audit.append(session, chain=audit.INSTALLATION, actor=actor, action=action, subject=subject)
    security_log.tell(session, action, succeeded=True, user_id=user.id, actor=actor.label, address=address)
