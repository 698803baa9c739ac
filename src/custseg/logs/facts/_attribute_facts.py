"""Attribute values known at a snapshot, with checks and counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import instance
from custseg._frames import Rows, collected, computed, computed_once, gathered
from custseg.errors import DataError
from custseg.logs._attribute_kinds import Attribute
from custseg.logs._customers import Customers
from custseg.logs._dates import LogDates
from custseg.snapshot import Snapshot, snapshot_at
from custseg.texts import plural

_YEAR_1900 = -25_567
"""1900-01-01 in days since 1970-01-01."""

_FEW_LEVELS = 50
_COUNTED = ("known", "missing", "not_yet", "stale", "undated", "unusable", "impossible")


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
    """Attribute values known at a snapshot.

    Attributes
    ----------
    table : narwhals DataFrame, or LazyFrame on Spark
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

    table: Rows
    attributes: tuple[Attribute, ...]
    facts: AttributeFacts
    snapshot: Snapshot


def known_attributes(
    customers: Customers, as_of: datetime, caller: str, *, known_until: datetime | None = None
) -> KnownAttributes:
    """Read the customer table at a snapshot and count faults; only an empty table raises.

    Observations at or after `known_until`, by default the snapshot, are ignored.
    """
    until = known_until or as_of
    [lines], _ = computed([computed_once(gathered(customers.lines()))])
    marks = {a.index: _marks(a, customers, as_of=as_of, until=until) for a in customers.attributes}
    rows = lines.with_columns(_exists(customers, until).alias("exists"))
    counts = _counts(rows, customers, marks)
    if not counts["all_rows"]:
        raise DataError(f"{caller}: the customer table has no rows.")
    counted = [_attribute_counts(attribute, counts) for attribute in customers.attributes]
    chosen, left_out = _with_one_kind(customers.attributes, counted)
    facts = AttributeFacts(
        rows=counts["rows"],
        rows_after=counts["all_rows"] - counts["rows"],
        without_customer=counts["rows"] - counts["with_customer"],
        duplicates=counts["with_customer"] - counts["distinct_customers"],
        columns=tuple(counted[attribute.index] for attribute in chosen),
        unusable_observations={
            name: counts[f"unseen_{number}"]
            for number, name in enumerate(customers.observation_columns)
            if counts[f"unseen_{number}"]
        },
        left_out=left_out,
    )
    values = rows.filter(nw.col("exists")).select(
        nw.col("customer").alias("customer_id"),
        *(
            nw.when(marks[a.index]["known"])
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


def _exists(customers: Customers, until: datetime) -> nw.Expr:
    """Whether a row is known at a moment: not when all of its values were observed at or after it."""
    names = customers.observation_columns
    if not names or any(attribute.observed_at is None for attribute in customers.attributes):
        return nw.lit(value=True)
    undated, before = nw.lit(value=True), nw.lit(value=False)
    for number, name in enumerate(names):
        observed = nw.col(f"seen_{number}")
        undated = undated & observed.is_null()
        before = before | _true(observed < customers.date_columns[name].snapshot(until).moment)
    return undated | before


def _marks(attribute: Attribute, customers: Customers, *, as_of: datetime, until: datetime) -> dict[str, nw.Expr]:
    """The conditions that `AttributeCounts` counts, and `age`, the days since the observation."""
    value, filled = nw.col(f"value_{attribute.index}"), nw.col(f"filled_{attribute.index}")
    readable = ~value.is_null()
    if attribute.kind in ("number", "count"):
        readable = _true(value.is_finite())
    no = nw.lit(value=False)
    not_yet, stale, undated, age = no, no, no, nw.lit(None, nw.Int64)
    if attribute.observed_at is not None:
        number = customers.observation_columns.index(attribute.observed_at)
        today = customers.date_columns[attribute.observed_at].snapshot(as_of)
        observed, age = nw.col(f"seen_{number}"), nw.lit(today.day) - nw.col(f"seen_day_{number}")
        not_yet = _true(observed >= customers.date_columns[attribute.observed_at].snapshot(until).moment)
        if attribute.max_age_days is not None:
            undated, stale = observed.is_null(), _true(age > attribute.max_age_days)
    if attribute.kind == "date":
        not_yet = not_yet | _true(value >= customers.date_columns[attribute.name].snapshot(until).moment)
    present = filled & ~not_yet
    return {
        "known": present & readable & ~stale & ~undated,
        "missing": ~filled,
        "not_yet": filled & not_yet,
        "stale": present & stale,
        "undated": present & undated,
        "unusable": present & ~readable,
        "impossible": present & _impossible(attribute, customers, as_of=as_of),
        "age": age,
    }


def _impossible(attribute: Attribute, customers: Customers, *, as_of: datetime) -> nw.Expr:
    """Whether a value cannot be."""
    value = nw.col(f"value_{attribute.index}")
    if attribute.is_date:
        early = _true(nw.col(f"day_{attribute.index}") < _YEAR_1900)
        if attribute.kind == "date":
            return early
        return early | _true(value >= customers.date_columns[attribute.name].snapshot(as_of).moment)
    if attribute.kind == "count":
        return _true((value < 0) | (value % 1 != 0)) & _true(value.is_finite())
    return nw.lit(value=False)


def _counts(rows: Rows, customers: Customers, marks: Mapping[int, Mapping[str, nw.Expr]]) -> dict[str, Any]:
    """All counts of the table in one query: an indicator per condition, 1 or null, and then how many there are."""
    col, exists, customer = nw.col, nw.col("exists"), nw.col("customer")
    indicators = {"all_rows": nw.lit(value=True), "rows": exists, "with_customer": exists & ~customer.is_null()}
    for number in range(len(customers.observation_columns)):
        indicators[f"unseen_{number}"] = col(f"seen_filled_{number}") & col(f"seen_{number}").is_null()
    others = {"distinct_customers": nw.when(exists).then(customer)}
    for attribute in customers.attributes:
        index, conditions = attribute.index, marks[attribute.index]
        for name in _COUNTED:
            indicators[f"{name}_{index}"] = exists & conditions[name]
        is_known = exists & conditions["known"]
        if attribute.observed_at is not None:
            others[f"age_{index}"] = nw.when(is_known).then(conditions["age"])
        if attribute.kind == "category":
            others[f"levels_{index}"] = nw.when(is_known).then(col(f"value_{index}"))
    marked = rows.select(
        *(nw.when(condition).then(nw.lit(1)).alias(name) for name, condition in indicators.items()),
        *(value.alias(name) for name, value in others.items()),
    )
    figures = [*(col(name).count() for name in indicators)]
    figures += [col(name).median() if name.startswith("age_") else col(name).n_unique() for name in others]
    figures += [col(name).count().alias(f"n_{name}") for name in others if not name.startswith("age_")]
    counts = dict(collected(marked.select(*figures)).rows(named=True)[0])
    for name in others:
        if not name.startswith("age_"):
            # A missing value counts as a value of its own.
            counts[name] -= int(counts[f"n_{name}"] < counts["all_rows"])
    return counts


def _attribute_counts(attribute: Attribute, counts: Mapping[str, Any]) -> AttributeCounts:
    index = attribute.index
    age, levels = counts.get(f"age_{index}"), counts.get(f"levels_{index}")
    return AttributeCounts(
        attribute.name,
        attribute.kind,
        **{name: int(counts[f"{name}_{index}"]) for name in _COUNTED},
        median_age_days=None if age is None else float(age),
        levels=None if levels is None else int(levels),
    )


def _with_one_kind(
    attributes: Sequence[Attribute], counted: Sequence[AttributeCounts]
) -> tuple[list[Attribute], dict[str, str]]:
    """Attributes with one kind each: the first possible kind that fits all values of the column."""
    chosen, left_out = [], {}
    for name, group in groupby(attributes, key=lambda attribute: attribute.name):
        kinds = list(group)
        fitting = [a for a in kinds if not counted[a.index].unusable + counted[a.index].impossible]
        best = fitting[0] if fitting else kinds[-1]
        counts = counted[best.index]
        if best.inferred and not counts.known:
            left_out[name] = "no value"
        elif best.inferred and counts.levels and counts.levels > max(_FEW_LEVELS, counts.known / 2):
            left_out[name] = "text of its own"
        else:
            chosen.append(best)
    return chosen, left_out


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


def _true(condition: nw.Expr) -> nw.Expr:
    """The condition, false where it is null."""
    return condition.fill_null(value=False)
