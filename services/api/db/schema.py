"""All tables of the API, gathered from the modules that declare them."""

from __future__ import annotations

from services.api.db import casework, deliveries, interests, tables, trail, vault

MODULES = (casework, deliveries, interests, tables, trail, vault)
metadata = tables.metadata
