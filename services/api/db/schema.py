"""All tables of the API, gathered from the modules that declare them."""

from __future__ import annotations

from services.api.db import casework, deliveries, tables, trail

MODULES = (tables, casework, trail, deliveries)
metadata = tables.metadata
