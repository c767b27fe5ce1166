"""A forest is kept as data, scores as scikit-learn does, and is the same for the same days."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import numpy as np
import polars as pl
import pytest

from services.core.errors import DoelbindingError
from services.detector.forest.artefact import Forest, from_bytes, hash_of, to_bytes
from services.detector.forest.days import FEATURES, in_fixed_order, matrix, seen_by_the_forest
from services.detector.forest.scoring import path_length, scores
from services.detector.forest.training import fitted, train
from services.detector.thresholds import ForestSettings

pytestmark = pytest.mark.slow  # scikit-learn alone takes a second to import
APRIL = date(2025, 4, 1)
SETTINGS = ForestSettings(enabled=True, trees=25, samples=64, min_days=20)


def days(count: int = 400, seed: int = 1) -> pl.DataFrame:
    """Employee-days of March with counts as desks have them."""
    dice = np.random.default_rng(seed)
    counts = dice.poisson([12.0, 0.4, 0.1, 2.0], (count, len(FEATURES)))
    return pl.DataFrame(
        {
            "employee": dice.integers(1, 40, count),
            "day": [date(2025, 3, 1) + timedelta(days=int(place)) for place in np.sort(dice.integers(0, 31, count))],
            **{name: counts[:, place] for place, name in enumerate(FEATURES)},
        }
    )


@pytest.fixture(scope="module")
def forest() -> Forest:
    return train(APRIL, days(), SETTINGS)


def test_the_scores_are_those_of_scikit_learn(forest: Forest) -> None:
    reference = fitted(in_fixed_order(days()), SETTINGS.trees, SETTINGS.samples, SETTINGS.seed)
    judged = np.vstack([matrix(days(seed=2)), [[300, 250, 0, 1], [0, 0, 5000, 9], [0, 0, 0, 0]]])
    expected = -reference.score_samples(seen_by_the_forest(judged))
    assert np.allclose(scores(forest, judged), expected, rtol=0, atol=1e-12)


def test_a_day_far_from_all_others_scores_highest(forest: Forest) -> None:
    ordinary, strange = scores(forest, np.array([[12, 0, 0, 2], [300, 250, 0, 1]]))
    assert 0 < ordinary < 0.5 < strange < 1


def test_no_days_have_no_scores(forest: Forest) -> None:
    assert scores(forest, np.empty((0, len(FEATURES)), np.int64)).size == 0


def test_a_stored_forest_comes_back_and_scores_alike(forest: Forest) -> None:
    document = to_bytes(forest)
    again = from_bytes(document, hash_of(document))
    assert again == forest
    assert np.array_equal(scores(again, matrix(days())), scores(forest, matrix(days())))


def test_the_document_is_plain_json_with_the_facts_of_the_training(forest: Forest) -> None:
    told = msgspec.json.decode(to_bytes(forest))
    assert told["kind"] == "isolation-forest"
    assert told["features"] == list(FEATURES)
    assert (told["rows"], told["offered"], told["samples"], len(told["trees"])) == (400, 400, 64, 25)
    assert (told["month"], told["first_day"], told["last_day"]) == ("2025-04-01", "2025-03-01", "2025-03-31")
    assert told["library"].startswith("scikit-learn ")
    assert forest.version == "2025-04"


def test_a_forest_that_was_changed_is_refused(forest: Forest) -> None:
    document = to_bytes(forest)
    with pytest.raises(DoelbindingError, match="differs from its hash"):
        from_bytes(document.replace(b'"seed":', b'"seed": '), hash_of(document))


def test_a_forest_of_another_format_is_refused(forest: Forest) -> None:
    document = to_bytes(msgspec.structs.replace(forest, format=9))
    with pytest.raises(DoelbindingError, match="format 9; this version reads 1"):
        from_bytes(document, hash_of(document))


def test_neither_the_order_of_the_days_nor_who_they_are_of_plays_a_part(forest: Forest) -> None:
    shuffled = days().with_columns(pl.col("employee") * 7 % 41).sample(fraction=1.0, shuffle=True, seed=3).sort("day")
    assert to_bytes(train(APRIL, shuffled, SETTINGS)) == to_bytes(forest)


def test_another_seed_or_another_day_gives_another_forest(forest: Forest) -> None:
    other = train(APRIL, days(), SETTINGS.model_copy(update={"seed": 2}))
    assert hash_of(to_bytes(other)) != hash_of(to_bytes(forest))
    assert train(APRIL, days().head(399), SETTINGS).training != forest.training


def test_of_very_many_days_a_fixed_part_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.detector.forest.training.MOST_OFFERED", 100)
    forest = train(APRIL, days(), SETTINGS)
    assert (forest.rows, forest.offered) == (400, 100)


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    with pytest.raises(DoelbindingError, match=r"install doelbinding\[detector\]"):
        train(APRIL, days(), SETTINGS)


@pytest.mark.parametrize(("samples", "steps"), [(0, 0.0), (1, 0.0), (2, 1.0), (256, 10.2447709201)])
def test_the_mean_path_length_is_the_published_one(samples: int, steps: float) -> None:
    assert path_length(np.array([samples]))[0] == pytest.approx(steps, abs=1e-9)
