"""The parts of the benchmark of reading."""
