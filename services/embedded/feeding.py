"""The commands that feed a Tartan: published files, returns, periods."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from schemas.errors import TartanError
from schemas.receipt import SANDBOX
from schemas.reference import ENGLAND, load_library
from services.embedded import data
from services.embedded.remote import Answer, UnknownFormat, media_type, post
from services.embedded.wiring import nation_of
from services.ingest.desk import Desk
from services.ingest.listing import FileItem
from services.runtime.clock import now
from services.runtime.settings import Settings

_REFUSED = 400


def import_published(arguments: argparse.Namespace, _settings: Settings) -> int:
    """Import each file and print its account; a file that is refused does not stop the others."""
    refused = 0
    with _door(arguments) as door:
        for file in arguments.files:
            try:
                _print_account(file, door.publish(file))
            except Refused as error:
                print(f"{file.name}: {error}", file=sys.stderr)
                refused += 1
    return 1 if refused else 0


def submit(arguments: argparse.Namespace, _settings: Settings) -> int:
    """Send each return and print its receipt, or everything that is wrong with it."""
    said = {"reason": arguments.reason, "on_behalf": arguments.on_behalf}
    words = urlencode({name: words for name, words in said.items() if words is not None})
    path = "/v1/validations" if arguments.dry_run else f"/v1/returns?{words}".rstrip("?")
    failed = 0
    for file in arguments.files:
        try:
            media = media_type(file)
            answer = post(f"{arguments.url.rstrip('/')}{path}", _read(file), media)
        except (Refused, UnknownFormat) as error:
            print(error, file=sys.stderr)
            failed += 1
        else:
            failed += not _print_outcome(file, answer)
    return 1 if failed else 0


def open_period(arguments: argparse.Namespace, _settings: Settings) -> int:
    """Open a collection's period."""
    with _door(arguments) as door:
        due = door.open(arguments.collection, arguments.period, arguments.due)
    print(f"{arguments.collection} {arguments.period} is open; returns are due by {due}.")
    return 0


def close_period(arguments: argparse.Namespace, _settings: Settings) -> int:
    """Close a collection's period."""
    with _door(arguments) as door:
        door.close(arguments.collection, arguments.period)
    print(f"{arguments.collection} {arguments.period} is closed: what stands is locked.")
    print("A first return after this is late.")
    return 0


class Refused(TartanError):
    """The server or the desk did not take it; the message says why."""


class _Near:
    """The desk of a data directory that no running Tartan holds."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def publish(self, file: Path) -> dict[str, Any]:
        try:
            logged = self._desk.publish(_read(file), name=file.name)
        except TartanError as error:
            raise Refused(str(error)) from error
        return FileItem.of(logged).model_dump(mode="json")

    def open(self, collection: str, period: str, due: str | None) -> str:
        try:
            day = date.fromisoformat(due) if due else None
        except ValueError as error:
            raise Refused(f"“{due}” is not a day. Write the due day as 2026-11-11.") from error
        return str(self._desk.open_period(collection, period, due=day)[0].due)

    def close(self, collection: str, period: str) -> None:
        self._desk.close_period(collection, period)


class _Far:
    """A running Tartan, over HTTP."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def publish(self, file: Path) -> dict[str, Any]:
        query = urlencode({"name": file.name})
        return self._post(f"/v1/published?{query}", _read(file), "text/csv")

    def open(self, collection: str, period: str, due: str | None) -> str:
        query = f"?{urlencode({'due': due})}" if due else ""
        return str(self._post(f"/v1/periods/{collection}/{period}/open{query}")["due"])

    def close(self, collection: str, period: str) -> None:
        self._post(f"/v1/periods/{collection}/{period}/close")

    def _post(
        self, path: str, body: bytes = b"", media: str = "application/json"
    ) -> dict[str, Any]:
        answer = post(self._url + path, body, media)
        if answer.status >= _REFUSED:
            raise Refused(
                f"{answer.body.get('title', answer.status)}. {answer.body.get('detail', '')}"
            )
        return answer.body


@contextmanager
def _door(arguments: argparse.Namespace) -> Iterator[_Near | _Far]:
    if arguments.url:
        yield _Far(arguments.url)
        return
    with data.owned(arguments.data) as log:
        nation = nation_of(log) or ENGLAND
        yield _Near(Desk(log, library=load_library(), nation=nation, now=now))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}. Check its name.") from error


def _print_account(file: Path, item: dict[str, Any]) -> None:
    print(f"{file.name}: {item['title']}")
    print(f"  {item['rows']} rows read, {item['used']} used")
    for aside in item["set_aside"]:
        print(f"  {aside['rows']} set aside: {aside['why']}")
    for notice in item["notices"]:
        print(f"  {notice}")
    print(f"  {len(item['new'])} data sets stored, {len(item['known'])} known already")


def _print_outcome(file: Path, answer: Answer) -> bool:
    """Print a receipt or a report as a tired person reads it; True if there was no error."""
    body = answer.body
    accepted = answer.status < _REFUSED and body.get("valid", True)
    print(f"{file.name}: {body.get('title', 'Accepted' if accepted else 'Refused')}")
    if accepted and "return_id" in body:
        if body.get("outcome") == "sandbox":
            print(f"  {SANDBOX}")
        print(f"  receipt {body['return_id']}, version {body.get('version')}{_changed(body)}")
        print(f"  SHA-256 of the bytes {body.get('sha256')}")
        print(f"  {body.get('next_step', '')}")
    if not accepted and body.get("detail"):
        print(f"  {body['detail']}")
    for finding in body.get("errors") or body.get("findings") or []:
        where = finding.get("where") or ""
        print(f"  {finding.get('severity', 'error')} {finding.get('code', '')} {where}".rstrip())
        print(f"    {finding.get('detail', '')} {finding.get('fix', '')}".rstrip())
    return bool(accepted)


def _changed(receipt: Mapping[str, Any]) -> str:
    """Say what a version changed; nothing of the first."""
    changed = receipt.get("changed")
    if changed is None:
        return ""
    return f": {changed or 'no'} value{'' if changed == 1 else 's'} changed"
