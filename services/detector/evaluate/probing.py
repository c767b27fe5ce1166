"""A dataset directory into its staff, and into what the engine makes of probes among its real lookups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import polars as pl

from services.core.calendar import AgencyCalendar
from services.core.contract import EXPLAINED, LOOKUP
from services.core.keyring import new_key_ring
from services.detector.evaluate.lookers import Staff, workplaces
from services.detector.evaluate.open_cases import OpenCases
from services.detector.evaluate.probes import Probes, draw, moments, result
from services.detector.pipeline import Pipeline, Slice
from services.detector.register_files import read_registers
from services.detector.settings import AgencySettings
from services.detector.sources.datafiles import lookup_files
from services.detector.sources.dataset import Dataset
from services.detector.state.tables import State
from services.detector.states import states

NEAR_LOOKER = timedelta(hours=2)
NEAR_PERSON = timedelta(days=2)
"""How near a real lookup must be to tell anything about a probe: wider than every margin of an explanation."""


@dataclass(frozen=True)
class History:
    """A dataset that was judged: its register files and its lookups (LOOKUP schema)."""

    dataset: Dataset
    lookups: pl.LazyFrame

    def staff(self) -> Staff:
        """The employees and where they work."""
        return Staff(self.dataset.employees().valid, workplaces(self.lookups))


def open_history(path: Path) -> History:
    """The dataset in a directory. Raises InputError with all that is missing from it.

    Parquet with the columns of the contract is read column by column; anything else is decoded as for a re-scoring.
    """
    dataset = Dataset(path)
    files = lookup_files(path)
    if all(_is_as_agreed(file) for file in files):
        rows = pl.scan_parquet(files, schema=dict(LOOKUP.schema), missing_columns="insert")
        return History(dataset, rows.select(list(LOOKUP.schema)))
    return History(dataset, dataset.lookups().valid.lazy())


def _is_as_agreed(file: Path) -> bool:
    """Parquet with the columns and types of the contract, in any order; none is of the reads of signals."""
    if file.suffix != ".parquet":
        return False
    try:
        found = dict(pl.read_parquet_schema(file))
        return found | {"subject_pseudonym": pl.String()} == dict(LOOKUP.schema)
    except (pl.exceptions.PolarsError, OSError):
        return False


def probe(history: History, settings: AgencySettings, number: int, seed: int) -> Probes:
    """So many made-up looks of either sort, judged by the engine among the real lookups around them."""
    employees = history.dataset.employees().valid
    open_cases = OpenCases(history.dataset.case_links().valid, employees)
    drawn = draw(moments(history.lookups, number, seed), open_cases, employees, number, seed)
    among = pl.concat([around(history.lookups, drawn, settings), drawn.select(list(LOOKUP.schema))])
    return result(drawn, judged(history.dataset, among, settings), employees["team_id"].n_unique(), seed)


def around(lookups: pl.LazyFrame, drawn: pl.DataFrame, settings: AgencySettings) -> pl.DataFrame:
    """The real lookups that may tell something about a probe: near its looker, near its person, and who was at work."""
    calendar = AgencyCalendar(settings.timezone, settings.country)
    when, day = pl.col("occurred_at"), calendar.local_day(pl.col("occurred_at")).alias("day")
    numbered = lookups.with_row_index("row")
    every = numbered.select("row", "employee_id", "bsn", when, day).collect()
    asked = drawn.select("employee_id", "bsn", when.alias("asked_at"), day)
    away = (when - pl.col("asked_at")).abs()
    of_looker = every.join(asked.drop("bsn"), on=["employee_id", "day"]).filter(away <= NEAR_LOOKER)
    of_person = every.join(asked.drop("employee_id", "day"), on="bsn").filter(away <= NEAR_PERSON)
    at_work = every.filter(pl.col("day").is_in(asked["day"].unique().implode())).unique(
        ["employee_id", "day"], keep="any"
    )
    rows = pl.concat([part["row"] for part in (of_looker, of_person, at_work)]).unique()
    near = numbered.filter(pl.col("row").is_in(rows.implode())).drop("row").collect()
    return near.unique("lookup_id", keep="any")


def judged(dataset: Dataset, lookups: pl.DataFrame, settings: AgencySettings) -> pl.DataFrame:
    """Whether and why each lookup is explained (EXPLAINED schema), with everything known that the registers hold."""
    pipeline = Pipeline(settings, new_key_ring())
    registers = read_registers(dataset, pipeline, settings.sources_for_history()).registers
    encoded, numbers = pipeline.encoder.with_numbers(lookups.sort("occurred_at", "lookup_id"))
    state, found = pipeline.step(State(), Slice(encoded.sort("at"), closed=True, numbers=numbers), registers)
    if state.progress.watermark is None:
        return pl.DataFrame(schema=dict(EXPLAINED.schema))
    return states(found.judged, state.contributions, state.progress.watermark)
