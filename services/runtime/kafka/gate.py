"""The gate: nothing begins before Kafka answers and its topics fit."""

import logging
from collections.abc import Callable

from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.topic import UnfitTopics, check, prepare
from services.runtime.log import LogError
from services.runtime.operation import Health

_log = logging.getLogger(__name__)


class Gate:
    """Opens once the topics are there, made where they are missing; safe to ask from any thread.

    Once it was open nothing is made any more: a topic that is gone then is a loss, not a beginning.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        make: Callable[[KafkaSettings], object] = prepare,
        look: Callable[[KafkaSettings], object] = check,
    ) -> None:
        """Start closed; nothing is asked yet."""
        self._settings = settings
        self._ask = make
        self._look = look
        self._health = Health(ok=False, detail="waits for Kafka")

    def knock(self) -> bool:
        """Ask Kafka once, and say whether the gate is open: knock again after a pause if not.

        Raises UnfitTopics, because waiting does not mend a topic that is laid out otherwise.
        """
        try:
            self._ask(self._settings)
        except LogError as error:
            self._wait(str(error), type(error).__name__)
            if isinstance(error, UnfitTopics):
                raise
            return False
        self._ask = self._look
        self._health = Health(ok=True)
        return True

    def _wait(self, detail: str, fault: str) -> None:
        """Note what is wrong, and log it when it is news: this is asked every second."""
        if detail != self._health.detail:
            _log.warning("waits for kafka", extra={"fault": fault, "detail": detail})
        self._health = Health(ok=False, detail=detail)

    def health(self) -> Health:
        """Say whether Kafka answered when it was last asked, and if not, what is wrong."""
        return self._health
