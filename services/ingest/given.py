"""Explanations as they are sent: beside a return, or of one that was accepted."""

from pydantic import BaseModel, ConfigDict, Field

from schemas.tidy import LONGEST_NOTE
from services.ingest.core.explanation import Given

_MOST = 200


class GivenRequest(BaseModel):
    """What is said of one figure: words, or that those of the quarter before hold still."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    indicator: str | None = Field(
        None, description="Its code, as CP04; left out for a query on the return as a whole."
    )
    text: str | None = Field(
        None,
        description="Why the figure is right. Never about a single child.",
        json_schema_extra={"maxLength": LONGEST_NOTE},
    )
    confirm: bool = Field(
        False, description="Take the words that answered the same query in the quarter before."
    )


class ExplanationRequest(BaseModel):
    """What is said of the queries on a return; all is taken or nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    explanations: list[GivenRequest] = Field(max_length=_MOST)

    def given(self) -> list[Given]:
        """Return them for the core."""
        return [Given(each.indicator, each.text, each.confirm) for each in self.explanations]
