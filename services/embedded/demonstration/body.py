"""Bodies: a return as its sender's system writes it."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.events.returns import Symbol
from schemas.tidy import FIELDS

_COLUMNS = tuple(field.name for field in FIELDS)


@dataclass(frozen=True, slots=True)
class Line:
    """One observation: counts, or the symbol that stands for them, and a note if there is one."""

    indicator: str
    numerator: float | None = None
    denominator: float | None = None
    symbol: Symbol | None = None
    note: str | None = None

    def cells(self) -> dict[str, str | float]:
        """Return what there is, by column; whole numbers without decimals."""
        named: dict[str, str | float | None] = {
            "indicator": self.indicator,
            "numerator": _short(self.numerator),
            "denominator": _short(self.denominator),
            "symbol": self.symbol,
            "note": self.note,
        }
        return {name: value for name, value in named.items() if value is not None}


def write_body(
    lines: Sequence[Line], *, authority: str, collection: str, period: str, media_type: str
) -> bytes:
    """Return the return as JSON or as CSV; the same lines always give the same bytes."""
    head = {"authority": authority, "collection": collection, "period": period}
    if media_type == "application/json":
        whole = {**head, "observations": [line.cells() for line in lines]}
        return json.dumps(whole, ensure_ascii=False, indent=1).encode()
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({**head, **line.cells()} for line in lines)
    return text.getvalue().encode()


def _short(number: float | None) -> float | int | None:
    return int(number) if number is not None and float(number).is_integer() else number
