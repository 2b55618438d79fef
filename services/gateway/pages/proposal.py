"""What will be stored, before it is: whose figures, what they replace, what the check asks of them.

The bytes that were checked are in the page, and the form on it sends exactly these.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from fastapi import Request, Response

from schemas.difference import differences, in_words
from schemas.events import Observation
from schemas.periods import Period
from schemas.rule import RULES
from services.gateway.core import wording
from services.gateway.core.document import Document
from services.gateway.core.item.submission import current, explanations
from services.gateway.pages.furniture import Furniture
from services.gateway.pages.submission import as_sent, figures_of, indicator_name
from services.gateway.views import Views

FILE, FORM = "file", "form"
WHOLE, REASON = "whole", "reason"
KEY = ("authority", "collection", "period")


@dataclass(frozen=True, slots=True)
class Sent:
    """What the page sends along: the bytes, how they came, and what was typed beside them.

    ``said`` has the words by the place of their query, ``confirmed`` the places where those of the
    quarter before hold still. ``draft`` is the form that the bytes were typed into. ``supersedes``
    is the version that the page named as the one to be replaced, ``reason`` why this one replaces
    it.
    """

    content: bytes
    channel: str = FILE
    supersedes: str | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
    draft: str = ""
    reason: str = ""


def place_of(indicator: str | None) -> str:
    """Return the place of a query on the page: its indicator, or the return as a whole."""
    return indicator if indicator and indicator.isalnum() else WHOLE


def propose(
    furniture: Furniture,
    request: Request,
    sent: Sent,
    report: Mapping[str, Any],
    *,
    faults: Sequence[tuple[str, str]] = (),
    stands: str | None = None,
) -> Response:
    """Return the page of an acceptable return, with the button that sends it.

    ``faults`` are what stopped it from being taken, by place; ``stands`` is what it would replace
    where the views cannot say so.
    """
    views = furniture.views
    authority, collection, period = (str(report[name]) for name in KEY)
    name, when = views.name(authority), wording.period(period)
    stands_now = standing(views, authority, collection, period)
    known = figures_of(stands_now) if stands_now else {}
    read = [Observation.model_validate(each) for each in report["read"]]
    changed = differences(known, {each.indicator: each for each in read}) if stands_now else ()
    before = {each.indicator: as_sent(each.before) for each in changed}
    symbols = sum(each.symbol is not None for each in read)
    wrong = dict(faults)
    return furniture.page(
        request,
        "proposal.html",
        title=f"{'Error: ' if faults else ''}Check before you send: {name}",
        heading="Check before you send",
        live=False,
        period_of=period,
        headline=f"{wording.collection(collection)} of {name} for {when}.",
        faults=[(f"text-{place}" if place else "", said) for place, said in faults],
        wrong=wrong,
        figures=wording.plural(len(read) - symbols, "figure"),
        symbols=wording.plural(symbols, "symbol"),
        notes=wording.plural(sum(each.note is not None for each in read), "note"),
        standing=stands_now,
        signed=REASON in wrong or (stands_now or {}).get("signed_off") is not None,
        reason=sent.reason,
        is_same=stands_now is not None and stands_now["sha256"] == sha256(sent.content).hexdigest(),
        changed=in_words(changed) if stands_now else "",
        rows=[
            {
                "name": indicator_name(views, each.indicator)[0],
                "now": as_sent(each),
                "before": before.get(each.indicator, ""),
                "note": each.note or "",
            }
            for each in read
        ],
        asked=list(_asked(views, report, sent, period=period)),
        noticed=[
            {"said": each["detail"], "code": each["code"], "known": each["code"] in RULES}
            for each in report["findings"]
            if each["severity"] == "notice"
        ],
        content=urlsafe_b64encode(sent.content).decode("ascii"),
        channel=sent.channel,
        supersedes=stands or (stands_now["return_id"] if stands_now else ""),
        draft=sent.draft,
        back=f"/returns/new/{authority}/{collection}/{period}",
        status=422 if faults else 200,
    )


def standing(views: Views, authority: str, collection: str, period: str) -> Document | None:
    """Return the return that stands for an authority's quarter; None where none does."""
    known = views.period(collection, period)
    entry = current(known, authority) if known is not None else None
    return None if entry is None else views.store.get(views.keys.submission(entry["id"]))


def _asked(
    views: Views, report: Mapping[str, Any], sent: Sent, *, period: str
) -> Iterator[dict[str, Any]]:
    """Walk what is asked, all queries on one figure together, with what was typed already."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for each in report["findings"]:
        if each["severity"] == "query":
            for indicator in each["indicators"] or [None]:
                found.setdefault(place_of(indicator), []).append(each)
    before = str(Period.parse(period).previous())
    earlier = standing(views, str(report["authority"]), str(report["collection"]), before)
    words = {
        place_of(each["indicator"]): each["text"]
        for each in (explanations(earlier, words=views.words) if earlier else [])
    }
    for place, queries in found.items():
        is_offered = any(each["offered"] for each in queries)
        yield {
            "place": place,
            "name": "The return as a whole" if place == WHOLE else indicator_name(views, place)[0],
            "queries": [
                {"said": each["detail"], "code": each["code"], "known": each["code"] in RULES}
                for each in queries
            ],
            "offered": words.get(place) if is_offered else None,
            "typed": sent.said.get(place, ""),
            "confirmed": place in sent.confirmed,
        }
