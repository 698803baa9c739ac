"""Whether a DuckDB relation may have other rows each time it is read, and its rows read once."""

from __future__ import annotations

import re
from typing import Any

from custseg._frames._polars import PolarsDialect

_KEYWORDS = r"\b(?:(?:current|local)_?(?:date|time|timestamp)|(?:table|using\s+)sample|limit|offset|distinct\s+on)\b"
_BY_ORDER = (
    "any_value", "arbitrary", "arg_max", "arg_min", "array_agg", "first", "first_value", "group_concat", "lag", "last",
    "last_value", "lead", "list", "listagg", "max_by", "min_by", "mode", "nth_value", "ntile", "row_number",
    "string_agg",
)  # fmt: skip
"""Functions whose result depends on the order of rows, which no engine guarantees where rows are tied."""

_ONE_SHOT = re.compile(r"arrow[ _]scan.*~?\b[01] row", re.IGNORECASE | re.DOTALL)
"""A stream of Arrow batches: it can be read once, and its number of rows is not known before."""

_UNSTABLE = "(SELECT list(DISTINCT function_name) FROM duckdb_functions() WHERE stability <> 'CONSISTENT')"
_VIEWS = "(SELECT list([view_name, sql]) FROM duckdb_views() WHERE NOT internal)"
_MACROS = (
    "(SELECT list([function_name, macro_definition]) FROM duckdb_functions()"
    " WHERE NOT internal AND macro_definition IS NOT NULL)"
)


def changes_when_read_again(relation: Any) -> bool:
    """Whether the query draws at random, asks for the time, or takes rows by an order that is not fixed.

    Views and macros are looked into. A file or a table that others change meanwhile is not noticed.
    """
    plan = str(relation.explain())
    if "sample" in plan.lower() or _ONE_SHOT.search(plan):
        return True
    text = _query(relation)
    if re.search(_KEYWORDS, text, re.IGNORECASE):
        return True
    calls = {name.lower() for name in re.findall(r"(\w+)\"?\s*\(", text)}
    return bool(calls) and not calls.isdisjoint([*_BY_ORDER, *_from_catalog(relation, _UNSTABLE)])


def read_once(relation: Any) -> PolarsDialect:
    """The rows as they are now, in memory."""
    columns = ", ".join(_readable(*column) for column in zip(relation.columns, relation.types, strict=True))
    return PolarsDialect(relation.project(columns).pl().lazy())


def _readable(column: str, kind: Any) -> str:
    """The column in a type that polars has; those that no log can use as a struct of text."""
    name = '"' + column.replace('"', '""') + '"'
    if str(kind.id) == "uuid":
        return f"CAST({name} AS VARCHAR) AS {name}"
    if str(kind.id) == "decimal":
        # Arrow libraries before 18 have no decimals of 32 and 64 bits.
        return f"CAST({name} AS DECIMAL(38, {dict(kind.children)['scale']})) AS {name}"
    if str(kind.id) in ("interval", "map", "union", "bit", "variant", "time with time zone"):
        return f"{{'text': CAST({name} AS VARCHAR)}} AS {name}"
    return name


def _query(relation: Any) -> str:
    """The SQL of the relation, with that of the views and macros it uses."""
    text = str(relation.sql_query())
    definitions = dict(_from_catalog(relation, _VIEWS))
    if "(" in text or definitions:
        definitions |= dict(_from_catalog(relation, _MACROS))
    texts, words = [text], set(re.findall(r"\w+", text.lower()))
    while used := [name for name in definitions if name.lower() in words or not re.fullmatch(r"\w+", name)]:
        texts += [definitions.pop(name) or "" for name in used]
        words |= set(re.findall(r"\w+", " ".join(texts).lower()))
    return " ".join(texts)


def _from_catalog(relation: Any, subquery: str) -> list[Any]:
    one_row = relation.limit(0).aggregate("count(*) AS rows")
    return one_row.project(f"{subquery} AS entries").fetchall()[0][0] or []
