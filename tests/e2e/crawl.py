"""A walk along a site's own links and filters, as far as it takes to see a page of every kind."""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx2 as httpx

from tests.e2e.kind import Kind


@dataclass(frozen=True, slots=True)
class Found:
    """The first page of a kind that the links led to."""

    path: str
    html: str


class Links(HTMLParser):
    """Where a page leads on its own site: its links, and its filters set one at a time."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._action: str | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action = at["action"] if at.get("method", "get") == "get" else None
        elif tag == "select":
            self._select = at["name"]
        elif tag == "option":
            self._filter(self._select, at["value"])
        elif tag == "input" and at.get("type") == "checkbox":
            self._filter(at["name"], at["value"])
        elif tag == "a":
            self._lead(at["href"])

    def _filter(self, name: str, value: str) -> None:
        if self._action is not None and value:
            self._lead(f"{self._action}?{urlencode({name: value})}")

    def _lead(self, href: str) -> None:
        if href.startswith("/") and not href.startswith("//"):
            self.found.append(href.partition("#")[0])


def crawl(base: str, kinds: Mapping[str, Kind]) -> dict[str, Found]:
    """Find a page of each kind, starting at ``/``; a kind no link leads to is left out.

    A link is followed while it may lead to a kind not yet found. Each page must be there.
    """
    found: dict[str, Found] = {}
    waiting, known = deque(["/"]), {"/"}
    with httpx.Client(base_url=base, timeout=30) as client:
        while waiting and len(found) < len(kinds):
            path = waiting.popleft()
            wanted = {name: kind for name, kind in kinds.items() if name not in found}
            if not any(re.fullmatch(kind.path, path) for kind in wanted.values()):
                continue
            html = client.get(path).raise_for_status().text
            found |= {name: Found(path, html) for name in _told(wanted, path, html)}
            new = [link for link in dict.fromkeys(Links(html).found) if link not in known]
            known.update(new)
            waiting.extend(new)
    return found


def _told(kinds: Mapping[str, Kind], path: str, html: str) -> Iterator[str]:
    for name, kind in kinds.items():
        if re.fullmatch(kind.path, path) and re.search(kind.holds, html):
            yield name
