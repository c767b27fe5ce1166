"""The charts of a signal's story: where each look stands, what joins, and the same in words."""

import itertools
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.api.pages import frame
from services.api.pages.axis import MOST_TICKS, ticks
from services.api.pages.day_bars import day_bars
from services.api.pages.looks import Look, looks_of, tally
from services.api.pages.timeline import timeline
from services.core.contract import ACTIONS, STATES

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=AMSTERDAM)
SIGNAL = "/signals/s-" + f"{1:032x}"


def look(at, action="view", state="unexplained"):
    return Look(at, "sonar", action, state)


def chart(*moments, one_file=True):
    return timeline([look(MONDAY + timedelta(**moment)) for moment in moments], one_file=one_file)


def test_a_look_stands_at_its_local_date_and_hour():
    # half past midnight on Sunday in Amsterdam, still Saturday in UTC, in the night that summer time begins
    evidence = [
        {"occurredAt": "2026-03-28T23:30:00Z", "system": "sonar", "action": "view", "state": "unexplained"},
        {"occurredAt": "2026-03-29T10:00:00Z", "system": "sonar", "action": "view", "state": "unexplained"},
    ]
    night, noon = timeline(looks_of(evidence, AMSTERDAM), one_file=True).dots
    sunday = frame.LEFT + 6 * frame.WIDTH / 7
    assert sunday < night.x < frame.RIGHT
    assert night.y == pytest.approx(frame.down(0.5))
    assert noon.y == pytest.approx(frame.down(12))


def test_only_looks_at_most_half_an_hour_apart_are_joined():
    moments = ({"minutes": 0}, {"minutes": 30}, {"minutes": 61}, {"minutes": 70}, {"days": 1})
    joined = [(one.look.at.minute, other.look.at.minute) for one, other in chart(*moments).joins]
    assert joined == [(0, 30), (1, 10)]


def test_looks_of_several_people_or_at_several_files_make_no_moments():
    assert chart({"minutes": 0}, {"minutes": 5}, one_file=False).joins == ()


def test_no_line_is_drawn_over_midnight():
    assert chart({"hours": 14, "minutes": 50}, {"hours": 15, "minutes": 5}).joins == ()


def test_looks_of_one_moment_stand_beside_each_other():
    dots = chart({}, {"seconds": 5}, {"seconds": 9}).dots
    assert len({round(dot.x, 1) for dot in dots}) == 3


@settings(deadline=None)
@given(st.lists(st.integers(0, 60 * 24 * 900), min_size=1, max_size=60))
def test_every_look_stands_inside_its_own_day(minutes):
    looks = [look(MONDAY + timedelta(minutes=number)) for number in sorted(minutes)]
    drawn = timeline(looks, one_file=True)
    first = looks[0].at.date() - timedelta(days=looks[0].at.weekday())
    assert [dot.look for dot in drawn.dots] == looks
    for dot in drawn.dots:
        begins = frame.LEFT + (dot.look.at.date() - first).days * drawn.day_width
        assert begins <= dot.x <= begins + drawn.day_width
        assert frame.TOP <= dot.y <= frame.BOTTOM


@settings(deadline=None)
@given(st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.integers(0, 366 * 50))
def test_an_axis_has_ticks_that_can_be_read(first, days):
    found = [tick.day for tick in ticks(first, first + timedelta(days=days))]
    assert len(found) <= MOST_TICKS
    assert found == sorted(set(found))
    assert all(first <= day <= first + timedelta(days=days) for day in found)
    assert found or days < 366


def test_weekends_of_a_short_period_are_shaded_and_those_of_years_are_not():
    assert len(chart({}, {"days": 20}).weekends) == 3
    assert chart({}, {"days": 1400}).weekends == ()


def test_the_tally_counts_what_is_outside_office_hours_and_what_left_the_system():
    saturday = MONDAY + timedelta(days=5)
    looks = [
        look(MONDAY.replace(hour=5, minute=59), "print"),
        look(MONDAY.replace(hour=6)),
        look(MONDAY.replace(hour=18, minute=59), state="explained"),
        look(MONDAY.replace(hour=19), "export"),
        look(saturday),
    ]
    told = tally(looks)
    assert (told.looks, told.days, told.off_hours, told.shared) == (5, 2, 3, 2)
    assert told.states == (("explained", 1), ("unexplained", 4))
    assert told.actions == ("view", "print", "export")


def test_bars_stack_the_states_of_an_hour_to_its_count():
    looks = [look(MONDAY + timedelta(minutes=number), state=STATES[number % 4]) for number in range(6)]
    bars = day_bars([*looks, look(MONDAY.replace(hour=14))])
    morning, afternoon = bars.bars
    assert (morning.hour, morning.count, len(morning.parts)) == (9, 6, 4)
    assert sum(part.height for part in morning.parts) == pytest.approx(6 * afternoon.parts[0].height)
    assert bars.busiest == morning
    assert morning.top > frame.TOP
    ends = sorted((part.y, part.y + part.height) for part in morning.parts)
    assert all(above[1] == pytest.approx(below[0]) for above, below in itertools.pairwise(ends))
    assert ends[-1][1] == pytest.approx(frame.BOTTOM)


def told(page):
    return re.search(r'<p [^>]*id="chart-words">(.*?)</p>', page)[1]


@pytest.fixture
def story(api, make_signal):
    def tell(evidence, language="nl", **changes):
        changes.setdefault("lookup_count", len(evidence))
        api.results(make_signal(1, evidence=evidence, **changes))
        api.sign_in()
        answer = api.get(f"{SIGNAL}?lang={language}", None)
        assert answer.status_code == 200
        return answer.text

    return tell


def evidence_of(make_lookup):
    at = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    kinds = itertools.product(ACTIONS, STATES)
    return [
        make_lookup(number, occurred_at=at + timedelta(hours=11 * number), action=action, state=state)
        for number, (action, state) in enumerate(kinds)
    ]


def test_the_story_draws_a_mark_per_look_with_its_action_and_state(story, make_lookup):
    page = story(evidence_of(make_lookup))
    drawing = page[page.index('<svg class="chart"') : page.index('<dl class="legend">')]
    marks = re.findall(r'<title>(.*?)</title>\s*<path class="look look-(\w+)" d="([^"]+)"', drawing)
    assert len(marks) == 20
    assert len({shape for _, _, shape in marks}) == len(ACTIONS)
    assert {state for _, state, _ in marks} == set(STATES)
    assert marks[0][0] == "02-03-2026 08:00 · sonar · zoeken · verklaard"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "nl",
            (
                "20 raadplegingen op 10 dagen, van 02-03-2026 08:00 tot en met 11-03-2026 01:00. "
                "Buiten kantooruren: 12. Verklaard: 5. In afwachting: 5. Onverklaard: 5. Belangenverstrengeling: 5. "
                "Afgedrukt of geëxporteerd: 8."
            ),
        ),
        (
            "en",
            (
                "20 lookups on 10 days, from 2026-03-02 08:00 to 2026-03-11 01:00. Outside office hours: 12. "
                "Explained: 5. Pending: 5. Unexplained: 5. Conflict of interest: 5. Printed or exported: 8."
            ),
        ),
    ],
)
def test_the_timeline_is_told_in_words(story, make_lookup, language, words):
    assert told(story(evidence_of(make_lookup), language)) == words


def test_one_look_is_told_in_the_singular(story, make_lookup):
    assert told(story([make_lookup(1)])) == "1 raadpleging: 02-03-2026 10:01. Buiten kantooruren: 0. Onverklaard: 1."


def test_a_day_over_many_files_is_told_as_bars_per_hour(story, make_lookup):
    evidence = [make_lookup(number) for number in range(80)]
    page = story(evidence, "en", subject=None, lookup_count=400)
    assert told(page) == (
        "80 lookups on 2026-03-02; the busiest hour was 10:00 to 11:00, with 60 lookups. Outside office hours: 0. "
        "Unexplained: 80. The chart shows 80 of the 400 lookups, the most telling ones."
    )
    assert re.findall(r'class="chart-text chart-count"[^>]*>(\d+)<', page) == ["60", "20"]


def test_many_files_over_several_days_are_a_timeline_without_moments(story, make_lookup):
    page = story([make_lookup(1), make_lookup(2), make_lookup(5_000)], subject=None)
    assert 'class="chart-join"' not in page
    assert page.count('class="look look-unexplained"') == 3 + 1  # the marks, and the legend's


def test_the_drawing_is_named_by_its_words_and_keeps_to_the_content_security_policy(story, make_lookup):
    page = story(evidence_of(make_lookup))
    drawing = page[page.index("<figure") : page.index("</figure>")]
    assert 'role="img" aria-labelledby="chart-words"' in drawing
    assert "style=" not in drawing
    assert "<style" not in drawing
    assert "<script" not in drawing


def test_evidence_over_more_than_a_working_life_is_left_to_the_table(story, make_lookup):
    page = story([make_lookup(1, occurred_at=datetime(1970, 1, 1, tzinfo=UTC)), make_lookup(2)], lookup_count=2)
    assert '<svg class="chart"' not in page
    assert "01-01-1970 01:00" in page
