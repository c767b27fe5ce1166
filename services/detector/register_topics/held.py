"""News of register topics into the rows of all registers as they stand, as integers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from services.core.errors import DoelbindingError
from services.detector.encode import Encoder
from services.detector.register_topics.links import ROWS, LayeredLinks
from services.detector.register_topics.messages import VERSION, News
from services.detector.register_topics.waiting import WaitingNews
from services.detector.registers import RegisterRows
from services.detector.sources.registers import EVERY_REGISTER, OPTIONAL

LINKS = "case-links"
SMALL = tuple(register for register in EVERY_REGISTER if register != LINKS)
"""Registers that are indexed anew when a row of theirs changes."""

LAYER, TOUCHED, SPARE = f"{LINKS}-layer", f"{LINKS}-touched", f"{LINKS}-spare"
Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Changed:
    """Which registers have rows that came or went, and the subjects of such case links."""

    registers: frozenset[str]
    subjects: pl.Series


class Held:
    """The rows of all registers, the newest of each version; `take` gathers news, `settle` puts them in force."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.links = LayeredLinks.of(pl.DataFrame(schema=ROWS))
        self._small = {register: self._encoded(register, _no_rows(register)) for register in SMALL}
        self._news: defaultdict[str, WaitingNews] = defaultdict(WaitingNews)

    def take(self, news: News) -> None:
        """News of one partition, which come in the order of its offsets."""
        if news.rows.is_empty() and news.gone.is_empty():
            return
        self._news[news.register].add(self._encoded(news.register, news.rows), news.gone)

    def settle(self) -> Changed:
        """Puts in force whatever was taken."""
        subjects, registers = pl.Series("subject", [], dtype=pl.Int64), set()
        for register, waiting in self._news.items():
            fresh, gone = waiting.last_words()
            if register == LINKS:
                self.links, subjects = self.links.taken(fresh, gone)
            else:
                outdated = pl.concat([fresh[VERSION], gone])
                kept = self._small[register].filter(~pl.col(VERSION).is_in(outdated.implode()))
                self._small[register] = pl.concat([kept, fresh])
            registers.add(register)
        self._news.clear()
        return Changed(frozenset(registers), subjects)

    def rows(self) -> RegisterRows:
        """The registers but the case links; an optional one is there as soon as it has a row."""
        parts = {name: rows.drop(VERSION) for name, rows in self._small.items()}
        optional = {name.replace("-", "_"): parts[name] for name in OPTIONAL if not parts[name].is_empty()}
        return RegisterRows(employees=parts["employees"], relations=parts["relations"], **optional)

    @property
    def usable(self) -> bool:
        """Whether there is anything to judge by: without employees or links everybody would stand accused."""
        return self.links.height > 0 and not self._small["employees"].is_empty()

    def frames(self) -> dict[str, pl.DataFrame]:
        """Everything that is in force, by name; `restore` takes it."""
        links = self.links
        layers = {LINKS: links.base, LAYER: links.layer, TOUCHED: links.touched.to_frame(), SPARE: links.spare}
        return layers | self._small

    def restore(self, frames: Frames) -> None:
        """What `frames` gave. Raises DoelbindingError if it has other columns than this release's."""
        schemas = {name: frame.schema for name, frame in self.frames().items()}
        if schemas != {name: frame.schema for name, frame in frames.items()}:
            raise DoelbindingError("it holds other tables or columns than this release has")
        touched = frames[TOUCHED].to_series()
        self.links = LayeredLinks(frames[LINKS], frames[LAYER], touched, frames[SPARE])
        self._small = {register: frames[register] for register in SMALL}

    def _encoded(self, register: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of a register's contract and `version` as they are held."""
        encode = {
            LINKS: lambda valid: self._encoder.with_short_ids(self._encoder.links(valid), "link_id"),
            "employees": self._encoder.employees,
            "relations": self._encoder.relations,
            "case-parties": self._encoder.case_parties,
            "self-reports": lambda valid: self._encoder.with_short_ids(self._encoder.self_reports(valid), "report_id"),
            "statements": self._encoder.of_employee,
            "absences": self._encoder.of_employee,
        }[register]
        held = encode(rows.drop(VERSION)).with_columns(rows[VERSION])
        return held.cast({"link_kind": ROWS["link_kind"]}) if register == LINKS else held


def _no_rows(register: str) -> pl.DataFrame:
    return pl.DataFrame(schema={**EVERY_REGISTER[register].schema, VERSION: pl.Int64()})
