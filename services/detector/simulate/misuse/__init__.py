"""Planted misuse: episodes that a detector should find, each with its answer."""
