"""Figures and conditions in words."""

import pytest

from schemas.events import Condition, Evidence, Neighbours
from services.alerts.core.condition import say_condition
from services.alerts.core.figure import (
    say_flag,
    say_level,
    say_neighbours,
    say_period,
    say_place,
    say_value,
)
from services.benchmark.core.facts import Function


@pytest.fixture(scope="session")
def catalogue(library):
    return library.catalogue("2026.1")


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("FD04", 25.9452736, "25.9%"),
        ("FD04", 2.85, "2.9%"),
        ("LA01", 67.12, "67 per 10,000 children"),
        ("YJ01", 1234.56, "1,234.6 per 100,000 young people aged 10 to 17"),
        ("WF01", 152.5, "152.5 full-time equivalents"),
        ("WF06", 16.04, "16.0"),
        ("LA17", 3.0, "3"),
        ("FD04", None, "not known"),
    ],
)
def test_a_value_is_said_in_its_unit_at_the_decimals_it_is_published_with(
    catalogue, code, value, said
):
    assert say_value(value, catalogue[code]) == said


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026-27-Q2", "quarter 2 of 2026 to 2027"),
        ("2024-25", "financial year 2024 to 2025"),
        ("2025-09-YE", "year ending September 2025"),
        ("2025", "2025"),
    ],
)
def test_a_period_is_said_within_a_sentence(period, said):
    assert say_period(period) == said


def england(flag, value=20.0, **fields):
    return {"england": {"value": value, "flag": flag, **fields}}


def compared(value, n=500):
    return {"comparison": {"numerator": 1, "denominator": n, "value": value, "quarters": 4}}


LOW_GOOD, HIGH_GOOD, NEUTRAL = "FD04", "CP04", "CP05"


@pytest.mark.parametrize(
    ("code", "flag", "said"),
    [
        (LOW_GOOD, "amber", "Higher than expected. Fewer than 1 in 40 councils behaving typically "
         "would be this high."),
        (LOW_GOOD, "red", "Higher than expected. Fewer than 1 in 1,000 councils behaving typically "
         "would be this high."),
        (HIGH_GOOD, "red", "Lower than expected. Fewer than 1 in 1,000 councils behaving typically "
         "would be this low."),
        (LOW_GOOD, "better", "Lower than expected. Fewer than 1 in 40 councils behaving typically "
         "would be this low. That is the better side."),
        (HIGH_GOOD, "much_better", "Higher than expected. Fewer than 1 in 1,000 councils behaving "
         "typically would be this high. That is the better side."),
        (NEUTRAL, "very_low", "Lower than expected. Fewer than 1 in 1,000 councils behaving "
         "typically would be this low."),
        (NEUTRAL, "high", "Higher than expected. Fewer than 1 in 40 councils behaving typically "
         "would be this high."),
    ],
)  # fmt: skip
def test_a_flag_says_how_unusual_the_figure_is(catalogue, standing, code, flag, said):
    assert say_flag(standing(code, **england(flag), **compared(30.0)), catalogue[code]) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (25.9, "Above the England average, but within the range councils normally differ by."),
        (15.0, "Below the England average, but within the range councils normally differ by."),
        (20.04, "At the England average, and within the range councils normally differ by."),
    ],
)
def test_what_is_as_expected_is_said_beside_the_england_average(catalogue, standing, value, said):
    found = standing(LOW_GOOD, **england("as_expected"), **compared(value))

    assert say_flag(found, catalogue[LOW_GOOD]) == said


def test_a_handful_is_too_few_to_tell(catalogue, standing):
    found = standing(LOW_GOOD, **england("as_expected"), **compared(25.0, n=4))

    assert say_flag(found, catalogue[LOW_GOOD]) == "Based on 4 referrals: too few to tell."


def test_a_figure_that_was_not_tested_says_why(catalogue, standing):
    found = standing(LOW_GOOD, **england("not_assessed"), reason="no denominator")

    assert say_flag(found, catalogue[LOW_GOOD]) == "Not tested: no denominator."
    assert say_flag(standing(LOW_GOOD), catalogue[LOW_GOOD]) == "Not tested."


@pytest.mark.parametrize(
    ("quarters", "basis", "said"),
    [(4, "in-year", "25.0% (4 quarters)"), (1, "in-year", "25.0% (1 quarter)"),
     (4, "published", "25.0%")],
)  # fmt: skip
def test_a_rolling_figure_says_on_how_many_quarters_it_rests(
    catalogue, standing, quarters, basis, said
):
    rolling = {"comparison": {"numerator": 1, "denominator": 4, "value": 25, "quarters": quarters}}
    found = Evidence(period="2026-27-Q2", basis=basis, standing=standing("FD04", **rolling))

    assert say_level(found, catalogue["FD04"]) == said


def test_neighbours_are_named_with_their_number_and_the_published_year(catalogue):
    published = Neighbours(value=22.9, basis="published", year="2024-25", used=10, of=10)
    fresh = Neighbours(value=22.9, basis="in-year", used=6, of=10)

    assert say_neighbours(published, catalogue["FD04"]) == (
        "22.9% (median of 10 of 10 authorities, 2024-25 published)"
    )
    assert say_neighbours(fresh, catalogue["FD04"]) == (
        "22.9% (median of 6 of 10 authorities, this quarter)"
    )
    assert say_neighbours(None, catalogue["FD04"]) == "not known"


def test_a_place_has_its_band_and_a_neutral_indicator_has_none(standing):
    ranked = standing("FD04", england={"rank": 118, "ranked": 153, "band": "D"})

    assert say_place(ranked) == "118 of 153, band D"
    assert say_place(standing("CP05", england={})) == "not ranked"


def condition(expression, value, threshold, result="fired", **fields):
    return Condition(
        expression=expression, value=value, threshold=threshold, result=result,
        period=fields.pop("period", "2026-27-Q2"), **fields,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (condition("pos(FD04) >= 0.67", 0.77, 0.67),
         "Re-referrals within 12 months, quarter 2 of 2026 to 2027: worse than 77 in 100 "
         "authorities. The rule asks for 67 or more. Met."),
        (condition("sn(WF02) >= 50 %", 0.62, 0.5, basis="published", period="2025"),
         "Agency social workers, 2025 (published): 62% worse than its statistical neighbours. The "
         "rule asks for 50% or more. Met."),
        (condition("sn(FD03) >= 15 %", -0.05, 0.15, result="not_fired"),
         "Referrals, quarter 2 of 2026 to 2027: 5% lower than its statistical neighbours. The rule "
         "asks for 15% or more. Not met."),
        (condition("d4(AS03) >= 5 pp", 6.1, 5.0),
         "Assessments within 45 working days, quarter 2 of 2026 to 2027: 6.1 percentage points "
         "worse than in the same quarter a year before. The rule asks for 5.0 percentage "
         "points or more. Met."),
        (condition('flag(FD04) = "red"', "red", "red"),
         "Re-referrals within 12 months, quarter 2 of 2026 to 2027: “red” by the exact test. The "
         "rule asks for “red”. Met."),
        (condition("late()", True, True),
         "Return, quarter 2 of 2026 to 2027: the return came late or not at all. Met."),
        (condition("missing(FD04)", False, True, result="not_fired"),
         "Re-referrals within 12 months, quarter 2 of 2026 to 2027: a usable figure. Not met."),
        (condition("pos(FD04) >= 0.67", None, 0.67, "not_assessable", reason="no comparison value"),
         "Re-referrals within 12 months, quarter 2 of 2026 to 2027. The rule asks for 67 or "
         "more. Could not be assessed: no comparison value."),
        (condition('k_of(core, band(i) != "D", 8)', 8.0, 8.0),
         'k_of(core, band(i) != "D", 8): 8, where the rule asks for 8. Met.'),
    ],
)  # fmt: skip
def test_a_condition_says_what_was_found_what_was_asked_and_whether_it_was_met(
    catalogue, given, said
):
    assert say_condition(given, catalogue) == said


@pytest.mark.parametrize("function", Function)
def test_every_function_of_the_rule_text_is_said_in_words(catalogue, function):
    word = {Function.FLAG: "red", Function.BAND: "D"}.get(function, 0.5)
    measure = "late()" if function is Function.LATE else f"{function}(FD04)"
    given = condition(f"{measure} >= 0.5", word, word)

    assert measure not in say_condition(given, catalogue)
