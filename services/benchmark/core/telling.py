"""Telling: one authority's signature events of one quarter, from what fired and what was said."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.events import (
    AlertSeverity,
    SignatureChanged,
    SignatureCleared,
    SignatureEvent,
    SignatureRaised,
    SignatureWithdrawn,
    derived_id,
)
from schemas.periods import Period
from services.benchmark.core.facts import Facts
from services.benchmark.core.grounds import state_grounds
from services.benchmark.core.occasion import (
    OWN,
    WITHDRAWN_BECAUSE,
    Context,
    Occasion,
    WithdrawalReason,
)
from services.benchmark.core.pushing import (
    Push,
    PushReason,
    push_cleared,
    push_fired,
    push_withdrawn,
)
from services.benchmark.core.record import Episode, EpisodeState, hear
from services.benchmark.core.rule import Rule, RuleBook
from services.benchmark.core.severity import Fired, grade_all, place


class Teller:
    """Says what changed, rule by rule in the order given: composites before their own reds.

    ``payloads`` is what was said; each is heard at once, so that a later rule knows of it.
    """

    def __init__(
        self,
        said: Mapping[str, Episode],
        *,
        rules: RuleBook,
        facts: Facts,
        authority: str,
        period: Period,
        context: Context,
    ) -> None:
        self.payloads: list[SignatureEvent] = []
        self._said = dict(said)
        self._standing = _open_by_signature(said)
        self._rules = rules
        self._facts = facts
        self._authority = authority
        self._period = period
        self._context = context

    def retire(self) -> None:
        """Withdraw what stands of signatures that the rules no longer have."""
        for episode in tuple(self._said.values()):
            if episode.open and episode.signature not in self._rules.rules:
                self._say(self._withdrawn(episode, WithdrawalReason.RETIRED))

    def tell(self, rule: Rule, truth: bool | None, fired: Fired | None) -> None:
        """Say what is to be said of one rule; ``fired`` is given where the truth is true."""
        standing = self._standing.get(rule.id)
        payload: SignatureEvent | None = None
        if fired is not None:
            payload = (
                self._raise(rule, fired) if standing is None else self._go_on(rule, fired, standing)
            )
        elif standing is not None:
            payload = self._lapse(rule, truth, standing)
        if payload is not None:
            self._say(payload)

    def _raise(self, rule: Rule, fired: Fired) -> SignatureEvent | None:
        if not self._context.may_raise(rule.collection):
            return None
        for ended in self._said.values():
            cleared = ended.signature == rule.id and ended.state is EpisodeState.CLEARED
            if cleared and (ended.spans(self._period) or ended.alert == self._name(rule)):
                return None
        push = self._push_fired(rule, fired, told=None, since=self._period)
        return SignatureRaised(**self._grounds(rule, fired, push))

    def _go_on(self, rule: Rule, fired: Fired, standing: Episode) -> SignatureEvent | None:
        if self._period < standing.period:
            return None
        rises = place(fired.severity) > place(standing.severity)
        further = self._period > standing.period
        if (rises or further) and not self._context.may_raise(rule.collection):
            return None
        push = self._push_fired(rule, fired, told=standing.told, since=standing.since)
        if not further and self._is_lowered(rule, fired, standing, at=self._period):
            push = Push(True, PushReason.LOWERED)
        same = not further and fired.severity is standing.severity and not push.tell
        if same and self._context.occasion is Occasion.OTHERS_RETURN:
            return None
        if same and not self._differs(rule, standing):
            return None
        return SignatureChanged(**self._grounds(rule, fired, push, standing))

    def _lapse(self, rule: Rule, truth: bool | None, standing: Episode) -> SignatureEvent | None:
        if self._period == standing.period:
            unknown = truth is None and self._context.occasion not in {*OWN, Occasion.METHOD}
            return None if unknown else self._give_up(rule, standing)
        if self._period > standing.period and self._is_clear(rule, standing):
            push = push_cleared(told=standing.told, newest=self._is_newest(rule))
            return SignatureCleared(**self._envelope(standing, push, period=self._period))
        return None

    def _give_up(self, rule: Rule, standing: Episode) -> SignatureEvent:
        """Withdraw; or fall back on the quarter that people were told of, where that still fires.

        To withdraw what still holds would be a false all-clear.
        """
        told_of = standing.told_of
        if told_of is None or told_of >= self._period:
            reason = WITHDRAWN_BECAUSE[self._context.occasion]
            return self._withdrawn(standing, reason)
        for back in _walk_back(self._period.previous(), to=told_of):
            fired = self._grade_again(rule, back)
            if fired is not None:
                lowered = self._is_lowered(rule, fired, standing, at=back)
                push = Push(lowered, PushReason.LOWERED if lowered else PushReason.HISTORY)
                grounds = self._grounds(rule, fired, push, standing, period=back)
                return SignatureChanged(**grounds)
        return self._withdrawn(standing, WITHDRAWN_BECAUSE[self._context.occasion])

    def _is_lowered(self, rule: Rule, fired: Fired, standing: Episode, *, at: Period) -> bool:
        """Whether a correction took from what was told, and left ``fired``.

        A newer quarter that is less serious takes nothing back: what was told must no longer be
        reached in the quarter that it was told of, nor in any since then.
        """
        told, told_of = standing.told, standing.told_of
        if told is None or told_of is None or place(fired.severity) >= place(told):
            return False
        if told_of == at:
            return True
        if self._context.occasion not in OWN:
            return False
        again = (self._grade_again(rule, back) for back in _walk_back(at.previous(), to=told_of))
        return not any(g is not None and place(g.severity) >= place(told) for g in again)

    def _grade_again(self, rule: Rule, period: Period) -> Fired | None:
        """Return what a rule is in an earlier quarter as figures now stand; None: not fired."""
        weighed = self._rules.touching(rule.collection).weigh(self._facts, period)
        fired = [each for each, truth in weighed if truth]
        graded = grade_all(fired, ladder=self._rules.ladder, facts=self._facts, period=period)
        return graded.get(rule.id)

    def _first(self, rule: Rule, standing: Episode, *, by: Period) -> Period:
        """Return the first quarter of the episode in which the rule still fires.

        Only own figures move it, and only forward: the episode keeps the id that names the quarter
        in which it was raised.
        """
        if self._context.occasion not in OWN:
            return standing.since
        first = standing.since
        while first < by and not rule.check.truth(self._facts, first):
            first = first.next()
        return first

    def _name(self, rule: Rule) -> str:
        """Return the id of an episode that begins in the period."""
        return derived_id(self._context.nation, self._authority, rule.id, str(self._period))

    def _is_clear(self, rule: Rule, standing: Episode) -> bool:
        """Whether this and enough quarters before it are new observations below the line (R16).

        A quarter that is not assessable or brings nothing new neither counts nor breaks the row.
        """
        below, quarter = 0, self._period
        while quarter > standing.period:
            clear = rule.clear.truth(self._facts, quarter)
            fires = rule.check.truth(self._facts, quarter)
            if fires or clear is False:
                return False
            if clear and rule.check.observed(self._facts, quarter):
                below += 1
            elif quarter == self._period:
                return False
            if below == self._rules.ladder.clears_after:
                return True
            quarter = quarter.previous()
        return False

    def _push_fired(
        self, rule: Rule, fired: Fired, *, told: AlertSeverity | None, since: Period
    ) -> Push:
        return push_fired(
            rule,
            severity=fired.severity,
            footing=fired.footing,
            told=told,
            newest=self._is_newest(rule),
            covered=not rule.composite and self._is_covered(rule, since),
        )

    def _is_covered(self, rule: Rule, since: Period) -> bool:
        """Whether a composite's notice speaks of the figure: told, not taken back, and as late."""
        return any(
            episode.told not in (None, AlertSeverity.WATCH)
            and episode.state is not EpisodeState.WITHDRAWN
            and episode.period >= since
            and self._rules.rules[episode.signature].composite
            and any(episode.rests_on(indicator) for indicator in rule.indicators)
            for episode in self._said.values()
            if episode.signature in self._rules.rules
        )

    def _is_newest(self, rule: Rule) -> bool:
        return self._context.is_newest(rule.collection, self._period)

    def _differs(self, rule: Rule, standing: Episode) -> bool:
        """Whether there is news: other figures of its own, else another outcome than was said."""
        conditions = tuple(rule.check.rows(self._facts, self._period))
        if self._context.occasion in OWN:
            since = self._first(rule, standing, by=self._period)
            return (conditions, since) != (standing.conditions, standing.since)
        outcomes = [(c.expression, c.result) for c in conditions]
        return outcomes != [(c.expression, c.result) for c in standing.conditions]

    def _grounds(
        self,
        rule: Rule,
        fired: Fired,
        push: Push,
        standing: Episode | None = None,
        *,
        period: Period | None = None,
    ) -> dict[str, Any]:
        """Return what is said of a rule that fired; without ``standing`` an episode begins."""
        at = period or self._period
        since = self._first(rule, standing, by=at) if standing is not None else at
        return {
            "alert": standing.alert if standing is not None else self._name(rule),
            "authority": self._authority,
            "collection": rule.collection,
            "signature": rule.id,
            "sign": rule.sign,
            "severity": fired.severity,
            "period": str(at),
            "since": str(since),
            "push": push.tell,
            "push_reason": push.reason,
            "rule_version": self._rules.version,
            "question": rule.question,
            **state_grounds(rule, self._facts, at),
        }

    def _envelope(self, episode: Episode, push: Push, *, period: Period) -> dict[str, Any]:
        return {
            "alert": episode.alert,
            "authority": self._authority,
            "collection": episode.collection,
            "signature": episode.signature,
            "sign": episode.sign,
            "severity": episode.severity,
            "period": str(period),
            "since": str(episode.since),
            "push": push.tell,
            "push_reason": push.reason,
            "rule_version": self._rules.version,
        }

    def _withdrawn(self, episode: Episode, reason: WithdrawalReason) -> SignatureWithdrawn:
        push = push_withdrawn(told=episode.told)
        envelope = self._envelope(episode, push, period=episode.period)
        return SignatureWithdrawn(**envelope, reason=reason)

    def _say(self, payload: SignatureEvent) -> None:
        self.payloads.append(payload)
        hear(self._said, payload)
        self._standing = _open_by_signature(self._said)


def _open_by_signature(said: Mapping[str, Episode]) -> dict[str, Episode]:
    return {episode.signature: episode for episode in said.values() if episode.open}


def _walk_back(quarter: Period, *, to: Period) -> Iterator[Period]:
    while quarter >= to:
        yield quarter
        quarter = quarter.previous()
