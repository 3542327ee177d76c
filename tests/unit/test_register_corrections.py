"""Where a person knows better than what follows from the codes: with a reason, and asked again when it changes."""

import pytest

from core.content import YesNo
from core.web.forms import Typed
from register import derive, forms, rules
from register.content import ActivityContent, Correction
from register.lists import LISTS
from register.snapshot import snapshot
from support.activities import CONTEXT, complete, data_set, purpose

REASON = "De cursisten zijn volwassen."
PUPILS = complete(data_sets=(data_set("naam", data_subject="leerling"),))
HEALTH = complete(data_sets=(data_set("naam", "gezondheid"),))


def corrected(
    content: ActivityContent, about: str, value: YesNo, reason: str = REASON, **more: object
) -> ActivityContent:
    one = Correction(about=about, value=value, reason=reason, **more)
    return content.model_copy(update={"corrections": derive.settled((one,), content)})


def test_facts_of_the_law_are_those_that_a_person_corrected():
    assert derive.facts(PUPILS).about_children
    assert not derive.facts(corrected(PUPILS, "kinderen", YesNo.NO)).about_children
    assert derive.facts(corrected(complete(), "kwetsbaar", YesNo.YES)).about_vulnerable
    assert derive.facts(corrected(complete(), "strafrechtelijk", YesNo.YES)).has_criminal


def test_the_checks_use_the_correction():
    def errors(content: ActivityContent) -> set[str]:
        return {one.rule_id for one in rules.findings(content, CONTEXT)}

    assert "AVG-050" in errors(HEALTH)
    assert "AVG-050" not in errors(corrected(HEALTH, "bijzonder", YesNo.NO))
    assert "AVG-056" in errors(corrected(complete(), "strafrechtelijk", YesNo.YES))
    assert "AVG-103" in errors(PUPILS)
    assert "AVG-103" not in errors(corrected(PUPILS, "edpb-7", YesNo.NO))
    assert "AVG-100" in errors(corrected(complete(), "ap-14", YesNo.YES))


def test_the_version_freezes_the_correction():
    frozen = snapshot(corrected(PUPILS, "kinderen", YesNo.NO), number="VW-0001", bodies={})
    assert frozen["derived"]["about_children"] is False
    frozen = snapshot(corrected(complete(), "recht-17", YesNo.YES), number="VW-0001", bodies={})
    assert "17" in frozen["derived"]["rights"]


def test_a_right_is_taken_away_or_added():
    without = corrected(complete(), "recht-21", YesNo.NO)
    assert set(derive.rights(complete())) - set(derive.rights(without)) == {"21"}
    assert set(derive.rights(corrected(complete(), "recht-20", YesNo.YES))) - set(derive.rights(complete())) == {"20"}


def test_a_correction_without_a_reason_does_not_count():
    assert derive.facts(corrected(PUPILS, "kinderen", YesNo.NO, reason="")).about_children


def test_a_correction_that_says_what_follows_by_itself_falls_away():
    assert corrected(PUPILS, "kinderen", YesNo.YES).corrections == ()
    assert corrected(complete(), "kinderen", YesNo.NO).corrections == ()
    (kept,) = corrected(PUPILS, "kinderen", YesNo.NO).corrections
    assert kept.basis == ("leerling",)


def test_a_correction_is_asked_again_when_it_follows_from_something_else():
    right = corrected(PUPILS, "kinderen", YesNo.NO)
    assert derive.doubtful(right) == ()
    more = right.model_copy(update={"data_sets": (*right.data_sets, data_set("naam", data_subject="kind"))})
    assert [one.about for one in derive.doubtful(more)] == ["kinderen"]
    assert derive.settled(more.corrections, more) == more.corrections  # another page does not settle it
    other = corrected(complete(), "recht-21", YesNo.NO)
    changed = other.model_copy(update={"purposes": (purpose(legal_bases=("6-1-f",), laws=()),)})
    assert len(derive.doubtful(changed)) == 1


def test_everything_that_can_be_corrected_has_words():
    assert set(derive.CORRECTABLE) == set(LISTS["corrections.about"])


PAGE = forms.group_named("afgeleid")


def typed(**fields: str) -> Typed:
    return Typed(tuple((f"corrections-0-{name}", value) for name, value in fields.items()))


@pytest.mark.parametrize("missing", ["about", "value", "reason"])
def test_the_form_refuses_a_correction_without_a_reason(missing):
    fields = {"about": "kinderen", "value": "nee", "reason": REASON}
    form = forms.bind_group(PAGE, typed(**{name: text for name, text in fields.items() if name != missing}), PUPILS)
    assert (form.cleaned, list(form.errors)) == (None, [f"corrections-0-{missing}"])


def test_saving_the_page_again_says_that_it_is_still_right():
    right = corrected(PUPILS, "kinderen", YesNo.NO)
    more = right.model_copy(update={"data_sets": (*right.data_sets, data_set("naam", data_subject="kind"))})
    follows = dict(forms.what_follows(PAGE, more, forms.fill_group(PAGE, more)))
    assert "Nog goed?" in str(follows)
    on_data = forms.group_named("gegevens")
    assert "Nog goed?" in str(dict(forms.what_follows(on_data, more)))
    assert [one.words for one in forms.progress(more, ()) if one.group is PAGE] == ["nog goed?"]
    form = forms.bind_group(PAGE, typed(about="kinderen", value="nee", reason=REASON), more)
    assert derive.doubtful(forms.save_group(form.cleaned, more)) == ()
