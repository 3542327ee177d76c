"""Names of machines that only the own network knows. Pure: nothing is looked up."""

import ipaddress

_INSIDE = (".local", ".localhost", ".lan", ".intern", ".internal", ".intranet", ".home.arpa")


def is_inside(host: str) -> bool:
    """Whether the name itself says that nobody on the internet can reach it; no name is looked up."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        return "." not in name or name.endswith(_INSIDE)
