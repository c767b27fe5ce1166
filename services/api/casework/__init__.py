"""From a signal that arrived to a decision that two people took."""
