"""The rivals' own virtual environment, made from pinned packages, and what each of their programs takes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

FOLDER = Path(__file__).parents[1] / "throughput_rivals"
PINS = FOLDER / "requirements.txt"
RIVALS = {
    "kafka-python, poll loop, decode": "kafka_python_loop.py",
    "confluent-kafka, loop, decode": "confluent_loop.py",
    "Quix Streams, decode, keyed count": "quix_count.py",
    "Bytewax, decode, keyed count": "bytewax_count.py",
}
REFERENCE = "Bytewax, decode, keyed count"


class Measured(msgspec.Struct, frozen=True):
    """Lookups, and seconds of the processor (user and system, all threads) and of the clock on the wall."""

    lookups: int
    cpu: float
    wall: float


def installed(cache: Path) -> Path | None:
    """The Python of an environment with the pinned packages, made where it is missing; None where that fails."""
    folder = cache / f"rivals-{hashlib.sha256(PINS.read_bytes()).hexdigest()[:12]}"
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        print(f"Installing the rivals into {folder} ...", flush=True)
        venv.create(folder, clear=True, with_pip=True)
        options = (
            "--quiet",
            "--disable-pip-version-check",
            "--no-compile",
            "--require-hashes",
            "--only-binary",
            ":all:",
        )
        done = subprocess.run([str(python), "-m", "pip", "install", *options, "-r", str(PINS)], check=False)
        if done.returncode:
            print("The rivals could not be installed; the table goes without them.", file=sys.stderr)
            return None
        ready.touch()
    return python


def measured(python: Path, program: str, broker: str, topic: str, lookups: int) -> Measured:
    """One run of a rival, in a process and a folder of its own; ends this program if it fails."""
    command = [str(python), str(FOLDER / program), broker, topic, str(lookups)]
    with TemporaryDirectory() as home:  # Quix Streams makes folders where it runs
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=home)
    if done.returncode:
        sys.exit(f"{program} ended with {done.returncode}:\n{done.stderr}")
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Measured)
