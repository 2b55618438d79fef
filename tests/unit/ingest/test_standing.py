"""What may be done to a return that stands: sign-off and lock hold in any order of events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import TartanError
from schemas.events import (
    Event,
    Payload,
    PeriodClosed,
    PeriodOpened,
    ReturnAccepted,
    ReturnSignedOff,
    ReturnUnlocked,
    SignOffRefused,
)
from schemas.sign_off import STATEMENT
from schemas.topics import Producer
from services.ingest.core.acceptance import ReasonMissing, ReturnLocked, decide
from services.ingest.core.approval import AlreadySigned, decide_refusal, decide_sign_off, refusal_of
from services.ingest.core.record import event_id
from services.ingest.core.standing import NoLongerStands, word_of
from services.ingest.core.unlocking import decide_unlock
from services.ingest.core.version import Version, Versions, take
from services.ingest.core.withdrawal import decide_withdrawal

KEY = ("383", "riia-quarterly", "2026-27-Q2")
OPENED = PeriodOpened(collection=KEY[1], period=KEY[2], due="2026-11-11")
CLOSED = PeriodClosed(collection=KEY[1], period=KEY[2])
WHY, ACTOR = "Contacts had been left out.", "local"


def tell(known: Versions, *payloads: Payload) -> None:
    """Fold what was said, under the ids that the ledger gives."""
    for payload in payloads:
        time = f"2026-10-20T09:00:{len(known.returns) % 60:02d}.000Z"
        ident = event_id(payload, known=known)
        take(known, Event(ident, "england", Producer.INGEST, time, payload))


def accept(known: Versions, sha256: str, *, reasoned: bool = False) -> str:
    decision = decide(
        known, key=KEY, sha256=sha256, supersedes=known.slot(KEY).stands, reasoned=reasoned
    )
    said = ReturnAccepted(
        return_id=decision.return_id, authority=KEY[0], collection=KEY[1], period=KEY[2],
        sha256=sha256, size=10, media_type="text/csv", channel="api", rules="2026.2",
        supersedes=decision.supersedes, observations=(),
    )  # fmt: skip
    tell(known, *[said][decision.same is not None :])
    return decision.return_id


@pytest.fixture
def known() -> Versions:
    versions = Versions("england")
    tell(versions, OPENED)
    return versions


def current(known: Versions) -> Version:
    found = known.slot(KEY).current
    assert found is not None
    return found


def sign(known: Versions, version: Version) -> None:
    tell(known, *decide_sign_off(known, version, statement=STATEMENT, actor=ACTOR))


def test_a_sign_off_of_what_another_replica_superseded_meanwhile_is_nothing(known):
    accept(known, "a")
    first = current(known)
    (late,) = decide_sign_off(known, first, statement=STATEMENT, actor=ACTOR)
    accept(known, "b")
    tell(known, late)

    assert known.words.signed == {}
    with pytest.raises(NoLongerStands, match=current(known).return_id):
        word_of(known, first, known.words.signed)


def test_of_a_refusal_and_a_sign_off_at_once_the_sign_off_holds(known):
    accept(known, "a")
    version = current(known)
    refused = decide_refusal(known, version, reason=WHY, actor=ACTOR)
    sign(known, version)
    tell(known, refused[-1])

    assert known.words.refused == {}
    with pytest.raises(AlreadySigned):
        refusal_of(known, version)


def test_what_was_decided_before_the_close_and_came_behind_it_stands_and_is_locked(known):
    accept(known, "a")
    correction = ReturnAccepted(
        return_id="late", authority=KEY[0], collection=KEY[1], period=KEY[2], sha256="b", size=10,
        media_type="text/csv", channel="api", rules="2026.2", observations=(),
    )  # fmt: skip
    tell(known, CLOSED, correction)

    assert current(known).return_id == "late"
    with pytest.raises(ReturnLocked):
        accept(known, "c", reasoned=True)


def test_a_sign_off_and_a_lock_are_of_one_authority_alone(known):
    other = ("302", *KEY[1:])
    accept(known, "a")
    sign(known, current(known))
    tell(known, CLOSED)

    assert decide(known, key=other, sha256="a").supersedes is None


DEEDS = st.lists(st.sampled_from(["send", "reasoned", "withdraw", "sign", "refuse", "unlock"]))


@given(DEEDS, DEEDS)
def test_behind_the_close_nothing_changes_but_what_was_unlocked_and_each_time_once(before, after):
    known = Versions("england")
    tell(known, OPENED)
    for number, deed in enumerate(before):
        _do(known, deed, number)
    tell(known, CLOSED)
    for number, deed in enumerate(after, start=len(before)):
        stood, unlocked = known.slot(KEY).current, set(known.words.unlocked)
        signed = stood is not None and stood.return_id in known.words.signed
        _do(known, deed, number)
        stands = known.slot(KEY).current
        if stood is not None and stands != stood:
            assert stood.return_id in unlocked
            assert not (signed and deed == "send")
        if stands is not None and stands != stood:
            assert stands.return_id not in known.words.unlocked
            assert stands.return_id not in known.words.signed
    assert not known.words.signed.keys() & known.words.refused.keys()


def _do(known: Versions, deed: str, number: int) -> None:
    version = known.slot(KEY).current
    try:
        if deed in {"send", "reasoned"}:
            accept(known, f"bytes-{number}", reasoned=deed == "reasoned")
        elif version is not None:
            tell(known, *_say(known, version, deed)[-1:])
    except TartanError:
        """What is refused changes nothing."""


def _say(known: Versions, version: Version, deed: str) -> tuple[Payload, ...]:
    match deed:
        case "withdraw":
            return decide_withdrawal(known, version, reason=WHY)
        case "sign":
            return decide_sign_off(known, version, statement=STATEMENT, actor=ACTOR)
        case "refuse":
            return decide_refusal(known, version, reason=WHY, actor=ACTOR)
        case _:
            return decide_unlock(known, version, reason=WHY, actor=ACTOR)


def test_a_word_said_twice_is_no_event_and_of_each_kind_has_an_id_of_its_own(known):
    accept(known, "a")
    version = current(known)
    refusal = decide_refusal(known, version, reason=WHY, actor=ACTOR)[-1]
    sign_off = decide_sign_off(known, version, statement=STATEMENT, actor=ACTOR)[-1]
    tell(known, CLOSED)
    unlocking = decide_unlock(known, version, reason=WHY, actor=ACTOR)[-1]
    kinds = (SignOffRefused, ReturnSignedOff, ReturnUnlocked)
    said = (refusal, sign_off, unlocking)
    ids = {event_id(payload, known=known) for payload in said}
    tell(known, *said)

    assert tuple(map(type, said)) == kinds
    assert len(ids) == 3
    assert decide_sign_off(known, version, statement=STATEMENT, actor=ACTOR) == ()
    assert decide_unlock(known, version, reason=WHY, actor=ACTOR) == ()
    with pytest.raises(ReasonMissing):
        accept(known, "b")
    assert accept(known, "b", reasoned=True) == current(known).return_id
