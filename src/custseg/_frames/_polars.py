"""The polars dialect: polars, pandas and pyarrow tables, CSV and Parquet files all arrive here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from functools import reduce
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from custseg._frames._date_formats import ZERO_DATE, ZONE_AT_END
from custseg._frames._dialect import (
    MONEY_DIGITS,
    MONEY_LIMIT,
    ROUNDING_LIMIT,
    UNREAD_SHOWN,
    ColumnKind,
    DateLimit,
    DateStyle,
    Rate,
    date_style,
    shape_of,
)
from custseg._frames._files import USUAL_FORM, CSVFormat, may_be_thousands, plain_number
from custseg._frames._polars_dates import (
    day_of_moment,
    has_time_of_day,
    moment_of_date,
    moment_of_number,
    moment_of_text,
)
from custseg._frames._run import collected_schema, run

_CODE = r"^\s*[+-]?0\d"  # "01067" is a code, not a number
_FIRST_LINES = 10_000
_YES = ["true", "t", "yes", "y", "1"]
_NO = ["false", "f", "no", "n", "0"]


class PolarsDialect:
    """Canonical columns of a polars LazyFrame.

    `form` says how the numbers of a CSV are written, whose values are all text; `names` are those in the file, in
    the order of the frame's columns, and a name that repeats stands for its first column.
    """

    def __init__(self, frame: pl.LazyFrame, *, form: CSVFormat | None = None, names: Sequence[str] = ()) -> None:
        self.frame = frame
        self.form = form or USUAL_FORM
        self.text = form is not None
        self.schema = collected_schema(frame)
        self.columns: Sequence[str] = names or self.schema.names()
        self._texts: frozenset[str] = frozenset()
        self._is_integer: dict[tuple[str, str | None], bool] = {}
        if names:
            self._plain_names = dict(zip(reversed(names), reversed(self.schema.names()), strict=True))
            self.schema = pl.Schema(dict.fromkeys(names, pl.String()))
            return
        # polars takes "*" and "^...$" for patterns of names, not for names.
        self._plain_names = {name: f"column {i}" for i, name in enumerate(self.columns) if _is_pattern(name)}
        if self._plain_names:
            self.frame = frame.rename(self._plain_names)

    def kind(self, column: str) -> ColumnKind:
        if self.text:
            return "text"
        return _kind(self.schema[column])

    def type_name(self, column: str) -> str:
        return str(self.schema[column])

    def identity(self, column: str, *, dated: str | None = None) -> pl.Expr:
        value = self._cleaned(column)
        # Lines without a date do not count: "Total" below the ids must not turn them into text.
        is_integer = self.text and self.whole_numbers(column, dated=dated)
        return value.cast(pl.Int64, strict=False) if is_integer else value

    def whole_numbers(self, column: str, *, dated: str | None = None) -> bool:
        if not self.text:
            return self.kind(column) == "integer"
        if column in self._texts:
            return False
        if (column, dated) not in self._is_integer:
            value = self._cleaned(column)
            # "007" does not read back as it was written.
            unchanged = value.cast(pl.Int64, strict=False).cast(pl.String) == value
            unchanged = unchanged.fill_null(value.is_null())
            if dated is not None:
                unchanged = unchanged | ~self.filled([dated])
            self._is_integer[column, dated] = bool(run(self.frame.select(unchanged.all())).item())
        return self._is_integer[column, dated]

    def keeping_text(self, column: str) -> PolarsDialect:
        changed = copy(self)
        changed._texts = self._texts | {column}
        return changed

    def plain(self, column: str) -> pl.Expr:
        return self.plain_columns([column])[column]

    def plain_columns(self, columns: Sequence[str]) -> dict[str, pl.Expr]:
        if not self.text:
            return {column: self._cleaned(column) for column in columns}
        texts = {column: self._cleaned(column) for column in columns}
        numbers = {column: self.number(column) for column in columns}
        rules = []
        for i, column in enumerate(columns):
            text, integer = texts[column], texts[column].cast(pl.Int64, strict=False)
            readable = numbers[column].is_not_null() & ~text.str.contains(_CODE)
            rules.append((integer.cast(pl.String) == text).fill_null(text.is_null()).all().alias(f"whole {i}"))
            rules.append((text.is_null() | readable).all().alias(f"number {i}"))
        # One query for all columns: one per column would read the file as often as it has columns.
        row = run(self.frame.select(rules)).row(0) if rules else ()
        return {
            column: texts[column].cast(pl.Int64) if row[2 * i] else numbers[column] if row[2 * i + 1] else texts[column]
            for i, column in enumerate(columns)
        }

    def number_columns(self, columns: Sequence[str]) -> set[str]:
        if not self.text:
            return {column for column in columns if self.kind(column) in ("integer", "number")}
        rules = [
            (~self._holds_value(column) | self.number(column).is_finite().fill_null(value=False)).all().alias(str(i))
            for i, column in enumerate(columns)
        ]
        row = run(self.frame.select(rules)).row(0) if rules else ()
        return {column for column, numeric in zip(columns, row, strict=True) if numeric}

    def doubtful_marks(self, columns: Sequence[str]) -> list[str]:
        if not columns or not self.text or self.form.thousands is not None:
            return []
        # The first lines mostly settle it.
        first = self._doubtful(columns, self.frame.head(_FIRST_LINES))
        return self._doubtful(first, self.frame) if first else []

    def _doubtful(self, columns: Sequence[str], frame: pl.LazyFrame) -> list[str]:
        rules = {name: may_be_thousands(self._cleaned(name), self.form) for name in columns}
        row = run(
            frame.select(rule.alias(f"{name} {i}") for name, pair in rules.items() for i, rule in enumerate(pair))
        )
        grouped, otherwise = row.row(0)[::2], row.row(0)[1::2]
        early = frame is not self.frame
        return [name for i, name in enumerate(columns) if not otherwise[i] and (grouped[i] or early)]

    def word(self, column: str) -> pl.Expr:
        return self._cleaned(column).cast(pl.String)

    def mapped(self, column: str, names: Mapping[str, str]) -> pl.Expr:
        return self.word(column).replace_strict(list(names), list(names.values()), default=None, return_dtype=pl.String)

    def flag(self, column: str) -> pl.Expr:
        if not self.text:
            return self._col(column).cast(pl.Boolean).fill_null(value=False)
        word = self._cleaned(column).str.strip_chars().str.to_lowercase()
        no = word.is_null() | word.is_in(_NO)
        return pl.when(no).then(statement=False).when(word.is_in(_YES)).then(statement=True)

    def date_style(self, column: str, pattern: str | None) -> DateStyle:
        def first_text() -> str | None:
            first: str | None = run(self.frame.select(self._cleaned(column).drop_nulls().first())).item()
            return first

        return date_style(self.kind(column), pattern, first_text)

    def moment(self, column: str, style: DateStyle) -> pl.Expr:
        if style.kind in ("date", "datetime", "zoned datetime"):
            return moment_of_date(self._col(column), self.schema[column])
        if style.microseconds_per_unit is not None:
            number = self.number(column)
            return moment_of_number(number, style.microseconds_per_unit, excel=style.pattern == "excel")
        text = self._cleaned(column)
        if style.kind == "number":
            # A gap makes pandas keep 20240501 as 20240501.0.
            text = pl.when(text == text.round()).then(text.cast(pl.Int64, strict=False))
        return moment_of_text(text.cast(pl.String).str.strip_chars(), style.text_format)

    def day(self, column: str, style: DateStyle, timezone: str) -> pl.Expr:
        return day_of_moment(self.moment(column, style), timezone if style.zoned else None)

    def timed(self, column: str, style: DateStyle, timezone: str) -> pl.Expr:
        return has_time_of_day(self.moment(column, style), timezone if style.zoned else None)

    def dated(self, column: str) -> pl.Expr:
        value = self._holds_value(column)
        if self.kind(column) != "text":
            return value
        return value & ~self._cleaned(column).str.strip_chars().str.contains(ZERO_DATE).fill_null(value=False)

    def number(self, column: str) -> pl.Expr:
        value = self._col(column)
        if self.text:
            value = plain_number(value, self.form)
        return value.cast(pl.Float64, strict=False).fill_nan(None)

    def money(self, columns: Sequence[str], rate: Rate | None, *, digits: int) -> pl.Expr:
        value = self._amount(columns, rate)
        if self._is_exact(columns, rate) and digits == MONEY_DIGITS:
            # In older versions the cast alone cuts the digits off.
            exact = self._col(columns[0]).round(digits).cast(pl.Decimal(38, digits), strict=False)
            units = exact.to_physical().cast(pl.Int64, strict=False)
        else:
            units = (value * float(10**digits)).round().cast(pl.Int64, strict=False)
        return pl.when(value.abs() * float(10**digits) < MONEY_LIMIT).then(units)

    def rounds(self, columns: Sequence[str], rate: Rate | None, *, digits: int) -> pl.Expr:
        units = self._amount(columns, rate) * float(10**digits)
        return (units - units.round()).abs() > units.abs() * ROUNDING_LIMIT

    def completed(self, columns: Sequence[str], key: str, *, owner: str, date_limit: DateLimit) -> PolarsDialect:
        date, style, limit = date_limit
        group = pl.when((self.moment(date, style) < limit).fill_null(value=True)).then(self._cleaned(key))
        owners = self._cleaned(owner)
        complete = group.is_not_null() & (owners.min().over(group) == owners.max().over(group)).fill_null(value=True)
        filled = []
        for column in columns:
            value = self._cleaned(column)
            low, high = value.min().over(group), value.max().over(group)
            single = pl.when(complete & (low == high)).then(low)
            filled.append(pl.coalesce(value, single).alias(self._plain_names.get(column, column)))
        changed = copy(self)
        changed.frame = self.frame.with_columns(filled)
        named = collected_schema(changed.frame)
        changed.schema = pl.Schema({name: named[self._plain_names.get(name, name)] for name in self.columns})
        return changed

    def since(self, column: str, style: DateStyle, moment: int) -> PolarsDialect:
        changed = copy(self)
        changed.frame = self.frame.filter(self.moment(column, style) >= moment)
        return changed

    def before(self, column: str, style: DateStyle, moment: int) -> PolarsDialect:
        changed = copy(self)
        changed.frame = self.frame.filter((self.moment(column, style) < moment).fill_null(value=True))
        return changed

    def loaded(self, columns: Sequence[str]) -> PolarsDialect:
        changed = copy(self)
        changed.columns = list(dict.fromkeys(columns))
        changed.schema = pl.Schema({name: self.schema[name] for name in changed.columns})
        changed.frame = run(self.frame.select(self._plain_names.get(name, name) for name in changed.columns)).lazy()
        return changed

    def filled(self, columns: Sequence[str]) -> pl.Expr:
        return pl.all_horizontal(self._holds_value(column) for column in columns)

    def mixes_zones(self, column: str) -> bool:
        zoned = self._cleaned(column).str.strip_chars().str.contains(ZONE_AT_END)
        return bool(run(self.frame.select(zoned.unique().drop_nulls().len() > 1)).item())

    def unread(self, column: str, reading: pl.Expr) -> list[str]:
        unread = self._cleaned(column).filter(self.filled([column]) & reading.is_null())
        return run(self.frame.select(unread.cast(pl.String).unique().sort().head(UNREAD_SHOWN))).to_series().to_list()

    def shape_of_unusable(self, column: str, reading: pl.Expr) -> str:
        return shape_of(min(self.unread(column, reading), default="")) if self.kind(column) == "text" else ""

    def select(self, expressions: Mapping[str, Any]) -> nw.LazyFrame[Any]:
        return nw.from_native(self.frame.select(**expressions))

    def count_duplicates(self) -> int:
        rows = pl.struct(pl.all()).hash()
        counts = self.frame.select(rows=pl.len(), distinct=rows.n_unique())
        total, distinct = run(counts).row(0)
        return int(total - distinct)

    def _cleaned(self, column: str) -> pl.Expr:
        """The column with NaN and blank text as null, categories as text."""
        dtype = self.schema[column]
        value = self._col(column)
        if dtype.is_float():
            return value.fill_nan(None)
        if isinstance(dtype, (pl.Categorical, pl.Enum)):
            value = value.cast(pl.String)
        if isinstance(dtype, (pl.Categorical, pl.Enum, pl.String)):
            return pl.when(value.str.strip_chars() != "").then(value)
        return value

    def _holds_value(self, column: str) -> pl.Expr:
        value = self._cleaned(column)
        if not self.text:
            return value.is_not_null()
        # Frames are written to CSV with "NaN" for the missing number.
        return value.is_not_null() & (value.str.strip_chars().str.to_lowercase() != "nan").fill_null(value=False)

    def _col(self, column: str) -> pl.Expr:
        return pl.col(self._plain_names.get(column, column))

    def _amount(self, columns: Sequence[str], rate: Rate | None) -> pl.Expr:
        value = reduce(lambda a, b: a * b, (self.number(name) for name in columns))
        return value if rate is None else value * self._rates(*rate)

    def _is_exact(self, columns: Sequence[str], rate: Rate | None) -> bool:
        """Whether the amounts are decimals, which are exact where a float is not."""
        return len(columns) == 1 and rate is None and isinstance(self.schema[columns[0]], pl.Decimal)

    def _rates(self, column: str, rates: Mapping[str, float]) -> pl.Expr:
        return self.word(column).replace_strict(
            list(rates), [float(rate) for rate in rates.values()], default=None, return_dtype=pl.Float64
        )


def _is_pattern(name: str) -> bool:
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def _kind(dtype: pl.DataType) -> ColumnKind:
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    if isinstance(dtype, pl.Datetime):
        return "zoned datetime" if dtype.time_zone else "datetime"
    kinds: dict[type[pl.DataType], ColumnKind] = {
        pl.Date: "date", pl.Boolean: "boolean", pl.String: "text",
        pl.Categorical: "text", pl.Enum: "text",
    }  # fmt: skip
    return kinds.get(type(dtype), "other")
