"""A browser in words that its owner recognises. Only these words are kept, not what the browser says of itself."""

from collections.abc import Sequence

_BROWSERS: Sequence[tuple[str, str]] = (
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("firefox", "Firefox"),
    ("chrom", "Chrome"),
    ("safari", "Safari"),
)
"""In this order: every browser also names the ones it resembles."""
_SYSTEMS: Sequence[tuple[str, str]] = (
    ("iphone", "een iPhone"),
    ("ipad", "een iPad"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("mac os", "een Mac"),
    ("linux", "Linux"),
)


def describe(user_agent: str) -> str:
    """`Firefox op Windows`; what is unknown is said to be so."""
    text = user_agent.lower()
    browser = next((name for sign, name in _BROWSERS if sign in text), "Een onbekend programma")
    system = next((name for sign, name in _SYSTEMS if sign in text), "een onbekend apparaat")
    return f"{browser} op {system}"
