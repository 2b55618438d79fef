"""Every operator through a rule text that the code does not know: fired, not fired, unknown."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.periods import Period
from services.benchmark.core.counting import Tally
from services.benchmark.core.evaluation import Contrary, Junction
from services.benchmark.core.facts import Fact
from services.benchmark.core.firm import Firm
from services.benchmark.core.grammar import parse
from services.benchmark.core.preparation import Terms, how_many, prepare

NOW = Period.parse("2026-27-Q2")
YES, NO, UNKNOWN = True, False, None
SETS = {"core": ("WF02", "WF03", "CP04", "FD04")}


def check(text, *, least_n=30, least_n_of=None):
    return prepare(parse(text), Terms(SETS, least_n, least_n_of or {"WF02": 20}))


def back(quarters):
    return NOW.shift(-quarters)


SINGLE = [
    ("pos(CP04) >= .67", 0.67, YES),
    ("pos(CP04) >= .67", 0.66, NO),
    ("pos(CP04) > .67", 0.67, NO),
    ("pos(CP04) <= 25 %", 0.25, YES),
    ("pos(CP04) < .25", 0.25, NO),
    ("sn(CP04) >= 50 %", 0.5, YES),
    ("sn(CP04) >= 50 %", 0.49, NO),
    ("sn(LA01) <= -10 %", -0.1, YES),
    ("sn(LA01) <= -10 %", -0.05, NO),
    ("d4(CP04) >= 5 pp", 5.0, YES),
    ("d4(CP04) >= 5 pp", 4.9, NO),
    ("d8(CP04) > 0", 0.1, YES),
    ("d8(CP04) > 0", 0.0, NO),
    ("value(SE03) < 30 %", 29.9, YES),
    ("value(SE03) < 30 %", 30.0, NO),
    ("z(CP04) >= 1.645", 1.645, YES),
    ("z(CP04) >= 1.645", 1.6, NO),
    ('flag(CP04) = "red"', "red", YES),
    ('flag(CP04) = "red"', "amber", NO),
    ('flag(CP04) != "red"', "amber", YES),
    ('band(CP04) = "D"', "D", YES),
    ('band(CP04) = "D"', "C", NO),
    ("balance(CP05) > 5 %", 0.051, YES),
    ("balance(CP05) > 5 %", 0.05, NO),
    ("outlier(CP04) > 3", 3.5, YES),
    ("outlier(CP04) > 3", 3.0, NO),
    ("move(LA02) > 0", 1.0, YES),
    ("move(LA02) > 0", -1.0, NO),
    ("missing(CP04)", True, YES),
    ("missing(CP04)", False, NO),
    ("explained(CP04)", True, YES),
    ("explained(CP04)", False, NO),
    ("queried(CP04)", True, YES),
    ("queried(CP04)", False, NO),
    ("late()", True, YES),
    ("late()", False, NO),
]


@pytest.mark.parametrize(("text", "value", "expected"), SINGLE)
def test_a_measure_fires_on_its_line_and_not_beside_it(facts, text, value, expected):
    measure = text.split(" ")[0]
    facts.put(measure, NOW, value)
    assert check(text).truth(facts, NOW) is expected


@pytest.mark.parametrize("text", sorted({text for text, _, _ in SINGLE}))
def test_a_measure_without_a_value_is_not_assessable_and_says_why(facts, text):
    measure = text.split(" ")[0]
    facts.put(measure, NOW, None, reason="the neighbours' value is 0")
    condition = check(text)
    assert condition.truth(facts, NOW) is UNKNOWN
    assert condition.reason(facts, NOW) == f"{measure}, 2026-27-Q2: the neighbours' value is 0"


@pytest.mark.parametrize(
    ("measure", "n", "expected"),
    [
        ("pos(CP04)", 29.0, UNKNOWN),
        ("pos(CP04)", 30.0, YES),
        ("pos(CP04)", None, YES),
        ("pos(WF02)", 19.9, UNKNOWN),
        ("pos(WF02)", 20.0, YES),
    ],
)
def test_a_small_denominator_may_not_speak_and_an_unknown_one_may(facts, measure, n, expected):
    facts.put(measure, NOW, 0.9, n=n)
    condition = check(f"{measure} >= .75")
    assert condition.truth(facts, NOW) is expected
    if expected is UNKNOWN:
        assert "in the denominator: too few to tell" in condition.reason(facts, NOW)


def test_what_is_said_of_the_sender_needs_no_denominator(facts):
    facts.put("missing(CP04)", NOW, True, n=1.0)
    assert check("missing(CP04)").truth(facts, NOW) is YES


def given_truths(*truths):
    """Return prepared conditions over a table in which each has the truth given."""
    codes = [f"AA{place:02d}" for place in range(len(truths))]
    table = {code: truth for code, truth in zip(codes, truths, strict=True)}

    @dataclass
    class Table:
        def look(self, function, *, indicator, period):
            return Fact(table[indicator], None, str(period), observed=True)

        def read(self, function, *, indicator, period):
            return table[indicator], None

        def read_each(self, function, *, indicators, period):
            return [self.read(function, indicator=each, period=period) for each in indicators]

        @property
        def tallied(self):
            return {}

    return [check(f"missing({code})") for code in codes], Table()


TRUTHS = st.sampled_from([YES, NO, UNKNOWN])


@given(TRUTHS, TRUTHS)
def test_and_is_the_least_of_its_parts_and_or_the_greatest(a, b):
    parts, table = given_truths(a, b)
    rank = {NO: 0, UNKNOWN: 1, YES: 2}
    assert Junction(tuple(parts), decisive=False).truth(table, NOW) is min(a, b, key=rank.get)
    assert Junction(tuple(parts), decisive=True).truth(table, NOW) is max(a, b, key=rank.get)


@given(TRUTHS, TRUTHS)
def test_not_all_is_some_not(a, b):
    (first, second), table = given_truths(a, b)
    not_both = Contrary(Junction((first, second), decisive=False))
    either_not = Junction((Contrary(first), Contrary(second)), decisive=True)
    assert not_both.truth(table, NOW) is either_not.truth(table, NOW)
    assert Contrary(Contrary(first)).truth(table, NOW) is a


@given(st.lists(TRUTHS, min_size=1, max_size=6), st.data())
def test_k_of_decides_only_when_the_unknown_cannot_change_it(truths, data):
    count = data.draw(st.integers(1, len(truths)))
    parts, table = given_truths(*truths)
    truth = Tally("k", tuple(parts), count).truth(table, NOW)
    held, unknown = truths.count(YES), truths.count(UNKNOWN)
    worst, best = held >= count, held + unknown >= count
    assert truth is (worst if worst == best else UNKNOWN)


@given(st.lists(TRUTHS, min_size=1, max_size=4))
def test_the_grounds_of_a_truth_are_the_facts_that_make_it_so(truths):
    parts, table = given_truths(*truths)
    for condition in (
        Junction(tuple(parts), decisive=False),
        Junction(tuple(parts), decisive=True),
        Tally("k", tuple(parts), 1),
    ):
        truth = condition.truth(table, NOW)
        for want in (True, False):
            found = list(condition.grounds(table, NOW, want=want))
            assert bool(found) is (truth is want)
            assert all(ground.fact.value is want for ground in found)


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        ("DDCA", YES),
        ("DCCA", NO),
        ("DD?C", YES),
        ("D?CC", UNKNOWN),
        ("??CC", UNKNOWN),
        ("?CCC", NO),
    ],
)
def test_k_of_a_named_set(facts, bands, expected):
    for code, band in zip(SETS["core"], bands, strict=True):
        facts.put(f"band({code})", NOW, None if band == "?" else band)
    assert check('k_of(core, band(i) = "D", 2)').truth(facts, NOW) is expected


def test_a_share_of_a_set_is_rounded_up():
    count = parse("k_of(core, missing(i), 20 %)").count
    assert [how_many(count, of=size) for size in (1, 5, 10, 30, 31)] == [1, 1, 2, 6, 7]


@pytest.mark.parametrize(
    ("quarters", "expected"),
    [
        ([0.9, 0.1, 0.9], YES),
        ([0.9, 0.1, 0.1], NO),
        ([0.9, None, 0.1], UNKNOWN),
        ([0.9, None, 0.9], YES),
        ([None, 0.1, 0.1], NO),
    ],
)
def test_persist_counts_quarters(facts, quarters, expected):
    for place, value in enumerate(quarters):
        facts.put("pos(CP04)", back(place), value)
    condition = check("persist(pos(CP04) >= .75, 2, 3)")
    assert condition.truth(facts, NOW) is expected
    if expected is UNKNOWN:
        assert condition.reason(facts, NOW) == "pos(CP04), 2026-27-Q1: not returned"


def test_a_quarter_without_a_new_observation_does_not_persist(facts):
    for place in range(2):
        facts.put("pos(WF05)", back(place), 0.9, basis="published", of="2025")
    condition = check("persist(pos(WF05) >= .75, 2, 2)")
    assert condition.truth(facts, NOW) is UNKNOWN
    assert "2026-27-Q2 has no new observation" in condition.reason(facts, NOW)


def test_a_quarter_counts_when_any_of_its_inputs_is_new(facts):
    for place in range(2):
        facts.put("pos(WF05)", back(place), 0.1, basis="published", of="2025")
        facts.put("pos(WF02)", back(place), 0.1)
    text = "persist(pos(WF02) <= .25 and pos(WF05) <= .50, 2, 2)"
    assert check(text).truth(facts, NOW) is YES


def test_being_late_is_news_of_the_quarter(facts):
    for place, late in enumerate([True, False, True, False]):
        facts.put("late()", back(place), late, basis=None)
    assert check("persist(late(), 2, 4)").truth(facts, NOW) is YES
    facts.put("late()", back(2), False, basis=None)
    assert check("persist(late(), 2, 4)").truth(facts, NOW) is NO


@pytest.mark.parametrize(
    ("moves", "expected"),
    [([1, 2, 3], YES), ([1, 0, 3], NO), ([1, None, 3], UNKNOWN), ([None, -1, 3], NO)],
)
def test_run_asks_for_adverse_moves_in_a_row(facts, moves, expected):
    for place, move in enumerate(moves):
        facts.put("move(LA02)", back(place), move)
    assert check("run(LA02, 3)").truth(facts, NOW) is expected


def test_evidence_is_complete_though_deciding_stops_early(facts):
    facts.put("pos(CP04)", NOW, 0.9).put("pos(FD04)", NOW, 0.1).put("pos(WF06)", NOW, None)
    facts.put("d8(WF02)", NOW, 1.5, basis="published", of="2025")
    condition = check("(pos(CP04) >= .67 or pos(FD04) >= .67 or pos(WF06) >= .67) and d8(WF02) > 0")
    assert condition.truth(facts, NOW) is YES
    rows = list(condition.rows(facts, NOW))
    assert [(r.expression, r.value, r.threshold, r.result, r.period, r.basis) for r in rows] == [
        ("pos(CP04) >= 0.67", 0.9, 0.67, "fired", "2026-27-Q2", "in-year"),
        ("pos(FD04) >= 0.67", 0.1, 0.67, "not_fired", "2026-27-Q2", "in-year"),
        ("pos(WF06) >= 0.67", None, 0.67, "not_assessable", "2026-27-Q2", "in-year"),
        ("d8(WF02) > 0", 1.5, 0.0, "fired", "2025", "published"),
    ]
    assert rows[2].reason == "not returned"


def test_the_evidence_of_a_count_is_the_count_and_what_it_counted(facts):
    for code, band in zip(SETS["core"], ("D", "A", "D", None), strict=True):
        facts.put(f"band({code})", NOW, band)
    rows = list(check('k_of(core, band(i) = "D", 2)').rows(facts, NOW))
    assert [(r.expression, r.value, r.threshold, r.result) for r in rows] == [
        ('k_of(core, band(i) = "D", 2)', 2.0, 2.0, "fired"),
        ('band(WF02) = "D"', "D", "D", "fired"),
        ('band(CP04) = "D"', "D", "D", "fired"),
    ]
    assert rows[0].reason == "1 of 4 not assessable"


def test_the_evidence_of_persistence_goes_back_quarter_by_quarter(facts):
    for place, value in enumerate([0.9, 0.1, 0.8]):
        facts.put("pos(CP04)", back(place), value)
    rows = list(check("persist(pos(CP04) >= .75, 2, 3)").rows(facts, NOW))
    assert [(r.value, r.period, r.result) for r in rows] == [
        (2.0, "2026-27-Q2", "fired"),
        (0.9, "2026-27-Q2", "fired"),
        (0.1, "2026-27-Q1", "not_fired"),
        (0.8, "2025-26-Q4", "fired"),
    ]


def test_the_reason_is_the_first_cause_in_the_rule_s_own_order(facts):
    facts.put("pos(CP04)", NOW, 0.9).put("pos(FD04)", NOW, None, reason="suppressed")
    facts.put("pos(WF06)", NOW, None, reason="not collected")
    condition = check("pos(CP04) >= .67 and pos(FD04) >= .67 and pos(WF06) >= .67")
    assert condition.reason(facts, NOW) == "pos(FD04), 2026-27-Q2: suppressed"


def test_a_queried_figure_cannot_be_assessed_where_firm_figures_are_asked_for(facts):
    facts.put("pos(CP04)", NOW, 0.9).put("queried(CP04)", NOW, True)
    facts.put("pos(FD04)", NOW, 0.9).put("queried(FD04)", NOW, False)
    firm = Firm(facts)
    assert check("pos(CP04) >= .67").truth(firm, NOW) is UNKNOWN
    assert check("pos(CP04) >= .67").reason(firm, NOW).endswith("a query on the figure is open")
    assert check("pos(FD04) >= .67").truth(firm, NOW) is YES
    assert check("pos(CP04) >= .67 or pos(FD04) >= .67").truth(firm, NOW) is YES


def test_evaluation_does_not_depend_on_the_order_in_which_it_is_asked(facts):
    for place, value in enumerate([0.9, 0.1, 0.8]):
        facts.put("pos(CP04)", back(place), value).put("late()", back(place), place == 1)
    condition = check("persist(pos(CP04) >= .75, 2, 3) or persist(late(), 2, 3)")
    rows = list(condition.rows(facts, NOW))
    assert condition.truth(facts, NOW) is condition.truth(facts, NOW)
    assert list(condition.rows(facts, NOW)) == rows


R05 = "d4(AS03) >= 5 pp and sn(AS03) > 0"
R09 = "sn(LA01) >= +15 % and (sn(WF06) > 0 or run(LA02, 1))"
R10 = "k_of({LA05, LA06, LA07}, pos(i) >= .75, 2)"
R16 = "(value(SE03) < 30 % or pos(SE03) >= .8) and d4(SE01) > 0 and pos(SE04) >= .75"
S3 = "k_of({AS03, CP04}, pos(i) <= .50, 2) or k_of({AS03, CP04, CP12}, pos(i) <= .25, 2)"
S6 = "sn(LA01) <= -10 % and d8(LA01) < 0 and pos(FD04) < .5"


@pytest.mark.parametrize(
    ("text", "table", "expected"),
    [
        (R05, {"d4(AS03)": 6.0, "sn(AS03)": 0.1}, YES),
        (R05, {"d4(AS03)": 6.0, "sn(AS03)": -0.1}, NO),
        (R05, {"d4(AS03)": 6.0}, UNKNOWN),
        (R09, {"sn(LA01)": 0.2, "sn(WF06)": -0.1, "move(LA02)": 1}, YES),
        (R09, {"sn(LA01)": 0.1}, NO),
        (R09, {"sn(LA01)": 0.2, "sn(WF06)": -0.1}, UNKNOWN),
        (R10, {"pos(LA05)": 0.8, "pos(LA07)": 0.9}, YES),
        (R10, {"pos(LA05)": 0.1, "pos(LA07)": 0.1}, NO),
        (R10, {"pos(LA05)": 0.8, "pos(LA07)": 0.1}, UNKNOWN),
        (R16, {"value(SE03)": 20.0, "d4(SE01)": 1.0, "pos(SE04)": 0.8}, YES),
        (R16, {"value(SE03)": 40.0, "pos(SE03)": 0.5}, NO),
        (S3, {"pos(AS03)": 0.2, "pos(CP04)": 0.6, "pos(CP12)": 0.1}, YES),
        (S3, {"pos(AS03)": 0.6, "pos(CP04)": 0.6}, NO),
        (S6, {"sn(LA01)": -0.2, "d8(LA01)": -1.0, "pos(FD04)": 0.4}, YES),
        (S6, {"sn(LA01)": -0.2, "d8(LA01)": -1.0}, UNKNOWN),
    ],
)
def test_the_sector_s_other_signatures_evaluate(facts, text, table, expected):
    for measure, value in table.items():
        facts.put(measure, NOW, value)
    assert check(text).truth(facts, NOW) is expected
