"""Sends commands to a running Tartan over HTTP, with the standard library alone."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SECONDS = 60.0
_TRIES = 3
_MEDIA = {
    ".json": "application/json",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_UNAVAILABLE = 503


class CannotReach(Exception):
    """The server did not answer; the message says what to try."""


class UnknownFormat(Exception):
    """The file is of no kind that can be sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: its status and its JSON."""

    status: int
    body: dict[str, Any]


def media_type(file: Path) -> str:
    """Return what the file is by its ending; UnknownFormat names the endings that are taken."""
    try:
        return _MEDIA[file.suffix.lower()]
    except KeyError as error:
        raise UnknownFormat(
            f"{file.name}: send a .json, .csv or .xlsx file. Other workbooks can be saved as .xlsx."
        ) from error


def post(url: str, body: bytes, media: str) -> Answer:
    """POST the body; the same bytes again while the server says to, which is always safe."""
    request = urllib.request.Request(  # noqa: S310 - the operator names the server
        url, data=body, method="POST", headers={"Content-Type": media}
    )
    for turn in range(1, _TRIES + 1):
        answer, pause = _try(request)
        if answer.status != _UNAVAILABLE or turn == _TRIES:
            return answer
        time.sleep(pause)
    raise AssertionError


def _try(request: urllib.request.Request) -> tuple[Answer, float]:
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310 - as above
            return Answer(response.status, _json(response.read())), 0.0
    except urllib.error.HTTPError as error:
        pause = error.headers.get("Retry-After", "5")
        return Answer(error.code, _json(error.read())), float(pause) if pause.isdigit() else 5.0
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise CannotReach(
            f"No answer from {request.host}. Is Tartan running there? Start it: tartan serve"
        ) from error


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
