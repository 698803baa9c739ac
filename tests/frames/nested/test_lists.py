"""Lists written as text, and parallel lists as rows, on both engines."""

from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from kinds import duckdb_relation

from custseg._frames import exploded, text_lists

TEXTS = pl.DataFrame(
    {
        "row": [1, 2, 3, 4, 5],
        "names": [r"[\'RUB\',\'EUR\']", "['RUB','EUR']", "[]", r"['a\'b','c,d]']", r"[\'a\\\'b\',\'C:\\\\x\']"],
        "numbers": ["[1,2]", "[1.5, -2]", "[]", "[18446744073709500001,0]", "[3,4]"],
        "real": [[1, 2], [3, 4], [], [5, 6], [7, 8]],
    }
)
ITEMS = [["RUB", "EUR"], ["RUB", "EUR"], [], ["a'b", "c,d]"], ["a'b", "C:\\x"]]


def frames() -> list[Any]:
    return [nw.from_native(TEXTS.lazy()), nw.from_native(duckdb_relation(TEXTS.to_arrow()))]


@pytest.mark.parametrize("engine", [0, 1])
def test_texts_become_lists(engine: int) -> None:
    lists = text_lists(frames()[engine], ["names", "numbers", "real"]).collect("polars").to_native().sort("row")
    assert lists["names"].to_list() == ITEMS
    assert lists["numbers"].to_list() == [["1", "2"], ["1.5", "-2"], [], ["18446744073709500001", "0"], ["3", "4"]]
    assert lists["real"].to_list()[0] == ["1", "2"]


@pytest.mark.parametrize("engine", [0, 1])
def test_parallel_lists_become_rows(engine: int) -> None:
    frame = exploded(text_lists(frames()[engine], ["names", "numbers"]), ["names", "numbers"])
    rows = frame.select("row", "names", "numbers").collect("polars").to_native().sort("row", "numbers").to_dicts()
    assert rows[:2] == [{"row": 1, "names": "RUB", "numbers": "1"}, {"row": 1, "names": "EUR", "numbers": "2"}]
    assert {row["row"] for row in rows} == {1, 2, 4, 5}
