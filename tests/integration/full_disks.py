"""Disks that fill up under a running process, and have room again.

A limit on the size of files (RLIMIT_FSIZE, set from outside) needs no rights and fails the real writes of the real
process; the system calls it "file too large", SQLite an I/O error, as it does an exceeded quota. A small file system
of its own is full as any disk is, but only root may mount one.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

Full = Callable[[int], AbstractContextManager[None]]
"""No room for this process while the block runs."""

LARGEST_FILE = 64 * 1024
"""More than the processes log, less than their databases have after the first slices."""
DISK_BYTES = 32 * 1024 * 1024
LEFT_BYTES = 16 * 1024


@dataclass(frozen=True)
class Disk:
    """A folder, and what makes its disk full."""

    folder: Path
    full: Full


@contextmanager
def no_larger_files(pid: int) -> Iterator[None]:
    """A process whose files cannot grow; for its owner to set and to lift."""
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (LARGEST_FILE, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def limited_disk(folder: Path) -> Iterator[Disk]:
    """Files that cannot grow, in any folder."""
    if not hasattr(resource, "prlimit"):
        pytest.skip("this system cannot limit the files of a running process")
    yield Disk(folder, no_larger_files)


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A file system of some megabytes in memory."""
    options = ["-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "tmpfs"]
    try:
        subprocess.run(["mount", *options, folder], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a small disk needs root")
    try:
        yield Disk(folder, lambda _pid: ballast(folder))
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def ballast(folder: Path) -> Iterator[None]:
    """A file that takes what room is left."""
    file = folder / "ballast"
    room = os.statvfs(folder)
    with suppress(OSError):  # somebody else took the last of it meanwhile
        file.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - LEFT_BYTES)))
    try:
        yield
    finally:
        file.unlink()
