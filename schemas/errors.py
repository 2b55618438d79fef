"""Every error of the language, as a tree.

TartanError
├── UnknownPeriod          a text that names none of the five kinds of period
├── UnknownCode            an authority, region, indicator, collection or version we do not have
└── Undecodable            a record that is not one of our events (the runtime parks it)
"""


class TartanError(Exception):
    """The root: its text is a sentence a person can act on and never quotes a figure."""


class UnknownPeriod(TartanError):
    """The text names no period; the message shows the forms that are understood."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"“{text[:40]}” is not a period. Write a quarter as 2026-27-Q2, a financial year as "
            "2024-25, a calendar year as 2025, a year to a month's end as 2025-09-YE, "
            "an academic year as 2024-25-AY."
        )


class UnknownCode(TartanError):
    """A code that stands in none of the released tables."""

    def __init__(self, kind: str, code: str) -> None:
        super().__init__(f"There is no {kind} “{code[:40]}” in the reference tables.")
        self.kind = kind
        self.code = code


class Undecodable(TartanError):
    """A record that cannot be read as an event; ``reason`` is a word of the parked record."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
