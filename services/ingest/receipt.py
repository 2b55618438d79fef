"""The receipt of an accepted return as JSON, signed: proof for whoever sent it."""

from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from schemas.events import ReturnAccepted, Severity
from schemas.periods import is_sandbox
from services.ingest.core.proof import FORM, signed_content
from services.ingest.core.signature import ALGORITHM, Keyring
from services.ingest.core.version import Version
from services.ingest.representation import Answer

_LONDON = ZoneInfo("Europe/London")


class ReceiptSignature(Answer):
    """An Ed25519 signature over the receipt without it, as canonical JSON.

    ``key`` is the id of the key, ``value`` 128 hexadecimal digits.
    """

    algorithm: str
    key: str
    value: str


class Receipt(Answer):
    """Proof that a return was accepted; it never changes, whatever becomes of the return.

    Its number is ``return_id``. ``contract``, ``rules`` and ``catalogue`` are the versions of
    schema, rules and indicator set that it was checked by. ``signature`` is null where no key is
    set up. ``changed`` is how many values are other than in the version before, null where none
    stood.
    """

    form: str
    return_id: str
    authority: str
    authority_name: str
    collection: str
    period: str
    version: int
    supersedes: str | None
    outcome: str
    received_at: str
    received_at_local: str
    due: str | None
    late: bool
    channel: str
    media_type: str
    size: int
    sha256: str
    observations: int
    figures: int
    symbols: int
    counts: dict[str, int]
    contract: str
    rules: str
    catalogue: str | None
    changed: int | None
    next_step: str
    links: dict[str, str]
    signature: ReceiptSignature | None = None

    @classmethod
    def of(cls, version: Version, *, authority_name: str) -> Self:
        """Return the receipt of an accepted return, not signed yet."""
        place = f"/v1/returns/{version.return_id}"
        return cls(
            form=FORM,
            return_id=version.return_id,
            authority=version.authority,
            authority_name=authority_name,
            collection=version.collection,
            period=version.period,
            version=version.number,
            supersedes=version.supersedes,
            outcome=_outcome(version),
            received_at=version.received_at,
            received_at_local=_in_london(version.received_at),
            due=version.due,
            late=version.late,
            channel=version.channel,
            media_type=version.media_type,
            size=version.size,
            sha256=version.sha256,
            observations=version.figures + version.symbols,
            figures=version.figures,
            symbols=version.symbols,
            counts=_counts(version),
            contract=ReturnAccepted.versioned_type(),
            rules=version.rules,
            catalogue=version.catalogue,
            changed=None if version.replaces is None else len(version.changes),
            next_step=_next_step(version),
            links={
                "page": f"/returns/{version.return_id}/receipt",
                "return": place,
                "receipt": f"{place}/receipt",
                "report": f"{place}/report",
                "changes": f"{place}/changes",
                "explanations": f"{place}/explanations",
                "verify": f"/v1/receipts/{version.return_id}/verify",
                "key": "/v1/receipts/key",
            },
        )

    def content(self) -> bytes:
        """Return the bytes that are signed."""
        return signed_content(self.model_dump(mode="json"))

    def signed(self, keyring: Keyring) -> Self:
        """Return the receipt with the ring's signature; as it is where the ring signs nothing."""
        found = keyring.sign(self.content())
        if found is None:
            return self
        value, key = found
        signature = ReceiptSignature(algorithm=ALGORITHM, key=key, value=value)
        return self.model_copy(update={"signature": signature})


def _counts(version: Version) -> dict[str, int]:
    found = [finding.severity for finding in version.findings]
    return {severity.value: found.count(severity) for severity in Severity}


def _outcome(version: Version) -> str:
    if is_sandbox(version.period):
        return "sandbox"
    return "accepted_late" if version.late else "accepted"


def _next_step(version: Version) -> str:
    if is_sandbox(version.period):
        return (
            "This return is of the sandbox and counts for nothing. One that is to count names its "
            "own quarter."
        )
    open_queries = _counts(version)[Severity.QUERY]
    if not open_queries:
        return "Nothing more is needed. A corrected return can be sent in the same way."
    figures = "a figure carries" if open_queries == 1 else f"{open_queries} figures carry"
    return (
        f"The return is accepted; {figures} an open query. Look at the report: send the return "
        "again with the right figures, or say why those that are right are as they are."
    )


def _in_london(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(_LONDON).isoformat(timespec="milliseconds")
