"""The feature table, one row per customer: made from logs, or a ready table that the caller gives.

`_feature.py` describes one column, `_table.py` holds the rows, `_given_table.py` reads a ready table.
"""

from __future__ import annotations

from custseg.feature_table._feature import (
    CODE,
    GIVEN_FAMILIES,
    Feature,
    codes_of,
    distinct_labels,
    distinct_phrases,
    labeled,
)
from custseg.feature_table._given_table import (
    UnclusteredReason,
    duplicate_columns,
    given_features,
    is_id,
    unclustered_columns,
)
from custseg.feature_table._table import (
    ID,
    RETURN_COLUMNS,
    FeatureTable,
    Reading,
    as_numbers,
    as_quantities,
    check_features,
    given_features_of,
    returned_everything,
    table_of_columns,
)

__all__ = [
    "CODE",
    "GIVEN_FAMILIES",
    "ID",
    "RETURN_COLUMNS",
    "Feature",
    "FeatureTable",
    "Reading",
    "UnclusteredReason",
    "as_numbers",
    "as_quantities",
    "check_features",
    "codes_of",
    "distinct_labels",
    "distinct_phrases",
    "duplicate_columns",
    "given_features",
    "given_features_of",
    "is_id",
    "labeled",
    "returned_everything",
    "table_of_columns",
    "unclustered_columns",
]
