"""Faults of sources: days on which a system's data cannot be trusted, so that nobody is held to what they show.

An operational finding, never a signal: it names a system and a day, nobody else.
"""
