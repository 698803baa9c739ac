from __future__ import annotations

import gc
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from effort import FULL_EFFORT
from hypothesis import is_hypothesis_test, settings
from kinds import KINDS, LOCAL_KINDS

# `make test` draws few examples, `make test-slow` many (--hypothesis-profile=thorough); on CI always the same.
_ON_CI: dict[str, Any] = {"derandomize": True, "database": None} if os.environ.get("CI") else {}
settings.register_profile("quick", deadline=None, max_examples=FULL_EFFORT // 8, **_ON_CI)
settings.register_profile("thorough", deadline=None, max_examples=FULL_EFFORT, **_ON_CI)
settings.load_profile("quick")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the property tests, which draw more examples in `make test-slow`, before pytest selects by marks."""
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker("property")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave modules and tests, which live to the end, out of garbage collections, which would look at them again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(params=LOCAL_KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of table in memory or in a database that custseg reads, by name; some folders add Spark."""
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
