"""What those who read signals see over REST: all signals, and the intake queue, page by page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import polars as pl

from services.core.tokens import open_tokens
from services.core.wire import to_wire
from tests.processes import PATIENCE_SECONDS, Started

Json = Mapping[str, object]
POLL_SECONDS = 0.2
OF_THE_TELLING = ("asOf", "revision", "receivedAt")
"""What two tellings of the same content may differ in."""


class Investigator:
    """Reads an API with tokens of its home folder: an investigator's, and an auditor's for signals about readers."""

    def __init__(self, url: str, home: Path) -> None:
        self.url = url
        tokens = open_tokens(home / "tokens.json")
        self._accounts = [{"Authorization": f"Bearer {tokens[name]}"} for name in ("investigator", "auditor")]

    def signals(self) -> dict[str, Json]:
        """All signals by id, pushed or not, without what differs between two tellings."""
        found: dict[str, Json] = {}
        for purpose in ({"pushed": "true"}, {"pushed": "false", "purpose": "investigation"}):
            for one in self._all("/v1/signals", "signals", purpose):
                found[str(one["signalId"])] = {key: one[key] for key in one if key not in OF_THE_TELLING}
        return found

    def items(self) -> dict[str, str]:
        """The intake queue: the id of each item, and its signal."""
        return {str(item["id"]): str(item["signalId"]) for item in self._all("/v1/intake-items", "intakeItems", {})}

    def revisions(self) -> dict[str, object]:
        """The number of the current revision of each pushed signal."""
        return {str(one["signalId"]): one["revision"] for one in self._all("/v1/signals", "signals", {})}

    def sees(self, enough: Callable[[dict[str, Json]], bool], detector: Started) -> dict[str, Json]:
        """Waits until the detector has made the signals as wanted, and gives them; fails if it ends before."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not enough(signals := self.signals()):
            assert detector.process.poll() is None, detector.said
            assert time.monotonic() < deadline, f"{len(signals)} signals, and not those wanted"
            time.sleep(POLL_SECONDS)
        return signals

    def _all(self, path: str, name: str, query: Mapping[str, str]) -> Iterator[Json]:
        # without TLS: to load certificates for every look would take most of the time
        with httpx.Client(base_url=self.url, verify=False) as client:
            for account in self._accounts:
                answer = client.get(path, params={"limit": "200", **query}, headers=account)
                yield from answer.raise_for_status().json()[name]
                while "next" in answer.links:
                    answer = client.get(answer.links["next"]["url"], headers=account)
                    yield from answer.raise_for_status().json()[name]


def rescored_signals(out: Path) -> dict[str, Json]:
    """The signals of a re-scoring run as the API would show them."""
    rows = pl.read_parquet(out / "signals.parquet").iter_rows(named=True)
    told = [to_wire({name: value for name, value in row.items() if name != "as_of"}) for row in rows]
    return {str(one["signalId"]): one for one in told if isinstance(one, dict)}
