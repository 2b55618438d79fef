"""The fold: what each event changes in the documents."""

import copy
import random
import time

import pytest

from schemas.codec import decode, encode
from schemas.events import (
    EVENT_TYPES,
    AlertAcknowledged,
    AlertSeverity,
    AnswerGiven,
    AudienceSet,
    Finding,
    MethodSet,
    NeighboursUpdated,
    NoticeFailed,
    NoticePlanned,
    NoticeReason,
    NoticeSent,
    NoticeStarted,
    PeriodClosed,
    PeriodOpened,
    QueryExplained,
    RecordParked,
    ReminderKind,
    ReminderPlanned,
    Result,
    ReturnsAwaited,
    ReturnWithdrawn,
    SignatureChanged,
    SignatureCleared,
    SignatureResult,
    SignatureWithdrawn,
    TextSet,
    TimePassed,
)
from services.gateway.core.apply import FOLDS, apply
from services.gateway.sample.figure import make_standing
from services.gateway.sample.history import (
    COLLECTION,
    make_alert,
    make_event,
    make_return,
    make_standings,
)
from services.gateway.views import Views
from services.runtime.store import MemoryStore

Q1, Q2 = "2026-27-Q1", "2026-27-Q2"
PERIOD = f"period/{COLLECTION}/{Q2}"


@pytest.fixture
def agency(library):
    indicator = library.indicator("WF02", version="2026.1")
    return make_standing(indicator, seed="test", lean=3.6)


@pytest.fixture
def first(agency):
    return make_return("D01", Q2, (agency,))


@pytest.fixture
def raised(agency):
    return make_alert("D01", Q2, agency)


def planned(alert: str) -> NoticePlanned:
    return NoticePlanned(
        notice="n1",
        alert=alert,
        authority="D01",
        audience="directors",
        reason=NoticeReason.FIRST,
        severity=AlertSeverity.CONCERN,
        period=Q2,
        because="x",
        at="2026-10-01T00:00:00.000Z",
        channels=("email",),
    )


def again(raised, kind, **changes):
    said = {**raised.model_dump(), **changes}
    return kind.model_validate(said)


def test_every_event_type_has_a_fold_or_is_one_that_no_view_shows():
    assert set(EVENT_TYPES.values()) - set(FOLDS) == {ReturnsAwaited, TimePassed}


def test_a_return_is_shown_with_its_figures_and_is_the_current_one(told, first):
    told.tell(first)

    shown = told.get(f"return/{first.return_id}")
    assert (shown["version"], shown["state"], shown["replaces"]) == (1, "current", None)
    assert shown["observations"][0]["indicator"] == "WF02"
    assert [v["state"] for v in told.get(PERIOD)["returns"]["D01"]] == ["current"]


def test_a_second_return_supersedes_the_first_and_both_stay_readable(told, first, agency):
    second = make_return("D01", Q2, (agency,), supersedes=first.return_id)
    told.tell(first, second)

    before, now = (told.get(f"return/{r.return_id}") for r in (first, second))
    assert (before["state"], before["superseded_by"]) == ("superseded", second.return_id)
    assert (now["version"], now["replaces"]) == (2, first.return_id)


def test_of_two_returns_sent_at_once_the_later_shows_what_its_sender_had_not_seen(
    told, first, agency
):
    unaware = make_return("D01", Q2, (agency, agency)).model_copy(update={"return_id": "other"})
    told.tell(first, unaware)

    shown = told.get("return/other")
    assert (shown.get("supersedes"), shown["replaces"]) == (None, first.return_id)


def test_the_same_return_told_twice_is_one_version(told, first):
    told.tell(first, first)

    assert len(told.get(PERIOD)["returns"]["D01"]) == 1


def test_a_withdrawn_return_leaves_nothing_in_its_place(told, first):
    gone = ReturnWithdrawn(
        return_id=first.return_id,
        authority="D01",
        collection=COLLECTION,
        period=Q2,
        reason="wrong quarter",
    )
    told.tell(first, gone)

    assert told.get(f"return/{first.return_id}")["withdrawn_because"] == "wrong quarter"
    assert [v["state"] for v in told.get(PERIOD)["returns"]["D01"]] == ["withdrawn"]


def test_a_return_that_was_superseded_is_not_withdrawn_afterwards(told, first):
    second = first.model_copy(update={"return_id": "second", "supersedes": first.return_id})
    gone = ReturnWithdrawn(
        return_id=first.return_id, authority="D01", collection=COLLECTION, period=Q2
    )
    told.tell(first, second, gone)

    assert [v["state"] for v in told.get(PERIOD)["returns"]["D01"]] == ["superseded", "current"]
    assert told.get(f"return/{first.return_id}")["state"] == "superseded"


def test_a_period_is_open_with_its_due_day_and_then_closed(told):
    told.tell(PeriodOpened(collection=COLLECTION, period=Q2, due="2026-11-11"))
    assert told.get("periods")["periods"] == {COLLECTION: [Q2]}
    assert (told.get(PERIOD)["state"], told.get(PERIOD)["due"]) == ("open", "2026-11-11")

    told.tell(PeriodClosed(collection=COLLECTION, period=Q2))
    assert told.get(PERIOD)["state"] == "closed"


def test_the_method_that_counts_is_the_one_set_last(told):
    told.tell(
        MethodSet(engine=1, catalogue="2026.1", neighbours="2021", rules="2026.1"),
        MethodSet(engine=2, catalogue="2026.1", neighbours="2025", rules="2026.1"),
    )

    assert [v["engine"] for v in told.get("method")["versions"]] == [1, 2]


def test_published_figures_and_where_authorities_stand_in_them_are_kept_by_data_set(views):
    data_set = "dfe-sample/WF02/2024-25/2025-11"
    figures = views.store.get(f"demo/data_set/{data_set}")
    assessed = views.store.get(f"demo/assessed/{data_set}")
    index = views.store.get("demo/data_sets/WF02")["sets"]

    assert len(figures["areas"]) == len(figures["values"]) == 153
    assert len(assessed["authorities"]) == len(assessed["flags"]) == 153
    assert index[data_set]["counts"] is True
    assert set(index) == {
        f"dfe-sample/WF02/{y}/{r}"
        for y, r in (("2022-23", "2023-11"), ("2023-24", "2024-11"), ("2024-25", "2025-11"))
    }


def test_standings_stand_by_indicator_and_a_later_set_takes_their_place(told, agency, library):
    other = make_standing(library.indicator("WF03", version="2026.1"), seed="test")
    told.tell(
        make_standings("D01", Q2, (agency, other), return_id="a", provisional=True),
        make_standings("D01", Q2, (agency,), return_id="b", provisional=False),
    )

    shown = told.get(f"standings/{COLLECTION}/{Q2}/D01")
    assert set(shown["standings"]) == {"WF02"}
    assert (shown["return_id"], shown["provisional"]) == ("b", False)


def test_what_a_neighbours_return_changed_is_put_into_the_standing(told, agency):
    told.tell(
        make_standings("D01", Q2, (agency,), return_id="a", provisional=True),
        NeighboursUpdated(
            authority="D01",
            collection=COLLECTION,
            period=Q2,
            indicators=("WF02", "ZZ99"),
            values=(17.5, 1.0),
            used=(6, 6),
            differences=(0.8, None),
            in_year=(True, True),
            signatures=(SignatureResult(id="R01", result=Result.FIRED),),
        ),
    )

    shown = told.get(f"standings/{COLLECTION}/{Q2}/D01")
    assert shown["standings"]["WF02"]["neighbours"] == {
        "value": 17.5,
        "statistic": "median",
        "basis": "in-year",
        "used": 6,
        "of": 10,
        "difference": 0.8,
    }
    assert shown["signatures"]["R01"] == {"result": "fired"}
    assert "ZZ99" not in shown["standings"]
    assert shown["standings"]["WF02"]["value"] == agency.value


def test_neighbours_of_an_authority_without_standings_change_nothing(told):
    told.tell(
        NeighboursUpdated(
            authority="D02",
            collection=COLLECTION,
            period=Q2,
            indicators=(),
            values=(),
            used=(),
            differences=(),
            in_year=(),
        )
    )

    assert told.store.keys("demo/standings/") == []


def test_the_baseline_in_force_is_the_one_set_last(views):
    assert views.baseline(COLLECTION, Q2)["id"] == f"baseline-{Q2}"
    assert views.baseline(COLLECTION, "2030-31-Q1") is None


def test_a_raised_signature_is_an_open_alert_with_its_grounds(told, raised):
    told.tell(raised)

    alert = told.get(f"alert/{raised.alert}")
    assert (alert["state"], alert["severity"], alert["period"]) == ("open", "concern", Q2)
    assert alert["conditions"][0]["expression"] == "sn(WF02) >= 50 %"
    assert told.get("alerts/D01")["alerts"][raised.alert]["indicators"] == ["WF02"]


@pytest.mark.parametrize(
    ("severity", "state"),
    [("watch", "acknowledged"), ("concern", "acknowledged"), ("escalate", "open")],
)
def test_an_acknowledged_alert_that_changes_stays_seen_unless_it_grows_worse(
    told, raised, severity, state
):
    seen = AlertAcknowledged(answer="a1", alert=raised.alert, authority="D01", actor="p1")
    told.tell(raised, seen, again(raised, SignatureChanged, severity=severity))

    alert = told.get(f"alert/{raised.alert}")
    assert (alert["state"], alert["severity"]) == (state, severity)
    assert [entry["what"] for entry in alert["history"]] == ["raised", "acknowledged", "changed"]


def test_an_answer_stands_beside_the_alert_once_however_often_it_is_told(told, raised):
    said = AnswerGiven(answer="a1", alert=raised.alert, authority="D01", actor="p1", text="t1")
    told.tell(raised, said, said)

    alert = told.get(f"alert/{raised.alert}")
    assert [(a["kind"], a["text"]) for a in alert["answers"]] == [("answer", "t1")]
    assert alert["state"] == "acknowledged"


@pytest.mark.parametrize(
    ("kind", "state", "extra"),
    [
        (SignatureCleared, "cleared", {}),
        (SignatureWithdrawn, "withdrawn", {"reason": "Corrected by version 2"}),
    ],
)
def test_an_alert_that_ends_keeps_its_grounds_and_why(told, raised, kind, state, extra):
    told.tell(raised, again(raised, kind, **extra))

    alert = told.get(f"alert/{raised.alert}")
    assert alert["state"] == state
    assert alert["ended_because"] == extra.get("reason")
    assert alert["conditions"]
    assert told.get("alerts/D01")["alerts"][raised.alert]["state"] == state


def test_an_alert_raised_again_goes_on_with_its_history(told, raised):
    told.tell(raised, again(raised, SignatureCleared), raised)

    alert = told.get(f"alert/{raised.alert}")
    assert alert["state"] == "open"
    assert [entry["what"] for entry in alert["history"]] == ["raised", "cleared", "raised"]


def test_a_notice_is_followed_from_its_plan_over_a_failed_try_to_its_sending(told, raised):
    tried = {"notice": "n1", "alert": raised.alert, "audience": "directors", "channel": "email"}
    told.tell(raised, planned(raised.alert))
    assert told.get("notice/n1")["state"] == "planned"
    assert told.get(f"alert/{raised.alert}")["notices"] == ["n1"]

    told.tell(NoticeStarted(**tried, attempt=1))
    assert told.get("notice/n1")["state"] == "started"

    told.tell(
        NoticeFailed(**tried, attempt=1, outcome="refused", again_at="2026-10-02T00:00:00.000Z")
    )
    assert told.get("notice/n1")["state"] == "waiting"

    told.tell(NoticeSent(**tried, attempt=2))
    notice = told.get("notice/n1")
    assert notice["state"] == "sent"
    assert [(t["attempt"], t["outcome"]) for t in notice["tries"]] == [(1, "refused"), (2, "sent")]


def test_a_notice_that_one_channel_took_stays_sent_when_another_fails(told, raised):
    tried = {"notice": "n1", "alert": raised.alert, "audience": "directors", "attempt": 1}
    told.tell(
        raised,
        planned(raised.alert),
        NoticeSent(**tried, channel="email"),
        NoticeFailed(**tried, channel="webhook", outcome="refused"),
    )

    assert told.get("notice/n1")["state"] == "sent"


def test_an_alert_keeps_who_was_told_when_a_later_evaluation_tells_nobody(told, raised):
    told.tell(
        raised,
        planned(raised.alert),
        NoticeSent(notice="n1", alert=raised.alert, audience="directors", channel="email",
                   attempt=1),
        again(raised, SignatureChanged, push=False, push_reason="already_told"),
    )  # fmt: skip

    brief = told.get("alerts/D01")["alerts"][raised.alert]
    assert (brief["push"], brief["told"]) == (False, ["directors"])


def test_an_alert_whose_notice_never_went_out_has_told_nobody(told, raised):
    told.tell(
        raised,
        planned(raised.alert),
        NoticeFailed(notice="n1", alert=raised.alert, audience="directors", channel="email",
                     attempt=1, outcome="refused"),
    )  # fmt: skip

    brief = told.get("alerts/D01")["alerts"][raised.alert]
    assert (brief["push"], brief["told"]) == (True, [])


def test_whom_a_failed_notice_reached_all_the_same_has_been_told(told, raised):
    told.tell(
        raised,
        planned(raised.alert),
        NoticeFailed(notice="n1", alert=raised.alert, audience="directors", channel="email",
                     attempt=1, outcome="refused", reached=("0",)),
    )  # fmt: skip

    assert told.get("alerts/D01")["alerts"][raised.alert]["told"] == ["directors"]


def test_an_audience_is_known_with_whom_it_covers(told):
    told.tell(AudienceSet(audience="d", kind="region", covers="D00", channels=("email",)))

    assert told.get("audiences")["audiences"]["d"]["covers"] == "D00"


def test_an_erased_text_leaves_only_that_it_was_erased(told):
    told.tell(TextSet(id="t1", kind="note", text="New system"), TextSet(id="t1", kind="note"))

    assert (told.get("text/t1")["text"], told.get("text/t1")["erased"]) == (None, True)


def test_a_parked_record_is_named_with_its_reason_and_without_its_bytes(told):
    told.tell(
        RecordParked(
            record_topic="returns.v1", offset=7, reason="contract", detail="x", headers={}, value=""
        )
    )

    record = told.get("parked")["records"]["returns.v1/7"]
    assert (record["reason"], set(record)) == (
        "contract",
        {"topic", "offset", "reason", "at", "replaced"},
    )


def test_a_moment_that_passed_changes_nothing_that_is_shown(told):
    told.tell(TimePassed(moment="2026-10-01T00:00:00.000Z"))

    assert told.store.keys("") == ["demo/latest/alerts.v1"]
    assert told.get("latest/alerts.v1")["count"] == 1


@pytest.mark.parametrize(
    "orphan",
    [
        AnswerGiven(answer="a", alert="none", authority="D01", actor="p", text="t"),
        AlertAcknowledged(answer="a", alert="none", authority="D01", actor="p"),
        NoticeSent(notice="n", alert="none", audience="d", channel="email", attempt=1),
        ReturnWithdrawn(return_id="r", authority="D01", collection=COLLECTION, period=Q2),
    ],
)
def test_an_event_about_something_unknown_shows_nothing(told, orphan):
    told.tell(orphan)

    assert [key for key in told.store.keys("") if "/latest/" not in key] == []


def test_a_note_of_a_finding_does_not_get_lost(told, first):
    found = first.model_copy(update={"findings": (Finding(code="Q1", severity="query"),)})
    told.tell(found)

    assert told.get(f"return/{first.return_id}")["findings"] == [
        {"code": "Q1", "severity": "query"}
    ]


def test_what_was_said_of_a_figure_stands_with_its_return_and_the_last_word_counts(told, first):
    said = {
        "return_id": first.return_id,
        "authority": first.authority,
        "collection": first.collection,
        "period": first.period,
        "codes": ("Q200",),
    }
    told.tell(
        first,
        QueryExplained(**said, indicator="CP01", text="text-1"),
        QueryExplained(**said, indicator="CP01", text="text-2", confirmed=True),
        QueryExplained(**said, text="text-3"),
        QueryExplained(**{**said, "return_id": "none"}, text="text-4"),
    )

    explained = told.get(f"return/{first.return_id}")["explained"]
    assert {about: each["text"] for about, each in explained.items()} == {
        "CP01": "text-2",
        "": "text-3",
    }
    assert explained["CP01"]["confirmed"]


def test_documents_that_were_read_are_never_changed(history):
    store = MemoryStore()
    for event in history[-60:]:
        before = {key: copy.deepcopy(store.get(key)) for key in store.keys("")}
        changes = apply(store.get, event)
        assert {key: store.get(key) for key in store.keys("")} == before
        store.put(changes, positions={})


def test_how_far_topics_are_read_beside_one_another_changes_no_document(history):
    """Each topic keeps its order; the interleaving of topics is chance."""

    def fold(events):
        store = MemoryStore()
        for event in events:
            store.put(apply(store.get, event), positions={})
        return {key: store.get(key) for key in store.keys("")}

    chance = random.Random(7)
    queues = {}
    for event in history:
        queues.setdefault(event.topic, []).append(event)
    mixed = []
    while queues:
        topic = chance.choice(sorted(queues))
        mixed.append(queues[topic].pop(0))
        if not queues[topic]:
            del queues[topic]

    assert [e.id for e in mixed] != [e.id for e in history]
    assert fold(mixed) == fold(history)


def test_events_from_the_log_fold_as_those_in_memory(history):
    store, read_back = MemoryStore(), MemoryStore()
    for event in history[-40:]:
        store.put(apply(store.get, event), positions={})
        read_back.put(apply(read_back.get, decode(encode(event))), positions={})

    assert {k: store.get(k) for k in store.keys("")} == {
        k: read_back.get(k) for k in read_back.keys("")
    }


def test_a_return_is_folded_well_within_its_budget(history):
    """Budget 2 ms for all that one return changes; the fastest of many is what counts."""
    store = MemoryStore()
    spent = []
    for event in history:
        begun = time.perf_counter()
        store.put(apply(store.get, event), positions={})
        if event.type in {"return.accepted.v1", "standings.updated.v1"}:
            spent.append(time.perf_counter() - begun)

    assert sorted(spent)[len(spent) // 2] < 0.002


def test_nations_do_not_see_one_another(told, first):
    told.tell(first)
    told.take(make_event(first, time="2026-10-01T05:00:00.000Z", nation="england"))

    assert len(told.get(PERIOD)["returns"]["D01"]) == 1
    assert told.store.get(f"england/{PERIOD}") is not None


def reminder(kind: ReminderKind, *authorities: str) -> ReminderPlanned:
    return ReminderPlanned(
        notice=f"reminder-{kind}",
        alert="of-the-period",
        kind=kind,
        collection=COLLECTION,
        period=Q2,
        due="2026-11-11",
        authorities=authorities,
        audience="directors",
        at="2026-11-12T08:00:00.000Z",
        channels=("email",),
    )


def test_a_reminder_is_a_notice_of_its_authority_and_a_list_one_of_several(told):
    own, chase = (
        reminder(ReminderKind.OVERDUE, "D01"),
        reminder(ReminderKind.CHASE_LIST, "D01", "D02"),
    )
    told.tell(own, own, chase)
    tried = {"notice": own.notice, "alert": own.alert, "audience": "directors", "attempt": 1}
    told.tell(
        NoticeStarted(**tried, channel="email"),
        NoticeSent(**tried, channel="email"),
    )

    assert told.get("notices/D01")["ids"] == [own.notice]
    assert told.get("notices/")["ids"] == [chase.notice]
    shown = told.get(f"notice/{own.notice}")
    assert (shown["state"], shown["alert"], shown["reason"]) == ("sent", None, "overdue")


def test_reminders_are_listed_on_the_page_and_in_the_api(
    told, library, make_client, faults_of_html
):
    told.tell(
        AudienceSet(audience="directors", kind="region", covers="D00", channels=("email",)),
        reminder(ReminderKind.OVERDUE, "D01"),
        reminder(ReminderKind.CHASE_LIST, "D01", "D02"),
    )
    client = make_client(Views(told.store, library=library, nation="demo"))
    listed = client.get("/v1/notices").json()["items"]
    page = client.get("/notices", headers={"accept": "text/html"}).text

    assert [(n["reason"], n["alert"], n["authority"], n["authorities"]) for n in listed] == [
        ("chase_list", None, None, ["D01", "D02"]),
        ("overdue", None, "D01", ["D01"]),
    ]
    assert len(client.get("/v1/notices?authority=D01").json()["items"]) == 1
    assert f'href="/collections/{COLLECTION}/{Q2}"' in page
    assert "It is overdue" in page
    assert "and 1 more" in page
    assert "2 notices planned" in client.get("/notices?about=returns").text
    assert "Nobody has been told" in client.get("/notices?about=questions").text
    assert client.get("/notices?about=figures").status_code == 422
    assert faults_of_html({"notices": page}) == []
