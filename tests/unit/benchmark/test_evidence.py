import numpy as np
import pytest

from schemas.events import Finding, Observation, ReturnAccepted, Severity, SignatureWithdrawn
from schemas.periods import Period
from services.benchmark.core.evidence import Evidence
from services.benchmark.core.facts import Function
from tests.unit.benchmark.history import (
    AUTHORITIES,
    History,
    begun,
    figures,
    percentage,
)

LEEDS = "383"
NOW = "2025-26-Q1"
LONG = tuple(str(Period.parse(NOW).shift(-back)) for back in range(9, -1, -1))


def look(history, function, indicator, period=NOW, authority=LEEDS):
    facts = Evidence(history.state, authority)
    return facts.look(Function(function), indicator=indicator, period=Period.parse(period))


@pytest.fixture
def history():
    return begun(periods=LONG)


def test_a_figure_of_the_return_speaks_for_its_own_quarter(history):
    history.send(LEEDS, NOW, FD04=(300, 1000), AS03=(900, 1000))
    value = look(history, "value", "FD04")
    assert (value.value, value.basis, value.period) == (30.0, "in-year", NOW)
    assert (value.n, value.observed) == (1000, True)
    standing = history.standing(LEEDS, NOW, "FD04")
    assert look(history, "pos", "FD04").value == standing.england.percentile
    assert look(history, "band", "FD04").value == standing.england.band == "D"
    assert look(history, "flag", "FD04").value == standing.england.flag.value
    assert look(history, "z", "FD04").value == standing.england.z
    assert look(history, "missing", "FD04").value is False


def test_what_is_not_returned_is_not_assessable_and_never_nought(history):
    history.send(LEEDS, NOW, FD04="c", AS03="z")
    for function in ("value", "pos", "sn", "flag", "band", "z"):
        fact = look(history, function, "FD04")
        assert fact.value is None
        assert fact.reason
        assert not fact.observed
    assert look(history, "value", "FD04", LONG[0]).value is None


@pytest.mark.parametrize(
    ("symbol", "missing"),
    [("x", True), ("u", True), ("k", True), ("low", True), ("c", False), ("z", False)],
)
def test_what_is_suppressed_or_not_applicable_is_not_missing(history, symbol, missing):
    history.send(LEEDS, NOW, FD04=symbol)
    assert look(history, "missing", "FD04").value is missing


def test_a_small_authority_that_suppresses_a_fifth_of_its_figures_is_not_silent(history):
    codes = [each.code for each in history.state.collection("riia-quarterly")]
    given = {code: 100 if code in ("WF01", "CL05") else (100, 1000) for code in codes}

    def silent(symbol):
        history.send(LEEDS, NOW, **given | dict.fromkeys(codes[:7], symbol))
        standing = history.state.episodes.get(LEEDS, {}).values()
        return "R18" in {episode.signature for episode in standing if episode.open}

    assert not silent("c")
    assert silent("x")


def test_who_withdraws_before_the_close_is_awaited_again_and_not_silent(history):
    def silent():
        standing = history.state.episodes.get(LEEDS, {}).values()
        return "R18" in {episode.signature for episode in standing if episode.open}

    history.send(LEEDS, NOW, FD04=(300, 1000), AS03=(900, 1000))
    history.withdraw(LEEDS, NOW)
    fact = look(history, "missing", "FD04")
    assert (fact.value, fact.reason) == (None, "the return is not in")
    assert not silent()

    history.close(NOW)
    assert look(history, "missing", "FD04").value is True
    assert silent()


def test_changes_are_adverse_and_in_year_with_in_year(history):
    for period, share in ((LONG[1], 500), (LONG[5], 700), (LONG[8], 820), (NOW, 800)):
        history.send(LEEDS, period, AS03=(share, 1000), WF02=(share / 100, 100.0))
    move = look(history, "move", "WF02")
    assert move.value == pytest.approx(-0.2)
    assert look(history, "d4", "WF02").value == pytest.approx(1.0)
    assert look(history, "d8", "WF02").value == pytest.approx(3.0)
    late = look(history, "d4", "AS03")
    assert late.value < 0
    assert late.basis == "in-year"


def test_without_an_in_year_figure_of_last_year_published_is_held_against_published(history):
    history.publish(percentage("AS03", 0.9, 0.1, period="2023-24", ends="2024-03-31"))
    history.send(LEEDS, NOW, AS03=(500, 1000))
    fact = look(history, "d4", "AS03")
    i = AUTHORITIES.index(LEEDS)
    sets = {
        each.payload.period: each.payload
        for each in history.state.shelf.sets.values()
        if each.payload.indicator == "AS03"
    }
    newer, older = sets["2024-25"], sets["2023-24"]
    fell = 100 * (older.numerators[i] / 800 - newer.numerators[i] / 800)
    assert fact.value == pytest.approx(fell)
    assert (fact.basis, fact.period, fact.observed) == ("published", "2024-25", False)


def test_what_the_region_does_not_collect_is_the_latest_published_figure(history):
    history.publish(percentage("WF05", 0.15, 0.2, period="2024-09-YE", ends="2024-09-30"))
    history.send(LEEDS, NOW, FD04=(1, 10))
    fact = look(history, "pos", "WF05")
    assessed = history.state.assessed["WF05", "2024-09-YE"]
    i = assessed.authorities.index(LEEDS)
    assert fact.value == assessed.percentiles[i]
    assert (fact.basis, fact.period, fact.observed) == ("published", "2024-09-YE", False)
    assert look(history, "sn", "WF05").value == assessed.differences[i]
    cited = Evidence(history.state, LEEDS).cite("WF05", period=Period.parse(NOW))
    assert cited.standing.value == assessed.values[i]
    send_regional(history, "370", NOW, WF05=(10.0, 100.0))
    awaited = look(history, "pos", "WF05")
    assert (awaited.value, awaited.basis) == (None, None)
    assert look(history, "pos", "WF05", authority="330").basis == "published"


def send_regional(history, authority, period, **given):
    history.put(
        ReturnAccepted(
            return_id=f"{authority}/{period}/regional",
            authority=authority,
            collection="regional-quarterly",
            period=period,
            sha256="00",
            size=1,
            media_type="application/json",
            channel="api",
            rules="1",
            observations=tuple(
                Observation(indicator=code, numerator=above, denominator=below)
                for code, (above, below) in given.items()
            ),
        )
    )


def test_neighbours_speak_before_close_from_eight_of_ten_on_the_basis(history):
    ten = history.state.neighbours_of(LEEDS)
    history.send(LEEDS, NOW, FD04=(300, 1000))
    assert look(history, "sn", "FD04").value is not None  # ten of ten have a published figure
    for number, code in enumerate(ten, start=1):
        history.send(code, NOW, FD04=(200, 1000))
        fact = look(history, "sn", "FD04")
        if 5 <= number < 8:
            assert fact.value is None
            assert fact.reason == "too few statistical neighbours have a figure yet"
        elif number >= 8:
            assert fact.value == pytest.approx(0.5)


def test_after_close_the_neighbours_that_came_speak(history):
    ten = history.state.neighbours_of(LEEDS)
    for code in (*ten[:6], LEEDS):
        history.send(code, NOW, FD04=(200, 1000))
    assert look(history, "sn", "FD04").value is None
    history.close(NOW)
    assert look(history, "sn", "FD04").value == 0.0


def test_a_stock_that_its_flows_do_not_lead_to_is_out_of_balance(history):
    history.send(LEEDS, LONG[-2], LA01=1000)
    history.send(LEEDS, NOW, LA01=1100, LA02=60, LA03=20)
    fact = look(history, "balance", "LA01")
    assert fact.value == pytest.approx(60 / 1040)
    assert look(history, "balance", "CP05").value is None
    assert look(history, "balance", "FD04").value is None


def test_an_outlier_is_measured_against_eight_earlier_quarters_of_its_own(history):
    values = (20, 22, 21, 19, 20, 23, 18, 21, 20)
    for period, value in zip(LONG[:-1], values, strict=True):
        history.send(LEEDS, period, WF02=(float(value), 100.0))
    assert look(history, "outlier", "WF02", LONG[7]).value is None
    history.send(LEEDS, NOW, WF02=(30.0, 100.0))
    middle = np.median(values)
    mad = np.median(np.abs(np.array(values) - middle))
    assert look(history, "outlier", "WF02").value == pytest.approx((30 - middle) / (1.4826 * mad))


def test_a_series_that_never_varies_has_no_outliers(history):
    for period in LONG:
        history.send(LEEDS, period, WF02=(20.0, 100.0))
    assert look(history, "outlier", "WF02").value is None


def test_a_query_is_open_until_it_is_explained(history):
    query = Finding(code="B07", severity=Severity.QUERY, indicator="FD04")
    history.send(LEEDS, NOW, FD04=(300, 1000), findings=(query,))
    assert look(history, "queried", "FD04").value is True
    assert look(history, "explained", "FD04").value is False
    history.explain(LEEDS, NOW, "FD04")
    assert look(history, "queried", "FD04").value is False
    assert look(history, "explained", "FD04").value is True


def test_being_late_is_not_known_while_a_return_may_still_come(history):
    assert look(history, "late", None).value is None
    history.send(LEEDS, LONG[-2], FD04=(1, 2))
    assert look(history, "late", None).value is None
    assert look(history, "late", None, LONG[-2]).value is False
    history.close(NOW)
    assert look(history, "late", None).value is True


def test_a_cited_standing_is_the_one_that_was_said_with_its_neighbours_of_today(history):
    ten = history.state.neighbours_of(LEEDS)
    history.send(LEEDS, NOW, FD04=(300, 1000))
    cited = Evidence(history.state, LEEDS).cite("FD04", period=Period.parse(NOW))
    assert cited.standing == history.standing(LEEDS, NOW, "FD04")
    for code in ten[:6]:
        history.send(code, NOW, FD04=(200, 1000))
    cited = Evidence(history.state, LEEDS).cite("FD04", period=Period.parse(NOW))
    assert (cited.standing.neighbours.basis, cited.standing.neighbours.used) == ("in-year", 6)
    assert cited.standing.neighbours.difference == pytest.approx(0.5)


def test_a_fictional_authority_has_facts_of_its_own():
    history = begun(periods=(NOW,), nation="demo")
    code = history.state.senders()[0]
    history.send(code, NOW, FD04=(300, 1000))
    assert look(history, "value", "FD04", authority=code).value == 30.0
    assert look(history, "sn", "FD04", authority=code).value is not None


def workforce(period, ends, share):
    """Agency workers in every authority alike, so that neighbours' medians are known."""
    rows = {code: (share * 8 + i % 5, 800, None) for i, code in enumerate(AUTHORITIES)}
    england = (sum(row[0] for row in rows.values()), 122_400, None)
    return figures("WF02", period, ends, rows, england=england)


def test_after_close_a_neighbour_s_correction_withdraws_what_no_longer_holds():
    history = History()
    history.publish(workforce("2022", "2022-09-30", 8), workforce("2024", "2024-09-30", 14))
    quarters = LONG[-3:]
    history.open(*quarters)
    ten = history.state.neighbours_of(LEEDS)
    for period in quarters:
        for code in ten:
            history.send(code, period, WF02=(12.0, 100.0))
        history.send(LEEDS, period, WF02=(30.0, 100.0))
        history.close(period)
    standing = [e for e in history.state.episodes[LEEDS].values() if e.open]
    assert "R01" in {episode.signature for episode in standing}
    said = []
    for code in ten:
        said += history.send(code, quarters[-1], WF02=(29.0, 100.0))
    withdrawn = {
        payload.signature: payload
        for payload in said
        if isinstance(payload, SignatureWithdrawn) and payload.authority == LEEDS
    }
    ended = {e.signature for e in history.state.episodes[LEEDS].values() if not e.open}
    changed = [p for p in said if p.type == "signature.changed" and p.authority == LEEDS]
    assert "R01" in withdrawn or "R01" in {p.signature for p in changed}
    assert "R01" in ended | {p.signature for p in changed}
    assert not [p for p in said if p.type == "signature.raised" and p.authority == LEEDS]
    assert [p for p in said if p.type == "neighbours.updated" and p.authority == LEEDS]
