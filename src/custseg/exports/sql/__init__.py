"""A model as SQL: from a table of features to segments, and from an order log to features.

Start at `_to_sql.py`, which joins the steps: `_preparation.py` prepares the columns, `_costs.py` and `_cores.py` hold the
assignment rules, and `_labels.py` gives numbers, names and confidence. They write SQL by way of `_writer.py` (sqlglot), which
uses the functions of `_functions.py` and no others.
"""

from __future__ import annotations

from custseg.exports.sql._features_sql import features_sql
from custseg.exports.sql._to_sql import to_sql

__all__ = ["features_sql", "to_sql"]
