"""One page of the form: a group of fields. The page sends its own fields; what is saved is the whole record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import NotFound
from core.findings import Severity
from core.web.forms import Form, Typed, bind
from register.checks import Finding
from register.content import ActivityContent, DataSet, Regime, Retention, Role
from register.derive import doubtful, settled
from register.forms.binding import fill_activity, to_content
from register.forms.layout import GROUPS, Group, Item, Rows
from register.forms.words import ActivityInput, labels
from register.selection_list import results

FIRST = GROUPS[0]
_POLICE = "wpg"
_OF_THE_CONTROLLER = frozenset({"doel", "gegevens", "bewaren", "computer", "rechten"})
"""Pages that GDPR art. 30(2) does not ask of a processor."""


def group_named(group_id: str) -> Group:
    """The page with this name in its address.

    Raises:
        NotFound: there is none.
    """
    found = next((group for group in GROUPS if group.id == group_id), None)
    if found is None:
        raise NotFound("Dit onderdeel van het formulier bestaat niet. Kies een onderdeel in het menu.")
    return found


def group_of(place: str) -> Group:
    """The page where a place in the content can be mended: the first one for what is of none."""
    return next((group for group in GROUPS if group.holds(place)), FIRST)


def is_on(group: Group, finding: Finding) -> bool:
    """Whether a finding can be mended on a page; what the organisation itself misses stands on none."""
    place = next(iter(finding.fields), "")
    return not place.startswith("organisation.") and group_of(place) is group


def groups_for(content: ActivityContent) -> Sequence[Group]:
    """The pages of a record, in order: that about police data only when there are such data."""
    return [
        group for group in GROUPS if group.id != _POLICE or content.regime is Regime.WPG or content.wpg != _EMPTY.wpg
    ]


def next_group(group: Group, content: ActivityContent) -> Group | None:
    """The page after this one that has something to fill in; None after the last."""
    later = GROUPS[GROUPS.index(group) + 1 :]
    return next((one for one in groups_for(content) if one in later and asked(one, content)), None)


def asked(group: Group, content: ActivityContent) -> Sequence[Item | Rows]:
    """What a page asks of this record: what belongs to another role is left out, unless it was filled in."""
    return [item for item in group.items if _belongs(item, content) or getattr(content, item.name.split("-")[0])]


def _belongs(item: Item | Rows, content: ActivityContent) -> bool:
    return isinstance(item, Item) or item.role in {"", content.role}


def notes(group: Group, content: ActivityContent) -> Sequence[str]:
    """What to know before filling in a page: what it does not ask, and what stays of another role or law."""
    first = f"Kies dat bij '{FIRST.title}'."
    found = []
    if not asked(group, content):
        found.append(
            f"Hier is niets in te vullen: de gemeente beslist zelf. Beslist u samen, of voor een ander? {first}"
        )
    if content.role is Role.PROCESSOR and group.id in _OF_THE_CONTROLLER:
        found.append(
            "U werkt voor een ander. Die ander legt dit vast, u hoeft het niet in te vullen (AVG art. 30 lid 2). "
            "Wat u invult, blijft bewaard."
        )
    found += [words for there, words in kept_of_another_choice(content) if group in {there, FIRST}]
    return found


def kept_of_another_choice(content: ActivityContent) -> Sequence[tuple[Group, str]]:
    """What was filled in for another role or law than the record has now, and on which page it stands."""
    found = [
        (group, f"'{item.one}' hoort bij de rol {item.role}, en dat is deze verwerking nu niet.")
        for group in GROUPS
        for item in group.items
        if isinstance(item, Rows) and not _belongs(item, content) and getattr(content, item.name)
    ]
    if content.regime is not Regime.WPG and content.wpg != _EMPTY.wpg:
        found.append((group_named(_POLICE), "Er staan politiegegevens in, maar voor deze verwerking geldt de AVG."))
    return [
        (group, f"{words} Het staat op '{group.title}' en blijft bewaard. Haal het daar weg als het niet klopt.")
        for group, words in found
    ]


def open_rows(group: Group, form: Form[ActivityInput], findings: Sequence[Finding], action: str = "") -> frozenset[str]:
    """Rows that stand open on a long page: the one at hand, and those where something must be done."""
    _, _, at_hand = action.partition(":")
    found = set[str]()
    for rows in group.items:
        if not isinstance(rows, Rows) or not rows.folds:
            continue
        names = [f"{rows.name}-{number}" for number in range(form.count(rows.name))]
        wrong = [*form.errors, *(place.replace(".", "-") for one in findings for place in one.fields), at_hand]
        typed = {name for name in names for key, value in form.typed.pairs if value and key.startswith(f"{name}-")}
        opened = {name for name in names if name not in typed or any(f"{one}-".startswith(f"{name}-") for one in wrong)}
        found |= opened or set(names[:1])
    return frozenset(found)


def fill_group(group: Group, content: ActivityContent) -> Form[ActivityInput]:
    """The page with what is stored."""
    form = fill_activity(content)
    form.typed = only(group, form.typed)
    return form


def bind_group(group: Group, typed: Typed, before: ActivityContent) -> Form[ActivityInput]:
    """Read a page: `cleaned` is the whole record with this page as it was typed, the errors are those of the page.

    A record may be empty, but needs a name to be found again: the first page asks for it.
    """
    others = [pair for pair in fill_activity(before).typed.pairs if not group.holds(pair[0])]
    require = ("name",) if group is FIRST else ()
    form = bind(ActivityInput, Typed((*others, *only(group, typed).pairs)), labels(), require=require)
    form.typed = Typed((*only(group, form.typed).pairs, *(pair for pair in typed.pairs if pair[0] == "version")))
    if form.cleaned and group.holds("corrections"):
        _ask_for_reasons(form, form.cleaned)
    return form


def _ask_for_reasons(form: Form[ActivityInput], filled: ActivityInput) -> None:
    """A correction says what, which way and why."""
    for number, one in enumerate(filled.corrections):
        for field, message in (
            ("about", "Kies wat er niet klopt."),
            ("value", "Kies ja of nee."),
            ("reason", "Schrijf op waarom het anders is dan uit de gegevens volgt."),
        ):
            if not getattr(one, field):
                form.errors[f"corrections-{number}-{field}"] = message
    if form.errors:
        form.cleaned = None


def save_group(form: ActivityInput, before: ActivityContent) -> ActivityContent:
    """The record with what a page changed. Periods follow the group of people that they are about; a correction that
    says what follows by itself falls away.
    """
    content = to_content(form, before)
    changes: dict[str, object] = {"corrections": settled(content.corrections, content)}
    if content.data_sets != before.data_sets:
        changes["retentions"] = _follow(content.retentions, before.data_sets, content.data_sets)
    return content.model_copy(update=changes)


def only(group: Group, typed: Typed) -> Typed:
    """What was typed in the fields of this page."""
    return Typed(tuple(pair for pair in typed.pairs if group.holds(pair[0])))


def after_button(group: Group, typed: Typed, action: str) -> Form[ActivityInput] | None:
    """The page after a button that does not save, without messages; None for any other button.

    `add:purposes` and `remove:purposes-0` change a list, `choose:retentions-0:8.1.1` takes a period over from the
    selection list; `look` only shows what follows from what was typed.
    """
    verb, _, name = action.partition(":")
    if verb not in {"add", "remove", "choose", "look"}:
        return None
    pairs = only(group, typed).pairs
    if verb == "remove":
        pairs = tuple(pair for pair in pairs if not pair[0].startswith(f"{name}-"))
    elif verb == "choose":
        row, _, number = name.partition(":")
        pairs = _with_result(pairs, row, number)
    form = bind(ActivityInput, Typed(pairs), labels())
    form.errors = {}
    form.typed = Typed((*form.typed.pairs, *(pair for pair in typed.pairs if pair[0] == "version")))
    if verb == "add":
        # Without anything typed in it the one row that is always shown is empty still.
        form.extra[name] = 1 if any(key.startswith(f"{name}-") for key, _ in form.typed.pairs) else 2
    return form


def _with_result(pairs: Sequence[tuple[str, str]], row: str, number: str) -> Sequence[tuple[str, str]]:
    """A period from the selection list in a row; what was typed for people to read stays."""
    result = results().get(number)
    if result is None:
        return pairs
    typed = Typed(tuple(pairs))
    numbers = [*typed.value(f"{row}-selection_list").split(), number]
    taken = {
        f"{row}-selection_list": "\n".join(dict.fromkeys(numbers)),
        f"{row}-duration": result.duration,
        f"{row}-trigger": result.trigger,
        f"{row}-afterwards": result.afterwards.value,
        f"{row}-text": typed.value(f"{row}-text") or result.period,
    }
    return [*(pair for pair in pairs if pair[0] not in taken), *taken.items()]


def _follow(
    retentions: Sequence[Retention], before: Sequence[DataSet], after: Sequence[DataSet]
) -> tuple[Retention, ...]:
    """Periods with the number that their group has now; those of a group that is gone go with it."""
    left = list(range(len(after)))
    place: dict[int, int] = {}
    for is_same in (
        lambda old, new: before[old] == after[new],
        lambda old, new: before[old].data_subject == after[new].data_subject,
        lambda old, new: old == new,
    ):
        for old in range(len(before)):
            if old not in place and (new := next((new for new in left if is_same(old, new)), None)) is not None:
                place[old] = new
                left.remove(new)
    kept = []
    for one in retentions:
        old = one.data_set - 1
        if old < 0 or old >= len(before):
            kept.append(one)
        elif old in place:
            kept.append(one.model_copy(update={"data_set": place[old] + 1}))
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a page is."""

    group: Group
    errors: int
    warnings: int
    is_empty: bool
    asks_again: bool = False
    """What a person corrected here follows from something else by now."""
    is_needed: bool = True

    @property
    def words(self) -> str:
        """What the menu says beside it."""
        if self.errors:
            return f"{self.errors} te doen"
        if self.asks_again:
            return "nog goed?"
        if self.warnings:
            return f"{self.warnings} let op"
        if self.is_empty:
            return "leeg" if self.is_needed else "niet nodig"
        return "klaar"


def progress(content: ActivityContent, findings: Sequence[Finding]) -> Sequence[Progress]:
    """How far each page of a record is, by what the checks find."""
    found = {group.id: [one.severity for one in findings if is_on(group, one)] for group in groups_for(content)}
    return [
        Progress(
            group,
            errors=found[group.id].count(Severity.ERROR),
            warnings=found[group.id].count(Severity.WARNING),
            is_empty=all(
                getattr(content, field) == getattr(_EMPTY, field) for field in group.fields if field in _FIELDS
            ),
            asks_again=group.holds("corrections") and bool(doubtful(content)),
            is_needed=bool(asked(group, content))
            and not (content.role is Role.PROCESSOR and group.id in _OF_THE_CONTROLLER),
        )
        for group in groups_for(content)
    ]


_EMPTY = ActivityContent()
_FIELDS = frozenset(ActivityContent.model_fields)
