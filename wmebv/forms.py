"""The words of the forms, and the questions about a record: which apply, and what was typed as answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import create_model

from core.attached import InternalFile
from core.content import Part, Text
from core.history import Revision
from core.web.forms import Form, Labels, Typed, bind, fill
from core.web.pages import dutch_date
from wmebv import labels
from wmebv.content import Answer, MessageKind, MessageTypeContent, Official, TemplateContent, Value
from wmebv.deciding import OUTCOMES
from wmebv.duties import Asks, Choice, Duty, Rulebook, Scope, SupportForm, as_shipped
from wmebv.rules import Judgement, Verdict, duties_of_incoming, is_given
from wmebv.rules.answers import Reason

PRODUCT_LABELS = {
    "name": Labels("Naam van het product", help="Zoals inwoners het noemen.", required=True),
    "summary": Labels(
        "Korte uitleg", help="Wat is dit, in een of twee zinnen? Komt op de website en in de landelijke zoekdienst."
    ),
    "keywords": Labels("Andere woorden", help="Waar mensen ook op zoeken. Eén op elke regel. Komt op de website."),
    "upl_label": Labels("Naam in de UPL", help="De uniforme productnaam, zoals 'rijbewijs verlengen'."),
    "upl_uri": Labels("Adres in de UPL"),
    "audiences": Labels("Voor wie"),
    "team": Labels("Team", help="Een nieuwe naam komt vanzelf in de lijst met teams."),
    "process_owner": Labels("Proceseigenaar", help="Een functie, geen naam van een persoon."),
    "controller": Labels("Bestuursorgaan", help="Wie beslist hierover?", article="Awb 2:13 lid 2"),
    "executor": Labels("Wie voert het uit"),
    "executor_name": Labels("Naam van de andere organisatie"),
    "yearly_volume": Labels("Hoe vaak per jaar", help="Een heel getal, zonder punt."),
    "legal_bases-*-law": Labels("Wet of verordening"),
    "legal_bases-*-article": Labels("Artikel"),
    "legal_bases-*-url": Labels("Adres van het artikel"),
    "decision_term": Labels("Hoe lang mag de gemeente erover doen", help="Zoals '8 weken'."),
    "objection_possible": Labels("Kan iemand bezwaar maken"),
    "special_act": Labels(
        "Bijzondere wet", help="Een wet die de digitale weg verplicht of verbiedt.", article="Awb 2:7"
    ),
    "support_need": Labels("Hoe hard is hulp nodig", help="Hoog bij gezondheid, inkomen, schulden en wonen."),
    "target_groups": Labels("Wie heeft hier extra hulp bij nodig", article="Awb 2:1 lid 1"),
    "tested_with_target_group_on": Labels("Getest met deze mensen op"),
    "sdg_codes": Labels("Codes van de SDG", help="Eén code op elke regel."),
    "services_directive": Labels("Valt onder de Dienstenwet"),
    "national_facility": Labels("Landelijke voorziening", help="Zoals het Omgevingsloket."),
    "physical_presence": Labels("Moet iemand zelf langskomen"),
    "can_be_digital": Labels("Kan dit digitaal"),
    "why_not_digital": Labels("Waarom kan het niet digitaal"),
    "ambitions": Labels("Hoe digitaal moet het worden"),
    "ambitions-*-year": Labels("Eind van welk jaar"),
    "ambitions-*-level": Labels("Niveau"),
    "ambitions-*-source": Labels("Waar staat dat"),
    "external_id": Labels("Nummer in een ander systeem"),
    "note": Labels("Opmerking", help="Blijft intern."),
}
ACTION_LABELS = {
    "title": Labels("Wat moet er gebeuren", required=True),
    "owner": Labels("Wie doet het", help="Een functie, geen naam van een persoon."),
    "team": Labels("Team", help="Een nieuwe naam komt vanzelf in de lijst met teams."),
    "due_on": Labels("Klaar op"),
    "phase": Labels("Jaar in het plan", help="In welk jaar van het plan van aanpak dit hoort."),
    "cost": Labels("Kosten in euro's", help="Een schatting, in hele euro's. Leeg: nog niet bekend."),
    "supplier": Labels("Welke leverancier is nodig", help="Leeg: u kunt dit zelf."),
    "status": Labels("Status", required=True),
    "remarks": Labels("Opmerking", help="Blijft intern."),
}
GOAL_LABELS = {
    "title": Labels("Wat wilt u bereiken", required=True),
    "measure": Labels("Wat telt mee", required=True),
    "target": Labels("Hoeveel procent", required=True),
    "by": Labels("Wanneer", required=True),
    "base_on": Labels(
        "Geteld vanaf", help="Alleen nodig bij omgezette pdf-formulieren: de dag waarop u begon te tellen."
    ),
    "remarks": Labels("Opmerking", help="Blijft intern."),
}
MESSAGE_LABELS = {
    "name": Labels("Naam van het bericht", required=True),
    "kind": Labels("Soort bericht", article="Awb 2:13 lid 1"),
    "official": Labels("Is het een officieel bericht", article="Awb 2:13 lid 1"),
    "reasoning": Labels("Waarom"),
    "direction": Labels("Richting", required=True),
    "on_request": Labels("Vraagt de gemeente om dit bericht", help="Dan geldt de weg die in dat verzoek staat."),
    "yearly_volume": Labels("Hoe vaak per jaar", help="Een heel getal, zonder punt."),
    "can_be_digital": Labels("Kan dit digitaal"),
    "why_not_digital": Labels("Waarom kan het niet digitaal"),
    "volumes": Labels("Geteld per jaar"),
    "volumes-*-year": Labels("Jaar van de telling"),
    "volumes-*-channel": Labels("Langs welk kanaal", help="Leeg: langs alle kanalen samen."),
    "volumes-*-number": Labels("Hoeveel berichten"),
    "volumes-*-source": Labels("Waar komt de telling vandaan"),
    "service_norm": Labels("Servicenorm", help="Wat u belooft, zoals 'antwoord binnen 5 werkdagen'."),
    "norm_results": Labels("Servicenorm gehaald"),
    "norm_results-*-year": Labels("Jaar van de meting"),
    "norm_results-*-percentage": Labels("Binnen de norm, in procent"),
    "norm_results-*-source": Labels("Waar komt de meting vandaan"),
    "assessed_on": Labels("Soort en officieel beoordeeld op"),
    "assessed_by": Labels("Beoordeeld door"),
    "channels": Labels("Kanalen", article="Awb 2:13 lid 2"),
    "channels-*-channel": Labels("Kanaal"),
    "channels-*-use": Labels("Waarvoor"),
    "note": Labels("Opmerking", help="Blijft intern."),
}
AMENDMENT_LABELS = {
    "article": Labels("Artikel", help="Zoals 'Awb 2:15 lid 1'.", required=True),
    "article_status": Labels("Is het nagezocht in de wet", required=True),
    "source": Labels("Waar nagezocht", help="Zoals een adres op wetten.overheid.nl."),
    "in_force_from": Labels(
        "Geldt vanaf", help="Leeg laten: de datum uit de lijst. Een latere datum telt tot dan niet mee."
    ),
    "severity": Labels("Hoe erg is een 'nee'", help="Dit bepaalt de kleur en de score."),
    "reason": Labels("Waarom anders dan in de lijst", help="Vul dit in als u zelf een datum of ernst kiest."),
}
TEMPLATE_LABELS = {
    "name": Labels("Naam van het sjabloon", help="Zoals 'Formulierengenerator'.", required=True),
    "note": Labels("Opmerking", help="Blijft intern."),
}
CHANNEL_LABELS = {
    "name": Labels("Naam van het kanaal", required=True),
    "template": Labels("Sjabloon", help="Antwoorden van het sjabloon gelden ook voor dit kanaal."),
    "kind": Labels("Soort kanaal"),
    "url": Labels("Adres", help="Van het formulier of portaal, of een e-mailadres."),
    "level": Labels("Hoe digitaal", help="Dit zegt niets over wat moet van de wet."),
    "login_levels": Labels("Inloggen met"),
    "supplier": Labels("Leverancier", help="Blijft intern."),
    "form_id": Labels("Nummer van het formulier", help="Blijft intern."),
    "product_page_url": Labels("Adres van de pagina over dit kanaal"),
    "changed_on": Labels("Formulier gewijzigd op"),
    "designated": Labels("Staat in een aanwijzingsbesluit", article="Awb 2:13 lid 2"),
    "designation-bodies": Labels("Wie nam het besluit"),
    "designation-title": Labels("Naam van het besluit"),
    "designation-decided_on": Labels("Datum van het besluit"),
    "designation-reference": Labels("Vindplaats", help="Adres of nummer in het gemeenteblad."),
    "satisfaction": Labels("Tevredenheid"),
    "satisfaction-*-year": Labels("Jaar van het onderzoek"),
    "satisfaction-*-grade": Labels("Rapportcijfer", help="Van 1 tot en met 10, zoals 7,4."),
    "satisfaction-*-source": Labels("Welk onderzoek"),
    "reachable": Labels("Werkt het adres"),
    "reachable_checked_on": Labels("Gecontroleerd op"),
    "note": Labels("Opmerking", help="Blijft intern."),
}
DECISION_LABELS = {
    "kind": Labels("Bij welke vraag is het antwoord ja", required=True),
    "official": Labels("Is het daarmee officieel", required=True),
    "reasoning": Labels(
        "Waarom", help="Verplicht als u iets anders kiest dan de uitkomst, of als u het nog niet weet."
    ),
}
_SINGLE_CHOICE = frozenset({"W07", "W09", "W31", "W33", "Z11"})
_RECORDED = frozenset({"W10", "W12"})
"""Answered by the record itself: kind and official, and the channels."""
NOT_ANSWERED = ("", "Nog niet beantwoord")


class DecisionInput(Part):
    """What a person chooses at the seven questions. No kind: nobody knows yet; not `official`: as the questions say."""

    kind: MessageKind | None = None
    official: Official | None = None
    reasoning: Text = ""


def decision_of(content: MessageTypeContent) -> DecisionInput:
    """What was chosen earlier, as the form of the seven questions shows it."""
    outcome = OUTCOMES.get(content.kind) if content.kind else None
    is_outcome = content.official is (outcome.official if outcome else Official.UNKNOWN)
    return DecisionInput(
        kind=content.kind, official=None if is_outcome else content.official, reasoning=content.reasoning
    )


class AnswerInput(Answer):
    """An answer as people type it; its code stands in the name of the field."""

    duty: str = ""


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a template answers to a question; `is_overridden`: the channel answers it otherwise."""

    template: str
    href: str
    said: str
    is_overridden: bool


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One save that changed an answer: when, by whom, and what it says since."""

    at: datetime
    by: str
    said: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question on a screen, with the fields that it needs."""

    code: str
    title: str
    text: str
    help: str
    example: str
    article: str
    remark: str
    values: Sequence[tuple[str, str]]
    choices: Sequence[tuple[str, str]]
    is_single_choice: bool
    asks_law: bool
    asks_body: bool
    is_support: bool
    judgement: Judgement | None
    inherited: Inherited | None = None
    """What the template of the channel says."""
    changes: Sequence[AnswerChange] = ()
    """How the answer came to be, the newest first."""
    files: Sequence[tuple[str, str]] = ()
    """Name and address of the files that prove the answer."""
    files_href: str = ""
    """Where files are added; empty as long as there is no answer here."""

    @property
    def not_asked(self) -> Iterator[str]:
        """Fields of an answer that this question does not show."""
        if not self.choices:
            yield "choices"
        if not self.asks_law:
            yield from ("law", "article")
        if not self.asks_body:
            yield "body"
        if not self.is_support:
            yield "reaches"

    @property
    def verdict(self) -> str:
        """What the answer comes to now, as a word for a badge."""
        if self.judgement is None:
            return ""
        if self.judgement.is_upcoming:
            return "komt eraan"
        if self.judgement.value is Value.NOT_APPLICABLE:
            return "niet van toepassing"
        if self.judgement.is_good:
            return "in orde"
        return "nakijken" if self.judgement.value in {Value.PARTLY, Value.YES} else "ontbreekt"


def message_questions(verdict: Verdict, *, is_incoming: bool, book: Rulebook | None = None) -> tuple[Question, ...]:
    """The questions about a message type that apply to it: what a law closes or what is not asked is left out."""
    scope = Scope.MESSAGE if is_incoming else Scope.OUTGOING
    judged = [
        each
        for each in verdict.judgements
        if each.duty.scope is scope and each.duty.code not in _RECORDED and each.reason is not Reason.LAW
    ]
    support = _support(Scope.MESSAGE, book) if is_incoming else ()
    return (*(_about(each.duty, each) for each in judged), *support)


def asked_about(message: MessageTypeContent, questions: Sequence[Question], book: Rulebook) -> Sequence[Question]:
    """Which of the questions about incoming messages `message_questions` asks about one, without judging it."""
    asked = {duty.code for duty, is_closed, _ in duties_of_incoming(message, book) if not is_closed} - _RECORDED
    return [one for one in questions if one.is_support or one.code in asked]


def questions_of(*scopes: Scope, verdict: Verdict | None = None, book: Rulebook | None = None) -> tuple[Question, ...]:
    """The questions about a product, a channel or the whole organisation."""
    judged = {each.duty.code: each for each in verdict.judgements} if verdict else {}
    support = [question for scope in scopes for question in _support(scope, book)]
    return (*(_about(duty, judged.get(duty.code)) for duty in (book or as_shipped()).of(*scopes)), *support)


@cache
def columns(scope: Scope) -> tuple[Question, ...]:
    """The questions of a scope, without those that the record itself answers."""
    return tuple(question for question in questions_of(scope) if question.code not in _RECORDED)


def all_answer_labels() -> Mapping[str, Labels]:
    """The words of every question that there is, whatever record it is about."""
    return _labels(questions_of(*Scope))


def answer_form(questions: Sequence[Question], answers: Sequence[Answer]) -> Form[Any]:
    """The form with the answers as they are stored."""
    known = {answer.duty: answer for answer in answers}
    model = _sheet(questions)
    fields = {
        question.code: AnswerInput(**known[question.code].model_dump())
        for question in questions
        if question.code in known
    }
    return fill(model(**fields), _labels(questions))


def bind_answers(questions: Sequence[Question], typed: Typed) -> Form[Any]:
    """Read what was typed about these questions."""
    return bind(_sheet(questions), typed, _labels(questions))


def answers_typed(
    cleaned: Part, questions: Sequence[Question], known: Sequence[Answer], *, on: date, by: str, is_checked: bool
) -> Iterator[Answer]:
    """The answers to save: changed ones get today's date, others keep theirs unless the person checked them all.

    Args:
        cleaned: the sheet that `bind_answers` read.
        questions: what was asked.
        known: the answers as they are stored.
        on: today.
        by: the function of the person.
        is_checked: the person says that every answer on the page was looked at.
    """
    stored = {answer.duty: answer for answer in known}
    for question in questions:
        before = stored.get(question.code)
        facts = getattr(cleaned, question.code).model_dump(exclude={"duty", "answered_on", "answered_by"})
        if before:  # what was not asked is not taken away either
            facts |= {name: getattr(before, name) for name in question.not_asked}
            if not question.values and facts["choices"] == before.choices:
                facts["value"] = before.value
        new = Answer(duty=question.code, **facts)
        if not is_given(new) and (new.note or new.reaches):
            new = new.model_copy(update={"value": Value.UNKNOWN})  # typed text is never lost
        if before and not is_checked and new == before.model_copy(update={"answered_on": None, "answered_by": ""}):
            yield before
        elif is_given(new):
            yield new.model_copy(update={"answered_on": on, "answered_by": by})
        else:
            yield new


def in_words(question: Question, answer: Answer | None) -> str:
    """An answer with its evidence, as one line."""
    if answer is None or not is_given(answer):
        return "niet beantwoord"
    chosen = dict(question.choices)
    said = [
        labels.VALUES[answer.value] if answer.value else "",
        *(chosen.get(code, code) for code in answer.choices),
        " ".join(filter(None, (answer.law, answer.article))),
        answer.text,
    ]
    evidence = [answer.evidence_url, answer.evidence_document, dutch_date(answer.evidence_on)]
    proof = ", ".join(filter(None, evidence)) or "geen"
    return f"{'; '.join(filter(None, said)) or 'geen keuze'}. Bewijs: {proof}"


def with_template(
    questions: Iterable[Question], own: Sequence[Answer], template: TemplateContent, href: str
) -> Iterator[Question]:
    """The questions about a channel, each with what its template says."""
    known = {answer.duty: answer for answer in template.answers}
    overridden = {answer.duty for answer in own}
    for question in questions:
        if found := known.get(question.code):
            said = f"{in_words(question, found)}{_answered(found)}"
            inherited = Inherited(template.name, href, said, question.code in overridden)
            yield replace(question, inherited=inherited)
        else:
            yield question


def with_changes(questions: Iterable[Question], revisions: Sequence[Revision]) -> Iterator[Question]:
    """The questions with the history of their answers. `revisions` are those of the record, the newest first."""
    known: dict[str, Answer] = {}
    changes: dict[str, list[AnswerChange]] = {}
    by_code = {question.code: question for question in questions}
    for revision in reversed(revisions):
        now = {answer.duty: answer for answer in map(Answer.model_validate, revision.content.get("answers", ()))}
        for code, question in by_code.items():
            if now.get(code) != known.get(code):
                line = AnswerChange(revision.at, revision.actor, in_words(question, now.get(code)))
                changes.setdefault(code, []).insert(0, line)
        known = now
    for code, question in by_code.items():
        yield replace(question, changes=changes.get(code, ()))


def evidence_address(duty: str, about: str) -> str:
    """The page with the files that prove an answer; `about` names the record as in the address of an action."""
    return f"/wmebv/bewijs/{duty}/{about}/"


def with_files(
    questions: Iterable[Question], answers: Sequence[Answer], files: Sequence[InternalFile], about: str
) -> Iterator[Question]:
    """The questions with the files that prove their answers."""
    answered = {answer.duty for answer in answers}
    for question in questions:
        place = evidence_address(question.code, about)
        found = [(one.name, f"{place}{one.id}") for one in files if one.about == question.code]
        yield replace(question, files=found, files_href=place if question.code in answered else "")


def _answered(answer: Answer) -> str:
    when = f" op {dutch_date(answer.answered_on)}" if answer.answered_on else ""
    by = f" door {answer.answered_by}" if answer.answered_by else ""
    return f". Beantwoord{when}{by}" if when or by else ""


def options(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Pairs of value and label for a list to choose from."""
    return [(str(code), label) for code, label in words.items()]


def _support(scope: Scope, book: Rulebook | None) -> tuple[Question, ...]:
    """Forms of support of a scope; what a duty asks already is not asked twice."""
    forms = (book or as_shipped()).forms
    return tuple(_about(form, None) for form in forms.values() if form.scope is scope and not form.same_as)


def _about(asked: Duty | SupportForm, judgement: Judgement | None) -> Question:
    if isinstance(asked, SupportForm):
        return Question(
            code=asked.code,
            title=asked.label,
            text=f"Is dit er? {asked.label}.",
            help=f"Schrijf op: {asked.evidence}.",
            example="",
            article=asked.article,
            remark="",
            values=_values(),
            choices=_choices(asked.choices),
            is_single_choice=True,
            asks_law=False,
            asks_body=False,
            is_support=True,
            judgement=judgement,
        )
    only_choice = Asks.CHOICE in asked.answer and Asks.YES_NO not in asked.answer
    single = asked.code in _SINGLE_CHOICE
    return Question(
        code=asked.code,
        title=asked.name,
        text=asked.question,
        help=asked.obliges,
        example=asked.example,
        article=asked.cited,
        remark=asked.remark,
        values=() if only_choice else _values(),
        choices=_choices(asked.choices, single=single),
        is_single_choice=single,
        asks_law=Asks.LAW in asked.answer,
        asks_body=Asks.BODY in asked.answer,
        is_support=False,
        judgement=judgement,
    )


def _values() -> Sequence[tuple[str, str]]:
    return [NOT_ANSWERED, *options(labels.VALUES)]


def _choices(choices: Sequence[Choice], *, single: bool = True) -> Sequence[tuple[str, str]]:
    found = [(choice.code, choice.label) for choice in choices]
    return [NOT_ANSWERED, *found] if found and single else found


def _sheet(questions: Sequence[Question]) -> type[Part]:
    fields: dict[str, Any] = {question.code: (AnswerInput, AnswerInput()) for question in questions}
    return create_model("AnswerSheet", __base__=Part, **fields)


def _labels(questions: Sequence[Question]) -> Mapping[str, Labels]:
    words = {
        "value": Labels("Antwoord"),
        "choices": Labels("Keuze"),
        "text": Labels("Toelichting"),
        "law": Labels("Welke wet"),
        "article": Labels("Welk artikel"),
        "body": Labels("Welk bestuursorgaan besloot"),
        "evidence_url": Labels("Adres van het bewijs", help="Waar is te zien dat het zo is?"),
        "evidence_document": Labels("Document als bewijs", help="Naam of nummer van een document."),
        "evidence_on": Labels("Datum"),
        "reaches": Labels("Wie helpt dit"),
        "note": Labels("Opmerking", help="Blijft intern."),
    }
    # The code stands in every label, because the summary of faults shows them without their question.
    found = {
        f"{question.code}-{name}": replace(label, label=f"{label.label} bij {question.code}")
        for question in questions
        for name, label in words.items()
    }
    for question in questions:
        if question.inherited:
            found[f"{question.code}-text"] = Labels(
                f"Waarom wijkt dit kanaal af bij {question.code}", help="Nodig als u anders antwoordt dan het sjabloon."
            )
        if question.is_support:
            found[f"{question.code}-text"] = Labels(
                f"Tekst voor de website bij {question.code}",
                help="Waar en wanneer kunnen mensen terecht? Dit wordt openbaar.",
            )
    return found
