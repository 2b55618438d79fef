"""The report as a table: a line for each place, and no formula in it."""

import csv
import io

from schemas.findings import COLUMNS, write_findings


def rows(*findings):
    return list(csv.DictReader(io.StringIO(write_findings(findings))))


def test_each_place_of_a_finding_has_a_line_with_the_indicator_that_it_is_of():
    finding = {
        "code": "C061",
        "severity": "error",
        "detail": "FD01 and FD03: there is neither a figure nor a symbol.",
        "fix": "Write one.",
        "indicators": ["FD01", "FD03"],
        "places": [{"row": 2, "column": "numerator", "cell": "E2"}, {"row": 4, "cell": "E4"}],
        "link": "/rules/C061",
    }

    found = rows(finding)

    assert [(row["cell"], row["indicator"], row["code"]) for row in found] == [
        ("E2", "FD01", "C061"),
        ("E4", "FD03", "C061"),
    ]
    assert list(found[0]) == list(COLUMNS)


def test_a_finding_of_one_place_has_one_line():
    (row,) = rows({"code": "F001", "severity": "error", "detail": "Empty.", "fix": "Send it."})

    assert (row["code"], row["indicator"], row["row"]) == ("F001", "", "")


def test_no_value_becomes_a_formula():
    (row,) = rows({"code": "C050", "value": '=HYPERLINK("http://x")', "detail": "-1", "fix": "+"})

    assert (row["value"], row["detail"], row["fix"]) == ('\'=HYPERLINK("http://x")', "'-1", "'+")
