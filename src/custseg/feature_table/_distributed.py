"""`DistributedFeatures`: a feature table whose rows stay in Spark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_integer
from custseg._frames import count_rows, counts_of_values, local_returner, numeric_columns, release, smallest_hashes
from custseg._numerics import Floats, Integers
from custseg.feature_table._described import DescribedColumns
from custseg.feature_table._feature import Feature
from custseg.feature_table._table import ID, FeatureTable, Reading
from custseg.snapshot import Snapshot

SALT = "custseg sample"
"""Of the hash that samples are drawn by: the same customers in every run."""


@dataclass(frozen=True, eq=False, repr=False)
class DistributedFeatures(DescribedColumns):
    """Features of customers in Spark: one row per customer, which is not read before it is needed.

    `build_features` returns it for logs in Spark. `fit_segments` and `assign` take it as `features`.

    Attributes
    ----------
    native : pyspark DataFrame
        The ids in `customer_id` and one column per feature, of a classic session or of Spark Connect.
    described : tuple of Feature
        One entry per feature column, in the order of the columns.
    snapshot : Snapshot or None
        Snapshot of the features; None for a ready table.
    reading : Reading or None
        How a ready table was read; None for features of logs.
    figures : mapping of str to object
        By family, the figures of the customer base that the features were computed with; empty for a ready table.
    language : {"en", "ru"}
        Of texts.
    kept : tuple of pyspark DataFrames
        What Spark keeps in memory and on disk to compute the rows of, until `release`.
    """

    native: Any
    described: tuple[Feature, ...]
    snapshot: Snapshot | None = None
    reading: Reading | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"
    kept: tuple[Any, ...] = ()

    def release(self) -> None:
        """Free the memory and the disk that Spark keeps for this table; its rows are then computed from the logs."""
        release(self.kept)

    @property
    def frame(self) -> Any:
        """The table as a Spark DataFrame."""
        return self.native

    def numeric_names(self) -> list[str]:
        """Names of the numeric feature columns, without booleans."""
        numeric = set(self._numeric)
        return [name for name in self.names if name in numeric]

    def n_customers(self) -> int:
        """Number of customers; Spark counts them once."""
        return self._n_customers

    def counts_of_values(self, name: str) -> tuple[Floats, Integers]:
        """The distinct values of a column that has few, in increasing order, and how many customers have each."""
        counts = counts_of_values(self.native, name)
        return counts["value"].to_numpy().astype(np.float64), counts["n"].to_numpy()

    def sample(self, n: int, caller: str) -> FeatureTable:
        """The `n` customers whose ids have the smallest hash, as a table in memory; all of them if there are fewer.

        They depend on the ids alone, not on the partitions: the hash is that of `proof.split`, with a salt of its own.
        """
        check_integer(caller, "n", n, minimum=1)
        rows = smallest_hashes(self.native, ID, n=n, n_rows=self._n_customers, salt=SALT)
        return FeatureTable(
            nw.from_native(rows, eager_only=True),
            self.described,
            local_returner(ID),
            snapshot=self.snapshot,
            reading=self.reading,
            figures=self.figures,
            language=self.language,
        )

    @cached_property
    def _numeric(self) -> list[str]:
        return numeric_columns(self.native)

    @cached_property
    def _n_customers(self) -> int:
        return count_rows(self.native)
