"""Stored dead letters into events on the topic of dead letters: at least once, and after they were stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

import structlog

from services.core.backoff import Backoff
from services.core.cloud_events import CONTENT_TYPE
from services.core.kafka_broker import Broker, Message, Trouble
from services.core.topics import MOST_LETTER_BYTES
from services.detector.letter_events import encode_letter
from services.detector.metrics import DetectorMetrics
from services.detector.state.connection import StoreUnavailable
from services.detector.state.untold import Untold, UntoldLetter

BATCH = 100
IDLE_SECONDS = 1.0
LAST_WORD_SECONDS = 10.0
"""How long the end of the detector waits for what is being sent; what is not sent then goes out at the next start."""

HEADERS = {"content-type": CONTENT_TYPE.encode()}
LOG = structlog.get_logger()


@dataclass
class LetterTeller:
    """A thread of the engine's owner; whatever fails in it, lookups go on."""

    untold: Untold
    broker: Broker
    source: str
    """Of the events: `urn:nld:oin:...`."""
    metrics: DetectorMetrics
    backoff: Backoff = field(default_factory=Backoff)
    idle_seconds: float = IDLE_SECONDS

    def __post_init__(self) -> None:
        self._stopping = Event()
        self._problem: str | None = None
        self._thread = Thread(target=self._run, name="tell-letters", daemon=True)

    def start(self) -> None:
        """Begins to tell."""
        self._thread.start()

    def stop(self) -> None:
        """Tells once more what waits, unless the brokers are away, and ends."""
        self._stopping.set()
        self._thread.join(LAST_WORD_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._round())
        while self._problem is None and self._round() == 0:
            pass
        self.broker.close()

    def _round(self) -> float:
        """Seconds to wait for the next one; none while more waits."""
        try:
            letters = self.untold.next(BATCH)
            trouble = self._send(letters) if letters else None
            self.metrics.letters_to_tell.set(self.untold.waiting())
        except StoreUnavailable as error:
            return self._backed_off(Trouble(str(error), refused=False))
        except Exception as error:  # noqa: BLE001 - a fault of ours or of the client: letters wait, lookups go on
            return self._backed_off(Trouble(type(error).__name__, refused=False))
        if trouble is not None:
            return self._backed_off(trouble)
        return 0.0 if letters else self.idle_seconds

    def _send(self, letters: Sequence[UntoldLetter]) -> Trouble | None:
        sent = self.broker.send([self._message(letter) for letter in letters])
        if sent.rows:
            self.untold.told(sent.rows)
        if sent.trouble is None:
            self._recovered()
        return sent.trouble

    def _message(self, letter: UntoldLetter) -> Message:
        value = encode_letter(letter, self.source, MOST_LETTER_BYTES)
        return Message(letter.id, letter.partition.encode(), value, HEADERS)

    def _backed_off(self, trouble: Trouble) -> float:
        """A refusal needs a person, so it is tried again at the slowest pace only."""
        if trouble.problem != self._problem:
            LOG.warning("dead-letters-not-told", problem=trouble.problem)
        self._problem = trouble.problem
        return self.backoff.most if trouble.refused else self.backoff.after_failure()

    def _recovered(self) -> None:
        self.backoff.reset()
        if self._problem is not None:
            LOG.info("dead-letters-told-again")
        self._problem = None


@contextmanager
def telling_letters(teller: LetterTeller | None) -> Iterator[None]:
    """It tells for as long as the block runs; nothing is done without one."""
    if teller is None:
        yield
        return
    teller.start()
    try:
        yield
    finally:
        teller.stop()
