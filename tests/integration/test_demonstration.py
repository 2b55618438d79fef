"""The demonstration played through the real doors and cores: every element of its story shows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from schemas.codec import encode
from schemas.events import (
    BaselineSet,
    DataSetAssessed,
    Event,
    FiguresPublished,
    NoticePlanned,
    PeriodOpened,
    ReturnAccepted,
    SignatureEvent,
    derived_id,
)
from schemas.published import shipped_figures
from schemas.reference import DEMONSTRATION, Library, load_library
from schemas.topics import Producer, Topic
from services.alerts.audience import default_audiences
from services.alerts.core.step import CORE as ALERTS
from services.alerts.office import Office
from services.benchmark.core.step import CORE as BENCHMARK
from services.benchmark.method import missing_method
from services.embedded.demonstration.action import Action, Answer
from services.embedded.demonstration.load import NothingToAnswer, load
from services.embedded.demonstration.moment import StoryClock
from services.embedded.demonstration.script import write_script
from services.embedded.demonstration.story import load_story
from services.gateway.core.document import Document
from services.gateway.core.item.collection import collection_item
from services.gateway.joined import Joined
from services.gateway.projector import Projector
from services.gateway.views import Views
from services.gateway.wanted import Wanted, newest_first
from services.ingest.desk import Desk
from services.runtime.clock import Clock, rfc3339
from services.runtime.consumer import Consumer
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics
from services.runtime.reader import Reader
from services.runtime.store import MemoryStore

pytestmark = pytest.mark.slow

RIIA, REGIONAL = "riia-quarterly", "regional-quarterly"
NEWEST = "2026-27-Q2"
START = datetime(2024, 6, 30, 12, tzinfo=UTC)
AFTERWARDS = datetime(2026, 11, 22, 12, tzinfo=UTC)

PUSHED = [
    # what, whose, which signature, which quarter, how much it asks
    ("raised", "D01", "RED:CP12", "2025-26-Q4", "concern"),
    ("withdrawn", "D01", "RED:CP12", "2025-26-Q4", "concern"),
    ("changed", "D03", "R01", "2026-27-Q2", "concern"),
    ("raised", "D04", "RED:LA05", "2026-27-Q1", "concern"),
    ("changed", "D07", "R06", "2025-26-Q3", "concern"),
    ("changed", "D07", "R06", "2026-27-Q2", "escalate"),
    ("changed", "D09", "R03", "2024-25-Q4", "concern"),
    ("cleared", "D09", "R03", "2026-27-Q1", "watch"),
]
"""All that anyone is ever told of in the made-up region. Whatever else fires is shown alone."""


@dataclass(frozen=True)
class Played:
    """The demonstration after its last action."""

    script: tuple[Action, ...]
    log: MemoryLog
    desk: Desk
    office: Office
    clock: StoryClock
    settle: Callable[[], None]
    views: Views

    def events(self, topic: Topic) -> Iterator[Event]:
        return Reader(self.log, now=self.clock).events(topic)

    def sizes(self) -> dict[Topic, int]:
        return {topic: len(self.log.read(topic, limit=1_000_000)) for topic in Topic}

    def standing(
        self, authority: str, indicator: str, period: str, collection: str = RIIA
    ) -> dict[str, Any]:
        """A row of GET /v1/standings."""
        document = self.views.standings(collection, period, authority)
        assert document is not None
        return Joined(self.views).standing(document, self.views.indicator(indicator))

    def alerts(self, authority: str, signature: str) -> list[dict[str, Any]]:
        """Rows of GET /v1/alerts, the newest first."""
        found = newest_first(self.views, Wanted(authority=authority))
        return [
            Joined(self.views).alert(_there(self.views.store.get(self.views.keys.alert(alert))))
            for alert, brief in found
            if brief["signature"] == signature
        ]

    def returns(self, authority: str, period: str, collection: str) -> list[dict[str, Any]]:
        """Rows of GET /v1/returns/{id}, the first version first."""
        entries = _there(self.views.period(collection, period))["returns"].get(authority, [])
        keys = self.views.keys
        return [
            self.views.returned(_there(self.views.store.get(keys.submission(entry["id"]))))
            for entry in entries
        ]


def _there(document: Document | None) -> Document:
    assert document is not None
    return document


def _figures(now: Clock) -> list[Event]:
    return [
        Event(
            id=derived_id("figures", DEMONSTRATION, figures.id),
            nation=DEMONSTRATION,
            producer=Producer.INGEST,
            time=rfc3339(now()),
            data=figures,
        )
        for figures in shipped_figures()
    ]


def _begin(log: MemoryLog, clock: Clock) -> None:
    method = missing_method(log, DEMONSTRATION, now=clock)
    assert method is not None
    log.append([encode(event) for event in (method, *_figures(clock))])


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def played(library: Library) -> Played:
    log, store = MemoryLog(), MemoryStore()
    clock = StoryClock(START, afterwards=lambda: AFTERWARDS)
    desk = Desk(log, library=library, nation=DEMONSTRATION, now=clock)
    office = Office(log, library, DEMONSTRATION, now=clock)
    _begin(log, clock)
    office.set_audiences([each.told for each in default_audiences(library, DEMONSTRATION)])
    workers = (
        Consumer(BENCHMARK, log, now=clock),
        Consumer(ALERTS, log, now=clock),
        Projector(log, store, now=clock, metrics=Metrics(CollectorRegistry())),
    )

    def settle() -> None:
        while sum(worker.advance() for worker in workers):
            pass

    script = write_script(shipped_figures(), story=load_story(), library=library)
    settle()
    assert load(script, desk=desk, office=office, clock=clock, settle=settle) == len(script)
    views = Views(store, library=library, nation=DEMONSTRATION)
    return Played(script, log, desk, office, clock, settle, views)


# ------------------------------------------------------------------------- who is told, and of what


def test_people_are_told_of_what_the_story_has_and_of_nothing_else(played: Played) -> None:
    pushed = [
        (
            event.data.type.removeprefix("signature."),
            event.data.authority,
            event.data.signature,
            event.data.period,
            event.data.severity,
        )
        for event in played.events(Topic.ALERTS)
        if isinstance(event.data, SignatureEvent) and event.data.push
    ]
    assert sorted(pushed, key=lambda p: (p[1], p[2], p[3])) == PUSHED


def test_the_regional_group_and_the_director_are_told_of_each(played: Played) -> None:
    planned = [
        event.data
        for event in played.events(Topic.ALERTS)
        if isinstance(event.data, NoticePlanned) and event.data.reason in ("first", "withdrawn")
    ]
    told = {(notice.authority, notice.audience, str(notice.reason)) for notice in planned}
    for authority in ("D01", "D03", "D04", "D07", "D09"):
        assert (authority, "region-d00", "first") in told
        assert (authority, f"authority-{authority.lower()}", "first") in told
    assert {notice.authority for notice in planned if notice.reason == "withdrawn"} == {"D01"}


def test_authorities_without_a_story_have_no_alert_of_risk(played: Played) -> None:
    for authority in ("D02", "D05", "D06", "D08", "D11"):
        alerts = newest_first(played.views, Wanted(authority=authority, sign="risk"))
        assert alerts == [], authority


def test_of_the_newest_quarter_only_the_figures_of_the_story_are_amber_or_red(
    played: Played,
) -> None:
    flagged = {
        (document["authority"], code)
        for collection in (RIIA, REGIONAL)
        for document in played.views.of_region(collection, NEWEST, "D00").values()
        if document is not None
        for code, said in document["standings"].items()
        if (said.get("england") or {}).get("flag") in ("amber", "red")
    }
    assert flagged == {("D03", "WF02"), ("D04", "LA05"), ("D07", "CP04")}


# ----------------------------------------------------------------------------------- the signatures


def test_cressmouth_relies_more_and_more_on_agency_staff(played: Played) -> None:
    (alert,) = played.alerts("D03", "R01")
    assert (alert["severity"], alert["state"], alert["period"]) == (
        "concern",
        "acknowledged",
        NEWEST,
    )
    assert alert["since"] == "2026-27-Q1"
    first, second = (entry["push_reason"] for entry in alert["history"][:2])
    assert (first, second) == ("not_in_two_of_three_quarters", "concern")
    agency = played.standing("D03", "WF02", NEWEST)
    assert agency["england"]["flag"] == "amber"
    assert agency["neighbours"]["difference"] > 0.5
    assert agency["change"]["year_on_year"] > 10
    assert agency["note"] == "Both agency teams were kept on over the summer."


def test_cressmouth_has_seen_the_alert(played: Played) -> None:
    (alert,) = played.alerts("D03", "R01")
    (seen,) = alert["answers"]
    assert (seen["kind"], seen["at"][:10]) == ("acknowledgement", "2026-11-12")
    assert "workforce board" in seen["text"]


def test_graymarsh_answers_late_to_harm_until_it_escalates(played: Played) -> None:
    (alert,) = played.alerts("D07", "R06")
    assert (alert["severity"], alert["period"]) == ("escalate", NEWEST)
    assert alert["since"] == "2025-26-Q1"
    severities = {
        entry["period"]: entry["severity"] for entry in alert["history"] if "severity" in entry
    }
    assert severities == {
        "2025-26-Q1": "watch",
        "2025-26-Q2": "watch",
        "2025-26-Q3": "concern",
        "2025-26-Q4": "concern",
        "2026-27-Q1": "concern",
        "2026-27-Q2": "escalate",
    }
    late = played.standing("D07", "CP04", NEWEST)
    assert late["england"]["flag"] == "red"
    back = played.standing("D07", "FD04", NEWEST)
    assert back["england"]["percentile"] >= 0.67


def test_graymarsh_has_answered(played: Played) -> None:
    (alert,) = played.alerts("D07", "R06")
    (answer,) = alert["answers"]
    assert (answer["kind"], answer["at"][:10]) == ("answer", "2026-02-19")
    assert answer["text"].startswith("We know.")


def test_one_notice_covers_the_composite_and_its_own_red_indicator(played: Played) -> None:
    (alert,) = played.alerts("D07", "RED:CP04")
    assert not alert["push"]
    assert alert["notices"] == []
    assert alert["history"][0]["push_reason"] == "covered_by_the_notice_of_a_composite"


def test_kelderby_was_overloaded_and_has_mended(played: Played) -> None:
    (alert,) = played.alerts("D09", "R03")
    assert (alert["state"], alert["since"]) == ("cleared", "2024-25-Q1")
    reasons = {notice["reason"] for notice in alert["notices"]}
    assert {"first", "resolved"} <= reasons
    then = played.standing("D09", "AS03", "2024-25-Q4")
    now = played.standing("D09", "AS03", NEWEST)
    assert then["england"]["flag"] == "amber"
    assert (now["england"]["flag"], now["england"]["band"]) == ("as_expected", "A")


def test_dunmarrow_has_one_red_indicator_told_by_itself(played: Played) -> None:
    (alert,) = played.alerts("D04", "RED:LA05")
    assert (alert["severity"], alert["state"], alert["since"]) == ("concern", "open", "2026-27-Q1")
    placements = played.standing("D04", "LA05", NEWEST, REGIONAL)
    assert placements["england"]["flag"] == "red"
    red = [
        code
        for collection in (RIIA, REGIONAL)
        for code, said in _there(played.views.standings(collection, NEWEST, "D04"))[
            "standings"
        ].items()
        if (said.get("england") or {}).get("flag") in ("amber", "red")
    ]
    assert red == ["LA05"]


@pytest.mark.parametrize(("authority", "signature"), [("D02", "S1"), ("D02", "S5"), ("D08", "S1")])
def test_strengths_are_shown_and_never_told(played: Played, authority: str, signature: str) -> None:
    alert = played.alerts(authority, signature)[0]
    assert (alert["sign"], alert["state"], alert["notices"]) == ("strength", "open", [])
    assert alert["push_reason"] == "strengths_are_not_pushed"


def test_larkenshaw_is_late_twice_which_is_shown_and_never_told(played: Played) -> None:
    (alert,) = played.alerts("D10", "R18")
    assert (alert["state"], alert["since"], alert["notices"]) == ("open", "2026-27-Q1", [])
    assert alert["push_reason"] == "shown_never_pushed"
    fired = [c["expression"] for c in alert["conditions"] if c["result"] == "fired"]
    assert any("late()" in expression for expression in fired)


# ------------------------------------------------------------------------- figures and their states


def test_a_high_share_of_few_children_is_not_flagged(played: Played) -> None:
    repeat = played.standing("D05", "CP08", NEWEST)
    assert repeat["comparison"]["value"] > 35
    assert repeat["comparison"]["denominator"] < 40
    assert repeat["england"]["percentile"] > 0.95
    assert (repeat["england"]["band"], repeat["england"]["flag"]) == ("D", "as_expected")
    assert repeat["reliability"] < 0.5


def test_some_figures_are_better_or_higher_than_expected(played: Played) -> None:
    assert played.standing("D01", "FD04", NEWEST)["england"]["flag"] == "better"
    assert played.standing("D03", "LA01", NEWEST)["england"]["flag"] == "high"


@pytest.mark.parametrize(
    ("authority", "indicator", "period", "state", "symbol", "note"),
    [
        ("D05", "LA04", NEWEST, "suppressed", "c", "Fewer than six children."),
        (
            "D01",
            "FD01",
            "2025-26-Q2",
            "missing",
            "x",
            "Contacts cannot be told from enquiries while the new front door beds in.",
        ),
        (
            "D08",
            "WF02",
            "2025-26-Q4",
            "unreliable",
            "u",
            "The move to a new HR system is under way: posts are counted twice.",
        ),
    ],
)
def test_what_is_not_there_says_why(
    played: Played,
    authority: str,
    indicator: str,
    period: str,
    state: str,
    symbol: str,
    note: str,
) -> None:
    row = played.standing(authority, indicator, period)
    assert (row["state"], row["symbol"], row["note"]) == (state, symbol, note)
    assert (row["value"], row["comparison"]) == (None, None)


def test_an_unreliable_quarter_stops_what_needs_four(played: Played) -> None:
    row = played.standing("D08", "WF04", NEWEST)
    assert (row["state"], row["reason"]) == ("reported", "needs_four_quarters")
    assert row["england"]["flag"] == "not_assessed"


def test_measures_of_a_year_are_not_applicable_to_a_quarter(played: Played) -> None:
    row = played.standing("D06", "ED01", NEWEST, REGIONAL)
    assert (row["state"], row["symbol"]) == ("not_applicable", "z")


# ---------------------------------------------------------------------- returns, late and corrected


def test_averndale_corrects_a_figure_and_the_alert_is_withdrawn_with_the_reason(
    played: Played,
) -> None:
    (alert,) = played.alerts("D01", "RED:CP12")
    assert (alert["state"], alert["reason"]) == (
        "withdrawn",
        "the_authority_corrected_its_figures",
    )
    assert {"first", "withdrawn"} <= {notice["reason"] for notice in alert["notices"]}
    wrong, right = played.returns("D01", "2025-26-Q4", REGIONAL)
    assert (wrong["state"], wrong["superseded_by"]) == ("superseded", right["id"])
    counts = [
        next(o["numerator"] for o in version["observations"] if o["indicator"] == "CP12")
        for version in (wrong, right)
    ]
    assert counts == [49, 94]
    assert played.standing("D01", "CP12", "2025-26-Q4", REGIONAL)["england"]["flag"] == (
        "as_expected"
    )


def test_ormsthwick_has_not_returned_the_newest_quarter(played: Played) -> None:
    period = _there(played.views.period(RIIA, NEWEST))
    codes = [authority.code for authority in played.views.senders()]
    shown = collection_item(
        period,
        senders=codes,
        baseline=None,
        today=played.views.today(),
        working_days=played.views.library.working_days,
    )
    assert (shown["state"], shown["due"], shown["returned"], shown["of"]) == (
        "open",
        "2026-11-11",
        10,
        11,
    )
    missing = [a["authority"] for a in shown["authorities"] if not a["returned"]]
    assert missing == ["D11"]


def test_three_directors_have_signed_off_the_newest_quarter(played: Played) -> None:
    states = {
        code: played.returns(code, "2026-27-Q2", collection)[-1]["state"]
        for collection in (RIIA, REGIONAL)
        for code in (f"D{number:02d}" for number in range(1, 11))
    }
    signed = {code for code, state in states.items() if state == "signed_off"}
    assert signed == {"D02", "D06", "D08"}
    assert set(states.values()) == {"signed_off", "accepted_provisional"}
    assert {r["state"] for r in played.returns("D01", "2025-26-Q4", REGIONAL)} == {
        "superseded", "locked",
    }  # fmt: skip


def test_larkenshaw_was_received_after_the_due_day_and_counts_all_the_same(
    played: Played,
) -> None:
    (late,) = played.returns("D10", "2026-27-Q1", RIIA)
    due = date.fromisoformat(_there(played.views.period(RIIA, "2026-27-Q1"))["due"])
    assert date.fromisoformat(late["accepted_at"][:10]) > due
    assert played.standing("D10", "FD04", "2026-27-Q1")["state"] == "reported"


def test_the_check_asks_about_nothing_that_is_not_explained_in_a_note(played: Played) -> None:
    asked = {
        (event.data.authority, event.data.period, finding.indicator)
        for event in played.events(Topic.RETURNS)
        if isinstance(event.data, ReturnAccepted)
        for finding in event.data.findings
        if finding.code.startswith("Q")
    }
    assert asked == {("D04", "2026-27-Q1", "LA05")}
    assert played.standing("D04", "LA05", "2026-27-Q1", REGIONAL)["note"].startswith("Two children")


# ------------------------------------------------------------------------------ invented, and apart


def test_no_real_authority_sends_anything_into_the_demonstration(
    played: Played, library: Library
) -> None:
    senders = {
        event.data.authority
        for event in played.events(Topic.RETURNS)
        if isinstance(event.data, ReturnAccepted)
    }
    assert senders == set(library.senders(DEMONSTRATION))
    assert senders.isdisjoint(library.authorities())


def test_no_invented_authority_is_among_the_published_figures(
    played: Played, library: Library
) -> None:
    invented = set(library.senders(DEMONSTRATION))
    for event in played.events(Topic.RETURNS):
        if isinstance(event.data, FiguresPublished):
            assert invented.isdisjoint(event.data.areas)
    for event in played.events(Topic.STANDINGS):
        if isinstance(event.data, DataSetAssessed):
            assert invented.isdisjoint(event.data.authorities)


def test_what_england_lends_a_quarter_does_not_rest_on_an_invented_figure(
    played: Played,
) -> None:
    """A nation that has the published figures alone is lent the same for the newest quarter."""
    log, clock = MemoryLog(), StoryClock(START, afterwards=lambda: AFTERWARDS)
    _begin(log, clock)
    opening = next(
        event
        for event in played.events(Topic.RETURNS)
        if isinstance(event.data, PeriodOpened)
        and (event.data.collection, event.data.period) == (RIIA, NEWEST)
    )
    log.append([encode(opening)])
    consumer = Consumer(BENCHMARK, log, now=clock)
    while consumer.advance():
        pass

    def lent(events: Iterator[Event]) -> BaselineSet:
        return next(
            event.data
            for event in events
            if isinstance(event.data, BaselineSet)
            and (event.data.collection, event.data.period) == (RIIA, NEWEST)
        )

    alone = lent(Reader(log, now=clock).events(Topic.STANDINGS))
    assert lent(played.events(Topic.STANDINGS)).indicators == alone.indicators


def test_every_moment_of_the_log_is_one_of_the_story(played: Played) -> None:
    times = [event.time for topic in Topic for event in played.events(topic)]
    assert min(times) == rfc3339(START)
    assert max(times) == "2026-11-12T09:05:00.000Z"


# --------------------------------------------------------------------------------------- playing it


def test_a_load_that_goes_over_what_it_wrote_writes_nothing(played: Played) -> None:
    before = played.sizes()
    load(
        played.script,
        desk=played.desk,
        office=played.office,
        clock=played.clock,
        settle=played.settle,
    )
    assert played.sizes() == before


def test_after_the_story_the_clock_shows_the_time_of_day(played: Played) -> None:
    assert played.clock() == AFTERWARDS


def test_an_answer_to_an_alert_that_does_not_stand_stops_the_load(played: Played) -> None:
    stray = Answer(AFTERWARDS, "D06", "R01", "answer", "To what?", alerts=("none",))
    with pytest.raises(NothingToAnswer, match="D06 has no open alert of R01"):
        load(
            [stray],
            desk=played.desk,
            office=played.office,
            clock=StoryClock(START, afterwards=lambda: AFTERWARDS),
            settle=played.settle,
        )
