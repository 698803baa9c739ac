"""Births and ages in a ready table that no customer can have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._column_kinds import OLDEST, YEARS, codes_among, impossible_births, is_age_name, is_birth_name
from custseg._frames import column_of
from custseg._numerics import Floats
from custseg.feature_table import FeatureTable
from custseg.logs.report._findings import Finding, FindingWriter
from custseg.logs.report.patterns._days import crowded_days

_YEAR_DAYS = 365.2425
_CROWDED_SHARE = 0.001
# Text that is no date in its first values is not read whole.
_FIRST = 20


def people_findings(write: FindingWriter, table: FeatureTable, names: Sequence[str]) -> Iterator[Finding]:
    """Births over 110 years ago or in the future, birth dates that are a default, and ages below 0 or above 110.

    A ready table has no date of its own: "now" is the latest date in its other columns, or else 18 years after the
    births of the youngest customers, who are taken to be grown up. The clock is not read.
    """
    numeric = set(table.numeric_names())
    births = {name: _birth_years(table, name) for name in names if is_birth_name(name)}
    latest = _latest_year(table, [name for name in names if name not in births and name not in numeric])
    for name, years in births.items():
        if years is None:
            continue
        present = years[~np.isnan(years)]
        too_old, unborn = impossible_births(present, latest)
        for key, impossible in (("impossible_births", too_old), ("future_births", unborn)):
            count = int(impossible.sum())
            yield from write(key, count, "warning", people=["count"], column=write.column(name), years=OLDEST)
        yield from _crowded_births(write, table, name)
    for name in names:
        if name in numeric and name not in births and is_age_name(name):
            yield from _impossible_ages(write, name, table.values(name))


def _impossible_ages(write: FindingWriter, name: str, values: Floats) -> list[Finding]:
    codes = [value for code in codes_among(name, values) for value in code.values]
    impossible = ((values < 0) | (values > OLDEST)) & ~np.isin(values, codes)
    return write(
        "impossible_ages", int(impossible.sum()), "warning", people=["count"], column=write.column(name), years=OLDEST
    )


def _crowded_births(write: FindingWriter, table: FeatureTable, name: str) -> list[Finding]:
    """Birth dates that far too many customers share; years are shared by many anyway."""
    days = dates_of(table, name)
    if days is None:
        return []
    counts = nw.new_series("customers", np.unique(days, return_counts=True)[1], nw.Int64, backend="polars")
    return crowded_days(
        write, counts, name="crowded_births", min_share=_CROWDED_SHARE, column=write.column(name), known=len(days)
    )


def _birth_years(table: FeatureTable, name: str) -> Floats | None:
    """Years of birth, from numbers or from dates; None where the column holds neither."""
    if name in table.numeric_names():
        values = table.values(name)
        present = values[~np.isnan(values)]
        is_year = (present >= YEARS[0]) & (present < YEARS[1]) & (present == np.floor(present))
        # Days since birth, or months of birth, are no years.
        return values if len(present) and is_year.mean() > 1 / 2 else None
    days = dates_of(table, name)
    return None if days is None else np.asarray(1970 + days / _YEAR_DAYS)


def _latest_year(table: FeatureTable, names: Sequence[str]) -> float | None:
    columns = (dates_of(table, name) for name in names)
    latest = [float(days.max()) for days in columns if days is not None]
    return 1970 + max(latest) / _YEAR_DAYS if latest else None


def dates_of(table: FeatureTable, name: str) -> Floats | None:
    """The dates of a column in days since 1970, typed or as ISO text; None where it holds none."""
    column = column_of(table.local, name).drop_nulls()
    if column.dtype.is_temporal() and column.dtype not in (nw.Duration, nw.Time):
        values: list[Any] = column.cast(nw.Date).to_list()
        dates = [value for value in values if value is not None]
    elif column.dtype == nw.String:
        texts = column.to_list()
        if not texts or any(_iso_date(text) is None for text in texts[:_FIRST]):
            return None
        dates = [day for text in texts if (day := _iso_date(text)) is not None]
    else:
        return None
    return np.array([day.toordinal() - date(1970, 1, 1).toordinal() for day in dates], dtype=float) if dates else None


def _iso_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
