"""All tables of the API, gathered from the modules that declare them."""

from __future__ import annotations

from services.api.db import interests, tables, trail

MODULES = (tables, trail, interests)
metadata = tables.metadata
