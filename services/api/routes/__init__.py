"""The routes of the HTTP contract, one file per resource."""
