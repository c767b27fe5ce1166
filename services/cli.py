"""The command `doelbinding`: every command of both deployables, with errors told to a person.

A command's module is imported when the command is asked for: the web framework takes a second to import, which a
re-scoring run does not need, and an installation with one extra has the other deployable's libraries missing.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable

import typer
from rich.console import Console

from services.core.errors import DoelbindingError, InputError
from services.core.observability import configure_logging

DONE, FAILED, BAD_INPUT = 0, 1, 2
INTERRUPTED = 130
"""Typer's exit code after Ctrl-C."""

ALLOCATOR, KEEP_FREED_MEMORY = "_RJEM_MALLOC_CONF", "dirty_decay_ms:5000,muzzy_decay_ms:-1"
"""The variable that Polars' allocator (jemalloc) reads when it is loaded. Taking back from the system at once what was
given to it half a second ago is a tenth of a re-scoring run."""

COMMANDS = {
    "demo": "services.demo:demo_command",
    "simulate": "services.detector.simulate.cli:simulate_command",
    "rescore": "services.detector.commands.rescoring:rescore_command",
    "detect": "services.detector.commands.detecting:detect_command",
    "evaluate": "services.detector.evaluate.command:evaluate_command",
    "serve": "services.api.cli:serve",
    "interests": "services.interests.command:interests_command",
    "accounts": "services.api.account_codes:accounts_command",
    "migrate": "services.migration:migrate_command",
    "keys": "services.api.keys:keys_app",
    "doctor": "services.doctor.command:doctor_command",
    "audit": "services.api.audit.command:audit_app",
    "signals": "services.casefile.command:signals_app",
    "dead-letters": "services.detector.commands.letters:letters_app",
    "outbox": "services.detector.commands.outbox:outbox_app",
    "rules": "services.detector.commands.rules:rules_app",
    "explain": "services.detector.commands.explaining:explain_app",
    "topics": "services.detector.commands.topics:topics_app",
    "replay": "services.detector.commands.replaying:replay_command",
}
"""Command to module and function, or to a group of commands."""


def application(names: Iterable[str]) -> typer.Typer:
    """The command line with these commands."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Finds lookups in citizens' files that have no lawful reason, and explains them to investigators.",
    )
    app.callback()(_several_commands)
    for name in names:
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _several_commands() -> None:
    """Keeps the command's name on the command line where only one is loaded."""


def main() -> None:
    """Runs a command. Exit codes: 0 done, 1 failed, 2 bad usage or input."""
    os.environ.setdefault(ALLOCATOR, KEEP_FREED_MEMORY)
    configure_logging()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of a command line; faults are told on standard error, never as a traceback."""
    asked = [name for name in arguments[:1] if name in COMMANDS]
    try:
        application(asked or COMMANDS)(arguments, prog_name="doelbinding")
    except SystemExit as end:
        return _ended(end.code)
    except KeyboardInterrupt:  # while the command's module was imported
        return _ended(INTERRUPTED)
    except InputError as error:
        return _tell(error, BAD_INPUT)
    except DoelbindingError as error:
        return _tell(error, FAILED)
    except OSError as error:
        return _tell(DoelbindingError(f"{error.filename or 'a file'}: {error.strerror or error}"), FAILED)
    return DONE


def _ended(code: object) -> int:
    """Typer has told what was wrong with the usage; of an interruption it says nothing."""
    if code == INTERRUPTED:
        return _tell(DoelbindingError("interrupted"), FAILED)
    return BAD_INPUT if code == BAD_INPUT else DONE if code == DONE else FAILED


def _tell(error: DoelbindingError, code: int) -> int:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for line in str(error).splitlines():
        console.print(f"doelbinding: {line}", markup=False)
    return code
