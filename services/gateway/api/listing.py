"""Cuts lists into parts: an opaque cursor names the last item that was given."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable
from itertools import dropwhile
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import JSONResponse

from services.gateway.api.parameter import refused

MOST = 500
Entry = tuple[str, Callable[[], dict[str, Any]]]
"""An item's own key in its list, and what makes the item."""

Limit = Annotated[int, Query(ge=1, le=MOST, description="How many items at most")]
Cursor = Annotated[str | None, Query(description="Where to go on: the next of the part before")]
NO_STORE = {"Cache-Control": "no-store"}


def part(entries: Iterable[Entry], *, limit: int, cursor: str | None) -> JSONResponse:
    """Answer with the part of a list behind the cursor.

    What arrives meanwhile moves nothing: the next part begins behind the same item as before.
    """
    walk = iter(entries)
    if cursor:
        last = _key(cursor)
        walk = dropwhile(lambda entry: entry[0] != last, walk)
        if next(walk, None) is None:
            raise refused("cursor", cursor, expected="the next of an earlier part, unchanged.")
    items: list[dict[str, Any]] = []
    last, more = "", False
    for key, make in walk:
        if len(items) == limit:
            more = True
            break
        items.append(make())
        last = key
    following = urlsafe_b64encode(last.encode()).decode() if more else None
    return JSONResponse({"items": items, "next": following}, headers=NO_STORE)


def _key(cursor: str) -> str:
    try:
        return urlsafe_b64decode(cursor.encode("ascii")).decode()
    except (NotBase64, UnicodeError):
        raise refused(
            "cursor", cursor, expected="the next of an earlier part, unchanged."
        ) from None
