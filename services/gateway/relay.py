"""The relay: hands what the form under an alert says to the service that takes answers."""

import json
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException
from time import monotonic, sleep
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from services.gateway.views import Views
from services.runtime.problem import Problem
from services.runtime.store import StoreError

_TIMEOUT_SECONDS = 15.0
"""Longer than alerts itself waits for the log."""
_RETRY_SECONDS = "60"
_PATIENCE_SECONDS = 2.0
_LOOK_SECONDS = 0.05


class Relay:
    """Sends answers to alerts' own door. Safe to share between threads."""

    def __init__(self, url: str, views: Views) -> None:
        """Remember where alerts is; nothing is connected yet."""
        self._url = url.rstrip("/")
        self._views = views

    def answer(self, alert: str, *, kind: str, text: str, traceparent: str | None = None) -> None:
        """Hand an answer over, and wait a moment until the views show it.

        Raises Problem: alerts' own where it refuses, 503 where it cannot be reached or does not
        say what became of the answer. The same words again are the same answer.
        """
        trace = {"traceparent": traceparent} if traceparent is not None else {}
        request = Request(  # noqa: S310 - an address out of the settings
            f"{self._url}/v1/alerts/{quote(alert, safe='')}/answers",
            data=json.dumps({"kind": kind, "text": text}).encode(),
            headers={"Content-Type": "application/json", **trace},
        )
        try:
            with urlopen(request, timeout=_TIMEOUT_SECONDS) as taken:  # noqa: S310 - see above
                answer = str(json.load(taken)["answer"])
        except HTTPError as refusal:
            raise _as_problem(refusal) from refusal
        except (HTTPException, OSError, ValueError, KeyError) as error:
            raise _away(error) from error
        with suppress(StoreError):  # it is stored, whether or not it can be shown yet
            self._wait_for(alert, answer)

    def _wait_for(self, alert: str, answer: str) -> None:
        until = monotonic() + _PATIENCE_SECONDS
        while monotonic() < until:
            shown = self._views.store.get(self._views.keys.alert(alert)) or {"answers": []}
            if any(given["id"] == answer for given in shown["answers"]):
                return
            sleep(_LOOK_SECONDS)


def _away(error: Exception) -> Problem:
    refused = isinstance(getattr(error, "reason", error), ConnectionRefusedError)
    became = (
        "Your words were not stored. Keep them, and send the form again in a minute."
        if refused
        else "It is not known whether your words were stored. Keep them, and send the same words "
        "again in a minute: they count once."
    )
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "alerts-away",
        "Answers cannot be taken at the moment",
        became,
        headers={"Retry-After": _RETRY_SECONDS},
    )


def _as_problem(refusal: HTTPError) -> Problem:
    with refusal:
        try:
            said = json.loads(refusal.read())
            slug, title, detail = said["type"].rsplit("/", 1)[-1], said["title"], said["detail"]
        except (ValueError, KeyError, TypeError):
            return _away(refusal)
    again = refusal.headers.get("Retry-After")
    headers = {"Retry-After": again} if again is not None else None
    return Problem(refusal.code, slug, title, detail, headers=headers)
