"""A rebalance that outlasts a poll into one that the next poll finishes.

kafka-python 3.0.12 sends its request to join the group in the background, and takes the answer over only if a poll is
waiting for it. Else one of two things happens. The leader, if it had just learned of partitions, forgets that it was
joining: it sends no heartbeats, reads nothing, and says nothing. Any other member joins once more, which makes the
whole group rebalance again, without end where slices take longer than polls. In other versions of the client only the
watch over the membership is left (stall.py).
"""

from __future__ import annotations

from collections.abc import Callable

import kafka
import structlog
from kafka import KafkaConsumer
from kafka.future import Future

from services.detector.sources.kafka.fast_records import WRITTEN_AGAINST

LOG = structlog.get_logger()


def finish_joins(consumer: KafkaConsumer) -> None:
    """Has a consumer count as joining until it took over the answer, and take over an answer that came meanwhile."""
    if kafka.__version__ != WRITTEN_AGAINST:
        LOG.warning("kafka-joins-not-mended", found=kafka.__version__, written_against=WRITTEN_AGAINST)
        return
    coordinator = consumer._coordinator
    needed, join = coordinator.need_rejoin, coordinator.join_group_async

    async def join_group(timeout_ms: float | None = None) -> bool:
        answer = coordinator._join_task
        if isinstance(answer, Future) and answer.succeeded() and not coordinator._generation.is_lost():
            coordinator._join_task = _NotTakenOver(answer)
        return await join(timeout_ms)

    coordinator.need_rejoin = lambda: needed() or coordinator._join_task is not None
    coordinator.join_group_async = join_group


class _NotTakenOver:
    """An answer that came, in the shape of one that is waited for: such a one is not asked for again."""

    is_done = False

    def __init__(self, answer: Future) -> None:
        self._answer = answer

    def add_callback(self, taken: Callable[[object], None]) -> object:
        return self._answer.add_callback(taken)

    def add_errback(self, failed: Callable[[BaseException], None]) -> object:
        return self._answer.add_errback(failed)
