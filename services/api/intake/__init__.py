"""Delivered signals into revisions and items of the queue."""
