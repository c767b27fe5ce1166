"""Files of many strangers: in one day, a few every day, or taken out in bulk."""

from __future__ import annotations

from dataclasses import replace

from services.detector.simulate.dice import NONE
from services.detector.simulate.misuse.scene import Episode, Scene
from services.detector.simulate.screens import NAME, OTHER, screen


def _browse(scene: Scene, episode: Episode, days: int, per_day: int) -> None:
    per_day, days = scene.amount(per_day), scene.amount(days)
    number = scene.begin(replace(episode, enough=min(episode.enough, per_day * days)))
    for row in scene.workdays(episode.employee, days, span=30 if days > 1 else None):
        scene.play(number, row, scene.moments(row, per_day), scene.strangers(episode.employee, per_day))


def volume_20(scene: Scene) -> None:
    """Twenty strangers' files in one day."""
    _browse(scene, Episode("volume_20", "hard", scene.employee(), NONE, 15, 12.0), 1, 20)


def volume_50(scene: Scene) -> None:
    """Fifty strangers' files in one day."""
    _browse(scene, Episode("volume_50", "medium", scene.employee(), NONE, 30, 12.0), 1, 50)


def slow_drip(scene: Scene) -> None:
    """Three strangers' files on each of some ten days."""
    _browse(scene, Episode("slow_drip", "hard", scene.employee(11), NONE, 12, 12.0), 10, 3)


def bulk_export(scene: Scene) -> None:
    """Either a long row of files exported one by one, or lists without a name on them, of hundreds of records."""
    if scene.rng.random() < 0.5:
        _export_files(scene)
    else:
        _export_lists(scene)


def _export_files(scene: Scene) -> None:
    employee, count = scene.employee(), scene.some(120, 500)
    (row,) = scene.workdays(employee, 1)
    people = scene.strangers(employee, count)
    episode = scene.begin(Episode("bulk_export", "easy", employee, NONE, 40, 1.0))
    scene.play(episode, row, scene.moments(row, count), people, screen=screen("export"), searched=0)


def _export_lists(scene: Scene) -> None:
    employee, count = scene.employee(), int(scene.rng.integers(1, 4))
    (row,) = scene.workdays(employee, 1)
    records = scene.rng.integers(2, 8, count) * scene.rng.integers(120, 501, count) * scene.amount(100) // 100
    episode = scene.begin(Episode("bulk_export", "easy", employee, NONE, 1, 0.0))
    scene.play(episode, row, scene.moments(row, count), NONE, screen=screen("report"), opened_by=OTHER, records=records)


def offhours_remote(scene: Scene) -> None:
    """From home, late in the evening of days at work, one or two strangers found by name."""
    employee = scene.employee()
    people = scene.strangers(employee, int(scene.rng.integers(1, 3)))
    rows = scene.workdays(employee, max(2, scene.some(2, 5)), span=40)
    person = int(people[0]) if len(people) == 1 else NONE
    episode = scene.begin(Episode("offhours_remote", "medium", employee, person, min(2, len(rows)), 24.0))
    timeline, day = scene.agency.timeline, scene.agency.workdays.day
    evening = (18.0, 19.5) if scene.hides() else (21.0, 23.6)
    for row in rows:
        count = int(scene.rng.integers(1, 4))
        seconds = scene.rng.uniform(*evening, count) * 3600
        at = timeline.at(day[[row] * count], seconds)
        who = scene.rng.choice(people, count)
        scene.play(episode, row, at, who, opened_by=NAME, remote=1, desk=employee)
