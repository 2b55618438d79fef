"""The far side: a webhook's receiver and a mail server, both real, both in the test's process."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from standardwebhooks import Webhook

_SILENCE_SECONDS = 60.0
SECRET = "whsec_" + "dGFydGFuIHRlc3RzIHNpZ24gd2l0aCB0aGlz"


@dataclass
class Receiver:
    """Keeps what arrived. While ``down`` it refuses; ``on_arrival`` is called before it answers.

    ``mood`` is asked at every hook: one that does not ``take`` it may ``refuse``, or keep it and
    ``drop`` the connection or be ``silent`` until ``woken``. ``traces`` are the hooks' own.
    """

    hook_url: str = ""
    smtp_url: str = ""
    down: bool = False
    on_arrival: Callable[[], None] = lambda: None
    mood: Callable[[], str] = lambda: "take"
    woken: threading.Event = field(default_factory=threading.Event)
    traces: dict[str, str | None] = field(default_factory=dict)
    hooks: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)

    def audiences(self, file: Path, *, codes: tuple[str, ...]) -> Path:
        """Write a file of audiences: the group has the webhook, each authority's director mail."""
        entries = [
            f'[[audience]]\nid = "group"\nregion = "D00"\n'
            f'webhook = {{ url = "{self.hook_url}", secret = "{SECRET}" }}\n'
        ]
        entries += [
            f'[[audience]]\nid = "director-{code.lower()}"\nauthority = "{code}"\n'
            f'email = ["{code.lower()}@example.org"]\n'
            for code in codes
        ]
        file.write_text("\n".join(entries), encoding="utf-8")
        return file

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.down:
            return "451 not now"
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.on_arrival()
        return "250 taken"


@contextmanager
def listening() -> Iterator[Receiver]:
    """Give a receiver that listens on free ports of this machine."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.hook_url = f"http://127.0.0.1:{server.server_port}/hook"
    mail = _Mail(receiver, hostname="127.0.0.1", port=0)
    mail.start()
    receiver.smtp_url = f"smtp://127.0.0.1:{mail.port}"
    try:
        yield receiver
    finally:
        receiver.woken.set()
        mail.stop()
        server.shutdown()
        thread.join()
        server.server_close()


class _Mail(Controller):
    def _trigger_server(self) -> None:
        """Learn the port, which is only known once the server has it."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _check(headers: Message, body: bytes) -> str:
    """Return the id that was signed; the victim's clock is its own, so any moment is taken."""
    moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    signed = Webhook(SECRET).sign(headers["webhook-id"], moment, body.decode())
    assert headers["webhook-signature"] == signed
    return headers["webhook-id"]


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            mood = "refuse" if receiver.down else receiver.mood()
            if mood != "refuse":
                notice = _check(self.headers, body)
                receiver.hooks.append((notice, json.loads(body)))
                receiver.traces[notice] = self.headers["traceparent"]
                receiver.on_arrival()
            if mood == "silent":
                receiver.woken.wait(_SILENCE_SECONDS)
            if mood in {"silent", "drop"}:
                self.close_connection = True
                return
            self.send_response(503 if mood == "refuse" else 204)
            self.end_headers()

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                """The sender died before it was answered: that is what is tested here."""

        def log_message(self, *_: Any) -> None:
            """Keep the test's output clean."""

    return Handler
