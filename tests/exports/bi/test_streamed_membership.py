"""Customers in files: the tables are those of customers in memory, whatever is appended or replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from effort import all_of
from polars.testing import assert_frame_equal
from quick import quick_fit

from custseg import CustsegError, DataError
from custseg.exports import export_bi
from custseg.exports.bi import _export_bi, _streamed_membership
from custseg.exports.bi._star_schema import TABLES
from custseg.tracking import SegmentHistory

NAMES = {0: "Loyal", 1: "=New", None: "No data"}


def customers(ids: list[Any], seed: int) -> pl.DataFrame:
    """Customers in two segments or none, some of them without what is said of the assignment."""
    rng = np.random.default_rng(seed)
    segments = [[0, 1, None][index] for index in rng.integers(0, 3, len(ids))]
    return pl.DataFrame(
        {
            "customer_id": ids,
            "segment": pl.Series(segments, dtype=pl.Int64),
            "name": [NAMES[segment] for segment in segments],
            "confidence": [None if value < 0.1 else value for value in rng.random(len(ids))],
            "is_outlier": [[True, False, None][index] for index in rng.integers(0, 3, len(ids))],
        }
    )


IN_TEXT = [f"{letter}{number}" for number in range(30) for letter in "aAß="]
SNAPSHOTS = {
    "text": (customers(IN_TEXT[:70], 0), customers(IN_TEXT[40:], 1), customers(IN_TEXT[::3], 2)),
    "numbers": (customers(list(range(-9, 50)), 0), customers(list(range(5, 120, 2)), 1), customers([7, 1000], 2)),
}


@pytest.fixture
def in_files(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function after which customers are in files, and few of them are read at a time."""

    def switch() -> None:
        monkeypatch.setattr(_export_bi, "MOST_IN_MEMORY", 0)
        monkeypatch.setattr(_streamed_membership, "_MERGED_ROWS", 25)
        monkeypatch.setattr(_streamed_membership, "_READ_ROWS", 40)

    return switch


def recorded(folder: Path, snapshots: dict[str, pl.DataFrame]) -> SegmentHistory:
    history = SegmentHistory(folder)
    for moment, rows in snapshots.items():
        history.record(rows, moment, replace=True)
    return history


def assert_same_tables(folder: Path, expected: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in expected.iterdir())
    for name in TABLES:
        assert (folder / f"{name}.csv").read_bytes() == (expected / f"{name}.csv").read_bytes()
        assert_frame_equal(pl.read_parquet(folder / f"{name}.parquet"), pl.read_parquet(expected / f"{name}.parquet"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", all_of(SNAPSHOTS, quick=["text"]))
def test_tables_are_those_of_customers_in_memory(tmp_path: Path, in_files: Any, kind: str) -> None:
    june, july, changed = SNAPSHOTS[kind]
    # July first, then June before it, then another July.
    steps = [{"2024-07-01": july}, {"2024-06-01": june, "2024-07-01": july}, {"2024-07-01": changed}]
    exports: dict[str, list[Any]] = {"memory": [], "files": []}
    for where, written in exports.items():
        for step in steps:
            history = recorded(tmp_path / f"history {where}", step)
            written.append(export_bi(history, tmp_path / where, replace=step is steps[-1]))
        written.append(export_bi(history, tmp_path / where))
        in_files()
    assert_same_tables(tmp_path / "files", tmp_path / "memory")
    facts = [
        [(one.snapshots, one.added, one.colliding_ids, one.notes) for one in written] for written in exports.values()
    ]
    assert facts[0] == facts[1]
    assert [added for _, added, _, _ in facts[0]] == [("2024-07-01",), ("2024-06-01",), ("2024-07-01",), ()]


def test_a_customer_moves_from_one_replaced_snapshot_to_another(tmp_path: Path, in_files: Any) -> None:
    june, july = customers(["x", "y"], 0), customers(["y", "z"], 1)
    june_now, july_now = customers(["y"], 2), customers(["w", "x", "y", "z"], 3)
    for where in ("memory", "files"):
        history = recorded(tmp_path / f"history {where}", {"2024-06-01": june, "2024-07-01": july})
        export_bi(history, tmp_path / where)
        recorded(tmp_path / f"history {where}", {"2024-06-01": june_now, "2024-07-01": july_now})
        export_bi(history, tmp_path / where, replace=True)
        in_files()
    assert_same_tables(tmp_path / "files", tmp_path / "memory")
    rows = pl.read_parquet(tmp_path / "files" / "fact_membership.parquet").filter(snapshot="2024-07-01")
    assert dict(rows.select("customer_id", "customer_key").rows()) == {"w": 4, "x": 1, "y": 2, "z": 3}


@pytest.mark.slow
def test_twice_is_the_same_byte_by_byte(tmp_path: Path, in_files: Any) -> None:
    in_files()
    june, july, _ = SNAPSHOTS["text"]
    history = recorded(tmp_path / "history", {"2024-06-01": june})
    export_bi(history, tmp_path / "bi")
    history.record(july, "2024-07-01")
    export_bi(history, tmp_path / "bi")
    export_bi(history, tmp_path / "at once")
    for path in (tmp_path / "bi").iterdir():
        assert path.read_bytes() == (tmp_path / "at once" / path.name).read_bytes()


@pytest.mark.slow
def test_a_result_is_added_to_files(tmp_path: Path, in_files: Any) -> None:
    table = pl.DataFrame({"customer_id": [f"c{n}" for n in range(40)], "visits": [1.0, 30.0] * 20})
    result = quick_fit(features=table, n_segments=2)
    export_bi(result, tmp_path / "memory", as_of="2024-06-01")
    in_files()
    export_bi(result, tmp_path / "files", as_of="2024-06-01")
    assert_same_tables(tmp_path / "files", tmp_path / "memory")


@pytest.mark.slow
def test_other_content_is_refused_and_nothing_is_left(tmp_path: Path, in_files: Any) -> None:
    in_files()
    june, july, _ = SNAPSHOTS["text"]
    export_bi(recorded(tmp_path / "june", {"2024-06-01": june}), tmp_path / "bi")
    before = {path.name: path.read_bytes() for path in (tmp_path / "bi").iterdir()}
    for other in (july, june.head(60), pl.concat([june, july.tail(1)])):
        with pytest.raises(DataError, match="a snapshot as of 2024-06-01 with other content"):
            export_bi(recorded(tmp_path / "other", {"2024-06-01": other}), tmp_path / "bi")
    assert {path.name: path.read_bytes() for path in (tmp_path / "bi").iterdir()} == before


@pytest.mark.slow
def test_rows_out_of_order_are_not_appended_to(tmp_path: Path, in_files: Any) -> None:
    in_files()
    june, july, _ = SNAPSHOTS["text"]
    path = tmp_path / "bi" / "fact_membership.parquet"
    export_bi(recorded(tmp_path / "history", {"2024-06-01": june, "2024-07-01": july}), tmp_path / "bi")
    rows = pl.read_parquet(path)
    later_first, by_key = rows.sort("snapshot", descending=True), rows.sort("snapshot", "customer_key")
    for changed in (later_first, by_key, rows[[0, *range(20)]]):
        changed.write_parquet(path)
        with pytest.raises(DataError, match=r"'fact_membership.parquet' are not in the order .*export all snapshots"):
            export_bi(recorded(tmp_path / "other", {"2024-08-01": june}), tmp_path / "bi")


def test_a_folder_that_was_created_is_removed_after_an_error(tmp_path: Path, in_files: Any) -> None:
    in_files()
    history = recorded(tmp_path / "history", {"2024-06-01": SNAPSHOTS["text"][0]})
    path = tmp_path / "history" / "as_of=2024-06-01" / "part-0.parquet"
    path.write_bytes(b"?" + path.read_bytes()[1:])
    with pytest.raises(CustsegError, match="is damaged"):
        export_bi(history, tmp_path / "new" / "bi")
    assert not (tmp_path / "new").exists()
