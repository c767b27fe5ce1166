"""What long work tells meanwhile: progress with rate and time left, on a terminal only, and warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn


@contextmanager
def shown_progress(*, quiet: bool = False) -> Iterator[Callable[[str, float], None]]:
    """Gives a function to call with what is going on and the share done (0 to 1)."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True) as progress:
        task = progress.add_task("starting", total=1.0)

        def advance(what: str, share: float) -> None:
            progress.update(task, description=what, completed=share)

        yield advance


def warn(sentences: Iterable[str]) -> None:
    """Tells on standard error what a person should know, a line each."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for sentence in sentences:
        console.print(f"doelbinding: warning: {sentence}", markup=False)
