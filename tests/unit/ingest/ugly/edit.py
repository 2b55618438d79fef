"""The example return as CSV and JSON, and how a body is made of it that is ugly in one way."""

import json

from services.ingest.example import example_csv, example_json

HEADER = "authority,collection,period,indicator,numerator,denominator,symbol,note"
WHEN = "riia-quarterly,2026-27-Q2"
WHOLE = example_csv()


def row(code: str, figures: str) -> str:
    """A row of the example's authority and quarter."""
    return f"D01,{WHEN},{code},{figures}"


def edited(old: str, new: str, times: int = 1, within: str = WHOLE) -> str:
    """The example as CSV with something put in another's place."""
    assert old in within
    return within.replace(old, new, times)


def with_rows(*rows: str) -> str:
    """The example as CSV; rows (``CP04,70,86,,``) stand in place of their indicators'."""
    header, *kept = WHOLE.splitlines()
    given = {each.split(",")[0]: each for each in rows}
    placed = [
        f"D01,{WHEN}," + given.pop(code, line.split(",", 3)[3])
        for line in kept
        for code in [line.split(",")[3]]
    ]
    placed += [f"D01,{WHEN},{each}" for each in given.values()]
    return "\r\n".join([header, *placed]) + "\r\n"


def members(**changes: object) -> str:
    """The example as JSON with members changed; None takes one out."""
    changed = {**example_json(), **changes}
    return json.dumps({name: value for name, value in changed.items() if value is not None})


def member(old: str, new: str) -> str:
    """The example as JSON with a piece of its text put in another's place."""
    text = members()
    assert old in text
    return text.replace(old, new, 1)


def wide(*, bare: bool = False, **changes: str) -> str:
    """The example with a column for each indicator; ``changes`` are values by their header."""
    cells = {"authority": "D01", "collection": "riia-quarterly", "period": "2026-27-Q2"}
    for observation in example_json()["observations"]:
        code = observation["indicator"]
        for name in ("numerator", "denominator", "symbol", "note"):
            if name in observation:
                plain = bare and name in ("numerator", "symbol")
                cells[code if plain else f"{code} {name}"] = str(observation[name])
    cells.update({name.replace("_", " "): value for name, value in changes.items()})
    return ",".join(cells) + "\r\n" + ",".join(cells.values()) + "\r\n"
