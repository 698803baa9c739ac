"""Yes and no, in whatever way a column writes them."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from custseg._column_kinds import flags_of


@pytest.mark.parametrize(
    ("values", "flags"),
    [
        ([True, False, None], [True, False, None]),
        ([1, 0, None], [True, False, None]),
        ([1.0, 0.0], [True, False]),
        (["Yes", "no", " 1", "0", None], [True, False, True, False, None]),
        (["да", "Нет"], [True, False]),
        ([None, None], [None, None]),
        ([], []),
        (["yes", "maybe"], None),
        ([0, 1, 2], None),
        ([0.5], None),
        ([[1]], None),
    ],
)
def test_flags(values: list[Any], flags: list[bool | None] | None) -> None:
    assert flags_of(nw.from_native(pl.Series("x", values, strict=False), series_only=True)) == flags
