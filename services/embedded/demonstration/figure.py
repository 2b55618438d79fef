"""Figures: what an authority counts in each quarter, drawn from the seed.

Counts are Poisson about their level, shares binomial of the count that they are part of; what is of
people who mostly stay (stocks, staff) moves less. A stock is what it was with what came and without
what went. From the ninth quarter on a figure that the story leaves alone is drawn until it is
unremarkable beside the earlier ones: in a made-up region nobody can explain an outlier.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from schemas.periods import Period
from services.embedded.demonstration.chance import Chance, tenth, whole
from services.embedded.demonstration.level import Levels
from services.embedded.demonstration.story import Recipe

_QUARTERS = 4
_DAYS = 253
_PER_CENT = 100.0
_WANDER = 0.018
_STEADY = 0.5
_PULL = 0.25
_ENOUGH_TO_JUDGE = 8
_UNREMARKABLE = 2.2 * 1.4826
_JUMP_EVENTS = 10
_JUMP_SHARE = 0.5
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Drawn:
    """A numerator and, where the sender gives one, a denominator."""

    numerator: float
    denominator: float | None = None

    @property
    def value(self) -> float:
        """The figure on its own scale, for comparing it with the authority's other quarters."""
        if self.denominator is None:
            return self.numerator
        return self.numerator / self.denominator if self.denominator else 0.0


Figures = Mapping[str, Drawn]


@dataclass(slots=True)
class Draw:
    """Draws the figures of one authority, a quarter after the other."""

    levels: Levels
    earlier: list[Figures] = field(default_factory=list)
    now: dict[str, Drawn] = field(default_factory=dict)
    period: Period = field(init=False)
    chance: Chance = field(init=False)

    def quarter(self, period: Period) -> Figures:
        """Return the figures of the next quarter by indicator."""
        self.period, self.now = period, {}
        for code, recipe in self.levels.story.draw.items():
            self._settle(code, recipe)
        for told in self.levels.story.figures:
            if (told.authority, told.period) == (self.levels.sender.code, str(period)):
                self.now[told.indicator] = Drawn(told.numerator, told.denominator)
        self.earlier.append(self.now)
        return self.now

    def count(self, indicator: str) -> float:
        """Return the numerator just drawn of an indicator; of "people" the population."""
        return self.levels.people if indicator == "people" else self.now[indicator].numerator

    def level(self, indicator: str) -> float:
        """Return the level of an indicator in the quarter, in its unit."""
        return self.levels.of(indicator, self.period)

    def mean(self, indicator: str, recipe: Recipe) -> float:
        """Return the count of a quarter's end, or of a year, that goes with the level of a rate."""
        if recipe.of is not None:
            return recipe.times * self.mean(recipe.of, self.levels.story.draw[recipe.of])
        factor = self.levels.england.indicators[indicator].factor
        return self.level(indicator) * self.levels.people / factor

    def season(self, recipe: Recipe) -> float:
        """Return how far the quarter lies from a quarter of the year."""
        return self.levels.story.season[self.period.part - 1] if recipe.seasonal else 1.0

    def _settle(self, code: str, recipe: Recipe) -> None:
        """Draw a figure from a stream of its own: a change to one moves no other."""
        self.chance = Chance(
            self.levels.story.seed, self.levels.sender.code, code, str(self.period)
        )
        drawn: Mapping[str, Drawn] = {}
        for _ in range(_TRIES):
            drawn = dict(_WAYS[recipe.draw](self, code, recipe))
            if all(self._unremarkable(each, figure) for each, figure in drawn.items()):
                break
        self.now.update(drawn)

    def _unremarkable(self, code: str, figure: Drawn) -> bool:
        if figure.numerator < 0:
            return False
        told = self.levels.story.change(self.levels.sender.code, code, self.period)
        if told is not None or not self.earlier:
            return True
        return not _jumps(self.earlier[-1][code], figure) and not self._stands_out(code, figure)

    def _stands_out(self, code: str, figure: Drawn) -> bool:
        if len(self.earlier) < _ENOUGH_TO_JUDGE:
            return False
        values = [figures[code].value for figures in self.earlier]
        middle = median(values)
        spread = median(abs(value - middle) for value in values)
        return abs(figure.value - middle) > _UNREMARKABLE * spread


def _jumps(before: Drawn, now: Drawn) -> bool:
    """Whether the check of a return would ask about the change: by half, and by ten events."""
    of = (now.denominator or 1.0) / (before.denominator or 1.0)
    expected = before.numerator * of
    apart = abs(now.numerator - expected)
    return apart > _JUMP_EVENTS and apart > _JUMP_SHARE * expected


Ways = Iterator[tuple[str, Drawn]]


def _flow(draw: Draw, code: str, recipe: Recipe) -> Ways:
    mean = draw.mean(code, recipe) / _QUARTERS * draw.season(recipe)
    yield code, Drawn(draw.chance.poisson(draw.chance.near(mean, spread=recipe.spread)))


def _stock(draw: Draw, code: str, recipe: Recipe) -> Ways:
    yield code, Drawn(whole(draw.chance.near(draw.mean(code, recipe), spread=_WANDER)))


def _balance(draw: Draw, code: str, recipe: Recipe) -> Ways:
    """A stock, what came and what went; more go where it stands above its level."""
    starts, ends = str(recipe.starts), str(recipe.ends)
    level = draw.mean(code, recipe)
    usual = draw.mean(starts, Recipe(draw="flow")) / _QUARTERS
    before = draw.earlier[-1][code].numerator if draw.earlier else whole(level)
    came = draw.chance.poisson(usual)
    went = draw.chance.poisson(max(0.0, usual + _PULL * (before - level)))
    yield code, Drawn(before + came - went)
    yield starts, Drawn(came)
    yield ends, Drawn(went)


def _part(draw: Draw, code: str, recipe: Recipe) -> Ways:
    of = whole(recipe.times * draw.count(str(recipe.of)))
    yield code, Drawn(draw.chance.binomial(of, draw.level(code) / _PER_CENT), of)


def _within(draw: Draw, code: str, recipe: Recipe) -> Ways:
    """A part of a part, of the same whole."""
    of = draw.count(str(recipe.of))
    some = whole(draw.now[str(recipe.part)].numerator)
    yield code, Drawn(draw.chance.binomial(some, recipe.times), of)


def _passed_on(draw: Draw, code: str, recipe: Recipe) -> Ways:
    yield code, Drawn(draw.count(str(recipe.part)), draw.count(str(recipe.of)))


def _steady(draw: Draw, code: str, recipe: Recipe) -> Ways:
    """Some of those who mostly stay: it moves half as much as if they were chosen anew."""
    of = whole(recipe.times * draw.count(str(recipe.of)))
    share = draw.level(code) / _PER_CENT
    anew = draw.chance.binomial(of, share)
    some = min(of, whole(of * share + _STEADY * (anew - of * share)))
    yield code, Drawn(some) if recipe.alone else Drawn(some, of)


def _multiple(draw: Draw, code: str, recipe: Recipe) -> Ways:
    own = Chance(draw.levels.story.seed, draw.levels.sender.code, code, "times")
    times = own.near(recipe.times, spread=0.15)
    yield code, Drawn(whole(draw.chance.near(times * draw.count(str(recipe.of)), spread=0.02)))


def _score(draw: Draw, code: str, recipe: Recipe) -> Ways:
    of = whole(recipe.times * draw.count(str(recipe.of)))
    yield code, Drawn(tenth(of * draw.chance.near(draw.level(code), spread=0.02)), of)


def _staff(draw: Draw, code: str, _: Recipe) -> Ways:
    yield code, Drawn(tenth(draw.chance.near(draw.level(code), spread=0.02)))


def _beside_staff(draw: Draw, code: str, recipe: Recipe) -> Ways:
    """Agency staff or vacancies: a share of the posts in place and of themselves together."""
    posts, share = draw.count(str(recipe.of)), draw.level(code) / _PER_CENT
    beside = tenth(draw.chance.near(posts * share / (1 - share), spread=0.06))
    yield code, Drawn(beside, tenth(posts + beside))


def _days_lost(draw: Draw, code: str, recipe: Recipe) -> Ways:
    posts = draw.count(str(recipe.of))
    days = posts * draw.level(code) / _PER_CENT * _DAYS / _QUARTERS
    yield code, Drawn(tenth(draw.chance.near(days, spread=0.08)), posts)


def _leavers(draw: Draw, code: str, recipe: Recipe) -> Ways:
    posts = draw.count(str(recipe.of))
    leavers = posts * draw.level(code) / _PER_CENT / _QUARTERS
    yield code, Drawn(tenth(draw.chance.near(leavers, spread=0.12)), posts)


def _caseload(draw: Draw, code: str, recipe: Recipe) -> Ways:
    holders = tenth(recipe.times * draw.count(str(recipe.of)))
    cases = whole(holders * draw.chance.near(draw.level(code), spread=0.02))
    yield code, Drawn(cases, holders)


_WAYS: Mapping[str, Callable[[Draw, str, Recipe], Ways]] = {
    "flow": _flow,
    "stock": _stock,
    "balance": _balance,
    "part": _part,
    "within": _within,
    "passed_on": _passed_on,
    "steady": _steady,
    "multiple": _multiple,
    "score": _score,
    "staff": _staff,
    "beside_staff": _beside_staff,
    "days_lost": _days_lost,
    "leavers": _leavers,
    "caseload": _caseload,
}
