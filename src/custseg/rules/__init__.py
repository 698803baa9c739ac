"""Rules of segments: IF-THEN rules in the units of the features, measured on held-out customers.

Start with `_segment_rules.py` and `_shortest_rules.py`, the functions that users call. `_labeled.py` and `_input.py`
read and split the customers, `_bins.py` puts columns into bins, `_beam_search.py` finds the best single rule of a
segment, `_tree.py` rules that cover all customers, `_few_columns.py` such rules on the fewest columns, with
`_unanswered.py` for missing values. `_conditions.py` and `_results.py` are the records that users get. Other parts
import from here alone.
"""

from __future__ import annotations

from custseg.rules._conditions import Condition
from custseg.rules._results import Rule, RuleSet, SegmentRules
from custseg.rules._segment_rules import segment_rules
from custseg.rules._shortest_rules import ShortestRules, shortest_rules

__all__ = ["Condition", "Rule", "RuleSet", "SegmentRules", "ShortestRules", "segment_rules", "shortest_rules"]


def __dir__() -> list[str]:
    return __all__
