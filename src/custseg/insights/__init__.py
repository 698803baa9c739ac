"""Questions asked of a result: why this customer is in this segment."""

from __future__ import annotations

from custseg.insights._explain import explain
from custseg.insights._explanation import Change, Explanation, Reason

__all__ = ["Change", "Explanation", "Reason", "explain"]
