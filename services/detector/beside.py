"""Work in a thread beside the main one: when either ends, the other is told, and no failure goes unheard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def beside(work: Callable[[], None], name: str, stop: Event, *wake: Event) -> Iterator[None]:
    """Runs `work` for as long as the block runs. At the end of the block, `stop` is set and the work is waited for.

    If the work fails, `stop` and the events of `wake` are set, and what it failed with is raised when the block ends,
    also where the block fails after it.
    """
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits for us
            failures.append(error)
            for event in (stop, *wake):
                event.set()

    thread = Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        yield
    except Exception:
        if failures:  # the block was told to end by then: what came of that is not the reason
            raise failures[0] from None
        raise
    finally:
        stop.set()
        thread.join()
    if failures:
        raise failures[0]
