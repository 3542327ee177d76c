"""The check before publishing: personal data and hidden content in a file, and metadata taken out on the way out.

Everything is local, on the bytes that will be published, and in a child process with limits on time and memory.
"""

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from core import confined
from core.errors import BadInput
from woo.inspection.model import VERSION, Hit, Inspection, Kind, KindWords, Known, words

__all__ = ["VERSION", "Hit", "Inspection", "Kind", "KindWords", "Known", "inspect", "standing_by", "strip", "words"]

Source = Path | bytes | IO[bytes]
MAX_SECONDS = 240
"""Of processor time, for one file. The child stops by itself a bit earlier and says what it has not looked at."""
_CHILD = "woo.inspection.child"
_ENDED = (
    "De controle is halverwege gestopt: het bestand vraagt te veel tijd of geheugen, of is beschadigd. Kijk het zelf"
    " na, of maak het opnieuw."
)


def inspect(source: Source, known: Known | None = None, *, seconds: int = MAX_SECONDS) -> Inspection:
    """Look for personal data and hidden content in a file, whatever it is called.

    Args:
        source: the path of the file, the opened file, or its bytes.
        known: what belongs to the municipality itself and so is no finding.
        seconds: processor time that it may take.

    Returns:
        what was found. A file that cannot be looked at, or not wholly, has a hit `unreadable` that says so.

    Raises:
        BadInput: the path cannot be read.
    """
    arguments = ["check", str(seconds), json.dumps(list((known or Known()).texts))]
    answer = _run(source, arguments, seconds)
    lines = [json.loads(line) for line in answer.output.split(b"\n")[:-1]]  # a line without its end was cut off
    hits = [line["hit"] for line in lines if "hit" in line]
    end = next((line for line in lines if "format" in line), None)
    if end is None:
        hits.append({"kind": Kind.UNREADABLE, "snippet": _ENDED, "key": "ended"})
    return Inspection.from_json({"format": end["format"] if end else None, "hits": hits})


def strip(source: Source, *, seconds: int = MAX_SECONDS) -> bytes:
    """The file without what it says about people and machines: authors, editors, camera, earlier revisions.

    Title, language, tags and attachments stay, and so does everything on the pages. The same bytes give the same
    bytes. A file with a digital signature is left as it is: any change would break the signature. So is a file of a
    kind that has no such metadata, and one that cannot be read.

    Raises:
        BadInput: the path cannot be read, or the file asks for too much time or memory.
    """
    answer = _run(source, ["strip", str(seconds)], seconds)
    if not answer.is_whole:
        raise BadInput(
            "De eigenschappen kunnen niet uit het bestand worden gehaald: het vraagt te veel tijd of geheugen."
        )
    return answer.output


def standing_by() -> AbstractContextManager[None]:
    """For many files: meanwhile one process has the code loaded, and each file costs some hundredths of a second."""
    return confined.standing_by(_CHILD)


def _run(source: Source, arguments: list[str], seconds: int) -> confined.Answer:
    if isinstance(source, Path):
        try:
            with source.open("rb") as opened:
                return _run(opened, arguments, seconds)
        except FileNotFoundError:
            raise BadInput(f"Het bestand '{source.name}' bestaat niet. Controleer de naam en de map.") from None
        except OSError:
            raise BadInput(
                f"Het bestand '{source.name}' kan niet worden gelezen. Controleer of u het mag openen."
            ) from None
    size = len(source) if isinstance(source, bytes) else source.seek(0, 2)
    return confined.run(_CHILD, source, [*arguments[:2], str(size), *arguments[2:]], timeout=2 * seconds)
