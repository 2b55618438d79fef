"""Who is told in England, among real authorities and the published figures that are shipped.

The returns are invented; what they are held against is not.
"""

import pytest

from schemas.events import (
    AlertSeverity,
    Event,
    Observation,
    PeriodOpened,
    ReturnAccepted,
    SignatureEvent,
)
from schemas.published import shipped_figures
from schemas.reference import ENGLAND, load_library
from schemas.topics import Producer
from services.benchmark.core.step import CORE

RIIA, REGIONAL = "riia-quarterly", "regional-quarterly"
TWO_YEARS_AGO = ("2024-25-Q1", "2024-25-Q2")
NOW = ("2026-27-Q1", "2026-27-Q2")

LEEDS, BRACKNELL_FOREST, BOLTON, DUDLEY, SOUTHWARK = "383", "867", "350", "332", "210"
LATE_ASSESSMENTS = {"AS03": (310, 500)}
LATE_CONFERENCES = {"CP04": (280, 500)}
COMES_BACK = {"FD04": (250, 1000)}


class England:
    """Benchmark's core with England loaded, and what it said of signatures."""

    def __init__(self):
        self.state = CORE.empty(ENGLAND)
        self.events, self.payloads = [], []

    @property
    def said(self):
        return [payload for payload in self.payloads if isinstance(payload, SignatureEvent)]

    def again(self):
        """Return an England rebuilt from the record of this one, as a restart would."""
        other = England()
        other.events, other.payloads = list(self.events), list(self.payloads)
        for event in self.events:
            CORE.take(other.state, event)
        for payload in self.payloads:
            CORE.hear(other.state, payload)
        return other

    def step(self, data):
        event = Event(
            id=f"{data.type}-{len(self.events)}",
            nation=ENGLAND,
            producer=Producer.INGEST,
            time="2026-07-20T09:00:00Z",
            data=data,
        )
        self.payloads += CORE.step(self.state, event)
        self.events.append(event)

    def open(self, *periods):
        for period in periods:
            for collection in (RIIA, REGIONAL):
                self.step(PeriodOpened(collection=collection, period=period, due="2026-12-31"))

    def quarters(self):
        """Open the quarters of now one after the other."""
        for period in NOW:
            self.open(period)
            yield period

    def send(self, authority, period, *, collection=RIIA, **given):
        """Send a whole return: what is given as (numerator, denominator), all else as missing."""
        observations = (
            Observation(indicator=code, numerator=given[code][0], denominator=given[code][1])
            if code in given
            else Observation(indicator=code, symbol="x")
            for code in load_library().collection(collection, version="2026.1")
        )
        self.step(
            ReturnAccepted(
                return_id=f"{authority}-{collection}-{period}-{len(self.events)}",
                authority=authority,
                collection=collection,
                period=period,
                sha256="0" * 64,
                size=1,
                media_type="application/json",
                channel="api",
                rules="1",
                observations=tuple(observations),
            )
        )

    def pushed(self):
        """Return what anyone is told of, as (authority, signature, period)."""
        return [(p.authority, p.signature, p.period) for p in self.said if p.push]

    def only_push(self):
        (push,) = [payload for payload in self.said if payload.push]
        return push


@pytest.fixture(scope="module")
def published():
    england = England()
    for figures in shipped_figures():
        england.step(figures)
    england.open(*TWO_YEARS_AGO)
    assert england.said == []
    return england


@pytest.fixture
def england(published):
    return published.again()


def basis_of(push, indicator):
    """On what an alert's figure of an indicator rests: the basis and the period of each mention."""
    evidence = {
        (cited.basis, cited.period)
        for cited in push.evidence
        if cited.standing.indicator == indicator
    }
    conditions = {
        (said.basis, said.period) for said in push.conditions if f"({indicator})" in said.expression
    }
    assert evidence == conditions
    (basis,) = evidence
    return basis


def test_agency_use_far_above_its_neighbours_and_its_own_past_is_told_in_the_second_quarter(
    england,
):
    for period in TWO_YEARS_AGO:
        england.send(LEEDS, period, WF02=(62.0, 480.0))
    for period in england.quarters():
        england.send(LEEDS, period, WF02=(180.0, 480.0))
    assert (LEEDS, "R01", NOW[1]) in england.pushed()
    told = [p for p in england.said if p.signature == "R01"]
    assert [(p.severity, p.push) for p in told] == [
        (AlertSeverity.WATCH, False),
        (AlertSeverity.CONCERN, True),
    ]
    assert basis_of(told[1], "WF02") == ("in-year", NOW[1])


@pytest.mark.parametrize(
    "late", [LATE_ASSESSMENTS, LATE_CONFERENCES], ids=["assessments", "conferences"]
)
def test_delay_beside_a_published_caseload_is_told_and_names_the_caseload_s_year(england, late):
    for period in england.quarters():
        england.send(BRACKNELL_FOREST, period, **late)
    told = england.only_push()
    (delayed,) = late
    assert (told.signature, told.period, told.severity) == ("R03", NOW[1], AlertSeverity.CONCERN)
    assert basis_of(told, "WF06") == ("published", "2025")
    assert basis_of(told, delayed) == ("in-year", NOW[1])
    assert "WF06 is the published figure of 2025." in told.caveats


def test_delay_beside_a_returned_caseload_is_told_on_the_quarter_s_own_figures(england):
    for period in england.quarters():
        england.send(BOLTON, period, collection=REGIONAL, WF06=(1250, 60.0))
        england.send(BOLTON, period, **LATE_ASSESSMENTS)
    told = england.only_push()
    assert (told.signature, told.period) == ("R03", NOW[1])
    assert basis_of(told, "WF06") == ("in-year", NOW[1])
    assert not [caveat for caveat in told.caveats if "published figure of" in caveat]


def test_an_ordinary_caseload_that_is_returned_goes_before_a_high_one_that_is_published(england):
    for period in england.quarters():
        england.send(BOLTON, period, collection=REGIONAL, WF06=(840, 60.0))
        england.send(BOLTON, period, **LATE_ASSESSMENTS)
    assert england.pushed() == []


def test_late_conferences_with_families_who_come_back_are_told_in_the_second_quarter(england):
    for period in england.quarters():
        england.send(DUDLEY, period, **LATE_CONFERENCES, **COMES_BACK)
    (told,) = [p for p in england.said if p.push and p.signature == "R06"]
    assert (told.period, told.push_reason) == (NOW[1], "concern")
    assert basis_of(told, "CP04") == basis_of(told, "FD04") == ("in-year", NOW[1])


def test_a_single_red_figure_is_told_at_once_and_once(england):
    for period in england.quarters():
        england.send(SOUTHWARK, period, FD04=(480, 1000))
    assert england.pushed() == [(SOUTHWARK, "RED:FD04", NOW[0])]
    assert england.only_push().evidence[0].standing.england.flag == "red"


def test_an_ordinary_authority_is_told_nothing(england):
    for period in england.quarters():
        england.send(SOUTHWARK, period, FD04=(226, 1000), AS03=(430, 500), CP04=(410, 500))
    assert england.pushed() == []
