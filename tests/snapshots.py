"""Small tables of assignments for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from hypothesis import strategies as st

NAMES = {0: "Loyal", 1: "New", 2: "Lost", None: "No data"}
SCHEMA = {"customer_id": pl.String, "segment": pl.Int64, "name": pl.String}

odd_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=5).filter(
    lambda text: text.strip() != ""
)
"""Ids with quotes, line breaks, marks of direction and whatever else."""

integers = st.integers(-(2**63), 2**63 - 1)


def snapshot(segments: Mapping[Any, int | None], **columns: Sequence[Any]) -> pl.DataFrame:
    """Assignments from a segment for each customer."""
    ids = pl.Series("customer_id", list(segments), None if segments else pl.String)
    numbers = pl.Series("segment", list(segments.values()), pl.Int64)
    names = pl.Series("name", [NAMES[segment] for segment in segments.values()], pl.String)
    return pl.DataFrame([ids, numbers, names]).with_columns(pl.Series(name, values) for name, values in columns.items())


def segments_of(ids: st.SearchStrategy[Any], *, min_size: int = 1) -> st.SearchStrategy[dict[Any, int | None]]:
    """A segment for each of some customers."""
    return st.dictionaries(ids, st.sampled_from([0, 0, 1, 2, None]), min_size=min_size, max_size=8)
