"""Processes that are killed and disks that fail leave every snapshot whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

RECORDER = Path(__file__).with_name("killed_recorder.py")


def outcomes(mode: str, count: int) -> dict[str, int]:
    """What the script finds that disturbs a recording."""
    with fast_folder() as folder:
        command = [sys.executable, RECORDER, mode, folder, str(count)]
        environment = os.environ | {"POLARS_MAX_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


@contextmanager
def fast_folder() -> Iterator[Path]:
    """A folder in memory where there is one: syncing it costs nothing."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.ismount("/dev/shm") else None) as folder:
        yield Path(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")
@pytest.mark.parametrize("stride", [13, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("mode", ["kill", "fail"])
def test_every_file_operation_may_fail(mode: str, stride: int) -> None:
    counts = outcomes(mode, stride)
    # Another snapshot is whole each time, this one is the old or the new one, and the next recording repairs it.
    assert set(counts) <= {"after: old", "after: new", "again: new"}
    assert min(counts["after: old"], counts["again: new"]) >= 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")
@pytest.mark.parametrize("kills", [3, pytest.param(30, marks=pytest.mark.slow)])
def test_random_kills_leave_snapshots_whole(kills: int) -> None:
    assert outcomes("random", kills) == {"whole": kills}
