"""The ways in: the same figures give the same observations and findings by each of them."""

import hashlib
import json
from collections.abc import Callable

import pytest

from schemas.topics import Topic
from services.ingest.core.document import Format
from tests.contract.way import (
    CSV,
    FAULTY,
    ODD,
    XLSX,
    as_csv,
    as_json,
    as_wide,
    as_workbook,
)
from tests.unit.ingest.ugly.pack import book, repacked

WAYS: dict[str, Callable[..., dict]] = {
    "JSON": lambda **c: {
        "content": as_json(**c),
        "headers": {"content-type": "application/json"},
    },
    "CSV": lambda **c: {"content": as_csv(**c), "headers": CSV},
    "CSV of UTF-16 and tabs": lambda **c: {
        "content": as_csv(**c).replace(",", "\t").encode("utf-16"),
        "headers": CSV,
    },
    "CSV, wide": lambda **c: {"content": as_wide(**c), "headers": CSV},
    "XLSX": lambda **c: {"content": as_workbook(**c), "headers": XLSX},
    "a form with XLSX": lambda **c: {
        "files": {"file": ("return.xlsx", as_workbook(**c), XLSX["content-type"])}
    },
    "a form with CSV, as Windows calls it": lambda **c: {
        "files": {"file": ("return.csv", as_csv(**c), "application/vnd.ms-excel")}
    },
    "a form with JSON": lambda **c: {"files": {"file": ("return.json", as_json(**c))}},
}
POWERSHELL = "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-GB) WindowsPowerShell/5.1.19041.4046"


@pytest.fixture(scope="module")
def expected() -> dict[str, object]:
    """What the first way gave; every other way has to give the same."""
    return {}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_figures_by_any_way_are_the_same_observations_and_findings(office, way, expected):
    checked = office.findings(WAYS[way](**ODD))
    sent = office.client.post("/v1/returns", **WAYS[way](**ODD))

    assert sent.status_code == 202, sent.text
    assert {"Q200", "D250"} <= {code for code, *_ in checked}
    found = (office.digest(), checked)
    assert expected.setdefault("taken", found) == found


@pytest.mark.parametrize("way", WAYS)
def test_the_same_faults_by_any_way_are_told_in_the_same_words(office, way, expected):
    refused = office.client.post("/v1/returns", **WAYS[way](**FAULTY))

    assert refused.status_code == 422
    found = sorted(office.findings(WAYS[way](**FAULTY)))
    assert {"C052", "C053", "C054", "C055", "X102"} <= {code for code, *_ in found}
    assert expected.setdefault("refused", found) == found


def test_a_form_and_a_body_of_the_same_bytes_are_one_version_with_one_receipt(office):
    body = as_workbook(**ODD)

    first = office.client.post("/v1/returns", content=body, headers=XLSX)
    again = office.client.post("/v1/returns", files={"file": ("other name.xlsx", body)})

    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    assert first.json()["sha256"] == hashlib.sha256(body).hexdigest()
    assert (first.json()["media_type"], first.json()["size"]) == (Format.XLSX.value, len(body))


def test_a_finding_of_a_workbook_names_sheet_and_cell(office):
    refused = office.client.post("/v1/returns", content=as_workbook(FD01=-1), headers=XLSX)

    (error,) = [each for each in refused.json()["errors"] if each["code"] == "C054"]
    assert (error["sheet"], error["row"], error["column"], error["cell"]) == (
        "Return", 2, "numerator", "E2",
    )  # fmt: skip
    assert error["where"] == "row 2, numerator (Return!E2)"


@pytest.mark.parametrize(
    ("sent", "because"),
    [
        ({"data": {"a": "b"}, "files": {"file": ("", b"")}}, "no file"),
        ({"files": [("a", ("a.csv", b"x")), ("b", ("b.csv", b"y"))]}, "2 files"),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, "no boundary"),
        (
            {"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=b"}},
            "told apart",
        ),
    ],
)
def test_a_form_without_the_one_file_is_refused_with_what_to_do(office, sent, because):
    answer = office.client.post("/v1/returns", **sent)

    assert answer.status_code == 422
    assert because in answer.json()["detail"]
    assert "-F file=@return.xlsx" in answer.json()["detail"]


def test_a_file_with_line_breaks_and_boundaries_of_its_own_comes_out_of_a_form_unchanged(office):
    body = repacked(book(), more={"xl/media/image1.png": b"\r\n--b\r\n\r\n--b--\r\n" * 3})
    content = (
        b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nvalue\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="r.xlsx"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n" + body.replace(b"--b", b"--c")
    ) + b"\r\n--b--\r\n"

    answer = office.client.post(
        "/v1/validations",
        content=content,
        headers={"content-type": 'multipart/form-data; boundary="b"'},
    )

    assert answer.status_code == 200
    assert answer.json()["valid"]


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (as_json(**ODD).replace(", ", ",\r\n"), "application/json; charset=utf-8"),
        (as_csv(**ODD), "text/csv"),
    ],
    ids=["JSON", "CSV"],
)
def test_a_request_as_powershell_5_1_makes_it_is_taken(office, body, media):
    """A raw body with a byte order mark and CRLF, its length declared, nothing expected."""
    content = b"\xef\xbb\xbf" + body.encode()
    headers = {"Content-Type": media, "Content-Length": str(len(content)), "User-Agent": POWERSHELL}

    assert office.client.post("/v1/returns", content=content, headers=headers).status_code == 202


def in_a_form(*said: dict, **changes: float) -> dict:
    explanations = json.dumps({"explanations": list(said)})
    return {
        "files": {"file": ("return.csv", as_csv(**changes))},
        "data": {"explanations": explanations},
    }


def test_what_explains_a_query_is_taken_with_the_return(office):
    said = {"indicator": "FD01", "text": "A new front door since July."}
    sent = office.client.post("/v1/returns?channel=file", **in_a_form(said, **ODD))

    assert sent.status_code == 202, sent.text
    assert sent.json()["channel"] == "file"
    report = office.client.get(f"/v1/returns/{sent.json()['return_id']}/report").json()
    assert [each["explained"] for each in report["findings"] if each["code"] == "Q200"] == [True]
    again = office.client.post("/v1/returns?channel=file", **in_a_form(said, **ODD))
    assert (again.status_code, again.json()) == (200, sent.json())


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"indicator": "CP01", "text": "Not asked."}, "Nothing was asked about CP01"),
        ({"indicator": "FD01", "text": "It is the child 943 476 5919."}, "a single child"),
        ({"indicator": "FD01", "words": "?"}, "Write explanations as JSON"),
    ],
)
def test_a_return_whose_explanation_cannot_be_taken_is_not_taken_either(office, said, because):
    before = len(office.log.read(Topic.RETURNS)), len(office.log.read(Topic.TEXTS))
    refused = office.client.post("/v1/returns", **in_a_form(said, **ODD))

    assert refused.status_code == 422
    assert because in refused.json()["errors"][0]["detail"]
    assert (len(office.log.read(Topic.RETURNS)), len(office.log.read(Topic.TEXTS))) == before


def test_a_way_that_does_not_exist_is_refused(office):
    sent = office.client.post("/v1/returns?channel=pigeon", content=as_csv(), headers=CSV)

    assert sent.status_code == 422
    assert "api, file, form" in sent.json()["detail"]
