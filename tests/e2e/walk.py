"""What a browser sees on each page of a site: once with scripts, once without."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HEIGHT = 900
AXE = """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",
"wcag22aa", "best-practice"]})).violations.map(v => v.id + ": " + v.nodes[0].html.slice(0, 160))"""
BEYOND = "document.documentElement.scrollWidth - window.innerWidth"
SMALL = """() => [...document.querySelectorAll("main a, main button, main input, main select")]
  .filter(e => e.checkVisibility())
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.width && Math.min(box.width, box.height) < 24)
  .filter(([e]) => !e.closest("p, li, dd, figcaption, th, td, .govuk-heading-s"))
  .map(([e]) => e.outerHTML.slice(0, 120))"""
WORDS = "document.querySelector('main').innerText"
NEEDY = """() => [...document.querySelectorAll("main a, main button, main input, main select")]
  .filter(e => e.matches("a") ? !e.getAttribute("href") : !e.form?.querySelector("[type=submit]"))
  .map(e => e.outerHTML.slice(0, 120))"""
CELLS = """() => [...document.querySelectorAll("td.rug__cell")].map(cell => {
  const heads = cell.closest("table").tHead.rows;
  const head = heads.length > 1 ? heads[1].cells[cell.cellIndex - 1] : cell.parentElement.cells[0];
  return {
    indicator: head.querySelector("a").pathname.split("/").pop(),
    tone: cell.className.match(/rug__cell--(\\w+)/)[1],
    mark: cell.querySelector(".rug__mark")?.textContent ?? "",
    words: cell.querySelector(".govuk-visually-hidden").textContent,
    colour: getComputedStyle(cell).backgroundColor,
  };
})"""
# What the tables and charts about one indicator say of it, in words and tones.
TOLD = """() => {
  const code = path => path.match(/\\/indicators\\/(\\w+)$/)?.[1];
  return [...document.querySelectorAll("main .tartan-tag, main circle[class*=chart__dot--]")]
    .map(e => ({
      indicator: code(e.closest("tr")?.querySelector("th a")?.pathname ?? "")
        ?? code(location.pathname),
      tone: (e.getAttribute("class").match(/(?:tartan-tag|chart__dot)--(\\w+)/))[1],
    }))
    .filter(said => said.indicator);
}"""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the rug: whose colour, shape and words say how an indicator stands."""

    indicator: str
    tone: str
    mark: str
    words: str
    colour: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it was met. ``live`` is None where no line about new figures is in the page.

    ``beyond`` is how many pixels of it lie outside the window, by width where any do; ``small``
    what is too small to hit, ``needy`` what does nothing without a script, ``told`` the tones in
    which indicators are spoken of outside the rug.
    """

    axe: list[str]
    beyond: dict[int, int]
    small: list[str]
    asked: list[str]
    errors: list[str]
    live: bool | None
    words: str
    live_without_scripts: bool
    words_without_scripts: str
    needy: list[str]
    cells: list[Cell]
    told: list[tuple[str, str]]


class Walker:
    """Goes from page to page in two windows, of which one runs scripts and the other does not.

    Both have the first of the widths; whether pages reflow is seen at each of them.
    """

    def __init__(self, browser: Any, *, widths: tuple[int, ...], axe: str) -> None:
        size = {"width": widths[0], "height": HEIGHT}
        self._widths = widths
        self._contexts = [
            browser.new_context(viewport=size, java_script_enabled=scripts)
            for scripts in (True, False)
        ]
        # It comes from the browser itself: the pages' own policy would forbid it.
        self._contexts[0].add_init_script(axe)
        self._page, self._still = (context.new_page() for context in self._contexts)
        self._asked: list[str] = []
        self._errors: list[str] = []
        self._page.on("request", lambda request: self._asked.append(request.url))
        self._page.on("console", self._hear)
        self._page.on("pageerror", lambda error: self._errors.append(str(error)))

    def walk(self, base: str, paths: Mapping[str, str]) -> dict[str, Seen]:
        """Look at every page."""
        return {name: self._look(base + path) for name, path in paths.items()}

    def close(self) -> None:
        """Close both windows."""
        for context in self._contexts:
            context.close()

    def _look(self, url: str) -> Seen:
        self._asked.clear()
        self._errors.clear()
        page, still = self._page, self._still
        self._resize(self._widths[0])
        page.goto(url)
        still.goto(url)
        live = page.locator("[data-live]")
        return Seen(
            axe=page.evaluate(AXE),
            small=page.evaluate(SMALL),
            asked=list(self._asked),
            errors=list(self._errors),
            live=live.is_visible() if live.count() else None,
            words=page.evaluate(WORDS),
            live_without_scripts=still.locator("[data-live]").is_visible(),
            words_without_scripts=still.evaluate(WORDS),
            needy=still.evaluate(NEEDY),
            cells=[Cell(**cell) for cell in page.evaluate(CELLS)],
            told=[(said["indicator"], said["tone"]) for said in page.evaluate(TOLD)],
            beyond={width: px for width in self._widths if (px := self._beyond(width)) > 0},
        )

    def _beyond(self, width: int) -> int:
        self._resize(width)
        found: int = self._page.evaluate(BEYOND)
        return found

    def _resize(self, width: int) -> None:
        self._page.set_viewport_size({"width": width, "height": HEIGHT})

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self._errors.append(message.text)
