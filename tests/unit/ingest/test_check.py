"""The check as a whole: everything at once, the same for every format, never an exception."""

import json
import random
from time import thread_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.events import MethodSet, Severity
from schemas.reference import load_library
from services.ingest.core.check import catalogue_version, check, read
from services.ingest.core.document import Format
from services.ingest.core.report import LISTED, PLACES
from services.ingest.core.version import OpenPeriod, Versions
from services.ingest.example import FIGURES, example_json

TEXTS = (Format.CSV, Format.JSON)
COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q2"
HEADER = "authority,collection,period,indicator,numerator,denominator,symbol,note"
HEAD = {"authority": "D01", "collection": COLLECTION, "period": PERIOD}

quick = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def report_of(body: bytes, format: Format):
    known = Versions("demo")
    known.periods[COLLECTION, PERIOD] = OpenPeriod(COLLECTION, PERIOD, "2026-11-11")
    return check(read(body, format=format), library=load_library(), known=known)


def test_twelve_planted_faults_are_all_named_at_their_places_in_one_report(whole):
    planted = {
        "FD01,n/a,,,": ("C050", "numerator"),
        "FD03,-815,,,": ("C054", "numerator"),
        "FD04,900,815,,": ("X102", "numerator"),
        "FD07,231,,,": ("X100", "denominator"),
        "AS01,790,62520,,": ("X101", "denominator"),
        "AS02,76O,,,": ("C050", "numerator"),
        "AS03,65%,760,,": ("C057", "numerator"),
        "CN02,102.5,,,": ("C052", "numerator"),
        "CP01,,,q,": ("C058", "symbol"),
        "CP06,86,,c,": ("C060", "symbol"),
        "CP07,,,,": ("C061", "numerator"),
        "WF01,201.25,,,": ("C053", "numerator"),
    }
    body = whole(*planted)
    rows = {row.split(",")[3]: n for n, row in enumerate(body.splitlines(), start=1)}
    expected = {(code, rows[row.split(",")[0]], column) for row, (code, column) in planted.items()}

    report = report_of(body.encode(), Format.CSV)

    found = {(f.code, p.row, p.column) for f in report.findings for p in f.places}
    assert found == expected
    assert report.counts[Severity.ERROR] == 12
    assert report.title == "Your return has 12 errors"


def test_findings_follow_one_another_as_their_places_do(whole):
    body = whole("FD01,x,,,", "WF01,x,,,", "CP03,x,,,")

    report = report_of(body.encode(), Format.CSV)

    rows = [finding.places[0].row for finding in report.findings]
    assert rows == sorted(rows)


def test_faults_that_differ_in_place_alone_are_told_as_one(whole):
    body = whole("FD04,180,,,", "FD07,231,,,", "CP04,77,,,")

    finding, *others = report_of(body.encode(), Format.CSV).findings

    assert others == []
    assert finding.detail == "FD04, FD07 and CP04: the denominator is missing."
    assert [place.cell for place in finding.places] == ["F4", "F5", "F13"]
    assert finding.count == 3


def test_a_long_report_lists_a_thousand_and_counts_all():
    rows = [f"D01,{COLLECTION},{PERIOD},FD{n:04d},1,,," for n in range(1900)]

    report = report_of("\n".join([HEADER, *rows]).encode(), Format.CSV)

    unknown = [finding for finding in report.findings if finding.code == "S043"]
    assert len(report.findings) == LISTED
    assert report.total == 1901
    assert report.counts[Severity.ERROR] == 1900 + len(FIGURES)
    assert all(len(finding.places) <= PLACES for finding in unknown)


def test_a_thousand_places_of_one_fault_are_counted_and_a_hundred_named():
    rows = [f"D01,{COLLECTION},{PERIOD},FD01,many,,,"] * 1500

    report = report_of("\n".join([HEADER, *rows]).encode(), Format.CSV)

    finding = next(f for f in report.findings if f.code == "C050")
    assert (finding.count, len(finding.places)) == (1500, 100)
    assert report.counts[Severity.ERROR] == sum(f.count for f in report.findings)


def test_a_value_is_shown_as_found_and_no_longer_than_eighty_characters(whole):
    found = "<script>\x07" + "a" * 200

    (finding,) = report_of(whole(f"FD01,{found},,,").encode(), Format.CSV).findings

    assert len(finding.value) <= 80
    assert finding.value.startswith("<script>\\u0007aaa")


def test_rows_of_another_order_make_the_same_observations(whole):
    header, *rows = whole().splitlines()
    random.Random(1).shuffle(rows)

    shuffled = report_of("\n".join([header, *rows]).encode(), Format.CSV)

    assert shuffled.observations == report_of(whole().encode(), Format.CSV).observations


@pytest.mark.parametrize(
    ("written", "given"),
    [("110", 110), ("110.0", 110), ("110.5", 110.5), ("0", 0), ("-0", 0), ("+7", 7), ("007", 7)],
)
def test_a_figure_is_the_number_that_was_written(whole, written, given):
    report = report_of(whole(f"WF01,{written},,,").encode(), Format.CSV)

    figure = next(o.numerator for o in report.observations if o.indicator == "WF01")
    assert (figure, type(figure)) == (given, type(given))


def test_the_catalogue_is_the_one_that_the_log_says_else_the_newest():
    library, known = load_library(), Versions("demo")

    assert catalogue_version(library, known=known) == max(library.catalogues)
    known.method = MethodSet(engine=1, catalogue="2026.1", neighbours="2025", rules="2026.1")
    assert catalogue_version(library, known=known) == "2026.1"


# ------------------------------------------------------------------ one return, two formats

numbers = st.one_of(
    st.integers(-3, 9_000).map(str),
    st.decimals(0, 500, places=2).map(str),
    st.sampled_from(["1.0", "12.5", "99999999999"]),
)
cells = st.fixed_dictionaries(
    {},
    optional={
        "numerator": numbers,
        "denominator": numbers,
        "symbol": st.sampled_from(["x", "c", "LOW", "q"]),
        "note": st.text("ab ,.é", min_size=1, max_size=8).filter(str.strip),
    },
)
codes = st.sampled_from([*FIGURES, "EH01", "CP4", "ZZ99"])
observations = st.lists(st.tuples(codes, cells), min_size=1, max_size=40)


def as_csv(rows) -> bytes:
    def line(code, found):
        written = {**HEAD, "indicator": code, **found}
        return ",".join(f'"{written.get(name, "")}"' for name in HEADER.split(","))

    return "\n".join([HEADER, *(line(code, found) for code, found in rows)]).encode()


def as_json(rows) -> bytes:
    # The numbers are written by hand: as they stand in the CSV, so do they in the JSON.
    def member(name, value):
        bare = name in ("numerator", "denominator")
        return f"{json.dumps(name)}: {value if bare else json.dumps(value)}"

    listed = (
        "{" + ", ".join(member(n, v) for n, v in {"indicator": code, **found}.items()) + "}"
        for code, found in rows
    )
    head = ", ".join(member(name, value) for name, value in HEAD.items())
    return ("{" + head + ', "observations": [' + ", ".join(listed) + "]}").encode()


@quick
@given(observations)
def test_the_same_figures_by_json_or_csv_give_the_same_observations_and_findings(rows):
    by_csv, by_json = report_of(as_csv(rows), Format.CSV), report_of(as_json(rows), Format.JSON)

    def said(report):
        # What has no indicator is named by its place, and that each format has of its own.
        return [
            (f.code, f.severity, f.indicators, f.value, f.count, f.indicators and f.detail, f.fix)
            for f in report.findings
        ]

    assert said(by_csv) == said(by_json)
    assert by_csv.observations == by_json.observations
    assert (by_csv.notes, by_csv.queries) == (by_json.notes, by_json.queries)
    assert by_csv.counts == by_json.counts


# ------------------------------------------------------------------ nothing makes it raise

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=12) | st.sampled_from(HEADER.split(",")), inner, max_size=5
        )
    ),
    max_leaves=25,
)
nearly = st.fixed_dictionaries(
    {
        "authority": st.just("D01") | anything,
        "collection": st.just(COLLECTION) | anything,
        "period": st.just(PERIOD) | anything,
        "observations": st.lists(
            st.fixed_dictionaries({"indicator": codes | anything, "numerator": anything})
            | anything,
            max_size=6,
        )
        | anything,
    }
)


def is_whole(report) -> bool:
    counts = sum(report.counts.values())
    words = [finding.detail + finding.fix for finding in report.findings]
    return (
        counts == sum(finding.count for finding in report.findings)
        and report.acceptable == (report.counts[Severity.ERROR] == 0)
        and bool(report.observations) == report.acceptable
        and all(word.isprintable() and "invalid" not in word.lower() for word in words)
    )


@quick
@given(st.binary(max_size=400), st.sampled_from(TEXTS))
def test_no_bytes_make_the_check_raise(body, format):
    assert is_whole(report_of(body, format))


@quick
@given(st.text(max_size=200).map(lambda text: (HEADER + "\n" + text).encode("utf-8", "replace")))
def test_no_text_under_the_header_makes_the_check_raise(body):
    assert is_whole(report_of(body, Format.CSV))


@quick
@given(
    st.lists(
        st.lists(
            st.sampled_from([*HEADER.split(","), "D01", COLLECTION, PERIOD, *FIGURES, "x", "7"])
            | st.text(max_size=6),
            max_size=10,
        ).map(",".join),
        max_size=12,
    ).map("\n".join)
)
def test_no_table_of_known_words_makes_the_check_raise(text):
    assert is_whole(report_of(text.encode("utf-8", "replace"), Format.CSV))


@quick
@given(nearly | anything)
def test_no_json_makes_the_check_raise(data):
    assert is_whole(report_of(json.dumps(data).encode(), Format.JSON))


HOSTILE = {
    "commas": (b"," * 5_000_000 + b"x", Format.CSV),
    "quotation marks": (b'"' * 5_000_000, Format.CSV),
    "a hundred thousand rows": (
        (HEADER + "\n" + f"D01,{COLLECTION},{PERIOD},FD01,1,,,\n" * 100_000).encode(),
        Format.CSV,
    ),
    "two thousand rows of nonsense": (
        (HEADER + "\n" + "".join(f"D{n},x{n},{n},Z{n},a{n},b{n},s{n},\n" for n in range(1_999)))
        .encode(),
        Format.CSV,
    ),
    "names upon names": (json.dumps({f"k{n}": n for n in range(300_000)}).encode(), Format.JSON),
    "the same name": (b"{" + b'"a":1,' * 700_000 + b'"a":1}', Format.JSON),
    "objects": (b"[" + b"{}," * 300_000 + b"{}]", Format.JSON),
}  # fmt: skip


@pytest.mark.parametrize(("body", "format"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_body_costs_seconds_at_most(body, format):
    begun = thread_time()

    report = report_of(body, format)

    assert thread_time() - begun <= 8
    assert not report.acceptable


@pytest.mark.bench
@pytest.mark.parametrize("format", TEXTS)
def test_a_whole_return_is_checked_in_five_milliseconds(whole, format):
    """Of this thread alone, so that a busy machine does not matter."""
    body = whole().encode() if format is Format.CSV else json.dumps(example_json()).encode()
    times = []

    for _ in range(60):
        begun = thread_time()
        assert report_of(body, format).acceptable
        times.append(thread_time() - begun)

    assert sorted(times)[len(times) // 2] <= 0.005
