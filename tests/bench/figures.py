"""Figures: what an authority of the invented England returns in each quarter.

Counts are drawn by chance in the authority's real size around what it published; a stock is what it
was with what came and without what went. Habits stay: whatever is flagged is published or chance.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.bench.chance import MILLION, count, near, part, rounded
from tests.bench.levels import Levels

Figure = tuple[str, int | float, int | float | None]
"""Indicator, numerator, denominator."""

_STEADY = 18
_PULL = 4
_DAYS = 253
_BALANCED = (("CP05", "CP06", "CP07"), ("LA01", "LA02", "LA03"))


@dataclass(slots=True)
class Authority:
    """One authority's quarters, drawn one after the other; ``seed`` names the history."""

    seed: str
    code: str
    levels: Levels
    stocks: dict[str, int] = field(default_factory=dict)

    def quarter(self, period: str) -> list[Figure]:
        """Return the figures of the next quarter."""
        return [*self._referrals(period), *self._plans(period), *self._rest(period)]

    def _referrals(self, period: str) -> Iterator[Figure]:
        referred = self._flow("FD03", period)
        assessed = count(self._mean("FD03") * 93 // 400, *self._name("AS02", period))
        yield "FD01", near(referred * 39 // 10, 20, *self._name("FD01", period)), None
        yield "FD03", referred, None
        yield self._share("FD04", referred, period)
        yield self._share("FD07", referred, period)
        yield "AS01", count(self._mean("FD03") * 94 // 400, *self._name("AS01", period)), None
        yield "AS02", assessed, None
        yield self._share("AS03", assessed, period)

    def _plans(self, period: str) -> Iterator[Figure]:
        met = self._flow("CP03", period)
        yield "CP01", self._flow("CP01", period), None
        yield "CP03", met, None
        yield self._share("CP04", met, period)
        moved = {
            code: number for names in _BALANCED for code, number in self._balance(*names, period)
        }
        for code, number in moved.items():
            yield code, number, None
        started, plans, looked_after = moved["CP06"], moved["CP05"], moved["LA01"]
        _, again, _ = self._share("CP08", started, period)
        yield "CP08", again, started
        yield "CP09", part(int(again), 450_000, *self._name("CP09", period)), started
        yield self._share("LA04", looked_after, period)
        in_need = near(rounded(self._mean("CN01"), 1_000), _STEADY, *self._name("CN01", period))
        in_need = max(plans, in_need)
        yield "CN01", in_need, None
        yield "CN02", part(in_need, 420_000, *self._name("CN02", period)), None
        yield "CL05", near(looked_after * 58 // 100, 20, *self._name("CL05", period)), None
        yield "CL06", near(looked_after * 11 // 100, 20, *self._name("CL06", period)), None

    def _rest(self, period: str) -> Iterator[Figure]:
        posts = near(rounded(self._mean("WF01"), 100), 20, *self._name("WF01", period))
        yield "WF01", posts / 10, None
        for code in ("WF02", "WF03"):
            share = min(900_000, self.levels.share(code, self.code))
            usual = posts * share // (MILLION - share)
            beside = near(usual, 40, *self._name(code, period))
            yield code, beside / 10, (posts + beside) / 10
        lost = posts * self.levels.share("WF04", self.code) // MILLION * _DAYS // 4
        yield "WF04", near(lost, 60, *self._name("WF04", period)) / 10, posts / 10
        yield "SE01", self._flow("SE01", period), None
        yield "SE06", self._flow("SE06", period), None
        yield self._share("SE02", self.levels.people(self.code) * 74 // 100, period)
        schooled = self.levels.people(self.code) * 67 // 100
        yield "ME02", part(schooled, 9_200, *self._name("ME02", period)), None

    def _balance(
        self, stock: str, starts: str, ends: str, period: str
    ) -> Iterator[tuple[str, int]]:
        usual = rounded(self._mean(stock), 1_000)
        before = self.stocks.get(stock, usual)
        came = count(self._mean(starts) // 4, *self._name(starts, period))
        leaving = self._mean(starts) // 4 + 1_000 * (before - usual) // _PULL
        went = min(before + came, count(max(0, leaving), *self._name(ends, period)))
        self.stocks[stock] = before + came - went
        yield stock, self.stocks[stock]
        yield starts, came
        yield ends, went

    def _flow(self, code: str, period: str) -> int:
        return count(self._mean(code) // 4, *self._name(code, period))

    def _share(self, code: str, of: int, period: str) -> Figure:
        share = min(MILLION, self.levels.share(code, self.code))
        return code, part(of, share, *self._name(code, period)), of

    def _mean(self, code: str) -> int:
        return self.levels.of_rate(code, self.code)

    def _name(self, code: str, period: str) -> tuple[str, ...]:
        return self.seed, self.code, code, period
