"""The outbox: each notice is a file that any mail program opens. Used where no server is set up."""

import os
from pathlib import Path

from services.alerts.channel.mail import write_mail
from services.alerts.channel.notifier import SENT, Message, Outcome, refuse

_OWNER_ONLY = 0o600


class OutboxNotifier:
    """Writes ``.eml`` files into a folder, named by moment and notice, whole or not at all."""

    def __init__(self, folder: Path, *, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    @property
    def recognises_repeats(self) -> bool:
        """A repeat is the same file again."""
        return True

    def send(self, message: Message, *, reached: frozenset[str] = frozenset()) -> Outcome:
        """Write the file and have it on disk; a full or missing disk is a refusal."""
        del reached  # a file has no recipients who could be reached one by one
        content = write_mail(message, sender=self._sender).as_bytes()
        place = self._folder / f"{message.planned_at:%Y%m%dT%H%M%S}-{message.notice}.eml"
        half = place.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with open(
                os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "wb"
            ) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.replace(place)
        except OSError as error:
            return refuse(f"outbox_{type(error).__name__.lower()}")
        return SENT
