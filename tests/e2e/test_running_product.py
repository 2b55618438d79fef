"""The running product in an open browser: a return comes, and an alert is answered."""

import json
import re
from hashlib import sha256

import httpx2 as httpx
from python_calamine import CalamineWorkbook

from services.ingest.example import example_json

LATE = "D11"
COLUMN = """name => {
  const heads = [...document.querySelectorAll(".rug thead th")].map(th => th.innerText.trim());
  const at = heads.indexOf(name);
  return [...document.querySelectorAll(".rug tr:has(td)")].map(tr => tr.cells[at].innerText);
}"""
PATIENCE = 5_000  # it is a second on a quiet machine


def show_until(page, words):
    """Take up what the page offers, as often as it says that more has come, until it has the words.

    On a busy machine a return is told of before its figures have been worked out.
    """
    while words not in page.inner_text("main"):
        with page.expect_navigation(timeout=PATIENCE):
            page.get_by_role("link", name="Show them").click(timeout=PATIENCE)


def test_a_return_is_told_of_on_the_open_rug_at_once_and_shown_when_asked_for(
    open_window, demonstration_copy
):
    page = open_window(f"{demonstration_copy}/rug")
    page.wait_for_function("document.querySelector('[data-live-status]').textContent")
    page.evaluate("window.loaded = 'before the return'")
    before = page.evaluate(COLUMN, "Ormsthwick")

    sent = httpx.post(
        f"{demonstration_copy}/v1/returns", json={**example_json(), "authority": LATE}, timeout=30
    )
    assert sent.status_code == 202, sent.text
    page.wait_for_selector("[data-live-show]:not([hidden])", timeout=PATIENCE)

    assert re.match(r"\d+ updates? since", page.inner_text("[data-live-status]"))
    assert page.evaluate("window.loaded") == "before the return"
    assert all("Late: due and not yet returned" in words for words in before)
    assert page.evaluate(COLUMN, "Ormsthwick") == before

    show_until(page, "Every authority has returned")
    after = page.evaluate(COLUMN, "Ormsthwick")
    assert len(after) == len(before) == 31
    assert not any("Late" in words for words in after)
    assert sum(words[0].isdigit() for words in after) > 20


def test_a_template_is_chosen_and_downloaded_without_scripts(open_window, demonstration):
    page = open_window(demonstration, scripts=False)
    page.get_by_role("link", name="Templates to fill in").first.click()
    page.get_by_label("Authority").select_option("D03")
    page.get_by_label("Leave last quarter’s figures out").check()
    page.get_by_role("button", name="Choose").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download the Excel workbook").click()

    sheet = CalamineWorkbook.from_path(taken.value.path()).get_sheet_by_name("Return").to_python()
    assert taken.value.suggested_filename == "D03-2026-27-Q2-riia-quarterly.xlsx"
    assert len(sheet) == 32
    assert {row[sheet[0].index("authority")] for row in sheet[1:]} == {"D03"}
    assert {row[sheet[0].index("last_quarter")] for row in sheet[1:]} == {""}


def test_an_answer_given_without_scripts_stands_on_the_page_of_the_alert(
    open_window, demonstration_copy
):
    page = open_window(demonstration_copy, scripts=False)
    page.get_by_role("link", name="Red: 3+ placements in year: Dunmarrow").click()
    page.get_by_label("Answer for Dunmarrow").fill("Two homes closed.\nBoth moves were planned.")
    page.get_by_role("button", name="Send the answer").click()

    card = page.locator("article", has_text="Two homes closed.")
    assert "Both moves were planned." in card.inner_text()
    assert "Answer by" in card.inner_text()
    assert page.get_by_label("Answer for Dunmarrow").input_value() == ""
    page.get_by_role("link", name="Alerts", exact=True).first.click()
    answered = page.locator("article", has_text="Red: 3+ placements in year: Dunmarrow")
    assert "Seen by the authority" in answered.inner_text()


AT = """() => {
  const e = document.activeElement;
  return [e.id, e.innerText || "", e.checked === true];
}"""


def tab_to(page, wanted, *, most=120):
    """Press the tab key until what has the focus is wanted, and return it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(AT)
        if wanted(*at):
            return at
    raise AssertionError(f"the tab key does not lead there: {page.url}")


def press(page, words):
    """Press the button of these words, with the keyboard alone."""
    tab_to(page, lambda _id, text, _is_checked: text == words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_return_is_typed_and_sent_with_the_keyboard_alone_and_without_scripts(
    open_window, demonstration_copy
):
    form = f"{demonstration_copy}/returns/new/{LATE}/riia-quarterly/2026-27-Q2"
    page = open_window(form, scripts=False)
    press(page, "Front door")
    tab_to(page, lambda id, *_: id == "FD01-numerator")
    page.keyboard.type("1234")
    press(page, "Save and continue")
    assert page.title().startswith("Error: Front door")
    assert page.get_by_label("Contacts received in quarter").input_value() == "1234"

    while "Check the return" not in page.inner_text("main"):
        boxes = page.get_by_label("What is unchanged is right").count()
        for _ in range(boxes):
            _, _, is_ticked = tab_to(page, lambda id, *_: id.endswith("-same"))
            if not is_ticked:
                page.keyboard.press("Space")
        press(page, "Save and continue")
    press(page, "Check the return")
    assert "Check before you send" in page.title()
    press(page, "Send the return")

    assert page.title().startswith("Receipt for the return of Ormsthwick")
    assert "through form" in page.inner_text("main")


def test_a_file_is_sent_without_scripts_as_it_was_checked(open_window, demonstration_copy):
    page = open_window(demonstration_copy, scripts=False)
    page.get_by_role("link", name="Send a return").click()
    body = json.dumps({**example_json(), "authority": LATE}, indent=1).encode()
    page.get_by_label("CSV, Excel workbook or JSON").set_input_files(
        {"name": "return.json", "mimeType": "application/json", "buffer": body}
    )
    page.get_by_role("button", name="Check and continue").click()
    page.get_by_role("button", name="Send the return").click()

    assert page.title().startswith("Receipt for the return of Ormsthwick")
    assert sha256(body).hexdigest() in page.inner_text("main")
    assert "through file" in page.inner_text("main")
