"""A topic on a real broker into lookups per processor second: the detector beside clients and stream engines.

    make bench-kafka [ARGS="--lookups 200000 --rounds 2 --latency-seconds 60"]

Needs `make services`. The rivals do far less (decode, or decode and count); what the figures do not show is in
benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.rescore import CACHE, simulated
from benchmarks.throughput_parts.latency import latency
from benchmarks.throughput_parts.places import place
from benchmarks.throughput_parts.rivals import REFERENCE, RIVALS, Measured, installed, measured
from benchmarks.throughput_parts.topics import Filled, filled
from services.cli import ALLOCATOR, KEEP_FREED_MEMORY
from services.core.kafka_settings import KafkaSettings, load_kafka_settings

ADDRESSES = ("DOELBINDING_TEST_KAFKA", "DOELBINDING_TEST_POSTGRESQL")
WAYS = {"with the hook": "", "stock path": "-stock", "100 events a message": "-batched"}

LIMITS = """Processor time is user and system time of one process, all its threads; what broker and database take is
not in it. A rival's run ends at decoded or counted lookups; the detector's with every rule decided and committed to
PostgreSQL. Compare ratios of one run, not figures of two; see benchmarks/README.md."""


def detector(way: str, broker: str, topic: str, lookups: int, dataset: Path) -> dict[str, Measured]:
    """One run of the detector in a process of its own, with an empty database; ends this program if it fails."""
    with place(os.environ[ADDRESSES[1]]) as at:
        module = "benchmarks.throughput_parts.ours"
        given = [way, broker, topic, at.database, str(dataset), str(at.home), at.api]
        command, as_the_command = [sys.executable, "-m", module, *given], os.environ | {ALLOCATOR: KEEP_FREED_MEMORY}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=as_the_command)
        if done.returncode:
            sys.exit(f"the detector ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    found = msgspec.json.decode(done.stdout.splitlines()[-1], type=dict[str, dict[str, float]])
    return {part: Measured(lookups, one["cpu"], one["wall"]) for part, one in found.items()}


def one_round(python: Path | None, broker: str, topics: Filled, dataset: Path) -> Iterator[tuple[str, Measured]]:
    """Every way once, with its name."""
    for name, program in RIVALS.items() if python else ():
        yield name, measured(python or Path(), program, broker, topics.single, topics.lookups)
    for told, way in WAYS.items():
        topic = topics.batched if way == "-batched" else topics.single
        for mode in ("whole", "apart"):
            for part, one in detector(f"{mode}{way}", broker, topic, topics.lookups, dataset).items():
                yield f"detector, {told}: {part}", one


def table(best: dict[str, Measured]) -> str:
    """A row per way: lookups per second of processor and wall, and against the reference."""
    reference = best.get(REFERENCE)
    rows = [f"{'':<44}{'per CPU s':>12}{'per wall s':>12}{'of Bytewax':>12}"]
    for name, one in best.items():
        rate = one.lookups / one.cpu
        against = f"{rate / (reference.lookups / reference.cpu):>11.2f}x" if reference else f"{'-':>12}"
        rows.append(f"{name:<44}{rate:>12,.0f}{one.lookups / one.wall:>12,.0f}{against}")
    return "\n".join(rows)


def throughput(arguments: argparse.Namespace, settings: KafkaSettings, broker: str) -> None:
    """Measures all ways in turn, as often as asked, and prints the least of each."""
    dataset = simulated(arguments.employees, arguments.weeks, 1)
    python = None if arguments.without_rivals else installed(CACHE)
    best: dict[str, Measured] = {}
    with filled(dataset, settings, arguments.lookups) as topics:
        for number in range(1, arguments.rounds + 1):
            for name, one in one_round(python, broker, topics, dataset):
                print(f"round {number}: {name}: {one.cpu:.2f} s of processor, {one.wall:.2f} s", flush=True)
                best[name] = min(one, best.get(name, one), key=lambda each: each.cpu)
        load, processors = os.getloadavg()[0], os.cpu_count()
        machine = f"{processors} processors, load {load:.1f}, Python {platform.python_version()}"
        print(f"\n{topics.lookups:,} lookups; least of {arguments.rounds} rounds; {machine}")
    print(f"{table(best)}\n\n{LIMITS}")


def main() -> None:
    """Reads the arguments, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name, default in (("lookups", 200_000), ("employees", 300), ("weeks", 4), ("rounds", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--latency-seconds", type=int, default=60, help="0 leaves the latency out")
    parser.add_argument("--without-rivals", action="store_true", help="installs and measures no rivals")
    arguments = parser.parse_args()
    if missing := [name for name in ADDRESSES if name not in os.environ]:
        parser.error(f"{' and '.join(missing)} not set: make services prints them")
    broker = os.environ[ADDRESSES[0]]
    settings = load_kafka_settings(bootstrap_servers=broker)
    if arguments.rounds:
        throughput(arguments, settings, broker)
    if arguments.latency_seconds:
        print(f"\n{latency(settings, os.environ[ADDRESSES[1]], arguments.latency_seconds)}")


if __name__ == "__main__":
    main()
