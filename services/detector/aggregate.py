"""The rows of each signal into its counts, its evidence and its identity."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import polars as pl

from services.core.contract import DATA_CATEGORIES, EVIDENCE_LIMIT
from services.core.instants import instant_of
from services.detector.emergencies import with_emergencies
from services.detector.group import KEY, with_facts
from services.detector.long_watch import MONTH, watches
from services.detector.members import RECORDS
from services.detector.named import HALVES
from services.detector.rules import CONFLICTS, MANY_PERSONS, NOT_ASSIGNED, OF_DAYS, ORDINARY, REVEALS, SHARED, VOLUME
from services.detector.sequences.facts import sequence_facts
from services.detector.state.schemas import VOLUME_DAYS
from services.detector.thresholds import PairSettings

MOMENT_GAP_MINUTES = 30
COUNTING_RULE = "moments-30min-v1"
"""A moment is a look at one person more than 30 minutes after the one before; told with the counts."""
RECURRENT_DAYS, RECURRENT_SPAN_DAYS = 3, 90
VIEWERS_SPAN_DAYS = 7
PERIOD = ("since", "until")
MEDICAL = 1 << DATA_CATEGORIES.index("medical")
PERSONNEL = 1 << DATA_CATEGORIES.index("personnel")
IDENTITY = 1 << DATA_CATEGORIES.index("identity")
UNMASKED = ((pl.col("categories") & IDENTITY) > 0) | (pl.col("family") == REVEALS)
"""An identity was opened; to that family searches for known persons contribute too."""
OTHER_VIEWERS = {"employee": pl.Int64(), "about": pl.Int64(), "other_viewers": pl.Int64()}
NO_OTHERS = pl.DataFrame(schema=OTHER_VIEWERS)
NEAREST = ("self", "partner", "child", "parent", "sibling", "other", "ex_partner", "household", "team_mate")


def aggregate(
    rows: pl.DataFrame,
    everything: pl.DataFrame,
    volume_days: pl.DataFrame,
    moment: datetime,
    pairs: PairSettings,
) -> pl.DataFrame:
    """One row per signal with the columns of rules/columns.py, its evidence and its identity.

    `everything` are all windowed contributions: other employees' looks at the same person count as context.
    `volume_days` are VOLUME_DAYS with `strangeness`.
    """
    ordered = rows.with_columns(_telling().alias("telling")).sort(
        *KEY, "viewer", "subject", "at", "lookup_id", nulls_last=True
    )
    since_last = pl.col("at") - pl.col("at").shift(1).over([*KEY, "viewer", "subject"])
    new_moment = since_last.fill_null(pl.duration(days=1)) > pl.duration(minutes=MOMENT_GAP_MINUTES)
    for_good = pl.col("family").is_in(CONFLICTS) & pl.col("counts_until").is_null()
    now = instant_of(moment)
    linked = pl.col("linked_at") <= pl.max_horizontal(now, "at")
    ordered = ordered.with_columns(
        new_moment.alias("new_moment"),
        (linked & for_good).fill_null(value=False).alias("conflict"),
        (pl.col("reported_at") <= now).alias("reported"),
        pl.when(linked | (pl.col("counts_until") <= now)).then("explanation").alias("explanation"),
        CATEGORY_NAMES,
        (_claims_falsely(now) & ~_at_work(now)).alias("false_claim"),
        (_claims_falsely(now) & _at_work(now)).alias("claim_at_work"),
    )
    signals = ordered.group_by(KEY, maintain_order=True).agg(_told_of_each())
    signals = with_facts(signals, _recurrent(ordered), KEY)
    signals = _with_long_watch(signals, ordered, pairs)
    signals = with_emergencies(signals, ordered, everything, moment, pairs)
    signals = with_facts(signals, sequence_facts(ordered, KEY), KEY)
    signals = with_facts(signals, _other_viewers(signals, everything, moment), ["employee", "about"])
    signals = signals.join(
        volume_days.select(
            *(name for name in VOLUME_DAYS if name not in ("decided_at", "bucket", "least")), "strangeness"
        ),
        left_on=["family", "employee", "window"], right_on=["family", "employee", "day"], how="left",
    )  # fmt: skip
    signals = signals.join(_stood_out(everything), on=["family", "window"], how="left", maintain_order="left")
    amount = pl.when(pl.col("counted") == RECORDS).then("records").otherwise("person_days")
    return signals.with_columns(
        pl.col("recurrent").fill_null(value=False), pl.col("other_viewers").fill_null(0)
    ).with_columns(
        (amount * 1000 // pl.max_horizontal("expected", pl.lit(100))).alias("surplus"),
        (pl.col("expected") // 1000).alias("norm"),
        *(pl.when(pl.col("family") == NOT_ASSIGNED).then("window").otherwise(name).alias(name) for name in PERIOD),
        pl.lit(pairs.dormant_months).alias("dormant_months"),
        pl.lit(pairs.emergency_days).alias("emergency_days"),
        CATEGORY_NAMES,
    )


@cache
def _told_of_each() -> list[pl.Expr]:
    """What is told of a signal's rows; built once, since building it costs more than asking it of a few rows."""
    return [*_identity(), *_counts(), *_evidence()]


def _identity() -> list[pl.Expr]:
    first = ("employee_check", "employee_sid", "raised_at", "as_of", "withdrawn")
    of_subject = [
        pl.when(~pl.col("family").first().is_in(MANY_PERSONS)).then(pl.col(name).first()).alias(name)
        for name in ("subject_check", "subject_sid")
    ]
    return [*(pl.col(name).first() for name in first), *of_subject]


def _counts() -> list[pl.Expr]:
    nearness = pl.col("relation").replace_strict({kind: place for place, kind in enumerate(NEAREST)}, default=None)
    return [
        pl.len().cast(pl.Int64).alias("lookups"),
        pl.col("new_moment").sum().cast(pl.Int64).alias("moments"),
        pl.col("day").n_unique().cast(pl.Int64).alias("days"),
        MONTH.n_unique().cast(pl.Int64).alias("months"),
        pl.col("system").n_unique().cast(pl.Int64).alias("systems"),
        pl.col("subject").drop_nulls().n_unique().cast(pl.Int64).alias("subjects"),
        pl.col("viewer").n_unique().cast(pl.Int64).alias("employees"),
        pl.col("person_day").drop_nulls().n_unique().cast(pl.Int64).alias("person_days"),
        pl.col("record_count").cast(pl.Int64).sum().alias("records"),
        pl.col("at").n_unique().cast(pl.Int64).alias("reads"),
        pl.col("subject").filter(UNMASKED).drop_nulls().n_unique().cast(pl.Int64).alias("identities"),
        _number(pl.col("subject").is_null()).alias("lists"),
        pl.col("at").min().alias("first_at"),
        pl.col("at").max().alias("last_at"),
        pl.col("day").min().alias("first_local"),
        pl.col("day").max().alias("last_local"),
        pl.col("counts_until").max().alias("cleared_at"),
        pl.col("explanation").sort_by("counts_until", "lookup_id", nulls_last=True).drop_nulls().last(),
        pl.col("categories").bitwise_or().alias("categories"),
        ((pl.col("categories") & MEDICAL) > 0).any().alias("medical"),
        ((pl.col("categories") & PERSONNEL) > 0).any().alias("personnel"),
        _number(pl.col("action").is_in(["print", "export"])).alias("shared"),
        _number(pl.col("searched_by") == "name").alias("by_name"),
        _number(pl.col("searched_by") == "address").alias("by_address"),
        _number(pl.col("off_hours")).alias("off_hours"),
        _number(pl.col("conflict")).alias("conflicts"),
        _number(~pl.col("conflict")).alias("unlinked"),
        _number(pl.col("break_glass")).alias("break_glass"),
        _number(pl.col("break_glass") & pl.col("reason_text").is_null()).alias("without_reason"),
        _number(pl.col("false_claim")).alias("false_claims"),
        _number(pl.col("claim_at_work")).alias("claims_at_work"),
        _number(pl.col("searched_by") == "worklist").alias("by_worklist"),
        _number(pl.col("action") == "edit").alias("edits"),
        _number(pl.col("dormant")).alias("dormant"),
        _number(pl.col("in_street")).alias("in_street"),
        pl.col("retroactive_at").min().alias("registered_at"),
        _number(~pl.col("anyone_had_case") & pl.col("subject").is_not_null()).alias("without_case"),
        _number(pl.col("team_had_case")).alias("colleague_case"),
        _number(pl.col("on_leave")).alias("on_leave"),
        _number(pl.col("reported")).alias("self_reported"),
        _number(pl.col("handler")).alias("by_handler"),
        _number(pl.col("staff_kind") == "staff").alias("staff"),
        _number(pl.col("staff_kind") == "ex-staff").alias("ex_staff"),
        _number(pl.col("staff_kind") == "family").alias("staff_family"),
        pl.col("same_team").any(),
        pl.col("relation").filter(nearness == nearness.min()).first(),
    ]


def _category_names() -> pl.Expr:
    names = [
        pl.when(pl.col("categories") & (1 << place) > 0).then(pl.lit(category))
        for place, category in enumerate(DATA_CATEGORIES)
    ]
    return pl.concat_list(names).list.drop_nulls().alias("data_categories")


CATEGORY_NAMES = _category_names()


def _number(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False).sum().cast(pl.Int64)


def _claims_falsely(moment: pl.Expr) -> pl.Expr:
    """The claimed case was none of this person's, as far as is known at a moment."""
    return (pl.col("claim_false_from") <= moment) & (
        pl.col("claim_known_at").is_null() | (pl.col("claim_known_at") > moment)
    )


def _at_work(moment: pl.Expr) -> pl.Expr:
    """The viewer was working on the claimed case at about that time, as far as is known at a moment."""
    return (pl.col("claim_worked_at") <= moment).fill_null(value=False)


def _stood_out(everything: pl.DataFrame) -> pl.DataFrame:
    """Table (family, window, stood_out): how many employees' days stand out on the same local date."""
    days = everything.filter(pl.col("family") == VOLUME)
    return days.group_by("family", "window").agg(pl.col("employee").n_unique().cast(pl.Int64).alias("stood_out"))


def _with_long_watch(signals: pl.DataFrame, ordered: pl.DataFrame, pairs: PairSettings) -> pl.DataFrame:
    """Adds long_watch: the rows lay in enough months; of a withdrawn signal, those that counted at one time."""
    months = signals.filter(pl.col("months") >= pairs.watch_months).select(KEY)
    if months.is_empty():
        return signals.with_columns(pl.lit(value=False).alias("long_watch"))
    found = watches(ordered.join(months, on=KEY, how="semi", nulls_equal=True), pairs)
    long = found.select(*KEY, pl.lit(value=True).alias("long_watch"))
    told = signals.join(long, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    return told.with_columns(pl.col("long_watch").fill_null(value=False))


def _telling() -> pl.Expr:
    """How much a lookup tells of a crowded day: nobody had the case, it left the system, it was searched for.

    Of exports the number of records tells most.
    """
    records = pl.when(pl.col("counted") == RECORDS).then(8 * pl.col("record_count").cast(pl.Int64)).otherwise(0)
    return (
        records
        + 4 * (~pl.col("anyone_had_case")).cast(pl.Int32)
        + 2 * pl.col("action").is_in(["print", "export"]).cast(pl.Int32)
        + pl.col("searched_by").is_in(["name", "address"]).fill_null(value=False).cast(pl.Int32)
    )


def _evidence() -> list[pl.Expr]:
    """Evidence rows in order of time; of a crowded day, or of more than the intake takes, the most telling ones."""
    crowded = pl.col("family").first().is_in(OF_DAYS) | (pl.len() > EVIDENCE_LIMIT)
    shared = (pl.col("family") == SHARED) & pl.col("explanation").is_not_null()
    state = (
        pl.when(pl.col("conflict")).then(pl.lit("conflict"))
        .when(shared).then(pl.lit("explained"))
        .otherwise(pl.lit("unexplained"))
    )  # fmt: skip
    explanation = pl.when(pl.col("subject").is_not_null()).then("explanation")
    many = pl.col("family").is_in(MANY_PERSONS)
    row = pl.struct(
        "lookup_id", pl.col("at").alias("occurred_at"), "system", "action", "searched_by",
        "data_categories", "record_count", state.alias("state"), explanation.alias("explanation"),
        *(pl.when(pl.col("employee").is_null()).then(name).alias(name) for name in HALVES["employee_id"]),
        *(
            pl.when(many).then(key).alias(name)
            for key, name in zip(("subject", "subject_check"), HALVES["subject"], strict=True)
        ),
    )  # fmt: skip
    by_time = row.sort_by("at", "lookup_id")
    by_weight = row.sort_by("telling", "at", "lookup_id", descending=[True, False, False]).head(EVIDENCE_LIMIT)
    return [pl.when(crowded).then(by_weight.implode()).otherwise(by_time.implode()).alias("evidence")]


def _recurrent(ordered: pl.DataFrame) -> pl.DataFrame:
    """Signals with lookups on three days within 90."""
    days = ordered.select(*KEY, "day").unique().sort(*KEY, "day", nulls_last=True)
    span = pl.col("day") - pl.col("day").shift(RECURRENT_DAYS - 1).over(KEY)
    return (
        days.with_columns((span < pl.duration(days=RECURRENT_SPAN_DAYS)).alias("recurrent"))
        .group_by(KEY)
        .agg(pl.col("recurrent").fill_null(value=False).any())
    )


def _other_viewers(signals: pl.DataFrame, everything: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Per employee and subject (OTHER_VIEWERS): other employees without explanation within a week of an own look."""
    looks = (
        everything.filter(
            pl.col("family").is_in(ORDINARY)
            & (pl.col("counts_from") <= instant_of(moment))
            & (pl.col("counts_until").is_null() | (pl.col("counts_until") > instant_of(moment)))
            & pl.col("subject").is_in(signals["about"].drop_nulls().unique().implode())
        )
        .select("subject", "employee", "day")
        .unique()
    )
    crowded = looks.filter(pl.col("employee").n_unique().over("subject") > 1)
    if crowded.is_empty():
        return NO_OTHERS
    both = crowded.join(crowded, on="subject", suffix="_other").filter(
        (pl.col("employee") != pl.col("employee_other"))
        & ((pl.col("day") - pl.col("day_other")).dt.total_days().abs() <= VIEWERS_SPAN_DAYS)
    )
    return both.group_by("employee", pl.col("subject").alias("about")).agg(
        pl.col("employee_other").n_unique().cast(pl.Int64).alias("other_viewers")
    )
