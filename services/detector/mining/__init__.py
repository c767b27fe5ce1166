"""Unexplained lookups of a history into paths through its registers that would explain many of them.

The idea, paths from the viewer to the person that are grown step by step and pruned by support, is that of
"Explanation-based auditing" (Fabbri and LeFevre, PVLDB 5(1), 2011). What a path covers says little by itself, so
each is measured as well on planted random lookups of the same people and days. A path is a proposal to a person;
nothing here reaches the engine.
"""
