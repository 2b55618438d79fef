"""An example of a whole return: invented figures of a fictional authority, to start from.

It has every indicator of ``riia-quarterly`` and meets no rule, so it can be sent to the
demonstration as it is.
"""

import csv
import io

FIGURES: dict[str, tuple[int | float, int | float | None]] = {
    "FD01": (2310, None),
    "FD03": (815, None),
    "FD04": (180, 815),
    "FD07": (231, 815),
    "AS01": (790, None),
    "AS02": (760, None),
    "AS03": (651, 760),
    "CN01": (2065, None),
    "CN02": (1020, None),
    "CP01": (300, None),
    "CP03": (94, None),
    "CP04": (77, 94),
    "CP05": (254, None),
    "CP06": (86, None),
    "CP07": (84, None),
    "CP08": (21, 86),
    "CP09": (9, 86),
    "LA01": (458, None),
    "LA02": (41, None),
    "LA03": (43, None),
    "LA04": (37, 458),
    "CL05": (312, None),
    "CL06": (48, None),
    "WF01": (201.2, None),
    "WF02": (29.6, 230.8),
    "WF03": (33.4, 234.6),
    "WF04": (390.5, 201.2),
    "SE01": (212, None),
    "SE02": (4310, 79800),
    "SE06": (151, None),
    "ME02": (655, None),
}
"""Numerator and denominator of each indicator."""

_SYMBOL = {"indicator": "WF03", "symbol": "x", "note": "the new HR system cannot say yet"}
_HEAD = {"authority": "D01", "collection": "riia-quarterly", "period": "2026-27-Q2"}


def example_json() -> dict[str, object]:
    """Return the example as the JSON body of a request; one figure is a symbol with a note."""
    observations: list[dict[str, object]] = []
    for indicator, (numerator, denominator) in FIGURES.items():
        if indicator == _SYMBOL["indicator"]:
            observations.append(dict(_SYMBOL))
        elif denominator is None:
            observations.append({"indicator": indicator, "numerator": numerator})
        else:
            figures = {"numerator": numerator, "denominator": denominator}
            observations.append({"indicator": indicator, **figures})
    return {**_HEAD, "observations": observations}


def example_csv() -> str:
    """Return the same return as CSV."""
    columns = [*_HEAD, "indicator", "numerator", "denominator", "symbol", "note"]
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, columns)
    rows.writeheader()
    observations = example_json()["observations"]
    if isinstance(observations, list):
        rows.writerows({**_HEAD, **observation} for observation in observations)
    return text.getvalue()
