"""The server: an app on an address of this machine, drained when it is told to stop."""

import signal
from collections.abc import Callable
from ipaddress import ip_address
from threading import Thread
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp

_DRAIN_SECONDS = 20


class CannotListen(Exception):
    """The service cannot be reached as it was told to be; the message says what to change."""


class _Server(uvicorn.Server):
    """Says where it listens once it does; lets those who follow the live updates go at the end."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        announce: Callable[[str], None],
        on_exit: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._on_exit = on_exit

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        self._announce(f"http://{self.config.host}:{port}")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # In a thread of its own: a signal may come while this one holds a lock that is needed.
        Thread(target=self._on_exit, daemon=True).start()
        super().handle_exit(sig, frame)


def serve(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    announce: Callable[[str], None],
    on_exit: Callable[[], None] = lambda: None,
) -> int:
    """Serve an app until told to stop, then drain; return 0 after a clean stop.

    ``announce`` is given the address once the server listens, ``on_exit`` is called as draining
    begins. Raises CannotListen where the address is taken.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    server = _Server(config, announce=announce, on_exit=on_exit)
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server raises the signal again once it has drained; by then all is done.
        signal.signal(number, lambda _number, _frame: None)
    try:
        server.run()
    except SystemExit as stopped:
        raise CannotListen(
            f"Nothing can listen on {host} port {port}: another program does, or this account may "
            "not. Name another port with --port."
        ) from stopped
    return 0 if server.started else 1


def require_loopback(host: str) -> None:
    """Raise CannotListen for an address that other machines can reach."""
    if not _is_loopback(host):
        raise CannotListen(
            f"{host} can be reached from other machines, and nobody can sign in yet. Use 127.0.0.1."
        )


def require_private(host: str, *, stated: bool) -> None:
    """Raise CannotListen for an address that other machines can reach.

    ``stated`` is the operator's word that those machines are a private network, with a door of its
    own that knows who comes; then any address will do.
    """
    if not stated and not _is_loopback(host):
        raise CannotListen(
            f"{host} can be reached from other machines, and nobody can sign in yet. Use "
            "127.0.0.1. If the address lies in a private network whose only door is a proxy that "
            "knows who comes, say so: TARTAN_PRIVATE_NETWORK=yes."
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
