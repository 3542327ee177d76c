"""What is searched for in text. A new check is one module with `find`, one line here and one entry in the corpus."""

from collections.abc import Callable, Iterator

from woo.inspection.checks import address, birthdate, bsn, email, iban, name, phone, plate
from woo.inspection.model import Kind
from woo.inspection.text import Span, Text

CHECKS: tuple[tuple[Kind, Callable[[Text], Iterator[Span]]], ...] = (
    (Kind.EMAIL, email.find),
    (Kind.IBAN, iban.find),
    (Kind.BSN, bsn.find),
    (Kind.PHONE, phone.find),
    (Kind.BIRTHDATE, birthdate.find),
    (Kind.PLATE, plate.find),
    (Kind.ADDRESS, address.find),
    (Kind.NAME, name.find),
)
"""In the order of trust: where two overlap, the first one counts."""
