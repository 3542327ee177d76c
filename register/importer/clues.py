"""What a heading that nobody saw before may mean, and what the values under it say. Pure.

A clue is a piece of a word that points at a field: it also counts within a longer word (`gegevenscategorie`), when the
word was cut off (`grondsl.`) and when a letter is wrong (`ontvagers`); a word that is a clue itself is nothing else.
Clues add up, so that two weak ones make a strong one. The values then confirm it, or say that it is something else.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache

from core import values
from core.content import YesNo
from register.importer import texts
from register.importer.record import BODIES

PROPOSED = 0.5
"""From this score on a field is proposed; below it the cells go to the remarks."""
_MOST = 0.95
_SAMPLE = 40
_CLUES: Mapping[str, str] = {
    "id": (
        "nr 8, nummer 6, volgnummer 9, volgnr 9, id 8, kenmerk 7, ref 7, referentie 7, code 4, identificatie "
        "6, uuid 9, number 6, record 3"
    ),
    "naam": (
        "naam 6, verwerking 4, verwerkingsactiviteit 9, activiteit 6, activity 6, processing 3, proces 6, "
        "process 4, werkproces 8, titel 7, taak 5, omschrijving 3, benaming 8, onderwerp 5, heet 6, name 6, "
        "title 6, handeling 4"
    ),
    "domein": ("domein 9, cluster 6, taakveld 9, thema 8, categorie 2, hoofdproces 7, beleidsveld 9, programma 5"),
    "team": (
        "afdeling 9, team 8, organisatieonderdeel 9, onderdeel 6, sector 6, eenheid 6, department 9, unit 6, "
        "bureau 5, directie 6, vakgroep 7, organisatie 2"
    ),
    "proceseigenaar": (
        "eigenaar 8, proceseigenaar 9, manager 6, leidinggevende 6, owner 8, teammanager 9, budgethouder 6"
    ),
    "bestuursorgaan": (
        "verwerkingsverantwoordelijk 9, bestuursorgaan 9, verantwoordelijk 4, controller 7, orgaan 7, bevoegd 6"
    ),
    "gezamenlijk[].partij": "gezamenlijk 8, samenwerk 6, medeverantwoordelijk 9, joint 8, gedeeld 4",
    "convenanten[]": "convenant 9, protocol 7, reglement 7, covenant 9",
    "rol": "rol 7, hoedanigheid 9, role 7",
    "doelen[].tekst": (
        "doel 7, doeleind 9, doelstelling 9, doelbinding 9, doelomschrijving 9, purpose 9, waarvoor 8, waarom "
        "5, why 6, nut 4, noodzaak 4, reden 3"
    ),
    "doelen[].grondslag": (
        "grondslag 7, rechtsgrond 9, rechtsgrondslag 9, rechtmatig 8, verwerkingsgrond 9, grond 6, lawful 8, "
        "basis 4, legal 6, ground 5, juridisch 5, avg 2, gdpr 2, mag 5, mogen 5, rechtvaardig 6"
    ),
    "doelen[].wet[]": (
        "wet 7, wetsartikel 9, wetgeving 9, wettelijk 5, artikel 6, regelgeving 7, verordening 7, law 5, "
        "regulation 7, regeling 4, wetsgrond 8, bepaling 4, act 3"
    ),
    "doelen[].verder_gebruik": "verder 8, secundair 9, hergebruik 9, further 8",
    "gegevenssets[].betrokkene": (
        "betrokken 8, betrokkene 9, person 4, personen 6, mensen 6, subject 7, individual 8, wie 5, doelgroep "
        "8, groep 3, people 7, burger 4"
    ),
    "gegevenssets[].gegeven[]": (
        "persoonsgegeven 8, gegeven 6, gegevens 6, data 4, gegevenssoort 9, datacategorie 8, attribuut 8, "
        "attributen 8, element 4, wat 4, soort 2, personal 4"
    ),
    "bijzonder[].categorie": "bijzonder 8, gevoelig 8, special 8, sensitive 8, bijz 8",
    "bijzonder[].uitzondering": "uitzondering 8, doorbreking 9, exception 8, verwerkingsverbod 8",
    "strafrechtelijk.grond": "strafrecht 9, strafbaar 9, criminal 9, justitieel 8",
    "bsn.grond": "bsn 9, burgerservicenummer 9",
    "gegevenssets[].bron[]": (
        "herkomst 9, bron 8, bronnen 8, verkregen 9, source 8, obtained 8, komen 5, afkomstig 9, ontvangen 4, "
        "verzameld 6, collected 7, aangeleverd 8"
    ),
    "ontvangers[].naam": (
        "ontvanger 9, verstrek 8, delen 7, deelt 7, gedeeld 6, derden 7, derde 3, partij 4, recipient 9, "
        "shared 8, afnemer 9, extern 6, intern 5, ketenpartner 9, doorgeven 6, geven 5, disclos 8, aan 2"
    ),
    "verwerkers[].naam": (
        "verwerker 8, bewerker 9, leverancier 8, processor 8, vendor 8, supplier 8, bedrijf 6, dienstverlener 7"
    ),
    "verwerkers[].overeenkomst": (
        "verwerkersovereenkomst 9, overeenkomst 7, ovk 8, vwo 9, contract 6, agreement 8, dpa 9, "
        "verwerkersovk 9, bewerkersovereenkomst 9"
    ),
    "systemen[]": (
        "systeem 8, systemen 8, applicatie 8, software 7, informatiesysteem 9, application 8, system 7, "
        "pakket 5, tool 6, opslag 3"
    ),
    "doorgifte.is": (
        "doorgifte 8, buitenland 8, eer 6, eu 5, europa 7, transfer 7, international 5, land 5, landen 5, eea "
        "7, buiten 4, outside 4, country 6"
    ),
    "doorgifte[].instrument": (
        "waarborg 8, doorgiftemechanisme 9, adequaat 8, adequaatheid 8, beschermingsniveau 9, safeguard 9, mechanism 7"
    ),
    "bewaren[].tekst": (
        "bewaartermijn 9, bewaar 8, bewaren 8, bewaard 8, termijn 6, wistermijn 9, retention 9, vernietig 8, "
        "erasure 7, archief 6, lang 4, storage 4, opslagduur 9, duur 5, periode 3, period 4"
    ),
    "bewaren[].selectielijst": "selectielijst 8, procestype 9, resultaattype 9, resultaat 6, lijst 4, sellijst 9",
    "maatregelen.algemeen": (
        "beveilig 9, maatregel 8, tom 8, technisch 5, organisatorisch 5, security 9, measure 6, veiligheid 5, "
        "bescherm 5"
    ),
    "dpia.status": (
        "dpia 9, geb 7, pia 8, effectbeoordeling 9, risicoanalyse 6, gegevensbeschermingseffectbeoordeling 9"
    ),
    "adm.soort": (
        "geautomatiseerd 8, automatisch 8, profilering 9, besluitvorming 8, automated 8, profiling 9, besluit "
        "4, geautom 8"
    ),
    "algoritmeregister": "algoritme 9, algorithm 9",
    "laatst_gecontroleerd": (
        "gewijzigd 8, wijziging 7, bijgewerkt 8, review 8, versiedatum 9, gecontroleerd 8, laatst 6, last 4, "
        "updated 8, nagekeken 8, controle 6, actualisatie 8, mutatie 7, wijzigingsdatum 9"
    ),
    "contact_intern": (
        "contact 9, contactpersoon 9, aanspreekpunt 9, invuller 9, vragen 5, contactgegevens 9, informatie 2"
    ),
    "opmerkingen": (
        "opmerking 9, opm 9, toelichting 4, notitie 9, bijzonderheden 8, actie 7, comment 9, note 8, remark "
        "9, aantekening 9"
    ),
    "openbaar": "openbaar 9, publiceren 9, publicatie 8, publiek 6, website 6, zichtbaar 6, public 7",
}
"""Pieces of words with a weight from 1 to 9, by the field that they point at."""
_TICKED = (
    ("persoonsgegevens", "gegevenssets[].gegeven[]"),
    ("betrokkenen", "gegevenssets[].betrokkene"),
    ("grondslagen", "doelen[].grondslag"),
)
_STRONG, _SAME_WORDS = 0.7, 0.9
_NAME_AND_ADDRESS = re.compile(r"naw(?:[- ]?gegevens)?", re.IGNORECASE)
_DATES = ("laatst_gecontroleerd", "dpia.datum", "verwerkers[].overeenkomst")
_COUNTED = re.compile(r"\b(?:aantal|omvang|hoeveel|link|url|kleur|versie|per jaar|number of)\b", re.IGNORECASE)
_AGREEMENT = re.compile(r"overeenkomst|\bovk|\bvwo\b|agreement|\bdpa\b|contract|\bvo\b", re.IGNORECASE)


def plain(heading: str) -> str:
    """A heading without its number and with words that a line end cut in two put together: `4. Rechts-⏎grond`."""
    joined = re.sub(r"(?<=\w)-\s+(?=[a-z])", "", heading)
    return re.sub(r"^\s*(?:[0-9]{1,2}|[a-z])\s*[.):]\s+", "", joined)


def scores(heading: str) -> dict[str, float]:
    """How likely each field is, by the words of a heading alone: 0 to 1, only those with a clue."""
    return dict(_scores(heading))


@lru_cache(maxsize=2048)
def _scores(heading: str) -> tuple[tuple[str, float], ...]:
    words = values.normalise(plain(heading)).split()
    found: dict[str, float] = {}
    for path, clues in _clues().items():
        missing = 1.0
        for word in words:
            fit = _same if word in _words() else _fit
            missing *= 1 - max((weight * fit(word, clue) for clue, weight in clues), default=0.0)
        if missing < 1:
            found[path] = min(_MOST, 1 - missing)
    return tuple(found.items())


@cache
def _clues() -> Mapping[str, Sequence[tuple[str, float]]]:
    return {
        path: [
            (values.normalise(word), int(weight) / 10)
            for word, weight in (clue.strip().rsplit(" ", 1) for clue in line.split(","))
        ]
        for path, line in _CLUES.items()
    }


@cache
def _words() -> frozenset[str]:
    return frozenset(clue for clues in _clues().values() for clue, _ in clues)


def _same(word: str, clue: str) -> float:
    return float(word == clue)


@lru_cache(maxsize=65_536)
def _fit(word: str, clue: str) -> float:
    """How well a word of a heading, which is no clue itself, fits a clue; 0 when it has nothing to do with it."""
    if len(clue) >= 4 and word.startswith(clue):
        return 0.85
    if len(clue) >= 5 and clue in word:
        return 0.75
    if len(word) >= 3 and clue.startswith(word) and len(clue) > 4:
        return min(0.9, 0.5 + len(word) / (2 * len(clue)) + 0.05 * (len(word) > 3))
    if min(len(word), len(clue)) >= 6 and abs(len(word) - len(clue)) <= 2:
        ratio = SequenceMatcher(None, word, clue).ratio()
        return ratio * 0.9 if ratio >= 0.85 else 0.0
    return 0.0


def evidence(path: str, cells: Sequence[str]) -> float | None:
    """Which share of the cells (0 to 1) reads as what the field holds; None when one cannot tell from a cell."""
    filled = [cell for cell in cells if not texts.is_blank(cell)][:_SAMPLE]
    test = _TESTS.get(path)
    if test is None or not filled:
        return None
    return sum(map(test, filled)) / len(filled)


def weighed(path: str, heading: str, score: float, cells: Sequence[str]) -> float:
    """The score of a field by the heading, with what the values say about it."""
    if _COUNTED.search(heading) and not is_about_time(path):
        return 0.0
    fits = evidence(path, cells)
    if path == "naam":
        return score - 0.5 * (1 - _is_name_like(cells))
    if path in {"gegevenssets[].gegeven[]", "gegevenssets[].betrokkene"} and _are_answers(cells):
        return score - 0.4
    if fits is None:
        return score
    return min(_MOST, score + 0.3 * fits) if fits >= 0.5 else score - _DOUBT.get(path, 0.15) * (1 - fits)


def is_about_time(path: str) -> bool:
    return path in _DATES or path.startswith("bewaren")


def by_values(cells: Sequence[str]) -> tuple[str | None, float]:
    """The field that the values under an unknown heading speak for, when they do so with one voice."""
    found = [(evidence(path, cells) or 0.0, path) for path in _SPEAKING]
    best, path = max(found)
    return (path, round(0.75 * best, 2)) if best >= 0.8 else (None, 0.0)


def ticked_as(heading: str, cells: Sequence[str]) -> str | None:
    """The field that a column with ticks fills: its heading names a kind of data, a group of people or a legal basis.

    None when it is no such column; one cell with a cross is too little to tell.
    """
    if not _are_answers(cells) or sum(map(bool, cells)) < 2:
        return None
    name = plain(heading)
    if _NAME_AND_ADDRESS.fullmatch(name.strip()):
        return "gegevenssets[].gegeven[]"
    score, path = max((values.load("register", listed).match(name).score, path) for listed, path in _TICKED)
    is_other = max(scores(heading).values(), default=0.0) >= _STRONG
    return path if score >= (_SAME_WORDS if is_other else values.SURE) else None


def name_likeness(cells: Sequence[str]) -> float:
    """How much a column looks like one with names: all filled, all different, a few words each."""
    filled = [cell for cell in cells if not texts.is_blank(cell)]
    if not filled or any(find is not None for find in map(texts.find_date, filled[:5])):
        return 0.0
    different = len({values.fold(cell) for cell in filled}) / len(filled)
    right_size = sum(
        3 <= len(cell) <= 120 and not re.fullmatch(r"[\W0-9]*|[A-Z]{1,4}-?[0-9]+", cell) for cell in filled
    )
    return different * right_size / len(filled)


def _is_name_like(cells: Sequence[str]) -> float:
    return name_likeness(cells) if any(cells) else 1.0


def _are_answers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if not texts.is_blank(cell)]
    return bool(filled) and all(texts.yes_no(cell).answer and not texts.yes_no(cell).rest for cell in filled)


def _is_answer(cell: str) -> bool:
    return texts.yes_no(cell).answer is not None


def _listed(name: str, section: str = "waarden") -> Callable[[str], bool]:
    def test(cell: str) -> bool:
        listed, parts = values.load("register", name, section), texts.items(cell)[:6]
        return bool(parts) and sum(listed.match(part).score >= values.SURE for part in parts) * 2 >= len(parts)

    return test


def _is_period(cell: str) -> bool:
    found = texts.find_period(cell)
    return bool(found.durations or found.afterwards or re.search(r"bewa|\btot\b|zolang", cell, re.IGNORECASE))


def _is_day(cell: str) -> bool:
    return texts.find_date(cell) is not None and len(cell) <= 30


def _is_transfer(cell: str) -> bool:
    inside, outside = texts.find_countries(cell)
    return _is_answer(cell) or bool(inside or outside)


_TESTS: Mapping[str, Callable[[str], bool]] = {
    "id": lambda cell: len(cell) <= 20 and bool(re.search("[0-9]", cell)),
    "bestuursorgaan": lambda cell: any(re.search(words, cell, re.IGNORECASE) for _, words in BODIES),
    "doelen[].grondslag": lambda cell: bool(texts.find_bases(cell).codes),
    "doelen[].wet[]": lambda cell: texts.looks_like_law(cell) and not _is_answer(cell),
    "gegevenssets[].betrokkene": _listed("betrokkenen"),
    "gegevenssets[].gegeven[]": _listed("persoonsgegevens"),
    "doorgifte.is": _is_transfer,
    "doorgifte[].instrument": _listed("doorgifte-instrumenten"),
    "bewaren[].tekst": _is_period,
    "bewaren[].selectielijst": lambda cell: bool(texts.list_numbers(cell, is_own_column=True)) and len(cell) <= 60,
    "dpia.status": lambda cell: _is_answer(cell) or _is_day(cell) or _listed("dpia-criteria", "statussen")(cell),
    "verwerkers[].overeenkomst": lambda cell: _is_answer(cell) or _is_day(cell) or bool(_AGREEMENT.search(cell)),
    "adm.soort": _is_answer,
    "openbaar": lambda cell: _is_answer(cell) or "beperkt" in cell.casefold(),
    "laatst_gecontroleerd": _is_day,
    "dpia.datum": _is_day,
    "contact_intern": lambda cell: "@" in cell or bool(re.search(r"[0-9]{6,}", cell)),
    "verwerkers[].naam": lambda cell: texts.yes_no(cell).answer is not YesNo.YES or bool(texts.yes_no(cell).rest),
}
_DOUBT: Mapping[str, float] = {
    "laatst_gecontroleerd": 0.7,
    "dpia.datum": 0.7,
    "openbaar": 0.5,
    "adm.soort": 0.4,
    "id": 0.5,
    "bestuursorgaan": 0.3,
    "bewaren[].selectielijst": 0.4,
    "verwerkers[].naam": 0.4,
    "contact_intern": 0.05,
}
"""How much a field loses when no value reads as it; what people write there differs more for one than for another."""
_SPEAKING = (
    "doelen[].grondslag",
    "gegevenssets[].gegeven[]",
    "gegevenssets[].betrokkene",
    "bewaren[].selectielijst",
    "bestuursorgaan",
)
"""Fields whose values are so much their own that they need no heading."""
