"""The registers as as-of indexes: who worked where, who has which case, who is related to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.detector.encode import Encoder
from services.detector.further import Further, ReportMargins, as_corrected, party_links, report_links
from services.detector.leavers.known import ends_of_employment
from services.detector.periods import EMPLOYEE_KEY, RELATION_KEY, in_force

WHOLE_ABOVE = 0.3
"""Asked for more than this share of the keys, an index hands back the whole register: gathering would cost more."""


class Index:
    """A register sorted by one integer key; hands back the rows of given keys without scanning the register."""

    def __init__(self, frame: pl.DataFrame, key: str) -> None:
        self.frame = frame.sort(key, "valid_from", "known_from", maintain_order=True)
        self.key = key
        self.keys, self._starts = np.unique(self.frame[key].to_numpy(), return_index=True)
        self._ends = np.append(self._starts[1:], self.frame.height)

    def rows(self, keys: pl.Series) -> pl.DataFrame:
        """The register rows of these keys (nulls and unknown keys have none)."""
        wanted = keys.drop_nulls().unique().to_numpy()
        if wanted.size > WHOLE_ABOVE * self.keys.size:
            return self.frame
        return self.frame[self._places(wanted)]

    def _places(self, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        found = np.searchsorted(self.keys, wanted)
        found = found[(found < self.keys.size) & (self.keys[np.minimum(found, self.keys.size - 1)] == wanted)]
        if not found.size:
            return np.empty(0, np.int64)
        return np.concatenate([np.arange(self._starts[place], self._ends[place]) for place in np.sort(found)])


@dataclass(frozen=True)
class Registers:
    """What was known about work and relatives, with validity and knowledge times."""

    links: Index
    employees: Index
    staff: Index
    relations: Index
    staff_family: Index
    teams: Index
    leavers: pl.DataFrame
    """Ends of employment (leavers/known.py): employee, left_at and known_from."""
    derived: Index | None = None
    """Rows like case links that other registers say: parties of cases, reports of wrong files; null: none."""
    statements: Index | None = None
    """Statements of confidentiality by employee; null: the register was not delivered."""
    absences: Index | None = None
    """Leave and other absence by employee; null: the register was not delivered."""

    def headcount(self, at: datetime) -> int:
        """Distinct employees in service at a moment."""
        period = self.employees.frame
        in_service = (pl.col("valid_from") <= at) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > at))
        return period.filter(in_service)["employee"].n_unique()


def build_registers(
    encoder: Encoder,
    case_links: pl.DataFrame,
    employees: pl.DataFrame,
    relations: pl.DataFrame,
    relation_sources: tuple[str, ...],
    further: Further | None = None,
    reported: ReportMargins | None = None,
) -> Registers:
    """Registers from validated frames (CASE_LINK, EMPLOYEE, RELATION schemas); the order of rows does not matter.

    Self-reports count only with the margins of the agency (`reported`).
    """
    further = further or Further()
    encoded = encoder.links(case_links)
    links = _with_versions(encoded)
    derived = _derived(encoder, encoded.with_columns(case_links["case_id"]), further, reported)
    staff = encoder.employees(in_force(employees, EMPLOYEE_KEY))
    usable = relations.filter(pl.col("source").is_in(relation_sources))
    related = encoder.relations(in_force(usable, RELATION_KEY))
    family = related.filter(pl.col("relation").is_in(["partner", "child"]) & (pl.col("source") != "brp"))
    return Registers(
        links=Index(links, "subject"),
        employees=Index(staff, "employee"),
        staff=Index(staff.drop_nulls("own_subject"), "own_subject"),
        relations=Index(related, "relative_of"),
        staff_family=Index(family, "subject"),
        teams=Index(staff, "team"),
        leavers=ends_of_employment(staff, encoder.employees(employees.filter(pl.col("valid_to").is_not_null()))),
        derived=None if derived.is_empty() else Index(derived, "subject"),
        statements=_of_employees(encoder, further.statements, "system"),
        absences=_of_employees(encoder, further.absences, "kind"),
    )


def _derived(encoder: Encoder, links: pl.DataFrame, further: Further, reported: ReportMargins | None) -> pl.DataFrame:
    """The link rows that parties of cases and self-reports add; `links` are encoded and have case_id beside."""
    none = _with_versions(links.clear().drop("case_id"))
    parts = [none]
    if further.case_parties is not None:
        of_cases = _with_versions(links)
        parties = as_corrected(encoder.case_parties(further.case_parties), ("case_id", "subject", "party_kind"))
        parts.append(party_links(of_cases, parties).drop("case_id"))
    if further.self_reports is not None and reported is not None:
        parts.append(report_links(encoder.self_reports(further.self_reports), reported, none))
    return pl.concat([part.select(none.columns) for part in parts])


def _of_employees(encoder: Encoder, rows: pl.DataFrame | None, kind: str) -> Index | None:
    """Periods of employees that may overlap, by employee."""
    return None if rows is None else Index(as_corrected(encoder.of_employee(rows), ("employee", kind)), "employee")


def _with_versions(links: pl.DataFrame) -> pl.DataFrame:
    """Each link version knows until when it was the newest; of equal (id, registered_at) one fixed row stays."""
    several = pl.col("link_id").is_duplicated()
    once = links.filter(~several).with_columns(pl.lit(None, links.schema["known_from"]).alias("known_until"))
    versions = links.filter(several).sort(links.columns, nulls_last=True)
    versions = versions.unique(["link_id", "known_from"], keep="first", maintain_order=True).sort(
        "link_id", "known_from"
    )
    replaced = pl.col("known_from").shift(-1).over("link_id").alias("known_until")
    return pl.concat([once, versions.with_columns(replaced)])
