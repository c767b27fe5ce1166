"""Metrics of detectors and API into what security operations look at."""
