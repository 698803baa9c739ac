from __future__ import annotations

from typing import Any

import pytest
from spark_session import session


@pytest.fixture(scope="session")
def spark() -> Any:
    """The session of the whole run."""
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    return session()
