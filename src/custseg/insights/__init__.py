"""Questions asked of customers and a result: why this segment, and which clustering method."""

from __future__ import annotations

from custseg.insights._compare import ComparedMethod, MethodComparison, compare_methods
from custseg.insights._explain import explain
from custseg.insights._explanation import Change, Explanation, Reason

__all__ = ["Change", "ComparedMethod", "Explanation", "MethodComparison", "Reason", "compare_methods", "explain"]
