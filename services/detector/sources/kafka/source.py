"""A topic of lookups into slices, one partition at a time, of the partitions that the group gives to this consumer."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator

from services.core.clock import Clock
from services.core.contract import LOOKUP
from services.core.kafka_settings import KafkaSettings
from services.detector.decode import nothing
from services.detector.metrics import DetectorMetrics
from services.detector.sources.kafka.consumer import Consuming, open_consumer, with_patience
from services.detector.sources.kafka.ending import Ending, Reached
from services.detector.sources.kafka.members import Claim, Expect, HasRoom, Owned, always
from services.detector.sources.kafka.messages import Piece
from services.detector.sources.kafka.reading import Fetched, Reading
from services.detector.sources.slices import SourceSlice
from services.detector.turns import Turns

POLL_SECONDS = 0.5
"""Longest wait for records: how soon `stop` and new partitions are seen."""


class KafkaSource:
    """Reads a topic as a member of a group; partitions are named `TOPIC/NUMBER`.

    `expect` is told the names of all partitions before any is claimed. `claim` is called before anything is read of a
    partition: it takes the partition over in the store, and returns the next offset, or None where the store has
    nothing of it. `has_room` tells of a partition that rests whether it is read on. What these raise comes out of
    `slices`, which can be called again. Whoever takes the slices says `stored` after each, and calls `idle` instead of
    sleeping where a slice cannot be stored yet. Only `pause` and `resume` may be called from other threads.

    With `bounded` the input ends where the topic ended when reading began: the last slice is an empty closed one, with
    the topic as its partition, once all partitions are read and stored by the members of the group; `reached` tells up
    to where the store has those of other members.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        consuming: Consuming,
        claim: Claim,
        stop: threading.Event,
        metrics: DetectorMetrics,
        clock: Clock,
        bounded: bool = False,
        reached: Reached = lambda _: {},
        expect: Expect | None = None,
        turns: Turns | None = None,
        has_room: HasRoom = always,
    ) -> None:
        self._settings = settings
        self._consuming = consuming
        self._claim = claim
        self._expect = expect
        self._stop = stop
        self._metrics = metrics
        self._clock = clock
        self._bounded = bounded
        self._reached = reached
        self._turns = turns or Turns()
        self._has_room = has_room
        self._reading: Reading | None = None
        self._ending: Ending | None = None
        self._fetched: deque[Fetched] = deque()
        self._pause = threading.Event()

    def slices(self) -> Iterator[SourceSlice]:
        """Slices until `stop` is set, or until the closed one of a bounded input.

        Raises InputError if the topic or the settings are wrong, and DoelbindingError if the broker refuses this
        client, has lost what was read, or gives nothing though there is something.
        """
        reading = self._reading = self._reading or self._open()
        if reading and self._expect:
            self._expect(reading.names())
        while reading and not self._stop.is_set():
            yield from self._round(reading)
            if self._ended(reading):
                reading.commit(wait=True, drained=True)
                yield SourceSlice(self._consuming.topic, nothing(LOOKUP).valid, nothing(LOOKUP).dead, {}, closed=True)
                return

    def stored(self, piece: SourceSlice) -> None:
        """The slice is in the store for good."""
        if self._reading:
            self._reading.members.stored(piece.positions)

    def reclaim(self, partition: str) -> None:
        """The store refused a slice because another reader has claimed the partition: claim it anew if it is ours."""
        if self._reading:
            self._reading.members.reclaim(partition)

    def hold(self, partition: str, seconds: float, rows: int) -> None:
        """Leaves a partition alone for so long; what is not stored is read again then, so many rows at once."""
        if self._reading:
            self._reading.members.hold(partition, seconds, rows)

    def trust(self, partition: str) -> None:
        """Reads as much of a partition at once as of every other."""
        if self._reading:
            self._reading.members.trust(partition)

    def rest(self, partition: str) -> None:
        """Reads no more of a partition until there is room, and goes on with the others."""
        if self._reading:
            self._reading.members.rest(partition)

    def idle(self, seconds: float) -> None:
        """Waits, and stays a member of the group meanwhile; ends early when `stop` is set."""
        if self._reading is None:
            self._stop.wait(seconds)
            return
        until = time.monotonic() + seconds
        self._reading.pause()
        while (left := until - time.monotonic()) > 0 and not self._stop.is_set():
            self._fetched.extend(self._reading.poll(min(left, POLL_SECONDS)))
        if not self._pause.is_set():
            self._reading.resume()

    def pause(self) -> None:
        """No slices for the time being; the partitions are kept."""
        self._pause.set()

    def resume(self) -> None:
        """Slices again."""
        self._pause.clear()

    def assigned(self) -> tuple[str, ...]:
        """Names of the partitions that are claimed and read at present."""
        owned = self._reading.members.owned.values() if self._reading else ()
        return tuple(sorted(each.name for each in owned))

    def close(self) -> None:
        """Leaves the group, so that others take over at once."""
        if self._reading:
            self._reading.close()
            self._reading = None

    def _open(self) -> Reading | None:
        self._metrics.kafka_last_answer.set(
            self._clock.now().timestamp()
        )  # a broker that is away from the start is too
        consumer = open_consumer(self._settings, self._consuming, self._stop)
        if consumer is None:
            return None
        if self._bounded:
            self._ending = with_patience(lambda: Ending(consumer, self._consuming.topic, self._reached), self._stop)
        return Reading(consumer, self._consuming, self._claim, self._metrics, self._clock, self._stop, self._has_room)

    def _round(self, reading: Reading) -> Iterator[SourceSlice]:
        self._pause_or_resume(reading)
        if not self._fetched:
            reading.upkeep()
            reading.claim()
        if reading.members.paused or not self._fetched:
            self._turns.await_engine()
            self._fetched.extend(reading.poll(POLL_SECONDS))
        with self._turns.round() as rows:
            while self._fetched and not (self._stop.is_set() or self._pause.is_set()):
                owned, pieces = self._fetched[0]
                piece = next(pieces, None) if reading.members.is_current(owned) else None
                if piece is None:
                    self._fetched.popleft()
                    continue
                rows.append(piece.lookups.height)
                yield self._slice(reading, owned, piece)
            if not self._fetched:
                yield from self._at_their_ends(reading)

    def _slice(self, reading: Reading, owned: Owned, piece: Piece) -> SourceSlice:
        owned.given = piece.next
        owned.behind = reading.is_behind(owned)
        at = {owned.name: piece.next}
        return SourceSlice(
            owned.name,
            piece.lookups,
            piece.dead,
            at,
            closed=False,
            behind=owned.behind,
            received=piece.received,
            place=piece.place,
        )

    def _at_their_ends(self, reading: Reading) -> Iterator[SourceSlice]:
        """An empty slice of each partition that was found to hold nothing more: others need not wait for it.

        Or no more than marks of transactions: the store goes behind them, so that it tells where the log ends.
        """
        for owned in tuple(reading.members.owned.values()):
            at, behind = reading.place(owned), reading.is_behind(owned)
            if at > owned.given or (owned.behind and not behind):
                owned.given, owned.behind = at, behind
                empty = nothing(LOOKUP)
                yield SourceSlice(owned.name, empty.valid, empty.dead, {owned.name: at}, closed=False, behind=behind)

    def _pause_or_resume(self, reading: Reading) -> None:
        if self._pause.is_set() and not reading.members.paused:
            reading.pause()
        elif reading.members.paused and not self._pause.is_set():
            reading.resume()

    def _ended(self, reading: Reading) -> bool:
        if self._ending is None or self._fetched:
            return False
        reading.commit(wait=False, drained=True)
        return self._ending.reached({owned.name: owned.stored for owned in reading.members.owned.values()})
