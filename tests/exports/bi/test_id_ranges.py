"""Sorted tables side by side: every row once, in the order of the ids, and ids that are equal in one range."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from custseg._frames import local_table, slices
from custseg.exports.bi._id_ranges import in_order_of_text, in_ranges_of_ids

IDS = st.sets(st.text("aбZ ~\U0001f600", max_size=3), max_size=9)


def table(ids: set[str], size: int) -> Iterator[nw.DataFrame[Any]]:
    rows = nw.from_native(pl.DataFrame({"customer_id": sorted(ids)}, schema={"customer_id": pl.String}))
    return slices(rows.lazy(), len(ids), size=size)


def ids_of(part: nw.DataFrame[Any] | None) -> list[str]:
    return [] if part is None else part.get_column("customer_id").to_list()


@examples(60)
@given(tables=st.lists(IDS, min_size=1, max_size=4), size=st.integers(1, 4))
def test_each_range_has_all_rows_of_its_ids(tables: list[set[str]], size: int) -> None:
    ranges = [[ids_of(part) for part in parts] for parts in in_ranges_of_ids([table(ids, size) for ids in tables])]
    for number, ids in enumerate(tables):
        assert list(chain.from_iterable(parts[number] for parts in ranges)) == sorted(ids)
    for before, after in pairwise(ranges):
        assert max(chain.from_iterable(before)) < min(chain.from_iterable(after))


@examples(40)
@given(ids=st.sets(st.integers(-1200, 1200), min_size=1, max_size=30), size=st.integers(1, 5))
def test_whole_numbers_in_the_order_of_text(ids: set[int], size: int) -> None:
    rows = local_table({"customer_id": sorted(ids), "segment": sorted(ids)}).lazy()
    ordered = nw.concat(list(in_order_of_text(rows, len(ids), size=size)))
    assert ordered.get_column("customer_id").to_list() == sorted(map(str, ids))
    assert ordered.get_column("segment").cast(nw.String).to_list() == sorted(map(str, ids))


def test_text_stays_as_it_is() -> None:
    rows = nw.from_native(pl.DataFrame({"customer_id": ["10", "9", "a"]})).lazy()
    parts = list(in_order_of_text(rows, 3, size=2))
    assert [ids_of(part) for part in parts] == [["10", "9"], ["a"]]
