"""The rug's cells: value, letter, shape and words; neutral indicators never red or green."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import Flag, State
from schemas.reference import load_library
from services.gateway.core.cell import Comparator, Gauge, Show, Tone

CATALOGUE = load_library().catalogue("2026.1")
WORSE_HIGH, WORSE_LOW, NEUTRAL = (CATALOGUE[c] for c in ("FD04", "CP04", "CN01"))
REGION = 24.1
TRAFFIC = {Tone.RED, Tone.AMBER, Tone.GREEN}


def standing(flag="as_expected", *, value=26.7, band="D", **extra):
    return {
        "indicator": "FD04",
        "value": 26.7,
        "comparison": {"numerator": 1, "denominator": 2, "value": value, "quarters": 4},
        "england": {"value": 22.6, "flag": flag, "band": band},
        "neighbours": {"value": 22.9, "basis": "published", "used": 10, "of": 10},
        "change": {"by": 0.4, "arrow": "up"},
        "state": "reported",
        **extra,
    }


def cell(
    said,
    indicator=WORSE_HIGH,
    *,
    show=Show.FLAG,
    comparator=Comparator.ENGLAND,
    absence="not_returned",
    provisional=False,
    alert=None,
):
    gauge = Gauge(indicator, show=show, comparator=comparator, region=REGION, absence=absence)
    return gauge.cell(said, provisional=provisional, alert=alert)


@pytest.mark.parametrize(
    ("flag", "tone", "mark", "words"),
    [
        ("red", Tone.RED, "▼ R", "Red, worse than England, up 0.4 since last quarter"),
        ("amber", Tone.AMBER, "● A", "Amber, worse than England, up 0.4 since last quarter"),
        (
            "as_expected",
            Tone.PLAIN,
            "",
            "As expected, worse than England, up 0.4 since last quarter",
        ),
        (
            "better",
            Tone.GREEN,
            "▲ G",
            "Green, better than expected, worse than England, up 0.4 since last quarter",
        ),
        (
            "much_better",
            Tone.GREEN,
            "▲ G",
            "Green, much better than expected, worse than England, up 0.4 since last quarter",
        ),
        (
            "not_assessed",
            Tone.UNASSESSED,
            "",
            "Not assessed, worse than England, up 0.4 since last quarter",
        ),
    ],
)
def test_a_cell_says_by_letter_shape_and_words_what_its_colour_says(flag, tone, mark, words):
    made = cell(standing(flag))

    assert (made.tone, made.mark, made.value, made.words) == (tone, mark, "26.7", words)


@pytest.mark.parametrize(
    ("flag", "tone", "mark", "word"),
    [
        ("very_high", Tone.HIGHER, "◆ H", "Much higher than expected"),
        ("high", Tone.HIGHER, "◆ H", "Higher than expected"),
        ("as_expected", Tone.SIMILAR, "", "Similar"),
        ("low", Tone.LOWER, "◇ L", "Lower than expected"),
        ("very_low", Tone.LOWER, "◇ L", "Much lower than expected"),
    ],
)
def test_an_indicator_without_a_good_side_is_higher_similar_or_lower(flag, tone, mark, word):
    made = cell(standing(flag), NEUTRAL)

    assert (made.tone, made.mark) == (tone, mark)
    assert made.words == f"{word}, higher than England, up 0.4 since last quarter"


@given(
    flag=st.sampled_from([str(f) for f in Flag] + ["something_new"]),
    band=st.sampled_from(["A", "B", "C", "D", None]),
    show=st.sampled_from(Show),
    comparator=st.sampled_from(Comparator),
    value=st.floats(0, 1e6),
    state=st.sampled_from([str(s) for s in State]),
    code=st.sampled_from([c for c, i in CATALOGUE.items() if i.polarity == "N"]),
)
def test_no_neutral_indicator_is_ever_red_amber_or_green(
    flag, band, show, comparator, value, state, code
):
    said = standing(flag, value=value, band=band, state=state)
    made = cell(said, CATALOGUE[code], show=show, comparator=comparator)

    assert made.tone not in TRAFFIC
    assert not {"Red", "Amber", "Green", "better", "worse"} & set(
        made.words.replace(",", "").split()
    )


@given(
    flag=st.sampled_from([str(f) for f in Flag]),
    band=st.sampled_from(["A", "B", "C", "D", None]),
    show=st.sampled_from(Show),
    value=st.one_of(st.none(), st.floats(0, 1e6)),
    state=st.sampled_from([str(s) for s in State]),
    code=st.sampled_from(sorted(CATALOGUE)),
)
def test_every_coloured_cell_has_a_letter_and_every_cell_has_words(
    flag, band, show, value, state, code
):
    made = cell(standing(flag, value=value, band=band, state=state), CATALOGUE[code], show=show)

    assert made.words
    assert made.value
    if made.tone in TRAFFIC | {Tone.HIGHER, Tone.LOWER}:
        assert made.mark[-1].isalpha()


@pytest.mark.parametrize(
    ("band", "tone", "mark"),
    [
        ("A", Tone.GREEN, "▲ A"),
        ("B", Tone.PLAIN, "B"),
        ("C", Tone.PLAIN, "C"),
        ("D", Tone.RED, "▼ D"),
    ],
)
def test_by_band_only_the_best_and_the_worst_quarter_are_coloured(band, tone, mark):
    made = cell(standing("as_expected", band=band), show=Show.BAND)

    assert (made.tone, made.mark) == (tone, mark)


@pytest.mark.parametrize(
    ("comparator", "second", "words"),
    [
        (Comparator.ENGLAND, "↑ 0.4", "worse than England"),
        (Comparator.NEIGHBOURS, "↑ 0.4 v 22.9", "worse than statistical neighbours"),
        (Comparator.REGION, "↑ 0.4 v 24.1", "worse than the region"),
    ],
)
def test_the_comparator_is_named_and_its_value_shown(comparator, second, words):
    made = cell(standing(), comparator=comparator)

    assert made.second == second
    assert words in made.words


def test_where_high_is_good_a_higher_value_is_better():
    assert "better than England" in cell(standing(value=85.0), WORSE_LOW).words


def test_values_that_would_be_published_alike_are_the_same():
    assert "the same as England" in cell(standing(value=22.5999)).words


@pytest.mark.parametrize(
    ("said", "shown", "words"),
    [
        (None, "–", "Not returned"),
        ({"state": "not_returned"}, "–", "Not returned"),
        ({"state": "late"}, "late", "Late: due and not yet returned"),
        ({"state": "missing", "symbol": "x"}, "x", "Not available"),
        ({"state": "missing", "symbol": "low"}, "low", "Rounds to zero but is not zero"),
        ({"state": "suppressed", "symbol": "c"}, "c", "Suppressed, because the number is small"),
        ({"state": "unreliable", "symbol": "u"}, "u", "Unreliable"),
        ({"state": "not_applicable", "symbol": "z"}, "z", "Not applicable"),
    ],
)
def test_each_way_of_being_missing_looks_and_reads_different(said, shown, words):
    made = cell(said)

    assert (made.tone, made.value, made.words) == (Tone.MISSING, shown, words)


def test_a_quarter_that_cannot_be_compared_is_shown_and_not_judged():
    made = cell(standing("red", comparison=None))

    assert (made.tone, made.value) == (Tone.UNASSESSED, "26.7 q")
    assert made.words.startswith("This quarter only, not compared")


def test_provisional_figures_open_queries_and_alerts_are_said():
    made = cell(standing(open_query=True), provisional=True, alert="a1")

    assert made.words.endswith("query open, provisional")
    assert (made.provisional, made.queried, made.alert) == (True, True, "a1")


def test_a_figure_that_stands_still_and_one_that_moves_by_less_than_is_shown_are_told_apart():
    level = cell(standing(change={"by": 0.04, "arrow": "level"}))
    tiny = cell(standing(change={"by": 0.004, "arrow": "up"}))

    assert (level.second, tiny.second) == ("→", "↑ under 0.1")
    assert level.words.endswith("no change since last quarter")


@pytest.mark.parametrize(
    ("absence", "shown", "words"),
    [("late", "late", "Late: due and not yet returned"), ("not_returned", "–", "Not returned")],
)
def test_a_figure_whose_return_is_not_in_shows_and_says_whether_it_is_late(absence, shown, words):
    found = cell(None, absence=absence)

    assert (found.tone, found.value, found.words) == (Tone.MISSING, shown, words)
