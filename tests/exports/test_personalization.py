from functools import cache
from pathlib import Path

import polars as pl
import pytest
from quick import quick_fit

from custseg.errors import DataError
from custseg.exports import export_personalization, original_text
from custseg.insights import Subgroups, personalization, subgroups

TABLE = pl.DataFrame({"customer_id": [f"-c{n}" for n in range(60)], "visits": [1.0, 9.0] * 30, "town": ["=1+1"] * 60})


@cache
def parts() -> Subgroups:
    return subgroups(quick_fit(features=TABLE, n_segments=2, columns=["visits"]), 0, by=["town"], min_size=15)


def test_texts_are_safe_for_spreadsheets(tmp_path: Path) -> None:
    path = export_personalization(parts(), tmp_path / "letters.csv")
    rows = pl.read_csv(path)
    assert rows["customer_id"].str.starts_with("'-c").all()
    assert [original_text(value) for value in rows["customer_id"]] == parts().table["customer_id"].to_list()
    assert set(rows["greeting"]) == {"Hello"}


def test_parquet_keeps_every_value(tmp_path: Path) -> None:
    path = export_personalization(parts(), tmp_path / "letters.parquet", language="ru")
    assert pl.read_parquet(path).equals(personalization(parts(), language="ru"))


def test_bad_path_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="export_personalization: path must end in one of"):
        export_personalization(parts(), tmp_path / "letters.txt")
    assert list(tmp_path.iterdir()) == []
