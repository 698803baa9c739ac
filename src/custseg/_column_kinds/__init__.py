"""Columns of numbers that are not plain amounts: codes that stand for no value, and hours, weekdays and months.

Start with `_notes.py`, whose sentences both the result of a fit and the inspection of a file give; `_codes.py` and
`_cycles.py` decide from the values and the name of one column.
"""

from __future__ import annotations

from custseg._column_kinds._codes import Code, codes_among
from custseg._column_kinds._cycles import Cycle, cycle_of
from custseg._column_kinds._notes import column_notes

__all__ = ["Code", "Cycle", "codes_among", "column_notes", "cycle_of"]
