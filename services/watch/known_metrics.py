"""Both deployables into the names of the series that Prometheus gets from them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

from services.api.metrics import ApiMetrics
from services.detector.metrics import DetectorMetrics

NAME = re.compile(r"\b(?:doelbinding|process)_\w+")
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
"""What the names of a kind's series end in."""


def series_names() -> frozenset[str]:
    """Every name that an alert or a panel may ask for, beside Prometheus' own `up` and `ALERTS`."""
    registries = DetectorMetrics().registry, ApiMetrics().registry
    return frozenset(name for registry in registries for name in _names(registry))


def asked_for(query: str) -> frozenset[str]:
    """The names of our series in a query."""
    return frozenset(NAME.findall(query))


def _names(registry: CollectorRegistry) -> Iterator[str]:
    family: Metric
    for family in registry.collect():
        for suffix in SUFFIXES.get(family.type, ("",)):
            yield family.name + suffix
