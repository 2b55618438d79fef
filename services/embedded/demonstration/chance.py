"""Chance from a seed: the same name gives the same numbers on every machine.

Only additions, products, quotients and square roots are used, which every processor rounds alike,
and of the generator only ``random()``, whose sequence Python promises to keep.
"""

from hashlib import blake2b
from math import sqrt
from random import Random

_MOST = 2.0
_COUNTED_OUT = 60
_NORMAL_FROM = 15.0
_THIN = 400
_UNIFORMS = 12


class Chance:
    """A stream of draws. ``name`` says what is drawn; other names give unrelated streams.

    Nothing is drawn that lies further off than chance puts one in twenty: a made-up figure that
    stands out does so because the story wants it to.
    """

    def __init__(self, *name: str) -> None:
        seed = blake2b("/".join(name).encode(), digest_size=8).digest()
        self._random = Random(int.from_bytes(seed, "big"))  # noqa: S311 - invented figures, no secret

    def deviate(self) -> float:
        """Return a nearly normal deviate, mean 0 and spread 1, never beyond 2 either way."""
        while True:
            drawn = sum(self._random.random() for _ in range(_UNIFORMS)) - _UNIFORMS / 2
            if abs(drawn) <= _MOST:
                return drawn

    def poisson(self, mean: float) -> int:
        """Return a count of events that come singly and on their own."""
        if mean < _NORMAL_FROM:
            return self._out_of(_THIN, mean / _THIN)
        return max(0, whole(mean + sqrt(mean) * self.deviate()))

    def binomial(self, n: int, share: float) -> int:
        """Return how many of ``n`` are so, where each is with the same chance."""
        variance = n * share * (1 - share)
        if n <= _COUNTED_OUT or variance < _NORMAL_FROM:
            return self._out_of(n, share)
        return min(n, max(0, whole(n * share + sqrt(variance) * self.deviate())))

    def near(self, value: float, *, spread: float) -> float:
        """Return a value about ``spread`` (relative) from the one given."""
        return value * (1 + spread * self.deviate())

    def _out_of(self, n: int, share: float) -> int:
        """Count one by one; again where it came out further than two spreads and a case away."""
        far = _MOST * sqrt(n * share * (1 - share)) + 1
        while True:
            drawn = sum(self._random.random() < share for _ in range(n))
            if abs(drawn - n * share) <= far:
                return drawn


def whole(value: float) -> int:
    """Return the nearest whole number of a value that is not negative, half upwards."""
    return int(value + 0.5)


def tenth(value: float) -> float:
    """Return the nearest tenth of a value that is not negative: full-time equivalents."""
    return whole(value * 10) / 10
