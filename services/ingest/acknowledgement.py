"""What a door answers to whoever says something of a return: that it is said, and what is next."""

from collections.abc import Mapping
from typing import Annotated, Any, Protocol, Self

from fastapi import Path, Response
from pydantic import BaseModel, ConfigDict, Field

from schemas.tidy import LONGEST_NOTE
from services.ingest.core.version import Version
from services.ingest.representation import Answer
from services.runtime.problem import problems


class Said(Protocol):
    """What was said of a return: the event's id and its time."""

    @property
    def id(self) -> str:
        """The event's id."""

    @property
    def at(self) -> str:
        """The event's time."""


class ReasonRequest(BaseModel):
    """Why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(
        description="It is shown with the return. Never about a single child.",
        json_schema_extra={"minLength": 1, "maxLength": LONGEST_NOTE},
    )


class Acknowledgement(Answer):
    """That something was said of a return: the id of its event, when, and what is to do next."""

    id: str
    return_id: str
    authority: str
    collection: str
    period: str
    version: int
    at: str
    next_step: str

    @classmethod
    def of(cls, version: Version, said: Said, *, next_step: str) -> Self:
        """Return the acknowledgement of what was said of a version."""
        return cls(
            id=said.id,
            return_id=version.return_id,
            authority=version.authority,
            collection=version.collection,
            period=version.period,
            version=version.number,
            at=said.at,
            next_step=next_step,
        )


ReturnId = Annotated[str, Path(max_length=64)]
ANSWERS: Mapping[int | str, dict[str, Any]] = {
    200: {"model": Acknowledgement, "description": "The same stood already"},
    **problems(400, 404, 409, 413, 422, 503),
}


def acknowledge(
    response: Response, version: Version, said: Said, *, is_new: bool, next_step: str
) -> Acknowledgement:
    """Return the acknowledgement with the status and headers that go with it."""
    response.status_code = 202 if is_new else 200
    response.headers["Location"] = f"/v1/returns/{version.return_id}"
    response.headers["Cache-Control"] = "no-store"
    return Acknowledgement.of(version, said, next_step=next_step)
