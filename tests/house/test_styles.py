"""The compiled styles: small, of one host, without the marks of GOV.UK, named by content."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def built(root: Path) -> dict[str, Path]:
    """The built files by their plain names."""
    folder = root / "services" / "gateway" / "static" / "dist"
    if not (folder / "manifest.json").is_file():
        pytest.skip("the styles are not compiled ('make styles' compiles them)")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {plain: folder / hashed for plain, hashed in manifest.items()}


def test_each_file_is_named_after_its_content(built):
    assert set(built) == {"tartan.css", "live.js", "drop.js", "favicon.svg"}
    for path in built.values():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert path.stem.rsplit("-", 1)[1] == digest[:12]


# A selector such as [href^="https://"] fetches nothing.
FETCHED = re.compile(
    r"(?<!\^=\")https?://(?!www\.w3\.org/2000/svg)|url\(|@import"
    r"|@font-face|GDS Transport|crown|crest"
)


def test_nothing_is_fetched_and_no_mark_of_govuk_is_carried(built):
    found = {
        plain: FETCHED.findall(path.read_text(encoding="utf-8")) for plain, path in built.items()
    }

    assert {plain: marks for plain, marks in found.items() if marks} == {}


def test_the_styles_leave_most_of_the_budget_to_the_page(built):
    assert len(gzip.compress(built["tartan.css"].read_bytes())) <= 20_000
    assert len(gzip.compress(built["live.js"].read_bytes())) <= 2_000


def test_every_tone_that_a_cell_can_have_has_a_style(built):
    from services.gateway.core.cell import Tone

    css = built["tartan.css"].read_text(encoding="utf-8")

    assert [tone for tone in Tone if f".rug__cell--{tone}" not in css] == []


# Names that GOV.UK Frontend's own markup carries and gives no style.
WITHOUT_STYLE = {
    "govuk-checkboxes",
    "govuk-generic-header__container",
    "govuk-table__head",
    "govuk-footer__inline-list-item",
    "govuk-service-navigation__text",
    "govuk-table__body",
    "govuk-table__row",
}


def test_every_class_of_a_template_has_a_style(built, root):
    css = built["tartan.css"].read_text(encoding="utf-8")
    styled = set(re.findall(r"\.([a-z][\w-]*)", css)) | WITHOUT_STYLE
    pages = sorted((root / "services" / "gateway" / "templates").rglob("*.html"))
    missing = {
        (name, page.name)
        for page in pages
        for classes in re.findall(r'class="([^"]*?)"', plain(page.read_text(encoding="utf-8")))
        for name in classes.split()
        if name not in styled and "…" not in name
    }

    assert pages
    assert missing == set()


def plain(template: str) -> str:
    """The markup with every expression and statement of the template replaced by an ellipsis."""
    spaced = re.sub(r'\{\{ " ([a-z_-]+)".*?\}\}', r" \1", template)
    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "…", spaced)
