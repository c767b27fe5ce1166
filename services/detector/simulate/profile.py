"""The kinds of agency that can be simulated: how much misuse, how well it hides, how tidy the registers are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """What differs between the kinds of agency; shares are 0 to 1, factors are relative to `standard`."""

    name: str
    episodes: float
    """Episodes of misuse; 0 is none."""
    size: float
    """Lookups of an episode."""
    own_case: float
    """Share of the looks of misuse during which one of the employee's own cases is on the screen."""
    hidden: float
    """Share of misuse that takes care not to stand out: no late evenings, ties that are in no register."""
    oddities: float
    """Lawful work that looks odd."""
    link_lags: tuple[float, float, float, float]
    """Links written down in advance, within the hour, the next morning, days late. Assumed: no public log tells."""
    never_registered: float
    """Share of the work of single employees for which nobody ever writes down a link."""
    moves: float
    """People who move to another team."""
    faults: int
    """Faults of each kind that the sources have in ten weeks."""
    accomplices: bool = False
    """Whether colleagues write down links that make misuse look like work."""


STANDARD = Profile("standard", 1.0, 1.0, 0.05, 0.0, 1.0, (0.78, 0.13, 0.085, 0.005), 0.0, 1.0, 1)
PROFILES = {
    "standard": STANDARD,
    "hard": Profile("hard", 1.0, 0.55, 0.2, 0.35, 1.5, (0.68, 0.16, 0.14, 0.02), 0.001, 3.0, 2, accomplices=True),
    "quiet": Profile("quiet", 0.0, 1.0, 0.0, 0.0, 1.0, (0.78, 0.13, 0.085, 0.005), 0.0, 1.0, 1),
}
