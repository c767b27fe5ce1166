"""`doelbinding topics`: the topics of Kafka that the detector reads and the API writes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated

import typer

from services.core.kafka_settings import load_kafka_settings
from services.core.topics import LOOKUPS_PARTITIONS, LOOKUPS_RETENTION, topics
from services.detector.commands.options import JsonOutput
from services.detector.make_topics import Made, make_topics
from services.detector.progress import warn

topics_app = typer.Typer(no_args_is_help=True, help="The topics of Kafka: what each is for, and make them.")


@topics_app.callback()
def _several_commands() -> None:
    """Keeps the command's name on the command line while there is only one."""


@topics_app.command("create")
def create_command(
    partitions: Annotated[
        int, typer.Option(help="Partitions of the lookups: so many detectors can read at once.", min=1, max=10_000)
    ] = LOOKUPS_PARTITIONS,
    retention_days: Annotated[
        int,
        typer.Option(
            help="Days that lookups stay in Kafka.", min=1, max=3_650, envvar="DOELBINDING_LOOKUPS_RETENTION_DAYS"
        ),
    ] = LOOKUPS_RETENTION.days,
    replicas: Annotated[
        int | None,
        typer.Option(help="Copies of each partition; left out: what the brokers have by default.", min=1, max=99),
    ] = None,
    json_output: JsonOutput = False,
) -> None:
    """Make the topics that are missing; running it again changes nothing.

    A topic that is there already is left as it is, and told where it differs. The brokers are those of
    DOELBINDING_KAFKA_BOOTSTRAP_SERVERS (docs/services.md).
    """
    wanted = topics(partitions, timedelta(days=retention_days))
    made = make_topics(wanted, replicas, load_kafka_settings())
    if json_output:
        typer.echo(json.dumps([_as_json(each) for each in made]))
        return
    for each in made:
        typer.echo(f"{each.topic.name}: {'made' if each.new else 'is there'}: {each.topic.holds}")
    warn(f"topic {each.topic.name} {told}; it is left so" for each in made for told in each.differences)


def _as_json(made: Made) -> dict[str, object]:
    return {
        "topic": made.topic.name,
        "new": made.new,
        "partitions": made.topic.partitions,
        "differences": list(made.differences),
    }
