"""The Spark dialect: canonical columns of a Spark DataFrame, classic or Spark Connect, as columns of Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import narwhals.stable.v2 as nw

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
from custseg._frames._files import USUAL_FORM
from custseg._frames._spark._dates import SparkDates
from custseg._frames._spark._session import functions_of, run_spark, window_of
from custseg._frames._spark._values import cleaned, is_text, stripped, uncollated

_NUMBER = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
"""Java would read "1d" and "0x1p3" as numbers too."""

_SPREAD = 4_096
"""Rows without a key are spread over so many groups: one group of all of them would be one task."""

_KINDS: dict[str, ColumnKind] = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), "integer"),
    "float": "number", "double": "number", "decimal": "number",
    "boolean": "boolean", "date": "date", "timestamp": "zoned datetime", "timestamp_ntz": "datetime",
}  # fmt: skip


class SparkDialect:
    """Canonical columns of a Spark DataFrame.

    Its columns are renamed by position, so that dots, quotes and names that differ by case alone mean nothing.
    """

    text = False
    form = USUAL_FORM

    def __init__(self, frame: Any, *, names: Sequence[str] = ()) -> None:
        self.columns: Sequence[str] = list(names or frame.columns)
        plain = [f"column_{index}" for index in range(len(self.columns))]
        self.frame = frame if names else run_spark(lambda: uncollated(frame.toDF(*plain)))
        self.types = dict(zip(self.columns, (field.dataType for field in self.frame.schema.fields), strict=True))
        self._plain_names = dict(zip(self.columns, plain, strict=True))
        self._staged, self._n_derived = self.frame, 0
        self.F: Any = functions_of(frame)
        self._dates = SparkDates(self.F, self._derived)
        self._moments: dict[tuple[str, DateStyle], Any] = {}

    def kind(self, column: str) -> ColumnKind:
        name = self.types[column].simpleString()
        return "text" if is_text(name) else _KINDS.get(name.partition("(")[0], "other")

    def type_name(self, column: str) -> str:
        name: str = self.types[column].simpleString()
        return "null" if name == "void" else name

    def identity(self, column: str, *, dated: str | None = None) -> Any:
        return self._cleaned(column)

    def whole_numbers(self, column: str, *, dated: str | None = None) -> bool:
        return self.kind(column) == "integer"

    def keeping_text(self, column: str) -> SparkDialect:
        return self

    def plain(self, column: str) -> Any:
        return self._cleaned(column)

    def plain_columns(self, columns: Sequence[str]) -> dict[str, Any]:
        return {column: self._cleaned(column) for column in columns}

    def number_columns(self, columns: Sequence[str]) -> set[str]:
        return {column for column in columns if self.kind(column) in ("integer", "number")}

    def doubtful_marks(self, columns: Sequence[str]) -> list[str]:
        return []

    def word(self, column: str) -> Any:
        return self._cleaned(column).cast("string")

    def mapped(self, column: str, names: Mapping[str, str]) -> Any:
        return self._chosen(self.word(column), names, "string")

    def flag(self, column: str) -> Any:
        return self.F.coalesce(self._col(column).try_cast("boolean"), self.F.lit(False))

    def date_style(self, column: str, pattern: str | None) -> DateStyle:
        def first_text() -> str | None:
            first = run_spark(self._selected(self._cleaned(column)).where("value IS NOT NULL").limit(1).collect)
            return str(first[0][0]) if first else None

        return date_style(self.kind(column), pattern, first_text)

    def moment(self, column: str, style: DateStyle) -> Any:
        if (column, style) not in self._moments:
            self._moments[column, style] = self._moment(column, style)
        return self._moments[column, style]

    def _moment(self, column: str, style: DateStyle) -> Any:
        if style.kind in ("date", "datetime", "zoned datetime"):
            return self._dates.moment_of_date(self._col(column), style.kind)
        if style.microseconds_per_unit is not None:
            excel = style.pattern == "excel"
            return self._dates.moment_of_number(self.number(column), style.microseconds_per_unit, excel=excel)
        text = self._cleaned(column)
        if style.kind == "number":
            # As a float column of dates such as 20240501.0 is read on the other engines.
            text = self.F.when(text == self.F.rint(text), text.try_cast("bigint"))
        return self._dates.moment_of_text(self._stripped(text.cast("string")), style.text_format)

    def day(self, column: str, style: DateStyle, timezone: str) -> Any:
        return self._dates.day_of_moment(self.moment(column, style), timezone if style.zoned else None)

    def timed(self, column: str, style: DateStyle, timezone: str) -> Any:
        return self._dates.has_time_of_day(self.moment(column, style), timezone if style.zoned else None)

    def dated(self, column: str) -> Any:
        value = self.filled([column])
        if self.kind(column) != "text":
            return value
        zeros = self._stripped(self._cleaned(column)).rlike(ZERO_DATE)
        return value & ~self.F.coalesce(zeros, self.F.lit(False))

    def number(self, column: str) -> Any:
        value = self._col(column)
        if self.kind(column) == "text":
            value = self.F.when(value.rlike(_NUMBER), value)
        value = value.try_cast("double")
        return self.F.when(~self.F.isnan(value), value)

    def money(self, columns: Sequence[str], rate: Rate | None, *, digits: int) -> Any:
        F, value = self.F, self._amount(columns, rate)
        is_decimal = len(columns) == 1 and rate is None and self.type_name(columns[0]).startswith("decimal")
        if is_decimal and digits == MONEY_DIGITS:
            # Decimals stay decimals: they are exact where a float is not.
            exact = F.bround(self._col(columns[0]), digits).try_cast(f"decimal(22,{digits})")
            units = (exact * F.lit(10**digits)).try_cast("bigint")
        else:
            units = F.rint(value * F.lit(float(10**digits))).try_cast("bigint")
        return F.when(F.abs(value) * F.lit(float(10**digits)) < F.lit(MONEY_LIMIT), units)

    def rounds(self, columns: Sequence[str], rate: Rate | None, *, digits: int) -> Any:
        F = self.F
        units = self._amount(columns, rate) * F.lit(float(10**digits))
        return F.abs(units - F.rint(units)) > F.abs(units) * F.lit(ROUNDING_LIMIT)

    def completed(self, columns: Sequence[str], key: str, *, owner: str, date_limit: DateLimit) -> SparkDialect:
        F, (date, style, limit) = self.F, date_limit
        is_before = F.coalesce(self.moment(date, style) < F.lit(limit), F.lit(True))
        group = F.when(is_before, self._cleaned(key))
        spread = F.when(group.isNull(), F.pmod(F.xxhash64(*map(self._col, (key, owner, date))), F.lit(_SPREAD)))
        window = window_of(self.frame).partitionBy(group, spread)

        def single(value: Any) -> Any:
            """The only value of the group; null if there are several."""
            low, high = F.min(value).over(window), F.max(value).over(window)
            return F.when(low == high, low)

        owners = self._cleaned(owner)
        is_single_owner = F.coalesce(F.min(owners).over(window) == F.max(owners).over(window), F.lit(True))
        complete = group.isNotNull() & is_single_owner
        filled = {}
        for column in columns:
            value = self._cleaned(column)
            filled[self._plain_names[column]] = F.coalesce(value, F.when(complete, single(value)))
        return self._changed(self._staged.withColumns(filled))

    def since(self, column: str, style: DateStyle, moment: int) -> SparkDialect:
        is_later = self.moment(column, style) >= self.F.lit(moment)
        return self._changed(self._staged.filter(is_later))

    def before(self, column: str, style: DateStyle, moment: int) -> SparkDialect:
        is_earlier = self.moment(column, style) < self.F.lit(moment)
        return self._changed(self._staged.filter(self.F.coalesce(is_earlier, self.F.lit(True))))

    def loaded(self, columns: Sequence[str]) -> SparkDialect:
        return self

    def filled(self, columns: Sequence[str]) -> Any:
        return reduce(lambda both, one: both & one, (self._cleaned(column).isNotNull() for column in columns))

    def mixes_zones(self, column: str) -> bool:
        zoned = self._stripped(self._cleaned(column)).rlike(ZONE_AT_END)
        return int(run_spark(self._selected(zoned).agg(self.F.count_distinct("value")).collect)[0][0]) > 1

    def unread(self, column: str, reading: Any) -> list[str]:
        unread = self._staged.filter(self.filled([column]) & reading.isNull())
        texts = unread.select(self._cleaned(column).cast("string").alias("value")).distinct()
        return [row[0] for row in run_spark(texts.orderBy("value").limit(UNREAD_SHOWN).collect)]

    def shape_of_unusable(self, column: str, reading: Any) -> str:
        return shape_of(min(self.unread(column, reading), default="")) if self.kind(column) == "text" else ""

    def select(self, expressions: Mapping[str, Any]) -> nw.LazyFrame[Any]:
        columns = [column.alias(name) for name, column in expressions.items()]
        frame: nw.LazyFrame[Any] = nw.from_native(run_spark(lambda: self._staged.select(*columns)))
        return frame

    def count_duplicates(self) -> int:
        F = self.F
        values = []
        for column in self.columns:
            value = self._col(column)
            # Maps have no hash; a null leaves the hash of the other columns as it is.
            values += [value.cast("string") if self.kind(column) == "other" else value, value.isNull()]
        rows = self._selected(F.xxhash64(*values))
        total, distinct = run_spark(rows.agg(F.count("*"), F.count_distinct("value")).collect)[0]
        return int(total - distinct)

    def _selected(self, column: Any) -> Any:
        """The frame of this column alone, called "value"."""
        return self._staged.select(column.alias("value"))

    def _derived(self, name: str, column: Any) -> Any:
        """The column, named and computed in a step of its own."""
        name = f"{name} {self._n_derived}"
        self._n_derived += 1
        self._staged = self._staged.withColumn(name, column)
        return self.F.col(name)

    def _changed(self, frame: Any) -> SparkDialect:
        return SparkDialect(frame.select(*self._plain_names.values()), names=self.columns)

    def _col(self, column: str) -> Any:
        return self.F.col(self._plain_names[column])

    def _cleaned(self, column: str) -> Any:
        """The column with NaN and blank text as null."""
        return cleaned(self.F, self._col(column), self.type_name(column))

    def _stripped(self, text: Any) -> Any:
        return stripped(self.F, text)

    def _amount(self, columns: Sequence[str], rate: Rate | None) -> Any:
        value = reduce(lambda a, b: a * b, (self.number(name) for name in columns))
        return value if rate is None else value * self._chosen(self.word(rate[0]), rate[1], "double")

    def _chosen(self, word: Any, values: Mapping[str, Any], kind: str) -> Any:
        """The value of each word; null for other words."""
        F = self.F
        chosen = F.lit(None)
        for old, new in reversed(list(values.items())):
            chosen = F.when(word == F.lit(old), F.lit(float(new) if kind == "double" else new)).otherwise(chosen)
        return chosen.cast(kind)
