"""The cookbook of the REST API does what it says, block by block, against a real API."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from services.api.embedded import EmbeddedApi
from services.api.settings import load_settings
from services.core.tokens import open_tokens

PAGE = Path(__file__).parents[2] / "docs" / "rest-cookbook.md"
BLOCK = re.compile(r"```(python|sh)\n(.*?)```", re.DOTALL)
PROMISED = re.compile(r"print\(.*\)  # (.+)")

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(tmp_path, monkeypatch):
    with EmbeddedApi(load_settings(home=tmp_path, port=0)) as api:
        open_tokens(tmp_path / "tokens.json")
        monkeypatch.setenv("API", api.url)
        monkeypatch.setenv("TOKENS", str(tmp_path / "tokens.json"))
        yield


def blocks(language):
    return [block for kind, block in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if kind == language]


def run_python():
    names = {}
    for block in blocks("python"):
        exec(compile(block, str(PAGE), "exec"), names)
    for name in ("detector", "one", "other"):
        names[name].close()


@pytest.mark.usefixtures("environment")
def test_what_the_page_says_is_printed_is_printed(capsys):
    run_python()
    printed = capsys.readouterr().out.splitlines()
    promised = [said for block in blocks("python") for said in PROMISED.findall(block)]
    assert len(promised) == 3
    assert [line for line in printed if line in promised] == promised
    assert "query limit Input should be greater than or equal to 1" in printed


@pytest.mark.usefixtures("environment")
def test_the_commands_work():
    run_python()
    script = "set -euo pipefail\n" + "\n".join(blocks("sh"))
    told = subprocess.run(["bash", "-c", script], env=os.environ, capture_output=True, text=True, check=True).stdout
    assert 'rel="next"' not in told
    assert '"ruleClass":"P"' in told
    assert "event: item" in told
    assert "This resource answers to GET, HEAD, POST." in told
