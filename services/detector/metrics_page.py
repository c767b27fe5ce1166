"""The catalogue of metrics into the detector's part of docs/metrics.md.

`python -m services.detector.metrics_page docs/metrics.md` writes it; a test tells when it is out of date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from services.core.errors import InputError
from services.detector.metric import Metric
from services.detector.metric_catalogue import CATALOGUE

BEGIN = "<!-- generated: detector metrics -->"
END = "<!-- end of generated: detector metrics -->"


def detector_part() -> str:
    """A table row per metric, in Markdown."""
    head = ["| name | type | labels | meaning | sample query |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(_row(metric) for metric in CATALOGUE)])


def refreshed(page: str) -> str:
    """The page with what stands between the markers replaced. Raises InputError if the markers are not there."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise InputError(f"metrics page: needs the lines '{BEGIN}' and '{END}', in this order")
    return f"{before}{BEGIN}\n{detector_part()}\n{END}{after}"


def _row(metric: Metric) -> str:
    labels = "; ".join(f"`{name}`{_values(values)}" for name, values in metric.labels.items()) or "-"
    return f"| `{metric.name}` | {metric.kind} | {labels} | {metric.help} | `{metric.query}` |"


def _values(values: tuple[str, ...]) -> str:
    return f": {', '.join(values)}" if values else ""


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")
