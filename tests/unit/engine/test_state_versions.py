"""A state that another version stored is told, not guessed at."""

from __future__ import annotations

import pytest

from services.core.errors import DoelbindingError
from services.detector.state.tables import State


def test_a_stored_state_comes_back() -> None:
    assert State.restore(State().tables()).tables().keys() == State().tables().keys()


def test_a_state_with_other_columns_is_refused_with_what_to_do() -> None:
    tables = State().tables()
    tables["contributions"] = tables["contributions"].drop("excuse")
    with pytest.raises(DoelbindingError) as told:
        State.restore(tables)
    assert str(told.value) == (
        "the stored state is of another version of the detector (tables contributions); move detector.sqlite aside and "
        "start again: the lookups are read anew, and the intake takes no signal twice"
    )
