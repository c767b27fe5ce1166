"""All tables of the API, gathered from the modules that declare them."""

from __future__ import annotations

from services.api.db import casework, tables, trail

MODULES = (tables, casework, trail)
metadata = tables.metadata
