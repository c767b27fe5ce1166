"""All tables of the API, gathered from the modules that declare them."""

from __future__ import annotations

from services.api.db import deliveries, tables, trail

MODULES = (deliveries, tables, trail)
metadata = tables.metadata
