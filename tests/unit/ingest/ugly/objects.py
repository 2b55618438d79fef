"""Ugly JSON. Each is the example return with one thing done to it."""

from services.ingest.example import example_json
from tests.unit.ingest.ugly.edit import member, members

FIRST = '"numerator": 2310'
PLANTED: dict[str, dict[str, object]] = {
    "FD01": {"numerator": "2310"},
    "FD03": {"numerator": -815},
    "FD04": {"numerator": 900, "denominator": 815},
    "FD07": {"numerator": 231},
    "AS01": {"numerator": 790, "denominator": 62520},
    "AS02": {"numerator": 760, "remark": "late"},
    "AS03": {"numerator": 650, "denominator": True},
    "CN02": {"numerator": 102.5},
    "CP01": {"symbol": "q"},
    "CP06": {"numerator": 86, "symbol": "c"},
    "CP07": {},
    "WF01": {"numerator": 201.25},
}


def twelve() -> str:
    """A return with twelve planted faults."""
    return members(
        observations=[
            {"indicator": code, **PLANTED[code]} if (code := each["indicator"]) in PLANTED else each
            for each in example_json()["observations"]
        ]
    )


OBJECTS: dict[str, bytes | str] = {
    "a byte order mark": b"\xef\xbb\xbf" + members().encode(),
    "nothing but null": "null",
    "a list": "[]",
    "an empty object": "{}",
    "a comma too many": '{"authority": "D01",}',
    "two bodies": "{}{}",
    "broken off": members()[:400],
    "UTF-16": members().encode("utf-16"),
    "CSV under the name of JSON": "authority,collection,period\r\nD01,riia,2026\r\n",
    "observations by name": members(observations={"FD01": 1}),
    "no observations": members(observations=[]),
    "an authority as a number": members(authority=383),
    "a member of another name": members(authorities="D01"),
    "no period": members(period=None),
    "brackets without end": "[" * 100_000,
    "nested too deeply": members(extra="§").replace('"§"', "[" * 30 + "]" * 30),
    "an enormous exponent": member(FIRST, '"numerator": 1e999999999999999999999'),
    "minus infinity": member(FIRST, '"numerator": -Infinity'),
    "a figure in quotation marks": member(FIRST, '"numerator": "2310"'),
    "a figure that is true": member(FIRST, '"numerator": true'),
    "a figure nearly named": member(FIRST, '"numertor": 2310'),
    "half a letter in a note": member("the new HR system", "\\ud83d"),
    "half a letter in a name": member(FIRST, '"\\ud83d": 1, "numerator": 2310'),
    "a slash and a tilde in a name": member(FIRST, '"a/b~c": 1, "numerator": 2310'),
    "a member twice": member(FIRST, '"numerator": 1, "numerator": 2310'),
    "twelve planted faults": twelve(),
    "a record of a child": members(observations=[{"upn": "A123456789012", "indicator": "FD01"}]),
}
