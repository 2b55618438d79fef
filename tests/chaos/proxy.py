"""A bad network: a TCP proxy before replicas that delays, cuts and swallows connections at random.

Connections go to the replicas in turn, as a load balancer sends them. In a calm every connection is
passed on untouched.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from random import Random
from threading import Thread

_CHUNK = 65_536
_LONGEST_DELAY = 2.0
_LONGEST_SILENCE = 60.0


class Fate(StrEnum):
    """What becomes of a connection."""

    PASSED = "passed"
    DELAYED = "delayed"
    REQUEST_CUT = "request_cut"
    ANSWER_CUT = "answer_cut"
    SWALLOWED = "swallowed"


_WEIGHTS = {
    Fate.PASSED: 60,
    Fate.DELAYED: 14,
    Fate.REQUEST_CUT: 9,
    Fate.ANSWER_CUT: 12,
    Fate.SWALLOWED: 5,
}


class Proxy:
    """Listens on a port of loopback, in a thread of its own; ``fates`` counts what was done."""

    def __init__(self, replicas: Sequence[int], chance: Random, *, wild: bool = False) -> None:
        self.port = 0
        self.wild = wild
        self.fates: Counter[Fate] = Counter()
        self._replicas = list(replicas)
        self._chance = chance
        self._turn = 0
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.Task[None]] = set()
        self._thread = Thread(target=self._run, name="proxy", daemon=True)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", self.port), self._loop
        ).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _end(self) -> None:
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._deal(reader, writer)
        except (OSError, asyncio.CancelledError):
            """One of the two sides is gone: that is what is tested here."""
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def _deal(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fate = self._draw()
        self.fates[fate] += 1
        if fate is Fate.SWALLOWED:
            await asyncio.wait_for(_swallow(reader), _LONGEST_SILENCE)
            return
        if fate is Fate.DELAYED:
            await asyncio.sleep(self._chance.uniform(0.05, _LONGEST_DELAY))
        theirs, to_them = await self._connect()
        try:
            there = asyncio.ensure_future(
                _pass_on(reader, to_them, most=self._cut(fate, Fate.REQUEST_CUT, 3000))
            )
            back = asyncio.ensure_future(
                _pass_on(theirs, writer, most=self._cut(fate, Fate.ANSWER_CUT, 600))
            )
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
            if fate is not Fate.REQUEST_CUT and there.done():
                await back
            there.cancel()
            back.cancel()
            await asyncio.gather(there, back, return_exceptions=True)
            with suppress(OSError):
                writer.close()
                await writer.wait_closed()
        finally:
            to_them.transport.abort()

    def _draw(self) -> Fate:
        if not self.wild:
            return Fate.PASSED
        return self._chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]

    def _cut(self, fate: Fate, wanted: Fate, longest: int) -> int | None:
        return self._chance.randrange(longest) if fate is wanted else None

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the replica whose turn it is, or to the next that is there."""
        for _ in self._replicas:
            self._turn += 1
            port = self._replicas[self._turn % len(self._replicas)]
            with suppress(ConnectionError):
                return await asyncio.open_connection("127.0.0.1", port)
        raise ConnectionRefusedError


async def _swallow(reader: asyncio.StreamReader) -> None:
    while await reader.read(_CHUNK):
        pass


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, most: int | None
) -> None:
    """Hand on what is read until its end, or until so many bytes were handed on."""
    left = most
    while chunk := await reader.read(_CHUNK):
        part = chunk if left is None else chunk[:left]
        writer.write(part)
        await writer.drain()
        if left is not None:
            left -= len(part)
            if left <= 0:
                return
