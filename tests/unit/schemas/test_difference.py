"""Differences between two versions of a return, as they were sent."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.difference import differences, in_words
from schemas.events import Observation

CODES = ("CP01", "CP04", "FD01", "WF02")
FIGURES = st.fixed_dictionaries(
    {},
    optional={
        "numerator": st.integers(0, 3),
        "denominator": st.integers(1, 3),
        "symbol": st.sampled_from(["x", "low"]),
        "note": st.sampled_from(["text-1", "text-2"]),
    },
)
VERSIONS = st.dictionaries(st.sampled_from(CODES), FIGURES).map(
    lambda said: {code: Observation(indicator=code, **figure) for code, figure in said.items()}
)


def figure(said):
    return said and said.model_dump(exclude={"note"})


def test_a_figure_that_changed_is_named_with_what_was_sent_before_and_now():
    before = {
        "CP04": Observation(indicator="CP04", numerator=70, denominator=86),
        "FD01": Observation(indicator="FD01", numerator=5123),
        "WF02": Observation(indicator="WF02", symbol="x"),
    }
    after = {
        "CP04": Observation(indicator="CP04", numerator=70, denominator=88),
        "FD01": Observation(indicator="FD01", numerator=5123.0),
        "WF02": Observation(indicator="WF02", numerator=12.5, denominator=80),
    }

    found = differences(before, after)

    assert [(each.indicator, each.before, each.after) for each in found] == [
        ("CP04", before["CP04"], after["CP04"]),
        ("WF02", before["WF02"], after["WF02"]),
    ]
    assert in_words(found) == "2 values changed"
    assert in_words(found[:1]) == "1 value changed"
    assert in_words(()) == "No value changed"


def test_another_note_is_no_other_figure():
    before = {"FD01": Observation(indicator="FD01", numerator=1, note="text-1")}
    after = {"FD01": Observation(indicator="FD01", numerator=1, note="text-2")}

    assert differences(before, after) == ()


@given(VERSIONS, VERSIONS)
def test_differences_applied_to_one_version_give_the_other(before, after):
    made = dict(before)
    for each in differences(before, after):
        assert figure(made.get(each.indicator)) == figure(each.before)
        if each.after is None:
            del made[each.indicator]
        else:
            made[each.indicator] = each.after

    assert {code: figure(said) for code, said in made.items()} == {
        code: figure(said) for code, said in after.items()
    }


@given(VERSIONS, VERSIONS)
def test_the_way_back_is_the_same_differences_turned_round(before, after):
    there = {each.indicator: (each.before, each.after) for each in differences(before, after)}
    back = {each.indicator: (each.after, each.before) for each in differences(after, before)}

    assert there == back
    assert differences(before, before) == ()
