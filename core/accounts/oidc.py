"""OpenID Connect with one provider (Entra ID, Keycloak): code flow with PKCE S256, state, nonce (NL GOV 1.0.1).

This module speaks with the provider and believes nothing it did not check. It knows no database and no pages: what an
identity may do here stands in `external.py`.
"""

import base64
import json
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import urlencode

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    InvalidKeyIdError,
    JoseError,
    MissingClaimError,
)
from joserfc.jwk import KeySet, RSAKey
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from core import clock
from core.accounts.models import RoleCode
from core.accounts.services import parse_role
from core.errors import BadInput, Failed, NotAllowed
from core.settings import Settings, is_safe_address, read_secret

CALLBACK = "/inloggen/werkaccount/terug"
WELL_KNOWN = "/.well-known/openid-configuration"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures with a key pair only: `none`, and a secret that both sides know, are refused."""
LEEWAY_SECONDS = 60
KEPT = timedelta(hours=1)
MAX_ANSWER = 1_000_000

AGAIN = "Ga terug naar Inloggen en begin opnieuw."
HELP = "Gebeurt het weer? Bel dan uw beheerder."
DOWN = "De aanmelddienst van uw organisatie antwoordt niet. Probeer het straks opnieuw, of bel uw beheerder."
GARBLED = (
    "De aanmelddienst van uw organisatie geeft een antwoord dat Openboek niet begrijpt. Laat uw beheerder kijken of "
    "OPENBOEK_OIDC_DISCOVERY het goede adres heeft."
)
SENTENCES = {
    "state": f"Deze aanmelding is verlopen, al gebruikt of niet in deze browser begonnen. {AGAIN}",
    "denied": f"De aanmelddienst heeft u niet aangemeld: er is gestopt of geweigerd. {AGAIN} {HELP}",
    "code": f"De aanmelddienst herkent deze aanmelding niet (meer). {AGAIN} {HELP}",
    "client": "De aanmelddienst herkent Openboek niet. Laat uw beheerder client id en sleutel controleren.",
    "token": f"Het antwoord van de aanmelddienst is onvolledig. {AGAIN} {HELP}",
    "signature": f"De handtekening van de aanmelddienst klopt niet. U bent niet ingelogd. {AGAIN} {HELP}",
    "issuer": f"Het antwoord komt van een andere dienst. U bent niet ingelogd. {AGAIN} {HELP}",
    "audience": f"Het antwoord was voor een ander programma. U bent niet ingelogd. {AGAIN} {HELP}",
    "nonce": f"Dit antwoord hoort bij een andere aanmelding. U bent niet ingelogd. {AGAIN} {HELP}",
    "expired": f"Het antwoord van de aanmelddienst is verlopen. {AGAIN} Gebeurt het weer? Laat uw beheerder de klok "
    "van de server controleren.",
}
"""Why a log-in is refused, in a word for the log and in a sentence for the person."""


class Refused(NotAllowed):
    """A log-in that does not go on. `reason` is a word of ours for the security log."""

    title = "Inloggen is niet gelukt"

    def __init__(self, reason: str, sentence: str = "") -> None:
        super().__init__(sentence or SENTENCES[reason])
        self.reason = reason


Session = TypeVar("Session", bound=requests.Session)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as the provider signed it.

    `roles` are those of ours that the claim gives, by code of the organisation; one that the settings name and the
    claim gives nothing for is there too, with none.
    """

    issuer: str
    subject: str
    username: str
    name: str
    email: str
    roles: Mapping[str, frozenset[RoleCode]]


class Provider:
    """The provider of the settings. What it says of itself and its keys are kept for an hour, per process."""

    def __init__(self, settings: Settings) -> None:
        """Read what the settings name, so that a fault shows at the start and not at the first log-in.

        Raises:
            BadInput: a role that we do not have, or a key that cannot be read.
        """
        self._settings = settings
        self._roles = {
            value: [_parse_role(one, settings.oidc_organisation) for one in given.split(",")]
            for value, given in settings.oidc_roles.items()
        }
        self._auth = _client_auth(settings)
        self._lock = threading.Lock()
        self._known: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def start(self, *, state: str, nonce: str, code_verifier: str) -> str:
        """The address of the provider to send the browser to.

        Raises:
            Failed: the provider is away, or its configuration cannot be used.
        """
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self._endpoint("authorization_endpoint"), state=state, nonce=nonce, code_verifier=code_verifier
            )
        return str(address)

    def finish(self, *, code: str, nonce: str, code_verifier: str, issuer: str = "") -> Identity:
        """Change the code for the identity, and check everything about it.

        `issuer` is what the answer in the browser said of itself (RFC 9207), when it did.

        Raises:
            Refused: the provider refuses the code or us, or its answer is not right.
            Failed: the provider is away, too slow or cannot be understood.
        """
        known = self._configuration()
        if issuer and issuer != known["issuer"]:
            raise Refused("issuer")
        tokens = self._exchange(code, code_verifier)
        text = tokens.get("id_token")
        if not isinstance(text, str):
            raise Refused("token")
        return self._identity(self._checked(text, nonce=nonce, access_token=str(tokens.get("access_token", ""))))

    def logout_address(self) -> str:
        """Where somebody ends the log-in at the provider; empty when it has no such page or is away."""
        try:
            address = str(self._configuration().get("end_session_endpoint", ""))
        except Failed:
            return ""
        if not is_safe_address(address):
            return ""
        back = f"{self._settings.app_url}/inloggen"
        return f"{address}?{urlencode({'client_id': self._settings.oidc_client_id, 'post_logout_redirect_uri': back})}"

    def _client(self) -> OAuth2Session:
        settings = self._settings
        client = OAuth2Session(
            settings.oidc_client_id,
            self._auth.secret,
            token_endpoint_auth_method=self._auth.method,
            scope=settings.oidc_scope,
            redirect_uri=f"{settings.app_url}{CALLBACK}",
            code_challenge_method="S256",
            default_timeout=settings.oidc_timeout,
        )
        if self._auth.method == PrivateKeyJWT.name:
            client.register_client_auth_method(PrivateKeyJWT(headers=self._auth.headers))
        return _bounded(client, settings.oidc_timeout)

    def _exchange(self, code: str, code_verifier: str) -> Mapping[str, Any]:
        endpoint = self._endpoint("token_endpoint")
        try:
            with self._client() as client:
                tokens: Mapping[str, Any] = client.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=code_verifier,
                    allow_redirects=False,
                )
        except OAuthError as error:
            raise Refused("client" if error.error in {"invalid_client", "unauthorized_client"} else "code") from error
        except requests.exceptions.JSONDecodeError as error:
            raise Failed(GARBLED) from error
        except requests.RequestException as error:
            raise Failed(DOWN) from error
        except (ValueError, TypeError, AttributeError) as error:  # an answer of another shape than tokens
            raise Failed(GARBLED) from error
        return tokens

    def _checked(self, text: str, *, nonce: str, access_token: str) -> Mapping[str, Any]:
        try:
            token = self._decoded(text)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self._configuration()["issuer"]},
                    "aud": {"essential": True, "value": self._settings.oidc_client_id},
                },
                {"nonce": nonce, "client_id": self._settings.oidc_client_id, "access_token": access_token},
            )
            claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY_SECONDS)
        except ExpiredTokenError as error:
            raise Refused("expired") from error
        except (InvalidClaimError, MissingClaimError) as error:
            reasons = {"iss": "issuer", "aud": "audience", "azp": "audience", "nonce": "nonce"}
            if isinstance(error, InvalidClaimError):
                reasons |= {"iat": "expired", "nbf": "expired"}
            raise Refused(reasons.get(error.claim, "token")) from error
        except JoseError as error:
            raise Refused("signature") from error
        except (ValueError, TypeError) as error:  # claims of another kind than the standard says
            raise Refused("token") from error
        return dict(claims)

    def _decoded(self, text: str) -> jwt.Token:
        try:
            return jwt.decode(text, self._key_set(fresh=False), algorithms=ALGORITHMS)
        except (InvalidKeyIdError, BadSignatureError):  # a provider changes its keys now and then
            return jwt.decode(text, self._key_set(fresh=True), algorithms=ALGORITHMS)

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise Refused("token")
        username = _text(claims, "preferred_username", "upn", "email", "sub")
        return Identity(
            issuer=str(claims["iss"]),
            subject=subject,
            username=username[:100],
            name=(_text(claims, "name") or username)[:200],
            email=_text(claims, "email")[:200],
            roles=self._roles_given(self._role_values(claims)),
        )

    def _roles_given(self, values: Collection[str]) -> Mapping[str, frozenset[RoleCode]]:
        given = {role for value in values for role in self._roles.get(value, ())}
        places = {place for known in self._roles.values() for place, _role in known}
        return {place: frozenset(role for where, role in given if where == place) for place in sorted(places)}

    def _role_values(self, claims: Mapping[str, Any]) -> set[str]:
        name = self._settings.oidc_role_claim
        found: Any = claims.get(name)
        if found is None:
            found = claims
            for step in name.split("."):
                found = found.get(step) if isinstance(found, Mapping) else None
        if isinstance(found, str):
            return {found}
        return {value for value in found if isinstance(value, str)} if isinstance(found, list) else set()

    def _endpoint(self, name: str) -> str:
        address = self._configuration().get(name)
        if not isinstance(address, str) or not is_safe_address(address):
            raise Failed(GARBLED)
        return address

    def _configuration(self) -> Mapping[str, Any]:
        with self._lock:
            if self._known is None or time.monotonic() - self._known[0] > KEPT.total_seconds():
                found = self._fetch(self._settings.oidc_discovery)
                # Who serves this document says who signs: it must be the address that the administrator typed.
                if found.get("issuer") != self._settings.oidc_discovery.removesuffix(WELL_KNOWN):
                    raise Failed(GARBLED)
                self._known = (time.monotonic(), found)
            return self._known[1]

    def _key_set(self, *, fresh: bool) -> KeySet:
        address = self._endpoint("jwks_uri")
        with self._lock:
            if fresh or self._keys is None or time.monotonic() - self._keys[0] > KEPT.total_seconds():
                listed = self._fetch(address).get("keys")
                usable = [
                    key
                    for key in (listed if isinstance(listed, list) else [])
                    if isinstance(key, dict) and key.get("kty") in {"RSA", "EC"} and key.get("use", "sig") == "sig"
                ]
                try:
                    found = KeySet.import_key_set({"keys": usable})
                except (JoseError, ValueError) as error:
                    raise Failed(GARBLED) from error
                if not usable:
                    raise Failed(GARBLED)
                self._keys = (time.monotonic(), found)
            return self._keys[1]

    def _fetch(self, address: str) -> Mapping[str, Any]:
        """A JSON object from the provider, within the time and size that a log-in can wait for."""
        seconds = self._settings.oidc_timeout
        try:
            with _bounded(requests.Session(), seconds) as session:
                answer = session.get(address, timeout=seconds, allow_redirects=False)
        except requests.RequestException as error:
            raise Failed(DOWN) from error
        if answer.status_code != requests.codes.ok:
            raise Failed(DOWN if answer.status_code >= requests.codes.server_error else GARBLED)
        try:
            found = json.loads(answer.content)
        except ValueError as error:
            raise Failed(GARBLED) from error
        if not isinstance(found, dict):
            raise Failed(GARBLED)
        return found


class _Bounded(HTTPAdapter):
    """Reads an answer within one time and size: a provider that keeps dripping holds nobody up for long."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:  # noqa: ANN401 - as in requests
        """Raises Failed for an answer that is too large or not to be read, Timeout for one that takes too long."""
        deadline = time.monotonic() + self._seconds
        answer = super().send(request, *args, **options)
        content = bytearray()
        try:
            while chunk := answer.raw.read1(65_536, decode_content=True):  # what is there, without waiting for more
                content += chunk
                if len(content) > MAX_ANSWER:
                    raise Failed(GARBLED)
                if time.monotonic() > deadline:
                    raise requests.Timeout(request=request)
        except HTTPError as error:
            raise requests.ConnectionError(error, request=request) from error
        finally:
            answer.raw.close()
        answer.raw = BytesIO(content)
        return answer


def _bounded(session: Session, seconds: float) -> Session:
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Bounded(seconds))
    return session


@dataclass(frozen=True, slots=True)
class _ClientAuth:
    method: str
    secret: str | RSAKey
    headers: Mapping[str, str] | None = None


def _client_auth(settings: Settings) -> _ClientAuth:
    """How we prove who we are: with a key pair when there is one, else with a secret."""
    if settings.oidc_private_key_file is None:
        assert settings.oidc_client_secret_file is not None  # noqa: S101 - `check_safe` asked for one of the two
        return _ClientAuth(
            "client_secret_basic", read_secret(settings.oidc_client_secret_file, "OIDC_CLIENT_SECRET_FILE")
        )
    text = read_secret(settings.oidc_private_key_file, "OIDC_PRIVATE_KEY_FILE")
    begin, end = text.find("-----BEGIN CERTIFICATE"), text.rfind("-----END CERTIFICATE-----")
    headers = {"kid": settings.oidc_key_id} if settings.oidc_key_id else {}
    try:
        if begin >= 0:
            certificate = text[begin : end + len("-----END CERTIFICATE-----")]
            print_ = x509.load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA256())
            headers["x5t#S256"] = base64.urlsafe_b64encode(print_).decode().rstrip("=")
            text = text.replace(certificate, "").strip()
        key = RSAKey.import_key(text)
    except (ValueError, JoseError) as error:
        raise BadInput(
            "Het bestand bij OPENBOEK_OIDC_PRIVATE_KEY_FILE is geen RSA-sleutel in PEM-vorm zonder wachtwoord."
        ) from error
    if not key.is_private:
        raise BadInput("Het bestand bij OPENBOEK_OIDC_PRIVATE_KEY_FILE heeft alleen de openbare helft van de sleutel.")
    return _ClientAuth(PrivateKeyJWT.name, key, headers)


def _parse_role(text: str, organisation_code: str) -> tuple[str, RoleCode]:
    """`lezer`, or `gm0153:lezer` for another organisation than that of the settings."""
    place, colon, role = text.strip().rpartition(":")
    code = place.strip() if colon else organisation_code
    if not code:
        raise BadInput(
            f"Zet bij '{role}' in OPENBOEK_OIDC_ROLES de organisatie, zoals gm0168:{role}, of vul "
            "OPENBOEK_OIDC_ORGANISATION in."
        )
    return code, parse_role(role.strip())


def _text(claims: Mapping[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := claims.get(name), str) and value.strip()), "").strip()
