"""The door behind acceptance: a return is signed off, or not, and unlocked behind the close."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Self

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from schemas.sign_off import STATEMENT, STATEMENTS
from schemas.tidy import LONGEST_NOTE
from services.ingest.answer import refusals, retrace
from services.ingest.core.approval import (
    AlreadySigned,
    AnotherStatement,
    QueriesOpen,
    decide_refusal,
    decide_sign_off,
    refusal_of,
    sign_off_of,
)
from services.ingest.core.unlocking import NotLocked, decide_unlock, unlocking_of
from services.ingest.core.version import Version
from services.ingest.core.word import Word
from services.ingest.desk import Desk
from services.ingest.representation import Answer
from services.runtime.problem import Problem, problems

LOCAL = "local"
"""The actor of whatever is said while no identities are set up."""
_SIGNED = "Nothing more is needed. Another version needs a reason, and has to be signed off itself."
_REFUSED = (
    "The return counts as before. Send it again with the right figures, or sign it off after all."
)
_UNLOCKED = (
    "Send the corrected return, or withdraw it. The next version is locked when it is accepted."
)


class SignOffRequest(BaseModel):
    """What an approver agrees to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    statement: str = Field(
        description=f"{STATEMENT}, which says: {STATEMENTS[STATEMENT]}",
        examples=[STATEMENT],
    )


class ReasonRequest(BaseModel):
    """Why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(
        description="It is shown with the return. Never about a single child.",
        json_schema_extra={"minLength": 1, "maxLength": LONGEST_NOTE},
    )


class WordReceipt(Answer):
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
    def of(cls, version: Version, word: Word, *, next_step: str) -> Self:
        """Return the receipt of a word."""
        return cls(
            id=word.id,
            return_id=version.return_id,
            authority=version.authority,
            collection=version.collection,
            period=version.period,
            version=version.number,
            at=word.at,
            next_step=next_step,
        )


ReturnId = Annotated[str, Path(max_length=64)]
Actor = Callable[[Request], str]
_ANSWERS = {
    200: {"model": WordReceipt, "description": "The same stood already"},
    **problems(400, 404, 409, 413, 422, 503),
}


def _local(_request: Request) -> str:
    return LOCAL


def router(desk: Desk, *, actor: Actor = _local) -> APIRouter:
    """Return the routes over a desk; ``actor`` gives the opaque id of who is asking."""
    routes = APIRouter(tags=["Returns"])

    def answer(
        response: Response, return_id: str, said: tuple[Word, bool], next_step: str
    ) -> WordReceipt:
        word, is_new = said
        response.status_code = 202 if is_new else 200
        response.headers["Location"] = f"/v1/returns/{return_id}"
        response.headers["Cache-Control"] = "no-store"
        return WordReceipt.of(desk.version(return_id), word, next_step=next_step)

    @routes.post(
        "/v1/returns/{return_id}/sign-off",
        status_code=202,
        summary="Sign a return off",
        response_model=WordReceipt,
        responses=_ANSWERS,
    )
    def sign(
        return_id: ReturnId, given: SignOffRequest, request: Request, response: Response
    ) -> WordReceipt:
        """Stand behind the version that counts, once its queries are explained.

        A later version has to be signed off itself, and needs a reason to be sent at all.
        """
        said = sign_off(
            desk, return_id, given.statement, actor=actor(request), traceparent=retrace(request)
        )
        return answer(response, return_id, said, _SIGNED)

    @routes.post(
        "/v1/returns/{return_id}/refusal",
        status_code=202,
        summary="Refuse to sign a return off, with a reason",
        response_model=WordReceipt,
        responses=_ANSWERS,
    )
    def say_no(
        return_id: ReturnId, given: ReasonRequest, request: Request, response: Response
    ) -> WordReceipt:
        """Say why the return is not signed off. It counts as before; its sender sees the reason."""
        said = refuse(
            desk, return_id, given.reason, actor=actor(request), traceparent=retrace(request)
        )
        return answer(response, return_id, said, _REFUSED)

    @routes.post(
        "/v1/returns/{return_id}/unlock",
        status_code=202,
        summary="Let a return of a closed period be changed, with a reason",
        response_model=WordReceipt,
        responses=_ANSWERS,
    )
    def let_change(
        return_id: ReturnId, given: ReasonRequest, request: Request, response: Response
    ) -> WordReceipt:
        """Take one more version, or a withdrawal, of what was locked when its period closed."""
        said = unlock(
            desk, return_id, given.reason, actor=actor(request), traceparent=retrace(request)
        )
        return answer(response, return_id, said, _UNLOCKED)

    return routes


def sign_off(
    desk: Desk,
    return_id: str,
    statement: str,
    *,
    actor: str = LOCAL,
    traceparent: str | None = None,
) -> tuple[Word, bool]:
    """Sign a return off; raises the Problem of what cannot be signed off so."""
    decide = partial(decide_sign_off, statement=statement, actor=actor)
    try:
        with refusals():
            return desk.tell(return_id, decide, sign_off_of, traceparent=traceparent)
    except AnotherStatement as error:
        fault = {"detail": str(error), "pointer": "/statement"}
        raise Problem(
            422,
            "another-statement",
            "Another statement is to be agreed to",
            str(error),
            errors=[fault],
            statement=STATEMENT,
            words=STATEMENTS[STATEMENT],
        ) from error
    except QueriesOpen as error:
        title = "The return cannot be signed off yet"
        about = list(error.about)
        raise Problem(409, "queries-open", title, str(error), indicators=about) from error


def refuse(
    desk: Desk, return_id: str, reason: str, *, actor: str = LOCAL, traceparent: str | None = None
) -> tuple[Word, bool]:
    """Say why a return is not signed off; raises the Problem of what cannot be said so."""
    decide = partial(decide_refusal, reason=reason, actor=actor)
    try:
        with refusals():
            return desk.tell(return_id, decide, refusal_of, traceparent=traceparent)
    except AlreadySigned as error:
        raise Problem(409, "already-signed-off", "It is signed off", str(error)) from error


def unlock(
    desk: Desk, return_id: str, reason: str, *, actor: str = LOCAL, traceparent: str | None = None
) -> tuple[Word, bool]:
    """Let a return be changed; raises the Problem of what cannot be unlocked so."""
    decide = partial(decide_unlock, reason=reason, actor=actor)
    try:
        with refusals():
            return desk.tell(return_id, decide, unlocking_of, traceparent=traceparent)
    except NotLocked as error:
        raise Problem(409, "not-locked", "The return is not locked", str(error)) from error
