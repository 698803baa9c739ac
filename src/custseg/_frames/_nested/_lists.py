r"""Lists in columns: written as text such as ``['a','b']``, and several parallel ones as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

_ITEM = r"'(?:[^'\\]|\\.)*'|[^\[\],'\s][^\[\],']*"
_ESCAPED = r"^\s*\[\\'"
# A letter that no text holds stands for an escaped backslash while escaped quotes are read.
_MARK = "\x01"


def text_lists(frame: nw.LazyFrame[Any], columns: Sequence[str]) -> nw.LazyFrame[Any]:
    r"""The frame with columns of lists written as text, such as ``[1,2]`` or ``['a','b']``, as lists of texts.

    Quotes around an item are single, and escaped by a backslash within it. Where the whole text was escaped once more
    for a file, as in ``[\'a\']``, that is undone first. Columns that hold lists already become lists of texts.
    """
    kinds = frame.collect_schema()
    native = nw.to_native(frame)
    texts = [name for name in columns if kinds[name] == nw.String]
    lists = [name for name in columns if isinstance(kinds[name], nw.List)]
    if isinstance(native, pl.LazyFrame):
        return nw.from_native(
            native.with_columns(
                *(_polars_list(name).alias(name) for name in texts),
                *(pl.col(name).cast(pl.List(pl.String)) for name in lists),
            )
        )
    replaced = [f"{_duckdb_list(_name(name))} AS {_name(name)}" for name in texts]
    replaced += [f"CAST({_name(name)} AS VARCHAR[]) AS {_name(name)}" for name in lists]
    if not replaced:
        return frame
    with_lists: nw.LazyFrame[Any] = nw.from_native(native.project(f"* REPLACE ({', '.join(replaced)})"))
    return with_lists


def exploded(frame: nw.LazyFrame[Any], columns: Sequence[str]) -> nw.LazyFrame[Any]:
    """One row for each item of parallel lists, which have the same length in each row; no row for empty ones."""
    native = nw.to_native(frame.filter(nw.col(columns[0]).list.len() > 0))
    if isinstance(native, pl.LazyFrame):
        return nw.from_native(native.explode(list(columns)))
    items = ", ".join(f"unnest({_name(name)}) AS {_name(name)}" for name in columns)
    names = [_name(name) for name in native.columns if name not in columns]
    rows: nw.LazyFrame[Any] = nw.from_native(native.project(", ".join([*names, items])))
    return rows


def _polars_list(column: str) -> pl.Expr:
    text = pl.col(column)
    text = pl.when(text.str.contains(_ESCAPED)).then(_polars_unescaped(text)).otherwise(text)
    item = pl.element()
    plain = _polars_unescaped(item.str.strip_prefix("'").str.strip_suffix("'"))
    plain = pl.when(item.str.starts_with("'")).then(plain).otherwise(item.str.strip_chars())
    return text.str.extract_all(_ITEM).list.eval(plain)


def _polars_unescaped(text: pl.Expr) -> pl.Expr:
    for escaped, plain in (("\\\\", _MARK), ("\\'", "'"), (_MARK, "\\")):
        text = text.str.replace_all(escaped, plain, literal=True)
    return text


def _duckdb_list(column: str) -> str:
    text = f"CASE WHEN regexp_matches({column}, {_quoted(_ESCAPED)}) THEN {_duckdb_unescaped(column)} ELSE {column} END"
    plain = _duckdb_unescaped("item[2:-2]")
    items = f"regexp_extract_all({text}, {_quoted(_ITEM)})"
    return f"[CASE WHEN item[1] = '''' THEN {plain} ELSE trim(item) END FOR item IN {items}]"


def _duckdb_unescaped(text: str) -> str:
    for escaped, plain in (("\\\\", _MARK), ("\\'", "'"), (_MARK, "\\")):
        text = f"replace({text}, {_quoted(escaped)}, {_quoted(plain)})"
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
