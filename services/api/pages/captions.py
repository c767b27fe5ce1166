"""The numbers of a chart into sentences that say the same in words."""

from __future__ import annotations

from services.api.pages.comparison import ComparisonChart
from services.api.pages.day_bars import DayBars
from services.api.pages.language import Language
from services.api.pages.looks import Tally
from services.api.pages.timeline import Timeline


def timeline_caption(t: Language, chart: Timeline, of_signal: int) -> str:
    """How many looks on how many days, from when to when, and of what kind; `of_signal`: all lookups of the signal."""
    first, last = chart.dots[0].look.at, chart.dots[-1].look.at
    looks = _counted(t, "lookup", chart.tally.looks)
    if chart.tally.looks == 1:
        head = t.text("caption-one").format(looks=looks, first=t.time(first))
    else:
        days = _counted(t, "day", chart.tally.days)
        head = t.text("caption-many").format(looks=looks, days=days, first=t.time(first), last=t.time(last))
    return " ".join([head, *_kinds(t, chart.tally, of_signal)])


def bars_caption(t: Language, chart: DayBars, of_signal: int) -> str:
    """How many looks on that day, the busiest hour, and of what kind."""
    busiest = chart.busiest
    head = t.text("caption-day").format(
        looks=_counted(t, "lookup", chart.tally.looks),
        day=t.day(chart.day),
        start=f"{busiest.hour:02}:00",
        end=f"{busiest.hour + 1:02}:00",
        most=_counted(t, "lookup", busiest.count),
    )
    return " ".join([head, *_kinds(t, chart.tally, of_signal)])


def comparison_caption(t: Language, chart: ComparisonChart) -> str:
    """The count of the signal's day, what was expected of it, the peers' mean, and which days are drawn."""
    that = chart.of_signal.told
    head = t.text(f"comparison-{chart.unit}").format(
        day=t.day(that.day),
        own=_counted(t, "record" if chart.unit == "records" else "person", that.own),
        expected=t.level(that.expected),
        peers=t.level(that.peers),
    )
    if len(chart.bars) == 1:
        return head
    drawn = t.text("comparison-days").format(
        days=_counted(t, "workday", len(chart.bars)), first=t.day(chart.bars[0].told.day), last=t.day(that.day)
    )
    return f"{head} {drawn}"


def _counted(t: Language, thing: str, count: int) -> str:
    return f"{t.number(count)} {t.unit(thing, count)}"


def _kinds(t: Language, counted: Tally, of_signal: int) -> list[str]:
    """What there is of each kind; what there is none of is left out, but for work outside office hours."""
    sentences = [t.text("caption-off-hours").format(count=t.number(counted.off_hours))]
    sentences += [f"{t.word(state).capitalize()}: {t.number(count)}." for state, count in counted.states]
    if counted.shared:
        sentences.append(t.text("caption-shared").format(count=t.number(counted.shared)))
    if counted.looks < of_signal:
        sentences.append(t.text("caption-part").format(shown=t.number(counted.looks), all=t.number(of_signal)))
    return sentences
