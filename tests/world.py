"""A small agency for tests: people, registers and lookups, stated in a few words each."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from services.core.archive import Wanted
from services.core.contract import CASE_LINK, EMPLOYEE, LOOKUP, RELATION, Record
from services.core.eleven_proof import is_valid
from services.core.keyring import KeyRing
from services.detector.encode import LOOKUPS
from services.detector.further import Further, report_margins
from services.detector.pipeline import Findings, Pipeline, Slice
from services.detector.registers import Registers, build_registers
from services.detector.settings import AgencySettings
from services.detector.sources.registers import OPTIONAL
from services.detector.state.tables import State

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
RING = KeyRing(
    1,
    {
        purpose: bytes([number]) * 32
        for number, purpose in enumerate(("pseudonym", "signal-id", "dead-letter", "cursor"), 1)
    },
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FIRST_FICTITIOUS = 960_000_000


def fictitious_bsns(count: int) -> list[str]:
    """The first so many valid numbers of the fictitious range."""
    numbers = (str(number) for number in range(FIRST_FICTITIOUS, FIRST_FICTITIOUS + 20 * count + 100))
    valid = [number for number in numbers if is_valid(number)]
    return valid[:count]


BSNS = fictitious_bsns(600)


def local(text: str) -> datetime:
    """`2025-03-30 14:00` on the agency's clock, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


def frame(record: Record, rows: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    """Rows with only what differs from null, as a frame of the record's schema."""
    full = [{name: row.get(name) for name in record.schema} for row in rows]
    return pl.DataFrame(full, schema=dict(record.schema), orient="row")


@dataclass
class World:
    """Collects register rows and lookups; a citizen or employee is known by a number from 0."""

    employees: list[dict[str, object]] = field(default_factory=list)
    links: list[dict[str, object]] = field(default_factory=list)
    relations: list[dict[str, object]] = field(default_factory=list)
    lookups: list[dict[str, object]] = field(default_factory=list)
    optional: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    """Rows of the optional registers that were delivered, by the names of their fields in `Further`."""

    def add(self, register: str, **row: object) -> None:
        """A row of an optional register, which is there from its first row on."""
        self.optional.setdefault(register, []).append(row)

    def employee(self, number: int, team: str = "T1", **columns: object) -> str:
        """Employee `number`, whose own BSN is BSNS[number]."""
        row: dict[str, object] = {
            "employee_id": f"e{number}", "bsn": BSNS[number], "team_id": team, "role": "claims-handler",
            "department": "WW", "eigen_personeel": False, "valid_from": LONG_AGO,
        }  # fmt: skip
        self.employees.append(row | columns)
        return f"e{number}"

    def link(self, person: int, to: str, start: datetime, **columns: object) -> None:
        """A case of BSNS[person] for an employee (`e1`) or team (`T1`), registered by a system at its start."""
        row: dict[str, object] = {
            "link_id": f"link{len(self.links)}", "case_id": f"case{len(self.links)}", "bsn": BSNS[person],
            "assignee_kind": "team" if to.startswith("T") else "employee", "assignee_id": to, "kind": "assignment",
            "valid_from": start, "registered_at": start, "registered_by": "system:planning",
        }  # fmt: skip
        self.links.append(row | columns)

    def relation(self, employee: str, person: int, kind: str, source: str = "declared", **columns: object) -> None:
        """A relation of an employee to BSNS[person]."""
        row: dict[str, object] = {
            "employee_id": employee, "bsn": BSNS[person], "kind": kind, "source": source, "valid_from": LONG_AGO,
        }  # fmt: skip
        self.relations.append(row | columns)

    def look(self, employee: str, person: int | None, at: datetime, **columns: object) -> str:
        """A view of BSNS[person]; returns the lookup's id."""
        row: dict[str, object] = {
            "lookup_id": f"look{len(self.lookups)}", "occurred_at": at, "employee_id": employee, "system": "sonar",
            "action": "view", "searched_by": "bsn", "bsn": None if person is None else BSNS[person],
            "data_categories": ["identity"], "record_count": 1, "workstation": "ws1", "location": "office",
        }  # fmt: skip
        self.lookups.append(row | columns)
        return str(self.lookups[-1]["lookup_id"])


def settings(**changes: object) -> AgencySettings:
    """The default settings with changes."""
    return AgencySettings.model_validate(changes)


@dataclass
class Run:
    """A run of the engine over slices, with everything a driver would keep."""

    pipeline: Pipeline
    state: State = field(default_factory=State)
    archived: list[pl.DataFrame] = field(default_factory=list)
    told: dict[str, dict[str, object]] = field(default_factory=dict)
    findings: list[Findings] = field(default_factory=list)
    revisions: list[pl.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = replace(self.state, archive=self._archive)

    def _archive(self, wanted: Wanted) -> pl.DataFrame:
        return pl.concat([pl.DataFrame(schema=LOOKUPS), *self.archived]).filter(wanted.matches())

    def feed(self, piece: Slice, registers: Registers) -> Findings:
        """One step, with what it found kept."""
        before = self.state
        state, found = self.pipeline.step(before, piece, registers)
        self.state, revisions = self.pipeline.tell(before, state)
        self.archived.append(found.archived)
        self.findings.append(found)
        self.revisions.append(revisions)
        for row in revisions.iter_rows(named=True):
            self.told[str(row["signal_id"])] = row
        return found

    def crash_and_resume(self) -> None:
        """Forgets everything but the stored tables."""
        self.state = State.restore(self.state.tables(), self._archive)

    def signals(self) -> pl.DataFrame:
        """The signals at the end."""
        assert self.state.progress.watermark is not None
        return self.pipeline.signals(self.state, self.state.progress.watermark)


def registers_of(world: World, pipeline: Pipeline, known_until: datetime | None = None) -> Registers:
    """The world's registers, or what was registered of the case links and optional registers until a moment."""
    links = frame(CASE_LINK, world.links)
    optional = {name: frame(OPTIONAL[name.replace("_", "-")], rows) for name, rows in world.optional.items()}
    if known_until is not None:
        links, *rest = (rows.filter(pl.col("registered_at") <= known_until) for rows in (links, *optional.values()))
        optional = dict(zip(optional, rest, strict=True))
    return build_registers(
        pipeline.encoder,
        links,
        frame(EMPLOYEE, world.employees),
        frame(RELATION, world.relations),
        ("declared", "eigen-personeel", "brp"),
        Further(**optional),
        report_margins(pipeline.settings, pipeline.calendar),
    )


def in_one_batch(world: World, pipeline: Pipeline | None = None) -> Run:
    """All lookups in one closed slice."""
    run = Run(pipeline or Pipeline(settings(), RING))
    lookups, numbers = run.pipeline.encoder.with_numbers(frame(LOOKUP, world.lookups))
    run.feed(Slice(lookups, closed=True, numbers=numbers), registers_of(world, run.pipeline))
    return run


def in_slices(world: World, cuts: Sequence[timedelta], pipeline: Pipeline | None = None) -> Run:
    """The lookups in order of time, cut at these times after the first."""
    run = Run(pipeline or Pipeline(settings(), RING))
    lookups, numbers = run.pipeline.encoder.with_numbers(frame(LOOKUP, world.lookups))
    lookups = lookups.sort("at")
    first = lookups["at"][0]
    edges = [first, *(first + cut for cut in sorted(cuts)), first + timedelta(days=36_500)]
    registers = registers_of(world, run.pipeline)
    for start, end in itertools.pairwise(edges):
        piece = lookups.filter((pl.col("at") >= start) & (pl.col("at") < end))
        run.feed(Slice(piece, numbers=numbers.join(piece, on="subject", how="semi")), registers)
    run.feed(Slice(lookups.clear(), closed=True), registers)
    return run
