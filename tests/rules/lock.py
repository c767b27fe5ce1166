"""Rules into their version lock: a rule whose file changed must carry a new version.

`python -m tests.rules.lock` writes the lock anew; it refuses while a changed rule still has its old version.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from services.detector import rules
from services.detector.rules import RULES

SOURCES = Path(rules.__file__).parent
LOCK = Path(__file__).with_name("versions.lock.json")

Lock = dict[str, dict[str, object]]


def current() -> Lock:
    """Version and SHA-256 of the source file of each rule, by id."""
    return {
        rule.id: {
            "version": rule.version,
            "sha256": hashlib.sha256((SOURCES / f"{rule.id.replace('-', '_')}.py").read_bytes()).hexdigest(),
        }
        for rule in sorted(RULES, key=lambda rule: rule.id)
    }


def unraised(locked: Lock, now: Lock) -> list[str]:
    """A sentence per rule whose file changed while its version did not go up."""
    return [
        f"{name}: its file changed and its version is still {entry['version']}; raise `version` in the file "
        "(signals of the old wording keep the old number), then run: python -m tests.rules.lock"
        for name, entry in now.items()
        if name in locked
        and entry["sha256"] != locked[name]["sha256"]
        and int(str(entry["version"])) <= int(str(locked[name]["version"]))
    ]


def read() -> Lock:
    """The lock as it was committed; empty before the first."""
    return dict(json.loads(LOCK.read_text(encoding="utf-8"))) if LOCK.exists() else {}


if __name__ == "__main__":
    if faults := unraised(read(), current()):
        sys.exit("\n".join(faults))
    LOCK.write_text(json.dumps(current(), indent=1) + "\n", encoding="utf-8")
