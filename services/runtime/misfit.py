"""Words for a part of a request that does not fit: what is wrong there, and what to send instead.

The framework's own words are for whoever writes a model, not for whoever sends a request.
"""

from collections.abc import Mapping, Sequence
from typing import Any

_OBJECT = "An object is expected here, sent as JSON with the header Content-Type: application/json."
_WORDS: Mapping[str, str] = {
    "missing": "This is missing. Add it.",
    "extra_forbidden": "There is no such member. Correct its name or take it out.",
    "json_invalid": "The JSON cannot be read beyond character {pos}. Look there for a comma, "
    "quotation mark or bracket too few or too many, or let a library write it.",
    "model_attributes_type": _OBJECT,
    "model_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": "A list is expected here. Put the values in square brackets.",
    "string_type": "A text is expected here. Put it in quotation marks.",
    "bool_type": "true or false is expected here, without quotation marks.",
    "bool_parsing": "true or false is expected here.",
    "int_parsing": "A whole number is expected here. Write it in digits alone.",
    "int_type": "A whole number is expected here. Write it in digits alone.",
    "greater_than_equal": "A number from {ge} is expected here. Write a greater one.",
    "less_than_equal": "A number up to {le} is expected here. Write a smaller one.",
    "string_too_long": "At most {max_length} characters are taken here. Shorten it.",
    "too_long": "At most {max_length} are taken here. Send the rest in another request.",
    "enum": "One of {expected} is expected here.",
    "literal_error": "One of {expected} is expected here.",
}
_OTHERWISE = "This is not what is expected here. The API reference (/developers/api) says what is."


def describe(fault: Mapping[str, Any]) -> dict[str, str]:
    """Return ``detail`` and ``pointer`` of one fault that the framework found."""
    return {"detail": _detail(fault), "pointer": _pointer(fault["loc"])}


def _detail(fault: Mapping[str, Any]) -> str:
    words = _WORDS.get(fault["type"], _OTHERWISE)
    facts = {"pos": fault["loc"][-1], **fault.get("ctx", {})}
    return words.format(**facts)


def _pointer(place: Sequence[int | str]) -> str:
    return "/" + "/".join(map(str, place))
