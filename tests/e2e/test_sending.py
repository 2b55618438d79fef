"""The pages on the way to a return that no link leads to: a theme, its errors, the proposal."""

import json

import pytest

from services.ingest.example import example_json
from tests.e2e.walk import AXE, BEYOND, SMALL

FORM = "/returns/new/D11/riia-quarterly/2026-27-Q2"


def choose(page, body):
    file = {"name": "return.json", "mimeType": "application/json", "buffer": body.encode()}
    page.get_by_label("CSV, Excel workbook or JSON").set_input_files(file)
    page.get_by_role("button", name="Check and continue").click()


def open_theme(page, base):
    page.goto(base + FORM)
    page.get_by_role("button", name="Child protection").click()


def open_theme_with_errors(page, base):
    open_theme(page, base)
    page.locator("#CP04-numerator").fill("9000")
    page.get_by_role("button", name="Save and continue").click()


def open_list_with_errors(page, base):
    open_theme_with_errors(page, base)
    page.get_by_role("button", name="Back to the list of themes").click()
    page.get_by_role("button", name="Check the return").click()


def open_proposal(page, base):
    page.goto(f"{base}/returns/new")
    odd = {**example_json(), "authority": "D11", "period": "2026-27-Q2"}
    choose(page, json.dumps(odd))


def open_report(page, base):
    page.goto(f"{base}/returns/new")
    choose(page, json.dumps({**example_json(), "period": "soon"}))


PAGES = {
    "Child protection": open_theme,
    "Error: Child protection": open_theme_with_errors,
    "Error: Type the figures": open_list_with_errors,
    "Check before you send": open_proposal,
    "Error: Send a return": open_report,
}


@pytest.mark.parametrize("width", [1440, 320])
def test_every_page_on_the_way_to_a_return_is_sound_for_every_eye_hand_and_window(
    browser, axe, demonstration, width
):
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_init_script(axe)
    page = context.new_page()
    found = {}
    for title, go in PAGES.items():
        go(page, demonstration)
        assert page.title().startswith(title), page.title()
        found[title] = (page.evaluate(AXE), page.evaluate(SMALL), page.evaluate(BEYOND))
    context.close()

    assert {title: said for title, said in found.items() if said != ([], [], 0)} == {}
