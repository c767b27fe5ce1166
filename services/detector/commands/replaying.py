"""`doelbinding replay`: the lookups and registers of a dataset sent to Kafka."""

from __future__ import annotations

import json
import time
from itertools import takewhile
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from services.core.errors import DoelbindingError, InputError
from services.core.kafka_settings import KafkaSettings, load_kafka_settings
from services.core.keyring import KeyRing, open_key_ring
from services.core.settings import default_home
from services.core.topics import LOOKUPS_TOPIC, REGISTERS_PREFIX
from services.detector.commands.options import Home, JsonOutput
from services.detector.decode import Decoded
from services.detector.progress import shown_progress
from services.detector.replay.messages import MOST_IN_A_BATCH, gathered, messages, not_sendable, span
from services.detector.replay.pace import paced
from services.detector.replay.registers import register_messages
from services.detector.replay.send import sending
from services.detector.sources.datafiles import folder_faults, unread_files
from services.detector.sources.dataset import all_lookups
from services.detector.sources.registers import Registers
from services.detector.stopping import until_told_to_stop

TELL_SECONDS = 0.2
TELL_ROWS = 1_000
WHAT = ("lookups", "registers", "both")


def replay_command(
    dataset: Annotated[Path, typer.Argument(help="Dataset directory; only the files of what is sent are read.")],
    to: Annotated[str, typer.Option("--to", help="Where they go: kafka.")],
    speed: Annotated[
        float, typer.Option(min=0, help="Seconds of history in a second: 60 is a minute a second; 0: no waiting.")
    ] = 0.0,
    topic: Annotated[str, typer.Option(help="Topic that they are sent to.")] = LOOKUPS_TOPIC,
    send: Annotated[str, typer.Option("--send", help="What is sent: lookups, registers, or both.")] = "lookups",
    registers_prefix: Annotated[
        str, typer.Option(help="Of the topics that registers are sent to: what stands before the register's name.")
    ] = REGISTERS_PREFIX,
    home: Home = None,
    batch: Annotated[
        int, typer.Option(min=1, max=MOST_IN_A_BATCH, help="Lookups of one employee in a message, at most.")
    ] = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be sent, and send nothing.")] = False,
    json_output: JsonOutput = False,
) -> None:
    """Send a dataset's lookups to Kafka, in the order of time and keyed by employee; or its registers, or these first.

    Valid lookups are encoded anew as CloudEvents, whatever kind of file they come from; a record that is no valid
    lookup is sent as its file holds it. Nothing is remembered: a replay that was broken off starts anew, and what
    comes twice does no harm, since a lookup is recognised by its id. Rows of registers go out at once, each under a
    key made of its version with the key ring of --home.
    """
    if to != "kafka":
        raise InputError(f"--to: '{to}' is not known; use: kafka")
    if send not in WHAT:
        raise InputError(f"--send: '{send}' is not known; use one of: {', '.join(WHAT)}")
    settings = None if dry_run else load_kafka_settings()
    registers = Registers(dataset).read() if send != "lookups" else {}
    told: dict[str, object] = {f"{registers_prefix}{register}": _rows(part) for register, part in registers.items()}
    lookups = _lookups(dataset) if send != "registers" else None
    if lookups:
        told |= {"topic": topic, **_plan(lookups, speed)}
    if settings:
        ring = open_key_ring((home or default_home()) / "keyring.json") if registers else None
        for register, part in registers.items():
            if ring:
                _send_register(register, part, f"{registers_prefix}{register}", ring, settings, quiet=json_output)
        if lookups:
            told["seconds"] = _replay(lookups, topic, speed, batch, settings, quiet=json_output)
    typer.echo(json.dumps(told) if json_output else "\n".join(f"{name}: {value}" for name, value in told.items()))


def _rows(part: Decoded) -> int:
    """So many messages a register makes."""
    return part.valid.unique().height + part.dead.height - not_sendable(part)


def _send_register(
    register: str, part: Decoded, topic: str, ring: KeyRing, settings: KafkaSettings, *, quiet: bool
) -> None:
    count = max(1, _rows(part))
    with shown_progress(quiet=quiet) as advance, sending(topic, settings) as sender:
        for sent in sender.send_all(register_messages(register, part, ring)):
            if sent % TELL_ROWS == 0:
                advance(f"sending {register}", sent / count)


def _lookups(dataset: Path) -> Decoded:
    """All lookups. Raises InputError with the faults of all files that cannot be read: a replay has no holes."""
    if faults := folder_faults(dataset):
        raise InputError(*faults)
    lookups = all_lookups(dataset)
    if unread := unread_files(lookups.dead):
        raise InputError(*unread, "nothing was sent")
    return lookups


def _plan(lookups: Decoded, speed: float) -> dict[str, object]:
    """What a replay comes to, before anything is sent."""
    between = span(lookups)
    without = not_sendable(lookups)
    return {
        "lookups": lookups.valid.height,
        "invalid": lookups.dead.height - without,
        "notSendable": without,
        "first": between and between[0].isoformat(),
        "last": between and between[1].isoformat(),
        "plannedSeconds": round((between[1] - between[0]).total_seconds() / speed, 1) if between and speed else 0.0,
    }


def _replay(lookups: Decoded, topic: str, speed: float, batch: int, settings: KafkaSettings, *, quiet: bool) -> float:
    """Sends everything; the seconds that it took. Raises DoelbindingError if it was told to stop before."""
    count, stop = lookups.valid.height + lookups.dead.height - not_sendable(lookups), Event()
    began = told = time.monotonic()
    sent = 0
    with (
        until_told_to_stop(stop),
        shown_progress(quiet=quiet) as advance,
        sending(topic, settings) as sender,
    ):
        in_time = paced(gathered(messages(lookups), batch), speed, wait=stop.wait)
        for sent in sender.send_all(takewhile(lambda _: not stop.is_set(), in_time)):
            if (now := time.monotonic()) - told > TELL_SECONDS:
                told = now
                advance(f"sending, {sent / (now - began):,.0f} a second", sent / count)
    if stop.is_set() and sent < count:
        raise DoelbindingError(
            f"replay: stopped; {sent:,} of {count:,} are in topic {topic}. Start again from the beginning: what comes "
            "twice is recognised"
        )
    return round(time.monotonic() - began, 1)
