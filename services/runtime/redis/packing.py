"""A document as Redis keeps it, and back: JSON in the order in which it was made, compressed.

The order of a document's fields is kept, because pages show some of them in that order. LZ4 takes a
third of the room for some hundredths of a millisecond, and a third of those to come back: a fifth
and a seventh of what zlib asks for a quarter of the room.
"""

import json
from typing import Any

import cramjam
from pydantic_core import from_json, to_json

from services.runtime.store import StoreDamaged


def pack(data: object) -> bytes:
    """Return plain data as bytes; ValueError for a number that JSON cannot hold."""
    text = to_json(data)
    if b"NaN" in text or b"Infinity" in text:  # a number, or a word of a text: let json tell
        json.dumps(data, allow_nan=False)
    return bytes(cramjam.lz4.compress_block(text))


def unpack(packed: bytes) -> Any:  # noqa: ANN401 - whatever plain data was packed
    """Return the data; StoreDamaged if these are not the bytes that ``pack`` gave."""
    try:
        return from_json(bytes(cramjam.lz4.decompress_block(packed)))
    except (cramjam.DecompressionError, ValueError) as error:
        raise StoreDamaged(
            f"What Redis keeps of the views cannot be read ({type(error).__name__}). Nothing is "
            "lost: delete the keys of this nation's views, and they are built from the log again."
        ) from error
