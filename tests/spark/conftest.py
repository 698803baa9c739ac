from __future__ import annotations

from typing import Any

import pytest
from spark_session import session


@pytest.fixture(scope="session")
def spark() -> Any:
    """One small local session for the whole run."""
    return session()
