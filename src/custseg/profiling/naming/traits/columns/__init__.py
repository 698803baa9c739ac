"""Words for the values of one column: what the column is about, what its numbers are, and what they can be called.

Start at `_column_words.ColumnWords`.
"""

from __future__ import annotations
