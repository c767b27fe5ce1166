"""What one metric is: a row of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

OPEN_SET: tuple[str, ...] = ()
"""Values of a label that depend on the installation: partitions, dead-letter codes, tables."""

NO_LABELS: Mapping[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Metric:
    """One row of the catalogue; `labels` gives each label's values, or OPEN_SET."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    query: str
    labels: Mapping[str, tuple[str, ...]]
    buckets: tuple[float, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether all series are known beforehand, so that they can stand at 0 before anything happens."""
        return all(values != OPEN_SET for values in self.labels.values())
