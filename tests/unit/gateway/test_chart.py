"""Charts as geometry."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.core.chart import Series, draw_rows, draw_strip, draw_trend

PERIODS = ["2025-26-Q3", "2025-26-Q4", "2026-27-Q1", "2026-27-Q2"]


def trend(*series, **extra):
    return draw_trend(series, PERIODS, decimals=1, **extra)


def test_a_missing_quarter_leaves_a_gap_in_the_line():
    chart = trend(Series("Leeds", "self", [20.0, None, 22.0, 24.0]))

    assert chart.lines[0].path.count("M") == 2
    assert len(chart.lines[0].points) == 3


def test_a_larger_value_stands_higher():
    points = trend(Series("Leeds", "self", [20.0, 30.0, 25.0, 28.0])).lines[0].points

    assert points[1][1] < points[3][1] < points[2][1] < points[0][1]
    assert [x for x, _ in points] == sorted(x for x, _ in points)


def test_labels_at_the_right_end_never_cover_one_another():
    same = [10.0] * 4
    chart = trend(*(Series(name, "self", same) for name in ("A", "B", "C", "D")))
    heights = sorted(line.label_y for line in chart.lines)

    assert all(b - a >= 17 for a, b in pairwise(heights))


def test_without_any_value_there_is_no_chart():
    assert trend(Series("Leeds", "self", [None] * 4)) is None
    assert draw_rows([], decimals=1, marks={}) is None


@given(st.lists(st.floats(0, 1e6), min_size=4, max_size=4))
def test_every_point_lies_inside_the_chart_and_the_ticks_hold_every_value(values):
    chart = trend(Series("Leeds", "self", values))

    assert all(
        chart.left <= x <= chart.right and 0 <= y <= chart.bottom for x, y in chart.lines[0].points
    )
    assert 2 <= len(chart.ys) <= 9


def test_dots_of_like_value_are_stacked_and_not_drawn_over_one_another():
    chart = draw_strip([(n, 20.0, "plain", "20.0") for n in "ABC"], decimals=1, marks={})

    assert len({(dot.x, dot.y) for dot in chart.dots}) == 3


def test_a_mark_without_a_value_is_left_out():
    marks = {"England": ("england", 22.6), "Region": ("region", None)}
    chart = draw_rows([("Leeds", 20.0, "plain", "20.0")], decimals=1, marks=marks)

    assert [mark.name for mark in chart.marks] == ["England"]


@given(st.floats(10, 30), st.floats(10, 30))
def test_the_labels_of_two_marks_stand_on_the_outer_sides_of_their_lines(england, region):
    marks = {"England": ("england", england), "Region": ("region", region)}
    dots = [("Leeds", 10.0, "plain", "10.0"), ("York", 30.0, "plain", "30.0")]
    first, second = draw_rows(dots, decimals=1, marks=marks).marks

    assert first.left
    assert not second.left
    assert first.label_x < first.x <= second.x < second.label_x
