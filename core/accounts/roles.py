"""Roles per organisation: who gives and takes them, and for which organisation a log-in works.

An account is of the installation and may hold roles in several organisations. Whoever administers one of them changes
roles there only; to close an account or to reset its password one must administer every organisation that it is of.
Events stand in the chain of the installation, and in that of each organisation that they concern.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit
from core.accounts import second_factor, services
from core.accounts.models import ExternalIdentity, LoginSession, RoleCode, RoleHeld, User
from core.errors import Conflict, NotFound, RuleViolation
from core.organisations import Organisation

OWN_ROLES = "U kunt uw eigen rollen niet wijzigen. Vraag een andere beheerder."
OWN_ACCOUNT = "Dit is uw eigen account. Vraag een andere beheerder."
LAST_ADMINISTRATOR = "Dit is de enige beheerder. Geef eerst iemand anders de rol beheerder."
NO_ROLE = "Kies minstens één rol, of sluit het account."
FROM_PROVIDER = (
    "De rollen van dit account komen van de aanmelddienst. Wijzig ze daar; ze gelden vanaf de volgende aanmelding."
)
ELSEWHERE = (
    "Dit account heeft ook rollen bij een andere organisatie. Neem hier de rollen weg, of vraag wie de server beheert."
)


def account(session: Session, user_id: UUID, organisation_id: UUID) -> User:
    """An account that holds a role in this organisation.

    Raises:
        NotFound: there is none, or it is of other organisations only.
    """
    query = select(RoleHeld.id).where(RoleHeld.user_id == user_id, RoleHeld.organisation_id == organisation_id)
    user = session.get(User, user_id)
    if user is None or session.exec(query).first() is None:
        raise NotFound("Dit account bestaat hier niet. Ga terug naar de lijst met accounts.")
    return user


def roles_of(session: Session, user: User) -> Mapping[UUID, frozenset[RoleCode]]:
    """The roles of an account, by organisation."""
    found: dict[UUID, frozenset[RoleCode]] = {}
    for row in session.exec(select(RoleHeld).where(RoleHeld.user_id == user.id)):
        found[row.organisation_id] = found.get(row.organisation_id, frozenset()) | {RoleCode(row.role)}
    return found


def add_account(
    session: Session,
    *,
    username: str,
    name: str,
    email: str,
    password: str | None,
    roles: Iterable[RoleCode],
    organisation_id: UUID,
    actor: audit.Actor,
) -> User:
    """Make an account with roles in one organisation, and a one-time password or none (until an invitation is used).

    Raises:
        BadInput: the username cannot be typed at the log-in.
        Conflict: the username is taken, here or in another organisation of this installation.
        RuleViolation: no role was chosen.
    """
    wanted = frozenset(roles)
    if not wanted:
        raise RuleViolation("Kies minstens één rol.", {"roles": "Kies minstens één rol."})
    user = services.add_user(
        session,
        username=username,
        name=name,
        email=email,
        password=password,
        roles=(),
        organisation_id=organisation_id,
        actor=actor,
        must_change_password=password is not None,
    )
    change_roles(session, user, wanted, organisation_id=organisation_id, actor=actor)
    return user


def change_roles(
    session: Session,
    user: User,
    roles: Iterable[RoleCode],
    *,
    organisation_id: UUID,
    actor: audit.Actor,
    seen: Iterable[RoleCode] | None = None,
) -> None:
    """Let an account hold exactly these roles in an organisation; it counts from the next page on.

    Without any role the account is of this organisation no more. `seen` are the roles that the form was made from.

    Raises:
        Conflict: somebody changed them in between.
        RuleViolation: it is the actor's own account, one whose roles come from a provider, the last administrator, or
            no role is left anywhere.
    """
    _refuse_own(user, actor, OWN_ROLES)
    if actor != audit.COMMAND_LINE and _is_external(session, user):
        raise RuleViolation(FROM_PROVIDER, {"roles": FROM_PROVIDER})
    _lock(session, organisation_id)
    held = roles_of(session, user)
    before, after = held.get(organisation_id, frozenset()), frozenset(roles)
    if seen is not None and frozenset(seen) != before:
        raise Conflict("Iemand anders heeft deze rollen intussen gewijzigd. Bekijk ze eerst en probeer het opnieuw.")
    if before == after:
        return
    if not after and held.keys() <= {organisation_id}:
        raise RuleViolation(NO_ROLE, {"roles": NO_ROLE})
    if RoleCode.ADMINISTRATOR in before - after:
        _refuse_last_administrator(session, user, organisation_id)
    _hold(session, user, before, after, organisation_id, "core:user:change_roles", actor)


def follow_provider(
    session: Session, user: User, roles: Iterable[RoleCode], *, organisation_id: UUID, actor: audit.Actor
) -> None:
    """Let an account hold the roles that its provider gives, and no others.

    The provider has the last word, also about the last administrator: who lost a role there must not keep it here.
    An organisation without an administrator gets one from the shell (`openboek users roles`).
    """
    before, after = roles_of(session, user).get(organisation_id, frozenset()), frozenset(roles)
    if before != after:
        _hold(session, user, before, after, organisation_id, "core:user:follow_roles", actor)


def _hold(
    session: Session,
    user: User,
    before: frozenset[RoleCode],
    after: frozenset[RoleCode],
    organisation_id: UUID,
    action: str,
    actor: audit.Actor,
) -> None:
    for row in session.exec(
        select(RoleHeld).where(RoleHeld.user_id == user.id, RoleHeld.organisation_id == organisation_id)
    ):
        if row.role not in after:
            session.delete(row)
    session.add_all(
        RoleHeld(user_id=user.id, organisation_id=organisation_id, role=role) for role in sorted(after - before)
    )
    facts = {"before": {"roles": sorted(before)}, "after": {"roles": sorted(after)}}
    audit.record(session, actor=actor, action=action, subject=user, **facts)
    _tell(session, user, [organisation_id], action, actor, facts)


def close_account(session: Session, user: User, *, organisation_id: UUID, actor: audit.Actor) -> None:
    """Close an account and end its log-ins; it keeps its roles, for when it is opened again.

    Raises:
        RuleViolation: it is the actor's own account, the last administrator of an organisation, or it is also of an
            organisation that the actor does not administer.
    """
    _refuse_own(user, actor, OWN_ACCOUNT)
    places = _places_to_answer_for(session, user, organisation_id, actor)
    for place, roles in sorted(roles_of(session, user).items()):
        _lock(session, place)
        if RoleCode.ADMINISTRATOR in roles:
            _refuse_last_administrator(session, user, place)
    if user.is_active:
        services.disable_user(session, user, actor=actor)
        facts = {"before": {"is_active": True}, "after": {"is_active": False}}
        _tell(session, user, places, "core:user:disable", actor, facts)


def reopen_account(session: Session, user: User, password: str, *, organisation_id: UUID, actor: audit.Actor) -> None:
    """Open a closed account again, with a new one-time password.

    Raises:
        RuleViolation: as `close_account`.
    """
    places = _places_to_answer_for(session, user, organisation_id, actor)
    if not user.is_active:
        user.is_active = True
        facts = {"before": {"is_active": False}, "after": {"is_active": True}}
        audit.record(session, actor=actor, action="core:user:reopen", subject=user, **facts)
        _tell(session, user, places, "core:user:reopen", actor, facts)
    services.set_password(session, user, password, actor=actor, must_change=True)


def reset_password(session: Session, user: User, password: str, *, organisation_id: UUID, actor: audit.Actor) -> None:
    """Give an account a new one-time password and end its log-ins.

    Raises:
        RuleViolation: it is the actor's own account, or as `close_account`.
    """
    _refuse_own(user, actor, OWN_ACCOUNT)
    places = _places_to_answer_for(session, user, organisation_id, actor)
    services.set_password(session, user, password, actor=actor, must_change=True)
    _tell(session, user, places, "core:user:set_password", actor, None)


def forget_second_step(session: Session, user: User, *, organisation_id: UUID, actor: audit.Actor) -> None:
    """Turn off the second step of who lost telephone and recovery codes; every log-in of the account ends.

    Raises:
        RuleViolation: as `reset_password`.
    """
    refuse_no_answer_for(session, user, organisation_id=organisation_id, actor=actor)
    second_factor.turn_off(session, user, actor=actor)
    services.end_all_logins(session, user)


def refuse_no_answer_for(session: Session, user: User, *, organisation_id: UUID, actor: audit.Actor) -> None:
    """Refuse what would open an account of which the actor does not administer every organisation, or the own one.

    Raises:
        RuleViolation: it is one of those.
    """
    _refuse_own(user, actor, OWN_ACCOUNT)
    _places_to_answer_for(session, user, organisation_id, actor)


def switch_organisation(session: Session, key: str, code: str, *, actor: audit.Actor) -> Organisation:
    """Let a log-in work for another organisation from now on.

    Raises:
        NotFound: there is no such organisation, or this person holds no role in it; which of the two is not told.
    """
    login = session.get(LoginSession, services.key_hash(key))
    organisation = session.exec(select(Organisation).where(Organisation.code == code)).first()
    if login is None or organisation is None or not _holds_a_role(session, login.user_id, organisation.id):
        raise NotFound("U heeft geen rol bij deze organisatie. Kies een andere.")
    if login.organisation_id != organisation.id:
        login.organisation_id = organisation.id
        audit.append(
            session,
            chain=organisation.id,
            actor=actor,
            action="core:login:switch",
            subject=("core_user", login.user_id, actor.label),
        )
    return organisation


def _holds_a_role(session: Session, user_id: UUID, organisation_id: UUID) -> bool:
    query = select(RoleHeld.id).where(RoleHeld.user_id == user_id, RoleHeld.organisation_id == organisation_id)
    return session.exec(query).first() is not None


def _is_external(session: Session, user: User) -> bool:
    return session.exec(select(ExternalIdentity.user_id).where(ExternalIdentity.user_id == user.id)).first() is not None


def _refuse_own(user: User, actor: audit.Actor, message: str) -> None:
    if actor.user_id == user.id:
        raise RuleViolation(message, {"roles": message})


def _lock(session: Session, organisation_id: UUID) -> None:
    """Two administrators who take each other's role away at once: the second one waits, and is refused."""
    session.exec(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update()).one()


def _refuse_last_administrator(session: Session, user: User, organisation_id: UUID) -> None:
    others = (
        select(User.id)
        .join(RoleHeld, col(RoleHeld.user_id) == col(User.id))
        .where(
            RoleHeld.organisation_id == organisation_id,
            RoleHeld.role == RoleCode.ADMINISTRATOR,
            col(User.is_active).is_(True),
            User.id != user.id,
        )
    )
    if user.is_active and session.exec(others).first() is None:
        raise RuleViolation(LAST_ADMINISTRATOR, {"roles": LAST_ADMINISTRATOR})


def _places_to_answer_for(session: Session, user: User, organisation_id: UUID, actor: audit.Actor) -> Sequence[UUID]:
    """The organisations that an account is of. Who owns the password of an account can do all that the account can."""
    places = sorted({organisation_id, *roles_of(session, user)})
    if actor == audit.COMMAND_LINE:
        return places
    query = select(RoleHeld.organisation_id).where(
        RoleHeld.user_id == actor.user_id, RoleHeld.role == RoleCode.ADMINISTRATOR
    )
    if not set(places) <= set(session.exec(query)):
        raise RuleViolation(ELSEWHERE)
    return places


def _tell(
    session: Session,
    user: User,
    places: Iterable[UUID],
    action: str,
    actor: audit.Actor,
    facts: Mapping[str, Mapping[str, object]] | None,
) -> None:
    """An administrator reads the trail of the own organisation: what happens to its accounts stands there too."""
    for place in places:
        subject = ("core_user", user.id, f"{user.name} ({user.username})")
        audit.append(session, chain=place, actor=actor, action=action, subject=subject, contents=facts)
