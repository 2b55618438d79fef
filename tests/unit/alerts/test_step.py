"""What holds of every history: one id for one notice, and a state that can be built again."""

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import decode, encode
from schemas.events import (
    AlertAcknowledged,
    AnswerGiven,
    AudienceSet,
    Event,
    NoticePlanned,
    NoticeReason,
    SignatureChanged,
    SignatureCleared,
    SignatureRaised,
    SignatureWithdrawn,
    TimePassed,
    derive,
    derived_id,
)
from schemas.topics import Producer
from services.alerts.core.decide import LOWERED, STANDS_AS_TOLD
from services.alerts.core.step import CORE

ALERTS = st.sampled_from(["alert-1", "alert-2"])
AUTHORITIES = {"alert-1": "383", "alert-2": "380"}
PERIODS = st.sampled_from(["2026-27-Q1", "2026-27-Q2", "2026-27-Q3", "2026-27-Q4"])


@st.composite
def signatures(draw):
    kind = draw(
        st.sampled_from([SignatureRaised, SignatureChanged, SignatureCleared, SignatureWithdrawn])
    )
    alert = draw(ALERTS)
    return kind(
        alert=alert, authority=AUTHORITIES[alert], collection="riia-quarterly", signature="R06",
        sign="risk", severity=draw(st.sampled_from(["watch", "concern", "escalate"])),
        period=draw(PERIODS), since="2026-27-Q1", push=draw(st.booleans()),
        push_reason=draw(st.sampled_from(["concern", LOWERED, STANDS_AS_TOLD])),
        rule_version="2026.1", question="Why?", conditions=(), reason="a correction",
    )  # fmt: skip


audiences = st.builds(
    AudienceSet,
    audience=st.sampled_from(["group-1", "group-2"]),
    kind=st.sampled_from(["region", "authority"]),
    covers=st.sampled_from(["E12000003", "383"]),
    authorities=st.sampled_from([(), ("383",), ("380", "383")]),
    channels=st.sampled_from([(), ("email",)]),
)
people = st.builds(
    lambda kind, alert: kind(answer="x", alert=alert, authority="383", actor="a", text="t"),
    st.sampled_from([AnswerGiven, AlertAcknowledged]),
    ALERTS,
)
days = st.integers(0, 27)
moments = st.builds(
    lambda month, day: TimePassed(moment=f"2026-{month:02d}-{day + 1:02d}T00:00:00.000Z"),
    st.integers(7, 12),
    days,
)
histories = st.lists(
    st.tuples(st.integers(7, 12), days, signatures() | signatures() | audiences | people | moments),
    max_size=40,
).map(
    lambda told: [
        Event(
            derived_id("event", place),
            "england",
            Producer.BENCHMARK,
            f"2026-{month:02d}-{day + 1:02d}T09:00:00.000Z",
            payload,
        )
        for place, (month, day, payload) in enumerate(told)
    ]
)


def stepped(events):
    """Step a history; return the state after each event and what was said, with its causes."""
    state, states, said = CORE.empty("england"), [], []
    for n, event in enumerate(events, start=1):
        payloads = CORE.step(state, event)
        said.append(derive(event, n=n, producer=CORE.name, said=payloads))
        states.append(deepcopy(state))
    return states, said


@given(histories, st.data())
def test_taking_the_inputs_and_hearing_the_outputs_gives_the_state_that_stepping_gave(events, data):
    states, said = stepped(events)
    upto = data.draw(st.integers(0, len(events)))

    rebuilt = CORE.empty("england")
    for event in events[:upto]:
        CORE.take(rebuilt, event)
    for batch in said[:upto]:
        for event in batch:
            CORE.hear(rebuilt, event.data)

    assert rebuilt == (states[upto - 1] if upto else CORE.empty("england"))


@given(histories)
def test_its_own_words_read_back_from_the_topic_say_and_change_nothing(events):
    states, said = stepped(events)
    state, echoed = CORE.empty("england"), []

    for event, batch in zip(events, said, strict=True):
        echoed.append(CORE.step(state, event))
        for own in batch:
            assert CORE.step(state, own) == []

    assert echoed == [[event.data for event in batch] for batch in said]
    assert state == (states[-1] if states else CORE.empty("england"))


@given(histories)
def test_an_audience_is_never_told_of_one_event_for_one_reason_under_two_ids(events):
    notices = [event.data for batch in stepped(events)[1] for event in batch]

    ids = {n.notice: (n.alert, n.audience, n.reason, n.because) for n in notices}
    assert len(ids) == len(notices)
    assert len(set(ids.values())) == len(notices)


@given(histories)
def test_hearing_a_notice_twice_changes_nothing(events):
    states, said = stepped(events)
    if not states:
        return

    for batch in said:
        for own in batch:
            CORE.hear(states[-1], own.data)

    assert states[-1] == stepped(events)[0][-1]


@given(histories)
def test_nobody_is_reminded_twice_of_one_quarter_between_beginning_and_end(events):
    notices = [event.data for batch in stepped(events)[1] for event in batch]

    told = {}
    for notice in notices:
        key = (notice.alert, notice.audience)
        if notice.reason in {NoticeReason.RESOLVED, NoticeReason.WITHDRAWN}:
            assert told.pop(key)
        elif notice.reason is NoticeReason.FIRST:
            assert key not in told
            told[key] = {notice.period}
        elif notice.reason is NoticeReason.STILL_OPEN:
            assert notice.period not in told[key]
        told.get(key, set()).add(notice.period)


@given(histories)
def test_what_is_planned_survives_the_log(events):
    for batch in stepped(events)[1]:
        for event in batch:
            assert decode(encode(event)) == event
            assert isinstance(event.data, NoticePlanned)
