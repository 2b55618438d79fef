"""Live updates: server-sent events that carry ids and never a value."""

import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from services.gateway.feed import Change, Feed
from services.runtime.problem import problems

HEARTBEAT_SECONDS = 15.0
_RETRY_MILLISECONDS = 3000
_EVENT = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("id", "event", "data")},
}


def router(feed: Feed) -> APIRouter:
    """Serve the feed."""
    routes = APIRouter(tags=["Live updates"])

    @routes.get(
        "/v1/events",
        summary="Follow what changes: one event per change, by ids alone",
        description=(
            "Server-sent events. The event's name is the type (`standings.updated`), its data "
            "`{type, subject}`. Reconnect with `Last-Event-ID`; where too much was missed the "
            "first event is `resync`: read again what you show."
        ),
        response_class=StreamingResponse,
        responses={
            200: {"content": {"text/event-stream": {"schema": _EVENT}}},
            **problems(422),
        },
    )
    async def follow(
        after: Annotated[str | None, Query(description="Go on behind this event id")] = None,
        last_event_id: Annotated[str | None, Header(description="As sent by browsers")] = None,
    ) -> Response:
        place = last_event_id or after or feed.place
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(
            stream(feed, place), media_type="text/event-stream", headers=headers
        )

    return routes


async def stream(
    feed: Feed, place: str, *, heartbeat: float = HEARTBEAT_SECONDS
) -> AsyncIterator[str]:
    """Say every change behind a place as server-sent events, until the feed is closed."""
    yield f"retry: {_RETRY_MILLISECONDS}\n\n"
    while not feed.closed:
        missed = feed.since(place)
        if missed is None:
            place = feed.place
            yield f"event: resync\nid: {place}\ndata: {{}}\n\n"
            continue
        changes, place = missed
        for change in changes:
            yield _event(change)
        if not await feed.wait(place, seconds=heartbeat):
            yield ": still here\n\n"


def _event(change: Change) -> str:
    data = json.dumps({"type": change.type, "subject": change.subject}, ensure_ascii=False)
    return f"event: {change.type}\nid: {change.place}\ndata: {data}\n\n"
