"""The DuckDB dialect: a relation of any connection, described in SQL and computed there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from custseg._frames._duckdb._dates import (
    day_of_moment,
    has_time_of_day,
    moment_of_date,
    moment_of_number,
    moment_of_text,
    quoted,
)
from custseg._frames._files import USUAL_FORM
from custseg.errors import DataError
from custseg.sql_dialects import WHITESPACE
from custseg.texts import printable

_INTEGERS = (
    "tinyint",
    "smallint",
    "integer",
    "bigint",
    "hugeint",
    "utinyint",
    "usmallint",
    "uinteger",
    "ubigint",
)
_KINDS: dict[str, ColumnKind] = {
    **dict.fromkeys(_INTEGERS, "integer"),
    "float": "number", "double": "number", "decimal": "number",
    "varchar": "text", "enum": "text", "uuid": "text",
    "boolean": "boolean", "date": "date",
    "timestamp": "datetime", "timestamp_s": "datetime", "timestamp_ms": "datetime", "timestamp_ns": "datetime",
    "timestamp with time zone": "zoned datetime",
}  # fmt: skip


class DuckDBDialect:
    """Canonical columns of a DuckDB relation, as SQL."""

    text = False
    form = USUAL_FORM

    def __init__(self, relation: Any) -> None:
        self.relation = relation
        self.columns: Sequence[str] = list(relation.columns)
        self.types = dict(zip(relation.columns, relation.types, strict=True))

    def kind(self, column: str) -> ColumnKind:
        return _KINDS.get(str(self.types[column].id), "other")

    def type_name(self, column: str) -> str:
        return str(self.types[column])

    def identity(self, column: str, *, dated: str | None = None) -> str:
        return self._cleaned(column)

    def whole_numbers(self, column: str, *, dated: str | None = None) -> bool:
        return self.kind(column) == "integer"

    def keeping_text(self, column: str) -> DuckDBDialect:
        return self

    def plain(self, column: str) -> str:
        if str(self.types[column].id) == "interval":
            raise DataError(
                f"the table could not be read: column {column!r} is an INTERVAL. Give a number, such as "
                f"epoch({_name(column)}) / 86400 for days, or leave it out."
            )
        return self._cleaned(column)

    def plain_columns(self, columns: Sequence[str]) -> dict[str, str]:
        return {column: self.plain(column) for column in columns}

    def number_columns(self, columns: Sequence[str]) -> set[str]:
        return {column for column in columns if self.kind(column) in ("integer", "number")}

    def doubtful_marks(self, columns: Sequence[str]) -> list[str]:
        return []

    def word(self, column: str) -> str:
        return f"CAST({self._cleaned(column)} AS VARCHAR)"

    def mapped(self, column: str, names: Mapping[str, str]) -> str:
        cases = " ".join(f"WHEN {quoted(old)} THEN {quoted(new)}" for old, new in names.items())
        return f"CASE {self.word(column)} {cases} END"

    def flag(self, column: str) -> str:
        return f"coalesce(CAST({_name(column)} AS BOOLEAN), false)"

    def date_style(self, column: str, pattern: str | None) -> DateStyle:
        return date_style(self.kind(column), pattern, lambda: self._scalar(f"any_value({self._cleaned(column)})"))

    def moment(self, column: str, style: DateStyle) -> str:
        if style.kind in ("date", "datetime", "zoned datetime"):
            return moment_of_date(_name(column), zoned=style.zoned)
        if style.microseconds_per_unit is not None:
            number = self.number(column)
            return moment_of_number(number, style.microseconds_per_unit, excel=style.pattern == "excel")
        value = self._cleaned(column)
        if style.kind == "number":
            # As a float column of dates such as 20240501.0 is read on the other engines.
            value = f"CASE WHEN ({value}) = round({value}) THEN TRY_CAST({value} AS BIGINT) END"
        return moment_of_text(_stripped(f"CAST({value} AS VARCHAR)"), style.text_format)

    def day(self, column: str, style: DateStyle, timezone: str) -> str:
        return day_of_moment(self.moment(column, style), timezone if style.zoned else None)

    def timed(self, column: str, style: DateStyle, timezone: str) -> str:
        return has_time_of_day(self.moment(column, style), timezone if style.zoned else None)

    def dated(self, column: str) -> str:
        value = self.filled([column])
        if self.kind(column) != "text":
            return value
        zeros = f"regexp_matches({_stripped(self._cleaned(column))}, {quoted(ZERO_DATE)})"
        return f"({value} AND NOT coalesce({zeros}, false))"

    def number(self, column: str) -> str:
        value = f"TRY_CAST({_name(column)} AS DOUBLE)"
        return f"CASE WHEN isnan({value}) THEN NULL ELSE {value} END"

    def money(self, columns: Sequence[str], rate: Rate | None, *, digits: int) -> str:
        if (
            len(columns) == 1
            and rate is None
            and digits == MONEY_DIGITS
            and str(self.types[columns[0]].id) == "decimal"
        ):
            # Decimals stay decimals: they are exact where a float is not.
            value = f"TRY_CAST({_name(columns[0])} AS DECIMAL(38, 10))"
        else:
            value = self._amount(columns, rate)
        units = f"round_even(({value}) * {10**digits}, 0)"
        return f"CASE WHEN abs({value}) < {MONEY_LIMIT / 10**digits!r} THEN TRY_CAST({units} AS BIGINT) END"

    def rounds(self, columns: Sequence[str], rate: Rate | None, *, digits: int) -> str:
        units = f"({self._amount(columns, rate)}) * {10**digits}"
        return f"abs({units} - round_even({units}, 0)) > abs({units}) * {ROUNDING_LIMIT!r}"

    def completed(self, columns: Sequence[str], key: str, *, owner: str, date_limit: DateLimit) -> DuckDBDialect:
        date, style, limit = date_limit
        is_before = f"coalesce(({self.moment(date, style)}) < {limit}, true)"
        group, filled = f"CASE WHEN {is_before} THEN {self._cleaned(key)} END", list[str]()

        def bounds(value: str) -> tuple[str, str]:
            lowest, highest = (f"{bound}({value}) OVER (PARTITION BY {group})" for bound in ("min", "max"))
            return lowest, highest

        complete = f"({group}) IS NOT NULL AND coalesce({' = '.join(bounds(self._cleaned(owner)))}, true)"
        for column in columns:
            value = self._cleaned(column)
            low, high = bounds(value)
            single = f"CASE WHEN {complete} AND {low} = {high} THEN {low} END"
            filled.append(f"coalesce({value}, {single}) AS {_name(column)}")
        return DuckDBDialect(self._run(lambda: self.relation.project(f"* REPLACE ({', '.join(filled)})")))

    def since(self, column: str, style: DateStyle, moment: int) -> DuckDBDialect:
        return DuckDBDialect(self._run(lambda: self.relation.filter(f"({self.moment(column, style)}) >= {moment}")))

    def before(self, column: str, style: DateStyle, moment: int) -> DuckDBDialect:
        is_earlier = f"coalesce(({self.moment(column, style)}) < {moment}, true)"
        return DuckDBDialect(self._run(lambda: self.relation.filter(is_earlier)))

    def loaded(self, columns: Sequence[str]) -> DuckDBDialect:
        return self

    def filled(self, columns: Sequence[str]) -> str:
        return " AND ".join(f"(({self._cleaned(column)}) IS NOT NULL)" for column in columns)

    def mixes_zones(self, column: str) -> bool:
        zoned = f"regexp_matches({_stripped(self._cleaned(column))}, {quoted(ZONE_AT_END)})"
        return int(self._scalar(f"count(DISTINCT {zoned})")) > 1

    def unread(self, column: str, reading: str) -> list[str]:
        unread = self.relation.filter(f"{self.filled([column])} AND ({reading}) IS NULL")
        values = unread.project(f"CAST({self._cleaned(column)} AS VARCHAR) AS value").distinct()
        return [row[0] for row in self._run(values.order("value").limit(UNREAD_SHOWN).fetchall)]

    def shape_of_unusable(self, column: str, reading: str) -> str:
        return shape_of(min(self.unread(column, reading), default="")) if self.kind(column) == "text" else ""

    def select(self, expressions: Mapping[str, Any]) -> nw.LazyFrame[Any]:
        columns = ", ".join(f"{sql} AS {_name(name)}" for name, sql in expressions.items())
        frame: nw.LazyFrame[Any] = nw.from_native(self._run(lambda: self.relation.project(columns)))
        return frame

    def count_duplicates(self) -> int:
        tables = (self.relation, self.relation.distinct())
        rows, distinct = (self._run(table.aggregate("count(*)").fetchall)[0][0] for table in tables)
        return int(rows - distinct)

    def _cleaned(self, column: str) -> str:
        """The column with NaN and blank text as null."""
        name = _name(column)
        if self.kind(column) == "text":
            text = f"CAST({name} AS VARCHAR)"
            # Trimming a set of characters is slow, and the first character mostly decides.
            visible = f"ascii({text}) BETWEEN 33 AND 126"
            return f"CASE WHEN {visible} THEN {text} WHEN {_stripped(text)} <> '' THEN {text} END"
        if str(self.types[column].id) in ("float", "double"):
            return f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END"
        return name

    def _amount(self, columns: Sequence[str], rate: Rate | None) -> str:
        value = " * ".join(f"({self.number(name)})" for name in columns)
        return value if rate is None else f"{value} * ({self._rates(*rate)})"

    def _rates(self, column: str, rates: Mapping[str, float]) -> str:
        cases = " ".join(f"WHEN {quoted(code)} THEN {float(rate)!r}::DOUBLE" for code, rate in rates.items())
        return f"CASE {self.word(column)} {cases} END"

    def _scalar(self, aggregate: str) -> Any:
        """One aggregate over the relation; no view is made, whose name could be that of a table."""
        return self._run(lambda: self.relation.aggregate(aggregate).fetchall())[0][0]

    def _run(self, query: Callable[[], Any]) -> Any:
        return run_query(query)


def run_query(query: Callable[[], Any]) -> Any:
    """What the work gives; what DuckDB says of a query that fails becomes one of our errors."""
    import duckdb

    try:
        return query()
    except duckdb.Error as error:
        first_line = str(error).strip().partition("\n")[0]
        raise DataError(f"DuckDB could not read the relation: {printable(first_line)}") from error


def is_relation(table: object) -> bool:
    """Whether the table is a DuckDB relation."""
    return type(table).__name__ == "DuckDBPyRelation"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _stripped(text: str) -> str:
    return f"trim({text}, {quoted(WHITESPACE)})"
