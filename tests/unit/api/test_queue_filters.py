"""The queue's filters: over the API in moments, on the page in days of the agency's calendar."""

import re
from datetime import UTC, datetime

import pytest

BEFORE_SUMMER_TIME = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # 29 March, half past midnight in Amsterdam
AFTER_SUMMER_TIME = datetime(2026, 3, 29, 21, 30, tzinfo=UTC)  # 29 March, half past eleven in the evening


@pytest.fixture
def queued(api, make_signal):
    """1 and 2 are raised on 29 March (local), at its start and its end; 3 earlier, low; 4 of another rule."""
    api.results(
        make_signal(1, score=80.0, raised_at=BEFORE_SUMMER_TIME, as_of=AFTER_SUMMER_TIME, severity="critical"),
        make_signal(2, score=60.0, raised_at=AFTER_SUMMER_TIME, as_of=AFTER_SUMMER_TIME),
        make_signal(3, score=12.5, severity="low"),
        make_signal(4, score=60.5, rule="no-case-link", rule_class="B"),
        make_signal(5, score=70.0, status="withdrawn", withdrawn_reason="merged"),
    )
    api.sign_in()
    return api


def items(answer):
    assert answer.status_code == 200, answer.text
    return [int(item["signalId"][2:], 16) for item in answer.json()["intakeItems"]]


def shown(api, url, status=200):
    answer = api.get(url, None)
    assert answer.status_code == status, answer.text
    signals = {row["id"]: row["signal_id"] for row in api.rows("SELECT id, signal_id FROM intake_items")}
    return [int(signals[item][2:], 16) for item in re.findall(r'href="/items/(i-[0-9a-f]{32})"', answer.text)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("severity=low", [3]),
        ("severity=high&rule=own-file&withdrawn=false", [2]),
        ("minPriority=60", [1, 5, 4, 2]),
        ("minPriority=60.5", [1, 5, 4]),
        ("raisedFrom=2026-03-28T23:30:00Z", [1, 2]),
        ("raisedTo=2026-03-28T23:30:00Z&withdrawn=false", [4, 3]),
        ("raisedFrom=2026-03-29T01:30:00%2B02:00&raisedTo=2026-03-29T23:30:00%2B02:00", [1]),
        ("raisedFrom=2026-03-28T23:30:00Z&raisedTo=2026-03-29T21:30:00Z", [1]),
    ],
)
def test_the_api_narrows_the_queue(queued, query, found):
    assert items(queued.get(f"/v1/intake-items?{query}")) == found


def test_the_api_tells_all_faults_of_the_filters_at_once(api):
    answer = api.get(
        "/v1/intake-items?severity=hoog&minPriority=-1&raisedFrom=2026-03-02T00:00:00Z&raisedTo=2026-03-01T00:00:00Z"
    )
    assert answer.status_code == 400
    assert [(fault["pointer"], fault["detail"]) for fault in answer.json()["errors"]] == [
        ("severity", "Input should be 'low', 'medium', 'high' or 'critical'"),
        ("minPriority", "Input should be greater than or equal to 0"),
        ("raisedTo", "must lie after raisedFrom; signals raised at raisedTo itself are not shown"),
    ]


def test_a_revision_that_changes_the_severity_moves_the_item_to_the_other_filter(queued, make_signal):
    later = datetime(2026, 3, 30, tzinfo=UTC)
    queued.results(make_signal(3, score=45.0, severity="medium", as_of=later))
    assert items(queued.get("/v1/intake-items?severity=low")) == []
    assert items(queued.get("/v1/intake-items?severity=medium")) == [3]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 4, 2, 3]),
        ("show=&rule=&severity=&raisedFrom=&raisedTo=&minPriority=", [1, 4, 2, 3]),
        ("show=withdrawn", [5]),
        ("rule=no-case-link", [4]),
        ("rule=of-a-newer-detector", []),
        ("severity=low", [3]),
        ("minPriority=60,5", [1, 4]),
        ("minPriority=60.5", [1, 4]),
        ("raisedFrom=2026-03-29&raisedTo=2026-03-29", [1, 2]),
        ("raisedFrom=29-03-2026", [1, 2]),
        ("raisedTo=2026-03-28", [4, 3]),
        ("raisedFrom=1970-01-01&raisedTo=2199-12-31", [1, 4, 2, 3]),
    ],
)
def test_the_page_narrows_the_queue_and_counts_whole_local_days(queued, query, found):
    assert shown(queued, f"/queue?{query}") == found


def test_the_form_shows_again_what_was_asked(queued):
    page = queued.get("/queue?rule=no-case-link&severity=high&raisedFrom=01-02-2026&minPriority=12,5", None).text
    assert '<option value="no-case-link" selected>Geen zaakkoppeling</option>' in page
    assert '<option value="high" selected>hoog</option>' in page
    assert 'type="date" value="2026-02-01"' in page
    assert 'type="number" value="12.5"' in page
    assert "Filters wissen" in page


def test_every_field_has_a_label_and_the_form_needs_no_script(queued):
    page = queued.get("/queue", None).text
    form = page[page.index('<form method="get" action="/queue"') : page.index("</form>", page.index('action="/queue"'))]
    fields = re.findall(r'<(?:input|select) [^>]*id="(\w+)" name="(\w+)"', form)
    assert [name for _, name in fields] == ["rule", "severity", "raisedFrom", "raisedTo", "minPriority"]
    assert all(f'for="{field}">' in form for field, _ in fields)
    assert 'type="submit">' in form


def test_the_tabs_keep_the_filters_and_clearing_keeps_the_tab(queued):
    page = queued.get("/queue?show=withdrawn&rule=own-file", None).text.replace("&amp;", "&")
    assert 'href="/queue?show=open&rule=own-file"' in page
    assert 'href="/queue?show=withdrawn">Filters wissen' in page


def test_the_links_to_other_pages_of_the_list_keep_the_filters(api, make_signal):
    api.results(*(make_signal(number, severity="low" if number % 2 else "high") for number in range(120)))
    api.sign_in()
    asked = "/queue?severity=low&show=open"
    page = api.get(asked, None)
    target = re.search(r'rel="next" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert "severity=low" in target
    assert sorted(shown(api, asked) + shown(api, target)) == list(range(1, 120, 2))


FAULTS = "show=all&rule=Own%20file&severity=hoog&raisedFrom=2026-02-30&raisedTo=gisteren&minPriority=-1"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "nl",
            [
                "Toon: kies een van de lijsten hierboven",
                "Regel: kies een regel uit de lijst",
                "Ernst: kies laag, middel, hoog of kritiek",
                "Ontstaan vanaf: geef een bestaande dag, geschreven als 2026-03-14",
                "Ontstaan tot en met: geef een bestaande dag, geschreven als 2026-03-14",
                "Prioriteit vanaf: geef een getal van 0 of hoger, zoals 60",
            ],
        ),
        (
            "en",
            [
                "Show: choose one of the lists above",
                "Rule: choose a rule from the list",
                "Severity: choose low, medium, high or critical",
                "Raised from: give a day that exists, written as 2026-03-14",
                "Raised up to (incl.): give a day that exists, written as 2026-03-14",
                "Priority from: give a number of 0 or more, such as 60",
            ],
        ),
    ],
)
def test_all_faults_of_the_filters_are_told_together_in_the_page(queued, language, told):
    answer = queued.get(f"/queue?{FAULTS}&lang={language}", None)
    assert answer.status_code == 400
    assert "/items/i-" not in answer.text
    summary = re.search(r'role="alert">(.*?)</div>', answer.text, re.DOTALL)[1]
    lines = re.findall(r"<li>(.*?)</li>", summary)
    assert [re.sub(r"<[^>]+>", "", line) for line in lines] == told


def test_a_period_that_ends_before_it_starts_is_told_at_its_end(queued):
    page = queued.get("/queue?raisedFrom=2026-03-02&raisedTo=2026-03-01", None)
    assert page.status_code == 400
    assert 'id="raisedTo-fault">deze dag ligt vóór de eerste dag; kies dezelfde dag of een latere' in page.text


@pytest.mark.parametrize("number", ["nan", "inf", "1e3", "1_0", "60%", "½"])
def test_only_plain_numbers_are_priorities(queued, number):
    assert queued.get(f"/queue?minPriority={number}", None).status_code == 400


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-W01-1", "2026-03-14T00:00"])
def test_only_days_in_which_a_lookup_can_lie_are_days(queued, day):
    assert queued.get(f"/queue?raisedFrom={day}", None).status_code == 400


def test_a_wrong_filter_stays_text_and_reads_nothing(queued):
    before = queued.trail()
    page = queued.get("/queue", None, params={"rule": "<script>x</script>", "raisedFrom": '"><img src=x>'})
    assert page.status_code == 400
    assert "<script>" not in page.text
    assert "<img" not in page.text
    assert queued.trail() == before


def test_a_filter_that_nothing_matches_says_so(queued):
    assert "Geen signaal voldoet aan deze filters." in queued.get("/queue?minPriority=99", None).text
