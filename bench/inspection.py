"""How well the check before publishing finds what it should, and no more, and how long it takes.

    python bench/inspection.py [--times 20]

Runs over our own corpus (`tests/support/corpus*.py`): one half was looked at while the checks were tuned, the other
half was not. What the letters showed was mended twice; the notices were written after the first time. Precision: of
what was found, how much should be. Recall: of what should be found, how much was. Each counted per hit. `--times`
makes that many of each text, with other people in it.
"""

import argparse
import time
from collections.abc import Iterable

from example import machine

from support import corpus
from support.corpus import OWN, Sample, Score
from support.corpus_text import People, as_pdf
from woo.inspection.engine import look
from woo.inspection.model import Kind
from woo.inspection.stripping import stripped

SECONDS = 240
PARTS = ("tuned on", "measured on", "letters", "notices")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    samples = corpus.samples(times=options.times)
    print(machine())
    scores = {part: scored(sample for sample in samples if part_of(sample) == part) for part in PARTS}
    print("| kind | part | to find | found | false | missed | precision | recall | falsely critical |")
    print("|---|---|---|---|---|---|---|---|---|")
    for kind in Kind:
        for part in PARTS:
            if kind in scores[part]:
                print(row(kind, part, scores[part][kind]))
    print()
    times()


def part_of(sample: Sample) -> str:
    if sample.is_held_out:
        return PARTS[3] if sample.name.startswith("notice") else PARTS[2]
    return PARTS[0] if sample.is_for_tuning else PARTS[1]


def scored(samples: Iterable[Sample]) -> dict[Kind, Score]:
    scores: dict[Kind, Score] = {}
    for sample in samples:
        corpus.add(scores, sample, look(sample.make(), OWN, SECONDS)[1])
    return scores


def row(kind: Kind, part: str, score: Score) -> str:
    there, found = score.right + score.missed, score.right + score.false
    counts = f"{there} | {found} | {score.false} | {score.missed}"
    return f"| {kind.value} | {part} | {counts} | {score.precision:.2f} | {score.recall:.2f} | {score.false_critical} |"


def times() -> None:
    """Processor time for a page, of documents as they come."""
    letter = "\n".join(f"{People(str(line)).name()} schrijft over regel {line} van de begroting." for line in range(45))
    pages = as_pdf("\n".join([letter] * 20))
    scan = next(sample for sample in corpus.samples() if sample.name == "pdf scan with its text").make()
    print("| document | pages | check s a page | strip s |\n|---|---|---|---|")
    for name, data, count in (("letter, typeset", pages, 21), ("scan with its text", scan, 1)):
        started = time.process_time()
        look(data, OWN, SECONDS)
        checked = time.process_time()
        stripped(data)
        print(f"| {name} | {count} | {(checked - started) / count:.3f} | {time.process_time() - checked:.3f} |")


if __name__ == "__main__":
    main()
