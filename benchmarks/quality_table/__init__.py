"""The parts of benchmarks/quality.py: which sets are judged, how they are run, and the page that tells of them."""
