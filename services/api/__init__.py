"""The intake of signals: from the detector's deliveries to a queue that investigators read."""
