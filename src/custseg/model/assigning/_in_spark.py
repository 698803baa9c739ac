"""Assigns customers whose features are in Spark, by the rule of a model as expressions of Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from custseg._checks import optional_module
from custseg._frames import spark_sql
from custseg.feature_table import ID, RETURN_FEATURES, DistributedFeatures, check_numbers_in_spark

if TYPE_CHECKING:
    from custseg.queries import Assigning

_TABLE = "customers_in_spark"


def assigned_in_spark(model: Assigning, table: DistributedFeatures, caller: str) -> Any:
    """The table that `SegmentModel.assign` returns, as a Spark DataFrame: nothing is computed until it is used.

    The rule is the SQL of `exports.to_sql`, with the second-best segment and outliers besides. No function of Python
    runs in Spark, so that executors need nothing, and what is computed does not depend on the partitions.

    Parameters
    ----------
    model : SegmentModel
        The model.
    table : DistributedFeatures
        The features.
    caller : str
        Name of the calling function, for errors.

    Raises
    ------
    DataError
        If the table lacks columns of the model, or Spark reads them as text.
    MissingDependencyError
        If sqlglot is not installed, which writes the expressions.
    """
    optional_module("sqlglot", f"{caller}: assigning customers in Spark")
    from custseg.queries import segments_query

    check_numbers_in_spark(table, model.preparation.number_names, caller)
    numeric = table.numeric_names()
    query = segments_query(
        model,
        "spark",
        [_TABLE],
        customer_column=ID,
        return_columns=[name for name in RETURN_FEATURES if name in numeric],
        detailed=True,
    )
    return spark_sql(query, {_TABLE: table.native})
