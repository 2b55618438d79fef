"""The pages in a real browser: for every eye, hand and window, with scripts and without."""

import pytest

AXE = """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",
"wcag22aa", "best-practice"]})).violations.map(v => v.id + ": " + v.nodes[0].html.slice(0, 160))"""
WIDE = "document.documentElement.scrollWidth - window.innerWidth"
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
SMALL = """() => [...document.querySelectorAll("main a, main button, main input, main select")]
  .filter(e => e.checkVisibility())
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.width && Math.min(box.width, box.height) < 24)
  .filter(([e]) => !e.closest("p, li, dd, figcaption, th, td, .govuk-heading-s"))
  .map(([e]) => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", [1440, 320])
def test_axe_finds_nothing_on_any_page(open_page, paths, axe, width):
    found = {}
    page = open_page("/", width=width)
    for name, path in paths.items():
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + path)
        # As a script would be that the pages' own policy forbids.
        page.evaluate(axe)
        if violations := page.evaluate(AXE):
            found[name] = violations

    assert found == {}


@pytest.mark.parametrize("width", [1440, 768, 320])
def test_no_page_scrolls_sideways(open_page, paths, site, width):
    page = open_page("/", width=width)
    wide = {}
    for name, path in paths.items():
        page.goto(site.base + path)
        if (beyond := page.evaluate(WIDE)) > 0:
            wide[name] = beyond

    assert wide == {}


def test_nothing_is_asked_of_any_other_host(open_page, paths, site):
    page = open_page("/")
    asked = set()
    page.on("request", lambda request: asked.add(request.url))
    for path in paths.values():
        page.goto(site.base + path)

    assert len(asked) > len(paths)
    assert [url for url in asked if not url.startswith(site.base + "/")] == []


def test_no_page_breaks_its_own_policy_or_fails_in_its_script(open_page, paths, site):
    page = open_page("/")
    said = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    for name, path in paths.items():
        if name != "nothing":
            page.goto(site.base + path)

    assert said == []


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


@pytest.mark.parametrize("width", [1440, 320])
def test_whatever_is_clicked_outside_running_text_is_large_enough(open_page, paths, site, width):
    page = open_page("/", width=width)
    small = {}
    for name, path in paths.items():
        page.goto(site.base + path)
        if found := page.evaluate(SMALL):
            small[name] = found

    assert small == {}


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


def test_every_cell_says_in_words_what_its_colour_says(open_page):
    page = open_page("/rug")
    said = page.evaluate("""() => [...document.querySelectorAll("td.rug__cell")].map(e =>
      [e.className, e.querySelector(".govuk-visually-hidden").textContent])""")
    tones = {
        "red": "Red",
        "amber": "Amber",
        "green": "Green",
        "higher": "igher",
        "lower": "ower",
        "plain": "As expected",
        "similar": "Similar",
    }

    assert len(said) == 341
    for classes, words in said:
        tone = classes.split("rug__cell--")[1].split()[0]
        assert tones.get(tone, "") in words, (classes, words)


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
