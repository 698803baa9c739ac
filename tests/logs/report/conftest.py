from __future__ import annotations

import pytest
from kinds import KINDS

# test_every_kind.py holds every finding on all kinds; tests by hand run on all of them in `make test-all`.
_QUICK = ("polars", "duckdb", "csv")


@pytest.fixture(params=[pytest.param(kind, marks=[] if kind in _QUICK else pytest.mark.slow) for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of table that custseg reads, by name; the less different ones are slow tests."""
    return str(request.param)
