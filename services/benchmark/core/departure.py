"""Departure: how far a count lies from what England's ratio would give, on a scale made even.

For every authority, indicator and period there is one pair: ``d`` (the departure, transformed) and
``s`` (its standard error); comparison, spread and change are arithmetic on it (R3, R4).

======================  ==========================  ================  =========
kind                    null                        s                 d
======================  ==========================  ================  =========
rate per population     O ~ Poisson(E), E = N θ0    1 / (2 √E)        z s
percentage              x ~ Binomial(n, θ0)         1 / (2 √n)        z s
======================  ==========================  ================  =========

``z`` is the exact mid-p normal score ``-Φ⁻¹(P(X > o) + P(X = o) / 2)``; for large counts it equals
``2 (√O - √E)`` and ``2 √n (asin √p - asin √θ0)``. Tails are kept as logarithms and never clipped: a
clipped p would hold |z| at 8 and lose most of the flags after over-dispersion (statistics §3.1).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, bdtrc, gammaincc, gammaln, ndtri_exp, pdtr, pdtrc

from services.benchmark.core.column import Array, Mask

_UNDERFLOWS = 1e-280
_NEGLIGIBLE = 40.0


@dataclass(frozen=True, slots=True)
class Departure:
    """``d`` and ``s`` on the transformed scale, ``z = d / s``, and the exact one-sided tails.

    ``p_low`` is P(X <= o), ``p_high`` P(X >= o). All arrays have the shape of the counts. An
    element without a test (nothing expected, a θ0 of 0 or 1, no denominator) is not a number
    throughout.
    """

    d: Array
    s: Array
    z: Array
    p_low: Array
    p_high: Array


def depart_rate(observed: ArrayLike, population: ArrayLike, *, theta: ArrayLike) -> Departure:
    """Return the departure of counts from Poisson(population × theta); theta is per head."""
    expected = np.multiply(population, theta, dtype=float)
    o, e = _align(round_counts(observed), expected)
    return _fill(e > 0, _depart_poisson, o, e)


def depart_percentage(observed: ArrayLike, trials: ArrayLike, *, theta: ArrayLike) -> Departure:
    """Return the departure of ``observed`` of ``trials`` from Binomial(trials, theta)."""
    o, n, p = _align(round_counts(observed), round_counts(trials), np.asarray(theta, dtype=float))
    return _fill((n > 0) & (p > 0) & (p < 1) & (o <= n), _depart_binomial, o, n, p)


def _depart_poisson(o: Array, e: Array) -> Departure:
    point = o * np.log(e) - e - gammaln(o + 1)
    some = o > 0
    p_low, above = pdtr(o, e), pdtrc(o, e)
    p_high = np.where(some, pdtrc(np.maximum(o - 1, 0), e), 1.0)
    z = _score(
        point,
        gammaincc(o, e),
        above,
        down=lambda i: lambda j: (o[i] - j) / e[i],
        up=lambda i: lambda j: e[i] / (o[i] + 1 + j),
    )
    s = 0.5 / np.sqrt(e)
    return Departure(z * s, s, z, p_low, p_high)


def _depart_binomial(o: Array, n: Array, p: Array) -> Departure:
    choose = gammaln(n + 1) - gammaln(o + 1) - gammaln(n - o + 1)
    point = choose + o * np.log(p) + (n - o) * np.log1p(-p)
    some, before, trials = o > 0, np.maximum(o - 1, 0), n.astype(np.int64)
    p_low: Array = bdtr(o, trials, p)  # type: ignore[assignment]  # the stub knows 32 bits too
    above: Array = bdtrc(o, trials, p)  # type: ignore[assignment]
    p_high: Array = np.where(some, bdtrc(before, trials, p), 1.0)
    below: Array = np.where(some, bdtr(before, trials, p), 0.0)
    odds = p / (1 - p)
    z = _score(
        point,
        below,
        above,
        down=lambda i: lambda j: (o[i] - j) / (n[i] - o[i] + 1 + j) / odds[i],
        up=lambda i: lambda j: (n[i] - o[i] - j) / (o[i] + 1 + j) * odds[i],
    )
    s = 0.5 / np.sqrt(n)
    return Departure(z * s, s, z, p_low, p_high)


def _align(*columns: Array) -> Sequence[Array]:
    """Return columns of one shape."""
    if all(column.shape == columns[0].shape for column in columns):
        return columns
    return np.broadcast_arrays(*columns)


def _fill(testable: Mask, depart: Callable[..., Departure], *columns: Array) -> Departure:
    """Return the departures where there is a test, and not a number elsewhere."""
    if testable.all():
        return depart(*columns)
    found = depart(*(column[testable] for column in columns))
    filled = np.full((5, *testable.shape), np.nan)
    filled[:, testable] = found.d, found.s, found.z, found.p_low, found.p_high
    return Departure(*filled)


def round_counts(counts: ArrayLike) -> Array:
    """Return counts as whole numbers, halves away from zero: FTE are rounded for the test alone."""
    return np.floor(np.asarray(counts, dtype=float) + 0.5)


_Ratio = Callable[[int], Callable[[Array], Array]]


def _score(point: Array, below: Array, above: Array, *, down: _Ratio, up: _Ratio) -> Array:
    """Return the mid-p normal score from ln P(X = o), P(X < o) and P(X > o).

    The smaller mid tail is used; where it is too small for a float it is summed outwards from o:
    P(X > o) = P(X = o) Σ Π (ratio of neighbouring probabilities).
    """
    with np.errstate(all="ignore"):
        half = 0.5 * np.exp(point)
        upper, lower = above + half, below + half
        adverse = upper <= lower
        tail = np.where(adverse, upper, lower)
        logs = np.log(tail)
    for i in np.flatnonzero(tail < _UNDERFLOWS).tolist():
        series = up(i) if adverse[i] else down(i)
        logs[i] = point[i] + log(0.5 + _sum_outwards(series))
    score = ndtri_exp(logs)
    return np.where(adverse, -score, score)


def _sum_outwards(ratio: Callable[[Array], Array]) -> float:
    """Return Σ over j >= 1 of Π over i < j of ratio(i), for ratios that fall and begin below 1."""
    first = float(ratio(np.zeros(1))[0])
    if first <= 0:
        return 0.0
    terms = ceil(_NEGLIGIBLE / -log(first)) + 1
    ratios = np.maximum(ratio(np.arange(terms, dtype=float)), 0.0)
    with np.errstate(divide="ignore"):
        return float(np.exp(np.cumsum(np.log(ratios))).sum())


def pool(numerators: ArrayLike, denominators: ArrayLike) -> float:
    """Return the pooled ratio Σ numerators / Σ denominators (R3); never a mean of ratios.

    Raises ValueError where the denominators sum to nothing.
    """
    below = float(np.nansum(np.asarray(denominators, dtype=float)))
    if below <= 0:
        raise ValueError("there is no denominator to pool over")
    return float(np.nansum(np.asarray(numerators, dtype=float))) / below


def shrink(d: Array, s: Array, *, tau2: ArrayLike) -> Array:
    """Return the reliability ``B = τ² / (τ² + s²)``-weighted departure, the best estimate of d."""
    return reliability(s, tau2=tau2) * d


def reliability(s: Array, *, tau2: ArrayLike) -> Array:
    """Return the share of the variance that is between authorities: ``τ² / (τ² + s²)`` (R10)."""
    between = np.asarray(tau2, dtype=float)
    share: Array = between / (between + s * s)
    return share


def widen(z: Array, s: Array, *, tau2: ArrayLike) -> Array:
    """Return the over-dispersed score ``z_D = z s / √(s² + τ²)`` (statistics §3.2)."""
    widened: Array = z * s / np.sqrt(s * s + np.asarray(tau2, dtype=float))
    return widened
