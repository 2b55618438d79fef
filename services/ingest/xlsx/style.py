"""How the workbooks look that we write, and how they print."""

from collections.abc import Mapping
from typing import Any

from xlsxwriter.worksheet import Worksheet

OPTIONS: Mapping[str, bool] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
"""Every text is written as a text, so none can become a formula."""
LOOK: Mapping[str, Any] = {
    "font_name": "Arial",
    "font_size": 10,
    "valign": "top",
    "text_wrap": True,
}
HEADER: Mapping[str, Any] = {
    **LOOK,
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": "#12436D",
}
_A4 = 9


def set_page(sheet: Worksheet) -> None:
    """Let a sheet print on A4 across, as wide as the paper, its header on each page."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
