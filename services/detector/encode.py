"""Validated records into the engine's frames: identities become integers, texts become codes."""

from __future__ import annotations

import operator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, reduce

import polars as pl

from services.core.archive import ARCHIVED
from services.core.calendar import AgencyCalendar
from services.core.contract import DATA_CATEGORIES, LOOKUP
from services.core.pseudonyms import (
    BSN_DOMAIN,
    CASE_DOMAIN,
    EMPLOYEE_DOMAIN,
    REASON_DOMAIN,
    ROW_DOMAIN,
    STREET_DOMAIN,
    TEAM_DOMAIN,
    WORKSTATION_DOMAIN,
    Pseudonymiser,
)
from services.core.reading import SYSTEM

LOOKUPS = ARCHIVED
"""Encoded lookups: one row per lookup, as they are archived."""

NUMBERS = {"subject": pl.Int64(), "number": pl.Int64()}
"""The digits behind a slice's subject keys, a row per person: kept while the slice waits and is judged, encrypted where
they touch a disk (state/arrivals.py), and never after."""

IDENTITIES = {"kind": pl.String(), "key": pl.Int64(), "check": pl.Int64(), "value": pl.String()}
"""Whom a slice's lookups name, in the clear, a row per employee and person: sealed where they are decoded
(sealing.py), and never stored otherwise."""

BREAK_GLASS = "break-glass"
"""The reason that a source system gives for forced access, alone or before the employee's words."""
FORCED = rf"(?i)^\s*{BREAK_GLASS}(?:[\s:]|$)"
REMOTE = "remote"
"""The location of a workstation away from the office."""

_PERIOD = ("valid_from", "valid_to", pl.coalesce("registered_at", "valid_from").alias("known_from"))
"""Validity of a register row and since when it was known; who registers no moment knew at its start."""

CONTENT_SEED = 20_170_101
CAME_LATER = ("subject_pseudonym",)
"""Fields that the first records had not."""


@dataclass(frozen=True)
class Encoded:
    """Lookups (LOOKUPS) in the order of the input, the digits behind their subjects (NUMBERS), and whom they name
    (IDENTITIES)."""

    lookups: pl.DataFrame
    numbers: pl.DataFrame = field(repr=False)
    identities: pl.DataFrame = field(repr=False)


class Encoder:
    """Encodes lookups and register rows under one key ring and one calendar."""

    def __init__(self, pseudonyms: Pseudonymiser, calendar: AgencyCalendar) -> None:
        self._pseudonyms = pseudonyms
        self._calendar = calendar
        devices = pseudonyms.intern(pl.Series([WORKSTATION_DOMAIN]), WORKSTATION_DOMAIN, sid=False)
        self._of_devices = devices["key"][0] % 2**64

    def lookups(self, valid: pl.DataFrame) -> pl.DataFrame:
        """Frame of LOOKUP.schema to a frame of LOOKUPS, in the order of the input."""
        return self.encoded(valid).lookups

    def with_numbers(self, valid: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The encoded lookups, and the digits behind their subjects (NUMBERS)."""
        both = self.encoded(valid)
        return both.lookups, both.numbers

    def encoded(self, valid: pl.DataFrame) -> Encoded:
        """The encoded lookups, and whom they name."""
        with ThreadPoolExecutor(1) as beside:  # keying identities is mostly Python's work, the rest Polars'
            keying = beside.submit(self._identities, valid)
            told = self._facts(valid)
            keys, employees, persons = keying.result()
        numbers = persons.select(pl.col("key").alias("subject"), pl.col("value").cast(pl.Int64).alias("number"))
        return Encoded(told.hstack(keys).select(list(LOOKUPS)), numbers, _named(employees, persons))

    def identities(self, valid: pl.DataFrame) -> pl.DataFrame:
        """Whom lookups name (IDENTITIES), and nothing else of them."""
        work = valid.filter(pl.col("system") != SYSTEM)
        employees = self._pseudonyms.intern(work["employee_id"], EMPLOYEE_DOMAIN, sid=False)
        return _named(employees, self._pseudonyms.intern(work["bsn"], BSN_DOMAIN, sid=False))

    def _identities(self, valid: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """The keys of employee, subject, street and claimed case of each lookup, and the employees and the persons.

        Of the reads of signals the pseudonyms that stand there are the keys; they name nobody who could be sealed.
        """
        frame = valid.select("system", "employee_id", "bsn", "subject_pseudonym", pl.col("street").alias("street_name"))
        reads = frame["system"] == SYSTEM
        work = frame.filter(~reads) if reads.any() else frame
        employees = self._pseudonyms.intern(work["employee_id"], EMPLOYEE_DOMAIN)
        persons = self._pseudonyms.intern(work["bsn"], BSN_DOMAIN)
        who, whom = employees, persons
        if reads.any():
            told = self._pseudonyms.stated(frame.filter(reads)["employee_id"])
            who = pl.concat([employees.join(told, on="value", how="anti"), told])
            whom = pl.concat([persons, self._pseudonyms.stated(frame.filter(reads)["subject_pseudonym"])])
            frame = frame.with_columns(pl.coalesce("bsn", "subject_pseudonym").alias("bsn"))
        frame = _with_keys(frame, who, "employee_id", _halves("employee"))
        frame = _with_keys(frame, whom, "bsn", _halves("subject"))
        frame = self._keyed(frame, "street_name", STREET_DOMAIN, "street", check=False)
        frame = frame.drop("system", "employee_id", "bsn", "subject_pseudonym", "street_name")
        return frame.hstack(self._text_keys(valid["case_id"], "claimed_case")), employees, persons

    def _facts(self, valid: pl.DataFrame) -> pl.DataFrame:
        """The columns of LOOKUPS that name nobody, among others."""
        frame = valid.with_columns(_category_bits()).with_columns(_content_hash()).drop("street")
        frame = self._with_reasons(frame)
        at, local = pl.col("occurred_at"), pl.col("local")
        frame = frame.with_columns(self._calendar.wall_clock(at).alias("local"))
        frame = frame.with_columns(local.dt.date().alias("day"))
        return frame.with_columns(
            at.alias("at"),
            self._calendar.off_hours(local, frame["day"]).alias("off_hours"),
            self._workstation().alias("workstation"),
            (pl.col("location") == REMOTE).alias("remote"),
        )

    def links(self, valid: pl.DataFrame) -> pl.DataFrame:
        """Case links: subject, assignee (employee or team key), kind, validity, knowledge and who registered it."""
        frame = self._keyed(valid, "bsn", BSN_DOMAIN, "subject")
        by_system = pl.col("registered_by").str.starts_with("system:")
        frame = frame.with_columns(
            pl.when(pl.col("assignee_kind") == "employee").then("assignee_id").alias("assigned_employee"),
            pl.when(pl.col("assignee_kind") == "team").then("assignee_id").alias("assigned_team"),
            pl.when(~by_system).then("registered_by").alias("registrar"),
        )
        frame = self._keyed(frame, "assigned_employee", EMPLOYEE_DOMAIN, "link_employee", check=False)
        frame = self._keyed(frame, "assigned_team", TEAM_DOMAIN, "link_team", check=False)
        frame = self._keyed(frame, "registrar", EMPLOYEE_DOMAIN, "registered_by_employee", check=False)
        return frame.hstack(self._text_keys(frame["case_id"], "case")).select(
            "link_id",
            "case",
            "subject",
            "subject_check",
            pl.coalesce("link_employee", "link_team").alias("assignee"),
            (pl.col("assignee_kind") == "team").alias("to_team"),
            pl.col("kind").alias("link_kind"),
            "valid_from",
            "valid_to",
            pl.col("registered_at").alias("known_from"),
            "registered_by_employee",
        )

    def employees(self, valid: pl.DataFrame) -> pl.DataFrame:
        """Employees, a row per period, with the own BSN and the team as keys."""
        frame = self._keyed(valid, "employee_id", EMPLOYEE_DOMAIN, "employee")
        frame = self._keyed(frame, "bsn", BSN_DOMAIN, "own_subject")
        frame = self._keyed(frame, "team_id", TEAM_DOMAIN, "team", check=False)
        frame = self._keyed(frame, "street", STREET_DOMAIN, "street_key", check=False)
        return frame.select(
            "employee",
            "own_subject",
            "own_subject_check",
            "team",
            "role",
            "department",
            "eigen_personeel",
            "hours_per_week",
            pl.col("street_key").alias("street"),
            *_PERIOD,
        )

    def relations(self, valid: pl.DataFrame) -> pl.DataFrame:
        """Relations of employees, with the relative's BSN as a key."""
        frame = self._keyed(valid, "employee_id", EMPLOYEE_DOMAIN, "relative_of")
        frame = self._keyed(frame, "bsn", BSN_DOMAIN, "subject")
        return frame.select(
            "relative_of",
            "subject",
            "subject_check",
            pl.col("kind").alias("relation"),
            "source",
            *_PERIOD,
        )

    def case_parties(self, valid: pl.DataFrame) -> pl.DataFrame:
        """Parties of cases, with their BSN as a key."""
        frame = self._keyed(valid, "bsn", BSN_DOMAIN, "subject")
        frame = frame.hstack(self._text_keys(frame["case_id"], "case"))
        return frame.select("case", "subject", "subject_check", pl.col("kind").alias("party_kind"), *_PERIOD)

    def self_reports(self, valid: pl.DataFrame) -> pl.DataFrame:
        """Reports of wrong files opened, with employee and BSN as keys."""
        frame = self._keyed(valid, "employee_id", EMPLOYEE_DOMAIN, "employee", check=False)
        frame = self._keyed(frame, "bsn", BSN_DOMAIN, "subject")
        known_from = pl.col("registered_at").alias("known_from")
        return frame.select("report_id", "employee", "subject", "subject_check", "occurred_at", known_from)

    def of_employee(self, valid: pl.DataFrame) -> pl.DataFrame:
        """Periods of employees (statements, absences), with the employee as a key and what they say as it is."""
        frame = self._keyed(valid, "employee_id", EMPLOYEE_DOMAIN, "employee", check=False)
        said = pl.exclude("employee", "employee_id", "valid_from", "valid_to", "registered_at")
        return frame.select("employee", said, *_PERIOD)

    def with_short_ids(self, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        """Encoded rows with 64-bit keys instead of their ids: millions of texts would take more room than all else."""
        return rows.with_columns(self._text_keys(rows[column], column, ROW_DOMAIN))

    def _text_keys(self, texts: pl.Series, name: str, domain: str = CASE_DOMAIN) -> pl.DataFrame:
        """One column: the key of each text. Rows find theirs by a hash of the text: integers compare faster."""
        hashes = texts.hash(CONTENT_SEED).rename("hash")
        once = hashes.arg_unique()
        distinct = pl.DataFrame([hashes[once], texts[once].rename("value")])
        table = distinct.join(self._pseudonyms.keys(texts[once], domain), on="value")
        found = hashes.to_frame().join(table, on="hash", how="left", maintain_order="left")
        return found.select(pl.col("key").alias(name))

    def _with_reasons(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Adds break_glass, and reason_text: a key of the words beside it, whatever their case and punctuation."""
        forced = frame["reason"].str.contains(FORCED).fill_null(value=False).rename("break_glass")
        if not forced.any():
            return frame.with_columns(forced, pl.lit(None, pl.Int64).alias("reason_text"))
        words = pl.col("reason").str.replace(FORCED, "").str.to_lowercase().str.replace_all(r"[^\pL\pN]+", " ")
        given = frame.select("reason").filter(forced).unique().with_columns(words.str.strip_chars().alias("value"))
        keys = self._pseudonyms.keys(given["value"].replace("", None), REASON_DOMAIN)
        table = given.join(keys, on="value").select("reason", pl.col("key").alias("reason_text"))
        found = frame.select("reason").join(table, on="reason", how="left", maintain_order="left")
        return frame.hstack([forced, found["reason_text"]])

    def _workstation(self) -> pl.Expr:
        """Hash of the device's name under a secret of its own: devices are only compared, and never shown.

        One pass instead of a table of names. Like the hash of a record it holds within one Polars version; an upgrade
        can only make one device look like two for as long as lookups are remembered.
        """
        name = pl.col("workstation")
        return pl.when(name.is_not_null()).then(name.hash(self._of_devices).reinterpret(signed=True))

    def _keyed(
        self, frame: pl.DataFrame, column: str, domain: str, name: str, *, check: bool = True, sid: bool = False
    ) -> pl.DataFrame:
        """Replaces a column of identities by integers: `name`, `name_check` and, for signal ids, `name_sid`."""
        names = {"key": name} | ({"check": f"{name}_check"} if check else {}) | ({"sid": f"{name}_sid"} if sid else {})
        return _with_keys(frame, self._pseudonyms.intern(frame[column], domain, sid=sid), column, names)


def _named(employees: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    kinds = (EMPLOYEE_DOMAIN, employees), (BSN_DOMAIN, persons)
    return pl.concat(table.select(pl.lit(kind).alias("kind"), *list(IDENTITIES)[1:]) for kind, table in kinds)


def _halves(name: str) -> dict[str, str]:
    return {"key": name, "check": f"{name}_check", "sid": f"{name}_sid"}


def _with_keys(frame: pl.DataFrame, interned: pl.DataFrame, column: str, names: dict[str, str]) -> pl.DataFrame:
    """Adds the integers of a column's identities under these names."""
    table = interned.select(pl.col("value").alias(column), *(pl.col(key).alias(name) for key, name in names.items()))
    keys = frame.select(column).join(table, on=column, how="left", maintain_order="left")
    return frame.hstack(keys.drop(column))


@cache
def _category_bits() -> pl.Expr:
    return pl.col("data_categories").map_batches(_bits, return_dtype=pl.UInt8).alias("categories")


def _bits(lists: pl.Series) -> pl.Series:
    """A bit per category: the sum of the bits, and of a list that names one twice those of its distinct ones.

    A sum of powers of two has as many ones as terms only if these differ.
    """
    bits = {category: 1 << place for place, category in enumerate(DATA_CATEGORIES)}
    coded = lists.list.eval(pl.element().replace_strict(bits, return_dtype=pl.UInt8))
    sums = coded.list.sum()
    if (sums.bitwise_count_ones() != coded.list.len()).any():
        sums = coded.list.unique().list.sum()
    return sums.fill_null(0).cast(pl.UInt8)


@cache
def _content_hash() -> pl.Expr:
    """Hash of the record: the wrapping sum of its fields' hashes, each field under a seed of its own.

    Equal records hash equal within one Polars version; an upgrade inside the duplicate horizon can only let equal
    content through again, which changes nothing. A field that came later counts only where it says something, so that
    what was archived before keeps its hash.
    """
    fields = [
        pl.col("categories" if name == "data_categories" else name).hash(CONTENT_SEED + place)
        for place, name in enumerate(LOOKUP.schema)
        if name not in CAME_LATER
    ]
    seed = CONTENT_SEED + len(fields)
    later = [pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash(seed)).otherwise(0) for name in CAME_LATER]
    return reduce(operator.add, [*fields, *later]).alias("content")
