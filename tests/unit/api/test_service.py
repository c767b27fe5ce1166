"""Health, metrics and the public OpenAPI document."""

from pathlib import Path

import pytest


def test_ready_needs_the_tables_of_this_release(own_api):
    assert own_api.get("/v1/health/ready").json() == {"status": "ok"}
    own_api.rows("UPDATE alembic_version SET version_num = '0000'")
    answer = own_api.get("/v1/health/ready", None)
    assert answer.status_code == 503
    assert "doelbinding migrate" in answer.json()["detail"]
    assert own_api.get("/v1/health/live", None).status_code == 200


def test_the_openapi_document_is_readable_from_any_origin(own_api):
    assert own_api.get("/v1/openapi.json", None).headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in own_api.get("/v1/signals").headers


@pytest.fixture
def metrics(own_api):
    def read():
        lines = own_api.get("/metrics", None).text.splitlines()
        return dict(line.rsplit(" ", 1) for line in lines if line.startswith("doelbinding_"))

    return read


def test_intake_results_and_reads_are_counted(own_api, make_signal, metrics):
    own_api.results(make_signal(), make_signal(), make_signal(2, pushed=False))
    own_api.get("/v1/signals")
    found = metrics()
    assert found['doelbinding_api_intake_signals_total{result="stored"}'] == "2.0"
    assert found['doelbinding_api_intake_signals_total{result="unchanged"}'] == "1.0"
    assert found['doelbinding_api_signal_reads_total{what="signals"}'] == "1.0"
    assert found['doelbinding_api_open_signals{pushed="true"}'] == "5.0"
    assert found['doelbinding_api_open_signals{pushed="false"}'] == "5.0"


def test_counts_of_signals_and_items_are_told_in_fives(own_api, make_signal, metrics):
    assert metrics()['doelbinding_api_open_signals{pushed="true"}'] == "0.0"
    told = []
    for number in range(1, 7):
        own_api.results(make_signal(number))
        told.append(metrics()['doelbinding_api_open_signals{pushed="true"}'])
    assert told == ["5.0"] * 5 + ["10.0"]


def test_results_that_did_not_occur_yet_are_zero(metrics):
    assert metrics()['doelbinding_api_intake_signals_total{result="outdated"}'] == "0.0"


def test_requests_are_counted_by_the_template_of_their_route(own_api, metrics):
    own_api.get("/v1/signals/s-" + "0" * 32)
    own_api.get("/960000017")
    found = metrics()
    assert found['doelbinding_api_requests_total{method="GET",route="/v1/signals/{signalId}",status="404"}'] == "1.0"
    assert found['doelbinding_api_requests_total{method="any",route="unmatched",status="404"}'] == "1.0"
    assert "960000017" not in str(found)


def test_every_metric_is_in_the_docs(own_api):
    page = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text()
    families = own_api.parts.metrics.registry.collect()
    names = {each.name + "_total" * (each.type == "counter") for each in families if "doelbinding" in each.name}
    assert {name for name in names if f"| `{name}` | " not in page} == set()
    assert len(names) > 10


def test_metrics_are_answered_while_the_database_is_not(own_api, metrics):
    assert metrics()["doelbinding_api_database_up"] == "1.0"
    own_api.rows("ALTER TABLE signals RENAME TO gone")
    assert metrics()["doelbinding_api_database_up"] == "0.0"
