"""Every released table stands beside a page that says its source and its licence."""

from pathlib import Path

import pytest

TABLES = {".csv", ".gz", ".json", ".toml", ".tsv", ".xlsx", ".zip"}


@pytest.fixture(scope="module")
def tables(root: Path) -> list[Path]:
    """The data files that the product ships."""
    folders = [root / "schemas" / "data", *(root / "services").glob("*/data")]
    found = [
        path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in TABLES
    ]
    assert found
    return found


def page_beside(path: Path, *, top: Path) -> str:
    """The pages that explain a file: those in its folder and above it, as one text."""
    folders = [folder for folder in path.parents if folder.is_relative_to(top)]
    pages = [page for folder in folders for page in sorted(folder.glob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def is_our_own(path: Path) -> bool:
    """Whether the file was written here, by hand, and begins by saying what it is."""
    return path.suffix == ".toml" and path.read_text(encoding="utf-8").startswith("# ")


def test_every_table_has_its_source_and_licence_beside_it(tables, root):
    unexplained = []
    for path in (path for path in tables if not is_our_own(path)):
        page = page_beside(path, top=root / "schemas").lower()
        is_named = path.name.split(".jsonl")[0].lower() in page
        if not (is_named and "source" in page and "licence" in page):
            unexplained.append(str(path.relative_to(root)))

    assert unexplained == []
