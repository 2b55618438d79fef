"""A form half filled in: what was typed of a return so far, carried from page to page.

Nothing of it is kept on the server. It starts with the figures of the quarter before, and tells
those that nobody has touched from those that somebody has said are the same.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

from schemas.catalogue import Indicator
from schemas.events import Observation
from schemas.tidy import FIELDS, LONGEST_NOTE

_LONGEST = 100
_FIGURE = ("numerator", "denominator", "symbol")
_TYPED = (*_FIGURE, "note")
_LEFT_OUT = str.maketrans("", "", ", \u00a0\u2009£")


class Typed(BaseModel):
    """What stands in the fields of one indicator, as it was typed.

    ``same`` says that what is as it was in the quarter before is right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    numerator: str = Field("", max_length=_LONGEST)
    denominator: str = Field("", max_length=_LONGEST)
    symbol: str = Field("", max_length=_LONGEST)
    note: str = Field("", max_length=2 * LONGEST_NOTE)
    same: bool = False

    @classmethod
    def of(cls, last: Observation | None) -> Self:
        """Return what the fields show first: the figure of the quarter before, never its note."""
        if last is None:
            return cls()
        return cls(
            numerator=_text(last.numerator),
            denominator=_text(last.denominator),
            symbol=last.symbol or "",
        )

    @property
    def is_blank(self) -> bool:
        """Whether there is neither a figure nor a symbol."""
        return not (self.numerator or self.denominator or self.symbol)

    def carried(self, last: Observation | None) -> tuple[str, ...]:
        """Return the fields that hold what the quarter before had, however it is written."""
        before = Typed.of(last)
        return tuple(
            name
            for name in _FIGURE
            if getattr(self, name) and _plain(getattr(self, name)) == _plain(getattr(before, name))
        )


class Draft(BaseModel):
    """What was typed so far, by indicator; of a theme that nobody has saved there is nothing.

    ``asked`` are the themes whose queries have been shown once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    typed: dict[str, Typed] = Field(default_factory=dict, max_length=500)
    asked: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        figures: Mapping[str, Observation],
        notes: Mapping[str, str],
        last: Mapping[str, Observation],
    ) -> Self:
        """Return the draft that corrects a return: its figures, which were sent as this quarter's.

        ``notes`` are words by indicator.
        """
        typed = {}
        for code, each in figures.items():
            said = Typed.of(each).model_copy(update={"note": notes.get(code, "")})
            is_same = bool(said.carried(last.get(code)))
            typed[code] = said.model_copy(update={"same": is_same})
        return cls(typed=typed)

    def after(
        self,
        fields: Mapping[str, str],
        indicators: Iterable[Indicator],
        last: Mapping[str, Observation],
    ) -> "Draft":
        """Return the draft with the fields of a theme's page; ValidationError for a text too long.

        Of a figure and a symbol the one that was typed takes the place of the one that was filled
        in from the quarter before.
        """
        typed = dict(self.typed)
        for indicator in indicators:
            code = indicator.code
            said = {name: fields.get(f"{code}-{name}", "").strip() for name in _TYPED}
            before = Typed.of(last.get(code))
            figure = (said["numerator"], said["denominator"])
            if said["symbol"] and figure == (before.numerator, before.denominator):
                said |= {"numerator": "", "denominator": ""}
            elif any(figure) and said["symbol"] == before.symbol:
                said["symbol"] = ""
            said["note"] = said["note"].replace("\r\n", "\n")
            typed[code] = Typed(**said, same=f"{code}-same" in fields)
        return self.model_copy(update={"typed": typed})

    def explained(self, words: Mapping[str, str]) -> "Draft":
        """Return the draft with words on figures as their notes, where they have none."""
        typed = {
            code: each.model_copy(update={"note": words[code]})
            if code in words and not each.note
            else each
            for code, each in self.typed.items()
        }
        return self.model_copy(update={"typed": typed})


class Unsure(NamedTuple):
    """A field of which the form cannot tell whether it is this quarter's: why, in words."""

    indicator: str
    field: str
    said: str


def unsure(
    draft: Draft, indicators: Iterable[Indicator], last: Mapping[str, Observation]
) -> list[Unsure]:
    """Return the figures that are last quarter's, perhaps by accident: nobody ticked them.

    A denominator counts by itself: it is easily left as it was beside a new numerator.
    """
    found = []
    for indicator in indicators:
        code = indicator.code
        typed = draft.typed.get(code)
        if typed is None or typed.same:
            continue
        if fields := typed.carried(last.get(code)):
            which = " and ".join(f"the {name}" for name in fields)
            said = f"{code}: {which} {'are' if len(fields) > 1 else 'is'} still last quarter’s."
            said += " Type this quarter’s, or tick that what is unchanged is right."
            found.append(Unsure(code, fields[0], said))
    return found


def write_return(
    draft: Draft, authority: str, collection: str, period: str, indicators: Iterable[Indicator]
) -> bytes:
    """Return what was typed as the CSV of a return: the same figures are the same bytes."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(field.name for field in FIELDS)
    for indicator in indicators:
        if (typed := draft.typed.get(indicator.code)) is not None:
            said = (getattr(typed, name) for name in _TYPED)
            lines.writerow([authority, collection, period, indicator.code, *said])
    return text.getvalue().encode()


def rows(draft: Draft, indicators: Iterable[Indicator]) -> dict[int, str]:
    """Return the indicator of each row of that CSV, as a spreadsheet counts rows."""
    codes = [each.code for each in indicators if each.code in draft.typed]
    return dict(enumerate(codes, start=2))


def _text(number: float | None) -> str:
    if number is None:
        return ""
    return str(int(number)) if float(number).is_integer() else str(number)


def _plain(text: str) -> Decimal | str:
    plain = text.translate(_LEFT_OUT)
    try:
        return Decimal(plain)
    except InvalidOperation:
        return plain
