"""Mixed reading of 100,000 signals in PostgreSQL, every read in the audit trail: requests per second and their times.

    python benchmarks/reading.py [--signals 100000 --seconds 20 --connections 16 --pages 0.5]

The API runs in a process of its own, as it is installed; the load comes from this one, over kept connections, each of
which waits for its answer. PostgreSQL is that of `make services`, with durable commits. At the end the audit trail is
verified, and must hold an entry for every answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, make_url, text

from benchmarks.reading_parts.load import Tally, load
from benchmarks.reading_parts.stock import fill, signal_ids
from services.api.db.migrate import migrate
from services.core.tokens import open_tokens

POSTGRESQL = "DOELBINDING_TEST_POSTGRESQL"
AIM_RATE, AIM_P99 = 1_000, 0.050
COMMAND = "from services.cli import main; main()"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Used:
    """Seconds of the processor."""

    api: float
    database: float
    load: float


def main() -> None:
    """Runs the benchmark and prints its table."""
    asked = _arguments()
    if POSTGRESQL not in os.environ:
        sys.exit("Needs PostgreSQL: make bench-reading, or make services and . var/services/env")
    with TemporaryDirectory() as folder, _database() as url:
        print(f"Filling PostgreSQL with {asked.signals:,} signals", file=sys.stderr)
        migrate(url)
        fill(url, asked.signals)
        environment = os.environ | {"DOELBINDING_HOME": folder, "DOELBINDING_API_DATABASE_URL": url}
        with _api(environment) as (process, port):
            token = open_tokens(Path(folder) / "tokens.json")["investigator"]
            before = _used(process.pid, url)
            began = time.perf_counter()
            tally = asyncio.run(
                load(port, token, signal_ids(asked.signals), asked.connections, asked.seconds, asked.pages)
            )
            lasted = time.perf_counter() - began
            used = _less(_used(process.pid, url), before)
        print(table(tally, asked.seconds, used, lasted))
        _verify(environment, tally.all_answers)


def table(tally: Tally, seconds: float, used: Used, lasted: float) -> str:
    """What was measured, and whether the aim is met; processor time is that of the whole run, per second of it."""
    both = sorted([*tally.pages, *tally.singles])
    rate = len(both) / seconds
    lines = [f"{'':24}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'most ms':>9}"]
    for name, times in (("pages of 50", tally.pages), ("single signals", tally.singles), ("both", both)):
        if times:
            cuts = (statistics.median(times), percentile(times, 0.99), max(times))
            shown = "".join(f"{1000 * cut:9.1f}" for cut in cuts)
            lines.append(f"{name:24}{len(times) / seconds:12,.0f}{shown}")
    met = rate >= AIM_RATE and percentile(both, 0.99) < AIM_P99
    lines.append(f"failures: {tally.failures}; {tally.bytes / seconds / 1e6:.0f} MB/s; load {os.getloadavg()[0]:.1f}")
    parts = {"API": used.api, "PostgreSQL": used.database, "load": used.load}
    told = ", ".join(f"{name} {spent / lasted:.2f}" for name, spent in parts.items())
    lines.append(f"processors busy: {told}; API {1000 * used.api / max(1, tally.all_answers):.2f} ms a request")
    lines.append(
        f"aim of {AIM_RATE:,} requests/s with p99 below {1000 * AIM_P99:.0f} ms: {'met' if met else 'NOT met'}"
    )
    return "\n".join(lines)


def percentile(times: list[float], share: float) -> float:
    """The time within which that share was answered."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))] if times else 0.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--signals", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--pages", type=float, default=0.5, help="share of requests for a page of 50")
    return parser.parse_args()


@contextmanager
def _database() -> Iterator[str]:
    server = make_url(os.environ[POSTGRESQL])
    name = f"bench_{secrets.token_hex(8)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        engine.dispose()


@contextmanager
def _api(environment: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The API on a free port; its log goes where ours goes."""
    command = [sys.executable, "-c", COMMAND, "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    told = process.stderr.readline()
    try:
        yield process, int(told.rsplit(":", 1)[1].split("/")[0])
    finally:
        process.terminate()
        process.wait(30)


def _used(pid: int, url: str) -> Used:
    engine = create_engine(url)
    with engine.connect() as connection:
        query = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        backends = connection.execute(query).scalars().all()
        spent = Used(_seconds(pid), sum(_seconds(backend) for backend in backends), time.process_time())
    engine.dispose()
    return spent


def _less(after: Used, before: Used) -> Used:
    return Used(after.api - before.api, after.database - before.database, after.load - before.load)


def _seconds(pid: int) -> float:
    try:
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(parts[11]) + int(parts[12])) / TICKS


def _verify(environment: Mapping[str, str], answers: int) -> None:
    """Raises SystemExit where an answer is missing from the trail, or the trail is not whole."""
    command = [sys.executable, "-c", COMMAND, "audit", "verify", "--json"]
    report = json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)
    print(f"audit trail: {report['entries']:,} entries, whole: {report['whole']}")
    if report["entries"] < answers:
        sys.exit(f"{answers - report['entries']} answers are not in the trail")


if __name__ == "__main__":
    main()
