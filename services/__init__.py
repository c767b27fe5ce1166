"""Doelbinding: every look into a citizen's file has a lawful reason, or someone qualified asks why."""
