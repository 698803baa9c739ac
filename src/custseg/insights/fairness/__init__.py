"""How segments and plays are spread over groups of people.

`_fairness.py` asks, `_groups.py` makes the groups, `_spread.py` measures, and `_result.py` holds and prints the answer.
"""

from __future__ import annotations
