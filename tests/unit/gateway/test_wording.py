"""Figures, days and sentences as people read them."""

import pytest

from schemas.reference import load_library
from services.gateway.core import wording
from services.gateway.core.cell import Comparator, Gauge, Show, Tone
from services.gateway.core.line import make_line
from services.gateway.core.reason import ENDED, NOT_JUDGED, TOLD, reason
from services.gateway.core.sentence import authority_headline, course, difference, listed, verdict
from services.gateway.pages.chronicle import became

FLAGS = {
    "FD04": ("amber", "red", "better", "much_better"),
    "CN01": ("high", "very_high", "low", "very_low"),
}
CATALOGUE = load_library().catalogue("2026.1")


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (2.5, 0, "3"),
        (2.85, 1, "2.9"),
        (1234.5, 1, "1,234.5"),
        (-1.25, 1, "−1.3"),
        (-0.01, 1, "0.0"),
        (None, 1, "–"),
    ],
)
def test_figures_round_half_away_from_zero_and_have_a_true_minus(value, decimals, text):
    assert wording.number(value, decimals) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-11-14", "14 November 2026"),
        ("2026-11-04T10:42:10.000Z", "4 November 2026 at 10:42 UTC"),
        (None, "–"),
    ],
)
def test_days_are_written_as_people_write_them(text, words):
    assert wording.day(text) == words


def test_periods_are_short_on_an_axis_and_whole_in_a_sentence():
    assert wording.short_period("2026-27-Q2") == "Q2 2026–27"
    assert wording.short_period("2024-25") == "2024–25"
    assert wording.short_period("2025-09-YE") == "Sep 2025"
    assert wording.source("2025-09-YE published") == "Year ending September 2025, published"
    assert wording.source("in-year") == "in-year"
    assert wording.period("2026-27-Q2") == "Quarter 2 (July to September) 2026 to 2027"


def judged(flag, *, value=26.7, england=22.6, reason=None):
    return {
        "comparison": {"value": value},
        "england": {"value": england, "flag": flag},
        "reason": reason,
    }


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            judged("amber"),
            "Amber, higher than expected. Fewer than 1 in 40 councils behaving typically would be "
            "this high.",
        ),
        (
            judged("red", value=10.0),
            "Red, lower than expected. Fewer than 1 in 1,000 councils behaving typically would be "
            "this low.",
        ),
        (
            judged("better", value=10.0),
            "Green, better than expected. Fewer than 1 in 40 councils behaving typically would be "
            "this low.",
        ),
        (
            judged("very_high"),
            "Much higher than expected. Fewer than 1 in 1,000 councils behaving typically would be "
            "this high.",
        ),
        (
            judged("as_expected"),
            "Above the England average, but within the range that councils normally differ by.",
        ),
        (judged("as_expected", value=22.6), "The same as England."),
        (
            judged("not_assessed", reason="No published counts"),
            "Not assessed: no published counts.",
        ),
        (judged("not_assessed"), "Not assessed."),
    ],
)
def test_a_verdict_says_how_rare_a_figure_is_and_never_that_it_is_bad(said, sentence):
    assert verdict(said) == sentence


@pytest.mark.parametrize(
    ("code", "flag"),
    [(code, flag) for code in ("FD04", "CN01") for flag in FLAGS[code]],
)
def test_a_judgement_has_one_name_in_a_sentence_a_tag_and_the_rug(code, flag):
    said = reported(code, value=1.0, **judged(flag, value=30.0))
    name = verdict(said).partition(".")[0].partition(",")[0]
    tag = make_line(said, CATALOGUE[code]).word.lstrip("▼●▲ ")
    gauge = Gauge(CATALOGUE[code], show=Show.FLAG, comparator=Comparator.ENGLAND, region=None)

    assert tag == name
    assert gauge.cell(said, provisional=False).words.startswith(name)


@pytest.mark.parametrize(
    ("code", "share", "words"),
    [
        ("FD04", 0.131, "13% worse"),
        ("FD04", -0.131, "13% better"),
        ("CN01", 0.131, "13% higher"),
        ("FD04", 0.001, "About the same"),
    ],
)
def test_a_difference_from_neighbours_is_worse_only_where_a_side_is_worse(code, share, words):
    said = {"neighbours": {"value": 22.9, "difference": share}}

    assert difference(said, CATALOGUE[code]) == words


def test_names_are_listed_as_a_sentence_lists_them():
    assert [listed(n) for n in (["A"], ["A", "B"], ["A", "B", "C"])] == [
        "A",
        "A and B",
        "A, B and C",
    ]


def test_every_reason_that_an_event_can_carry_is_said_in_words():
    from services.benchmark.core.accumulation import Gap
    from services.benchmark.core.baseline import Unflagged
    from services.benchmark.core.occasion import WithdrawalReason
    from services.benchmark.core.pushing import PushReason

    assert {str(r) for r in (*Gap, *Unflagged)} <= set(NOT_JUDGED)
    assert {str(r) for r in PushReason} <= set(TOLD)
    assert {str(r) for r in WithdrawalReason} <= set(ENDED)
    assert reason("something_new") == "something new"
    assert reason("4 of 31 not assessable") == "4 of 31 not assessable"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            {"2025-26-Q1": 1.0, "2025-26-Q2": 5.2, "2025-26-Q3": 4.7, "2025-26-Q4": None,
             "2026-27-Q1": 4.6, "2026-27-Q2": 4.4},
            "4.4%, 5.2% a year before",
        ),
        ({"2025-26-Q1": 4.6, "2025-26-Q2": None, "2026-27-Q2": 4.4}, "4.4%"),
        ({"2026-27-Q1": 4.6, "2026-27-Q2": 4.4}, "4.4%"),
        ({"2025-26-Q2": 5.2, "2026-27-Q1": 4.6, "2026-27-Q2": None}, "4.6% in Q1 2026–27"),
        ({"2022-23": 3.0, "2023-24": None, "2024-25": 4.0}, "4.0%"),
        ({"2023": 3.0, "2024": 4.0}, "4.0%, 3.0% a year before"),
        ({"2023-24-AY": 3.0, "2024-25-AY": 4.0}, "4.0%, 3.0% a year before"),
    ],
)  # fmt: skip
def test_a_year_before_is_that_very_quarter_or_year_or_is_not_said(values, words):
    assert course(values, CATALOGUE["WF02"]) == f"Agency social workers: {words}"


def test_a_series_without_a_value_has_no_course():
    assert course({"2026-27-Q2": None}, CATALOGUE["WF02"]) == "Agency social workers"


def notice(state, *tries):
    return {"state": state, "channels": ["email", "webhook"], "tries": list(tries)}


def tried(channel, **said):
    return {"at": "2026-11-04T10:42:10.000Z", "channel": channel, **said}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (notice("planned"), "Not yet sent"),
        (notice("sent", tried("email")), "Sent by email on {at}"),
        (
            notice("sent", tried("email", refused=2)),
            "Sent by email on {at}; 2 recipients were refused and not told",
        ),
        (notice("failed", tried("email")), "Failed by email on {at}; to be tried by webhook"),
        (
            notice("failed", tried("email"), tried("webhook")),
            "Failed by webhook on {at}; given up, for no channel is left",
        ),
        (
            notice("waiting", tried("email", again_at="2026-11-04T10:43:00.000Z")),
            "Failed by email on {at}; to be tried again on 4 November 2026 at 10:43 UTC",
        ),
    ],
)
def test_what_became_of_a_notice_says_when_it_was_given_up(said, words):
    assert became(said) == words.format(at="4 November 2026 at 10:42 UTC")


@pytest.mark.parametrize(
    ("code", "numerator", "denominator", "words"),
    [
        ("FD04", 120, 600, "120 of 600"),
        ("WF02", 25.9, 586.4, "25.9 of 586.4"),
        ("WF04", 8400, 900, "8,400 working days lost, 900 in-post FTE on average"),
        ("FD01", 15969, 92705, "15,969 in a population of 92,705 aged 0 to 17"),
        ("WF06", 900, 60, "cases held: 900; case-holder FTE: 60"),
        ("CL05", 720, None, "720"),
        ("FD04", None, None, ""),
    ],
)
def test_only_a_share_is_of_its_denominator(code, numerator, denominator, words):
    assert wording.counts(numerator, denominator, CATALOGUE[code]) == words


def reported(code, **said):
    return {
        "period": "2026-27-Q2", "state": "reported", "symbol": None, "value": None,
        "comparison": None, "england": {"value": 3.5}, "change": None, **said,
    }  # fmt: skip


def test_a_figure_without_a_value_says_why_in_a_table_too():
    line = make_line(reported("SE01", reason="no_population"), CATALOGUE["SE01"])

    assert (line.value, line.word) == (
        "–",
        "No population is loaded for it",
    )


def test_a_quarter_of_its_own_never_stands_where_compared_values_stand():
    alone = make_line(reported("WF04", value=0.9), CATALOGUE["WF04"])
    rolled = make_line(reported("WF04", value=0.9, comparison={"value": 3.4}), CATALOGUE["WF04"])
    hidden = make_line(reported("WF04", symbol="c", state="suppressed"), CATALOGUE["WF04"])

    assert (alone.alone, alone.compared) == ("0.9%", "")
    assert (rolled.alone, rolled.compared) == ("0.9%", "3.4%")
    assert (hidden.alone, hidden.compared) == ("c", "c")


@pytest.mark.parametrize(
    ("tones", "alerts", "said"),
    [
        ([Tone.PLAIN], (0, 0), "Of 1 figure for Q, none is red or amber. No alert is open."),
        (
            [Tone.GREEN] * 2,
            (1, 0),
            "Of 2 figures for Q, none is red or amber, 2 green. 1 signature of risk is open.",
        ),
        (
            [Tone.AMBER],
            (1, 2),
            "Of 1 figure for Q, none is red, 1 amber. "
            "1 signature of risk and 2 of strength are open.",
        ),
        (
            [Tone.RED, Tone.AMBER, Tone.GREEN],
            (0, 2),
            "Of 3 figures for Q, 1 is red, 1 amber and 1 green. 2 signatures of strength are open.",
        ),
    ],
)
def test_a_headline_never_counts_to_nought_and_tells_risks_from_strengths(tones, alerts, said):
    risks, strengths = alerts

    assert authority_headline(tones, period="Q", risks=risks, strengths=strengths) == said
