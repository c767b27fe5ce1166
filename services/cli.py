"""The command `doelbinding`: every command of both deployables, with errors told to a person."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from services.api import cli as api
from services.core.errors import DoelbindingError, InputError
from services.core.observability import configure_logging
from services.demo import demo_command
from services.detector import cli as detector
from services.detector.evaluate.command import evaluate_command
from services.detector.simulate.cli import simulate_command
from services.doctor.command import doctor_command

DONE, FAILED, BAD_INPUT = 0, 1, 2

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Finds lookups in citizens' files that have no lawful reason, and explains them to investigators.",
)
app.command("demo")(demo_command)
app.command("simulate")(simulate_command)
app.command("rescore")(detector.rescore_command)
app.command("detect")(detector.detect_command)
app.command("evaluate")(evaluate_command)
app.command("serve")(api.serve)
app.command("doctor")(doctor_command)
app.add_typer(detector.rules_app, name="rules")


@app.command()
def migrate() -> None:
    """Bring the databases of the API and of the detector to the tables of this release."""
    api.migrate()
    detector.migrate_command()


def main() -> None:
    """Runs a command. Exit codes: 0 done, 1 failed, 2 bad usage or input."""
    configure_logging()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of a command line; faults are told on standard error, never as a traceback."""
    try:
        app(arguments)
    except SystemExit as end:  # typer has told what was wrong with the usage, or was interrupted
        return end.code if end.code in (DONE, BAD_INPUT) else FAILED
    except InputError as error:
        return _tell(error, BAD_INPUT)
    except DoelbindingError as error:
        return _tell(error, FAILED)
    except OSError as error:
        return _tell(DoelbindingError(f"{error.filename or 'a file'}: {error.strerror or error}"), FAILED)
    return DONE


def _tell(error: DoelbindingError, code: int) -> int:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for line in str(error).splitlines():
        console.print(f"doelbinding: {line}", markup=False)
    return code
