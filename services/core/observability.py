"""Logs as JSON lines with static event names, and a last filter against personal data."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress

import structlog

from services.core.eleven_proof import is_valid

NINE_DIGITS = re.compile(r"(?<!\d)\d{9}(?!\d)")
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+\.[\w.]+")
"""Starts at the head of a run and never goes back into it: a long text without an @ takes time in proportion."""


def redact(text: str) -> str:
    """The text without valid BSNs, bearer tokens and e-mail addresses."""
    text = NINE_DIGITS.sub(lambda match: "[bsn]" if is_valid(match[0]) else match[0], text)
    return EMAIL.sub("[e-mail]", TOKEN.sub("[token]", text))


def _redact_event(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}


class _PrintLogger(structlog.PrintLogger):
    """A log that cannot be written, for instance on a full disk, must not end the work that it tells of."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = fatal = failure = err = error = critical = exception = msg


def configure_logging(level: int = logging.INFO) -> None:
    """One JSON object a line on standard error; call once, in an entry point."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact_event,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _PrintLogger(sys.stderr),
    )
