"""The detector: lookups in, signals out. Start reading in pipeline.py."""
