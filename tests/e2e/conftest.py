"""The main job, done once for all tests of it: real processes, a home folder of their own, free ports."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from services.demo import LEGAL_BASIS
from tests.investigator import Investigator, Json, rescored_signals
from tests.processes import Ended, doelbinding, free_port, started

SIZE = ("--employees", "80", "--weeks", "2")
DELIVERED = r'doelbinding_deliveries_total\{result="delivered"\} [1-9]'
EXPLAINED = r'doelbinding_lookups_total\{outcome="explained"\} [1-9]'
SETTINGS_OF_DEMO = f'brp_legal_basis = "{LEGAL_BASIS}"\n'


@dataclass(frozen=True)
class Seen:
    """What an investigator saw at one moment."""

    signals: Mapping[str, Json]
    items: Mapping[str, str]
    revisions: Mapping[str, object]


@dataclass(frozen=True)
class MainJob:
    """The demo's first run, a look into its queue, and a re-scoring of the same lookups that is submitted as well."""

    home: Path
    dataset: Path
    state: Path
    first: Ended
    seen: Seen
    rescored: Mapping[str, Json]
    seen_after_rescoring: Seen


@dataclass(frozen=True)
class Deployables:
    """The same lookups through `serve` and `detect`, each a process of its own."""

    seen: Seen
    metrics: Mapping[str, str]
    ends: Mapping[str, Ended]
    home: Path


def look(url: str, home: Path) -> Seen:
    investigator = Investigator(url, home)
    return Seen(investigator.signals(), investigator.items(), investigator.revisions())


@pytest.fixture(scope="session")
def main_job(tmp_path_factory: pytest.TempPathFactory) -> MainJob:
    home = tmp_path_factory.mktemp("main-job")
    first = doelbinding(home, "demo", "--once", "--port", "0", *SIZE)
    dataset, state = home / "demo" / "agency-80-2-1", home / "demo" / "state-80-2-1"
    rules = home / "agency.toml"
    rules.write_text(SETTINGS_OF_DEMO)
    with started(state, "serve", "--port", "0") as api:
        url = api.until_it_says(r"Pages: +(http://[\d.:]+)")[1]
        seen = look(url, state)
        again = ("rescore", dataset, "--rules", rules, "--out", home / "rescored", "--submit", url)
        rescored = doelbinding(state, *again)
        seen_again = look(url, state)
    assert rescored.code == 0, rescored.err
    return MainJob(home, dataset, state, first, seen, rescored_signals(home / "rescored"), seen_again)


@pytest.fixture(scope="session")
def deployables(main_job: MainJob, tmp_path_factory: pytest.TempPathFactory) -> Deployables:
    home = tmp_path_factory.mktemp("deployables")
    for keys in ("keyring.json", "tokens.json"):
        shutil.copy(main_job.state / keys, home / keys)
    (home / "agency.toml").write_text(SETTINGS_OF_DEMO)
    port = free_port()
    with started(home, "serve", "--port", "0") as api:
        url = api.until_it_says(r"Pages: +(http://[\d.:]+)")[1]
        detect = ("detect", main_job.dataset, "--api", url, "--rules", home / "agency.toml", "--json")
        with started(home, *detect, "--follow", "--metrics-port", str(port)) as detector:
            page = detector.until_metrics_say(f"http://127.0.0.1:{port}", DELIVERED, EXPLAINED)
            metrics = {"api": httpx.get(f"{url}/metrics").text, "detector": page}
            followed = detector.told_to_stop()
        closed = doelbinding(home, *detect, "--metrics-port", "0")
        seen = look(url, home)
        ends = {"followed": followed, "closed": closed, "api": api.told_to_stop()}
    return Deployables(seen, metrics, ends, home)
