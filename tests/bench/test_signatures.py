"""What signatures cost, and what they cry when nothing is the matter."""

from timeit import repeat

import pytest

from schemas.periods import Period
from schemas.reference import load_library
from services.benchmark.core.episode import Context, Occasion, follow
from services.benchmark.core.facts import Fact, Function
from services.benchmark.core.reading import read_rules
from tools.expected_pushes import MEASURED, SETTLING, simulate

NOW = Period.parse("2026-27-Q2")
BUDGET_MS = 0.3
TIMES = 200
ORDINARY = {
    Function.VALUE: 10.0,
    Function.POS: 0.5,
    Function.SN: 0.1,
    Function.D4: 0.0,
    Function.D8: -1.0,
    Function.MOVE: 0.0,
    Function.Z: 0.1,
    Function.FLAG: "as_expected",
    Function.BAND: "D",
    Function.MISSING: False,
    Function.LATE: False,
    Function.BALANCE: 0.0,
    Function.OUTLIER: 0.3,
    Function.EXPLAINED: False,
    Function.QUERIED: False,
}


class Ordinary:
    """An authority of which there is nothing to say."""

    def __init__(self):
        self.known = {
            function: Fact(value, None, str(NOW), "in-year", 100.0, True)
            for function, value in ORDINARY.items()
        }

    def look(self, function, *, indicator, period):
        return self.known[function]

    def read(self, function, *, indicator, period):
        return self.known[function].value, self.known[function].n

    def read_each(self, function, *, indicators, period):
        return [self.read(function, indicator=each, period=period) for each in indicators]

    @property
    def tallied(self):
        return {}

    def cite(self, indicator, *, period):
        return None


@pytest.mark.bench
def test_all_rules_of_a_return_are_evaluated_within_their_budget():
    library = load_library()
    rules = read_rules(library.rules("2026.1"), catalogue=library.catalogue("2026.1"))
    collection = "riia-quarterly"
    context = Context("england", collection, Occasion.OWN_RETURN, {collection: NOW})
    facts = Ordinary()

    def once():
        return follow({}, rules=rules, facts=facts, authority="383", period=NOW, context=context)

    assert {result.result for result in once().results} == {"not_fired"}
    milliseconds = 1000 * min(repeat(once, number=TIMES, repeat=5)) / TIMES
    print(f"all rules of a return: {milliseconds:.3f} ms (budget {BUDGET_MS})")
    assert milliseconds < BUDGET_MS


@pytest.mark.bench
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_expected_pushes_of_the_rule_file_are_what_a_simulation_gives():
    told = load_library().rules("2026.1")["expected"]["england"]
    pushes = [number for number, _ in simulate(["riia-quarterly"], seed=99) if number >= SETTLING]
    a_quarter = len(pushes) / MEASURED
    print(f"pushes a quarter in England: {a_quarter:.2f}, the rule file says {told}")
    standard_error = (told / MEASURED) ** 0.5
    assert abs(a_quarter - told) < 4 * standard_error
