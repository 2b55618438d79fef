"""Ugly bodies as they really arrive, each with the report that a person would want."""

import json

import pytest

from services.ingest.core.document import Format
from services.ingest.example import example_csv, example_json

HEADER = "authority,collection,period,indicator,numerator,denominator,symbol,note"
WHEN = "riia-quarterly,2026-27-Q2"
FIRST = f"D01,{WHEN},FD01,2310,,,"


def edited(old: str, new: str, times: int = 1) -> str:
    """The example as CSV with something put in another's place."""
    text = example_csv()
    assert old in text
    return text.replace(old, new, times)


def members(**changes: object) -> str:
    """The example as JSON with members changed; None takes one out."""
    changed = {**example_json(), **changes}
    return json.dumps({name: value for name, value in changed.items() if value is not None})


# What was sent, and what is said of it: the code, the row, the column.
ACCEPTED = {
    "a byte order mark": (b"\xef\xbb\xbf" + example_csv().encode(), []),
    "bare line feeds": (example_csv().replace("\r\n", "\n"), []),
    "bare carriage returns": (example_csv().replace("\r\n", "\r"), []),
    "no line end at the end": (example_csv().rstrip(), []),
    "blank rows at the end, with commas": (example_csv() + ",,,,,,,\r\n,,,,,,,\r\n\r\n", []),
    "a comma at the end of every row": (example_csv().replace("\r\n", ",\r\n"), []),
    "UTF-16 as spreadsheets save it": (
        example_csv().encode("utf-16"),
        [("F003", None, None)],
    ),
    "Windows-1252": (
        edited("the new HR system cannot say yet", "café").encode("cp1252"),
        [("F003", None, None)],
    ),
    "semicolons": (example_csv().replace(",", ";"), [("F009", None, None)]),
    "tabs": (example_csv().replace(",", "\t"), [("F009", None, None)]),
    "headers in other case and spelling": (edited(HEADER, HEADER.upper().replace(",", " , ")), []),
    "spaces around values": (
        edited(FIRST, " D01 , riia-quarterly , 2026-27-Q2 , fd01 ,2310 ,,,"),
        [],
    ),
    "values in quotation marks": (
        edited(FIRST, '"D01","riia-quarterly","2026-27-Q2","FD01","2310","","",""'),
        [],
    ),
    "a note over three lines": (edited("FD01,2310,,,", 'FD01,2310,,,"one\r\ntwo\r\nthree"'), []),
    "a thousands comma": (edited("FD01,2310", 'FD01,"2,310"'), [("C056", 2, "numerator")]),
    "a whole number with decimals": (edited("FD01,2310", "FD01,2310.0"), []),
    "the quarter written otherwise": (
        example_csv().replace("2026-27-Q2", "Q2 2026/27"),
        [("S038", 2, "period")],
    ),
    "a column of one's own": (
        "\r\n".join(
            row + (",rate" if i == 0 else ",1")
            for i, row in enumerate(example_csv().rstrip().split("\r\n"))
        ),
        [("S023", 1, "rate")],
    ),
}

REFUSED = {
    "nothing": (b"", [("F001", None, None)]),
    "blank lines": ("\r\n , , \r\n", [("F001", None, None)]),
    "a workbook": (b"PK\x03\x04\x14\x00\x06\x00", [("F004", None, None)]),
    "a PDF": (b"%PDF-1.7 \xe2\xe3", [("F004", None, None)]),
    "bytes of no text": (b"authority,\x81\x8d\x00", [("F002", None, None)]),
    "UTF-16 without its mark": (example_csv().encode("utf-16-le"), [("F002", None, None)]),
    "a heading alone": (HEADER, [("S028", 1, None)]),
    "a quotation mark left open": (edited("FD01,2310,,,", 'FD01,2310,,,"so'), [("F011", 32, None)]),
    "no heading": (
        "\r\n".join(example_csv().split("\r\n")[1:2]),
        [
            *[("S020", 1, None)] * 6,
            ("S023", 1, "D01"),
            ("S023", 1, "riia-quarterly"),
            ("S023", 1, "2026-27-Q2"),
            ("S023", 1, "FD01"),
            ("S023", 1, "2310"),
            ("S028", 1, None),
        ],
    ),
    "a misspelt header, once, not in every row": (
        edited("denominator", "denomiator"),
        [("S020", 1, "denomiator")],
    ),
    "a header twice": (
        edited("symbol,note", "symbol,symbol").replace("cannot say yet", ""),
        [("S022", 1, "symbol")],
    ),
    "an unquoted thousands comma": (
        edited("FD01,2310,,,", "FD01,2,310,,"),
        [("X101", 2, "denominator")],
    ),
    "an unquoted thousands comma in a percentage": (
        edited("FD04,180,815,,", "FD04,1,180,815,,"),
        [("C058", 4, "symbol")],
    ),
    "a date made of 3-2": (edited("CP09,9,86", "CP09,09-Feb,86"), [("C051", 18, "numerator")]),
    "pounds": (edited("FD01,2310", "FD01,£2310"), [("C050", 2, "numerator")]),
    "a count in brackets": (edited("FD01,2310", "FD01,(2310)"), [("C050", 2, "numerator")]),
    "a formula": (edited("FD01,2310", "FD01,=SUM(A1:A9)"), [("C050", 2, "numerator")]),
    "an error of a spreadsheet": (edited("FD01,2310", "FD01,#DIV/0!"), [("C050", 2, "numerator")]),
    "a decimal comma": (edited("WF01,201.2", 'WF01,"201,2"'), [("C050", 25, "numerator")]),
    "a number cut short": (edited("FD01,2310", "FD01,2.31E+03"), [("C050", 2, "numerator")]),
    "a proper minus": (edited("FD01,2310", "FD01,\u22125"), [("C054", 2, "numerator")]),
    "figures that ran together": (
        edited("FD01,2310", "FD01," + "9" * 5000),
        [("C055", 2, "numerator")],
    ),
    "a symbol of old": (edited("FD01,2310,,,", "FD01,,,:,"), [("C058", 2, "symbol")]),
    "the name of an authority": (
        example_csv().replace("\nD01,", "\nAverndale,"),
        [("S031", 2, "authority")],
    ),
    "a real authority in the demonstration": (
        example_csv().replace("\nD01,", "\n383,"),
        [("S032", 2, "authority")],
    ),
    "two authorities": (
        edited(f"D01,{WHEN},LA0", f"D02,{WHEN},LA0", 3),
        [("S034", 19, "authority")],
    ),
    "emoji in place of a code": (
        edited("D01", "\U0001f600"),
        [("S031", 2, "authority"), ("S034", 3, "authority")],
    ),
    "two columns of eight": (
        "indicator,numerator\r\nFD01,2310\r\n",
        [*[("S020", 1, None)] * 4],
    ),
}  # fmt: skip


def said(report):
    return [(f.code, f.places[0].row, f.places[0].column) for f in report.findings]


@pytest.mark.parametrize(("body", "expected"), ACCEPTED.values(), ids=ACCEPTED)
def test_an_ugly_body_that_is_clear_is_taken_and_what_was_read_into_it_is_said(
    examine, body, expected
):
    report = examine(body)

    assert said(report) == expected
    assert report.acceptable
    assert len(report.observations) == 31


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_an_ugly_body_that_is_not_clear_is_refused_with_all_that_is_wrong(examine, body, expected):
    report = examine(body)

    assert sorted(said(report), key=str) == sorted(expected, key=str)
    assert not report.acceptable
    assert report.observations == ()


JSON = {
    "no object": ("[]", [("S027", "")]),
    "a text": ('"return"', [("S027", "")]),
    "nothing but null": ("null", [("S027", "")]),
    "a comma too many": ('{"authority": "D01",}', [("F005", None)]),
    "two bodies": ("{}{}", [("F005", None)]),
    "UTF-16": (members().encode("utf-16"), [("F002", None)]),
    "an empty object": ("{}", [("S025", "")] * 4),
    "observations by name": (
        members(observations={"FD01": 1}),
        [("S027", "/observations")],
    ),
    "an authority as a number": (members(authority=383), [("C065", "/authority")]),
    "a member of another name": (
        members(authorities="D01"),
        [("S024", "/authorities")],
    ),
    "no period": (members(period=None), [("S025", "")]),
    "brackets without end": ("[" * 100_000, [("F007", None)]),
    "brackets without end, closed": ("[" * 50_000 + "]" * 50_000, [("F007", None)]),
    "an enormous exponent": (
        members().replace('"numerator": 2310', '"numerator": 1e999999999999999999999'),
        [("C055", "/observations/0/numerator")],
    ),
    "minus infinity": (
        members().replace('"numerator": 2310', '"numerator": -Infinity'),
        [("C065", "/observations/0/numerator")],
    ),
    "a figure in quotation marks": (
        members().replace('"numerator": 2310', '"numerator": "2310"'),
        [("C065", "/observations/0/numerator")],
    ),
    "a figure that is true": (
        members().replace('"numerator": 2310', '"numerator": true'),
        [("C065", "/observations/0/numerator")],
    ),
    "half a letter in a note": (
        members().replace("the new HR system", "\\ud83d"),
        [("C064", "/observations/25/note")],
    ),
    "half a letter in a name": (
        members().replace('"numerator": 2310', '"\\ud83d": 1, "numerator": 2310'),
        [("S024", "/observations/0/\\ud83d")],
    ),
    "a slash and a tilde in a name": (
        members().replace('"numerator": 2310', '"a/b~c": 1, "numerator": 2310'),
        [("S024", "/observations/0/a~1b~0c")],
    ),
    "a member twice": (
        members().replace('"numerator": 2310', '"numerator": 1, "numerator": 2310'),
        [("S026", "/observations/0/numerator")],
    ),
}


@pytest.mark.parametrize(("body", "expected"), JSON.values(), ids=JSON)
def test_json_that_is_no_return_is_refused_at_its_pointers(examine, body, expected):
    report = examine(body, Format.JSON)

    found = [
        (finding.code, place.pointer) for finding in report.findings for place in finding.places
    ]
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert not report.acceptable


def test_json_with_nulls_and_any_order_of_members_is_a_return(examine):
    example = example_json()
    for observation in example["observations"]:
        observation.setdefault("symbol", None)
        observation.setdefault("note", None)
        observation.setdefault("denominator", None)
    turned = dict(reversed(example.items()))

    report = examine(json.dumps(turned), Format.JSON)

    assert report.findings == ()
    assert report.acceptable
