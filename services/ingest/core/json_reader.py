"""Reads a return from JSON, strictly: what is not in the contract is named, nothing is guessed."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from services.ingest.core.child import holds_a_child, names_a_child
from services.ingest.core.csv_reader import refusal
from services.ingest.core.document import (
    MOST_ROWS,
    MOST_VALUES,
    Cell,
    Document,
    Format,
    Odd,
    Raw,
    Row,
)
from services.ingest.core.encoding import Unreadable, decode
from services.ingest.core.fault import HEAD, Column, Fault, Place, fault, shown
from services.ingest.core.header import nearest

_DEEPEST = 16
_NAMES = re.compile(r'"([^"\\]{1,60})"\s*:')
_LOOKED_AT = 20_000
_HINTED = 20
"""How many unknown names of an object are held against those that were probably meant."""
_OBSERVATIONS = "observations"
_BODY = (*HEAD, _OBSERVATIONS)
_OF_ROWS = tuple(column for column in Column if column not in HEAD)
_IN_ROWS = frozenset(_OF_ROWS)


class _Members(dict[str, object]):
    """An object and the names that it has more than once."""

    repeated: tuple[str, ...] = ()


def read_json(body: bytes) -> Document:
    """Read a JSON body; whatever is wrong with it stands in the document's faults."""
    try:
        text, _ = decode(body, format=Format.JSON)
        if text.count(",") > MOST_VALUES:
            return _too_large(text)
        data = _parse(text)
    except Unreadable as error:
        return Document(Format.JSON, faults=(error.fault,))
    names, texts, depth, values = _inventory(data)
    if any(names_a_child(name) for name in names) or any(holds_a_child(text) for text in texts):
        return refusal(Format.JSON)
    if values > MOST_VALUES:
        return Document(Format.JSON, faults=(_too_many(MOST_VALUES, "values"),))
    if depth > _DEEPEST:
        return Document(Format.JSON, faults=(_too_deep(),))
    if not isinstance(data, _Members):
        return Document(Format.JSON, faults=(_shape("", "the return", "an object", data),))
    return _document(data)


def _too_large(text: str) -> Document:
    """Refuse a text of more values than a return has before anything is made of them."""
    names = _NAMES.findall(text[:_LOOKED_AT])
    if any(names_a_child(name) for name in names) or holds_a_child(text):
        return refusal(Format.JSON)
    return Document(Format.JSON, faults=(_too_many(MOST_VALUES, "values"),))


def _parse(text: str) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_number,
            parse_float=_number,
            parse_constant=Odd,
        )
    except json.JSONDecodeError as error:
        place = Place((error.lineno, error.colno), row=error.lineno)
        because = fault("F005", place=place, line=str(error.lineno), character=str(error.colno))
        raise Unreadable(because) from None
    except RecursionError:
        raise Unreadable(_too_deep()) from None


def _too_deep() -> Fault:
    return fault("F007", deepest=str(_DEEPEST))


def _too_many(most: int, what: str) -> Fault:
    return fault("F008", most=f"{most:,}", what=what)


def _object(pairs: list[tuple[str, object]]) -> _Members:
    members = _Members(pairs)
    if len(members) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        members.repeated = tuple(name for name, times in counted.items() if times > 1)
    return members


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        return Decimal("Infinity")


def _inventory(data: object) -> tuple[set[str], list[str], int, int]:
    """Return the names of all members, all texts, how deep the data are nested, all values' number.

    It looks no further than the values that a body may have.
    """
    names: set[str] = set()
    texts: list[str] = []
    deepest = values = 0
    waiting = [(data, 1)]
    while waiting and values <= MOST_VALUES:
        value, depth = waiting.pop()
        values += 1
        deepest = max(deepest, depth)
        if isinstance(value, dict):
            names.update(value)
            waiting += [(member, depth + 1) for member in value.values()]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]
        elif isinstance(value, str):
            texts.append(value)
    return names, texts, deepest, values


def _document(data: _Members) -> Document:
    faults = [*_members(data, known=_BODY, pointer="", order=-1)]
    heads = {
        column: (_cell(data[column], Place((-1, i), f"/{column}", column=column)),)
        for i, column in enumerate(HEAD)
        if column in data
    }
    rows: list[Row] = []
    for number, item in enumerate(_observations(data, faults)):
        pointer = f"/{_OBSERVATIONS}/{number}"
        if isinstance(item, _Members):
            rows.append(_row(item, number))
            faults += _members(item, known=_OF_ROWS, pointer=pointer, order=number)
        else:
            faults.append(_shape(pointer, "an observation", "an object", item, order=number))
    absent = frozenset(column for column in HEAD if column not in data)
    return Document(Format.JSON, heads, tuple(rows), absent, tuple(faults))


def _observations(data: _Members, faults: list[Fault]) -> list[object]:
    pointer = f"/{_OBSERVATIONS}"
    listed = data.get(_OBSERVATIONS)
    if not isinstance(listed, list):
        if _OBSERVATIONS in data:
            faults.append(_shape(pointer, _OBSERVATIONS, "a list", listed))
        return []
    if not listed:
        faults.append(fault("S028", place=Place((0, 0), pointer)))
    if len(listed) > MOST_ROWS:
        faults.append(_too_many(MOST_ROWS, "observations"))
        return []
    return listed


def _row(item: _Members, number: int) -> Row:
    pointer = f"/{_OBSERVATIONS}/{number}"
    return Row(
        Place((number, -1), pointer),
        {
            column: _cell(item.get(column), Place((number, i), f"{pointer}/{column}", None, column))
            for i, column in enumerate(_OF_ROWS)
        },
    )


def _members(
    data: _Members, *, known: tuple[str, ...], pointer: str, order: int
) -> Iterator[Fault]:
    if known is _OF_ROWS and not data.repeated and data.keys() <= _IN_ROWS:
        return
    absent = [name for name in known if name not in data]
    unknown = 0
    for name in data:
        place = Place((order, len(known)), f"{pointer}/{_escaped(name)}", column=shown(name))
        if name in data.repeated:
            yield fault("S026", place=place, member=shown(name))
        if name not in known:
            unknown += 1
            meant = nearest(name, among=absent) if unknown <= _HINTED else None
            hint = f" Did you mean {meant}?" if meant else ""
            yield fault("S024", place=place, member=shown(name), hint=hint)
    for name in absent if known is _BODY else ():
        yield fault("S025", place=Place((order, 0), pointer, column=name), member=name)


def _escaped(name: str) -> str:
    return shown(name).replace("~", "~0").replace("/", "~1")


def _shape(pointer: str, what: str, wanted: str, found: object, *, order: int = -1) -> Fault:
    kind = _kind(found)
    return fault("S027", place=Place((order, 0), pointer), what=what, wanted=wanted, found=kind)


def _cell(value: object, place: Place) -> Cell:
    raw: Raw = value if value is None or isinstance(value, str | Decimal | Odd) else None
    return Cell(place, Odd(_kind(value)) if raw is None and value is not None else raw)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, Odd):
        return value.text
    return "null" if value is None else "a number"
