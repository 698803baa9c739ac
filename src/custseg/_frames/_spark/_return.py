"""Results as Spark DataFrames of the caller's session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames._give_back import polars_instead
from custseg._frames._spark._session import functions_of, run_spark


@dataclass(frozen=True)
class SparkLike:
    """Gives back a DataFrame of the same Spark session, with ids in the type they came in.

    What is on Spark stays there. No other process can reach the session: pickled, this gives back polars DataFrames.
    """

    frame: Any

    def __call__(self, table: nw.DataFrame[Any] | nw.LazyFrame[Any], id_column: str) -> Any:
        """The table as a Spark DataFrame."""
        if isinstance(table, nw.LazyFrame):
            return table.to_native()
        result = spark_table(table, self.frame)
        types = {field.name: field.dataType for field in self.frame.schema.fields}
        if "customer_id" in result.columns and id_column in types:
            functions = functions_of(self.frame)
            result = result.withColumn("customer_id", functions.col("customer_id").cast(types[id_column]))
        return result

    def __reduce__(self) -> tuple[Any, ...]:
        return polars_instead, ()


def spark_table(table: nw.DataFrame[Any], frame: Any) -> Any:
    """The local table on the session of the Spark DataFrame."""
    return run_spark(lambda: frame.sparkSession.createDataFrame(table.to_arrow()))
