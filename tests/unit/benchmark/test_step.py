import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import canonical, decode, encode, plain
from schemas.events import (
    BaselineSet,
    DataSetAssessed,
    MethodSet,
    PeriodClosed,
    ReturnWithdrawn,
    SignatureEvent,
    StandingsUpdated,
    State,
    derive,
)
from schemas.periods import Period
from schemas.topics import Producer, Topic
from services.benchmark.core.evidence import Evidence
from services.benchmark.core.facts import Function
from services.benchmark.core.saying import read_word
from services.benchmark.core.step import CORE
from tests.unit.benchmark.history import (
    AUTHORITIES,
    PUBLISHED,
    RIIA,
    History,
    begun,
    figures,
    percentage,
    population,
    rate,
    rebuild,
)

LEEDS = "383"
Q = ("2024-25-Q2", "2024-25-Q3", "2024-25-Q4", "2025-26-Q1", "2025-26-Q2")
NEAR = ("383", "882", "851", "373", "382", "801")


figure = st.one_of(
    st.tuples(st.integers(0, 90), st.integers(90, 200)),
    st.sampled_from(("x", "c", "z")),
)
act = st.one_of(
    st.tuples(
        st.just("send"),
        st.sampled_from(NEAR),
        st.sampled_from(Q),
        figure,
        figure,
        st.one_of(st.integers(0, 300), st.just("x")),
    ),
    st.tuples(st.just("close"), st.sampled_from(Q)),
    st.tuples(st.just("withdraw"), st.sampled_from(NEAR), st.sampled_from(Q)),
    st.tuples(st.just("publish"), st.sampled_from(("FD04", "AS03", "WF02"))),
    st.tuples(st.just("method"), st.sampled_from(("2025", "2021"))),
    st.tuples(st.just("people"), st.sampled_from(("2024-06-30", "2025-06-30"))),
)


def play(history, acts):
    for what, *rest in acts:
        if what == "send":
            authority, period, fd04, as03, la01 = rest
            history.send(authority, period, FD04=fd04, AS03=as03, LA01=la01, LA02=la01, CN01=la01)
        elif what == "close":
            history.close(rest[0])
        elif what == "withdraw":
            if history.state.report(rest[0], (RIIA, Period.parse(rest[1]))) is not None:
                history.withdraw(*rest)
        elif what == "publish":
            history.publish(percentage(rest[0], 0.4, 0.3, release=f"2026-{len(history.events)}"))
        elif what == "people":
            again = {"release": f"2026-{len(history.events)}"}
            counted = population(rest[0])
            more = tuple(round(1.1 * count) for count in counted.numerators)
            history.publish(counted.model_copy(update={**again, "numerators": more}))
        else:
            history.method(neighbours=rest[0])
    return history


def lent():
    """Children in need as counts alone: their rates wait for a population."""
    rows = {code: (900 + 7 * i, None, None) for i, code in enumerate(AUTHORITIES)}
    return figures("CN01", "2025", "2025-03-31", rows)


def started():
    history = begun(periods=Q)
    history.publish(lent())
    return history


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(st.lists(act, max_size=14))
def test_a_state_rebuilt_from_the_record_is_the_state_that_stepping_gave(acts):
    history = play(started(), acts)
    assert rebuild(history) == history.state


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(st.lists(act, min_size=2, max_size=12), st.data())
def test_after_a_restart_the_same_is_said_as_without_one(acts, data):
    at = data.draw(st.integers(0, len(acts)))
    unbroken = play(started(), acts)
    first = play(started(), acts[:at])
    second = History(events=list(first.events), said=list(first.said))
    second.state = rebuild(first)
    play(second, acts[at:])
    assert second.said == unbroken.said


@settings(deadline=None, max_examples=20)
@given(st.lists(act, max_size=10))
def test_what_was_read_back_from_the_log_is_heard_as_it_was_said(acts):
    history = play(started(), acts)
    state = CORE.empty(history.nation)
    for event in history.events:
        CORE.take(state, decode(encode(event)))
    for n, payload in enumerate(history.said):
        event = derive(history.events[0], n=n, producer=Producer.BENCHMARK, said=[payload])[0]
        CORE.hear(state, decode(encode(event)).data)
    assert state == history.state


def test_hearing_the_same_word_again_changes_nothing():
    history = begun(periods=Q)
    for code in NEAR:
        said = history.send(code, Q[3], FD04=(60, 100), AS03=(20, 100))
        before = rebuild(history)
        for payload in said:
            CORE.hear(history.state, payload)
        assert history.state == before


RETURNS = tuple((code, period) for code in (*NEAR, "330", "826") for period in Q)


@pytest.mark.slow
@settings(deadline=None, max_examples=6)
@given(st.permutations(RETURNS))
def test_the_order_of_arrival_of_returns_changes_no_final_standing(order):
    def outcome(arrivals):
        history = begun(periods=Q)
        for code, period in arrivals:
            k = AUTHORITIES.index(code) + 7 * Q.index(period)
            history.send(code, period, FD04=(20 + k % 31, 100), AS03=(60 + k % 17, 100), LA02=9 + k)
        words = {
            (key, period): saying.words
            for key, sayings in history.state.sayings.items()
            for period, saying in sayings.items()
        }
        return words, history.state.quarters

    assert outcome(order) == outcome(RETURNS)


def test_a_return_says_one_standings_updated_with_every_indicator_of_its_collection():
    history = begun(periods=Q)
    said = history.send(LEEDS, Q[3], FD04=(200, 1000))
    updated = [payload for payload in said if isinstance(payload, StandingsUpdated)]
    assert len(updated) == 1
    assert [s.indicator for s in updated[0].standings] == [
        i.code for i in history.state.collection(RIIA)
    ]
    assert updated[0].baseline == f"{RIIA}-{Q[3]}-1"
    assert updated[0].signatures


def test_a_correction_is_said_again_of_later_quarters_that_contain_it():
    history = begun(periods=Q)
    for period in Q:
        history.send(LEEDS, period, FD04=(200, 1000), LA02=30)
    said = history.send(LEEDS, Q[1], FD04=(260, 1000), LA02=30)
    periods = [payload.period for payload in said if isinstance(payload, StandingsUpdated)]
    assert periods == [Q[1], Q[2], Q[3], Q[4]]
    assert history.standing(LEEDS, Q[4], "FD04").comparison.numerator == 860


def test_a_correction_that_changes_no_figure_of_a_later_quarter_is_not_said_of_it():
    history = begun(periods=Q)
    for period in Q:
        history.send(LEEDS, period, AS03=(200, 1000), WF02=(10, 100))
    said = history.send(LEEDS, Q[1], AS03=(200, 1000), WF02=(10, 100))
    assert [p.period for p in said if isinstance(p, StandingsUpdated)] == [Q[1]]


def test_a_withdrawn_return_counts_no_longer_and_a_stale_withdrawal_changes_nothing():
    history = begun(periods=Q)
    history.send(LEEDS, Q[2], FD04=(200, 1000))
    history.send(LEEDS, Q[3], FD04=(300, 1000))
    stale = history.events[-1].data
    history.send(LEEDS, Q[3], FD04=(310, 1000))
    assert history.put(withdrawal(stale)) == []
    assert history.standing(LEEDS, Q[3], "FD04").comparison.numerator == 510
    said = history.withdraw(LEEDS, Q[3])
    assert said[0].return_id is None
    assert history.standing(LEEDS, Q[3], "FD04").state is State.NOT_RETURNED


def withdrawal(accepted):
    return ReturnWithdrawn(
        return_id=accepted.return_id,
        authority=accepted.authority,
        collection=accepted.collection,
        period=accepted.period,
    )


def test_a_second_opening_or_close_says_nothing():
    history = begun(periods=Q)
    assert history.open(Q[0], due="2030-01-01") == []
    history.send(LEEDS, Q[0], FD04=(1, 100))
    assert history.close(Q[0]) != []
    assert history.close(Q[0]) == []
    assert history.close("2019-20-Q1") == []


def test_who_took_part_and_is_absent_at_close_is_said_not_to_have_returned():
    history = begun(periods=Q)
    history.send(LEEDS, Q[2], FD04=(200, 1000))
    history.send("382", Q[3], FD04=(200, 1000))
    said = history.close(Q[3])
    absent = {
        payload.authority: payload
        for payload in said
        if isinstance(payload, StandingsUpdated) and payload.return_id is None
    }
    assert set(absent) == {LEEDS}
    assert {s.state for s in absent[LEEDS].standings} == {State.NOT_RETURNED}
    late = Evidence(history.state, LEEDS).look(
        Function.LATE, indicator=None, period=Period.parse(Q[3])
    )
    assert late.value is True


def test_a_late_first_return_withdraws_the_silence_and_is_no_correction():
    history = begun(periods=Q)
    given = {i.code: (100, 1000) for i in history.state.collection(RIIA) if i.kind != "count"}
    history.send(LEEDS, Q[2], **given)
    raised = [p for p in history.close(Q[3]) if p.type == "signature.raised"]
    assert "R18" in {p.signature for p in raised}
    assert silence_ends(history.send(LEEDS, Q[3], **given)) == "the_authority_s_return_came_in"
    assert rebuild(history) == history.state


def test_a_correction_that_fills_the_gaps_withdraws_the_silence_as_a_correction():
    history = begun(periods=Q)
    given = {i.code: (100, 1000) for i in history.state.collection(RIIA) if i.kind != "count"}
    history.send(LEEDS, Q[3], FD04=(200, 1000))
    assert silence_ends(history.send(LEEDS, Q[3], **given)) == "the_authority_corrected_its_figures"


def silence_ends(said):
    """Why R18 is withdrawn."""
    (withdrawn,) = [p for p in said if p.type == "signature.withdrawn" and p.signature == "R18"]
    return withdrawn.reason


def test_in_a_sandbox_every_fictional_authority_is_expected():
    history = begun(periods=Q, nation="demo")
    first, *others = history.state.senders()
    history.send(first, Q[0], FD04=(200, 1000))
    said = history.close(Q[0])
    absent = [p.authority for p in said if isinstance(p, StandingsUpdated) and not p.return_id]
    assert absent == others


def test_a_return_after_the_due_day_is_reported_and_late():
    history = begun(periods=())
    history.open(Q[3], due="2025-08-11")
    history.day = "2025-08-12"
    history.send(LEEDS, Q[3], FD04=(200, 1000))
    history.day = "2025-08-11"
    history.send("382", Q[3], FD04=(200, 1000))
    answers = {
        code: Evidence(history.state, code)
        .look(Function.LATE, indicator=None, period=Period.parse(Q[3]))
        .value
        for code in (LEEDS, "382")
    }
    assert answers == {LEEDS: True, "382": False}
    assert history.standing(LEEDS, Q[3], "FD04").state is State.REPORTED


def test_a_correction_after_the_due_day_is_not_late():
    history = begun(periods=())
    history.open(Q[3], due="2025-08-11")
    history.day = "2025-08-01"
    history.send(LEEDS, Q[3], FD04=(200, 1000))
    history.day = "2025-09-01"
    history.send(LEEDS, Q[3], FD04=(210, 1000))
    late = Evidence(history.state, LEEDS).look(
        Function.LATE, indicator=None, period=Period.parse(Q[3])
    )
    assert late.value is False


def test_a_published_set_is_assessed_for_every_authority_when_it_is_the_one_that_stands():
    history = History()
    newer = percentage("FD04", 0.22, 0.16, release="2026-01")
    older = percentage("FD04", 0.4, 0.16, release="2025-01")
    (assessed,) = history.publish(newer)
    assert isinstance(assessed, DataSetAssessed)
    assert assessed.authorities == AUTHORITIES
    assert min(assessed.ranks) == 1
    assert assessed.bands.count("A") >= 38
    assert set(assessed.used) == {10}
    assert history.publish(older) == []


def test_a_joint_row_gives_its_value_to_each_member():
    rows = dict(zip(PUBLISHED[1].areas, zip(PUBLISHED[1].numerators, strict=True), strict=True))
    table = {
        code: (row[0], 800, round(row[0] / 8, 1))
        for code, row in rows.items()
        if code not in ("314", "318", "E92000001")
    }
    table["314 / 318"] = (300, 800, 37.5)
    history = History()
    (assessed,) = history.publish(figures("FD04", "2024-25", "2025-03-31", table))
    one, other = assessed.authorities.index("314"), assessed.authorities.index("318")
    for name in ("values", "ranks", "bands", "z", "p", "flags", "percentiles"):
        column = getattr(assessed, name)
        assert column[one] == column[other]
    assert assessed.values[one] == 37.5


def test_a_population_is_not_assessed_but_mends_the_rates_that_wait_for_it():
    rates = {code: (i + 100, None, None) for i, code in enumerate(AUTHORITIES)}
    history = History()
    (alone,) = history.publish(figures("LA01", "2025", "2025-03-31", rates))
    assert alone.theta is None
    (mended,) = history.publish(PUBLISHED[0])
    assert mended.indicator == "LA01"
    assert mended.tau2 is not None
    assert mended.values[0] == pytest.approx(1e4 * 100 / 20_000)


def test_after_close_another_authority_s_return_raises_no_signature():
    history = begun(periods=Q)
    ten = history.state.neighbours_of(LEEDS)
    history.publish(percentage("WF02", 0.12, 0.1, period="2025", ends="2025-03-31"))
    for period in Q[:4]:
        history.send(LEEDS, period, WF02=(30.0, 100.0), FD04=(200, 1000))
        for code in ten[:8]:
            history.send(code, period, WF02=(25.0, 100.0), FD04=(200, 1000))
    history.close(Q[3])
    said = []
    for code in ten[:8]:
        said += history.send(code, Q[3], WF02=(5.0, 100.0), FD04=(200, 1000))
    raised = [p for p in said if isinstance(p, SignatureEvent) and p.authority == LEEDS]
    assert not [p for p in raised if p.type in ("signature.raised", "signature.changed")]


def test_the_same_method_again_says_nothing_and_another_says_everything_anew():
    history = begun(periods=Q)
    history.send(LEEDS, Q[3], FD04=(200, 1000))
    assert history.method() == []
    said = history.method(neighbours="2021")
    assert {payload.type for payload in said} >= {"data_set.assessed", "standings.updated"}
    assert history.said[-1].topic in (Topic.STANDINGS, Topic.ALERTS)
    again = next(p for p in said if isinstance(p, StandingsUpdated))
    assert again.neighbours == "2021"
    assert isinstance(history.events[-1].data, MethodSet)


def test_the_shuffled_codes_of_authorities_change_no_one_s_place():
    """Give the figures of one authority to another: place and flag go with the figures."""
    forward = percentage("FD04", 0.22, 0.16)
    shifted = forward.model_copy(
        update={"areas": (*AUTHORITIES[1:], AUTHORITIES[0], forward.areas[-1])}
    )
    one, other = History(), History()
    (a,), (b,) = one.publish(forward), other.publish(shifted)
    for name in ("ranks", "bands", "percentiles", "z", "p", "flags", "values"):
        assert getattr(a, name) == getattr(b, name)
    assert (a.theta, a.tau2) == (b.theta, b.tau2)


def test_one_return_costs_the_log_at_most_forty_kib():
    history = begun(periods=Q)
    history.publish(rate("CN01", 330, 200), rate("CP05", 40, 30))
    given = {
        i.code: (round(0.2 * 1000), 1000) if i.population is None else 120
        for i in history.state.collection(RIIA)
        if i.kind != "count"
    }
    for code in (LEEDS, *history.state.has_as_neighbour(LEEDS)):
        for period in Q:
            history.send(code, period, **given)
    given["FD04"] = (201, 1000)
    said = history.send(LEEDS, Q[4], **given)
    size = sum(len(canonical(plain(payload))) for payload in said)
    assert size <= 40 * 1024, size


def test_a_baseline_is_replaced_once_at_close_and_every_standing_follows():
    history = begun(periods=Q)
    for i, code in enumerate(AUTHORITIES[:110]):
        history.send(code, Q[3], FD04=(200 + i, 1000))
    said = history.put(PeriodClosed(collection=RIIA, period=Q[3]))
    assert isinstance(said[0], BaselineSet)
    again = [p for p in said if isinstance(p, StandingsUpdated)]
    assert [p.authority for p in again] == list(AUTHORITIES[:110])
    assert {p.baseline for p in again} == {said[0].id}
    assert rebuild(history) == history.state
    word = history.state.sayings[RIIA, AUTHORITIES[0]][Period.parse(Q[3])].words["FD04"]
    standing = next(s for s in again[0].standings if s.indicator == "FD04")
    assert word == read_word(standing)


def test_an_authority_without_neighbours_in_the_table_in_force_is_compared_with_england_alone():
    history = begun(periods=Q)
    table = history.state.library.neighbours("2021")
    newer = next(code for code in AUTHORITIES if code not in table)
    history.send(newer, Q[3], FD04=(200, 1000))
    history.method(neighbours="2021")
    standing = history.standing(newer, Q[3], "FD04")
    assert standing.neighbours is None
    assert standing.england.rank is not None
    assert rebuild(history) == history.state
