"""The feature table, one row per customer: made from logs, or a ready table that the caller gives.

`_feature_table.py` holds the table with the description of each column, `_given_table.py` reads a ready one.
"""

from __future__ import annotations

from custseg.feature_table._feature_table import (
    RETURN_COLUMNS,
    Feature,
    FeatureTable,
    Reading,
    as_numbers,
    check_features,
    distinct_labels,
    returned_everything,
    table_of_columns,
)
from custseg.feature_table._given_table import (
    UninformativeReason,
    duplicate_columns,
    given_features,
    is_id,
    uninformative_columns,
)

__all__ = [
    "RETURN_COLUMNS",
    "Feature",
    "FeatureTable",
    "Reading",
    "UninformativeReason",
    "as_numbers",
    "check_features",
    "distinct_labels",
    "duplicate_columns",
    "given_features",
    "is_id",
    "returned_everything",
    "table_of_columns",
    "uninformative_columns",
]
