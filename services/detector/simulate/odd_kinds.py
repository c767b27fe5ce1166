"""The kinds of lawful oddity, as they are named in the answers."""

from __future__ import annotations

KINDS = (
    "cover_absent",
    "consultation",
    "supervisor_help",
    "bsn_typo",
    "wrong_namesake",
    "aftercare",
    "nightly_registration",
    "late_registration",
    "eigen_personeel_handler",
    "own_personnel_file",
    "stale_case_screen",
    "report_export",
)


def kind(name: str) -> int:
    """Number of a kind of oddity."""
    return KINDS.index(name)
