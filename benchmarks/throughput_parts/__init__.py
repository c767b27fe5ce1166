"""Parts of the benchmark of throughput."""
