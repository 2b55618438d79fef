"""How ingest answers besides returns: rules, periods, data sets and what became of a file."""

from datetime import date
from typing import Generic, Self, TypeVar

from schemas.events import Severity
from schemas.rule import Rule
from services.ingest.core.version import DataSet, OpenPeriod
from services.ingest.outcome import Logged
from services.ingest.representation import Answer

Item = TypeVar("Item")


class Listing(Answer, Generic[Item]):
    """A list; ``next`` is null at its end."""

    items: list[Item]
    next: str | None = None


class RuleItem(Answer):
    """A rule of the check, with an example that meets it and one that only comes near.

    ``detail`` says what is wrong of one place, ``plural`` of several, where that reads otherwise.
    """

    code: str
    severity: Severity
    title: str
    detail: str
    fix: str
    plural: str | None
    example: str
    quiet: str | None
    since: str

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """Return a rule; its braces stand for the facts of a finding."""
        return cls(
            code=rule.code,
            severity=rule.severity,
            title=rule.title,
            detail=rule.one,
            fix=rule.fix,
            plural=rule.many or None,
            quiet=rule.quiet or None,
            example=rule.example if rule.times == 1 else f"{rule.example}\n… {rule.times:,} times",
            since=rule.since,
        )


class RuleListing(Listing[RuleItem]):
    """The rules of the check."""


class PeriodItem(Answer):
    """A collection's period: when returns are due, and whether it is closed."""

    collection: str
    period: str
    due: date
    state: str

    @classmethod
    def of(cls, period: OpenPeriod) -> Self:
        """Return the state of a period."""
        return cls(
            collection=period.collection,
            period=period.period,
            due=date.fromisoformat(period.due),
            state="closed" if period.closed else "open",
        )


class DataSetItem(Answer):
    """A published data set that is in the log."""

    id: str
    source: str
    indicator: str
    period: str
    release: str
    ends: str
    file: str
    sha256: str
    implied_n: str | None
    areas: int

    @classmethod
    def of(cls, data_set: DataSet) -> Self:
        """Return a data set without its figures."""
        return cls(**{name: getattr(data_set, name) for name in cls.model_fields})


class DataSetListing(Listing[DataSetItem]):
    """The published data sets of the log."""


class SetAside(Answer):
    """How many rows were set aside for one reason."""

    reason: str
    why: str
    rows: int


class FileItem(Answer):
    """What became of a published file: every row used or set aside, every data set new or known."""

    source: str
    title: str
    rows: int
    used: int
    set_aside: list[SetAside]
    notices: list[str]
    new: list[str]
    known: list[str]

    @classmethod
    def of(cls, logged: Logged) -> Self:
        """Return the account of an imported file."""
        account = logged.imported.account
        return cls(
            source=logged.imported.source,
            title=logged.imported.title,
            rows=account.read,
            used=account.used,
            set_aside=[
                SetAside(reason=reason.value, why=reason.in_words, rows=rows)
                for reason, rows in account.aside.items()
            ],
            notices=list(logged.imported.notices),
            new=list(logged.new),
            known=list(logged.known),
        )
