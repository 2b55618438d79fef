"""Every setting stands in the README's table, and the table names no setting that is not there."""

import re
from pathlib import Path

SETTING = re.compile(r"\bTARTAN_[A-Z][A-Z0-9_]*[A-Z0-9]\b")


def test_the_readme_and_the_settings_name_the_same(root: Path):
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((root / "services").rglob("*.py"))
    )
    readme = (root / "README.md").read_text(encoding="utf-8")
    rows = "\n".join(line for line in readme.splitlines() if line.startswith("|"))

    assert set(SETTING.findall(rows)) == settings() | set(SETTING.findall(source))


def settings() -> set[str]:
    from services.runtime.settings import Settings

    return set(Settings.variables())
