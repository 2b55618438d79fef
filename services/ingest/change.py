"""The door to differences: what a version changed in the one that stood before it."""

from typing import Annotated, Self

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from schemas.difference import Difference, in_words
from schemas.events import Observation
from services.ingest.answer import refusals
from services.ingest.core.version import Version
from services.ingest.desk import Desk
from services.ingest.representation import Answer
from services.runtime.problem import problems

_FIRST = "Nothing stood before this version, so there is nothing to compare it with"


class FigureItem(Answer):
    """A figure as it was sent."""

    numerator: int | float | None
    denominator: int | float | None
    symbol: str | None

    @classmethod
    def of(cls, said: Observation | None) -> Self | None:
        """Return a figure; None where the version did not name the indicator."""
        if said is None:
            return None
        return cls(numerator=said.numerator, denominator=said.denominator, symbol=said.symbol)


class ChangeItem(Answer):
    """A value that changed: as it was sent before, and as it was sent now."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    indicator: str
    from_: Annotated[FigureItem | None, Field(alias="from")]
    to: FigureItem | None

    @classmethod
    def of(cls, changed: Difference) -> Self:
        """Return a change for the API."""
        before, after = FigureItem.of(changed.before), FigureItem.of(changed.after)
        return cls(indicator=changed.indicator, from_=before, to=after)


class Changes(Answer):
    """What a version changed in the one that it took the place of.

    ``compared_with`` is that version's id, null where none stood before.
    """

    return_id: str
    authority: str
    collection: str
    period: str
    version: int
    compared_with: str | None
    title: str
    count: int
    changes: list[ChangeItem]

    @classmethod
    def of(cls, version: Version) -> Self:
        """Return the changes of a version."""
        return cls(
            return_id=version.return_id,
            authority=version.authority,
            collection=version.collection,
            period=version.period,
            version=version.number,
            compared_with=version.replaces,
            title=_FIRST if version.replaces is None else in_words(version.changes),
            count=len(version.changes),
            changes=[ChangeItem.of(changed) for changed in version.changes],
        )


def router(desk: Desk) -> APIRouter:
    """Return the route of differences over a desk."""
    routes = APIRouter(tags=["Returns"])

    @routes.get(
        "/v1/returns/{return_id}/changes",
        summary="Read what a version changed in the one before it",
        response_model=Changes,
        responses=problems(404, 422, 503),
    )
    def read_changes(return_id: Annotated[str, Path(max_length=64)]) -> Response:
        """Give each value that changed, from and to, as they were sent."""
        with refusals():
            changes = Changes.of(desk.version(return_id))
        body = changes.model_dump(mode="json", by_alias=True)
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    return routes
