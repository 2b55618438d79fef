"""Of several replicas one acts, and each that begins to act begins from the log."""

from services.runtime.tenant import Tenant


class Scribe:
    """A worker that notes what it was told to do."""

    name = "scribe"

    def __init__(self) -> None:
        self.done: list[str] = []

    def recover(self) -> None:
        self.done.append("recover")

    def advance(self) -> int:
        self.done.append("advance")
        return 1


def test_who_may_not_act_does_nothing():
    scribe = Scribe()
    tenant = Tenant(scribe, may_act=lambda: False)

    tenant.recover()

    assert tenant.advance() == 0
    assert scribe.done == []


def test_whoever_may_act_again_begins_anew_because_another_may_have_acted_meanwhile():
    scribe, rights = Scribe(), iter([True, True, False, True])
    tenant = Tenant(scribe, may_act=lambda: next(rights), begin=lambda: scribe.done.append("begin"))

    dealt = [tenant.advance() for _ in range(4)]

    assert dealt == [1, 1, 0, 1]
    begun = ["recover", "begin", "advance"]
    assert scribe.done == [*begun, "advance", *begun]


def test_a_beginning_that_fails_is_made_again():
    scribe, faults = Scribe(), iter([OSError("away")])

    def begin() -> None:
        for fault in faults:
            raise fault

    tenant = Tenant(scribe, may_act=lambda: True, begin=begin)
    try:
        tenant.advance()
    except OSError:
        scribe.done.append("failed")

    assert tenant.advance() == 1
    assert scribe.done == ["recover", "failed", "recover", "advance"]
