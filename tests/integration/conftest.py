"""One agency, and one undisturbed run over it, for all tests that disturb the detector."""

from __future__ import annotations

import pytest

from tests.integration.disturbances import Agency, an_agency


@pytest.fixture(scope="session")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Agency:
    return an_agency(tmp_path_factory.mktemp("disturbances"))
