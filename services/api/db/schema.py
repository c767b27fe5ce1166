"""All tables of the API, gathered from the modules that declare them."""

from __future__ import annotations

from services.api.db import breaches, casework, deliveries, interests, known_readers, readers, tables, trail, vault

MODULES = (tables, casework, breaches, trail, interests, vault, deliveries, readers, known_readers)
metadata = tables.metadata
