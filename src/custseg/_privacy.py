"""The smallest group of customers that may be described, and how counts of smaller groups are shown."""

from __future__ import annotations

from custseg._format import number

SMALLEST_GROUP = 10
"""Groups of fewer customers are not described, so that nobody can be recognized."""


def group_size(count: int | None, language: str) -> str:
    """The count of a group as people read it; "<10" for None, which stands for 1 to 9 customers."""
    return f"<{SMALLEST_GROUP}" if count is None else number(count, language)
