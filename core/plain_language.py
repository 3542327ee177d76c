"""Plain language (B1): is a text for everybody easy to read? One check for the texts of all registers (AVG-135)."""

import re

from core import values
from core.findings import Severity

RULE_ID, SEVERITY = "AVG-135", Severity.TIP
ARTICLE = "AVG art. 12 lid 1 (B1)"
MESSAGE = "De tekst is lastig te lezen. Maak kortere zinnen en gebruik gewone woorden."
WORDS_IN_A_SENTENCE = 15
_DIFFICULT = frozenset(
    str(word).partition(" (")[0]  # what stands between brackets is advice to a person: "persoonsgegevens (leg uit)"
    for word in values.document("core", "moeilijke-woorden")["waarden"]
)
_PHRASES = tuple(word for word in _DIFFICULT if " " in word)
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?;:]+(?:\s+|$)|\n+")


def is_hard_to_read(text: str) -> bool:
    """More than 15 words in a sentence on average, or a word of the list of difficult words (B1)."""
    lower = text.casefold()
    if any(phrase in lower for phrase in _PHRASES):
        return True
    sentences = [words for part in _SENTENCE_END.split(lower) if (words := _WORD.findall(part))]
    if not all(_DIFFICULT.isdisjoint(words) for words in sentences):
        return True
    return sum(map(len, sentences)) > WORDS_IN_A_SENTENCE * len(sentences)
