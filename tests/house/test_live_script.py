"""The one script of the pages: it says, seldom, that newer figures came, and touches no more."""

import json
from collections.abc import Iterator

import pytest

PAGE = """<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Rug</title>
<div class="tartan-live" data-live="/v1/events" data-live-events="standings.updated" hidden>
<span role="status" data-live-status></span> <a href="/rug" data-live-show hidden>Show them</a>
<button type="button" data-live-pause>Pause updates</button></div>
<main><input id="field" value="half typ"><td id="cell">24.1</td></main>
<script type="module" src="/live.js"></script>"""
HOST = "http://tartan.test"


def stream(*events: str) -> str:
    return "retry: 60000\n\n" + "".join(f"event: {name}\ndata: {{}}\n\n" for name in events)


@pytest.fixture
def page(browser, root) -> Iterator:
    """A page of a made-up host; nothing leaves the browser."""
    page = browser.new_page()
    script = (root / "services/gateway/style/live.js").read_text(encoding="utf-8")
    page.route("**/*", lambda route: route.abort())
    page.route(f"{HOST}/", lambda route: route.fulfill(content_type="text/html", body=PAGE))
    page.route(
        f"{HOST}/live.js",
        lambda route: route.fulfill(content_type="text/javascript", body=script),
    )
    yield page
    page.close()


def serve(page, *events: str) -> None:
    page.route(
        f"{HOST}/v1/events",
        lambda route: route.fulfill(content_type="text/event-stream", body=stream(*events)),
    )
    page.goto(f"{HOST}/")


def test_the_line_is_hidden_until_the_script_runs_and_then_says_what_it_does(page):
    serve(page)

    page.wait_for_selector("[data-live]:not([hidden])")
    assert page.text_content("[role=status]") == "This page says so when new figures arrive."
    assert page.is_hidden("[data-live-show]")


def test_a_burst_of_events_is_one_announcement_with_a_link(page):
    said = []
    page.expose_function("said", lambda text: said.append(text))
    page.add_init_script(
        """addEventListener("DOMContentLoaded", () => new MutationObserver(
        () => said(document.querySelector("[role=status]").textContent)
        ).observe(document.querySelector("[role=status]"), {childList: true}))"""
    )
    serve(page, *["standings.updated"] * 100, "something.else")

    page.wait_for_selector("[data-live-show]:not([hidden])")
    assert said[-1] == "100 updates since this page was made."
    assert len([text for text in said if "since" in text]) == 1


def test_neither_the_focus_nor_a_figure_nor_a_half_typed_answer_is_touched(page):
    page.add_init_script("addEventListener('load', () => document.querySelector('#field').focus())")
    serve(page, "standings.updated")

    page.wait_for_selector("[data-live-show]:not([hidden])")
    assert page.evaluate("document.activeElement.id") == "field"
    assert page.input_value("#field") == "half typ"
    assert "24.1" in page.text_content("main")


def test_updates_can_be_paused_and_resumed(page):
    serve(page)
    page.wait_for_selector("[data-live]:not([hidden])")

    page.click("[data-live-pause]")

    assert page.text_content("[role=status]") == "Updates are paused."
    assert page.text_content("[data-live-pause]") == "Resume updates"

    page.click("[data-live-pause]")

    assert "says so" in page.text_content("[role=status]")


def test_it_asks_for_the_stream_and_nothing_else(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    serve(page, "standings.updated")
    page.wait_for_selector("[data-live-show]:not([hidden])")

    assert json.dumps(sorted(set(asked))) == json.dumps(
        [f"{HOST}/", f"{HOST}/live.js", f"{HOST}/v1/events"]
    )
