"""Attribute values known at a snapshot, with checks and counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import instance
from custseg._frames import collect
from custseg.errors import DataError
from custseg.logs._attribute_kinds import Attribute
from custseg.logs._customers import Customers
from custseg.logs._dates import LogDates
from custseg.snapshot import Snapshot, snapshot_at
from custseg.texts import plural

_YEAR_1900 = -25_567
"""1900-01-01 in days since 1970-01-01."""

_FEW_LEVELS = 50

Column = nw.Series[Any]


@dataclass(frozen=True)
class AttributeCounts:
    """Counts over one attribute, among the rows that exist at the snapshot.

    Attributes
    ----------
    name, kind : str
        The column and what it holds.
    known : int
        Rows with a value that can be used.
    missing : int
        Rows without a value.
    not_yet, stale, undated : int
        Values that count as missing: observed (or, for a date, dated) at or after the snapshot; older than
        `max_age_days`; without a date of observation where there is a `max_age_days`.
    unusable, impossible : int
        Values known at the snapshot that cannot be read, and that cannot be: dates before 1900, births
        after the snapshot, counts that are negative or not whole.
    median_age_days : float or None
        Median age of the known values at the snapshot, in days.
    levels : int or None
        Distinct values of a category.
    """

    name: str
    kind: str
    known: int
    missing: int
    not_yet: int = 0
    stale: int = 0
    undated: int = 0
    unusable: int = 0
    impossible: int = 0
    median_age_days: float | None = None
    levels: int | None = None


@dataclass(frozen=True)
class AttributeFacts:
    """Counts over a customer table at one snapshot; never rows or ids.

    Attributes
    ----------
    rows, rows_after : int
        Rows that exist at the snapshot, and rows all of whose values were observed at or after it.
    without_customer : int
        Rows without an id.
    duplicates : int
        Rows that repeat the id of another.
    columns : tuple of AttributeCounts
        One per attribute.
    unusable_observations : mapping of str to int
        Dates of observation that cannot be read, by column.
    left_out : mapping of str to str
        Columns that were not described and are no attributes by their values, with the reason: "no value", or
        "text of its own" (it differs from customer to customer).
    """

    rows: int
    rows_after: int
    without_customer: int
    duplicates: int
    columns: tuple[AttributeCounts, ...]
    unusable_observations: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class KnownAttributes:
    """Attribute values known at a snapshot, in a local table.

    Attributes
    ----------
    table : narwhals DataFrame
        `customer_id` and a column ``value_<place>`` per attribute: Float64 for numbers and counts, text for
        categories and interests, booleans for flags and consents, days since 1970 for dates; null where
        no value is known. Besides, ``seen_day_<number>`` per column of observation dates, in days since 1970.
    attributes : tuple of Attribute
        The attributes, each with one kind.
    facts : AttributeFacts
        The counts.
    snapshot : Snapshot
        The moment.
    """

    table: nw.DataFrame[Any]
    attributes: tuple[Attribute, ...]
    facts: AttributeFacts
    snapshot: Snapshot


def known_attributes(
    customers: Customers, as_of: datetime, caller: str, *, known_until: datetime | None = None
) -> KnownAttributes:
    """Read the customer table at a snapshot in one pass and count faults; only an empty table raises.

    Observations at or after `known_until`, by default the snapshot, are ignored.
    """
    until = known_until or as_of
    local = collect(customers.lines())
    if len(local) == 0:
        raise DataError(f"{caller}: the customer table has no rows.")
    table = local.filter(_exists(customers, local, until))
    counted = [_counted(attribute, customers, table, as_of=as_of, until=until) for attribute in customers.attributes]
    chosen, left_out = _with_one_kind(customers.attributes, counted)
    ids = table.get_column("customer")
    facts = AttributeFacts(
        rows=len(table),
        rows_after=len(local) - len(table),
        without_customer=int(ids.is_null().sum()),
        duplicates=len(ids.drop_nulls()) - ids.drop_nulls().n_unique(),
        columns=tuple(counted[attribute.index][1] for attribute in chosen),
        unusable_observations=_unusable_observations(customers, local),
        left_out=left_out,
    )
    values = table.with_columns(counted[a.index][0].alias(f"usable_{a.index}") for a in chosen).select(
        nw.col("customer").alias("customer_id"),
        *(
            nw.when(nw.col(f"usable_{a.index}"))
            .then(nw.col(f"{'day' if a.is_date else 'value'}_{a.index}"))
            .alias(f"value_{a.index}")
            for a in chosen
        ),
        *(f"seen_day_{number}" for number in range(len(customers.observation_columns))),
    )
    snapshot = snapshot_at(as_of, zoned=as_of.tzinfo is not None, timezone=customers.timezone)
    return KnownAttributes(values, tuple(chosen), facts, snapshot)


def raise_on_attribute_faults(customers: Customers, attributes: KnownAttributes, caller: str) -> None:
    """Raise one error that lists all unusable ids, dates, numbers and flags."""
    if faults := list(_faults(customers, attributes)):
        raise DataError(
            f"{caller}: the customer table cannot be used: {'; '.join(faults)}. "
            "Correct these rows, or leave the columns out of Customers."
        )


def _exists(customers: Customers, local: nw.DataFrame[Any], until: datetime) -> Column:
    """Whether a row is known at a moment: not when all of its values were observed at or after it."""
    always = local.get_column("customer").is_null() | ~local.get_column("customer").is_null()
    names = customers.observation_columns
    if not names or any(attribute.observed_at is None for attribute in customers.attributes):
        return always
    undated, before = always, ~always
    for number, name in enumerate(names):
        observed = local.get_column(f"seen_{number}")
        undated = undated & observed.is_null()
        before = before | _true(observed < customers.date_columns[name].snapshot(until).moment)
    return undated | before


def _counted(
    attribute: Attribute, customers: Customers, table: nw.DataFrame[Any], *, as_of: datetime, until: datetime
) -> tuple[Column, AttributeCounts]:
    """Usable values of an attribute as a mask, and its counts."""
    value, filled = (
        table.get_column(f"value_{attribute.index}"),
        table.get_column(f"filled_{attribute.index}"),
    )
    readable = ~value.is_null()
    if attribute.kind in ("number", "count"):
        readable = _true(value.is_finite())
    no = ~(readable | ~readable)
    not_yet, stale, undated, age = no, no, no, None
    if attribute.observed_at is not None:
        number = customers.observation_columns.index(attribute.observed_at)
        today = customers.date_columns[attribute.observed_at].snapshot(as_of)
        observed, age = table.get_column(f"seen_{number}"), today.day - table.get_column(f"seen_day_{number}")
        not_yet = _true(observed >= customers.date_columns[attribute.observed_at].snapshot(until).moment)
        if attribute.max_age_days is not None:
            undated, stale = observed.is_null(), _true(age > attribute.max_age_days)
    if attribute.kind == "date":
        not_yet = not_yet | _true(value >= customers.date_columns[attribute.name].snapshot(until).moment)
    present = filled & ~not_yet
    usable = present & readable & ~stale & ~undated
    counts = AttributeCounts(
        attribute.name,
        attribute.kind,
        known=int(usable.sum()),
        missing=int((~filled).sum()),
        not_yet=int((filled & not_yet).sum()),
        stale=int((present & stale).sum()),
        undated=int((present & undated).sum()),
        unusable=int((present & ~readable).sum()),
        impossible=int((present & _impossible(attribute, customers, table, as_of=as_of)).sum()),
        median_age_days=age.filter(usable).median() if age is not None else None,
        levels=value.filter(usable).n_unique() if attribute.kind == "category" else None,
    )
    return usable, counts


def _impossible(attribute: Attribute, customers: Customers, table: nw.DataFrame[Any], *, as_of: datetime) -> Column:
    """Mask of impossible values."""
    value = table.get_column(f"value_{attribute.index}")
    if attribute.is_date:
        early = _true(table.get_column(f"day_{attribute.index}") < _YEAR_1900)
        if attribute.kind == "date":
            return early
        return early | _true(value >= customers.date_columns[attribute.name].snapshot(as_of).moment)
    if attribute.kind == "count":
        return _true((value < 0) | (value % 1 != 0)) & _true(value.is_finite())
    return value.is_null() & ~value.is_null()


def _with_one_kind(
    attributes: Sequence[Attribute], counted: Sequence[tuple[Column, AttributeCounts]]
) -> tuple[list[Attribute], dict[str, str]]:
    """Attributes with one kind each: the first possible kind that fits all values of the column."""
    chosen, left_out = [], {}
    for name, group in groupby(attributes, key=lambda attribute: attribute.name):
        kinds = list(group)
        fitting = [a for a in kinds if not counted[a.index][1].unusable + counted[a.index][1].impossible]
        best = fitting[0] if fitting else kinds[-1]
        counts = counted[best.index][1]
        if best.inferred and not counts.known:
            left_out[name] = "no value"
        elif best.inferred and counts.levels and counts.levels > max(_FEW_LEVELS, counts.known / 2):
            left_out[name] = "text of its own"
        else:
            chosen.append(best)
    return chosen, left_out


def _unusable_observations(customers: Customers, local: nw.DataFrame[Any]) -> dict[str, int]:
    counts = {}
    for number, name in enumerate(customers.observation_columns):
        unread = local.get_column(f"seen_filled_{number}") & local.get_column(f"seen_{number}").is_null()
        counts[name] = int(unread.sum())
    return {name: count for name, count in counts.items() if count}


def _faults(customers: Customers, attributes: KnownAttributes) -> Iterator[str]:
    """Descriptions of unusable values, with counts."""
    facts, dialect = attributes.facts, customers.source_table.dialect
    if facts.without_customer:
        rows = plural(facts.without_customer, "row has", "rows have")
        yield f"{rows} no id in column {customers.customer!r}"
    if facts.duplicates:
        yield (
            f"{plural(facts.duplicates, 'row repeats', 'rows repeat')} the id of another row in column "
            f"{customers.customer!r}, and a customer has one row"
        )
    for name, count in facts.unusable_observations.items():
        yield _unreadable_dates(customers.date_columns[name], count, readable=facts.rows - count)
    for attribute, counts in zip(attributes.attributes, facts.columns, strict=True):
        if counts.unusable and attribute.is_date:
            readable = counts.known + counts.impossible
            yield _unreadable_dates(customers.date_columns[attribute.name], counts.unusable, readable=readable)
        elif counts.unusable:
            content = "yes or no" if attribute.is_answer else "a finite number"
            shape = dialect.shape_of_unusable(attribute.name, customers.reading(attribute))
            values = plural(counts.unusable, "value")
            yield f"{values} of column {attribute.name!r} cannot be read as {content}{instance(shape)}"
        if counts.impossible:
            rule = {
                "count": "is negative or not whole|are negative or not whole",
                "date": "is before 1900|are before 1900",
                "birth date": "is a birth before 1900 or after the snapshot|"
                "are births before 1900 or after the snapshot",
            }[attribute.kind]
            singular_rule, plural_rule = rule.split("|")
            yield (
                f"{plural(counts.impossible, 'value')} of column {attribute.name!r} "
                f"{singular_rule if counts.impossible == 1 else plural_rule}"
            )


def _unreadable_dates(dates: LogDates, count: int, *, readable: int) -> str:
    """Description of the dates of a column that cannot be read."""
    return dates.unreadable(count, readable=readable).rstrip(".")


def _true(condition: Column) -> Column:
    """The condition, false where it is null."""
    return condition.fill_null(value=False)
