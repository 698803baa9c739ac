"""The content of a snapshot that is streamed has the checksum of the same rows in memory."""

from __future__ import annotations

from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from custseg.tracking._manifest import content_checksum
from custseg.tracking._snapshot_content import snapshot_content, streamed_checksum

ROWS = pl.DataFrame(
    {
        "customer_id": [f"c{number:02}é" for number in range(21)],
        "segment": [None if number % 4 == 0 else number % 3 for number in range(21)],
        "name": ["" if number % 4 == 0 else "Loyal" for number in range(21)],
        "confidence": [None if number % 5 == 0 else -0.0 for number in range(21)],
        "is_outlier": [None, True, False] * 7,
    }
)


@pytest.mark.parametrize("size", [8, 16, 64])
def test_batches_have_the_checksum_of_the_whole(tmp_path: Path, size: int) -> None:
    ROWS.write_parquet(tmp_path / "rows.parquet", row_group_size=5)
    expected = content_checksum(nw.from_native(ROWS, eager_only=True))
    assert streamed_checksum(tmp_path / "rows.parquet", size=size) == expected


def test_local_rows_are_written_as_they_are(tmp_path: Path) -> None:
    with snapshot_content(nw.from_native(ROWS, eager_only=True), tmp_path, "test") as content:
        content.write(tmp_path / "rows.parquet")
    assert (content.n_rows, content.types["segment"]) == (21, "Int64")
    assert pl.read_parquet(tmp_path / "rows.parquet").equals(ROWS)
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]
