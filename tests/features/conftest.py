from __future__ import annotations

import pytest
from kinds import EVERY_KIND


@pytest.fixture(params=EVERY_KIND)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of table that custseg reads, Spark too, by name."""
    return str(request.param)
