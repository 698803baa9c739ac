"""`SampledBase`: customers in Spark, and a sample of them in memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from custseg._checks import check_min_size, optional_module
from custseg._frames import counted
from custseg.distributed._counted import TABLE, size_queries
from custseg.errors import DataError, InfeasibleMinimumError
from custseg.feature_table import DistributedFeatures, FeatureTable, check_base_in_spark, given_features
from custseg.logs import DataReport

_SAMPLE = 200_000
# The smallest segment has so many customers of the sample on average.
_FEWEST_OF_SEGMENT = 400
_LARGEST_SAMPLE = 2_000_000


@dataclass(frozen=True)
class SampledMinimum:
    """The minimum size of a fit to a sample.

    Attributes
    ----------
    n_clustered : int
        All customers that can be clustered.
    count : int
        The minimum size among these.
    in_sample : int or float
        The same in the sample: as a share, or the count if the sample has all customers.
    """

    n_clustered: int
    count: int
    in_sample: int | float


@dataclass(frozen=True, eq=False)
class SampledBase:
    """Customers in Spark, and a sample of them in memory.

    The sample is that of the smallest hashes of the ids, the same in any partitions. It has 200,000 customers, and
    more where a segment of the minimum size would have fewer than 400 of them. The share of any segment among all
    customers is then known from the sample to 0.22 percentage points with 95 % confidence (1.96 sqrt(p (1 - p) / n), p
    = 1/2, n = 200,000; 1 percentage point needs 9,604), and each center is a mean of 400 customers or more. The choice
    of method and number looks at 10,000 rows, as on one machine.

    Attributes
    ----------
    features : DistributedFeatures
        All customers.
    sample : FeatureTable
        Those of the sample.
    n_customers : int
        How many all are.
    """

    features: DistributedFeatures
    sample: FeatureTable
    n_customers: int

    @classmethod
    def of(cls, features: DistributedFeatures, min_size: int | float | str, caller: str) -> SampledBase:
        """The customers with their sample; raises DataError for missing, repeated ids and infinite values."""
        optional_module("sqlglot", f"{caller}: segments in Spark")
        if isinstance(min_size, str):
            raise ValueError(
                f"{caller}: min_size={min_size!r} reads what the customers did, which tables in Spark do not give yet. "
                "Give a count or a share, such as min_size=0.05."
            )
        n_customers = check_base_in_spark(features, caller)
        share = min_size if min_size < 1 else min_size / n_customers
        wanted = max(_SAMPLE, math.ceil(_FEWEST_OF_SEGMENT / max(share, 1e-12)))
        if wanted > _LARGEST_SAMPLE and n_customers > _LARGEST_SAMPLE:
            least = math.ceil(_FEWEST_OF_SEGMENT / _LARGEST_SAMPLE * n_customers)
            raise DataError(
                f"{caller}: min_size={min_size} is {share:.2g} of the {n_customers:,} customers. A sample that knows "
                f"such segments does not fit into memory. Give min_size={least:,} or more."
            )
        sample = features.sample(min(wanted, n_customers), caller)
        if features.reading is not None:
            # Only the values say what a column of a ready table is: a share, a code, a year.
            local = given_features(sample.local, "customer_id", caller)
            reading = replace(features.reading, texts=local.reading.texts if local.reading else {})
            sample = replace(local, give_back=sample.give_back, reading=reading)
            _refuse_numbers_as_text(local, caller)
        return cls(replace(features, described=sample.described), sample, n_customers)

    @property
    def is_whole(self) -> bool:
        """Whether the sample has all customers."""
        return len(self.sample) == self.n_customers

    def minimum(self, columns: Sequence[str], min_size: int | float, caller: str) -> SampledMinimum:
        """The minimum size among all customers that can be clustered on these columns, which Spark counts."""
        counts = counted(size_queries(self.features).groups(columns), {TABLE: self.features.native})
        n_clustered = int(counts.filter(is_clustered=1)["n"].sum())
        if not n_clustered:
            raise DataError(f"{caller}: no customer has a purchase, or a value in the columns {list(columns)}.")
        count = check_min_size(caller, min_size, n_clustered)
        if count > n_clustered and not self.is_whole:
            raise InfeasibleMinimumError(
                f"{caller}: min_size={min_size:,} is more than the {n_clustered:,} customers that can be clustered. "
                f"Give min_size={n_clustered:,} or less.",
                n_clustered,
            )
        # All customers in one segment are a share below 1 too, for 1 is a count.
        share = min(count / n_clustered, 1 - 1e-9)
        return SampledMinimum(n_clustered, count, count if self.is_whole else share)

    def report_of_all(self, report: DataReport) -> DataReport:
        """The report on a ready table with the number of all customers; its findings stay those of the sample."""
        rows = self.n_customers
        return replace(report, logs=tuple(replace(log, rows=rows, customers=rows) for log in report.logs))

    def like(self, table: FeatureTable) -> SampledBase:
        """The same with the sample as it is described now: with other labels, in another language."""
        features = replace(self.features, described=table.described, language=table.language)
        return replace(self, features=features, sample=table)


def sampled(
    features: FeatureTable | DistributedFeatures, min_size: int | float | str, caller: str
) -> tuple[FeatureTable, SampledBase | None]:
    """The table in memory, and whose sample it is; None for a table that was in memory before."""
    if isinstance(features, FeatureTable):
        return features, None
    base = SampledBase.of(features, min_size, caller)
    return base.sample, base


def _refuse_numbers_as_text(table: FeatureTable, caller: str) -> None:
    """Raise if a column of text holds numbers: Spark must compute with it."""
    names = list(table.reading.converted) if table.reading else []
    if names:
        raise DataError(
            f"{caller}: Spark reads the columns {names} as text, and they hold numbers. Cast them, as in "
            f"df.withColumn({names[0]!r}, df[{names[0]!r}].try_cast('double')), or drop them."
        )
