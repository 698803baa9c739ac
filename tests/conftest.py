from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from hypothesis import settings
from kinds import KINDS

settings.register_profile("known", deadline=None, max_examples=60)
settings.register_profile("ci", deadline=None, max_examples=60, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "known")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of table that custseg reads, by name."""
    return str(request.param)


@pytest.fixture
def as_kind(kind: str, tmp_path: Path) -> Callable[[pl.DataFrame], object]:
    """Presents a polars DataFrame as each kind of table."""
    return partial(KINDS[kind], folder=tmp_path)


@pytest.fixture(scope="session")
def shared_file() -> Callable[[str], Path]:
    """The path of one of the real logs, which are no part of the repository; skips without it."""
    beside_repository = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("CUSTSEG_DATA") or beside_repository)

    def path(name: str) -> Path:
        if not (folder / name).exists():
            pytest.skip(f"no {folder / name}: set CUSTSEG_DATA to the folder of the real logs")
        return folder / name

    return path
