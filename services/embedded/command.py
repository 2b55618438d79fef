"""The ``tartan`` command: serve the embedded product, feed it, look at its log.

Exit codes: 0 done; 1 refused or different (the reason is printed); 2 cannot be done here (a wrong
call, a directory in use, a log that cannot be judged).
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from schemas.errors import TartanError
from schemas.topics import Topic
from services.benchmark.method import OlderThanLog
from services.embedded import feeding, looking, proving, service, serving
from services.embedded.erasure import NoSuchText
from services.embedded.parking import CannotReplay
from services.embedded.remote import CannotReach, UnknownFormat
from services.runtime import collector
from services.runtime.log import LogError
from services.runtime.server import CannotListen
from services.runtime.settings import Settings, SettingsError

EXIT_REFUSED = 1
EXIT_CANNOT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; print what a person needs and return the exit code."""
    parsed = _parser().parse_args(arguments)
    collector.look_seldom()
    try:
        settings = Settings.from_environment(os.environ)
        code: int = parsed.run(parsed, settings)
    except (CannotReplay, NoSuchText, UnknownFormat, TartanError) as error:
        print(error, file=sys.stderr)
        return EXIT_REFUSED
    except (
        LogError,
        OlderThanLog,
        SettingsError,
        CannotReach,
        CannotListen,
        serving.CannotServe,
    ) as error:
        print(error, file=sys.stderr)
        return EXIT_CANNOT
    except BrokenPipeError:
        return EXIT_REFUSED
    except OSError as error:
        print(f"{error.filename or 'This machine'}: {error.strerror or error}", file=sys.stderr)
        return EXIT_CANNOT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tartan", description="Live benchmarking and early warning for children's services."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands)
    _add_services(commands)
    _add_feeding(commands)
    _add_looking(commands)
    _add_receipt(commands)
    return parser


def _add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = commands.add_parser("serve", help="run the product in one process")
    serve.add_argument("--data", type=Path, help="the data directory (TARTAN_DATA)")
    serve.add_argument("--host", default="127.0.0.1", help="a loopback address")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument(
        "--demo", action="store_true", help="fill an empty data directory with an invented region"
    )
    serve.set_defaults(run=serving.serve)


def _add_services(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the services of the distributed product, each with a port of its own."""
    for port, (name, run, what) in enumerate(
        (
            ("ingest", service.ingest, "take returns"),
            ("benchmark", service.benchmark, "say where figures stand"),
            ("alerts", service.alerts, "take answers and send notices"),
            ("gateway", service.gateway, "show it all: API, pages, live updates"),
        ),
        start=8001,
    ):
        process = commands.add_parser(name, help=f"{what}: one service of the distributed product")
        process.add_argument(
            "--host",
            default="127.0.0.1",
            help="a loopback address, or any with TARTAN_PRIVATE_NETWORK=yes",
        )
        process.add_argument("--port", type=int, default=port)
        process.set_defaults(run=run)
        if name == "benchmark":
            process.add_argument(
                "--instance", help="a name of this replica's own: a restart takes over at once"
            )
            process.add_argument(
                "--session", type=float, default=10.0, help="seconds until another takes over"
            )


def _add_feeding(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    figures = commands.add_parser(
        "import-published", help="read Explore Education Statistics files"
    )
    figures.add_argument("files", nargs="+", type=Path, metavar="FILE")
    _add_place(figures)
    figures.set_defaults(run=feeding.import_published)

    submit = commands.add_parser(
        "submit", help="send returns (.json, .csv, .xlsx) to a running Tartan"
    )
    submit.add_argument("files", nargs="+", type=Path, metavar="FILE")
    submit.add_argument("--url", required=True)
    submit.add_argument("--dry-run", action="store_true", help="check only; nothing is stored")
    submit.add_argument(
        "--reason", metavar="WORDS", help="why there is another version: needed after a sign-off"
    )
    submit.add_argument(
        "--on-behalf",
        metavar="WORDS",
        help="for the regional analyst: why it is sent in the authority's place",
    )
    submit.set_defaults(run=feeding.submit)

    for name, what in (("open", "open a collection's period"), ("close", "close it")):
        period = commands.add_parser(name, help=what)
        period.add_argument("collection")
        period.add_argument("period")
        _add_place(period)
        period.set_defaults(run=feeding.open_period if name == "open" else feeding.close_period)
        if name == "open":
            period.add_argument("--due", help="the day by which returns are due, as 2026-11-11")


def _add_looking(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    events = commands.add_parser("events", help="print the log, an event a line")
    events.add_argument("--topic", type=Topic, choices=list(Topic))
    _add_data(events)
    events.set_defaults(run=looking.events)

    verify = commands.add_parser("verify", help="prove that the log says what its cores say")
    _add_data(verify)
    verify.set_defaults(run=looking.verify)

    parked = commands.add_parser("parked", help="records that could not be decoded")
    actions = parked.add_subparsers(required=True, metavar="ACTION")
    for name, run in (
        ("list", looking.parked_list),
        ("show", looking.parked_show),
        ("replay", looking.parked_replay),
        ("park", looking.parked_park),
    ):
        action = actions.add_parser(name)
        if name != "list":
            action.add_argument("topic", type=Topic, choices=list(Topic))
            action.add_argument("offset", type=int)
        if name == "park":
            action.add_argument("--reason", required=True)
        _add_data(action)
        action.set_defaults(run=run)

    erase = commands.add_parser("erase", help="erase a text for good")
    erase.add_argument("text", help="the text's id")
    _add_data(erase)
    erase.set_defaults(run=looking.erase_text)


def _add_receipt(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    receipt = commands.add_parser("receipt", help="prove receipts of returns")
    actions = receipt.add_subparsers(required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="prove a receipt, asking nobody")
    verify.add_argument("file", type=Path, metavar="FILE", help="the receipt as JSON")
    verify.add_argument(
        "--key", type=Path, required=True, help="public keys in PEM, from /v1/receipts/key"
    )
    verify.add_argument(
        "--return", dest="sent", type=Path, metavar="FILE", help="the file that was sent, too"
    )
    verify.set_defaults(run=proving.verify)


def _add_data(command: argparse.ArgumentParser) -> None:
    place = command.add_mutually_exclusive_group()
    place.add_argument("--data", type=Path, help="the data directory (TARTAN_DATA)")
    place.add_argument("--kafka", metavar="HOST:PORT", help="the log on Kafka, of TARTAN_NATION")


def _add_place(command: argparse.ArgumentParser) -> None:
    place = command.add_mutually_exclusive_group(required=True)
    place.add_argument("--data", type=Path, help="the data directory, while no Tartan runs on it")
    place.add_argument("--url", help="a running Tartan, such as http://127.0.0.1:8000")


if __name__ == "__main__":
    sys.exit(main())
