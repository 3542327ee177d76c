"""How well the importer says what columns hold: precision and recall for each register of `tests/support/registers.py`.

`python bench/mapping.py` prints both halves; `--wrong` also the columns that went wrong.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.mapping import measured  # noqa: E402
from support.registers import HELD_BACK, TUNED, Register  # noqa: E402


def show(title: str, registers: tuple[Register, ...]) -> None:
    """A line for each register and one for all together."""
    print(f"{title:16}{'columns':>8}{'right':>8}{'precision':>11}{'recall':>8}")
    totals = [0, 0, 0, 0, 0]
    for register in registers:
        result = measured(register)
        numbers = (result.columns, result.right, result.proposed, result.proposed_right, result.fields)
        totals = [total + number for total, number in zip(totals, numbers, strict=True)]
        print(line(register.name, numbers))
        if "--wrong" in sys.argv:
            for heading, path, truth in result.wrong:
                print(f"    {heading!r}: {path}, not {truth}")
    print(line("all", totals))


def line(name: str, numbers: tuple[int, ...] | list[int]) -> str:
    columns, right, proposed, proposed_right, fields = numbers
    precision, recall = proposed_right / (proposed or 1), proposed_right / (fields or 1)
    return f"{name:16}{columns:>8}{right / columns:>8.0%}{precision:>11.0%}{recall:>8.0%}"


if __name__ == "__main__":
    show("tuned", tuple(TUNED))
    show("held back", tuple(HELD_BACK))
