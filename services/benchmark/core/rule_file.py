"""The shape of a rule file: what a released file must and may say, before its texts are read."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from schemas.catalogue import Kind, Polarity
from schemas.events import Flag, Sign


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Grading(StrEnum):
    """How a fired signature becomes a concern.

    ``persistence``: it fired in enough of the last quarters and the exact test bears one of its
    conditions out; ``at_once``: a signature of one indicator that is its own exact test;
    ``watch``: never, it is shown and asked about.
    """

    PERSISTENCE = "persistence"
    AT_ONCE = "at_once"
    WATCH = "watch"


class Each(_Part):
    """The indicators for which a template stands: one signature of each, in catalogue order."""

    collections: tuple[str, ...] = Field(min_length=1)
    polarity: tuple[Polarity, ...] = Field(min_length=1)
    kinds: tuple[Kind, ...] = Field(min_length=1)


class SignatureText(_Part):
    """One signature as the file has it; ``each`` makes it a template over indicators.

    ``clear`` is the line below which an observation counts towards clearing; without it, that the
    condition does not hold. ``known`` says honestly what is known of its worth.
    """

    id: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    name: str
    sign: Sign
    grading: Grading
    condition: str
    clear: str | None = None
    collection: str | None = None
    each: Each | None = None
    least_n: float | None = Field(default=None, ge=0)
    pushed: bool = True
    question: str
    why: str
    known: str
    caveats: tuple[str, ...] = ()


class Ladder(_Part):
    """The lines between watch, concern and escalate.

    Concern: fired in ``times`` of the last ``quarters``, and a flag among ``confirmed_by`` on one
    of its conditions; once there, z at or above ``still_confirmed_at`` is enough. Escalate: concern
    in ``escalates_after`` quarters in a row. Clear: ``clears_after`` new observations below the
    line.
    """

    times: int = Field(ge=1, le=12)
    quarters: int = Field(ge=1, le=12)
    confirmed_by: frozenset[Flag] = Field(min_length=1)
    still_confirmed_at: float
    escalates_after: int = Field(ge=2, le=12)
    clears_after: int = Field(ge=1, le=12)


class LeastN(_Part):
    """The smallest comparison denominators that may speak, unless a signature says otherwise."""

    default: float = Field(ge=0)
    indicators: dict[str, float] = {}


class Returned(_Part):
    """A set made of the indicators of a collection."""

    collection: str


class Expected(_Part):
    """Pushes to expect in a quarter of an England without real differences; how that was made."""

    per_authority: float = Field(ge=0)
    region_of_eleven: float = Field(ge=0)
    england: float = Field(ge=0)
    made: str


class RuleFile(_Part):
    """A released rule file."""

    version: str
    catalogue: str
    about: str
    source: str
    least_n: LeastN
    severity: Ladder
    expected: Expected
    sets: dict[str, tuple[str, ...] | Returned] = {}
    signature: tuple[SignatureText, ...] = Field(min_length=1)
