"""The feature table, one row per customer: made from logs, or a ready table that the caller gives.

`_feature.py` describes one column, `_described.py` all columns of a table. `_table.py` holds the rows,
`_distributed.py` leaves them in Spark, and `_given_table.py` reads a ready table.
"""

from __future__ import annotations

from custseg.feature_table._categories import Levels
from custseg.feature_table._distributed import DistributedFeatures
from custseg.feature_table._feature import (
    CODE,
    GIVEN_FAMILIES,
    Feature,
    codes_of,
    distinct_labels,
    distinct_phrases,
    labeled,
)
from custseg.feature_table._given_in_spark import (
    check_base_in_spark,
    check_numbers_in_spark,
    features_in_spark,
)
from custseg.feature_table._given_table import (
    UnclusteredReason,
    duplicate_columns,
    given_features,
    is_id,
    unclustered_columns,
)
from custseg.feature_table._label_flags import with_flags_of_fit, with_label_flags
from custseg.feature_table._season import OF_SEASON, PART_STARTS, PARTS, PRIOR_ORDERS, YEAR, Season
from custseg.feature_table._table import (
    ID,
    RETURN_COLUMNS,
    RETURN_FEATURES,
    FeatureTable,
    Reading,
    as_numbers,
    as_quantities,
    check_clusterable,
    check_features,
    given_features_of,
    returned_everything,
    table_of_columns,
)

__all__ = [
    "CODE",
    "GIVEN_FAMILIES",
    "ID",
    "OF_SEASON",
    "PARTS",
    "PART_STARTS",
    "PRIOR_ORDERS",
    "RETURN_COLUMNS",
    "RETURN_FEATURES",
    "YEAR",
    "DistributedFeatures",
    "Feature",
    "FeatureTable",
    "Levels",
    "Reading",
    "Season",
    "UnclusteredReason",
    "as_numbers",
    "as_quantities",
    "check_base_in_spark",
    "check_clusterable",
    "check_features",
    "check_numbers_in_spark",
    "codes_of",
    "distinct_labels",
    "distinct_phrases",
    "duplicate_columns",
    "features_in_spark",
    "given_features",
    "given_features_of",
    "is_id",
    "labeled",
    "returned_everything",
    "table_of_columns",
    "unclustered_columns",
    "with_flags_of_fit",
    "with_label_flags",
]
