"""The fixtures of real services for all tests, and their marker on every test that asks for one."""

from __future__ import annotations

import pytest

from tests.integration.services import FIXTURES, demand_services, kafka, new_topic, postgresql

__all__ = ["kafka", "new_topic", "postgresql"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks before `-m` selects; a test that names its fixture while it runs carries the marker itself."""
    for item in items:
        if FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.services)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("services"):
        demand_services()
