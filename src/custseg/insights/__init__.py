"""Questions about a segmentation: why a customer is in a segment (`explain`), which method to use (`compare_methods`).

Start reading at `_explain.py` or `_compare.py`; `_counterfactual.py` searches for the smallest change of one feature
that puts a customer into another segment, `_explanation.py` holds the records and their sentences.
"""

from __future__ import annotations

from custseg.insights._compare import ComparedMethod, MethodComparison, compare_methods
from custseg.insights._explain import explain
from custseg.insights._explanation import Counterfactual, Explanation, Reason

__all__ = [
    "ComparedMethod",
    "Counterfactual",
    "Explanation",
    "MethodComparison",
    "Reason",
    "compare_methods",
    "explain",
]
