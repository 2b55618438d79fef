"""An invented history: a region's quarters, published years, alerts with answers and notices."""

from collections.abc import Iterator

from schemas.authority import Authority
from schemas.catalogue import Indicator
from schemas.events import (
    AlertSeverity,
    AnswerGiven,
    AudienceSet,
    BaselineReason,
    BaselineSet,
    Condition,
    Event,
    Evidence,
    IndicatorBaseline,
    MethodSet,
    NoticePlanned,
    NoticeReason,
    NoticeSent,
    Observation,
    PeriodClosed,
    PeriodOpened,
    Result,
    ReturnAccepted,
    Sign,
    SignatureRaised,
    SignatureResult,
    Standing,
    StandingsUpdated,
    State,
    TextSet,
    derived_id,
)
from schemas.periods import Period
from schemas.reference import DEMONSTRATION, Library
from services.gateway.sample.england import make_event, publish
from services.gateway.sample.figure import ENGLAND, make_standing

COLLECTION = "riia-quarterly"
QUARTERS = ("2025-26-Q2", "2025-26-Q3", "2025-26-Q4", "2026-27-Q1", "2026-27-Q2")
LEANS = {
    ("D06", "WF02"): 3.6, ("D06", "WF03"): 2.6, ("D09", "FD04"): 2.4, ("D02", "CP04"): 3.5,
    ("D04", "AS03"): -2.6, ("D08", "LA01"): 2.8, ("D03", "CP08"): 2.2, ("D07", "CN01"): -2.4,
    ("D01", "WF04"): -2.3, ("D02", "AS03"): 2.3,
}  # fmt: skip
"""Which invented authorities lie how far to the adverse side (or higher), by indicator."""


def make_return(
    authority: str, period: str, standings: tuple[Standing, ...], *, supersedes: str | None = None
) -> ReturnAccepted:
    """Return the return that the standings were made from."""
    ident = derived_id("sample-return", authority, period, supersedes)
    return ReturnAccepted(
        return_id=ident,
        authority=authority,
        collection=COLLECTION,
        period=period,
        sha256=derived_id("hash", ident).replace("-", "") * 2,
        size=2310,
        media_type="text/csv",
        channel="api",
        rules="2026.1",
        supersedes=supersedes,
        observations=tuple(
            Observation(
                indicator=s.indicator,
                numerator=s.numerator,
                denominator=s.denominator,
                symbol=s.symbol,
                note="note-agency" if s.indicator == "WF02" and authority == "D06" else None,
            )
            for s in standings
        ),
    )


def make_standings(
    authority: str,
    period: str,
    standings: tuple[Standing, ...],
    *,
    return_id: str | None,
    provisional: bool,
) -> StandingsUpdated:
    """Return the standings of one return."""
    return StandingsUpdated(
        authority=authority,
        collection=COLLECTION,
        period=period,
        return_id=return_id,
        baseline=f"baseline-{period}",
        catalogue="2026.1",
        neighbours="2025",
        rules="2026.1",
        engine=1,
        provisional=provisional,
        standings=standings,
        signatures=(SignatureResult(id="R01", result=Result.NOT_FIRED),),
    )


def make_alert(authority: str, period: str, standing: Standing) -> SignatureRaised:
    """Return an alert that rests on one standing."""
    return SignatureRaised(
        alert=derived_id("sample-alert", authority),
        authority=authority,
        collection=COLLECTION,
        signature="R01",
        sign=Sign.RISK,
        severity=AlertSeverity.CONCERN,
        period=period,
        since=QUARTERS[-2],
        push=True,
        push_reason="Fired in 2 of 3 quarters, and agency social workers is red by the exact test",
        rule_version="2026.1",
        question="Reliance on agency social workers is well above that of similar authorities and "
        "higher than two years ago. What lies behind it, and how do children keep the same social "
        "worker meanwhile?",
        conditions=(
            Condition(
                expression="sn(WF02) >= 50 %", value=0.62, threshold=0.5, result=Result.FIRED,
                period=period, basis="in-year",
            ),
            Condition(
                expression="d8(WF02) > 0", value=3.4, threshold=0, result=Result.FIRED,
                period="2024-25", basis="published",
            ),
        ),
        evidence=(Evidence(period=period, basis="in-year", standing=standing),),
        caveats=(
            "Agency use fell across England from 17.8 % to 13.0 % between 2023 and 2025: the "
            "comparison is with neighbours, not with a fixed line.",
        ),
    )  # fmt: skip


def make_history(library: Library) -> Iterator[Event]:
    """Walk the whole invented history in the order in which its events would come."""
    indicators = [i for i in library.catalogue("2026.1").values() if i.collection == COLLECTION]
    method = MethodSet(engine=1, catalogue="2026.1", neighbours="2025", rules="2026.1")
    yield make_event(method, time="2025-09-30T00:00:00.000Z")
    for indicator in indicators:
        yield from publish(indicator, library)
    senders = sorted(library.senders(DEMONSTRATION).values(), key=lambda a: a.code)
    earlier: dict[str, tuple[Standing, ...]] = {}
    for number, period in enumerate(QUARTERS):
        last = number == len(QUARTERS) - 1
        yield from _quarter(period, senders[:-2] if last else senders, indicators, earlier, last)
    yield from _alert(earlier["D06"])


def _quarter(
    period: str,
    senders: list[Authority],
    indicators: list[Indicator],
    earlier: dict[str, tuple[Standing, ...]],
    last: bool,
) -> Iterator[Event]:
    day = Period.parse(period).ends
    month = f"{day.year + (day.month == 12)}-{day.month % 12 + 1:02d}"  # noqa: PLR2004 - December
    opened = PeriodOpened(collection=COLLECTION, period=period, due=f"{month}-28")
    yield make_event(opened, time=f"{month}-01T09:00:00.000Z")
    baseline = BaselineSet(
        id=f"baseline-{period}",
        collection=COLLECTION,
        period=period,
        why=BaselineReason.OPENED,
        indicators={
            i.code: IndicatorBaseline(
                data_set=f"dfe-sample/{i.code}/2024-25/2025-11", year="2024-25",
                value=ENGLAND[i.code], population="population:0-17/2024",
                neighbours=f"dfe-sample/{i.code}/2024-25/2025-11",
                reason=None if i.has_denominator else "A plain count is not held against others",
            )
            for i in indicators
        },
    )  # fmt: skip
    yield make_event(baseline, time=f"{month}-01T09:00:01.000Z")
    for place, authority in enumerate(senders):
        time = f"{month}-{5 + place:02d}T10:{15 + place}:00.000Z"
        standings = _standings(authority.code, period, indicators, earlier.get(authority.code, ()))
        earlier[authority.code] = standings
        sent = make_return(authority.code, period, standings)
        yield make_event(sent, time=time)
        updated = make_standings(
            authority.code, period, standings, return_id=sent.return_id, provisional=last
        )
        yield make_event(updated, time=time)
    if not last:
        closed = PeriodClosed(collection=COLLECTION, period=period)
        yield make_event(closed, time=f"{month}-28T17:00:00.000Z")


def _standings(
    authority: str,
    period: str,
    indicators: list[Indicator],
    before: tuple[Standing, ...],
) -> tuple[Standing, ...]:
    values = {s.indicator: s.comparison.value for s in before if s.comparison is not None}
    found = []
    for indicator in indicators:
        lean = LEANS.get((authority, indicator.code), 0.0)
        standing = make_standing(
            indicator, seed=f"{authority}/{period}", lean=lean, before=values.get(indicator.code)
        )
        found.append(_with_gaps(standing, authority))
    return tuple(found)


def _with_gaps(standing: Standing, authority: str) -> Standing:
    gaps = {
        ("D02", "LA04"): State.SUPPRESSED,
        ("D05", "WF04"): State.MISSING,
        ("D08", "SE02"): State.NOT_APPLICABLE,
        ("D03", "CP09"): State.UNRELIABLE,
    }
    symbols = {"suppressed": "c", "missing": "x", "not_applicable": "z", "unreliable": "u"}
    state = gaps.get((authority, standing.indicator))
    if state is None:
        return standing
    return Standing(
        indicator=standing.indicator,
        symbol=symbols[state],  # type: ignore[arg-type]
        state=state,
    )


def _alert(standings: tuple[Standing, ...]) -> Iterator[Event]:
    agency = next(s for s in standings if s.indicator == "WF02")
    raised = make_alert("D06", QUARTERS[-1], agency)
    told = AudienceSet(
        audience="directors", kind="region", covers="D00", authorities=("D06",), channels=("email",)
    )
    yield make_event(told, time="2026-10-01T08:00:00.000Z")
    yield make_event(raised, time="2026-10-10T10:30:00.000Z")
    notice = derived_id("sample-notice", raised.alert)
    yield make_event(
        NoticePlanned(
            notice=notice, alert=raised.alert, authority="D06", audience="directors",
            reason=NoticeReason.FIRST, severity=AlertSeverity.CONCERN, period=raised.period,
            because="sample", at="2026-10-10T10:30:00.000Z", channels=("email",),
        ),
        time="2026-10-10T10:30:01.000Z",
    )  # fmt: skip
    sent = NoticeSent(
        notice=notice, alert=raised.alert, audience="directors", channel="email", attempt=1
    )
    yield make_event(sent, time="2026-10-10T10:30:02.000Z")
    words = "Two teams merged in July; ten of the twelve posts are filled from January."
    text = TextSet(id="answer-1", kind="answer", text=words)
    yield make_event(text, time="2026-10-12T08:00:00.000Z")
    note = TextSet(id="note-agency", kind="note", text="Eight agency posts cover the merger.")
    yield make_event(note, time="2026-10-12T08:00:00.001Z")
    name = TextSet(id="director-d06", kind="name", text="the director of Fallowgate")
    yield make_event(name, time="2026-10-12T08:00:00.001Z")
    answer = AnswerGiven(
        answer="given-1", alert=raised.alert, authority="D06", actor="director-d06", text="answer-1"
    )
    yield make_event(answer, time="2026-10-12T08:00:00.002Z")
