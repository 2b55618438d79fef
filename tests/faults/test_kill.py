"""A process killed at any point: after restart nothing is lost, nothing is doubled.

Every run plays a seeded history and is held against one of the same history that nobody disturbed.
``pytest tests/faults --kills 220`` makes 220 runs, each point ten times; without it each point is
met once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from schemas.topics import Producer
from tests.faults.client import Nursery, Sender
from tests.faults.gallows import ANYWHERE, POINTS, READ, WITHIN_SEND, Kill
from tests.faults.history import CODES, tell
from tests.faults.ledger import Ledger, read_ledger, why
from tests.faults.receiver import Receiver, listening
from tests.faults.victim import Order

HISTORIES = 5
EARLY = 3
"""A client in a hurry lets commits run together, so that only the first passages are sure."""


@dataclass(frozen=True)
class Unbroken:
    """A run that nobody disturbed: what it left, what it passed, how long it took."""

    ledger: Ledger
    passed: dict[str, int]
    hooks: list[str]
    seconds: float


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        runs = metafunc.config.getoption("--kills", default=0) or len(POINTS)
        ids = [f"{seed}-{POINTS[seed % len(POINTS)]}" for seed in range(runs)]
        metafunc.parametrize("seed", range(runs), ids=ids)


@pytest.fixture(scope="session")
def unbroken(
    nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[int, bool], Unbroken]:
    """A function that gives the undisturbed run of a history, by mail or by outbox."""
    known: dict[tuple[int, bool], Unbroken] = {}

    def give(history: int, mail: bool) -> Unbroken:
        if (history, mail) not in known:
            folder = tmp_path_factory.mktemp("unbroken")
            with listening() as receiver:
                sender = make_sender(nursery, receiver, folder, mail=mail)
                begun = monotonic()
                sender.play(tell(history))
                seconds = monotonic() - begun
            hooks = [notice for notice, _ in receiver.hooks]
            ledger = read_ledger(folder / "data")
            known[history, mail] = Unbroken(ledger, sender.passed, hooks, seconds)
        return known[history, mail]

    return give


def make_sender(
    nursery: Nursery, receiver: Receiver, folder: Path, *, mail: bool, **more: object
) -> Sender:
    (folder / "data").mkdir()
    order = Order(
        directory=folder / "data",
        clock=folder / "clock",
        audiences=receiver.audiences(folder / "audiences.toml", codes=CODES),
        smtp_url=receiver.smtp_url if mail else None,
    )
    return Sender(nursery, order, receiver, **more)


def choose_kills(seed: int, *, undisturbed: Unbroken, patient: bool) -> list[Kill]:
    """The first kill is sure to come about; up to two more find the victim while it recovers."""
    chance, point = Random(seed), POINTS[seed % len(POINTS)]
    most = undisturbed.passed.get(point, 1)
    if point == ANYWHERE:
        first = Kill(point, chance.uniform(0.0, 0.7 * undisturbed.seconds))
    else:
        first = Kill(point, chance.randint(1, most if patient else min(most, EARLY)))
    more = [
        chance.choice(
            (
                Kill(chance.choice(POINTS[:-1]), chance.randint(1, 4)),
                Kill(READ, chance.randint(1, 60)),
                Kill(ANYWHERE, chance.uniform(0.0, 1.5)),
            )
        )
        for _ in range(chance.choice((0, 1, 2)))
    ]
    return [first, *(kill for kill in more if kill.point != WITHIN_SEND)]


def test_every_point_is_passed_by_an_undisturbed_run(unbroken):
    for mail in (False, True):
        passed = unbroken(0, mail).passed

        assert {point for point in POINTS if not passed.get(point)} == {ANYWHERE}


def test_an_undisturbed_run_verifies_and_tells_everyone_once(unbroken):
    undisturbed = unbroken(0, False)

    assert undisturbed.ledger.verified[0] == 0, undisturbed.ledger.verified
    planned = undisturbed.ledger.planned()
    assert {why(notice)[0] for notice in planned.values()} >= {
        "first", "answered", "withdrawn", "still_open", "overdue", "chase_list"
    }  # fmt: skip
    assert sorted(undisturbed.hooks) == sorted(
        notice for notice, plan in planned.items() if plan.audience == "group"
    )


def test_a_killed_process_goes_on_as_if_nothing_had_been(
    seed, nursery, receiver, unbroken, fired, tmp_path
):
    block = seed // len(POINTS)
    mail, patient = (seed + block) % 2 == 0, Random(~seed).random() < 0.75
    history = block % HISTORIES
    undisturbed = unbroken(history, mail)
    kills = choose_kills(seed, undisturbed=undisturbed, patient=patient)
    sender = make_sender(nursery, receiver, tmp_path, mail=mail, kills=kills, patient=patient)

    sender.play(tell(history))
    fired.update(kill.point for kill in sender.fired)

    ledger = read_ledger(tmp_path / "data")
    assert sender.fired[0] == kills[0]
    assert sender.lives == len(sender.fired) + 1
    assert ledger.verified[0] == 0, ledger.verified
    check_returns(ledger, sender, undisturbed)
    check_events(ledger, undisturbed, patient=patient)
    check_hooks(ledger, receiver, undisturbed)
    if mail:
        check_mails(ledger, receiver)
    else:
        check_outbox(ledger, tmp_path / "data" / "outbox")


def test_a_message_that_may_have_gone_out_comes_again_under_its_id_and_says_so(
    nursery, receiver, tmp_path
):
    twice = [Kill("sender.after_send_before_record", n) for n in (1, 1)]
    sender = make_sender(nursery, receiver, tmp_path, mail=True, kills=twice)

    sender.play(tell(0))

    assert sender.fired == twice
    ledger = read_ledger(tmp_path / "data")
    repeated = [notice for notice, said in ledger.sent().items() if said.possible_repeat]
    first, second, third = receiver.mails[:3]
    assert first["Message-ID"] == second["Message-ID"] == third["Message-ID"]
    assert not first["Subject"].startswith("This may be a repeat:")
    for mail in (second, third):
        assert mail["Subject"].split() == f"This may be a repeat: {first['Subject']}".split()
    assert repeated == [first["Message-ID"].strip("<>").partition("@")[0]]
    assert len(receiver.hooks) == len({notice for notice, _ in receiver.hooks})


def test_a_hook_that_may_have_been_called_is_called_again_under_the_same_id(
    nursery, receiver, tmp_path
):
    kills = [Kill("sender.after_send_before_record", 2)]
    sender = make_sender(nursery, receiver, tmp_path, mail=True, kills=kills)

    sender.play(tell(0))

    assert sender.fired == kills
    (first, told), (second, told_again) = receiver.hooks[:2]
    assert first == second
    assert told == told_again
    assert len({notice for notice, _ in receiver.hooks}) == len(receiver.hooks) - 1


def check_returns(ledger: Ledger, sender: Sender, undisturbed: Unbroken) -> None:
    """Every return that was answered with a receipt is in the log once, and no other is."""
    returns = ledger.returns()

    assert set(returns) == set(sender.receipts) == set(undisturbed.ledger.returns())
    assert set(returns.values()) == {1}


def check_events(ledger: Ledger, undisturbed: Unbroken, *, patient: bool) -> None:
    """Every topic holds what it holds without a kill, event by event, byte by byte.

    With a client in a hurry answers, signatures and tries to send meet in an order of their own:
    then the same notices are planned and sent, under the same ids, each once.
    """
    assert ledger.chapters == undisturbed.ledger.chapters
    for topic, producer in sorted(ledger.chapters):
        if patient or producer not in (Producer.ALERTS, Producer.ALERTS_SHELL):
            ours = ledger.records(topic, producer)
            assert ours == undisturbed.ledger.records(topic, producer), (topic, producer)
    assert ledger.notices() == undisturbed.ledger.notices()


def check_hooks(ledger: Ledger, receiver: Receiver, undisturbed: Unbroken) -> None:
    """Each notice arrived, under the one id that it has in every run; a repeat says the same."""
    planned = {n: plan for n, plan in ledger.planned().items() if plan.audience == "group"}
    bodies: dict[str, list[dict[str, object]]] = {}
    for notice, body in receiver.hooks:
        bodies.setdefault(notice, []).append(body["data"])

    assert set(bodies) == set(planned) == set(undisturbed.hooks)
    assert len({(p.alert, *why(p)) for p in planned.values()}) == len(planned)
    for notice, said in bodies.items():
        assert {body["notice"] for body in said} == {notice}
        assert len({(body["alert"], body["subject"]) for body in said}) == 1
        assert ledger.sent()[notice].refused == 0


def check_mails(ledger: Ledger, receiver: Receiver) -> None:
    """Each notice was mailed; whatever came twice says of itself that it may be a repeat."""
    planned = {n for n, plan in ledger.planned().items() if plan.audience != "group"}
    mails: dict[str, list[str]] = {}
    for mail in receiver.mails:
        mails.setdefault(mail["Message-ID"].strip("<>").partition("@")[0], []).append(
            mail["Subject"]
        )

    assert set(mails) == planned
    for notice, subjects in mails.items():
        assert all(subject.startswith("This may be a repeat:") for subject in subjects[1:])
        assert ledger.sent()[notice].possible_repeat or len(subjects) == 1


def check_outbox(ledger: Ledger, outbox: Path) -> None:
    """Each notice is one whole file."""
    planned = {n for n, plan in ledger.planned().items() if plan.audience != "group"}
    files = sorted(outbox.iterdir())

    assert {file.suffix for file in files} == {".eml"}
    assert sorted(file.stem.partition("-")[2] for file in files) == sorted(planned)
