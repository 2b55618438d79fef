"""What the API answers with about returns, collections and the released tables."""

from typing import Any, Literal

from services.gateway.api.model import Item, Listing
from services.gateway.core.item.submission import ReturnState


class ObservationItem(Item):
    """One figure as it was sent, with the words of its note."""

    indicator: str
    numerator: float | None
    denominator: float | None
    symbol: str | None
    note: str | None


class ReturnFindingItem(Item):
    """What the check asked about an accepted figure; ``open`` until somebody explains it.

    ``offered`` are the words that answered the same query in the quarter before: confirm them if
    they still hold.
    """

    code: str
    severity: Literal["error", "query", "notice"]
    indicator: str | None
    detail: str | None
    open: bool
    offered: str | None


class ReceiptItem(Item):
    """What was taken in, when, under which rules; the hash is of the bytes as sent."""

    return_id: str
    authority: str
    collection: str
    period: str
    version: int
    accepted_at: str
    sha256: str
    size: int
    media_type: str
    channel: str
    rules: str


class ExplanationItem(Item):
    """What the sender wrote about a figure, or about the return as a whole.

    ``codes`` are the queries that it answers. ``confirmed``: the words are those of the quarter
    before, said to hold still.
    """

    indicator: str | None
    text: str
    codes: list[str]
    confirmed: bool
    at: str


class SignOffItem(Item):
    """That an approver stands behind a return; ``statement`` is the id of what was agreed to."""

    at: str
    actor: str
    statement: str


class WhyItem(Item):
    """What somebody said, and why; ``reason`` is null once the words were erased."""

    at: str
    actor: str
    reason: str | None


class OnBehalfItem(Item):
    """That the regional analyst sent a return in its authority's place, and why."""

    reason: str | None


class ReturnItem(Item):
    """One return. ``supersedes`` is the version its sender had seen, ``replaces`` the one before.

    ``reason`` is why it takes that one's place. A state says what comes first of what holds: a
    return that is ``locked`` may be ``signed_off``, too, or have queries that are open.
    """

    id: str
    authority: str
    collection: str
    period: str
    version: int
    state: ReturnState
    accepted_at: str
    supersedes: str | None
    replaces: str | None
    superseded_by: str | None
    withdrawn_at: str | None
    withdrawn_because: str | None
    reason: str | None
    on_behalf: OnBehalfItem | None
    signed_off: SignOffItem | None
    sign_off_refused: WhyItem | None
    unlocked: WhyItem | None
    receipt: ReceiptItem
    observations: list[ObservationItem]
    findings: list[ReturnFindingItem]
    explanations: list[ExplanationItem]


class ReturnSummary(Item):
    """One return in a list."""

    id: str
    authority: str
    collection: str
    period: str
    version: int
    state: ReturnState
    accepted_at: str


class ReturnListing(Listing[ReturnSummary]):
    """A part of the returns that were asked for."""


class SenderItem(Item):
    """An authority of a collection's period and its current return.

    ``state`` says whether it came: ``returned_late`` is first received after the due day, ``late``
    is due and has not come, ``not_returned`` has not come by the close. ``withdrawn``: what it had
    returned was withdrawn, and nothing stands. ``open_queries`` counts figures, ``return_state`` is
    the state of its return, ``on_behalf`` whether the regional analyst sent it in its place.
    """

    authority: str
    returned: bool
    state: Literal["in_time", "returned_late", "awaited", "late", "not_returned"]
    return_id: str | None
    version: int | None
    accepted_at: str | None
    open_queries: int
    return_state: ReturnState | None
    signed_off: bool
    on_behalf: bool
    withdrawn: bool


class CollectionItem(Item):
    """One collection's period: its window, state, and who has returned.

    ``working_days_left`` counts working days of England after the day ``as_at``, that of the newest
    news, up to the due day and with it; negative once that is over, null when the period is closed
    or where the bank holidays are not known.
    """

    collection: str
    period: str
    state: str | None
    due: str | None
    opened_at: str | None
    closed_at: str | None
    as_at: str | None
    working_days_left: int | None
    baseline: str | None
    returned: int
    of: int
    authorities: list[SenderItem]


class CollectionListing(Listing[CollectionItem]):
    """A part of the collections' periods."""


class RegionItem(Item):
    """A region by its code."""

    code: str
    name: str


class AuthorityItem(Item):
    """An authority by its DfE code; a fictional one has no ONS code."""

    code: str
    name: str
    ons_code: str | None
    region: RegionItem
    nation: str
    sends_returns: bool
    neighbours: list[str]


class AuthorityListing(Listing[AuthorityItem]):
    """A part of the authorities."""


class IndicatorDataSetItem(Item):
    """A published data set of an indicator."""

    id: str
    source: str
    period: str
    release: str
    ends: str
    counts: bool
    published_at: str


class IndicatorItem(Item):
    """One indicator of the catalogue in force."""

    code: str
    name: str
    domain: str
    collection: str
    numerator: str
    denominator: str | None
    unit: str
    kind: str
    polarity: Literal["H", "L", "N"]
    accumulates: str
    factor: float
    decimals: int
    population: str | None
    sets: list[str]
    catalogue: str


class IndicatorListing(Listing[IndicatorItem]):
    """A part of the catalogue in force."""


class IndicatorDetail(IndicatorItem):
    """An indicator with the published data sets that are loaded."""

    data_sets: list[IndicatorDataSetItem]


class SignatureItem(Item):
    """A rule of the rule file in force, as released."""

    id: str
    name: str
    sign: Literal["risk", "strength"]
    collection: str | None
    condition: str
    question: str
    rule_version: str
    rule: dict[str, Any]


class SignatureListing(Listing[SignatureItem]):
    """A part of the rules."""
