"""The border of the own network: an address that somebody typed must not lead to what only this server can reach."""

import ipaddress
import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class OwnNetwork(Exception):
    """The address leads to this machine or to a network behind it."""


def _refuse_own_network(made: socket.socket) -> socket.socket:
    """Look at where the connection really went: a name may mean another address each time that it is looked up."""
    found = ipaddress.ip_address(made.getpeername()[0].partition("%")[0])
    address = getattr(found, "ipv4_mapped", None) or found
    if not address.is_global or address.is_multicast:
        made.close()
        raise OwnNetwork(str(address))
    return made


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _refuse_own_network(super()._new_conn())


class _Secure(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _refuse_own_network(super()._new_conn())


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class OutsideAdapter(HTTPAdapter):
    """Connects to addresses on the internet only. A proxy of the municipality keeps its own rules."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as requests has it
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
