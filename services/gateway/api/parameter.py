"""Reads query parameters: a value that we do not have is answered with what is expected."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Query

from schemas.errors import TartanError, UnknownPeriod
from schemas.periods import Period
from services.gateway.views import Views
from services.runtime.problem import Problem

_LISTED = 25


def missing(what: str, code: str, *, where: str) -> Problem:
    """Return the 404 of a thing that is not there; ``where`` says how to find those that are."""
    return Problem(
        404,
        "not-found",
        f"There is no {what} “{code[:60]}”",
        f"Check the code. {where}",
    )


def refused(parameter: str, value: str, *, expected: str) -> Problem:
    """Return the 422 of a parameter's value, with what is expected there."""
    detail = f"“{value[:60]}” is not a value of {parameter}. Expected: {expected}"
    return Problem(
        422,
        "unknown-value",
        f"There is no such {parameter}",
        detail,
        errors=[
            {
                "detail": detail,
                "pointer": f"/query/{parameter}",
                "parameter": parameter,
                "expected": expected,
            }
        ],
    )


CodeOfAuthority = Annotated[str | None, Query(description="A code of /v1/authorities")]
CodeOfIndicator = Annotated[str | None, Query(description="A code of /v1/indicators")]
PeriodText = Annotated[
    str | None,
    Query(
        description="2026-27-Q2, 2024-25, 2025, 2025-09-YE or 2024-25-AY; other spellings of a "
        "quarter are understood",
        examples=["2026-27-Q2"],
    ),
]


def listed(values: Iterable[str], *, description: str) -> Any:  # noqa: ANN401 - as Query itself
    """Return a query parameter that takes one of the values, all of them in the OpenAPI document.

    The handler still asks ``one_of``, so that a refusal says what is expected.
    """
    return Query(
        default=None, description=description, json_schema_extra={"enum": [*values, "", None]}
    )


def one_of(parameter: str, value: str | None, allowed: Iterable[str]) -> str | None:
    """Return the value if it is allowed or absent; else raise the problem that lists what is."""
    if value is None or value == "":
        return None
    known = list(allowed)
    if value in known:
        return value
    listed = ", ".join(known[:_LISTED]) + (" …" if len(known) > _LISTED else "")
    raise refused(parameter, value, expected=f"one of {listed}." if known else "none exists yet.")


def a_period(value: str | None, *, parameter: str = "period") -> str | None:
    """Return the canonical text of a period in any form that is understood."""
    if not value:
        return None
    try:
        return str(Period.parse(value))
    except UnknownPeriod:
        raise refused(
            parameter, value, expected="a period such as 2026-27-Q2, 2024-25 or 2025."
        ) from None


def an_authority(views: Views, value: str | None) -> str | None:
    """Return an authority's code if the nation has it."""
    if not value:
        return None
    try:
        return views.authority(value).code
    except TartanError:
        expected = "an authority's code, such as " + ", ".join(a.code for a in views.senders()[:3])
        raise refused("authority", value, expected=f"{expected}; see /v1/authorities.") from None


def an_indicator(views: Views, value: str | None) -> str | None:
    """Return an indicator's code if the catalogue has it."""
    if not value:
        return None
    try:
        return views.indicator(value).code
    except TartanError:
        raise refused(
            "indicator", value, expected="an indicator's code, such as CP04; see /v1/indicators."
        ) from None


def a_region(views: Views, value: str | None) -> str | None:
    """Return the code of a region whose authorities send returns."""
    return one_of("region", value, [region.code for region in views.regions()])


def a_collection(views: Views, value: str | None) -> str | None:
    """Return a collection's name."""
    return one_of("collection", value, views.collections())
