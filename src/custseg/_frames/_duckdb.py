"""The DuckDB dialect: a relation of any connection, described in SQL and computed there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames._dialect import MONEY_LIMIT, MONEY_UNIT, ColumnKind, DateStyle
from custseg._frames._files import USUAL_FORM
from custseg._frames._give_back import polars_instead
from custseg._texts import printable
from custseg.errors import DataError

_DATE_PATTERNS = ("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_ZONED_PATTERNS = ("%Y-%m-%d %H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M%z")
_ZONE_AT_END = r":\d\d(\.\d+)?\s*(Z|[+-]\d\d(:?\d\d)?)$"
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
        return self._known(column)

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
        return self._known(column)

    def plain_columns(self, columns: Sequence[str]) -> dict[str, str]:
        return {column: self.plain(column) for column in columns}

    def number_columns(self, columns: Sequence[str]) -> set[str]:
        return {column for column in columns if self.kind(column) in ("integer", "number")}

    def doubtful_marks(self, columns: Sequence[str]) -> list[str]:
        return []

    def word(self, column: str) -> str:
        return f"CAST({self._known(column)} AS VARCHAR)"

    def mapped(self, column: str, names: Mapping[str, str]) -> str:
        cases = " ".join(f"WHEN {_text(old)} THEN {_text(new)}" for old, new in names.items())
        return f"CASE {self.word(column)} {cases} END"

    def flag(self, column: str) -> str:
        return f"coalesce(CAST({_name(column)} AS BOOLEAN), false)"

    def date_style(self, column: str, date_format: str | None) -> DateStyle:
        kind = self.kind(column)
        if kind != "text":
            return DateStyle(kind, zoned=kind == "zoned datetime")
        if date_format is not None:
            return DateStyle(kind, "%z" in date_format, date_format)
        first = self._one(f"SELECT any_value({self._known(column)}) FROM it")
        zoned = first is not None and re.search(_ZONE_AT_END, first.strip()) is not None
        return DateStyle(kind, zoned)

    def moment(self, column: str, style: DateStyle) -> str:
        return f"epoch_us({self._timestamp(column, style)})"

    def day(self, column: str, style: DateStyle, timezone: str) -> str:
        value = self._timestamp(column, style)
        if style.zoned:
            # The zone is named: left to itself, DuckDB takes the connection's.
            value = f"timezone({_text(timezone)}, {value})"
        return f"CAST(date_diff('day', DATE '1970-01-01', CAST({value} AS DATE)) AS BIGINT)"

    def number(self, column: str) -> str:
        value = f"TRY_CAST({_name(column)} AS DOUBLE)"
        return f"CASE WHEN isnan({value}) THEN NULL ELSE {value} END"

    def money(self, columns: Sequence[str], rate: tuple[str, Mapping[str, float]] | None) -> str:
        if len(columns) == 1 and rate is None and str(self.types[columns[0]].id) == "decimal":
            # Decimals stay decimals: they are exact where a float is not.
            value = f"CAST({_name(columns[0])} AS DECIMAL(38, 10))"
        else:
            value = " * ".join(f"({self.number(name)})" for name in columns)
            if rate is not None:
                value = f"{value} * ({self._rates(*rate)})"
        units = f"round_even(({value}) * {MONEY_UNIT}, 0)"
        return f"CASE WHEN abs({value}) < {MONEY_LIMIT} THEN TRY_CAST({units} AS BIGINT) END"

    def filled(self, columns: Sequence[str]) -> str:
        return " AND ".join(f"(({self._known(column)}) IS NOT NULL)" for column in columns)

    def mixes_zones(self, column: str) -> bool:
        zoned = f"regexp_matches(trim({self._known(column)}), {_text(_ZONE_AT_END)})"
        return int(self._one(f"SELECT count(DISTINCT {zoned}) FROM it")) > 1

    def shape_of_unusable(self, column: str, reading: str) -> str:
        if self.kind(column) != "text":
            return ""
        unread = f"{self.filled([column])} AND ({reading}) IS NULL"
        value = self._one(f"SELECT any_value({self._known(column)}) FROM it WHERE {unread}") or ""
        return re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", value))[:40]

    def select(self, expressions: Mapping[str, Any]) -> nw.LazyFrame[Any]:
        columns = ", ".join(f"{sql} AS {_name(name)}" for name, sql in expressions.items())
        frame: nw.LazyFrame[Any] = nw.from_native(self._run(lambda: self.relation.project(columns)))
        return frame

    def count_duplicates(self) -> int:
        return int(self._one("SELECT (SELECT count(*) FROM it) - (SELECT count(*) FROM (SELECT DISTINCT * FROM it))"))

    def _known(self, column: str) -> str:
        """The column with NaN and blank text as null."""
        name = _name(column)
        if self.kind(column) == "text":
            text = f"CAST({name} AS VARCHAR)"
            return f"CASE WHEN trim({text}) <> '' THEN {text} END"
        if str(self.types[column].id) in ("float", "double"):
            return f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END"
        return name

    def _timestamp(self, column: str, style: DateStyle) -> str:
        if style.kind != "text":
            return f"CAST({_name(column)} AS {'TIMESTAMPTZ' if style.zoned else 'TIMESTAMP'})"
        text = f"trim({self._known(column)})"
        if style.pattern is not None:
            value = f"try_strptime({text}, {_text(style.pattern)})"
            return f"CASE WHEN year({value}) > 999 THEN {value} END"
        text = f"replace({text}, 'T', ' ')"
        if style.zoned:
            text = f"regexp_replace({text}, '\\s*Z$', '+00')"
        patterns = ", ".join(map(_text, _ZONED_PATTERNS if style.zoned else _DATE_PATTERNS))
        # A year has four digits: "24-05-01" is no date of the year 24.
        return f"CASE WHEN {text}[5] = '-' THEN try_strptime({text}, [{patterns}]) END"

    def _rates(self, column: str, rates: Mapping[str, float]) -> str:
        cases = " ".join(f"WHEN {_text(code)} THEN {float(rate)!r}::DOUBLE" for code, rate in rates.items())
        return f"CASE {self.word(column)} {cases} END"

    def _one(self, sql: str) -> Any:
        """The single value of a query over the relation, which it calls `it`."""
        return self._run(lambda: self.relation.query("it", sql).fetchall())[0][0]

    def _run(self, work: Callable[[], Any]) -> Any:
        import duckdb

        try:
            return work()
        except duckdb.Error as error:
            first_line = str(error).strip().partition("\n")[0]
            raise DataError(f"DuckDB could not read the relation: {printable(first_line)}") from error


def is_relation(table: object) -> bool:
    """Whether the table is a DuckDB relation."""
    return type(table).__name__ == "DuckDBPyRelation"


@dataclass(frozen=True)
class RelationLike:
    """Gives back a relation of the same connection, with ids in the type they came in.

    No other process can reach the connection: pickled, this gives back polars DataFrames.
    """

    relation: Any

    def __call__(self, frame: nw.DataFrame[Any], id_column: str) -> Any:
        """The frame as a relation."""
        types = dict(zip(self.relation.columns, self.relation.types, strict=True))
        custseg_result = frame.to_arrow()  # found by its name in the query
        columns = "*"
        if "customer_id" in frame.columns and id_column in types:
            columns = f"* REPLACE (CAST(customer_id AS {types[id_column]}) AS customer_id)"
        result = self.relation.query("custseg_log", f"SELECT {columns} FROM custseg_result")
        del custseg_result
        return result

    def __reduce__(self) -> tuple[Any, ...]:
        return polars_instead, ()


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
