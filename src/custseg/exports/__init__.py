"""Results handed over to other programs: the model as SQL, and the activation list of customers who entered a segment.

Start reading at `_activation.py` for the list, and at `sql/_to_sql.py` for the queries.
"""

from __future__ import annotations

from custseg.exports._activation import export_activation, original_text
from custseg.exports.sql import features_sql, split_sql, to_sql

__all__ = ["export_activation", "features_sql", "original_text", "split_sql", "to_sql"]
