"""The script of a file's field: a file may be dropped anywhere on its box, and it does no more."""

from collections.abc import Iterator

import pytest

PAGE = """<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Send</title>
<div data-drop><input type="file" id="file"> <p data-drop-status role="status"></p></div>"""
DROP = """names => {
  const given = new DataTransfer();
  for (const name of names) given.items.add(new File(["figures"], name));
  const event = new DragEvent("drop", {dataTransfer: given, bubbles: true, cancelable: true});
  document.querySelector("[data-drop]").dispatchEvent(event);
  return [...document.querySelector("#file").files].map(file => file.name);
}"""


@pytest.fixture
def page(browser, root) -> Iterator:
    page = browser.new_page()
    page.set_content(PAGE)
    script = root / "services/gateway/style/drop.js"
    page.add_script_tag(content=script.read_text(encoding="utf-8"), type="module")
    page.wait_for_selector(".tartan-drop-zone")
    yield page
    page.close()


def test_a_file_that_is_dropped_on_the_box_is_chosen_and_named(page):
    assert page.inner_text("[data-drop-status]") == ""
    assert page.evaluate(DROP, ["return.xlsx"]) == ["return.xlsx"]
    assert page.inner_text("[data-drop-status]") == "return.xlsx is chosen."


def test_several_files_are_not_chosen_and_the_one_that_was_stays(page):
    page.evaluate(DROP, ["return.csv"])

    assert page.evaluate(DROP, ["a.csv", "b.csv"]) == ["return.csv"]
    assert page.inner_text("[data-drop-status]") == "Drop one file: a return is one."
