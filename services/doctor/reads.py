"""Where the API tells what readers of signals open into findings: whether a detector will come upon it."""

from __future__ import annotations

import os
from pathlib import Path

from services.api.publishing.settings import load_publishing_settings
from services.api.settings import PREFIX
from services.core.errors import InputError
from services.detector.topic_settings import load_topic_settings
from services.doctor.findings import Finding, ok, warning
from services.doctor.settings import Settings

CHECK = "reads"
FOLDER = f"{PREFIX}READS"
NOWHERE = (
    f"what readers of signals open goes nowhere, so that nobody judges the readers; set {FOLDER} to the dataset that "
    "the detector reads, or DOELBINDING_KAFKA_* (docs/reads.md)"
)


def examine_reads(settings: Settings, dataset: Path | None) -> list[Finding]:
    """`dataset` is the one that the detector reads, where that is known.

    Nothing is said where the API's settings cannot be used, which is a finding of its own.
    """
    if settings.api is None:
        return []
    if settings.api.reads is not None:
        return [_folder(settings.api.reads, dataset)]
    return [warning(CHECK, NOWHERE)] if settings.kafka is None else _topic()


def _folder(folder: Path, dataset: Path | None) -> Finding:
    lookups = folder / "lookups"
    if lookups.exists() and not (lookups.is_dir() and os.access(lookups, os.W_OK | os.X_OK)):
        told = "is not a folder that this user can write; change its owner, or reads wait in the audit trail"
        return warning(CHECK, f"{lookups}: {told}")
    if dataset is not None and dataset.resolve() != folder.resolve():
        told = f"reads of signals go there, but the detector's dataset is {dataset}; set {FOLDER} to that"
        return warning(CHECK, f"{folder}: {told}")
    return ok(CHECK, f"{folder}: reads of signals go into its lookups; the detector should read this dataset")


def _topic() -> list[Finding]:
    """A machine of detectors alone has no settings of the API's events, and nothing is said there."""
    try:
        publishing, read = load_publishing_settings(), load_topic_settings().topic
    except InputError:
        return []
    if publishing is None:
        return []
    told = publishing.events.lookups_topic
    if told != read:
        wrong = f"reads of signals go to topic {told}, but the detectors read {read}; set {PREFIX}LOOKUPS_TOPIC to that"
        return [warning(CHECK, wrong)]
    return [ok(CHECK, f"reads of signals go to topic {told}, which the detectors read")]
