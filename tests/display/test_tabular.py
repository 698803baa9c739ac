"""`to_pandas` and `to_polars`: the same table in both, whatever came in."""

from __future__ import annotations

import sys
from typing import Any

import pandas as pd
import polars as pl
import pytest

from custseg import MissingDependencyError
from custseg._display import Columnar


class Sizes(Columnar):
    def columns(self) -> dict[str, list[Any]]:
        return {"name": ["Fans", "Guests"], "size": [20, None], "is_new": [None, True], "share": [0.5, None]}


def test_polars_has_the_columns() -> None:
    assert Sizes().to_polars().equals(pl.DataFrame(Sizes().columns()))


def test_pandas_keeps_whole_numbers_and_flags() -> None:
    frame = Sizes().to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert [str(kind) for kind in frame.dtypes[1:]] == ["Int64", "boolean", "float64"]
    assert frame["size"].isna().tolist() == [False, True]
    assert frame["name"].tolist() == ["Fans", "Guests"]


@pytest.mark.parametrize("name", ["pandas", "pyarrow"])
def test_missing_pandas_is_a_clear_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingDependencyError, match=rf"to_pandas needs the package '{name}'.*custseg\[pandas\]"):
        Sizes().to_pandas()
    assert "Fans" in Sizes().to_polars()["name"]
