"""Register rows that contradict each other into sentences for a person: which rows, what counts, what would be right.

No sentence holds the value of an identity: rows are named by their file and number.
"""

from __future__ import annotations

import polars as pl

from services.detector.decode import Decoded
from services.detector.periods import EMPLOYEE_KEY, RELATION_KEY, overlapping

SHOWN_ROWS = 5
LINK_VERSION = ("link_id", "registered_at")


def contradictions(register: str, name: str, decoded: Decoded) -> list[str]:
    """A sentence if rows of this register (`employees`, `relations`, `case-links`) contradict each other, else none.

    `name` is what the sentence calls the file.
    """
    if register == "case-links":
        return _told(name, decoded, _double_links(decoded.valid), ("link_id",), LINK)
    key, words = (EMPLOYEE_KEY, EMPLOYEE) if register == "employees" else (RELATION_KEY, RELATION)
    return _told(name, decoded, overlapping(decoded.valid, key), key, words)


EMPLOYEE = (
    ("employee", "employees"),
    "overlap in time; while they do, the one that began last counts for team, role and own file",
    "end each period where the next begins",
)
RELATION = (
    ("relation of an employee", "relations of employees"),
    "overlap in time; while they do, the one that began last counts",
    "end each period where the next begins, or leave one out",
)
LINK = (
    ("case link", "case links"),
    "have the same link_id and registered_at but differ; one of them counts, whatever their order",
    "give each link an id and each correction a registered_at of its own",
)
"""Of what, what is wrong and counts nevertheless, and what would be right."""


def _double_links(links: pl.DataFrame) -> pl.Series:
    """Numbers (from 0) of rows that claim to be the same version of a link and are not."""
    several = links.with_row_index("number").filter(pl.col("link_id").is_duplicated())
    versions = several.unique(links.columns, keep="first", maintain_order=True)
    return versions.filter(pl.struct(LINK_VERSION).is_duplicated())["number"].sort()


def _told(
    name: str, decoded: Decoded, found: pl.Series, key: tuple[str, ...], words: tuple[tuple[str, str], str, str]
) -> list[str]:
    if found.is_empty():
        return []
    (one, many), wrong, right = words
    concerned = decoded.valid[found].select(key).n_unique()
    whose = f"{concerned:,} {one if concerned == 1 else many}"
    return [f"{name}: {found.len():,} rows of {whose} {wrong} (rows {_listed(decoded.rows[found])}); {right}"]


def _listed(rows: pl.Series) -> str:
    """`3, 7 and 9`, or the first few and how many more."""
    shown = [str(row) for row in rows.head(SHOWN_ROWS)]
    if rows.len() > SHOWN_ROWS:
        return f"{', '.join(shown)} and {rows.len() - SHOWN_ROWS:,} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
