"""Where a topic's fence stands, and how it gets to another place without applying anything."""

from collections.abc import Sequence

from schemas.events import Event
from schemas.topics import Topic
from services.runtime.fence import Fence
from services.runtime.log import Stored
from services.runtime.reader import Reader
from services.runtime.sieve import Sifted, sift


class Turnstile:
    """The fence of one topic. ``offset`` is the place up to which it has seen every record."""

    def __init__(self, topic: Topic) -> None:
        """Stand before the first record."""
        self._topic = topic
        self._fence = Fence()
        self.offset = 0

    def move(self, reader: Reader, *, to: int) -> None:
        """Stand behind a place as if every record up to it had passed.

        After a LogError it stands before the first record again.

        Only headers are read. Going back starts from the beginning.
        """
        if to == self.offset:
            return
        fence, after = (Fence(), 0) if to < self.offset else (self._fence, self.offset)
        self._fence, self.offset = Fence(), 0  # should the walk fail, the next one starts anew
        for heading in reader.headings(self._topic, after=after, up_to=to):
            fence.admit(heading)
        self._fence, self.offset = fence, to

    def admit(self, event: Event | None, *, offset: int) -> bool:
        """Let the record at the offset pass; say whether its event is new. None is never new."""
        new = event is not None and self._fence.admit(event) is not None
        self.offset = offset
        return new

    def sift(self, stretch: Sequence[Stored], *, reader: Reader) -> Sifted | None:
        """Give what of a stretch is new and still counts; it has not passed until ``pass_by``."""
        return sift(self._topic, stretch, reader=reader, fence=self._fence)

    def pass_by(self, sifted: Sifted, *, offset: int) -> None:
        """Let a stretch pass that was sifted; it ended at the offset."""
        self._fence, self.offset = sifted.fence, offset
