"""A volume beside other days: taken in whole, drawn to scale, and told in words and numbers."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.api.pages import frame
from services.api.pages.comparison import MANY, comparison_chart
from services.core.contract import COMPARISON_LIMIT

SIGNAL = "/signals/s-" + f"{1:032x}"
FRIDAY = date(2026, 3, 13)


def row(days_before, own, expected=1.0, peers=0.5):
    return {"day": FRIDAY - timedelta(days=days_before), "own": own, "expected": expected, "peers": peers}


def kept(*rows):
    return [{**each, "day": each["day"].isoformat()} for each in rows]


ROWS = [row(3, 0), row(2, 2, 1.25), row(1, 1), row(0, 1_204, 1.31, 0.04)]


@pytest.fixture
def page(api, make_signal):
    def tell(language="nl", rows=ROWS, **changes):
        changes = {"rule": "volume-own", "subject": None} | changes
        assert api.results(make_signal(1, comparison=rows, **changes)) == [("stored", 1)]
        api.sign_in()
        answer = api.get(f"{SIGNAL}?lang={language}", None)
        assert answer.status_code == 200
        return answer.text

    return tell


def test_what_is_delivered_is_what_is_read(api, make_signal):
    api.results(make_signal(1, comparison=ROWS))
    told = api.get(f"/v1{SIGNAL}").json()["comparison"]
    assert told[-1] == {"day": "2026-03-13", "own": 1204, "expected": 1.31, "peers": 0.04}
    assert len(told) == 4


def test_a_signal_from_before_there_were_comparisons_compares_nothing(api, make_signal):
    api.results(make_signal(1))
    api.rows("UPDATE signals SET body = json_remove(body, '$.comparison', '$.receivedAt')")
    api.sign_in()
    assert api.get(f"/v1{SIGNAL}").json()["comparison"] == []
    assert "comparison-words" not in api.get(SIGNAL, None).text


@pytest.mark.parametrize(
    ("changed", "pointer", "detail"),
    [
        ([row(0, 1), row(1, 1)], "", "must hold each day once, in order"),
        ([row(0, 1), row(0, 2)], "", "must hold each day once, in order"),
        ([row(0, -1)], "/0/own", "Input should be greater than or equal to 0"),
        ([row(0, 1, -0.5)], "/0/expected", "Input should be greater than or equal to 0"),
        ([row(0, 1) | {"day": "2026-03-13T00:00:00Z"}], "/0/day", "must be a day, written as 2026-03-14"),
        ([row(0, 1) | {"day": "13-03-2026"}], "/0/day", "must be a day, written as 2026-03-14"),
    ],
)
def test_a_comparison_that_is_not_right_is_refused(api, make_signal, changed, pointer, detail):
    answer = api.deliver(make_signal(1, comparison=changed))
    assert answer.status_code == 400
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["detail"]) == (f"/signals/0/comparison{pointer}", detail)


def test_more_days_than_the_longest_history_are_refused(api, make_signal):
    rows = [row(COMPARISON_LIMIT - number, 1) for number in range(COMPARISON_LIMIT + 1)]
    assert api.deliver(make_signal(1, comparison=rows)).status_code == 400
    assert api.deliver(make_signal(1, comparison=rows[1:])).status_code == 200


def test_a_bar_is_as_high_as_its_count_and_stands_on_its_day():
    chart = comparison_chart("persons", kept(row(4, 0), row(3, 10, 5.0, 2.5), row(0, 40, 5.0, 2.5)))
    monday, tuesday, friday = chart.bars
    assert monday.own_y == frame.BOTTOM
    assert (frame.BOTTOM - friday.own_y) == pytest.approx(4 * (frame.BOTTOM - tuesday.own_y))
    assert (frame.BOTTOM - friday.expected_y) == pytest.approx((frame.BOTTOM - friday.own_y) / 8)
    assert (frame.BOTTOM - friday.peers_y) == pytest.approx((frame.BOTTOM - friday.own_y) / 16)
    assert friday.x - tuesday.x == pytest.approx(3 * chart.day_width)
    assert [bar.of_signal for bar in chart.bars] == [False, False, True]
    assert chart.of_signal is friday


def test_the_axis_tells_whole_numbers_from_nothing_to_above_the_half_of_the_top():
    chart = comparison_chart("persons", kept(row(0, 43)))
    assert [level.value for level in chart.levels] == [0, 10, 20, 30, 40]
    assert chart.levels[0].y == frame.BOTTOM
    assert (frame.BOTTOM - chart.levels[4].y) == pytest.approx((frame.BOTTOM - chart.of_signal.own_y) * 40 / 43)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**9), st.floats(0, 1e9)), min_size=1, max_size=80))
def test_everything_is_drawn_inside_the_plot(values):
    rows = [row(len(values) - place, own, level, level / 2) for place, (own, level) in enumerate(values)]
    chart = comparison_chart("records", kept(*rows))
    heights = [y for bar in chart.bars for y in (bar.own_y, bar.expected_y, bar.peers_y)]
    assert all(frame.TOP < y <= frame.BOTTOM for y in [*heights, *(level.y for level in chart.levels)])
    assert all(bar.x - chart.bar_width / 2 > frame.LEFT for bar in chart.bars)
    assert all(bar.x + chart.bar_width / 2 < frame.RIGHT for bar in chart.bars)
    assert 2 <= len(chart.levels) <= 6
    assert chart.levels == tuple(sorted(chart.levels, key=lambda level: -level.y))


def test_long_numbers_are_told_in_thousands():
    chart = comparison_chart("records", kept(row(0, 3 * MANY)))
    assert chart.scale == 1_000
    assert [level.value for level in chart.levels] == [0, 100, 200, 300]


def test_where_nothing_is_compared_nothing_is_drawn(page):
    assert comparison_chart("persons", []) is None
    assert "comparison-words" not in page(rows=[])


FACTORS_OF_FILES = (("rule", 66.0), ("files-one-by-one", 2.0))
WORDS = {
    "nl": (
        "13-03-2026: 1.204 personen zonder verklaring. "
        "Verwacht: 1,3; gemiddelde van vergelijkbare collega's: &lt; 0,1. "
        "De grafiek toont 4 werkdagen van 10-03-2026 tot en met 13-03-2026."
    ),
    "en": (
        "2026-03-13: 1,204 persons without an explanation. Expected: 1.3; mean of comparable colleagues: &lt; 0.1. "
        "The chart shows 4 days at work from 2026-03-10 to 2026-03-13."
    ),
}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_chart_is_told_in_words(page, language):
    told = re.search(r'<p [^>]*id="comparison-words">(.*?)</p>', page(language))[1]
    assert told.replace("&#39;", "'") == WORDS[language]


def test_an_export_counts_records(page):
    told = page("nl", rule="bulk-export", rows=[row(0, 1)])
    assert "13-03-2026: 1 record geëxporteerd of afgedrukt. Verwacht: 1;" in told
    assert "Geëxporteerde of afgedrukte records" in told
    assert "De grafiek toont" not in told


def test_files_taken_out_one_by_one_count_persons(page):
    factors = [{"factor": name, "value": "120", "points": points} for name, points in FACTORS_OF_FILES]
    told = page("nl", rule="bulk-export", rows=[row(0, 120)], factors=factors, score=68.0)
    assert "13-03-2026: dossiers van 120 personen afzonderlijk geëxporteerd of afgedrukt. Verwacht: 1;" in told
    assert "Personen van wie het dossier is geëxporteerd of afgedrukt" in told


def test_the_same_numbers_stand_in_a_table_that_opens_without_a_script(page):
    told = page("en")
    table = told[told.index('id="comparison-numbers"') : told.index("</details>")]
    assert "<summary>The numbers of the chart</summary>" in table
    assert re.findall(r'<time datetime="([\d-]+)">', table) == [f"2026-03-{day}" for day in range(10, 14)]
    numbers = re.findall(r'<td class="number">([^<]+)</td>', table)
    assert numbers[-3:] == ["1,204", "1.3", "&lt; 0.1"]
    assert len(numbers) == 12
    assert table.count("day of the signal") == 1


def test_the_drawing_is_named_described_and_not_told_by_colour_alone(page):
    told = page("en")
    drawing = told[told.index('aria-labelledby="comparison-title"') : told.index('id="comparison-numbers"')]
    assert 'aria-describedby="comparison-words"' in drawing
    assert '<title id="comparison-title">The day beside other days</title>' in drawing
    assert drawing.count("url(#comparison-stripes)") == 2  # the bar of the signal's day, and the legend's
    assert 'class="chart-text chart-count"' in drawing
    for name in ("day of the signal", "earlier days at work", "Expected", "Mean of comparable colleagues", "weekend"):
        assert f"</svg>{name}</dd>" in drawing
    assert "style=" not in drawing
