"""Every read of a signal is written down before it is answered."""

import pytest

WAYS = [
    ("/v1/signals?pushed=false&purpose=canary", "signals", "canary"),
    ("/v1/signals/{unpushed}?purpose=investigation", "signal", "investigation"),
    ("/v1/signals/{unpushed}/lookups?purpose=quality-review", "lookups", "quality-review"),
    ("/v1/signals", "signals", None),
    ("/v1/signals/{pushed}", "signal", None),
    ("/v1/intake-items", "intake-items", None),
    ("/v1/intake-items/{item}", "intake-item", None),
    ("/queue", "queue-page", None),
    ("/signals/{pushed}", "signal-page", None),
    ("/signals/{unpushed}?purpose=canary", "signal-page", "canary"),
]
REFUSED = ["/v1/signals?pushed=false", "/v1/signals/{unpushed}", "/v1/signals/{nothing}", "/signals/{unpushed}"]


@pytest.fixture
def place(api, make_signal):
    return placed(api, make_signal)


def placed(api, make_signal):
    api.results(make_signal(1), make_signal(2, pushed=False))
    api.sign_in()
    item = api.rows("SELECT id FROM intake_items")[0]["id"]
    names = {"pushed": "s-" + f"{1:032x}", "unpushed": "s-" + f"{2:032x}", "nothing": "s-" + f"{9:032x}", "item": item}
    return lambda url: url.format(**names)


@pytest.mark.parametrize(("url", "what", "purpose"), WAYS)
def test_a_read_is_recorded_with_who_what_and_why(api, place, url, what, purpose):
    assert api.get(place(url)).status_code == 200
    (read,) = api.trail()
    assert (read["actor"], read["role"], read["purpose"]) == ("token:investigator", "investigator", purpose)
    signal = place("{unpushed}" if purpose else "{pushed}")
    assert (read["object_id"], read["detail"]) == (signal, {"shown": what, "signals": [signal]})
    assert read["at"].startswith("2026-04-01 09:00:00")


@pytest.mark.parametrize("url", REFUSED)
def test_a_refused_read_shows_nothing_and_records_nothing(api, place, url):
    answer = api.get(place(url))
    assert answer.status_code in {400, 404}
    assert "p1-" not in answer.text
    assert api.trail() == []


def test_what_cannot_be_recorded_is_not_answered(own_api, make_signal):
    place = placed(own_api, make_signal)
    own_api.rows("ALTER TABLE audit_entries RENAME TO gone")
    for url, _, _ in WAYS:
        answer = own_api.get(place(url))
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        assert "p1-" not in answer.text
    own_api.rows("ALTER TABLE gone RENAME TO audit_entries")
    assert own_api.get(place("/v1/signals")).status_code == 200


def test_an_empty_list_is_recorded_too(api):
    api.get("/v1/signals?pushed=false&purpose=canary")
    (read,) = api.trail()
    assert (read["object_id"], read["detail"]) == (None, {"shown": "signals", "signals": []})


def test_counts_are_no_read_of_a_signal(api, make_signal):
    api.results(make_signal())
    assert api.get("/v1/aggregates", "soc").status_code == 200
    assert api.trail() == []
