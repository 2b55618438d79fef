"""The words of a receipt: the lines that its page and its plain text both show."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from schemas.periods import Period

OUTCOMES = {
    "accepted": "Accepted in time",
    "accepted_late": "Accepted late",
    "sandbox": "Sandbox: it counts for nothing",
}
SANDBOX = "SANDBOX: THIS RETURN COUNTS FOR NOTHING"
ON_BEHALF = "on_behalf"
"""The channel of what the regional analyst sends in an authority's place."""
UNSIGNED = "Not signed: no key for receipts is set up here"
_LEVELS = {
    "error": ("error", "errors"),
    "query": ("query", "queries"),
    "notice": ("notice", "notices"),
}


def receipt_lines(receipt: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a receipt, as the API says it, as labels and what stands beside them, in order."""
    return [
        ("Receipt number", receipt["return_id"]),
        ("Authority", f"{receipt['authority_name']} ({receipt['authority']})"),
        ("Collection", receipt["collection"]),
        ("Period", f"{Period.parse(receipt['period']).in_words()}: {receipt['period']}"),
        ("Version", _version(receipt)),
        ("Outcome", OUTCOMES[receipt["outcome"]]),
        ("Received", received(receipt)),
        ("Due", _spoken(date.fromisoformat(receipt["due"])) if receipt["due"] else "No due day"),
        ("Sent as", sent_as(receipt)),
        ("Size", f"{receipt['size']:,} bytes"),
        ("SHA-256 of the bytes", receipt["sha256"]),
        ("Figures", f"{receipt['figures']:,} and {_many(receipt['symbols'], 'symbol', 'symbols')}"),
        *_changed(receipt["changed"]),
        ("Check", _counts(receipt["counts"])),
        ("Versions", _versions(receipt)),
        ("Next step", receipt["next_step"]),
        *_signed(receipt["signature"]),
    ]


def write_receipt(receipt: Mapping[str, Any]) -> str:
    """Return a receipt as plain text, a line for each fact: what a log file keeps."""
    lines = receipt_lines(receipt)
    width = max(len(label) for label, _ in lines) + 2
    text = "".join(f"{label + ':':{width}}{said}\n" for label, said in lines)
    return f"{SANDBOX}\n{text}" if receipt["outcome"] == "sandbox" else text


def received(receipt: Mapping[str, Any]) -> str:
    """Return when the return came, in UK time and in UTC."""
    return f"{_moment(receipt['received_at_local'])} ({receipt['received_at']})"


def sent_as(sent: Mapping[str, Any]) -> str:
    """Return what a return was sent as, and by whom where its authority did not send it."""
    if sent["channel"] == ON_BEHALF:
        return f"{sent['media_type']} by the regional analyst in the authority's place"
    return f"{sent['media_type']} through {sent['channel']}"


def _signed(signature: Mapping[str, str] | None) -> list[tuple[str, str]]:
    if signature is None:
        return [("Signature", UNSIGNED)]
    by = f"{signature['algorithm']} key {signature['key']}"
    return [("Signature", signature["value"]), ("Signed with", by)]


def _changed(values: int | None) -> list[tuple[str, str]]:
    return [] if values is None else [("Changed", _many(values, "value", "values"))]


def _version(receipt: Mapping[str, Any]) -> str:
    before = receipt["supersedes"]
    return f"{receipt['version']}, supersedes {before}" if before else str(receipt["version"])


def _versions(receipt: Mapping[str, Any]) -> str:
    indicators = receipt["catalogue"] or "none in force"
    return f"schema {receipt['contract']}, rules {receipt['rules']}, indicator set {indicators}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(_many(counts[level], *words) for level, words in _LEVELS.items())


def _many(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{_spoken(at.date())} at {at:%H:%M:%S} UK time"


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
