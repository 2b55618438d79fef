"""Queries: what chance does not do is asked about, what it does is not."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.events import Severity
from schemas.reference import load_library
from services.ingest.core.check import check, read
from services.ingest.core.document import Format
from services.ingest.core.version import OpenPeriod, Slot, Versions

COLLECTION, PERIOD, BEFORE = "riia-quarterly", "2026-27-Q2", "2026-27-Q1"


@pytest.fixture
def asked(examine, whole, returned):
    """The queries about rows of this quarter after rows of the quarter before."""

    def ask(now: list[str], before: list[str]):
        # So that most figures are not those of the quarter before.
        moved = [f"{code},{n},,," for code, n in MOVED.items() if not mentions(now, code)]
        returned(*before)
        return [f.code for f in examine(whole(*now, *moved)).findings]

    return ask


MOVED = {
    **{"FD01": 2290, "AS01": 801, "CP01": 297, "SE01": 209, "SE06": 149, "ME02": 651},
    **{"CN01": 2071, "CN02": 1011, "CL05": 309, "CL06": 49},
}


def mentions(rows: list[str], code: str) -> bool:
    return any(row.startswith(code) for row in rows)


@pytest.mark.parametrize(
    ("before", "now", "codes"),
    [
        ("CP01,300,,,", "CP01,460,,,", ["Q200"]),
        ("CP01,300,,,", "CP01,440,,,", []),
        ("CP01,300,,,", "CP01,140,,,", ["Q200"]),
        ("CP01,14,,,", "CP01,25,,,", []),
        ("CP01,14,,,", "CP01,40,,,", ["Q200"]),
        ("CP01,4,,,", "CP01,13,,,", []),
        ("CP01,0,,,", "CP01,10,,,", []),
        ("CP01,0,,,", "CP01,11,,,", ["Q200"]),
        ("CP01,,,x,", "CP01,900,,,", []),
        ("CP01,300,,,", "CP01,,,x,", []),
        ("AS03,651,760,,", "AS03,300,760,,", ["Q200"]),
        ("AS03,651,760,,", "AS03,380,760,,", []),
        ("WF02,29.6,230.8,,", "WF02,70.2,271.4,,", ["Q200"]),
        ("WF02,2.6,30.8,,", "WF02,6.2,34.4,,", []),
        ("SE02,4310,79800,,", "SE02,4310,12000,,", ["Q200"]),
    ],
)
def test_a_change_is_asked_about_only_where_it_is_large_unlikely_and_of_many(
    asked, before, now, codes
):
    assert [code for code in asked([now], [before]) if code != "Q206"] == codes


@pytest.mark.parametrize(
    ("before", "now", "codes"),
    [
        ("LA01,460,,,", "LA01,458,,,", []),
        ("LA01,470,,,", "LA01,458,,,", []),
        ("LA01,476,,,", "LA01,458,,,", ["Q201"]),
        ("LA01,440,,,", "LA01,458,,,", ["Q201"]),
        ("CP05,252,,,", "CP05,254,,,", []),
        ("CP05,241,,,", "CP05,254,,,", ["Q201"]),
    ],
)
def test_a_stock_is_asked_about_where_starts_and_ends_do_not_make_it(asked, before, now, codes):
    rows = [before, "LA04,37,476,,"] if before.startswith("LA01,476") else [before]

    assert [code for code in asked([now], rows) if code == "Q201"] == codes


def test_the_balance_of_a_small_authority_is_left_alone(asked):
    before = ["CP05,12,,,"]
    now = ["CP05,20,,,", "CP06,6,,,", "CP07,7,,,", "CP08,1,6,,", "CP09,0,6,,"]

    assert "Q201" not in asked(now, before)


def test_a_file_of_the_quarter_before_is_asked_about(examine, whole, returned):
    returned()

    report = examine(whole())

    assert [finding.code for finding in report.findings] == ["Q202"]
    assert report.acceptable


def test_a_small_authority_whose_figures_are_mostly_nought_may_repeat_them(asked):
    assert asked([], []) == []


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (["FD04,180,3260,,"], ["Q200", "Q204"]),
        (["FD04,180,826,,"], []),
        (["LA04,37,470,,"], []),
        (["LA04,37,480,,"], ["Q204"]),
    ],
)
def test_two_counts_of_one_thing_may_differ_a_little(asked, rows, codes):
    assert asked(rows, []) == codes


def test_a_note_beside_a_figure_answers_the_query(examine, whole, returned):
    returned("CP01,300,,,")

    report = examine(whole("CP01,460,,,a police operation in August"))

    (finding,) = [f for f in report.findings if f.code == "Q200"]
    assert finding.severity is Severity.NOTICE
    assert finding.detail.endswith("The note beside it explains it.")
    assert report.counts[Severity.QUERY] == len([f for f in report.findings if f.code == "Q202"])
    assert {q.severity for q in report.queries if q.code == "Q200"} == {Severity.NOTICE}


def test_a_query_is_carried_on_by_the_return_with_its_indicator(examine, whole, returned):
    returned("CP01,300,,,")

    report = examine(whole("CP01,460,,,"))

    assert report.acceptable
    assert ("Q200", "CP01", Severity.QUERY) in {
        (q.code, q.indicator, q.severity) for q in report.queries
    }


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(0, 10), min_size=24, max_size=24), st.data())
def test_figures_of_ten_and_less_never_raise_a_query(whole, numbers, data):
    plain = [
        *("FD01", "FD03", "AS01", "AS02", "CN02", "CP01", "CP03", "CP06", "CP07", "LA02"),
        *("LA03", "SE01", "SE06", "ME02", "CL05", "CL06", "CP05", "LA01"),
    ]

    def rows(figures):
        small = [f"{code},{n},,," for code, n in zip(plain, figures, strict=False)]
        shares = ("FD04", "FD07", "AS03", "CP04", "CP08", "CP09", "LA04", "SE02")
        return [*small, *(f"{code},,,x," for code in shares)]

    library, known = load_library(), Versions("demo")
    for period in (BEFORE, PERIOD):
        known.periods[COLLECTION, period] = OpenPeriod(COLLECTION, period, "")
    earlier = data.draw(st.permutations(numbers))
    before = check(
        read(whole(*rows(earlier), period=BEFORE).encode(), format=Format.CSV),
        library=library,
        known=known,
    )
    known.slots["D01", COLLECTION, BEFORE] = Slot(
        observations={o.indicator: o for o in before.observations}
    )

    report = check(
        read(whole(*rows(numbers)).encode(), format=Format.CSV), library=library, known=known
    )

    assert before.acceptable
    assert [f.code for f in report.findings if f.severity is Severity.QUERY] == []
