"""Disk, clock and time zones of this machine into findings."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from services.doctor.findings import Finding, fault, ok, warning
from services.doctor.settings import knows_timezone

GIBIBYTE = 2**30
LEAST_FREE_BYTES, LEAST_FREE_SHARE = GIBIBYTE, 0.10
FIRST_YEAR = 2025
"""No release of this program is older, so a clock before it is wrong."""
TIMEZONE = "Europe/Amsterdam"


def examine_machine(home: Path, now: datetime) -> list[Finding]:
    """What the machine has to offer; `now` is its clock's time in UTC."""
    place = next(folder for folder in (home.absolute(), *home.absolute().parents) if folder.exists())
    usage = shutil.disk_usage(place)
    return [disk_finding(place, usage.total, usage.free), clock_finding(now), timezone_finding(TIMEZONE)]


def disk_finding(place: Path, total: int, free: int) -> Finding:
    """Whether there is room to go on, in bytes."""
    share = free / total if total else 0.0
    told = f"{place}: {free / GIBIBYTE:.1f} GiB of the disk is free ({share:.0%})"
    if free < LEAST_FREE_BYTES or share < LEAST_FREE_SHARE:
        return warning(
            "disk", f"{told}, less than 1 GiB or 10%; free some, because a full disk stops the detector and the intake"
        )
    return ok("disk", told)


def clock_finding(now: datetime) -> Finding:
    """Whether the clock can be right."""
    told = f"the clock says {now:%Y-%m-%d %H:%M} UTC"
    if now.year < FIRST_YEAR:
        return fault(
            "clock",
            f"{told}, which is past: every lookup looks like one of the future; set it, and keep it right with NTP",
        )
    return ok("clock", told)


def timezone_finding(name: str) -> Finding:
    """Whether local days and hours can be told."""
    if knows_timezone(name):
        return ok("timezone-database", f"the time zone database has {name}")
    return fault("timezone-database", f"the time zone database has no {name}; install the package tzdata")
