"""Spread: how much authorities differ from one another beyond chance, τ² (R5).

Real authorities differ, so a plain Poisson or binomial test calls 40 to 92 % of them significant.
τ² is the variance between authorities on the transformed scale of ``departure``; a score is judged
against ``s² + τ²``. Two estimators:

- ``estimate_spread``, the one that decides: winsorised Paule–Mandel. Winsorising normal data
  shrinks its mean square to κ = 0.678655, which the published recipe ignores and so finds half the
  spread; here the equation is solved with κ (Paule & Mandel 1982; statistics §3.3);
- ``estimate_published_spread``, for comparison with others: DerSimonian–Laird on the winsorised φ,
  as Spiegelhalter 2005, CQC and SHMI publish it (statistics §3.2).
"""

from math import exp, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from services.benchmark.core.position import quantile

Array = NDArray[np.float64]

FEWEST = 30
"""A spread estimated from fewer authorities is noise (statistics §3.3)."""

_SHARE = 0.1
_C = float(ndtri(1 - _SHARE))
KAPPA = (1 - 2 * _SHARE) - 2 * _C * exp(-_C * _C / 2) / sqrt(2 * pi) + 2 * _SHARE * _C * _C
"""Mean square of a standard normal winsorised at its 10th and 90th percentiles: 0.678655."""

_HALVINGS = 200


class TooFew(ValueError):
    """Fewer authorities than a spread can be estimated from."""


def winsorise(z: ArrayLike) -> Array:
    """Return scores drawn in to their own 10th and 90th type-7 percentiles."""
    scores = np.asarray(z, dtype=float)
    ordered = np.sort(scores).tolist()
    low, high = quantile(ordered, _SHARE), quantile(ordered, 1 - _SHARE)
    drawn_in: Array = np.clip(scores, low, high)
    return drawn_in


def trim(z: ArrayLike) -> NDArray[np.bool_]:
    """Return which scores stay when a tenth at either end is cut off (SHMI's treatment).

    The number cut at either end is ``floor(n / 10)``, so fewer than ten stay whole.
    """
    order = np.argsort(np.argsort(np.asarray(z, dtype=float), kind="stable"), kind="stable")
    cut = int(order.size * _SHARE)
    return (order >= cut) & (order < order.size - cut)


def estimate_spread(d: ArrayLike, s: ArrayLike, *, fewest: int = FEWEST) -> float:
    """Return τ²: the root of ``mean(winsor(d / √(s² + τ²))²) = κ (I - 1) / I``; 0 if below at 0.

    ``d`` and ``s`` are one pair per row of England's table, a joint row once; pairs that are not
    numbers are left out. Raises TooFew below ``fewest`` pairs.
    """
    d_, s_ = _complete(d, s, fewest=fewest)
    goal = KAPPA * (d_.size - 1) / d_.size

    def excess(tau2: float) -> float:
        return float(np.mean(winsorise(d_ / np.sqrt(s_ * s_ + tau2)) ** 2)) - goal

    if excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, float(np.mean(s_ * s_))
    while excess(high) > 0:
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2


def find_dispersion(z: ArrayLike) -> float:
    """Return φ, the mean square of scores that were winsorised (or trimmed) before."""
    return float(np.mean(np.asarray(z, dtype=float) ** 2))


def estimate_published_spread(phi: float, s: ArrayLike) -> float:
    """Return DerSimonian–Laird's τ² about a fixed target: ``(I φ - (I - 1)) / (Σw - Σw² / Σw)``.

    ``w = 1 / s²``; 0 where ``I φ < I - 1``.
    """
    s_ = np.asarray(s, dtype=float)
    w = 1 / (s_ * s_)
    surplus = s_.size * phi - (s_.size - 1)
    return max(0.0, float(surplus / (w.sum() - (w * w).sum() / w.sum())))


def _complete(d: ArrayLike, s: ArrayLike, *, fewest: int) -> tuple[Array, Array]:
    d_, s_ = np.asarray(d, dtype=float), np.asarray(s, dtype=float)
    known = np.isfinite(d_) & np.isfinite(s_)
    if known.sum() < max(fewest, 2):
        raise TooFew(f"{int(known.sum())} authorities; a spread needs {max(fewest, 2)}")
    return d_[known], s_[known]
