"""Two processes that write one trail are killed at random: what was acknowledged is there, and all of it verifies."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest

from services.api.audit.export import begin
from tests.unit.api.audit.histories import History

KILLS = 5


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_raises_an_alarm(tmp_path, migrated):
    rng = random.Random(11)
    history = History(migrated).copy(tmp_path / "home")
    begin(history.export)
    assert history.notary.key_id  # the processes share the key that is made here
    acknowledged = 0
    for _ in range(KILLS):
        command = [sys.executable, "-m", "tests.unit.api.audit.killed_reader", str(history.home)]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        assert both[0].stdout is not None
        first = both[0].stdout.readline()
        time.sleep(rng.random())
        for process in both:
            process.kill()
        told = [first, *(process.communicate()[0] for process in both)]
        acknowledged += sum(6 * text.count("6") for text in told)
        report = history.verified()
        assert report.whole, report.findings.faults
        assert report.entries >= acknowledged
    assert acknowledged > 6 * KILLS
