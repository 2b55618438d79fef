"""How far a notice has got, and that each gets somewhere."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import NoticeFailed, NoticePlanned, NoticeReason, NoticeSent, NoticeStarted
from services.alerts.core.delivery import Ledger, find_due, follow, next_try

NOW = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def planned(notice="n1", *, alert="alert-1", audience="group-1", channels=("email", "webhook")):
    return NoticePlanned(
        notice=notice, alert=alert, authority="383", audience=audience, channels=channels,
        reason=NoticeReason.FIRST, severity="concern", period="2026-27-Q2", because="event-1",
        at="2026-10-05T09:30:00.000Z",
    )  # fmt: skip


def outcome(kind, notice="n1", *, channel="email", attempt=1, **fields):
    about = {"notice": notice, "alert": "alert-1", "audience": "group-1", "channel": channel}
    return kind(**about, attempt=attempt, **fields)


def failed(*, again=LATER, **fields):
    again_at = again and again.isoformat()
    return outcome(NoticeFailed, **{"outcome": "smtp_450", "again_at": again_at, **fields})


def told(*payloads):
    ledger = Ledger()
    for payload in payloads:
        follow(ledger, payload)
    return ledger


def test_a_planned_notice_is_due_at_once_on_its_first_channel():
    (due,) = find_due(told(planned()), NOW)

    assert (due.channel, due.attempt, due.started, due.unknown) == ("email", 1, False, frozenset())


def test_a_notice_that_was_sent_is_done():
    ledger = told(planned(), outcome(NoticeStarted), outcome(NoticeSent))

    assert (find_due(ledger, LATER), ledger.done) == ([], {"n1"})


def test_a_try_that_failed_waits_for_its_moment():
    ledger = told(planned(), failed())

    assert find_due(ledger, NOW) == []
    assert next_try(ledger) == LATER
    assert [(t.channel, t.attempt) for t in find_due(ledger, LATER)] == [("email", 2)]


def test_a_channel_that_gives_up_leaves_it_to_the_next_at_once():
    (due,) = find_due(told(planned(), failed(again=None)), NOW)

    assert (due.channel, due.attempt) == ("webhook", 1)


def test_after_the_last_channel_a_notice_is_given_up_and_the_operator_can_see_it():
    ledger = told(planned(), failed(again=None), failed(again=None, channel="webhook"))

    assert (find_due(ledger, LATER), next_try(ledger)) == ([], None)
    assert ledger.given_up == {"group-1": ["n1"]}


def test_an_audience_that_can_be_reached_again_needs_no_operator():
    ledger = told(planned(channels=("email",)), failed(again=None), planned("n2"))
    follow(ledger, outcome(NoticeSent, "n2"))

    assert ledger.given_up == {}


def test_a_try_that_was_started_and_has_no_outcome_is_made_again_under_its_number():
    (due,) = find_due(told(planned(), failed(), outcome(NoticeStarted, attempt=2)), LATER)

    assert (due.attempt, due.started) == (2, True)


def test_a_channel_that_cannot_say_is_remembered_over_later_tries_and_channels():
    ledger = told(planned(), failed(unknown=True), failed(attempt=2, again=None))

    assert find_due(ledger, NOW)[0].unknown == {"email"}


def test_who_has_been_reached_is_not_tried_again_by_that_channel():
    ledger = told(planned(), failed(reached=("1",)), failed(attempt=2, reached=("3",)))
    by_email = find_due(ledger, LATER)[0].reached
    follow(ledger, failed(attempt=3, again=None))

    assert by_email == {"1", "3"}
    assert find_due(ledger, LATER)[0].reached == frozenset()


def test_nobody_reads_of_the_end_before_the_beginning():
    ledger = told(planned("n1"), planned("n2"), planned("n3", audience="director-383"), failed())

    assert [t.planned.notice for t in find_due(ledger, NOW)] == ["n3"]
    follow(ledger, outcome(NoticeSent, attempt=2))
    assert [t.planned.notice for t in find_due(ledger, NOW)] == ["n2", "n3"]


def test_a_repeated_record_changes_nothing():
    once = told(planned(), failed(), failed(attempt=2, again=None))
    twice = told(planned(), failed(), planned(), failed(), failed(attempt=2, again=None), failed())

    assert once == twice


outcomes = st.lists(
    st.tuples(
        st.sampled_from([NoticeStarted, NoticeFailed, NoticeSent]),
        st.sampled_from(["n1", "n2", "n3"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=30,
)


@given(outcomes)
def test_every_planned_notice_has_an_outcome_or_a_next_moment(happened):
    notices = {"n1": ("email",), "n2": ("email", "webhook"), "n3": ("outbox",)}
    ledger = told(*(planned(n, alert=n, channels=channels) for n, channels in notices.items()))

    for kind, notice, last, unknown in happened:
        pending = ledger.waiting.get(notice)
        if pending is None:
            continue
        fields = {"outcome": "x", "unknown": unknown} if kind is NoticeFailed else {}
        again = {"again_at": None if last else LATER.isoformat()} if kind is NoticeFailed else {}
        follow(
            ledger,
            outcome(
                kind, notice, channel=pending.channel, attempt=pending.attempt, **fields, **again
            ),
        )

    assert set(ledger.waiting) | ledger.done == set(notices)
    assert not set(ledger.waiting) & ledger.done
    assert {t.planned.notice for t in find_due(ledger, LATER)} == set(ledger.waiting)
