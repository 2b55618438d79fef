"""The door behind acceptance: a return is signed off, or not, and unlocked behind the close."""

from collections.abc import Callable
from functools import partial

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from schemas.sign_off import STATEMENT, STATEMENTS
from services.ingest.acknowledgement import (
    ANSWERS,
    Acknowledgement,
    ReasonRequest,
    ReturnId,
    acknowledge,
)
from services.ingest.answer import refusals, retrace
from services.ingest.core.approval import decide_refusal, decide_sign_off, refusal_of, sign_off_of
from services.ingest.core.unlocking import decide_unlock, unlocking_of
from services.ingest.core.word import Word
from services.ingest.desk import Desk

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


Actor = Callable[[Request], str]


def _local(_request: Request) -> str:
    return LOCAL


def router(desk: Desk, *, actor: Actor = _local) -> APIRouter:
    """Return the routes over a desk; ``actor`` gives the opaque id of who is asking."""
    routes = APIRouter(tags=["Returns"])
    post = partial(
        routes.post, status_code=202, response_model=Acknowledgement, responses=dict(ANSWERS)
    )

    def say(
        door: Callable[..., tuple[Word, bool]],
        return_id: str,
        words: str,
        request: Request,
        response: Response,
        next_step: str,
    ) -> Acknowledgement:
        word, is_new = door(
            desk, return_id, words, actor=actor(request), traceparent=retrace(request)
        )
        version = desk.version(return_id)
        return acknowledge(response, version, word, is_new=is_new, next_step=next_step)

    @post("/v1/returns/{return_id}/sign-off", summary="Sign a return off")
    def sign(
        return_id: ReturnId, given: SignOffRequest, request: Request, response: Response
    ) -> Acknowledgement:
        """Stand behind the version that counts, once its queries are explained.

        A later version has to be signed off itself, and needs a reason to be sent at all.
        """
        return say(sign_off, return_id, given.statement, request, response, _SIGNED)

    @post("/v1/returns/{return_id}/refusal", summary="Refuse to sign a return off, with a reason")
    def say_no(
        return_id: ReturnId, given: ReasonRequest, request: Request, response: Response
    ) -> Acknowledgement:
        """Say why the return is not signed off. It counts as before; its sender sees the reason."""
        return say(refuse, return_id, given.reason, request, response, _REFUSED)

    @post(
        "/v1/returns/{return_id}/unlock",
        summary="Let a return of a closed period be changed, with a reason",
    )
    def let_change(
        return_id: ReturnId, given: ReasonRequest, request: Request, response: Response
    ) -> Acknowledgement:
        """Take one more version, or a withdrawal, of what was locked when its period closed."""
        return say(unlock, return_id, given.reason, request, response, _UNLOCKED)

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
    with refusals():
        return desk.tell(return_id, decide, sign_off_of, traceparent=traceparent)


def refuse(
    desk: Desk, return_id: str, reason: str, *, actor: str = LOCAL, traceparent: str | None = None
) -> tuple[Word, bool]:
    """Say why a return is not signed off; raises the Problem of what cannot be said so."""
    decide = partial(decide_refusal, reason=reason, actor=actor)
    with refusals():
        return desk.tell(return_id, decide, refusal_of, traceparent=traceparent)


def unlock(
    desk: Desk, return_id: str, reason: str, *, actor: str = LOCAL, traceparent: str | None = None
) -> tuple[Word, bool]:
    """Let a return be changed; raises the Problem of what cannot be unlocked so."""
    decide = partial(decide_unlock, reason=reason, actor=actor)
    with refusals():
        return desk.tell(return_id, decide, unlocking_of, traceparent=traceparent)
