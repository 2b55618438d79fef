import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events import Finding, Flag, Severity, State
from schemas.numbers import round_half_up
from services.benchmark.core.departure import depart_percentage, depart_rate, widen
from services.benchmark.core.flag import judge
from tests.unit.benchmark.history import AUTHORITIES, PEOPLE, PUBLISHED, begun, population

LEEDS = "383"
YEAR = ("2024-25-Q2", "2024-25-Q3", "2024-25-Q4", "2025-26-Q1")


@pytest.fixture
def history():
    return begun(periods=("2024-25-Q1", *YEAR, "2025-26-Q2"))


def only(history, *, period="2025-26-Q1", **given):
    indicator = next(iter(given))
    history.send(LEEDS, period, **given)
    return history.standing(LEEDS, period, indicator)


def test_the_standing_of_the_design_s_example_has_all_its_parts(history):
    for period, figure in zip(
        YEAR, ((260, 1010), (261, 1019), (260, 1010), (262, 981)), strict=True
    ):
        history.send(LEEDS, period, FD04=figure)
    standing = history.standing(LEEDS, "2025-26-Q1", "FD04")
    assert standing.value == pytest.approx(100 * 262 / 981, rel=1e-8)
    comparison = standing.comparison
    assert (comparison.numerator, comparison.denominator, comparison.quarters) == (1043, 4020, 4)
    assert comparison.value == pytest.approx(25.9452736)
    entry = history.state.baselines["riia-quarterly", history.state.newest["riia-quarterly"]]
    base = entry.indicators["FD04"]
    departure = depart_percentage([1043], [4020], theta=base.theta)
    judged = judge(
        widen(departure.z, departure.s, tau2=base.tau2),
        p_low=departure.p_low,
        p_high=departure.p_high,
        polarity="L",
    )
    england = standing.england
    assert [[england.flag], [england.z], [england.p]] == [list(column) for column in judged]
    assert england.source == "2024-25 published"
    assert england.value == base.value
    change = standing.change
    previous = 100 * (260 + 261 + 260) / (1010 + 1019 + 1010)
    assert change.since == "2024-25-Q4"
    assert change.by == pytest.approx(100 * 1043 / 4020 - previous, rel=1e-6)
    assert change.arrow == "up"
    assert standing.reliability == pytest.approx(base.tau2 / (base.tau2 + departure.s[0] ** 2))
    assert (standing.state, standing.reason) == (State.REPORTED, None)


def test_a_published_value_gives_way_to_the_authority_s_own(history):
    standing = only(history, FD04=(500, 1000))
    published = PUBLISHED[1]
    others = [
        value
        for code, value in zip(published.areas, published.values, strict=True)
        if code not in (LEEDS, "E92000001")
    ]
    assert (standing.england.rank, standing.england.ranked) == (153, 153)
    assert standing.england.percentile == 1.0
    better = sum(value < 50 for value in others)
    assert standing.england.rank == better + 1
    assert standing.england.band == "D"


def test_rank_and_band_are_of_the_value_as_it_would_be_published(history):
    standing = only(history, FD04=(2204, 10_000))
    value = round_half_up(22.04, 1)
    others = [
        v
        for code, v in zip(PUBLISHED[1].areas, PUBLISHED[1].values, strict=True)
        if code not in (LEEDS, "E92000001")
    ]
    ties = sum(v == value for v in others)
    better = sum(v < value for v in others)
    assert ties > 0
    assert standing.england.rank == better + 1
    assert standing.england.percentile == pytest.approx((better + ties / 2) / 152, rel=1e-8)


def test_a_rate_needs_four_quarters_and_takes_the_population_in_force(history):
    for period in YEAR[:3]:
        history.send(LEEDS, period, LA02=40)
        standing = history.standing(LEEDS, period, "LA02")
        assert (standing.comparison, standing.reason) == (None, "needs_four_quarters")
        assert standing.value is None or standing.value > 0
    standing = only(history, LA02=50)
    people = PEOPLE[LEEDS]
    assert standing.comparison.numerator == 170
    assert standing.comparison.denominator == people
    assert standing.comparison.value == pytest.approx(1e4 * 170 / people, rel=1e-8)
    assert standing.value == pytest.approx(1e4 * 50 / people, rel=1e-8)
    assert standing.england.flag is not Flag.NOT_ASSESSED


def test_a_neutral_indicator_has_neither_rank_nor_band_and_is_high_or_low(history):
    standing = only(history, LA01=round(0.02 * PEOPLE[LEEDS]))
    england = standing.england
    assert (england.rank, england.band, england.percentile) == (None, None, 1.0)
    assert england.flag is Flag.VERY_HIGH
    assert england.z > 3.09
    entry = history.state.baselines["riia-quarterly", history.state.newest["riia-quarterly"]]
    theta = entry.indicators["LA01"].theta
    tail = depart_rate([standing.numerator], [PEOPLE[LEEDS]], theta=theta)
    assert england.p == pytest.approx(min(tail.p_low[0], tail.p_high[0]), rel=1e-8)


@pytest.mark.parametrize(
    ("symbol", "state"),
    [
        ("x", State.MISSING),
        ("c", State.SUPPRESSED),
        ("u", State.UNRELIABLE),
        ("z", State.NOT_APPLICABLE),
        ("low", State.MISSING),
        ("k", State.MISSING),
    ],
)
def test_every_symbol_keeps_its_own_state_and_is_never_nought(history, symbol, state):
    history.send(LEEDS, YEAR[2], FD04=(200, 1000))
    standing = only(history, FD04=symbol)
    assert (standing.state, standing.symbol) == (state, symbol)
    assert (standing.value, standing.comparison, standing.change) == (None, None, None)
    assert standing.england.flag is Flag.NOT_ASSESSED
    assert standing.reason == "no_figure"


def test_a_symbol_in_an_earlier_quarter_shortens_a_percentage(history):
    history.send(LEEDS, YEAR[1], FD04=(210, 1000))
    history.send(LEEDS, YEAR[2], FD04="c")
    standing = only(history, FD04=(200, 1000))
    assert standing.comparison.quarters == 2
    assert standing.change.since == YEAR[1]


def test_year_on_year_is_against_the_same_quarter_of_last_year(history):
    history.send(LEEDS, "2024-25-Q1", AS03=(800, 1000))
    standing = only(history, AS03=(900, 1000))
    assert standing.change.year_on_year == pytest.approx(10.0)
    assert standing.change.since == "2024-25-Q1"


def test_the_arrow_is_of_published_values_without_tolerance(history):
    history.send(LEEDS, YEAR[2], WF02=(10.0, 100.0))
    standing = only(history, WF02=(10.04, 100.0))
    assert standing.change.by == pytest.approx(0.04)
    assert standing.change.arrow == "level"
    assert only(history, period="2025-26-Q2", WF02=(10.1, 100.0)).change.arrow == "up"


def test_a_count_without_a_denominator_has_value_and_change_only(history):
    history.send(LEEDS, YEAR[2], WF01=201.2)
    standing = only(history, WF01=210.2)
    assert standing.comparison.value == 210.2
    assert standing.change.by == pytest.approx(9.0)
    assert standing.reason == "count_without_denominator"
    assert standing.england is None
    for code in history.state.neighbours_of(LEEDS):
        history.send(code, "2025-26-Q1", WF01=150.0)
    assert only(history, WF01=210.2).neighbours is None


def test_sickness_is_tested_on_working_days_and_needs_four_quarters(history):
    for period in YEAR[:3]:
        history.send(LEEDS, period, WF04=(450.5, 200.0))
        assert history.standing(LEEDS, period, "WF04").reason == "needs_four_quarters"
    standing = only(history, WF04=(451.5, 200.0))
    assert standing.comparison.numerator == 1803
    assert standing.comparison.value == pytest.approx(100 * 1803 / (200 * 253), rel=1e-8)


def test_what_has_no_published_figures_says_so_and_still_has_its_value(history):
    standing = only(history, FD01=400, FD04=(1, 2))
    assert standing.reason == "needs_four_quarters"
    standing = only(history, period="2025-26-Q2", CP09=(5, 50))
    assert standing.reason == "no_published_figures"
    assert standing.comparison.value == 10.0


def test_an_open_query_marks_the_figure_until_a_note_explains_it(history):
    query = Finding(code="B07", severity=Severity.QUERY, indicator="FD04")
    history.send(LEEDS, "2025-26-Q1", FD04=(200, 1000), AS03=(1, 2), findings=(query,))
    assert history.standing(LEEDS, "2025-26-Q1", "FD04").open_query
    assert not history.standing(LEEDS, "2025-26-Q1", "AS03").open_query


def test_standings_are_provisional_until_close(history):
    said = history.send(LEEDS, "2025-26-Q1", FD04=(200, 1000))
    assert said[0].provisional
    closed = [p for p in history.close("2025-26-Q1") if p.type == "standings.updated"]
    assert [payload.provisional for payload in closed] == [False]


def test_a_fictional_authority_takes_the_population_of_the_one_it_is_drawn_from():
    history = begun(periods=("2025-26-Q1",), nation="demo")
    code = history.state.senders()[0]
    drawn_from = history.state.authority(code).drawn_from
    history.send(code, "2025-26-Q1", LA01=400)
    standing = history.standing(code, "2025-26-Q1", "LA01")
    assert standing.comparison.denominator == population().numerators[AUTHORITIES.index(drawn_from)]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 400), min_size=2, max_size=6, unique=True))
def test_more_re_referrals_are_never_better(numerators):
    history = begun(periods=("2025-26-Q1",))
    england = [only(history, FD04=(numerator, 400)).england for numerator in sorted(numerators)]
    for name in ("z", "rank", "percentile", "band"):
        found = [getattr(each, name) for each in england]
        assert found == sorted(found)
    assert [each.p for each in england] == sorted((each.p for each in england), reverse=True)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 300))
def test_timeliness_is_the_mirror_image_of_delay(late):
    """AS03 (high is good) of those on time, and its complement read with low as good."""
    history = begun(periods=("2025-26-Q1",))
    on_time = only(history, AS03=(300 - late, 300)).england
    base = history.state.baselines["riia-quarterly", history.state.newest["riia-quarterly"]]
    entry = base.indicators["AS03"]
    departure = depart_percentage([late], [300], theta=1 - entry.theta)
    mirrored = judge(
        widen(departure.z, departure.s, tau2=entry.tau2),
        p_low=departure.p_low,
        p_high=departure.p_high,
        polarity="L",
    )
    assert on_time.flag is mirrored.flag[0]
    assert on_time.z == pytest.approx(mirrored.z[0], rel=1e-6, abs=1e-9)
    assert on_time.p == pytest.approx(mirrored.p[0], rel=1e-6, abs=1e-12)
    assert np.sign(on_time.z) == np.sign(mirrored.z[0])


def test_a_return_of_a_period_that_was_never_opened_is_compared_with_nothing(history):
    standing = only(history, period="2019-20-Q1", FD04=(200, 1000))
    assert (standing.comparison.value, standing.england) == (20.0, None)
    assert standing.reason == "no_baseline"
