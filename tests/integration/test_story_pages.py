"""Each element of the demonstration's story can be read on a page and in the API."""

import html
import json
import re
import urllib.request
from typing import Any

import pytest

_TAG = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"\s+")
_LINE_END = re.compile(r"</(?:tr|p|h[1-6]|li|dd|dt|caption|div|a)>")


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


def read_lines(address: str) -> list[str]:
    """The words of a page, a line for each row, heading and paragraph, as a reader meets them."""
    parts = _LINE_END.split(_SPACE.sub(" ", get(address).partition("<main")[2]))
    return [_SPACE.sub(" ", html.unescape(_TAG.sub(" ", part))).strip() for part in parts]


def read_rows(address: str) -> list[str]:
    """The rows of the tables of a page."""
    rows = re.findall(r"<tr.*?</tr>", get(address), flags=re.DOTALL)
    return [_SPACE.sub(" ", html.unescape(_TAG.sub(" ", row))).strip() for row in rows]


def standing(base: str, authority: str, indicator: str, period: str) -> dict[str, Any]:
    query = f"authority={authority}&indicator={indicator}&period={period}"
    (item,) = json.loads(get(f"{base}/v1/standings?{query}"))["items"]
    found: dict[str, Any] = item
    return found


def alert(base: str, authority: str, signature: str) -> dict[str, Any]:
    items = json.loads(get(f"{base}/v1/alerts?authority={authority}"))["items"]
    (found,) = [item for item in items if item["signature"] == signature]
    result: dict[str, Any] = found
    return result


def cells(found: Any) -> list[dict[str, Any]]:
    """Every cell of a rug, wherever it lies in the answer."""
    if isinstance(found, list):
        return [cell for item in found for cell in cells(item)]
    if not isinstance(found, dict):
        return []
    if {"authority", "indicator", "state"} <= found.keys():
        return [found]
    return [cell for item in found.values() for cell in cells(item)]


def holds(lines: list[str], *words: str) -> bool:
    return any(all(word in line for word in words) for line in lines)


@pytest.mark.parametrize(
    ("authority", "signature", "severity", "state", "question"),
    [
        ("D03", "R01", "concern", "acknowledged", "Reliance on agency social workers"),
        ("D07", "R06", "escalate", "open", "conferences are often late"),
        ("D09", "R03", "watch", "cleared", "Caseloads are in the highest third"),
        ("D04", "RED:LA05", "concern", "open", "3+ placements in year"),
    ],
)
def test_a_pushed_risk_is_asked_about_on_its_page_and_says_who_was_told(
    demonstration, authority, signature, severity, state, question
):
    found = alert(demonstration, authority, signature)
    lines = read_lines(f"{demonstration}/alerts/{found['id']}")

    assert (found["sign"], found["severity"], found["state"]) == ("risk", severity, state)
    assert {notice["state"] for notice in found["notices"]} == {"sent"}
    assert holds(lines, question)
    assert holds(lines, "The group of directors, Demonstration region", "it is new")
    assert holds(lines, f"Rule {signature.partition(':')[0]}") or holds(lines, signature)


def test_a_strength_is_shown_and_nobody_is_told(demonstration):
    found = alert(demonstration, "D02", "S5")
    lines = read_lines(f"{demonstration}/authorities/D02")

    assert (found["sign"], found["push"], found["notices"]) == ("strength", False, [])
    assert holds(lines, "No core reds: Brackenshire")


def test_a_high_share_of_few_is_not_flagged_and_the_page_says_why(demonstration):
    found = standing(demonstration, "D05", "CP08", "2026-27-Q2")
    lines = read_lines(f"{demonstration}/authorities/D05/indicators/CP08")

    assert found["comparison"]["numerator"] < 15
    assert (found["england"]["band"], found["england"]["flag"]) == ("D", "as_expected")
    assert holds(lines, "36.4%", "within the range that councils normally differ by")
    assert holds(lines, "12 of 33")


def test_a_figure_that_was_suppressed_is_a_letter_and_words(demonstration):
    found = standing(demonstration, "D05", "LA04", "2026-27-Q2")
    rows = read_rows(f"{demonstration}/authorities/D05")

    assert (found["symbol"], found["state"], found["value"]) == ("c", "suppressed", None)
    assert holds(rows, "UASC share of CLA", " c ", "Suppressed, because the number is small")


def test_a_figure_that_is_missing_is_not_nought(demonstration):
    found = standing(demonstration, "D01", "FD01", "2025-26-Q2")
    rows = read_rows(f"{demonstration}/authorities/D01?period=2025-26-Q2")

    assert (found["symbol"], found["state"], found["value"]) == ("x", "missing", None)
    assert found["note"]
    assert holds(rows, "Initial contacts", " x ", "Not available")


def test_an_unreliable_figure_says_so(demonstration):
    found = standing(demonstration, "D08", "WF02", "2025-26-Q4")
    rows = read_rows(f"{demonstration}/authorities/D08?period=2025-26-Q4")

    assert (found["symbol"], found["state"]) == ("u", "unreliable")
    assert holds(rows, "Agency social workers", " u ")


def test_two_late_returns_are_asked_about_and_never_sent_to_anyone(demonstration):
    found = alert(demonstration, "D10", "R18")
    lines = read_lines(f"{demonstration}/alerts/{found['id']}")

    assert (found["push"], found["push_reason"]) == (False, "shown_never_pushed")
    assert found["notices"] == []
    assert holds(lines, "Data silence: Larkenshaw")


def test_a_return_that_is_due_and_has_not_come_is_late(demonstration):
    period = json.loads(get(f"{demonstration}/v1/collections/riia-quarterly/2026-27-Q2"))
    rug = json.loads(get(f"{demonstration}/v1/rug?period=2026-27-Q2"))
    lines = read_lines(f"{demonstration}/")

    (entry,) = [each for each in period["authorities"] if each["authority"] == "D11"]
    assert (period["state"], entry["returned"]) == ("open", False)
    assert {c["state"] for c in cells(rug) if c["authority"] == "D11"} == {"late"}
    assert "Late: due and not yet returned" in get(f"{demonstration}/rug?period=2026-27-Q2")
    assert holds(lines, "10 of 11 authorities have returned")


def test_a_correction_withdraws_the_alert_it_no_longer_supports_and_says_so(demonstration):
    found = alert(demonstration, "D01", "RED:CP12")
    lines = read_lines(f"{demonstration}/alerts/{found['id']}")

    assert found["state"] == "withdrawn"
    assert [step["what"] for step in found["history"]][:2] == ["raised", "withdrawn"]
    assert {notice["reason"] for notice in found["notices"]} == {"first", "withdrawn"}
    assert holds(lines, "Withdrawn")


def test_a_notice_links_to_the_address_that_is_served(demonstration, demonstration_data):
    mails = sorted((demonstration_data / "outbox").glob("*.eml"))

    assert mails
    found = alert(demonstration, "D03", "R01")
    links = [m for m in mails if f"/alerts/{found['id']}" in m.read_text(encoding="utf-8")]
    assert links
    assert "http://127.0.0.1:8000/" not in links[0].read_text(encoding="utf-8")


def test_an_answer_stands_beside_the_alert_it_answers(demonstration):
    found = alert(demonstration, "D07", "R06")
    lines = read_lines(f"{demonstration}/alerts/{found['id']}")

    (answer,) = found["answers"]
    assert holds(lines, answer["text"][:40])


def test_every_page_of_the_demonstration_says_that_its_figures_are_invented(demonstration):
    for path in (
        "/",
        "/rug",
        "/alerts",
        "/authorities",
        "/authorities/D01",
        "/indicators",
        "/method",
    ):
        assert "Invented figures" in get(demonstration + path), path
