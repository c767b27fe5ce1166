"""The steps from an empty database to the detector's present tables; `state/migrate.py` runs them."""
