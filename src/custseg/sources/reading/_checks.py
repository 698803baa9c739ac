"""What every system's rows are checked for, in one query: ids and numbers that were damaged, impossible dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect
from custseg.errors import DataError
from custseg.identity import FROM_FLOAT
from custseg.snapshot import parse_moment, snapshot_at
from custseg.sources.reading._source_table import SourceTable
from custseg.texts import listed, plural, shown

NUMBER = r"^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"
"""Regular expression of a number with a decimal point."""
_LONG = r"^[0-9]{16,}$"
# Spreadsheets keep 15 digits of a number and write zeros for the others.
_ROUNDED = r"^[0-9]{15}0+$"
EARLIEST = 946_684_800_000_000
"""2000-01-01 in microseconds: none of the systems is older, so that earlier dates are faults."""


@dataclass(frozen=True)
class RowCounts:
    """Counts of the rows of a file.

    Attributes
    ----------
    rows : int
        All of them.
    early, late : int
        Before 2000, and at or after `as_of`.
    special : mapping of str to int
        Rows for which a condition of the system holds, by its name.
    """

    rows: int
    early: int = 0
    late: int = 0
    special: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.special[name]


def checked_rows(
    source: SourceTable,
    frame: nw.LazyFrame[Any],
    *,
    numbers: Sequence[str] = (),
    as_of: object = None,
    timezone: str = "UTC",
    date: str = "date",
    conditions: Mapping[str, nw.Expr] | None = None,
) -> RowCounts:
    """Count the rows once, and raise one error for all that makes them unusable.

    Parameters
    ----------
    source : SourceTable
        The file; the roles in `ids` of its format are looked at.
    frame : narwhals LazyFrame
        Its rows by role, as `SourceTable.rows` gives them. Without a column `moment`, dates are not checked.
    numbers : sequence of str
        Roles of numbers.
    as_of : date, datetime or ISO text, optional
        The moment of the snapshot, in `timezone`.
    timezone : str
        The zone of the log.
    date : str
        Role of the dates.
    conditions : mapping of str to narwhals Expr
        Further boolean conditions whose rows are counted.

    Returns
    -------
    RowCounts

    Raises
    ------
    DataError
        If ids went through numbers with a decimal point, or were rounded by a spreadsheet; if a number cannot be
        read; or if no date can be, or all are before 2000.
    """
    present = frame.collect_schema().names()
    ids = [role for role in source.form.ids if source.has(role) and role in present]
    counted = dict(_id_conditions(ids))
    counted |= {f"unread {role}": nw.col(f"{role} unread") for role in numbers}
    if "moment" in present:
        limit = _limit(source, as_of, date=date, timezone=timezone)
        counted["filled"] = ~nw.col(date).is_null()
        counted["dated"] = ~nw.col("moment").is_null()
        counted["early"] = nw.col("moment") < EARLIEST
        counted["late"] = nw.lit(value=False) if limit is None else nw.col("moment") >= limit
    counts = _counts(frame, {**counted, **{f"of {name}": rule for name, rule in (conditions or {}).items()}})
    faults = [*_id_faults(source, ids, counts), *_number_faults(source, numbers, counts)]
    if counts.get("filled") and not counts["dated"]:
        faults.append(
            f"no date of column {shown(source.names[date])} can be read. Was the file saved by a spreadsheet program? "
            "Take it as it was exported, or give the pattern of its dates, date_format=, where the function takes one"
        )
    if counts.get("dated") and counts["early"] == counts["dated"]:
        faults.append(
            f"all dates of column {shown(source.names[date])} are before the year 2000. Are they in another unit, such "
            "as seconds instead of microseconds?"
        )
    if faults:
        message = f"{source.caller}: {'; '.join(faults)}"
        raise DataError(message if message.endswith("?") else f"{message}.")
    special = {name: counts[f"of {name}"] for name in conditions or {}}
    return RowCounts(counts["rows"], counts.get("early", 0), counts.get("late", 0), special)


def number_in(column: str) -> nw.Expr:
    """The number in a text with a decimal point; null where it is none."""
    return nw.when(nw.col(column).str.contains(NUMBER)).then(nw.col(column)).cast(nw.Float64)


def raise_unless_single(caller: str, values: Iterable[object], *, what: str, remedy: str) -> None:
    """Raise if there are several values where a file has one, such as two counters or two currencies."""
    distinct = sorted({str(value) for value in values if value is not None})
    if len(distinct) > 1:
        raise DataError(f"{caller}: the rows have {len(distinct)} {what}: {listed(distinct)}. {remedy}")


def distinct_values(frame: nw.LazyFrame[Any], column: str) -> list[Any]:
    """The distinct values of a column, without null, in ascending order."""
    values: list[Any] = collect(frame.select(column).unique()).get_column(column).drop_nulls().sort().to_list()
    return values


def without_early(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The rows without those before 2000; rows without a readable date stay, and are reported with the log."""
    return frame.filter((nw.col("moment") >= EARLIEST) | nw.col("moment").is_null())


def rows_in_time(
    source: SourceTable, frame: nw.LazyFrame[Any], as_of: object, *, timezone: str, date: str = "date"
) -> nw.LazyFrame[Any]:
    """The rows from 2000 on and before the snapshot, where rows are summed to one per customer before a fit."""
    limit = _limit(source, as_of, date=date, timezone=timezone)
    frame = without_early(frame)
    return frame if limit is None else frame.filter((nw.col("moment") < limit) | nw.col("moment").is_null())


def chosen_rows(
    source: SourceTable,
    frame: nw.LazyFrame[Any],
    only: Mapping[str, Sequence[str]],
    *,
    choose: str,
    counts: dict[str, int],
) -> nw.LazyFrame[Any]:
    """The rows whose values were chosen; DataError for a value that no row has.

    `choose` is the role whose values must be chosen, if the file has it; "" for none.
    """
    if listless := [role for role, values in only.items() if isinstance(values, str)]:
        role = listless[0]
        raise TypeError(f"{source.caller}: only= must list values, as in only={{{role!r}: [{only[role]!r}]}}.")
    if choose and source.has(choose) and choose not in only:
        present = distinct_values(frame, choose)
        others = f" It names {listed(list(only))} alone." if only else ""
        raise ValueError(
            f"{source.caller}: only= must say which rows count, for {source.form.title} has others too: "
            f"only={{{choose!r}: [...]}} with some of {listed(present)}.{others}"
        )
    for role, values in only.items():
        present = distinct_values(frame, role) if source.has(role) else []
        if absent := [value for value in values if value not in present]:
            raise DataError(
                f"{source.caller}: only= names {listed(absent)} of {role!r}, but the file has {listed(present)}."
            )
        is_chosen = nw.col(role).is_in(list(values)).fill_null(value=False)
        left_out = collect(frame.filter(~is_chosen).select(nw.len())).item()
        counts["not_chosen"] = counts.get("not_chosen", 0) + int(left_out)
        frame = frame.filter(is_chosen)
    return frame


def _limit(source: SourceTable, as_of: object, *, date: str, timezone: str) -> int | None:
    """The snapshot in microseconds, as the dates of the file count them."""
    if as_of is None:
        return None
    moment: datetime = parse_moment(as_of, source.caller)
    return snapshot_at(moment, zoned=source.date_style(date).zoned, timezone=timezone).moment


def _counts(frame: nw.LazyFrame[Any], conditions: Mapping[str, nw.Expr]) -> dict[str, int]:
    """The number of rows, and of those for which each condition holds."""
    marks = [nw.when(rule).then(nw.lit(1)).otherwise(nw.lit(0)).alias(name) for name, rule in conditions.items()]
    marked = (
        frame.select(nw.lit(1).alias("rows"), *marks)
        if not marks
        else frame.with_columns(nw.lit(1).alias("rows"), *marks).select("rows", *conditions)
    )
    row = collect(marked.select(nw.all().sum())).rows(named=True)[0]
    return {name: int(count or 0) for name, count in row.items()}


def _id_conditions(ids: Sequence[str]) -> dict[str, nw.Expr]:
    conditions: dict[str, nw.Expr] = {}
    for role in ids:
        text = nw.col(role).cast(nw.String)
        conditions |= {
            f"float {role}": text.str.contains(FROM_FLOAT),
            f"long {role}": text.str.contains(_LONG),
            f"rounded {role}": text.str.contains(_ROUNDED),
        }
    return conditions


def _id_faults(source: SourceTable, ids: Sequence[str], counts: Mapping[str, int]) -> list[str]:
    faults = []
    for role in ids:
        name = shown(source.names[role])
        if count := counts[f"float {role}"]:
            faults.append(
                f"{plural(count, 'id')} of column {name} went through a number with a decimal point, such as 9001.0 or "
                "1.7E+18, and may have lost digits. Read the file as it was exported, with this column as text"
            )
        elif counts[f"long {role}"] == counts[f"rounded {role}"] > 0:
            faults.append(
                f"the ids of column {name} with more than 15 digits all end in zeros, as after a spreadsheet program "
                "has saved the file: the other digits are lost. Take the file as it was exported"
            )
    return faults


def _number_faults(source: SourceTable, numbers: Sequence[str], counts: Mapping[str, int]) -> list[str]:
    return [
        f"{plural(count, 'value')} of column {shown(source.names[role])} cannot be read as a number. Was the file "
        "saved with decimal commas or currency signs? Take it as it was exported, or give decimal= where the function "
        "takes it"
        for role in numbers
        if (count := counts[f"unread {role}"])
    ]
