"""A small OpenID provider in a process of its own, that can be told to lie. It checks its client as strictly as a real one.

Started by `Provider`; talks on loopback only. `behave` says who logs in and which wrong answer to give.
"""

import base64
import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID = "openboek-losser"
CLIENT_SECRET = "een-geheim-van-de-client"
SUBJECT = "0f3c-aisha"
CLAIMS = {
    "sub": SUBJECT,
    "preferred_username": "aisha@losser.example",
    "name": "Aisha Yilmaz",
    "email": "aisha@losser.example",
    "roles": ["OB-Privacy"],
}
TOKEN_CANARY = "toegangsbewijs-kanarie-5d1e"


class Server(ThreadingHTTPServer):
    """The state of the provider: its key, the codes it gave out, and what it was told to do."""

    def __init__(self, client_key: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}/realm"
        self.client_key = RSAKey.import_key(client_key)
        self.renew_key()
        self.other_key = RSAKey.generate_key(2048)
        self.codes: dict[str, dict[str, str]] = {}
        self.assertions: set[str] = set()
        self.orders: dict[str, object] = {}

    def renew_key(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})

    @property
    def lie(self) -> str:
        return str(self.orders.get("lie", ""))


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self._is_away(parts.path):
            return
        match parts.path:
            case "/realm/.well-known/openid-configuration":
                self._say(self._configuration())
            case "/realm/jwks":
                encryption = self.server.other_key.as_dict(private=False) | {"kid": "enc", "use": "enc"}
                keys = [encryption, self.server.key.as_dict(private=False), {"kty": "nieuw", "kid": "toekomst"}]
                self._say({"keys": [] if self.server.lie == "no keys" else keys})
            case "/realm/authorize":
                self._authorize(asked)
            case _:
                self._say({"error": "not_found"}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        if self.path == "/behave":
            self.server.orders = json.loads(body)
            if self.server.lie == "new key":
                self.server.renew_key()
            self._say({})
        elif not self._is_away(self.path):
            self._token({name: values[0] for name, values in parse_qs(body).items()})

    def _is_away(self, path: str) -> bool:
        order = self.server.orders
        if order.get("where") not in {None, path.removeprefix("/realm/")}:
            return False
        match self.server.lie:
            case "slow":
                time.sleep(3)
            case "dripping":
                self.send_response(200)
                self.end_headers()
                for _ in range(30):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.1)
            case "hangs up":
                self.close_connection = True
            case "broken":
                self._say({"error": "server_error"}, 503)
            case "not json":
                self._say_text("<html>Onderhoud</html>")
            case "a list":
                self._say_text("[1, 2]")
            case "huge":
                self._say_text(json.dumps({"vol": "x" * 2_000_000}))
            case _:
                return False
        return True

    def _configuration(self) -> dict[str, object]:
        address = self.server.address
        found: dict[str, object] = {
            "issuer": address,
            "authorization_endpoint": f"{address}/authorize",
            "token_endpoint": f"{address}/token",
            "jwks_uri": f"{address}/jwks",
            "end_session_endpoint": f"{address}/logout",
        }
        match self.server.lie:
            case "other issuer in discovery":
                found["issuer"] = "https://evil.example"
            case "plain http token endpoint":
                found["token_endpoint"] = "http://evil.example/token"
            case "no endpoints":
                found = {"issuer": address}
        return found

    def _authorize(self, asked: dict[str, str]) -> None:
        wanted = {"response_type": "code", "client_id": CLIENT_ID, "code_challenge_method": "S256"}
        right = all(asked.get(name) == value for name, value in wanted.items()) and "openid" in asked["scope"].split()
        if not right or min(len(asked.get(name, "")) for name in ("state", "nonce", "code_challenge")) < 40:
            self._say({"error": "invalid_request"}, 400)
            return
        code = secrets.token_urlsafe(16)
        self.server.codes[code] = asked
        answer = {"code": code, "state": asked["state"]}
        match self.server.lie:
            case "state":
                answer["state"] = secrets.token_urlsafe(48)
            case "denied":
                answer = {"error": "access_denied", "error_description": "Bel 0900-EVIL", "state": asked["state"]}
            case "mix-up":
                answer["iss"] = "https://evil.example"
            case "says who it is":
                answer["iss"] = self.server.address
        self.send_response(303)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(answer)}")
        self.end_headers()

    def _token(self, given: dict[str, str]) -> None:
        if not self._is_our_client(given):
            self._say({"error": "invalid_client"}, 401)
            return
        asked = self.server.codes.pop(given.get("code", ""), None)  # a code is good once
        challenge = _hash(given.get("code_verifier", ""))
        if not asked or asked["redirect_uri"] != given.get("redirect_uri") or asked["code_challenge"] != challenge:
            self._say({"error": "invalid_grant"}, 400)
            return
        tokens = {"access_token": TOKEN_CANARY, "token_type": "Bearer", "expires_in": 300}
        if self.server.lie != "no id_token":
            tokens["id_token"] = self._id_token(asked)
        self._say(tokens)

    def _is_our_client(self, given: dict[str, str]) -> bool:
        basic = self.headers.get("Authorization", "")
        if basic.startswith("Basic "):
            name, _, password = base64.b64decode(basic[6:]).decode().partition(":")
            return (unquote(name), unquote(password)) == (CLIENT_ID, CLIENT_SECRET)
        try:
            token = jwt.decode(given.get("client_assertion", ""), self.server.client_key, algorithms=["RS256"])
        except (JoseError, ValueError):
            return False
        claims = token.claims
        is_new = claims["jti"] not in self.server.assertions
        self.server.assertions.add(claims["jti"])
        audience = f"{self.server.address}/token"
        is_ours = (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT_ID, CLIENT_ID, audience)
        return is_new and is_ours and claims["exp"] > time.time() and "x5t#S256" in token.header

    def _id_token(self, asked: dict[str, str]) -> str:  # noqa: PLR0911 - one way out for each lie
        lie, now = self.server.lie, int(time.time())
        claims = {
            "iss": self.server.address,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "at_hash": _half_hash(TOKEN_CANARY),
        }
        claims |= dict(self.server.orders.get("claims", CLAIMS))  # type: ignore[call-overload]
        claims |= {
            "issuer": {"iss": "https://evil.example"},
            "audience": {"aud": "een-ander-programma"},
            "more audiences": {"aud": [CLIENT_ID, "een-ander-programma"]},
            "other party": {"aud": [CLIENT_ID, "een-ander-programma"], "azp": "een-ander-programma"},
            "nonce": {"nonce": secrets.token_urlsafe(48)},
            "expired": {"iat": now - 900, "exp": now - 600},
            "from the future": {"iat": now + 900, "exp": now + 1200},
            "clock a little off": {"iat": now + 30, "exp": now + 300},
            "at_hash": {"at_hash": _half_hash("een ander token")},
            "expiry in words": {"exp": "morgen"},
            "subject is a number": {"sub": 12},
        }.get(lie, {})
        if lie.startswith("without "):
            del claims[lie.removeprefix("without ")]
        header = {"alg": "RS256", "kid": self.server.key.kid}
        if lie == "alg none":
            return f"{_encode({'alg': 'none'})}.{_encode(claims)}."
        if lie == "alg none with a signature":
            signed = jwt.encode(header, claims, self.server.key)
            return f"{_encode({'alg': 'none'})}.{_encode(claims)}.{signed.rpartition('.')[2]}"
        if lie == "public key as a secret":
            head = f"{_encode({'alg': 'HS256', 'kid': self.server.key.kid})}.{_encode(claims)}"
            signature = hmac.digest(self.server.key.as_pem(private=False), head.encode(), "sha256")
            return f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
        if lie == "client secret as the key":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET))
        if lie == "signature":
            return jwt.encode(header, claims, self.server.other_key)
        if lie == "unknown key":
            return jwt.encode({"alg": "RS256", "kid": "onbekend"}, claims, self.server.other_key)
        if lie == "garbage":
            return "dit.is.niets"
        signed = jwt.encode(header, claims, self.server.key)
        if lie == "altered":
            head, _, signature = signed.split(".")
            return f"{head}.{_encode(claims | {'roles': ['OB-Beheer']})}.{signature}"
        return signed

    def _say(self, data: object, status: int = 200) -> None:
        self._say_text(json.dumps(data), status)

    def _say_text(self, text: str, status: int = 200) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def _half_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).decode().rstrip("=")


def _encode(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


class Provider:
    """The process, seen from a test."""

    def __init__(self, client_key: Path) -> None:
        self._process = subprocess.Popen([sys.executable, __file__, str(client_key)], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()

    @property
    def discovery(self) -> str:
        return f"{self.address}/.well-known/openid-configuration"

    def behave(self, lie: str = "", **orders: object) -> None:
        answer = requests.post(f"{self.address.removesuffix('/realm')}/behave", json={"lie": lie, **orders}, timeout=5)
        assert answer.ok

    def sign_in(self, address: str) -> str:
        """What the browser does there: returns the address that the provider sends it back to."""
        answer = requests.get(address, allow_redirects=False, timeout=5)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)
        if self._process.stdout:
            self._process.stdout.close()


if __name__ == "__main__":
    server = Server(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write(f"{server.address}\n")
    sys.stdout.flush()
    server.serve_forever()
