"""Queries about figures of one return: what must go together, and what may differ a little."""

import json

import pytest

from services.ingest.core.document import Format


@pytest.fixture
def codes(examine, whole):
    """The codes of what is found in a whole return with other rows in it."""

    def find(*rows: str) -> list[str]:
        return [finding.code for finding in examine(whole(*rows)).findings]

    return find


@pytest.fixture
def regional(examine):
    """The codes of what is found about figures of the regional collection, but what is missing."""

    def find(**figures: tuple[float, float]) -> list[str]:
        observations = [
            {"indicator": code, "numerator": n, "denominator": d}
            for code, (n, d) in figures.items()
        ]
        body = {
            "authority": "D01",
            "collection": "regional-quarterly",
            "period": "2026-27-Q2",
            "observations": observations,
        }
        found = examine(json.dumps(body), Format.JSON).findings
        return [finding.code for finding in found if finding.code != "S046"]

    return find


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (["CP04,77,96,,"], []),
        (["CP04,77,106,,"], ["Q204"]),
        (["WF02,29.6,201.2,,"], ["Q206"]),
        (["WF03,33.4,201.2,,"], ["Q206"]),
        (["WF02,29.6,226.0,,"], []),
        (["WF01,20.2,,,", "WF02,3.0,20.2,,", "WF03,4.0,20.2,,"], []),
        (["CL06,49,,,", "CL05,48,,,"], ["Q205"]),
        (["CL06,9,,,", "CL05,8,,,"], []),
        (["CN02,2066,,,"], ["X115"]),
        (["WF04,13279.2,201.2,,"], []),
        (["WF04,13280,201.2,,"], ["Q203"]),
    ],
)
def test_counts_that_are_kept_apart_may_differ_a_little(codes, rows, found):
    assert codes(*rows) == found


@pytest.mark.parametrize(
    ("figures", "found"),
    [
        ({"LA05": (40, 458), "LA07": (60, 468)}, []),
        ({"LA05": (40, 458), "LA07": (60, 480), "LA08": (300, 500)}, ["Q207"]),
        ({"CL01": (30, 60), "CL04": (5, 75)}, ["Q207"]),
        ({"FD05": (500, 815), "FD06": (316, 815)}, ["Q208"]),
        ({"FD05": (500, 815), "FD06": (316, 830)}, []),
        ({"WF05": (70, 60)}, ["Q203"]),
        ({"LA15": (1200, 30)}, []),
        ({"LA15": (1200.5, 30)}, ["X104"]),
        ({"ED01": (901, 10)}, ["X104"]),
    ],
)
def test_denominators_and_outcomes_of_one_return_go_together(regional, figures, found):
    assert sorted(set(regional(**figures))) == sorted(found)


def test_a_conference_that_was_not_counted_twice_alike_is_asked_about_and_blocks_nothing(
    examine, whole
):
    report = examine(whole("CP04,77,110,,"))

    assert report.acceptable
    assert [finding.detail for finding in report.findings] == [
        "CP04: the denominator (110) is not the count in CP03 (94)."
    ]
