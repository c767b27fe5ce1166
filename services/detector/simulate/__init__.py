"""A plausible agency at work, with planted misuse and the answers: datasets for demos, tests and measurements.

Shares and rates in these modules are assumptions, chosen so that the figures of a run resemble those of the work logs
that the project tests with; where a number has a better origin, it is told beside it.
"""
