"""Invented figures: one plausible standing at a time, the same for the same seed."""

from math import exp
from random import Random
from statistics import NormalDist
from typing import Literal

from schemas.catalogue import Indicator, Polarity
from schemas.events import Change, Comparison, England, Flag, Neighbours, Standing, State
from schemas.numbers import nine

ENGLAND = {
    "FD01": 2410.0, "FD03": 518.3, "FD04": 22.6, "FD07": 30.1, "AS01": 540.2, "AS02": 531.0,
    "AS03": 83.5, "CN01": 332.9, "CN02": 141.0, "CP01": 186.4, "CP03": 60.9, "CP04": 79.8,
    "CP05": 41.6, "CP06": 52.3, "CP07": 51.9, "CP08": 24.7, "CP09": 10.8, "LA01": 70.0,
    "LA02": 27.0, "LA03": 27.0, "LA04": 9.0, "CL05": 210.0, "CL06": 22.0, "WF01": 190.0,
    "WF02": 16.1, "WF03": 17.3, "WF04": 3.1, "SE01": 92.0, "SE02": 5.3, "SE06": 62.0,
    "ME02": 140.0, "EH01": 310.0, "EH02": 14.0, "EH03": 240.0, "EH04": 17.0, "EH05": 71.0,
    "EH06": 280.0, "EH07": 60.0, "EH08": 300.0, "EH09": 520.0,
}  # fmt: skip
"""Centres of the invented figures, near what England publishes, by indicator."""

_SPREAD = 0.16
_LINES = ((3.090232, True), (1.959964, False))


def make_standing(
    indicator: Indicator, *, seed: str, lean: float = 0.0, before: float | None = None
) -> Standing:
    """Return one reported standing; ``lean`` moves it to the adverse (or higher) side."""
    chance = Random(f"{seed}/{indicator.code}")  # noqa: S311 - an example, not a secret
    centre = ENGLAND.get(indicator.code, 20.0)
    z = chance.gauss(lean, 1.1)
    upwards = -z if indicator.polarity is Polarity.HIGH else z
    ceiling = 99.0 if indicator.unit == "%" else 1e9
    value = min(ceiling, centre * exp(upwards * _SPREAD * (0.4 if centre > 60 else 1)))  # noqa: PLR2004 - percentages near 100 vary less
    if not indicator.has_denominator:
        return _count(indicator, round(value))
    denominator = chance.randint(400, 1900)
    numerator = round(value * denominator / indicator.factor)
    value = nine(numerator / denominator * indicator.factor)
    rank = max(1, min(153, round(77 + z * 30)))
    neutral = indicator.polarity is Polarity.NEUTRAL
    return Standing(
        indicator=indicator.code,
        numerator=round(numerator / 4),
        denominator=denominator,
        value=nine(value * chance.uniform(0.97, 1.03)),
        comparison=Comparison(
            numerator=numerator, denominator=denominator, value=value, quarters=4
        ),
        england=England(
            value=centre,
            source="2024-25 published",
            rank=None if neutral else rank,
            ranked=None if neutral else 153,
            band=None if neutral else "ABCD"[min(3, (rank - 1) * 4 // 153)],  # type: ignore[arg-type]
            percentile=nine((rank - 1) / 152),
            z=nine(z),
            p=nine(1 - NormalDist().cdf(z)),
            flag=_flag(z, neutral=neutral),
        ),
        neighbours=Neighbours(
            value=nine(centre * 1.04),
            basis="published",
            year="2024-25",
            used=9,
            of=10,
            difference=nine((value / (centre * 1.04) - 1) * _sign(indicator)),
        ),
        change=_change(value, before),
        state=State.REPORTED,
        reliability=nine(chance.uniform(0.6, 0.99)),
    )


def _count(indicator: Indicator, value: int) -> Standing:
    return Standing(
        indicator=indicator.code,
        numerator=value,
        value=float(value),
        comparison=Comparison(numerator=value, value=float(value), quarters=1),
        england=England(flag=Flag.NOT_ASSESSED),
        state=State.REPORTED,
        reason="A plain count has no denominator, so it cannot be held against others",
    )


def _sign(indicator: Indicator) -> int:
    return -1 if indicator.polarity is Polarity.HIGH else 1


def _flag(z: float, *, neutral: bool) -> Flag:
    far = next((extreme for line, extreme in _LINES if abs(z) >= line), None)
    if far is None:
        return Flag.AS_EXPECTED
    if neutral:
        names = (Flag.VERY_HIGH, Flag.HIGH) if z > 0 else (Flag.VERY_LOW, Flag.LOW)
    else:
        names = (Flag.RED, Flag.AMBER) if z > 0 else (Flag.MUCH_BETTER, Flag.BETTER)
    return names[0] if far else names[1]


def _change(value: float, before: float | None) -> Change | None:
    if before is None:
        return None
    by = nine(value - before)
    arrow: Literal["up", "down", "level"] = "level" if by == 0 else "up" if by > 0 else "down"
    return Change(since=None, by=by, arrow=arrow, year_on_year=None)
