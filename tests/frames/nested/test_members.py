"""Values within nested columns, the same on every engine that has such columns."""

import polars as pl
import pytest
from kinds import duckdb_relation

from custseg._frames import Table, open_table, rows_of, with_nested

EVENTS = pl.DataFrame(
    {
        "user": ["a", "b", "c"],
        "order": [{"id": "T-1", "total": 9.5}, None, {"id": None, "total": 1.0}],
        "params": [
            [{"key": "session", "value": {"text": None, "whole": 12}}, {"key": "source", "value": {"text": "mail"}}],
            [{"key": "session", "value": {"text": "13", "whole": None}}],
            [],
        ],
        "tags": [[{"key": "k", "value": "v"}], [], None],
    },
    schema_overrides={
        "params": pl.List(pl.Struct({"key": pl.String, "value": pl.Struct({"text": pl.String, "whole": pl.Int64})}))
    },
)
PATHS = ["order.id", "params[session]", "params[source]", "tags[k]", "order.none", "user.id", "none[k]"]


def tables() -> list[Table]:
    kinds: list[object] = [EVENTS, EVENTS.lazy(), EVENTS.to_arrow()]
    return [open_table(kind, "test") for kind in [*kinds, duckdb_relation(EVENTS.to_arrow())]]


@pytest.mark.parametrize("number", range(4))
def test_members_and_entries_become_columns(number: int) -> None:
    table = with_nested(tables()[number], PATHS)
    rows = rows_of(table).select("user", *PATHS[:4]).collect("polars").to_native().sort("user").to_dicts()
    assert rows == [
        {"user": "a", "order.id": "T-1", "params[session]": "12", "params[source]": "mail", "tags[k]": "v"},
        {"user": "b", "order.id": None, "params[session]": "13", "params[source]": None, "tags[k]": None},
        {"user": "c", "order.id": None, "params[session]": None, "params[source]": None, "tags[k]": None},
    ]
    assert not {"order.none", "user.id", "none[k]"} & set(table.dialect.columns)


def test_flat_column_of_the_same_name_is_kept() -> None:
    table = with_nested(open_table(pl.DataFrame({"a.b": [1], "a": [{"b": 2}]}), "test"), ["a.b"])
    assert rows_of(table).collect("polars").to_native()["a.b"].to_list() == [1]
