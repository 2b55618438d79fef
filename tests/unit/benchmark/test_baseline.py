import tomllib
from importlib import resources

import numpy as np
import pytest

from schemas.events import BaselineReason, BaselineSet, PeriodOpened
from schemas.reference import load_library
from services.benchmark.core.departure import depart_percentage, pool
from services.benchmark.core.spread import estimate_spread
from services.ingest.core.published import import_file
from tests.unit.benchmark.history import (
    AUTHORITIES,
    PEOPLE,
    PUBLISHED,
    RIIA,
    History,
    begun,
    figures,
    percentage,
    population,
    rate,
)

QUARTER = "2025-26-Q1"


def baseline(said):
    return next(payload for payload in said if isinstance(payload, BaselineSet))


def test_opening_a_period_fixes_all_that_england_lends_it():
    history = History()
    history.publish(*PUBLISHED)
    said = history.open(QUARTER)
    assert len(said) == 1
    fixed = baseline(said)
    assert fixed.why is BaselineReason.OPENED
    assert fixed.id == f"{RIIA}-{QUARTER}-1"
    assert set(fixed.indicators) == {i.code for i in history.state.collection(RIIA)}
    entry = fixed.indicators["FD04"]
    source = PUBLISHED[1]
    x, n = np.array(source.numerators[:-1]), np.array(source.denominators[:-1])
    assert entry.theta == pytest.approx(pool(x, n), rel=1e-8)
    assert entry.theta_from == "counts"
    departure = depart_percentage(x, n, theta=entry.theta)
    assert entry.tau2 == pytest.approx(estimate_spread(departure.d, departure.s), rel=1e-8)
    assert (entry.data_set, entry.neighbours) == (source.id, source.id)
    assert entry.areas == 153
    assert fixed.indicators["LA01"].population == population().id


def test_the_set_that_ends_latest_but_not_after_the_quarter_is_used():
    history = History()
    history.publish(
        population(),
        percentage("FD04", 0.2, 0.1, period="2023-24", ends="2024-03-31"),
        percentage("FD04", 0.3, 0.1, period="2024-25", ends="2025-03-31"),
        percentage("FD04", 0.4, 0.1, period="2025-26", ends="2026-03-31"),
    )
    assert baseline(history.open(QUARTER)).indicators["FD04"].year == "2024-25"


def test_a_population_is_the_estimate_that_ends_latest_and_not_after_the_quarter():
    history = History()
    history.publish(population("2023-06-30"), population("2024-06-30"), population("2025-06-30"))
    entry = baseline(history.open("2024-25-Q4")).indicators["LA01"]
    assert entry.population == population("2024-06-30").id


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_later_release_wins_whatever_its_order_of_arrival(order):
    releases = (
        percentage("FD04", 0.2, 0.1, release="2025-10"),
        percentage("FD04", 0.3, 0.1, release="2026-02"),
    )
    history = History()
    history.publish(*(releases[i] for i in order))
    entry = baseline(history.open(QUARTER)).indicators["FD04"]
    assert entry.data_set == releases[1].id
    assert history.state.assessed["FD04", "2024-25"].data_set == releases[1].id


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_counts_beat_percentages_of_a_rival_source_however_late_these_are(order):
    counted = percentage("FD04", 0.2, 0.1, source="dfe", release="2025-10")
    ratios = {code: (None, None, 30.0 + i % 7) for i, code in enumerate(AUTHORITIES)}
    printed = figures("FD04", "2024-25", "2025-03-31", ratios, source="lait", release="2026-06")
    history = History()
    history.publish(*((counted, printed)[i] for i in order))
    assert baseline(history.open(QUARTER)).indicators["FD04"].data_set == counted.id


def test_the_centre_comes_from_counts_else_the_ratio_else_is_pooled():
    rows = {
        code: (share, 800, None) for code, share in zip(AUTHORITIES, range(100, 253), strict=True)
    }
    england = {"counts": (30_000, 120_000, 25.3), "ratio": (None, None, 25.3), "pooled": None}
    expected = {"counts": 0.25, "ratio": 0.253, "pooled": sum(range(100, 253)) / (153 * 800)}
    for source, row in england.items():
        history = History()
        history.publish(figures("FD04", "2024-25", "2025-03-31", rows, england=row))
        entry = baseline(history.open(QUARTER)).indicators["FD04"]
        assert entry.theta_from == source
        assert entry.theta == pytest.approx(expected[source], rel=1e-8)


def test_a_percentage_alone_takes_its_n_from_the_indicator_that_is_named():
    counts = rate("LA01", 70, 60)
    ratios = {code: (None, None, 4.0 + i % 9) for i, code in enumerate(AUTHORITIES)}
    implied = figures(
        "LA04", "2025", "2025-03-31", ratios, england=(None, None, 8.0), implied_n="LA01"
    )
    history = History()
    history.publish(implied, counts)
    entry = baseline(history.open(QUARTER)).indicators["LA04"]
    assert entry.implied_n == "LA01"
    assert entry.tau2 is not None
    n = np.array(counts.numerators[:-1], dtype=float)
    x = np.floor(np.array([row[2] for row in ratios.values()]) * n / 100 + 0.5)
    departure = depart_percentage(x, n, theta=0.08)
    assert entry.tau2 == pytest.approx(estimate_spread(departure.d, departure.s), rel=1e-8)


def test_a_rate_alone_takes_its_counts_from_the_population():
    rates = {code: (None, None, 40.0 + i % 31) for i, code in enumerate(AUTHORITIES)}
    history = History()
    history.publish(
        population(), figures("CP03", "2024-25", "2025-03-31", rates, england=(None, None, 55.0))
    )
    entry = baseline(history.open(QUARTER)).indicators["CP03"]
    assert entry.implied_n == "population:0-17"
    assert entry.theta == 0.0055
    assert entry.tau2 > 0


def test_twenty_nine_authorities_with_counts_are_too_few_and_the_baseline_says_so():
    rows = {
        code: (200 + i, 800 if i < 29 else None, 25.0 + i / 10)
        for i, code in enumerate(AUTHORITIES)
    }
    history = History()
    history.publish(figures("FD04", "2024-25", "2025-03-31", rows, england=(40, 160, 25.0)))
    entry = baseline(history.open(QUARTER)).indicators["FD04"]
    assert entry.reason == "fewer_than_thirty_authorities_with_counts"
    assert entry.tau2 is None
    assert entry.bounds is not None


def test_the_order_of_authorities_in_a_file_changes_nothing():
    forward = percentage("FD04", 0.22, 0.16)
    order = np.random.default_rng(3).permutation(len(forward.areas))
    shuffled = forward.model_copy(
        update={
            name: tuple(getattr(forward, name)[i] for i in order)
            for name in ("areas", "values", "numerators", "denominators", "symbols")
        }
    )
    fixed = []
    for data_set in (forward, shuffled):
        history = History()
        history.publish(population(), data_set)
        fixed.append(baseline(history.open(QUARTER)))
    assert fixed[0] == fixed[1]


def test_figures_that_come_after_the_opening_do_not_move_what_was_fixed():
    history = begun(periods=(QUARTER,))
    later = percentage("FD04", 0.5, 0.1, release="2026-09")
    said = history.publish(later)
    assert [payload.type for payload in said] == ["data_set.assessed"]


def test_the_first_figures_of_an_indicator_mend_the_baseline_and_what_rests_on_it():
    history = History()
    history.publish(population())
    history.open(QUARTER)
    history.send("383", QUARTER, FD04=(300, 1000))
    assert history.standing("383", QUARTER, "FD04").reason == "no_published_figures"
    said = history.publish(percentage("FD04", 0.22, 0.16))
    mended = baseline(said)
    assert mended.why is BaselineReason.FIRST_PUBLISHED
    assert mended.id == f"{RIIA}-{QUARTER}-2"
    standing = history.standing("383", QUARTER, "FD04")
    assert standing.reason is None
    assert standing.england.ranked == 153


def test_at_close_a_hundred_returns_make_the_quarter_s_own_baseline():
    history = begun(periods=(QUARTER,))
    for i, code in enumerate(AUTHORITIES[:99]):
        history.send(code, QUARTER, FD04=(250 + i, 1000), AS03=(800, 1000) if i else "x")
    history.send(AUTHORITIES[99], QUARTER, FD04=(400, 1000))
    fixed = baseline(history.close(QUARTER))
    assert fixed.why is BaselineReason.CLOSED
    own, published = fixed.indicators["FD04"], fixed.indicators["AS03"]
    total = sum(250 + i for i in range(99)) + 400
    assert (own.data_set, own.year, own.theta_from) == (None, QUARTER, "pooled")
    assert own.theta == pytest.approx(total / 100_000)
    assert own.areas == 100
    assert published.year == "2024-25"
    standing = history.standing(AUTHORITIES[99], QUARTER, "FD04")
    assert standing.england.source == f"{QUARTER} returned"
    assert (standing.england.rank, standing.england.ranked) == (100, 100)


def test_with_ninety_nine_returns_the_published_baseline_stays():
    history = begun(periods=(QUARTER,))
    for i, code in enumerate(AUTHORITIES[:99]):
        history.send(code, QUARTER, FD04=(250 + i, 1000))
    said = history.close(QUARTER)
    assert not any(isinstance(payload, BaselineSet) for payload in said)
    assert not any(payload.provisional for payload in said if payload.type == "standings.updated")


def test_after_close_the_baseline_is_fixed_whatever_is_corrected():
    history = begun(periods=(QUARTER,))
    for i, code in enumerate(AUTHORITIES[:120]):
        history.send(code, QUARTER, FD04=(250 + i, 1000))
    history.close(QUARTER)
    before = history.state.baselines
    said = history.send(AUTHORITIES[5], QUARTER, FD04=(900, 1000))
    assert not any(isinstance(payload, BaselineSet) for payload in said)
    assert history.state.baselines == before
    standing = history.standing(AUTHORITIES[5], QUARTER, "FD04")
    assert (standing.england.rank, standing.england.ranked) == (120, 120)


def test_a_fictional_authority_never_makes_england():
    history = begun(periods=(QUARTER,), nation="demo")
    fictional = history.state.senders()
    for code in fictional:
        history.send(code, QUARTER, FD04=(250, 1000))
    said = history.close(QUARTER)
    assert not any(isinstance(payload, BaselineSet) for payload in said)
    standing = history.standing(fictional[0], QUARTER, "FD04")
    assert standing.england.ranked == 154
    assert standing.neighbours.basis == "published"


@pytest.mark.slow
def test_every_indicator_that_cannot_be_flagged_is_listed_with_its_reason(shared):
    """What the shipped list promises is what comes out of England's files, no more and no less."""
    library = load_library()
    history = History()
    files = [
        *sorted((shared / "data/published").glob("*.csv")),
        shared / "data/derived/lait_csc_long.csv",
    ]
    for file in files:
        found = import_file(file.read_bytes(), name=file.name, library=library)
        history.publish(*(each for each in found.data_sets if each.ends >= "2023-06"))
    for collection in ("riia-quarterly", "early-help-quarterly", "regional-quarterly"):
        history.put(PeriodOpened(collection=collection, period="2026-27-Q1", due="2026-08-11"))
    unflagged = {
        code
        for fixed in history.state.baselines.values()
        for code, entry in fixed.indicators.items()
        if entry.tau2 is None or entry.theta is None
    }
    text = (resources.files("schemas") / "data" / "unflagged.toml").read_text(encoding="utf-8")
    assert unflagged == set(tomllib.loads(text))
    assert all(
        entry.reason
        for fixed in history.state.baselines.values()
        for entry in fixed.indicators.values()
        if entry.tau2 is None
    )


def test_england_s_rate_is_its_count_over_its_population():
    assert baseline(begun(periods=(QUARTER,)).said).indicators["LA01"].value == pytest.approx(
        1e4 * PUBLISHED[3].numerators[-1] / sum(PEOPLE.values())
    )
