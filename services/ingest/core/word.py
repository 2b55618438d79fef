"""Words on an accepted return: who signed it off, who would not, and who let it be changed."""

from dataclasses import dataclass, field

from schemas.events import Event, ReturnSignedOff, ReturnUnlocked, SignOffRefused


@dataclass(frozen=True, slots=True)
class Word:
    """What was said of a return: the event's id and time, and what it says.

    ``said`` is the id of a statement, of a text where it is a reason.
    """

    id: str
    return_id: str
    at: str
    said: str


@dataclass(slots=True)
class Words:
    """The last word of each kind by the return that it is on; a later version has none of them.

    What is signed off is not refused any more.
    """

    signed: dict[str, Word] = field(default_factory=dict)
    refused: dict[str, Word] = field(default_factory=dict)
    unlocked: dict[str, Word] = field(default_factory=dict)

    def take(self, event: Event, data: ReturnSignedOff | SignOffRefused | ReturnUnlocked) -> None:
        """Fold a word on a return that stands."""
        is_signed = data.return_id in self.signed
        match data:
            case ReturnSignedOff() if not is_signed:
                self.refused.pop(data.return_id, None)
                self.signed[data.return_id] = _word(event, data.return_id, data.statement)
            case SignOffRefused() if not is_signed:
                self.refused[data.return_id] = _word(event, data.return_id, data.reason)
            case ReturnUnlocked():
                self.unlocked.setdefault(data.return_id, _word(event, data.return_id, data.reason))
            case _:
                pass


def _word(event: Event, return_id: str, said: str) -> Word:
    return Word(event.id, return_id, event.time, said)
