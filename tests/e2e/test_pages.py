"""The pages in a real browser: for every eye, hand and window, with scripts and without."""

import re

import pytest

from schemas.catalogue import Polarity
from schemas.reference import load_library
from tests.e2e.kind import KINDS

pytestmark = pytest.mark.timeout(600)  # the first test of a walk waits for all of it
WHITE = {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
SHAPES = {"red": "▼", "amber": "●", "green": "▲", "higher": "◆", "lower": "◇"}
WORDS = {
    "red": "Red",
    "amber": "Amber",
    "green": "Green",
    "higher": "[Hh]igher than expected",
    "lower": "[Ll]ower than expected",
    "plain": "As expected|Band [BC]",
    "similar": "Similar",
    "missing": "[Nn]ot|Late|Suppressed|Unreliable|No value|Rounds",
    "unassessed": "Not assessed|not compared",
}
HIDDEN = """() => {
  const seen = document.activeElement;
  if (seen === document.body) return null;
  const box = seen.getBoundingClientRect();
  const places = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]];
  const free = places.some(([x, y]) => {
    const at = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return at && (seen.contains(at) || at.contains(seen));
  });
  return free ? "" : seen.outerHTML.slice(0, 120);
}"""


def test_the_demonstrations_own_links_lead_to_every_kind_of_page(crawled):
    assert sorted(KINDS.keys() - crawled.keys()) == []


def test_the_pages_of_the_demonstration_are_sound_html(crawled, faults_of_html):
    assert faults_of_html({page.path: page.html for page in crawled.values()}) == []


def test_axe_finds_nothing_on_any_page(walked):
    assert {name: seen.axe for name, seen in walked.items() if seen.axe} == {}


def test_no_page_scrolls_sideways(walked):
    assert {name: seen.beyond for name, seen in walked.items() if seen.beyond} == {}


def test_nothing_is_asked_of_any_other_host(walked, place):
    asked = [url for seen in walked.values() for url in seen.asked]

    assert len(asked) > len(walked)
    assert [url for url in asked if not url.startswith(place.base + "/")] == []


def test_no_page_breaks_its_own_policy_or_fails_in_its_script(walked):
    # The browser itself reports the page that is not there.
    said = {name: seen.errors for name, seen in walked.items() if name != "nothing"}

    assert {name: errors for name, errors in said.items() if errors} == {}


def test_whatever_is_clicked_outside_running_text_is_large_enough(walked):
    assert {name: seen.small for name, seen in walked.items() if seen.small} == {}


def test_every_page_is_complete_without_scripts(walked):
    for name, seen in walked.items():
        assert seen.words_without_scripts == seen.words, name
        assert seen.needy == [], name
        assert not seen.live_without_scripts, name


def test_every_page_with_a_live_line_shows_it_and_listens(walked, place):
    stream = place.base + "/v1/events?after="
    for name, seen in walked.items():
        listens = any(url.startswith(stream) for url in seen.asked)
        assert (bool(seen.live), listens) == (seen.live is not None, seen.live is not None), name

    assert {"home", "rug", "alerts"} <= {name for name, seen in walked.items() if seen.live}


def test_every_cell_of_a_rug_says_in_words_and_by_a_shape_what_its_colour_says(walked):
    cells = [cell for seen in walked.values() for cell in seen.cells]

    assert len(walked["rug"].cells) == 341
    assert {"red", "green", "plain", "similar", "missing"} <= {cell.tone for cell in cells}
    for cell in cells:
        assert re.search(WORDS[cell.tone], cell.words), cell
        assert cell.mark[:1] == SHAPES.get(cell.tone, "") or cell.mark in {"B", "C"}, cell
        assert (cell.tone in SHAPES) == (cell.colour not in WHITE), cell


def test_what_has_no_good_side_is_never_red_or_green_and_what_has_one_never_higher_or_lower(walked):
    neutral = {
        code
        for code, indicator in load_library().catalogue("2026.1").items()
        if indicator.polarity is Polarity.NEUTRAL
    }
    cells = [cell for seen in walked.values() for cell in seen.cells]
    said = {(cell.indicator, cell.tone) for cell in cells}.union(
        *(seen.told for seen in walked.values())
    )

    assert {tone for code, tone in said if code in neutral} & {"red", "amber", "green"} == set()
    assert {tone for code, tone in said if code not in neutral} & {"higher", "lower"} == set()
    assert {tone for _, tone in said} >= {"red", "green", "higher", "similar"}
    for cell in cells:
        if cell.indicator in neutral:
            assert not re.search("Red|Amber|Green|better|worse", cell.words), cell


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
@pytest.mark.parametrize("width", [1440, 1024, 320])
def test_the_focus_is_never_wholly_hidden_on_the_rug(open_page, width, key):
    page = open_page("/rug", width=width)
    stops, hidden = 0, []
    for _ in range(110):
        page.keyboard.press(key)
        found = page.evaluate(HIDDEN)
        if found is None:
            break
        stops += 1
        if found:
            hidden.append(found)

    assert stops > 40
    assert hidden == []


def test_the_head_and_the_first_column_of_the_rug_stay_in_sight(open_page):
    page = open_page("/rug", height=700)
    page.evaluate("document.querySelector('.rug').scrollTo(400, 600)")
    page.evaluate("document.querySelector('.rug').scrollIntoView()")
    box = page.locator(".rug").bounding_box()
    corner = page.locator(".rug__corner").bounding_box()

    assert abs(corner["x"] - box["x"]) < 5
    assert abs(corner["y"] - box["y"]) < 5


def test_a_narrow_window_offers_one_authority_at_a_time(open_page):
    narrow, wide = open_page("/rug", width=320), open_page("/rug")

    assert narrow.get_by_role("heading", name="One authority at a time").is_visible()
    assert not wide.get_by_role("heading", name="One authority at a time").is_visible()
    narrow.locator(".tartan-small-only").get_by_role("link", name="Fallowgate").click()
    assert narrow.get_by_role("heading", level=1).inner_text() == "Fallowgate"


def test_a_narrow_window_shows_an_authority_at_once_and_says_how_to_see_the_others(open_page):
    page = open_page("/rug", width=320)
    first = page.locator("td.rug__cell").first.bounding_box()

    assert first["x"] + 50 < 320
    assert page.get_by_text("Move the table sideways to see all 11 authorities.").is_visible()
    assert not open_page("/rug").get_by_text("Move the table sideways").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_narrow_window_shows_the_newest_quarter_and_the_names_of_the_lines_at_once(
    open_page, scripts
):
    page = open_page("/authorities/D06/indicators/WF02", width=320, scripts=scripts)
    for words in ("Fallowgate", "England", "Neighbours", "Q2 2026–27"):
        box = page.locator(".chart").first.get_by_text(words, exact=True).bounding_box()
        assert box["x"] >= 0, words
        assert box["x"] + box["width"] <= 320, words


def test_a_cell_with_an_alert_stands_on_the_lines_of_its_neighbours(open_page):
    page = open_page("/rug")
    row = page.locator("tr", has=page.locator("td.rug__cell--alert")).first
    second = row.locator("td.rug__cell .rug__change").all()
    linked = row.locator("td.rug__cell--alert a")

    assert len({round(line.bounding_box()["y"]) for line in second}) == 1
    assert linked.locator(".rug__mark").evaluate("e => getComputedStyle(e).display") == "inline"


@pytest.mark.parametrize("collection", ["regional-quarterly", "early-help-quarterly"])
def test_another_collection_is_chosen_whatever_was_chosen_before(open_page, collection):
    page = open_page("/rug?domain=CP&period=2026-27-Q1")
    page.get_by_label("Collection").select_option(collection)
    page.get_by_role("button", name="Apply").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Tartan rug: Demonstration region"
    page.get_by_label("Collection").select_option("riia-quarterly")
    page.get_by_role("button", name="Apply").click()
    assert page.locator(".rug__table").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_director_filters_the_rug_opens_an_alert_and_answers_it(open_page, site, scripts):
    site.answers.clear()
    page = open_page("/", scripts=scripts)
    page.get_by_role("link", name="See the tartan rug").click()
    page.get_by_label("Held against").select_option("neighbours")
    page.get_by_role("button", name="Apply").click()
    assert "comparator=neighbours" in page.url

    page.locator("td.rug__cell--alert a").first.click()
    page.get_by_label("Answer for Fallowgate").fill("Two teams merged in July.")
    page.get_by_role("button", name="Send the answer").click()

    assert page.url == f"{site.base}/alerts/{site.alert}"
    assert site.answers == [(site.alert, "answer", "Two teams merged in July.")]


def test_an_alert_is_answered_by_keyboard_alone(open_page, site):
    site.answers.clear()
    page = open_page(f"/alerts/{site.alert}")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "text":
            break
    page.keyboard.type("Posts are filled.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert [kind for _, kind, _ in site.answers] == ["answer"]


def test_the_skip_link_leads_past_the_navigation(open_page):
    page = open_page("/rug")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.url.endswith("#main-content")


def test_forced_colours_keep_letters_and_edges(open_page):
    page = open_page("/rug", forced_colors="active")
    edge = page.evaluate(
        "getComputedStyle(document.querySelector('td.rug__cell--red')).borderTopStyle"
    )

    assert edge == "solid"
    assert page.locator("td.rug__cell--red").first.inner_text().startswith("▼ R")


def test_news_is_told_once_politely_and_moves_nothing(open_page, site):
    page = open_page("/rug")
    page.wait_for_selector("[data-live]:not([hidden])")
    page.wait_for_timeout(300)
    page.get_by_label("Held against").focus()
    page.evaluate("""() => { window.said = []; new MutationObserver(() =>
      said.push(document.querySelector("[role=status]").textContent)).observe(
      document.querySelector("[role=status]"), {childList: true, characterData: true,
      subtree: true}) }""")
    before = page.locator("main").inner_text()
    site.make_news(100)
    page.wait_for_selector("[data-live-show]:not([hidden])")
    page.wait_for_timeout(1500)

    assert len(page.evaluate("said")) == 1
    assert "100" in page.evaluate("said[0]")
    assert page.evaluate("document.activeElement.id") == "comparator"
    assert page.locator("main").inner_text() == before


def test_live_updates_can_be_paused(open_page, site):
    page = open_page("/")
    page.wait_for_selector("[data-live]:not([hidden])")
    page.get_by_role("button", name="Pause live updates").click()
    site.make_news(3)
    page.wait_for_timeout(1200)

    assert page.is_hidden("[data-live-show]")


def test_without_scripts_no_live_line_is_promised(open_page):
    page = open_page("/", scripts=False)

    assert page.is_hidden("[data-live]")
    assert page.get_by_role("link", name="Refresh this page").is_visible()
