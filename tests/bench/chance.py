"""Draws in whole numbers: a name always gives the same draw, on every machine.

No generator and no floating point: each draw is the digest of its name, so a draw that is added
moves no other.
"""

from hashlib import blake2b
from math import isqrt

MILLION = 1_000_000
_THOUSAND = 1_000
_UNIFORMS = 12
_WORD = 4


def below(limit: int, *name: str | int) -> int:
    """Return a whole number from 0 to ``limit`` − 1."""
    digest = blake2b("/".join(map(str, name)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % limit


def deviate(*name: str | int) -> int:
    """Return a nearly normal deviate in thousandths: mean 0, spread 1,000, never beyond 2,200."""
    digest = blake2b("/".join(map(str, name)).encode(), digest_size=_UNIFORMS * _WORD).digest()
    drawn = sum(
        int.from_bytes(digest[i : i + _WORD], "big") * (_THOUSAND + 1) >> 32
        for i in range(0, len(digest), _WORD)
    )
    return max(-2_200, min(2_200, drawn - _UNIFORMS * _THOUSAND // 2))


def count(mean: int, *name: str | int) -> int:
    """Return a count of events that come singly; ``mean`` is in thousandths."""
    spread = isqrt(mean * _THOUSAND)
    return max(0, rounded(mean * _THOUSAND + spread * deviate(*name), MILLION))


def part(of: int, share: int, *name: str | int) -> int:
    """Return how many of ``of`` are so; ``share`` is in millionths."""
    variance = of * share * (MILLION - share) // MILLION
    drawn = rounded(of * share * _THOUSAND + isqrt(variance * MILLION) * deviate(*name), 10**9)
    return max(0, min(of, drawn))


def near(value: int, thousandths: int, *name: str | int) -> int:
    """Return a whole number about ``thousandths`` (relative) from the one given."""
    return max(0, rounded(value * (MILLION + thousandths * deviate(*name)), MILLION))


def rounded(number: int, by: int) -> int:
    """Return the nearest whole quotient, half upwards."""
    return (2 * number + by) // (2 * by)
