"""A server that speaks WebDAV, on this machine: wsgidav, with a password for one user, over http or https."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from werkzeug.serving import make_server
from werkzeug.wsgi import get_input_stream
from wsgidav.wsgidav_app import WsgiDAVApp

USER, PASSWORD = "openboek@losser.example", "een wachtwoord met een € erin"


def self_signed(folder: Path) -> tuple[str, str]:
    """A certificate for this machine that nobody vouches for, and its key."""
    key, today = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "proef")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = (
        builder.not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificaat.pem", folder / "sleutel.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(certificate), str(secret)


class DavServer:
    """Shows `root` as its `/`. With `certificate`, the files of a certificate and its key, it speaks https."""

    def __init__(self, root: Path, certificate: tuple[str, str] | None = None) -> None:
        self.root = root
        self.asked: list[tuple[str, str, str]] = []
        """Method, path and content type of each request that changes something."""
        self.fails_after: int | None = None
        """So many files are received; at the next one the line breaks."""
        self.answers: dict[str, str] = {}
        """What it says instead of doing it, by method."""
        self.falters = 0
        """So many files are read half, and then it says that it is too busy."""
        self._app = WsgiDAVApp(
            {
                "provider_mapping": {"/": str(root)},
                "http_authenticator": {"accept_digest": False, "default_to_digest": False},
                "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
                "verbose": 0,
                "logging": {"enable": False},
            }
        )
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, ssl_context=certificate)
        self._server.log = lambda *_: None  # type: ignore[method-assign]
        self.host = f"127.0.0.1:{self._server.port}"
        self._scheme = "https" if certificate else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        environ["wsgi.input"] = get_input_stream(environ)  # it ends where the request does
        if method not in {"GET", "PROPFIND"}:
            self.asked.append((method, path, environ.get("CONTENT_TYPE", "")))
        if method == "PUT" and self.fails_after is not None:
            if self.fails_after == 0:
                environ["werkzeug.socket"].shutdown(SHUT_RDWR)
                return []
            self.fails_after -= 1
        if method == "PUT" and self.falters:
            self.falters -= 1
            environ["wsgi.input"].read(3)
            start("503 Service Unavailable", [("Content-Length", "0"), ("Connection", "close")])
            return []
        if said := self.answers.get(method):
            environ["wsgi.input"].read()
            start(said, [("Content-Length", "0")])
            return []
        return self._app(environ, start)

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(20)
        self._server.server_close()

    def address(self, folder: str) -> str:
        return f"{self._scheme}://{USER.replace('@', '%40')}@{self.host}/{folder}"
