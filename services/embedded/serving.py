"""``tartan serve``: the embedded product on a loopback address."""

import argparse
from pathlib import Path

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
from services.runtime import journal, server
from services.runtime.clock import now, rfc3339
from services.runtime.log import Log
from services.runtime.settings import Settings

_DEMO_DIRECTORY = Path(".data/demo")


class CannotServe(Exception):
    """The product cannot be started like this; the message says what to change."""


def serve(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the product until it is told to stop; return 0 after a clean stop.

    Raises CannotListen for an address that is not loopback or is taken, CannotServe for a directory
    of another nation.
    """
    server.require_loopback(arguments.host)
    journal.configure(settings.log_level, service="tartan")
    directory = arguments.data or (_DEMO_DIRECTORY if arguments.demo else settings.data)
    with data.owned(directory) as log:
        nation = _nation(log, demo=arguments.demo, directory=directory)
        journal.configure(settings.log_level, service="tartan", nation=nation)
        product = _product(log, directory, nation, _at(settings, arguments))
        log.listen(product.wake)
        app = create_app(product)
        return server.serve(
            app,
            host=arguments.host,
            port=arguments.port,
            announce=lambda address: print(f"Tartan is at {address}", flush=True),
            on_exit=app.state.drain,
        )


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
