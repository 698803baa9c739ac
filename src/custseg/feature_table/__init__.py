"""One row per customer: the table of features, and the description of each column.

`_feature.py` describes one column; `_table.py` holds the rows and reads tables that the caller gives.
"""

from __future__ import annotations

from custseg.feature_table._feature import Feature, distinct_labels, distinct_phrases, labeled
from custseg.feature_table._table import (
    ID,
    FeatureTable,
    as_numbers,
    check_features,
    given_features,
    numbers_as_text,
    table_of_columns,
)

__all__ = [
    "ID",
    "Feature",
    "FeatureTable",
    "as_numbers",
    "check_features",
    "distinct_labels",
    "distinct_phrases",
    "given_features",
    "labeled",
    "numbers_as_text",
    "table_of_columns",
]
