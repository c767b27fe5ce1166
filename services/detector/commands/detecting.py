"""`doelbinding detect`: the streaming detector, and the tables it stores its state in."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from services.core.client_settings import DETECTOR, load_client_settings
from services.core.clock import SystemClock
from services.core.errors import InputError, tell_at_once
from services.core.kafka_settings import load_kafka_settings
from services.core.settings import default_home
from services.core.topics import LOOKUPS_TOPIC, REGISTERS_PREFIX
from services.detector.commands.options import Home, JsonOutput, RulesFile, check_address
from services.detector.database import detector_database
from services.detector.settings import load_agency_settings
from services.detector.state.migrate import migrate
from services.detector.watching import PATIENCE_SECONDS, DetectOptions, detect

SOURCES = ("files", "kafka")
GROUP = "doelbinding-detector"
WAIT_SECONDS = 30.0
"""How long lookups wait for registers that are behind, before they are decided all the same."""
ROWS_PER_SLICE = 20_000
Check = Callable[[], object]


def detect_command(
    dataset: Annotated[
        Path | None,
        typer.Argument(help="Dataset directory: registers, and with --source files lookups/, which may grow."),
    ] = None,
    source: Annotated[
        str, typer.Option("--source", help="Where lookups come from: files, or kafka (then only registers are read).")
    ] = "files",
    topic: Annotated[
        str | None,
        typer.Option("--topic", help="With --source kafka: the topic of lookups.", show_default=LOOKUPS_TOPIC),
    ] = None,
    group: Annotated[
        str | None, typer.Option("--group", help="With --source kafka: the consumer group.", show_default=GROUP)
    ] = None,
    registers: Annotated[
        str, typer.Option("--registers", help="Where registers come from: files (the directory), or kafka (topics).")
    ] = "files",
    registers_prefix: Annotated[
        str, typer.Option("--registers-prefix", help="With --registers kafka: the topics' names before the register's.")
    ] = REGISTERS_PREFIX,
    registers_wait: Annotated[
        float,
        typer.Option(
            "--registers-wait", min=0, help="With --registers kafka: seconds that lookups wait for registers behind."
        ),
    ] = WAIT_SECONDS,
    until_end: Annotated[
        bool, typer.Option("--until-end", help="With --source kafka: stop when all is decided that is there now.")
    ] = False,
    take_poison: Annotated[
        bool,
        typer.Option(
            "--take-poison",
            help="With --source kafka: also where most of a partition is poison, make dead letters of it.",
        ),
    ] = False,
    pass_damaged: Annotated[
        bool,
        typer.Option("--pass-damaged", help="With --source kafka: give up records that the broker has damaged."),
    ] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Keep reading as files grow; stop with Ctrl-C.")] = False,
    api: Annotated[str, typer.Option("--api", help="Base URL of the intake API.")] = "http://127.0.0.1:8600",
    metrics_port: Annotated[int, typer.Option("--metrics-port", help="Port of /metrics on loopback; 0: none.")] = 9600,
    rows_per_slice: Annotated[
        int | None, typer.Option("--rows-per-slice", min=1, max=1_000_000, show_default="20000")
    ] = None,
    patience: Annotated[
        float, typer.Option("--patience", min=0, help="Seconds that delivery may take after the end of the lookups.")
    ] = PATIENCE_SECONDS,
    rules: RulesFile = None,
    home: Home = None,
    json_output: JsonOutput = False,
) -> None:
    """Run the streaming detector: read lookups as they are written, push signals to the intake."""
    of_a_topic = {
        "--topic": topic is not None,
        "--group": group is not None,
        "--until-end": until_end,
        "--take-poison": take_poison,
        "--pass-damaged": pass_damaged,
    }
    of_registers = {
        "--registers-prefix": registers_prefix != REGISTERS_PREFIX,
        "--registers-wait": registers_wait != WAIT_SECONDS,
    }
    folder, clock = home or default_home(), SystemClock()
    tell_at_once(
        lambda: _refuse_what_does_not_fit(source, follow=follow, of_a_topic=of_a_topic),
        lambda: _refuse_registers_that_do_not_fit(dataset, source, registers, of_registers),
        lambda: check_address("--api", api),
        lambda: _refuse_what_is_no_folder(dataset),
        lambda: load_agency_settings(rules),
        lambda: detector_database(folder),
        lambda: load_client_settings(DETECTOR),
        *(_checks_of_a_topic(topic, group, rows_per_slice) if source == "kafka" else ()),
    )
    settings = load_agency_settings(rules)
    if source == "files" and dataset:
        rows = ROWS_PER_SLICE if rows_per_slice is None else rows_per_slice
        options = DetectOptions(dataset, api, folder, follow, rows, metrics_port, patience_seconds=patience)
        counted = detect(options, settings, clock)
    else:
        from services.detector.consuming import ConsumeOptions, consume  # noqa: PLC0415 - Kafka's client: slow
        from services.detector.register_topics.following import RegisterTopics  # noqa: PLC0415 - likewise
        from services.detector.topic_settings import load_topic_settings  # noqa: PLC0415 - likewise

        kafka = load_kafka_settings()
        reading = load_topic_settings(
            topic=topic,
            group=group,
            rows_per_slice=rows_per_slice,
            take_poison=take_poison or None,
            pass_damaged=pass_damaged or None,
        )
        counted = consume(
            ConsumeOptions(
                registers=dataset or RegisterTopics(kafka, folder, registers_prefix, registers_wait),
                api=api,
                home=folder,
                database=detector_database(folder),
                kafka=kafka,
                consuming=reading.consuming,
                breaking=reading.breaking,
                dead_letters_topic=reading.dead_letters_topic,
                event_source=reading.event_source,
                until_end=until_end,
                metrics_port=metrics_port,
                patience_seconds=patience,
            ),
            settings,
            clock,
        )
    typer.echo(
        json.dumps(counted) if json_output else "  ".join(f"{name}: {number:,}" for name, number in counted.items())
    )


def _checks_of_a_topic(topic: str | None, group: str | None, rows_per_slice: int | None) -> Sequence[Check]:
    from services.detector.topic_settings import load_topic_settings  # noqa: PLC0415 - Kafka's client: slow

    return (
        load_kafka_settings,
        lambda: load_topic_settings(topic=topic, group=group, rows_per_slice=rows_per_slice),
    )


def _refuse_what_is_no_folder(dataset: Path | None) -> None:
    if dataset and not dataset.is_dir():
        raise InputError(f"{dataset}: is not a directory; give the directory of a dataset")


def _refuse_what_does_not_fit(source: str, *, follow: bool, of_a_topic: dict[str, bool]) -> None:
    """Raises InputError with all options that say nothing of this source."""
    if source not in SOURCES:
        raise InputError(f"--source: '{source}' is not known; use one of: {', '.join(SOURCES)}")
    if source == "kafka" and follow:
        raise InputError("--follow: is for --source files; a topic is followed until you stop it, or with --until-end")
    if source == "files" and any(of_a_topic.values()):
        raise InputError(*(f"{option}: is for --source kafka" for option, given in of_a_topic.items() if given))


def _refuse_registers_that_do_not_fit(
    dataset: Path | None, source: str, registers: str, of_topics: dict[str, bool]
) -> None:
    """Raises InputError unless registers come from exactly one place, and options about them are of that place."""
    if registers not in SOURCES:
        raise InputError(f"--registers: '{registers}' is not known; use one of: {', '.join(SOURCES)}")
    faults = []
    if registers == "kafka" and source != "kafka":
        faults.append("--registers kafka: is for --source kafka")
    elif registers == "kafka" and dataset:
        faults.append("--registers kafka: a directory is given too; leave one of both out")
    if registers == "files":
        faults += [f"{option}: is for --registers kafka" for option, given in of_topics.items() if given]
        if not dataset:
            faults.append("registers: give the directory that holds them, or with --source kafka say --registers kafka")
    if faults:
        raise InputError(*faults)


def migrate_command(home: Home = None) -> None:
    """Bring the detector's database to the tables of this release."""
    folder = home or default_home()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    migrate(detector_database(folder))
