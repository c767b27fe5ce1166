"""The panels into Grafana's dashboard, as JSON.

`python -m services.watch.dashboard deploy/grafana/doelbinding.json` writes it; a test tells when it is out of date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from string import ascii_uppercase

from services.watch.alive import ALIVE
from services.watch.correct import CORRECT
from services.watch.current import CURRENT
from services.watch.panel import Kind, Panel, Row

Json = dict[str, object]

ROWS: tuple[Row, ...] = (ALIVE, CURRENT, CORRECT)
SCHEMA_VERSION = 39
"""Of Grafana 10.4 and later; newer releases read it."""
COLUMNS = 24
HEIGHTS: dict[Kind, int] = {"stat": 4, "table": 8, "timeseries": 8}
DATASOURCE: Json = {"type": "prometheus", "uid": "${datasource}"}
OPTIONS: dict[Kind, Json] = {
    "stat": {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "textMode": "value",
    },
    "table": {"showHeader": True, "cellHeight": "sm"},
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
}


def dashboard() -> Json:
    """The whole dashboard; the data source is a variable, so that it fits every installation."""
    return {
        "uid": "doelbinding",
        "title": "Doelbinding",
        "description": "Is it alive, current, correct? Alerts and what to do: docs/alerts.md.",
        "tags": ["doelbinding"],
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "timezone": "browser",
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_datasource_variable()]},
        "annotations": {"list": []},
        "links": [],
        "panels": list(_placed(ROWS)),
    }


def as_text() -> str:
    """The dashboard as its file holds it."""
    return json.dumps(dashboard(), indent=2) + "\n"


def _datasource_variable() -> Json:
    return {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
        "current": {},
        "options": [],
        "hide": 0,
        "refresh": 1,
        "regex": "",
        "multi": False,
        "includeAll": False,
    }


def _placed(rows: tuple[Row, ...]) -> Iterator[Json]:
    """Rows from above to below, their panels from left to right, in lines as high as their highest."""
    ids, y = count(1), 0
    for row in rows:
        yield _title(row, next(ids), y)
        x, y, height = 0, y + 1, 0
        for panel in row.panels:
            if x + panel.width > COLUMNS:
                x, y, height = 0, y + height, 0
            yield _panel(panel, next(ids), x, y)
            x, height = x + panel.width, max(height, HEIGHTS[panel.kind])
        y += height


def _title(row: Row, number: int, y: int) -> Json:
    place = {"h": 1, "w": COLUMNS, "x": 0, "y": y}
    return {"id": number, "type": "row", "title": row.title, "collapsed": False, "gridPos": place, "panels": []}


def _panel(panel: Panel, number: int, x: int, y: int) -> Json:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.means,
        "datasource": DATASOURCE,
        "gridPos": {"h": HEIGHTS[panel.kind], "w": panel.width, "x": x, "y": y},
        "targets": [_target(panel, place) for place in range(len(panel.queries))],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": OPTIONS[panel.kind],
        "transformations": _without_clutter() if panel.kind == "table" else [],
    }


def _target(panel: Panel, place: int) -> Json:
    query, now = panel.queries[place], panel.kind != "timeseries"
    return {
        "refId": ascii_uppercase[place],
        "datasource": DATASOURCE,
        "expr": query.ask,
        "legendFormat": query.called,
        "instant": now,
        "range": not now,
        "format": "table" if panel.kind == "table" else "time_series",
    }


def _defaults(panel: Panel) -> Json:
    shared: Json = {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": _steps(panel)}}
    if panel.kind == "timeseries":
        return {**shared, "min": 0, "custom": {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 0}}
    return {**shared, "noValue": "none" if panel.kind == "table" else "not known"}


def _steps(panel: Panel) -> list[Json]:
    if panel.red_below is not None:
        return [{"color": "red", "value": None}, {"color": "green", "value": panel.red_below}]
    steps: list[Json] = [{"color": "green", "value": None}]
    return steps if panel.red_from is None else [*steps, {"color": "red", "value": panel.red_from}]


def _without_clutter() -> list[Json]:
    """A table without the columns that say the same on each line."""
    names = ("Time", "__name__", "job")
    return [{"id": "organize", "options": {"excludeByName": dict.fromkeys(names, True)}}]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(as_text(), encoding="utf-8")
