"""Processes that are killed and disks that fail leave every snapshot whole."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from disturbances import disturbed, fast_folder, killed_at_random

from custseg.tracking import SegmentHistory


def table(name: str) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": ["ann", "bob"], "segment": [0, 0], "name": [name, name]})


def record(folder: Path, name: str) -> None:
    SegmentHistory(folder).record(table(name), "2024-06-01", replace=True)


def read(folder: Path) -> None:
    """Raise unless both snapshots are whole."""
    history = SegmentHistory(folder)
    assert history.moments() == ("2024-05-01", "2024-06-01")
    assert history.at("2024-05-01").equals(table("other"))
    assert history.at("2024-06-01")["name"].unique().to_list() in (["old"], ["new"])


@pytest.mark.parametrize("mode", ["kill", "fail", "full"])
def test_every_file_operation_may_fail(mode: str) -> None:
    with fast_folder() as folder:
        SegmentHistory(folder).record(table("other"), "2024-05-01")
        record(folder, "old")
        outcomes = disturbed(mode, folder, lambda: record(folder, "new"), reader=lambda: read(folder))
    assert set(outcomes) <= {"old", "new"}
    assert outcomes["old"] >= 2


def test_first_snapshot_may_fail() -> None:
    """Without a manifest there is no snapshot, and nobody takes the half of one for it."""
    with fast_folder() as folder:
        outcomes = disturbed("kill", folder, lambda: record(folder, "new"), reader=SegmentHistory(folder).moments)
    assert set(outcomes) == {"old", "new"}


@pytest.mark.slow
def test_random_kills_leave_snapshots_whole(tmp_path: Path) -> None:
    assert killed_at_random("snapshot", tmp_path / "history", kills=30) == {"whole": 30, "repaired": 30}
