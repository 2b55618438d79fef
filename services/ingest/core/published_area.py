"""Areas of published rows: the code that the log knows each by, or why the row has none."""

from collections.abc import Mapping

from schemas.errors import UnknownCode
from schemas.publication import Layout, Publication
from schemas.reference import ENGLAND_CODE, Library
from services.ingest.core.published_account import Reason

Row = Mapping[str, str]

_MEMBERS = " / "


def area_of(row: Row, publication: Publication, library: Library) -> str | Reason:
    """Return the area of a row: authority, joint return, region, part of London or England.

    An authority that has ended keeps its old code: its figures are of its time.
    """
    if publication.layout is Layout.LAIT:
        code = row["old_la_code"]
        return publication.areas.get(code) or _authority(
            code, "", row.get("area_name", ""), library
        )
    match row["geographic_level"].casefold():
        case "national":
            return _nation(row)
        case "regional":
            return _region(row, library)
        case "local authority":
            return _authority(
                row.get("old_la_code", ""),
                row.get("new_la_code", ""),
                row.get("la_name", ""),
                library,
            )
        case _:
            return Reason.OTHER_LEVEL


def _nation(row: Row) -> str | Reason:
    code = row.get("country_code", "")
    return ENGLAND_CODE if code in {ENGLAND_CODE, ""} else Reason.UNKNOWN_AREA


def _region(row: Row, library: Library) -> str | Reason:
    code = row.get("region_code", "")
    if not code.startswith("E"):
        return Reason.REGION_WITHOUT_CODE
    try:
        return library.region(code).code
    except UnknownCode:
        return Reason.UNKNOWN_AREA


def _authority(code: str, ons_code: str, name: str, library: Library) -> str | Reason:
    """Look under the DfE code; where the file has none, under the ONS code, then the name."""
    tidy = _MEMBERS.join(part.strip() for part in code.split("/"))
    if tidy in library.joint:
        return tidy
    if code.isdigit():
        return code if code in library.authorities() or code in library.ended else _NOT_OURS
    for look, text in ((library.by_ons_code, ons_code), (library.by_name, name)):
        try:
            found = look(text)
        except UnknownCode:
            continue
        return found if not found.startswith(("E", "D")) else _NOT_OURS
    return _NOT_OURS


_NOT_OURS = Reason.UNKNOWN_AREA
