"""`doelbinding demo`: a simulated agency through the streaming detector into the API, on one machine."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.table import Table

from services.api.embedded import EmbeddedApi
from services.api.settings import load_settings
from services.core.clock import SystemClock
from services.core.settings import default_home
from services.core.tokens import open_tokens
from services.detector.metrics import DetectorMetrics
from services.detector.progress import shown_progress
from services.detector.settings import AgencySettings
from services.detector.simulate.simulation import simulate
from services.detector.watching import DetectOptions, detect, metrics_page

TOP = 10
LEGAL_BASIS = "fictitious data of the demo"
"""Why the demo may use BRP relations: nobody in it exists."""


def demo_settings() -> AgencySettings:
    """The default settings, with all relation sources."""
    return AgencySettings(brp_legal_basis=LEGAL_BASIS)


def demo_command(
    employees: Annotated[int, typer.Option(min=50, help="Employees of the simulated agency.")] = 300,
    weeks: Annotated[int, typer.Option(min=1, help="Weeks of work.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Another seed gives another agency.")] = 1,
    once: Annotated[bool, typer.Option("--once", help="Stop when the signals are in the queue.")] = False,
    port: Annotated[int, typer.Option(help="Port of API and pages; 0 takes a free one.")] = 8600,
    metrics_port: Annotated[int, typer.Option(help="Port of the detector's /metrics; 0: none.")] = 9600,
    home: Annotated[Path | None, typer.Option("--home", help="Folder of everything the demo makes.")] = None,
) -> None:
    """Everything embedded: simulates an agency, streams its lookups through the detector, serves API and pages."""
    folder = home or default_home()
    dataset = _dataset(folder / "demo" / f"agency-{employees}-{weeks}-{seed}", employees, weeks, seed)
    state = folder / "demo" / f"state-{employees}-{weeks}-{seed}"
    metrics, page = DetectorMetrics(), 0 if once else metrics_port
    with EmbeddedApi(load_settings(home=state, port=port)) as api, metrics_page(metrics, page):
        console = Console(highlight=False)
        console.print("The lookups stream through the detector ...")
        counted = detect(DetectOptions(dataset, api.url, state), demo_settings(), SystemClock(), metrics)
        console.print(f"{counted['lookups']:,} new lookups, {counted['revisions']:,} revisions of signals.")
        tokens = open_tokens(state / "tokens.json")
        _show_queue(console, api.url, tokens["investigator"])
        console.print(f"\nQueue:   {api.url}/queue", markup=False)
        console.print(f"Token:   {tokens['investigator']}  (role investigator, paste it to sign in)", markup=False)
        console.print(f"Metrics: {api.url}/metrics", markup=False)
        if page:
            console.print(f"         http://127.0.0.1:{page}/metrics  (detector)", markup=False)
        if not once:
            console.print("Ctrl-C stops; what is there is kept for the next start.")
            _wait()


def _dataset(path: Path, employees: int, weeks: int, seed: int) -> Path:
    """The simulated agency; made in a folder beside it first, so that an interrupted start leaves no half agency."""
    if path.is_dir():
        return path
    console = Console(highlight=False)
    console.print(f"Simulating an agency of {employees} employees over {weeks} weeks ...")
    fresh = path.with_name(f"{path.name}.new")
    for leftover in (fresh, fresh.with_name(f"{fresh.name}-truth"), path.with_name(f"{path.name}-truth")):
        shutil.rmtree(leftover, ignore_errors=True)
    with shown_progress() as advance:
        simulate(fresh, employees, weeks, seed, advance)
    fresh.with_name(f"{fresh.name}-truth").rename(path.with_name(f"{path.name}-truth"))
    return fresh.rename(path)


def _show_queue(console: Console, url: str, token: str) -> None:
    """The first items of the intake queue, as the API gives them."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{url}/v1/signals", params={"limit": TOP}, headers=headers)
    answer.raise_for_status()
    signals = json.loads(answer.content)["signals"]
    table = Table(title="Top of the intake queue")
    for heading in ("score", "class", "rule", "raised"):
        table.add_column(heading, no_wrap=True)
    table.add_column("summary")
    for told in signals:
        score, raised = f"{told['score']:.1f}", told["raisedAt"][:10]
        table.add_row(score, told["ruleClass"], told["rule"], raised, told["summary"])
    console.print(table)


def _wait() -> None:
    """Until interrupted."""
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
