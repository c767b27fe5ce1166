"""Waiting signal revisions into the API's intake queue: at least once, in order, for as long as it takes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

import httpx
import structlog

from services.core.backoff import Backoff
from services.core.client_credentials import Token
from services.core.clock import Clock
from services.core.errors import DoelbindingError
from services.detector.intake import Answer, Away, Failed, Refused, Taken, call_intake, is_ready, people_in, place
from services.detector.metrics import DetectorMetrics
from services.detector.sifting import Sifted, sift
from services.detector.state.connection import StoreUnavailable
from services.detector.state.outbox import Parcel
from services.detector.state.store import Store

BATCH_BYTES = 8 * 1024 * 1024
"""Largest body of a call with more than one signal; the API takes eight times as much."""

IDLE_SECONDS = 1.0
"""How often the outbox is looked at when nobody calls `wake`."""

DRAIN_SECONDS_WHEN_STOPPED = 10.0
"""Supervisors commonly kill what has not ended half a minute after they asked."""

CALL_SECONDS = 30.0
"""Longest a call may take, and so the longest that the end may wait for the one in hand."""

BROKEN_ROUNDS = 3
"""After so many calls in a row over which the API broke off, the signal that may be the cause is searched for."""

ONCE = 1
"""Failures that count of a signal that was refused while no other was taken: its pauses do not grow, as a mend of the
API may come at any moment."""

TAKES_NONE = (
    "the API has refused every signal since it last took one: check that API and detector are of the same release; the "
    "signals are kept, see: doelbinding outbox list"
)

LOG = structlog.get_logger()


class Deliverer:
    """Delivers in a thread of its own. What is taken twice after a crash is the same for the API as taken once.

    The client's base address is that of the API, and its timeouts are those of a call.
    """

    def __init__(
        self,
        store: Store,
        client: httpx.Client,
        token: Token,
        clock: Clock,
        batch: int = 200,
        *,
        metrics: DetectorMetrics | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._outbox = store.outbox
        self._identities = store.identities
        self._client = client
        self._token = token
        self._clock = clock
        self._batch = batch
        self._metrics = metrics or DetectorMetrics()
        self._backoff = backoff or Backoff()
        self._thread = Thread(target=self._run, name="deliver", daemon=True)
        self._stopping, self._work, self._hurry, self._round_done = Event(), Event(), Event(), Event()
        self._failure: Exception | None = None
        self._broke_off = 0
        self._takes = False
        """Whether the API took a signal since it refused all that it was given."""
        self._takes_none = False
        self._take_up = True  # a start tries what was put aside at once
        self._nothing_due = False
        """Whether the last round found nothing but what is put aside."""
        self._aside: str | None = None
        """Why the last signal was put aside."""
        self.problem: str | None = None
        """What keeps signals from being delivered at present, for a person; None if nothing does."""

    def start(self) -> None:
        """Begins to deliver."""
        self._thread.start()

    def wake(self) -> None:
        """Tells that a commit may have added revisions. Raises what ended the thread, if something did."""
        self._raise_failure()
        self._work.set()

    def stop(self) -> None:
        """Ends the thread after the call in hand; what is undelivered stays in the outbox."""
        self._stopping.set()
        self._work.set()
        self._hurry.set()

    def join(self, timeout: float | None = None) -> None:
        """Waits until the thread has ended. Raises what ended it, if something did."""
        self._thread.join(timeout)
        self._raise_failure()

    def drain(self, timeout: float) -> bool:
        """Waits at most `timeout` seconds until nothing is pending, and cuts one back-off short; whether it is so.

        What is put aside is not waited for. Raises StoreUnavailable, and what ended the thread, if something did.
        """
        deadline = time.monotonic() + timeout
        self._hurry.set()
        while True:
            self._round_done.clear()
            nothing_due = self._nothing_due  # before the outbox is read: what a round takes up is not aside any more
            backlog = self._outbox.backlog()
            if not backlog.pending or (nothing_due and backlog.pending == backlog.aside):
                return not backlog.pending
            self._work.set()
            self._raise_failure()
            if not self._round_done.wait(max(deadline - time.monotonic(), 0)):
                return not self._outbox.backlog().pending

    def rest(self, seconds: float) -> None:
        """Waits until everything is delivered. Raises DoelbindingError if it is not so in time."""
        if not self.drain(seconds):
            raise DoelbindingError(
                f"{self._outbox.backlog().pending} signals could not be delivered to {place(self._client.base_url)} "
                f"({self.why or 'no answer yet'}); they are kept and go out at the next start"
            )

    @property
    def why(self) -> str | None:
        """What keeps signals from being delivered, or kept the last of those from it that were put aside."""
        return self.problem or self._aside

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._work.clear()  # before the outbox is read, so that no commit slips through between
                pause, until = self._round()
                self._round_done.set()
                until.wait(pause)
                self._hurry.clear()
        except Exception as error:  # noqa: BLE001 - a fault of this program; raised in the thread that waits for us
            self._failure = error
            self._round_done.set()

    def _round(self) -> tuple[float, Event]:
        """One batch; how long to wait after it, and what may end that wait early."""
        try:
            backlog = self._outbox.backlog()
            if self._take_up and backlog.aside:
                self._outbox.take_up()
                backlog = self._outbox.backlog()
            self._take_up = False
            self._metrics.show_backlog(backlog.pending, backlog.oldest, backlog.aside)
            parcels = self._outbox.pending(self._batch, BATCH_BYTES)
            self._nothing_due = not parcels
            trouble = self._deliver(parcels) if parcels else None
        except StoreUnavailable as error:
            return self._backed_off(Away(str(error))), self._hurry
        if trouble is not None:
            return self._backed_off(trouble), self._hurry
        return (0.0 if parcels else IDLE_SECONDS), self._work

    def _deliver(self, parcels: Sequence[Parcel]) -> Away | Refused | None:
        """What kept the parcels from being settled or put aside, if something did."""
        fresh = [parcel for parcel in parcels if not parcel.failures]
        failed_before = [parcel for parcel in parcels if parcel.failures]  # apart, so that the others need not wait
        search = bool(failed_before) or self._broke_off >= BROKEN_ROUNDS
        batches = [batch for batch in (fresh, failed_before) if batch]
        found = sift(batches, self._call, self._stopping.is_set, search=search)
        self._broke_off = self._broke_off + 1 if isinstance(found.trouble, Failed) else 0
        troubles = self._without_the_bad(found), self._without_the_failed(found), found.trouble
        trouble = next((each for each in troubles if each is not None), None)
        if found.taken:
            self._takes, self._take_up, self._takes_none = True, self._take_up or self._takes_none, False
        if trouble is None:
            self._recovered()
        return trouble

    def _call(self, parcels: Sequence[Parcel]) -> Answer:
        people = self._identities.of(people_in(parcels))
        answer = call_intake(self._client, self._token, parcels, people, self._clock.now())
        if isinstance(answer, Taken):
            self._outbox.mark_delivered(answer.results)
            self._metrics.deliveries.labels(result="delivered").inc(len(parcels))
        return answer

    def _without_the_bad(self, found: Sifted) -> Refused | None:
        """Settles as rejected what the API refuses though it takes others; one that takes none is of another release.

        A signal is refused for good if another one was taken in its batch, or since it was refused the last time.
        """
        for parcel, problem in found.bad:
            if found.taken or (self._takes and parcel.failures):
                self._outbox.mark_rejected(parcel.row, problem)
                self._metrics.deliveries.labels(result="rejected").inc()
                LOG.error("delivery-rejected", signal_id=parcel.signal_id, problem=problem)
            else:
                self._put_aside(parcel, ONCE, problem)
        if found.taken or not found.bad:
            return None
        took, self._takes = self._takes, False
        self._takes_none = not took
        return None if took else Refused(f"{found.bad[-1][1]}; {TAKES_NONE}")

    def _without_the_failed(self, found: Sifted) -> Away | None:
        """Puts aside signals over which the API breaks off though it is alive."""
        if not found.failed:
            return None
        if found.taken or is_ready(self._client):
            for parcel, problem in found.failed:
                self._put_aside(parcel, parcel.failures + 1, problem)
        return None if found.taken else Away(found.failed[-1][1])

    def _put_aside(self, parcel: Parcel, failures: int, problem: str) -> None:
        pause = self._outbox.put_aside(parcel.row, failures, problem)
        self._metrics.deliveries.labels(result="aside").inc()
        self._aside = problem
        LOG.warning(
            "delivery-put-aside",
            signal_id=parcel.signal_id,
            problem=problem,
            next_try_in_seconds=round(pause.total_seconds()),
        )

    def _backed_off(self, trouble: Away | Refused) -> float:
        """Seconds until the next try; a refusal needs a person, so it is asked again at the slowest pace only."""
        refused = isinstance(trouble, Refused)
        self._metrics.deliveries.labels(result="refused" if refused else "unavailable").inc()
        if trouble.problem != self.problem:
            LOG.warning("delivery-refused" if refused else "delivery-unavailable", problem=trouble.problem)
        self.problem = trouble.problem
        return self._backoff.most if isinstance(trouble, Refused) else self._backoff.after_failure(trouble.wait)

    def _recovered(self) -> None:
        self._backoff.reset()
        if self.problem is not None:
            LOG.info("delivery-resumed")
        self.problem = None

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure


@contextmanager
def delivering(deliverer: Deliverer) -> Iterator[Deliverer]:
    """It delivers for as long as the block runs."""
    deliverer.start()
    try:
        yield deliverer
    finally:
        deliverer.stop()
        deliverer.join(CALL_SECONDS)
