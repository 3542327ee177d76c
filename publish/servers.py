"""Snippets for web servers: withdrawn addresses answer 410 with a page that says so, and security headers."""

import json
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from publish.server import FRESH, HEADERS, SITE_POLICY, UPLOAD_POLICY

HSTS = "max-age=31536000"


def snippets(base_url: str, gone: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """One file per kind of web server, to be included in the configuration of the site."""
    yield "server/nginx.conf", _nginx(gone).encode()
    yield "server/apache.conf", _apache(gone).encode()
    yield "server/Caddyfile", _caddy(gone).encode()
    listed = {"base_url": base_url, "gone": list(gone)}
    yield "server/gone.json", json.dumps(listed, ensure_ascii=False, indent=1).encode() + b"\n"


def _nginx(gone: Sequence[str]) -> str:
    headers = {**HEADERS, "Strict-Transport-Security": HSTS}
    lines = [
        "# Neem dit op binnen het server-blok: include /pad/naar/site/server/nginx.conf;",
        "error_page 404 /404.html;",
        "error_page 410 /ingetrokken.html;",
        *(f'add_header {name} "{value}" always;' for name, value in headers.items()),
        f'add_header Content-Security-Policy "{SITE_POLICY}" always;',
        "location ^~ /woo/documenten/ {",
        *(f'    add_header {name} "{value}" always;' for name, value in headers.items()),
        f'    add_header Content-Security-Policy "{UPLOAD_POLICY}" always;',
        f'    add_header Cache-Control "{FRESH}" always;',
        *(f'    location = "/{_quoted(path)}" {{ return 410; }}' for path in gone),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _apache(gone: Sequence[str]) -> str:
    headers = {**HEADERS, "Strict-Transport-Security": HSTS}
    lines = [
        "# Neem dit op binnen de VirtualHost: Include /pad/naar/site/server/apache.conf (modules alias en headers)",
        "ErrorDocument 404 /404.html",
        "ErrorDocument 410 /ingetrokken.html",
        *(f'Header always set {name} "{value}"' for name, value in headers.items()),
        f'Header always set Content-Security-Policy "{SITE_POLICY}"',
        '<LocationMatch "^/woo/documenten/">',
        f'    Header always set Content-Security-Policy "{UPLOAD_POLICY}"',
        f'    Header always set Cache-Control "{FRESH}"',
        "</LocationMatch>",
        *(f'Redirect gone "/{quote(path)}"' for path in gone),
    ]
    return "\n".join(lines) + "\n"


def _caddy(gone: Sequence[str]) -> str:
    headers = {**HEADERS, "Strict-Transport-Security": HSTS}
    lines = [
        "# Neem dit op binnen het blok van de site: import /pad/naar/site/server/Caddyfile",
        *(f'header {name} "{value}"' for name, value in headers.items()),
        "@uploads path /woo/documenten/*",
        "@pages not path /woo/documenten/*",
        f'header @pages Content-Security-Policy "{SITE_POLICY}"',
        f'header @uploads Content-Security-Policy "{UPLOAD_POLICY}"',
        f'header @uploads Cache-Control "{FRESH}"',
        *(f'error "/{quote(path)}" 410' for path in gone),
        "handle_errors {",
        f'    header Content-Security-Policy "{SITE_POLICY}"',  # the page of an error is ours, whatever the address
        "    @gone expression {err.status_code} == 410",
        "    rewrite @gone /ingetrokken.html",
        "    @missing expression {err.status_code} == 404",
        "    rewrite @missing /404.html",
        "    file_server",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _quoted(path: str) -> str:
    return path.replace("\\", "\\\\").replace('"', '\\"')
