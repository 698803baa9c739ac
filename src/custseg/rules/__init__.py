"""Rules of segments: IF-THEN rules in the units of the features, measured on held-out customers.

Start with `_segment_rules.py`, the function that users call. `_input.py` reads and splits the customers, `_bins.py`
puts columns into bins, `_beam_search.py` finds the best single rule of a segment, `_tree.py` rules that cover all
customers. `_conditions.py` and `_results.py` are the records that users get. Other parts import from here alone.
"""

from __future__ import annotations

from custseg.rules._conditions import Condition
from custseg.rules._results import Rule, RuleSet, SegmentRules
from custseg.rules._segment_rules import segment_rules

__all__ = ["Condition", "Rule", "RuleSet", "SegmentRules", "segment_rules"]


def __dir__() -> list[str]:
    return __all__
