from dataclasses import dataclass, field

import pytest

from schemas.events import Evidence, Standing, State
from schemas.periods import Period
from schemas.reference import load_library
from services.benchmark.core.facts import Fact
from services.benchmark.core.reading import read_rules


@dataclass
class TableFacts:
    """Facts written down one by one; what is not written down is not assessable."""

    table: dict[tuple[str, str | None, Period], Fact] = field(default_factory=dict)

    def put(
        self,
        measure,
        period,
        value,
        *,
        basis="in-year",
        n=None,
        reason=None,
        of=None,
        observed=None,
    ):
        """Write a fact down: ``put("pos(CP04)", "2026-27-Q2", 0.8)``; returns itself."""
        function, _, indicator = measure.rstrip(")").partition("(")
        asked = Period.parse(period) if isinstance(period, str) else period
        seen = (value is not None and basis == "in-year") if observed is None else observed
        why = reason if value is not None or reason else "not returned"
        fact = Fact(value, why, of or str(asked), basis, n, seen)
        self.table[(function, indicator or None, asked)] = fact
        return self

    def look(self, function, *, indicator, period):
        known = self.table.get((function, indicator, period))
        return known or Fact(None, "no figure is known", str(period))

    def read(self, function, *, indicator, period):
        fact = self.look(function, indicator=indicator, period=period)
        return fact.value, fact.n

    def read_each(self, function, *, indicators, period):
        return [self.read(function, indicator=each, period=period) for each in indicators]

    @property
    def tallied(self):
        return {}  # facts are written down between two looks

    def cite(self, indicator, *, period):
        for (_, code, asked), fact in self.table.items():
            if code == indicator and asked == period and fact.basis is not None:
                standing = Standing(indicator=indicator, state=State.REPORTED)
                return Evidence(period=fact.period, basis=fact.basis, standing=standing)
        return None


@pytest.fixture
def facts():
    return TableFacts()


@pytest.fixture(scope="session")
def catalogue():
    return load_library().catalogue("2026.1")


@pytest.fixture(scope="session")
def document():
    """A whole rule file around the signatures given: ``document(condition="…")`` for one."""

    def build(*signatures, sets=None, least_n=30, **only):
        plain = {
            "id": "T01",
            "name": "A test",
            "sign": "risk",
            "grading": "persistence",
            "collection": "riia-quarterly",
            "condition": "pos(CP04) >= .75",
            "question": "What lies behind it?",
            "why": "Because.",
            "known": "Nothing.",
        }
        chosen = [plain | one for one in signatures] or [plain | only]
        return {
            "version": "test",
            "catalogue": "2026.1",
            "about": "For a test.",
            "source": "None.",
            "least_n": {"default": least_n, "indicators": {"WF02": 20}},
            "severity": {
                "times": 2,
                "quarters": 3,
                "confirmed_by": ["amber", "red"],
                "still_confirmed_at": 1.645,
                "escalates_after": 4,
                "clears_after": 2,
            },
            "sets": sets or {},
            "expected": {
                "per_authority": 0,
                "region_of_eleven": 0,
                "england": 0,
                "made": "For a test.",
            },
            "signature": chosen,
        }

    return build


@pytest.fixture(scope="session")
def rules(document, catalogue):
    """Rules read from a file around the signatures given; takes what ``document`` takes."""

    def build(*signatures, **given):
        return read_rules(document(*signatures, **given), catalogue=catalogue)

    return build


@pytest.fixture(scope="session")
def new_facts():
    """Make an empty table of facts, for tests that live through many examples."""
    return TableFacts
