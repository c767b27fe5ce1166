"""The files that the pages serve, beside what their packages hold."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.browser.chromium import demand


def differing() -> list[str]:
    """The lines that the check says; none where everything is the same."""
    check = [demand("node", "nodejs"), "assets.js", "--check"]
    ended = subprocess.run(check, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return [line for line in (ended.stdout + ended.stderr).splitlines() if line] if ended.returncode else []
