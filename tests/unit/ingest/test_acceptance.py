"""Which version stands: identity, supersession, withdrawals and what is put right late."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import (
    Event,
    Observation,
    Payload,
    PeriodClosed,
    PeriodOpened,
    ReturnAccepted,
    ReturnWithdrawn,
    derived_id,
)
from schemas.topics import Producer
from services.ingest.core.acceptance import (
    EarlierVersion,
    PeriodNotOpen,
    StandsOtherwise,
    decide,
)
from services.ingest.core.version import Versions, take

KEY = ("383", "riia-quarterly", "2026-27-Q2")


def event(payload: Payload, *, id: str = "", time: str = "2026-10-20T09:00:00.000Z", replays=None):
    return Event(
        id=id or derived_id(payload.versioned_type(), payload.subject(), payload.model_dump_json()),
        nation="england",
        producer=Producer.INGEST,
        time=time,
        data=payload,
        replays=replays,
    )


def accepted(return_id: str, sha256: str, *, supersedes=None, numerator=70) -> ReturnAccepted:
    return ReturnAccepted(
        return_id=return_id,
        authority=KEY[0],
        collection=KEY[1],
        period=KEY[2],
        sha256=sha256,
        size=10,
        media_type="text/csv",
        channel="api",
        rules="2026.1",
        supersedes=supersedes,
        observations=(Observation(indicator="FD01", numerator=numerator),),
    )


@pytest.fixture
def known() -> Versions:
    versions = Versions("england")
    take(versions, event(PeriodOpened(collection=KEY[1], period=KEY[2], due="2026-11-11")))
    return versions


def put(known: Versions, sha256: str, *, supersedes: str | None = None) -> str:
    """Accepts bytes as the desk does."""
    decision = decide(known, key=KEY, sha256=sha256, supersedes=supersedes)
    if decision.same is None:
        payload = accepted(decision.return_id, sha256, supersedes=decision.supersedes)
        take(known, event(payload, id=decision.return_id))
    return decision.return_id


def withdraw(known: Versions, return_id: str, *, id: str = "withdrawal") -> None:
    payload = ReturnWithdrawn(
        return_id=return_id, authority=KEY[0], collection=KEY[1], period=KEY[2]
    )
    take(known, event(payload, id=id))


def test_the_id_names_who_what_when_the_bytes_and_what_stood_before(known):
    first = put(known, "a")
    second = put(known, "b")

    assert first == derived_id(*KEY, "a", None)
    assert second == derived_id(*KEY, "b", first)


def test_the_same_bytes_are_the_version_that_stands(known):
    first = put(known, "a")

    decision = decide(known, key=KEY, sha256="a")

    assert decision.same is known.returns[first]


def test_bytes_of_an_earlier_version_need_the_id_that_stands(known):
    first = put(known, "a")
    second = put(known, "b")

    with pytest.raises(EarlierVersion) as refused:
        decide(known, key=KEY, sha256="a")
    with pytest.raises(StandsOtherwise):
        decide(known, key=KEY, sha256="a", supersedes=first)
    third = put(known, "a", supersedes=second)

    assert refused.value.stands == second
    assert third not in {first, second}
    assert known.slot(KEY).current == known.returns[third]


def test_a_first_return_supersedes_nothing_that_is_not_there(known):
    with pytest.raises(StandsOtherwise) as refused:
        decide(known, key=KEY, sha256="a", supersedes="something")

    assert refused.value.stands is None


def test_after_a_withdrawal_nothing_stands_and_new_bytes_are_welcome(known):
    first = put(known, "a")
    withdraw(known, first)

    decision = decide(known, key=KEY, sha256="b")

    assert decision.supersedes is None
    assert decision.return_id == derived_id(*KEY, "b", "withdrawal")


def test_withdrawn_bytes_come_back_only_for_whoever_knows_of_the_withdrawal(known):
    first = put(known, "a")
    withdraw(known, first)

    with pytest.raises(EarlierVersion) as refused:
        decide(known, key=KEY, sha256="a")
    again = put(known, "a", supersedes=refused.value.stands)

    assert refused.value.stands == "withdrawal"
    assert again != first


def test_a_withdrawal_of_what_does_not_stand_changes_nothing(known):
    first = put(known, "a")
    second = put(known, "b")

    withdraw(known, first)

    assert known.slot(KEY).stands == second


def test_a_period_that_was_not_opened_takes_nothing():
    with pytest.raises(PeriodNotOpen):
        decide(Versions("england"), key=KEY, sha256="a")


def test_of_two_that_were_sent_at_once_the_later_in_the_log_stands(known):
    mine = decide(known, key=KEY, sha256="a").return_id
    theirs = decide(known, key=KEY, sha256="b").return_id

    take(known, event(accepted(mine, "a"), id=mine))
    take(known, event(accepted(theirs, "b"), id=theirs))

    assert known.slot(KEY).stands == theirs
    assert known.returns[theirs].supersedes is None


def test_what_is_put_right_after_its_turn_is_history_where_something_else_stands(known):
    first = put(known, "a")
    second = put(known, "b")
    late = accepted("late", "c", supersedes=first)

    take(known, event(late, id="late-event", replays="returns.v1/7"))

    assert known.slot(KEY).stands == second
    assert known.returns["late"].number == 3


def test_what_is_put_right_stands_where_nothing_came_since(known):
    first = put(known, "a")
    late = accepted("late", "b", supersedes=first, numerator=71)

    take(known, event(late, id="late-event", replays="returns.v1/7"))

    assert known.slot(KEY).stands == "late"
    assert known.observations(KEY)["FD01"].numerator == 71


@pytest.mark.parametrize(
    ("time", "closed", "late"),
    [
        ("2026-11-11T23:59:59.999Z", False, False),
        ("2026-11-12T00:00:00.000Z", False, True),
        ("2026-10-20T09:00:00.000Z", True, True),
    ],
)
def test_late_is_after_the_due_day_or_after_the_close(known, time, closed, late):
    if closed:
        take(known, event(PeriodClosed(collection=KEY[1], period=KEY[2])))

    take(known, event(accepted("r", "a"), time=time))

    assert known.returns["r"].late is late


def test_a_receipt_keeps_the_due_day_that_was_known_when_it_was_given(known):
    put(known, "a")
    take(known, event(PeriodOpened(collection=KEY[1], period=KEY[2], due="2026-12-24")))
    second = put(known, "b")

    first, *_ = known.slot(KEY).versions
    assert (first.due, known.returns[second].due) == ("2026-11-11", "2026-12-24")


steps = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["plain", "knowing", "withdraw"])),
    max_size=12,
)


@given(steps)
def test_whatever_is_sent_one_thing_stands_and_no_id_is_given_twice(actions):
    known = Versions("england")
    take(known, event(PeriodOpened(collection=KEY[1], period=KEY[2], due="2026-11-11")))
    given_ids: list[str] = []
    for turn, (sha256, how) in enumerate(actions):
        slot = known.slot(KEY)
        if how == "withdraw":
            if slot.current:
                withdraw(known, slot.current.return_id, id=f"withdrawal-{turn}")
            continue
        before = len(slot.versions)
        try:
            put(known, sha256, supersedes=slot.stands if how == "knowing" else None)
        except EarlierVersion:
            assert how == "plain"
            assert sha256 in {version.sha256 for version in slot.versions}
            continue
        slot = known.slot(KEY)
        assert slot.current is not None
        assert slot.current.sha256 == sha256
        if len(slot.versions) > before:
            given_ids.append(slot.current.return_id)

    assert len(set(given_ids)) == len(given_ids)
    assert [v.number for v in known.slot(KEY).versions] == list(range(1, len(given_ids) + 1))
