"""``tartan serve``: the embedded product on a loopback address."""

import argparse
import signal
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from schemas.published import shipped_figures
from schemas.reference import DEMONSTRATION, ENGLAND, load_library
from services.alerts.audience import AudienceFault
from services.alerts.channel.smtp import SmtpAddressFault
from services.embedded import data
from services.embedded.app import create_app
from services.embedded.demonstration.action import Submit
from services.embedded.demonstration.load import load
from services.embedded.demonstration.moment import StoryClock
from services.embedded.demonstration.script import write_script
from services.embedded.demonstration.story import load_story
from services.embedded.wiring import Product, assemble, nation_of
from services.runtime import journal
from services.runtime.clock import now, rfc3339
from services.runtime.log import Log
from services.runtime.settings import Settings

_DRAIN_SECONDS = 20
_DEMO_DIRECTORY = Path(".data/demo")


class CannotServe(Exception):
    """The product cannot be started like this; the message says what to change."""


class _Server(uvicorn.Server):
    """Says where it listens once it does; lets those who follow the live updates go at the end."""

    def __init__(self, config: uvicorn.Config, *, on_exit: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_exit = on_exit

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"Tartan is at http://{self.config.host}:{port}", flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._on_exit()
        super().handle_exit(sig, frame)


def serve(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the product until it is told to stop; return 0 after a clean stop.

    Raises CannotServe for an address that is not loopback or is taken, or a directory of another
    nation.
    """
    _require_loopback(arguments.host)
    journal.configure(settings.log_level)
    directory = arguments.data or (_DEMO_DIRECTORY if arguments.demo else settings.data)
    with data.owned(directory) as log:
        nation = _nation(log, demo=arguments.demo, directory=directory)
        product = _product(log, directory, nation, _at(settings, arguments))
        log.listen(product.wake)
        config = uvicorn.Config(
            create_app(product),
            host=arguments.host,
            port=arguments.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
        )
        server = _Server(config, on_exit=product.feed.close)
        for number in (signal.SIGTERM, signal.SIGINT):
            # The server raises the signal again once it has drained; by then all is done.
            signal.signal(number, lambda _number, _frame: None)
        try:
            server.run()
        except SystemExit as stopped:
            raise CannotServe(
                f"Nothing can listen on {arguments.host} port {arguments.port}: another program "
                "does, or this account may not. Name another port with --port."
            ) from stopped
    return 0 if server.started else 1


def _product(log: Log, directory: Path, nation: str, settings: Settings) -> Product:
    """Return the product with a log that has all it needs, the demonstration played if it is one.

    Raises CannotServe if its settings cannot be used, OlderThanLog if the log is newer.
    """
    clock = StoryClock(now(), afterwards=now)
    clock.finish()
    try:
        product = assemble(
            log,
            directory=directory,
            nation=nation,
            library=load_library(),
            settings=settings,
            now=clock,
        )
    except (AudienceFault, SmtpAddressFault, OSError) as fault:
        raise CannotServe(str(fault)) from fault
    if nation == DEMONSTRATION:
        _demonstrate(product, clock)
    else:
        product.prepare(shipped_figures())
    return product


def _demonstrate(product: Product, clock: StoryClock) -> None:
    """Play what of the story the log has not seen yet, each action at its own moment."""
    actions = write_script(shipped_figures(), story=load_story(), library=product.views.library)
    last = max(rfc3339(action.at) for action in actions if isinstance(action, Submit))
    clock.show(actions[0].at)
    product.prepare(shipped_figures())
    if max((version.received_at for version in product.desk.versions()), default="") < last:
        print("Preparing the demonstration region, once; well under a minute …", flush=True)
        load(actions, desk=product.desk, office=product.office, clock=clock, settle=product.settle)
    clock.finish()


def _nation(log: Log, *, demo: bool, directory: Path) -> str:
    found = nation_of(log)
    if demo and found not in {None, DEMONSTRATION}:
        raise CannotServe(
            f"{directory} holds real returns, and the demonstration needs a directory of its own: "
            "name an empty one with --data."
        )
    return found or (DEMONSTRATION if demo else ENGLAND)


def _at(settings: Settings, arguments: argparse.Namespace) -> Settings:
    """Let notices link to the address that is served, unless a setting names another."""
    if "base_url" in settings.model_fields_set:
        return settings
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    return settings.model_copy(update={"base_url": f"http://{host}:{arguments.port}"})


def _require_loopback(host: str) -> None:
    try:
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise CannotServe(
            f"{host} can be reached from other machines, and nobody can sign in yet. Use 127.0.0.1."
        )
