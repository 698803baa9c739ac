"""A model as SQL, from a table of features to segments and from an order log to features; and the split of a test.

Start at `_to_sql.py`, `_features_sql.py` and `_split_sql.py`, which check what is given; `queries` writes the SQL.
"""

from __future__ import annotations

from custseg.exports.sql._features_sql import features_sql
from custseg.exports.sql._split_sql import split_sql
from custseg.exports.sql._to_sql import to_sql

__all__ = ["features_sql", "split_sql", "to_sql"]
