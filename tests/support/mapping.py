"""How many columns of a register the importer takes for what they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import values
from register.importer import layout
from support.registers import Register


@dataclass(frozen=True)
class Result:
    columns: int
    right: int
    """Columns that got their field, or rightly none."""
    proposed: int
    proposed_right: int
    fields: int
    """Columns that have a field."""
    wrong: Sequence[tuple[str, str | None, str | None]]
    """Heading, what was proposed, what it is."""


def measured(register: Register) -> Result:
    """Compare what is proposed with the truth, column by column."""
    found = layout([register.sheet])
    headings = [" ".join(cell.split()) for cell in register.sheet.rows[found.top]]
    truths = {values.normalise(heading): truth for heading, truth in register.truth.items()}
    proposed = {column.index: column.path for column in found.columns}
    rows = []
    for index, heading in enumerate(headings):
        truth = truths.get(values.normalise(heading), "a heading of another row")
        rows.append((heading, proposed.get(index), truth))
    # What goes to the remarks by its heading, or as no field at all, ends in the same place.
    same = [(path or "opmerkingen") == (truth or "opmerkingen") for _, path, truth in rows]
    named = [path not in {None, "opmerkingen"} for _, path, _ in rows]
    real = [truth not in {None, "opmerkingen"} for _, _, truth in rows]
    return Result(
        columns=len(register.truth),
        right=sum(same),
        proposed=sum(named),
        proposed_right=sum(ok and name for ok, name in zip(same, named, strict=True)),
        fields=sum(real),
        wrong=[row for row, ok in zip(rows, same, strict=True) if not ok],
    )
