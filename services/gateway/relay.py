"""The relay: hands what forms say to the services that take it."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from time import monotonic, sleep
from types import MappingProxyType
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from schemas.findings import WORKBOOK
from services.gateway.core.fold.submission import WITHDRAWN
from services.gateway.views import Views
from services.runtime.problem import Problem
from services.runtime.store import StoreError

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_TIMEOUT_SECONDS = 30.0
"""Longer than ingest and alerts wait for the log."""
_RETRY_SECONDS = "60"
_OF_EVERY_PROBLEM = frozenset({"type", "title", "status", "detail", "instance"})
_PATIENCE_SECONDS = 2.0
_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class _Away:
    """What is said where a service does not answer."""

    slug: str
    title: str
    refused: str = "Your words were not stored. Keep them, and send the form again in a minute."
    unknown: str = (
        "It is not known whether your words were stored. Keep them, and send the same words again "
        "in a minute: they count once."
    )


_ANSWERS = _Away("alerts-away", "Answers cannot be taken at the moment")
_NOTHING = "Nothing was stored. Choose the file again in a minute."
_CHECKS = _Away("ingest-away", "Files cannot be checked at the moment", _NOTHING, _NOTHING)
_KEPT = "Nothing is lost. Load the page again in a minute."
_RECEIPTS = _Away("ingest-away", "Receipts cannot be shown at the moment", _KEPT, _KEPT)
_WITHDRAWALS = _Away("ingest-away", "Returns cannot be withdrawn at the moment")
_RETURNS = _Away(
    "ingest-away",
    "Returns cannot be taken at the moment",
    "Nothing was stored. Load this page again in a minute: what you typed is sent again with it.",
    "It is not known whether the return was stored. Load this page again in a minute: the same "
    "return counts once.",
)
_APPROVALS = _Away("ingest-away", "Returns cannot be signed off or unlocked at the moment")
_EXPLANATIONS = _Away("ingest-away", "Explanations cannot be taken at the moment")


class Relay:
    """Sends what forms say to the service that takes it. Safe to share between threads."""

    def __init__(self, url: str, views: Views) -> None:
        """Remember where the service is; nothing is connected yet."""
        self._url = url.rstrip("/")
        self._views = views

    def answer(self, alert: str, *, kind: str, text: str, traceparent: str | None = None) -> None:
        """Hand an answer over to alerts, and wait a moment until the views show it.

        Raises Problem: alerts' own where it refuses, 503 where it cannot be reached or does not
        say what became of the answer. The same words again are the same answer.
        """
        path = f"/v1/alerts/{quote(alert, safe='')}/answers"
        taken = self._send(path, {"kind": kind, "text": text}, traceparent, away=_ANSWERS)
        given = _text_of(taken, "answer", away=_ANSWERS)

        def shown() -> bool:
            known = self._views.store.get(self._views.keys.alert(alert)) or {"answers": []}
            return any(each["id"] == given for each in known["answers"])

        _wait_for(shown)

    def explain(
        self,
        return_id: str,
        *,
        indicator: str | None,
        text: str,
        confirm: bool,
        traceparent: str | None = None,
    ) -> None:
        """Hand an explanation over to ingest, and wait a moment until the views show it.

        Raises Problem as ``answer`` does.
        """
        said: dict[str, Any] = {"confirm": True} if confirm else {"text": text}
        if indicator is not None:
            said["indicator"] = indicator
        path = f"/v1/returns/{quote(return_id, safe='')}/explanations"
        self._send(path, {"explanations": [said]}, traceparent, away=_EXPLANATIONS)

        def shown() -> bool:
            known = self._views.store.get(self._views.keys.submission(return_id)) or {}
            return (indicator or "") in known.get("explained", {})

        _wait_for(shown)

    def withdraw(self, return_id: str, *, reason: str, traceparent: str | None = None) -> None:
        """Hand a withdrawal over to ingest, and wait a moment until the views show it.

        Raises Problem as ``answer`` does.
        """
        path = f"/v1/returns/{quote(return_id, safe='')}/withdrawal"
        self._send(path, {"reason": reason}, traceparent, away=_WITHDRAWALS)

        def shown() -> bool:
            known = self._views.store.get(self._views.keys.submission(return_id)) or {}
            return known.get("state") == WITHDRAWN

        _wait_for(shown)

    def send(
        self,
        body: bytes,
        *,
        content_type: str,
        channel: str,
        supersedes: str | None,
        reason: str | None = None,
        traceparent: str | None = None,
    ) -> str:
        """Hand a return over to ingest, and wait a moment until the views show it; give its id.

        Raises Problem as ``answer`` does.
        """
        given = {"supersedes": supersedes, "reason": reason}
        asked = {"channel": channel} | {name: said for name, said in given.items() if said}
        trace = {"traceparent": traceparent} if traceparent is not None else {}
        headers = {"Content-Type": content_type, **trace}
        taken = self._ask(f"/v1/returns?{urlencode(asked)}", body, headers, away=_RETURNS)
        return_id = _text_of(taken, "return_id", away=_RETURNS)
        key = self._views.keys.submission(return_id)
        _wait_for(lambda: self._views.store.get(key) is not None)
        return return_id

    def sign_off(self, return_id: str, *, statement: str, traceparent: str | None = None) -> None:
        """Hand a sign-off over to ingest, and wait a moment until the views show it.

        Raises Problem as ``answer`` does.
        """
        said = {"statement": statement}
        self._say_of(return_id, "sign-off", said, traceparent, shown_as="signed_off")

    def refuse(self, return_id: str, *, reason: str, traceparent: str | None = None) -> None:
        """Hand a refusal to sign off over to ingest; else as ``sign_off``."""
        self._say_of(return_id, "refusal", {"reason": reason}, traceparent, shown_as="refused")

    def unlock(self, return_id: str, *, reason: str, traceparent: str | None = None) -> None:
        """Hand an unlocking over to ingest; else as ``sign_off``."""
        self._say_of(return_id, "unlock", {"reason": reason}, traceparent, shown_as="unlocked")

    def examine(self, body: bytes, *, content_type: str) -> Mapping[str, Any]:
        """Hand a file in its form to ingest, and return the report of its check.

        Raises Problem as ``answer`` does.
        """
        headers = {"Content-Type": content_type}
        return self._ask("/v1/validations", body, headers, away=_CHECKS)

    def annotate(self, body: bytes, *, content_type: str) -> bytes:
        """Hand a file in its form to ingest, and return it as a workbook with what its check says.

        Raises Problem as ``answer`` does.
        """
        headers = {"Content-Type": content_type, "Accept": WORKBOOK}
        return self._fetch("/v1/validations", body, headers, away=_CHECKS)

    def receipt(self, return_id: str) -> Mapping[str, Any]:
        """Return a receipt that ingest gives. Raises Problem as ``answer`` does."""
        return self._ask(f"/v1/returns/{quote(return_id, safe='')}/receipt", away=_RECEIPTS)

    def verification(self, return_id: str, *, sha256: str, signature: str) -> Mapping[str, Any]:
        """Return what ingest finds of a receipt and of a copy. Raises Problem as ``answer`` does.

        What is empty is not asked about.
        """
        claimed = {"sha256": sha256, "signature": signature}
        query = urlencode({name: said for name, said in claimed.items() if said})
        path = f"/v1/receipts/{quote(return_id, safe='')}/verify?{query}"
        return self._ask(path, away=_RECEIPTS)

    def _say_of(
        self,
        return_id: str,
        what: str,
        said: Mapping[str, Any],
        traceparent: str | None,
        *,
        shown_as: str,
    ) -> None:
        path = f"/v1/returns/{quote(return_id, safe='')}/{what}"
        taken = self._send(path, said, traceparent, away=_APPROVALS)
        given = _text_of(taken, "at", away=_APPROVALS)

        def shown() -> bool:
            known = self._views.store.get(self._views.keys.submission(return_id)) or {}
            return (known.get(shown_as) or {}).get("at") == given

        _wait_for(shown)

    def _send(
        self, path: str, body: Mapping[str, Any], traceparent: str | None, *, away: _Away
    ) -> Mapping[str, Any]:
        trace = {"traceparent": traceparent} if traceparent is not None else {}
        headers = {"Content-Type": "application/json", **trace}
        return self._ask(path, json.dumps(body).encode(), headers, away=away)

    def _ask(
        self,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = _NO_HEADERS,
        *,
        away: _Away,
    ) -> Mapping[str, Any]:
        said = self._fetch(path, body, headers, away=away)
        try:
            answer = json.loads(said)
        except ValueError as error:
            raise _gone(error, away) from error
        if not isinstance(answer, dict):
            raise _gone(ValueError(path), away)
        return answer

    def _fetch(
        self, path: str, body: bytes | None, headers: Mapping[str, str], *, away: _Away
    ) -> bytes:
        request = Request(  # noqa: S310 - an address out of the settings
            f"{self._url}{path}", data=body, headers=dict(headers)
        )
        try:
            with urlopen(request, timeout=_TIMEOUT_SECONDS) as taken:  # noqa: S310 - see above
                said: bytes = taken.read()
        except HTTPError as refusal:
            raise _as_problem(refusal, away) from refusal
        except (HTTPException, OSError) as error:
            raise _gone(error, away) from error
        return said


def _text_of(taken: Mapping[str, Any], name: str, *, away: _Away) -> str:
    if name not in taken:
        raise _gone(KeyError(name), away)
    return str(taken[name])


def _wait_for(shown: Callable[[], bool]) -> None:
    """Wait until it is shown; it is stored, whether or not it can be shown yet."""
    until = monotonic() + _PATIENCE_SECONDS
    with suppress(StoreError):
        while monotonic() < until and not shown():
            sleep(_LOOK_SECONDS)


def _gone(error: Exception, away: _Away) -> Problem:
    refused = isinstance(getattr(error, "reason", error), ConnectionRefusedError)
    became = away.refused if refused else away.unknown
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        away.slug,
        away.title,
        became,
        headers={"Retry-After": _RETRY_SECONDS},
    )


def _as_problem(refusal: HTTPError, away: _Away) -> Problem:
    with refusal:
        try:
            said = json.loads(refusal.read())
            slug, title, detail = said["type"].rsplit("/", 1)[-1], said["title"], said["detail"]
        except (ValueError, KeyError, TypeError):
            return _gone(refusal, away)
    again = refusal.headers.get("Retry-After")
    headers = {"Retry-After": again} if again is not None else None
    more = {name: value for name, value in said.items() if name not in _OF_EVERY_PROBLEM}
    return Problem(refusal.code, slug, title, detail, headers=headers, **more)
