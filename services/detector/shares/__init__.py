"""Months: what share of the persons whom somebody opened nothing explains, beside the share of the peers."""
