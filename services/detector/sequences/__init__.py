"""Lookups of one employee's day into sequences: numbers that follow one another, a pace, two places at once."""
