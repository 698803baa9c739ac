"""What Spark plans to do, read from its physical plan."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from typing import Any


def shuffles(frame: Any, column: str) -> int:
    """How many times rows are moved by a hash that begins with the column of this name, also below a cache."""
    printed = StringIO()
    with redirect_stdout(printed):
        frame.explain()
    exchange = rf"Exchange hashpartitioning\(({column}#.*?)\), "
    return len(set(re.findall(exchange, printed.getvalue())))
