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
    "consultation_later",
    "other_lead",
    "cover_at_work",
    "old_team_work",
    "newcomer_learning",
    "handover_review",
    "handover_reading",
    "bsn_typo_kept",
    "wrong_namesake_kept",
    "self_reported",
    "task_force",
    "migration_check",
    "helping_out",
    "mailing",
    "month_export",
    "emergency",
    "archive_request",
    "dormant_reopened",
    "linked_person",
    "linked_person_unrecorded",
    "neighbour_client",
    "relative_of_team",
    "never_registered",
    "clock_skew",
)


def kind(name: str) -> int:
    """Number of a kind of oddity."""
    return KINDS.index(name)
