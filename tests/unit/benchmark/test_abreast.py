"""Conditions weighed together come out as each does alone."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.periods import Period
from services.benchmark.core.abreast import line_up
from services.benchmark.core.facts import Function
from services.benchmark.core.grammar import parse
from services.benchmark.core.preparation import Terms, prepare

NOW = Period.parse("2026-27-Q2")
CODES = ("CP04", "FD04", "AS03", "WF02")
TEXTS = (
    "pos({}) >= .67",
    'band({}) != "D"',
    'flag({}) = "red"',
    "missing({})",
    "not missing({})",
    "pos({}) >= .67 and not explained({})",
    "pos({}) >= .67 or missing({})",
    "persist(pos({}) >= .67, 1, 2)",
)
ANSWERS = {
    Function.POS: st.sampled_from([None, 0.2, 0.67, 0.9]),
    Function.BAND: st.sampled_from([None, "A", "D"]),
    Function.FLAG: st.sampled_from([None, "as_expected", "red"]),
    Function.MISSING: st.sampled_from([None, True, False]),
    Function.EXPLAINED: st.sampled_from([None, True, False]),
}


@given(
    asked=st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(CODES)), max_size=12),
    data=st.data(),
)
def test_conditions_in_any_order_come_out_together_as_each_does_alone(new_facts, asked, data):
    facts = new_facts()
    for function, answers in ANSWERS.items():
        for code in CODES:
            n = data.draw(st.sampled_from([None, 20.0, 29.0, 30.0]))
            facts.put(f"{function}({code})", NOW, data.draw(answers), n=n)
    terms = Terms({}, 30, {"WF02": 20})
    conditions = [prepare(parse(text.replace("{}", code)), terms) for text, code in asked]
    alone = [condition.truth(facts, NOW) for condition in conditions]
    assert list(line_up(conditions)(facts, NOW)) == alone
