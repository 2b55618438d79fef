"""A document as Redis keeps it, and back: JSON in the order in which it was made, compressed.

The order of a document's fields is kept, because pages show some of them in that order. Level 1 of
zlib takes a quarter of the room for a tenth of a millisecond.
"""

import json
import zlib
from typing import Any

from pydantic_core import from_json, to_json

from services.runtime.store import StoreDamaged

_LEVEL = 1
_NOT_JSON = (b"NaN", b"Infinity")


def pack(data: object) -> bytes:
    """Return plain data as bytes; ValueError for a number that JSON cannot hold."""
    text = to_json(data)
    if any(word in text for word in _NOT_JSON):  # a number, or a word of a text: let json tell
        json.dumps(data, allow_nan=False)
    return zlib.compress(text, _LEVEL)


def unpack(packed: bytes) -> Any:  # noqa: ANN401 - whatever plain data was packed
    """Return the data; StoreDamaged if these are not the bytes that ``pack`` gave."""
    try:
        return from_json(zlib.decompress(packed))
    except (zlib.error, ValueError) as error:
        raise StoreDamaged(
            f"What Redis keeps of the views cannot be read ({type(error).__name__}). Nothing is "
            "lost: delete the keys of this nation's views, and they are built from the log again."
        ) from error
