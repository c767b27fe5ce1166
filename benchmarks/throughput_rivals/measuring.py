"""Work into its lookups, processor seconds (user and system, all threads) and wall seconds, as a line of JSON."""

import json
import sys
import time


def report(work):
    """Runs `work(broker, topic, count)`, which returns how many lookups it counted, with the command's arguments."""
    broker, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    wall, processor = time.perf_counter(), time.process_time()
    found = work(broker, topic, count)
    told = {"lookups": found, "cpu": time.process_time() - processor, "wall": time.perf_counter() - wall}
    print(json.dumps(told))
