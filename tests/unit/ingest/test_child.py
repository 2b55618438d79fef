"""Data on single children are refused, and nothing of them is kept or told."""

import json

import pytest

from services.ingest.core.child import holds_a_child, names_a_child
from services.ingest.core.document import Format
from services.ingest.example import example_csv, example_json


@pytest.mark.parametrize(
    "header",
    [
        "upn", "UPN", "dob", "DOB", "child_id", "childId", "Child ID", "nhs_number", "NHS No",
        "first_name", "FirstName", "first name", "surname", "Last-Name", "name", "Child's name",
        "pers_upn", "Mother DOB", "date_of_birth", "forename", "postcode", "home_postcode",
        "former upn", "ULN", "pupilId",
    ],
)  # fmt: skip
def test_a_header_of_data_on_children_is_known_in_any_spelling(header):
    assert names_a_child(header)


@pytest.mark.parametrize(
    "header",
    [
        "authority", "collection", "period", "indicator", "numerator", "denominator", "symbol",
        "note", "authority_name", "indicator name", "children", "value", "rate", "region", "",
    ],
)  # fmt: skip
def test_a_header_of_figures_is_not_taken_for_one(header):
    assert not names_a_child(header)


@pytest.mark.parametrize("text", ["see A123456789012.", "NHS 943 476 5919", "943-476-5919"])
def test_a_number_of_a_child_in_a_text_is_known(text):
    assert holds_a_child(text)


@pytest.mark.parametrize(
    "text",
    ["943 476 5918", "call 020 7946 0958", "A1234", "2026-27-Q2", "123 456 789", "E08000035"],
)
def test_another_number_in_a_text_is_not_taken_for_one(text):
    assert not holds_a_child(text)


CHILDREN = "A123456789012"
BODIES = {
    "a list of children": (f"upn,surname,dob\n{CHILDREN},Featherstone,2015-01-01", Format.CSV),
    "a list under a title": (f"Open cases\n\nChild ID,Team\n{CHILDREN},Featherstone", Format.CSV),
    "a column of it in a return": (
        example_csv().replace("note", "surname", 1).replace("the new HR system", "Featherstone"),
        Format.CSV,
    ),
    "a list with an open quotation mark": (f'upn,name\n{CHILDREN},"Featherstone', Format.CSV),
    "a number in a note": (
        example_csv().replace("the new HR system", f"Featherstone {CHILDREN}"),
        Format.CSV,
    ),
    "a list in JSON": (
        json.dumps([{"childId": 1, "surname": "Featherstone", "upn": CHILDREN}]),
        Format.JSON,
    ),
    "hidden in a return": (
        json.dumps({**example_json(), "cases": [{"deep": {"dob": "Featherstone"}}]}),
        Format.JSON,
    ),
    "a number in a note in JSON": (
        json.dumps(example_json()).replace("the new HR system", f"Featherstone {CHILDREN}"),
        Format.JSON,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "format"), BODIES.values(), ids=BODIES)
def test_nothing_of_a_body_on_children_is_kept_or_told(examine, body, format):
    report = examine(body, format)

    assert [finding.code for finding in report.findings] == ["F010"]
    assert report.refused
    assert "Featherstone" not in repr(report)
    assert CHILDREN not in repr(report)


def test_a_body_of_any_length_is_looked_through(examine):
    rows = "\n".join(["x,y"] * 6_000)

    assert examine(f"child_id,y\n{rows}").refused
