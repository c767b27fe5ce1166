"""The registers as as-of indexes: who worked where, who has which case, who is related to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from services.detector.encode import Encoder
from services.detector.further import Further, ReportMargins, as_corrected, party_links, report_links
from services.detector.leavers.known import ends_of_employment
from services.detector.periods import in_force
from services.detector.register_index import Index, RegisterIndex


@dataclass(frozen=True)
class Registers:
    """What was known about work and relatives, with validity and knowledge times."""

    links: RegisterIndex
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


@dataclass(frozen=True)
class RegisterRows:
    """The rows of all registers but the case links, as the encoder makes them; null: an optional one is not there."""

    employees: pl.DataFrame
    relations: pl.DataFrame
    case_parties: pl.DataFrame | None = None
    self_reports: pl.DataFrame | None = None
    statements: pl.DataFrame | None = None
    absences: pl.DataFrame | None = None


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
    parties, reports, signed, away = further.case_parties, further.self_reports, further.statements, further.absences
    rows = RegisterRows(
        employees=encoder.employees(employees),
        relations=encoder.relations(relations),
        case_parties=None if parties is None else encoder.case_parties(parties),
        self_reports=None if reports is None else encoder.self_reports(reports),
        statements=None if signed is None else encoder.of_employee(signed),
        absences=None if away is None else encoder.of_employee(away),
    )
    links, _ = with_versions(encoder.links(case_links))
    return registers_of(rows, Index(links, "subject"), relation_sources, reported)


def registers_of(
    rows: RegisterRows, links: RegisterIndex, relation_sources: tuple[str, ...], reported: ReportMargins | None
) -> Registers:
    """Registers from encoded rows, of which the case links are indexed already."""
    staff = _settled(rows.employees, "employee").drop("hours_per_week")
    ends = rows.employees.filter(pl.col("valid_to").is_not_null())
    usable = rows.relations.filter(pl.col("source").is_in(relation_sources))
    related = _settled(usable, "relative_of", "subject", "relation", "source")
    family = related.filter(pl.col("relation").is_in(["partner", "child"]) & (pl.col("source") != "brp"))
    return Registers(
        links=links,
        employees=Index(staff, "employee"),
        staff=Index(staff.drop_nulls("own_subject"), "own_subject"),
        relations=Index(related, "relative_of"),
        staff_family=Index(family, "subject"),
        teams=Index(staff, "team"),
        leavers=ends_of_employment(staff, ends),
        derived=derived_links(rows, links, reported),
        statements=_of_employees(rows.statements, "system"),
        absences=_of_employees(rows.absences, "kind"),
    )


def with_versions(links: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each link version with the moment until which it was the newest, and the rows that count for nothing.

    Of rows with equal (id, registered_at) a fixed one counts; columns beside those of the encoder come after them.
    """
    several = pl.col("link_id").is_duplicated()
    once = links.filter(~several).with_columns(pl.lit(None, links.schema["known_from"]).alias("known_until"))
    versions = links.filter(several).sort(links.columns, nulls_last=True)
    first = versions.select(pl.struct("link_id", "known_from").is_first_distinct()).to_series()
    counting = versions.filter(first).sort("link_id", "known_from")
    replaced = pl.col("known_from").shift(-1).over("link_id").alias("known_until")
    return pl.concat([once, counting.with_columns(replaced)]), versions.filter(~first)


def _settled(rows: pl.DataFrame, *key: str) -> pl.DataFrame:
    """Encoded rows as periods of which one is in force at a time (periods.py)."""
    return in_force(rows.rename({"known_from": "registered_at"}), key).rename({"registered_at": "known_from"})


def derived_links(rows: RegisterRows, links: RegisterIndex, reported: ReportMargins | None) -> Index | None:
    """The link rows that parties of cases and self-reports add; null: none."""
    parts = [none := links.rows(pl.Series([], dtype=pl.Int64)).clear()]
    if rows.case_parties is not None:
        parties = as_corrected(rows.case_parties, ("case", "subject", "party_kind"))
        parts.append(party_links(links, parties))
    if rows.self_reports is not None and reported is not None:
        parts.append(report_links(rows.self_reports, reported, none))
    derived = pl.concat(parts)
    return None if derived.is_empty() else Index(derived, "subject")


def _of_employees(rows: pl.DataFrame | None, kind: str) -> Index | None:
    """Periods of employees that may overlap, by employee."""
    return None if rows is None else Index(as_corrected(rows, ("employee", kind)), "employee")
