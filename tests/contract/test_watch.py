"""Alerts, dashboard and console ask for metrics that exist, and lead to a page that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from services.api.metrics import ApiMetrics
from services.detector.metric import OPEN_SET
from services.detector.metric_catalogue import CATALOGUE
from services.detector.rules import RULES
from services.watch.dashboard import COLUMNS, ROWS, as_text, dashboard
from services.watch.known_metrics import asked_for, series_names
from tests.unit.command_line import run

KEBAB = re.compile(r"`([a-z]+(?:-[a-z]+)+)`")
ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
CONSOLE = (PROMETHEUS / "consoles" / "doelbinding.html").read_text(encoding="utf-8")
RUNBOOK = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
LABELS = {metric.name: metric.labels for metric in CATALOGUE}
OF_THE_SCRAPE = {"job", "instance"}


def of_the_api() -> dict[str, tuple[str, set[str]]]:
    """Kind and labels of each metric of the API, by name."""
    collectors = {
        value._name: (value._type, set(value._labelnames))
        for value in ApiMetrics().registry._collector_to_names
        if isinstance(value, MetricWrapperBase)
    }
    return {name: found for name, found in collectors.items() if name.startswith("doelbinding_")}


OF_THE_API = {name: labels for name, (_, labels) in of_the_api().items()}
KINDS = {name: kind for name, (kind, _) in of_the_api().items()}


def alerts() -> Iterator[dict[str, Any]]:
    for path in sorted((PROMETHEUS / "alerts").glob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            yield from group["rules"]


ALERTS = {alert["alert"]: alert for alert in alerts()}
QUERIES = {
    **{name: alert["expr"] for name, alert in ALERTS.items()},
    **{
        f"{row.title} {panel.title} {query.called}": query.ask
        for row in ROWS
        for panel in row.panels
        for query in panel.queries
    },
    "the console": CONSOLE.replace('\\"', '"'),
}


class Case(NamedTuple):
    """One question of a promtool test: which alert, and whether it fires."""

    alert: str
    fires: bool


@cache
def cases() -> frozenset[Case]:
    found = set()
    for path in (PROMETHEUS / "tests").glob("*.yml"):
        for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]:
            for asked in test["promql_expr_test"]:
                [name] = re.findall(r'alertname="(\w+)"', asked["expr"])
                assert name.removeprefix("Doelbinding") == test["name"].partition(",")[0]
                found.add(Case(name, fires=bool(asked["exp_samples"])))
    return frozenset(found)


def matchers(query: str) -> Iterator[tuple[str, str, str, str]]:
    """Metric, label, operator and value of each condition on one of the detector's metrics."""
    for series, conditions in re.findall(r"(doelbinding_\w+)\{([^}]*)\}", query):
        metric = next((name for name in LABELS if re.fullmatch(rf"{name}(_bucket|_sum|_count)?", series)), None)
        for label, operator, value in re.findall(r'(\w+)(=~|!~|!=|=)"([^"]*)"', conditions):
            if metric and label not in OF_THE_SCRAPE:
                yield metric, label, operator, value


@pytest.mark.parametrize("name", QUERIES)
def test_only_metrics_that_exist_are_asked_for(name: str) -> None:
    asked = asked_for(QUERIES[name])
    assert asked <= series_names()
    assert asked or "up{" in QUERIES[name] or "ALERTS{" in QUERIES[name]


@pytest.mark.parametrize("name", QUERIES)
def test_only_labels_and_values_that_exist_are_asked_for(name: str) -> None:
    for metric, label, operator, value in matchers(QUERIES[name]):
        values = LABELS[metric][label]
        known = values == OPEN_SET or all(each in values for each in value.split("|"))
        assert known, f"{metric}: {label}{operator}{value}"


def test_a_misspelt_metric_or_label_would_be_found() -> None:
    assert not asked_for("sum(rate(doelbinding_lookup_total[5m]))") <= series_names()
    assert list(matchers('doelbinding_deliveries_total{result="refsued"}')) == [
        ("doelbinding_deliveries_total", "result", "=", "refsued")
    ]


@pytest.mark.parametrize("name", QUERIES)
def test_the_api_gives_each_condition_on_its_metrics_a_label(name: str) -> None:
    for series, conditions in re.findall(r"(doelbinding_api_\w+)\{([^}]*)\}", QUERIES[name]):
        labels = set(re.findall(r"(\w+)(?:=~|!~|!=|=)", conditions))
        assert labels <= OF_THE_API[family_of(series)] | OF_THE_SCRAPE, series


@pytest.mark.parametrize("name", QUERIES)
def test_what_is_summed_by_a_label_has_that_label(name: str) -> None:
    for grouped, series in re.findall(r"by \(([^)]*)\) \((?:\w+\()*(doelbinding_\w+)", QUERIES[name]):
        asked = {label.strip() for label in grouped.split(",")} - {"le"}
        assert asked <= labels_of(series) | OF_THE_SCRAPE, f"{series} by {grouped}"


@pytest.mark.parametrize("name", ALERTS)
def test_a_description_names_only_labels_that_the_alert_keeps(name: str) -> None:
    alert = ALERTS[name]
    told = set(re.findall(r"\$labels\.(\w+)", str(alert["annotations"])))
    grouped = {label.strip() for kept in re.findall(r"by \(([^)]*)\)", alert["expr"]) for label in kept.split(",")}
    assert told <= (grouped if grouped else OF_THE_SCRAPE)


def test_the_page_of_metrics_has_those_of_the_api_with_their_labels() -> None:
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8").partition("\n## API\n")[2]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) \|", page, re.MULTILINE)
    written = {(family_of(name), kind, frozenset(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}
    assert written == {(name, KINDS[name], frozenset(labels)) for name, labels in OF_THE_API.items()}


def family_of(series: str) -> str:
    """The name of the API's metric that a series is of."""
    return next(name for name in OF_THE_API if re.fullmatch(rf"{name}(_total|_bucket|_sum|_count)?", series))


def labels_of(series: str) -> set[str]:
    """Those of a metric of either deployable."""
    if series.startswith("doelbinding_api_"):
        return set(OF_THE_API[family_of(series)])
    return {
        label
        for name, labels in LABELS.items()
        if re.fullmatch(rf"{name}(_bucket|_sum|_count)?", series)
        for label in labels
    }


def test_the_code_of_deleted_records_is_the_one_that_letters_get() -> None:
    assert '"records-deleted"' in (ROOT / "services/detector/sources/kafka/trouble.py").read_text(encoding="utf-8")
    assert 'code="records-deleted"' in ALERTS["DoelbindingRecordsDeleted"]["expr"]


def test_rules_that_a_flood_leaves_out_exist() -> None:
    [left_out] = set(re.findall(r'rule!~"([^"]*)"', ALERTS["DoelbindingRuleFlood"]["expr"]))
    assert set(left_out.split("|")) < {rule.id for rule in RULES}


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_how_bad_it_is_and_leads_to_what_to_do(name: str) -> None:
    alert = ALERTS[name]
    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert set(alert["annotations"]) == {"summary", "description", "runbook_url"}
    assert alert["annotations"]["runbook_url"].endswith(f"/docs/alerts.md#{name.lower()}")
    [section] = re.findall(rf"^### {name}\n(.*?)(?=\n#|\Z)", RUNBOOK, re.MULTILINE | re.DOTALL)
    assert "*Look at" in section
    assert "do*" in section.lower()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`doelbinding ([a-z -]+)`", RUNBOOK))))
def test_commands_that_the_page_of_alerts_names_exist(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*command.split(), "--help") == 0
    assert capsys.readouterr().out


def test_figures_that_the_page_of_alerts_names_are_on_the_dashboard() -> None:
    sections = RUNBOOK[RUNBOOK.index("\n### ") :]
    named = set(re.findall(r"(?<!\*)\*([A-Z][^*:]+)\*(?![*:])", sections)) - {"Look at", "Look at and do", "Do"}
    titles = [panel.title for row in ROWS for panel in row.panels]
    assert named
    assert [name for name in named if not any(title.startswith(name) for title in titles)] == []


def test_events_that_the_page_of_alerts_says_to_look_for_are_logged() -> None:
    sections = RUNBOOK[RUNBOOK.index("\n### ") :]
    looked_for = {each for told in re.findall(r"\*Look at.*?(?=\*Do|\n)", sections) for each in KEBAB.findall(told)}
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "services").rglob("*.py"))
    assert looked_for
    assert [event for event in looked_for if f'"{event}"' not in source] == []


def test_the_page_of_alerts_tells_of_no_other() -> None:
    assert set(re.findall(r"^### (\w+)$", RUNBOOK, re.MULTILINE)) == ALERTS.keys()
    assert set(re.findall(r"Doelbinding[A-Z]\w+", RUNBOOK)) <= ALERTS.keys()


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_is_tested_where_it_fires_and_where_it_does_not(name: str) -> None:
    assert {Case(name, fires=True), Case(name, fires=False)} <= cases()


def test_alerts_ask_for_the_jobs_that_prometheus_scrapes() -> None:
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))
    jobs = {job["job_name"] for job in config["scrape_configs"]}
    asked = {job for query in QUERIES.values() for job in re.findall(r'job="([^"]*)"', query)}
    assert asked == jobs


def test_the_dashboard_is_up_to_date() -> None:
    stored = (ROOT / "deploy" / "grafana" / "doelbinding.json").read_text(encoding="utf-8")
    assert stored == as_text(), "run: python -m services.watch.dashboard deploy/grafana/doelbinding.json"


def test_panels_have_numbers_of_their_own_and_places_of_their_own() -> None:
    panels: Any = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert [panel["title"] for panel in panels if panel["type"] == "row"] == [row.title for row in ROWS]
    squares = [covered(panel["gridPos"]) for panel in panels]
    assert not any(one & other for one, other in combinations(squares, 2))
    assert all(x < COLUMNS for square in squares for x, _ in square)


def covered(place: dict[str, int]) -> set[tuple[int, int]]:
    return {
        (x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])
    }


def test_every_panel_asks_the_source_that_was_chosen() -> None:
    everything: Any = dashboard()["panels"]
    panels = [panel for panel in everything if panel["type"] != "row"]
    asked = [target["datasource"] for panel in panels for target in panel["targets"]]
    assert {source["uid"] for source in asked} == {"${datasource}"}
    assert all(panel["description"] for panel in panels)


def test_the_console_needs_no_script_and_nothing_from_elsewhere() -> None:
    assert "<script" not in CONSOLE
    assert not re.search(r"https?:", CONSOLE)
    assert '<html lang="en">' in CONSOLE
