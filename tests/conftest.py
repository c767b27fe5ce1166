"""The fixtures of real services for all tests, and their marker on every test that asks for one."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.integration.services import FIXTURES, demand_services, kafka, new_topic, postgresql

__all__ = ["kafka", "new_topic", "postgresql"]

OF_KAFKA = frozenset({"kafka", "new_topic"})
FORGOTTEN_SOCKETS = "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"
"""The client leaves the sockets of connections that were refused to the garbage collector."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks before `-m` selects; a test that names its fixture while it runs carries the marker itself."""
    for item in items:
        if FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.services)
        if OF_KAFKA & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.filterwarnings(FORGOTTEN_SOCKETS))


@pytest.fixture(autouse=True)
def forgotten_sockets(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collects them at the end of the test that made them, lest another test that runs then is blamed."""
    yield
    if OF_KAFKA & set(request.fixturenames):
        gc.collect()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("services"):
        demand_services()
