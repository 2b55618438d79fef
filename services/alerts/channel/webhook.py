"""Webhooks after Standard Webhooks 1.0: signed, one id over all tries, no redirects.

The receiver drops what comes again under the same ``webhook-id``, which is the notice's id. Only a
2xx is success; 410 means that the receiver wants no more; any other answer is tried again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from standardwebhooks import Webhook

from services.alerts.channel.notifier import SENT, Message, Outcome, doubt, refuse
from services.runtime.clock import Clock, rfc3339

_TIMEOUT_SECONDS = 20.0
_MOST_TEXT = 12_000


@dataclass(frozen=True, slots=True)
class Hook:
    """Where an audience listens. Both may be secret, so neither is ever shown.

    Two secrets at once sign twice, so that a receiver can move from one to the other.
    """

    url: str = field(repr=False)
    secrets: Sequence[str] = field(repr=False)
    timeout: float = _TIMEOUT_SECONDS


class _Stay(HTTPRedirectHandler):
    """Follows nothing: a redirect would carry a signed message to a place nobody has set."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


class WebhookNotifier:
    """Signed JSON to one receiver. After a 410 it stays silent until the next start."""

    def __init__(self, hook: Hook, *, now: Clock) -> None:
        self._hook = hook
        self._now = now
        self._signers = [Webhook(secret) for secret in hook.secrets]
        self._opener = build_opener(_Stay)
        self._gone = False

    @property
    def recognises_repeats(self) -> bool:
        """The receiver has the notice's id."""
        return True

    def send(self, message: Message, *, reached: frozenset[str] = frozenset()) -> Outcome:
        """Post the message once."""
        del reached  # a hook has one recipient
        if self._gone:
            return refuse("http_410", recoverable=False)
        try:
            with self._opener.open(self._request(message), timeout=self._hook.timeout):
                return SENT
        except HTTPError as error:
            error.close()
            return self._refuse(error)
        except URLError as error:
            return refuse(f"no_connection_{type(error.reason).__name__.lower()}")
        except TimeoutError:
            return doubt("no_reply")
        except (OSError, HTTPException) as error:
            return doubt(f"cut_off_{type(error).__name__.lower()}")

    def _request(self, message: Message) -> Request:
        body, moment = write_body(message), self._now().astimezone(UTC)
        signatures = (
            signer.sign(msg_id=message.notice, timestamp=moment, data=body)
            for signer in self._signers
        )
        headers = {
            "content-type": "application/json",
            "user-agent": "Tartan",
            "webhook-id": message.notice,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
        if message.traceparent is not None:
            headers["traceparent"] = message.traceparent
        return Request(self._hook.url, data=body.encode(), headers=headers, method="POST")  # noqa: S310 - the setting allows https, and http on loopback alone

    def _refuse(self, error: HTTPError) -> Outcome:
        self._gone = error.code == HTTPStatus.GONE
        wait = _read_wait(error.headers.get("Retry-After"), now=self._now())
        return refuse(f"http_{error.code}", recoverable=not self._gone, wait=wait)


def write_body(message: Message) -> str:
    """Return the JSON of a message, well under the 20 kB that the standard recommends."""
    data = {
        **message.facts,
        "notice": message.notice,
        "alert": message.alert,
        "audience": message.audience,
        "subject": message.subject,
        "text": message.text[:_MOST_TEXT],
        "possible_repeat": message.possible_repeat,
    }
    body = {
        "type": message.type,
        "timestamp": rfc3339(message.planned_at),
        "data": data,
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _read_wait(text: str | None, *, now: datetime) -> timedelta | None:
    """Read ``Retry-After``: seconds or a date; None for anything else."""
    if text is None:
        return None
    if text.strip().isdigit():
        return timedelta(seconds=int(text.strip()[:9]))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(moment.astimezone(now.tzinfo) - now, timedelta())
