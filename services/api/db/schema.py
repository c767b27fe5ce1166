"""All tables of the API, gathered from the modules that declare them."""

from __future__ import annotations

from services.api.db import casework, deliveries, interests, tables, trail

MODULES = (tables, casework, trail, interests, deliveries)
metadata = tables.metadata
