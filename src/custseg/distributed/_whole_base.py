"""`WholeBase`: what the result of a fit to a sample knows of all customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custseg._privacy import SMALLEST_GROUP
from custseg.clustering import Reassignment
from custseg.feature_table import DistributedFeatures
from custseg.texts import counted, text

RETURNED, NO_SEGMENT = -2, -1
"""Keys of the customers in no segment: those who returned everything, and all others."""


@dataclass(frozen=True, eq=False)
class WholeBase:
    """All customers of a fit to a sample of them, as counts and sums.

    Attributes
    ----------
    features : DistributedFeatures
        The features of all customers, in Spark.
    n_sample, n_customers, n_clustered : int
        Customers of the sample, all customers, and those of them that can be clustered.
    min_size : int
        The minimum size among all customers.
    sizes : mapping of int to int
        Customers by label of the segment; -1 and -2 for those in no segment, the latter for returned orders.
    revenue : mapping of int to float
        The sum of the revenue likewise; empty without revenue.
    reassignments : tuple of Reassignment
        Customers reassigned because of the minimum size.
    passes : int
        How often the costs of all customers were read to meet it.
    """

    features: DistributedFeatures
    n_sample: int
    n_customers: int
    n_clustered: int
    min_size: int
    sizes: Mapping[int, int]
    revenue: Mapping[int, float]
    reassignments: tuple[Reassignment, ...]
    passes: int

    def notes(self, language: str, about: str = "note") -> list[str]:
        """What is of the sample and what of all customers; none where the sample has all customers.

        `about` is "note" for a result, and "tables" for its figures in a table.
        """
        if self.n_sample == self.n_customers:
            return []
        words = text(language, "sampled")
        sample, whole = (
            counted(n, text(language, "result", "customers"), language) for n in (self.n_sample, self.n_customers)
        )
        return [str(words[about]).format(sample=sample, customers=whole)]

    def share(self, label: int) -> float | None:
        """Share of the clustered customers; None for customers in no segment."""
        return None if label < 0 else self.sizes.get(label, 0) / self.n_clustered

    def revenue_share(self, label: int) -> float | None:
        """Share of the revenue of all groups of 10 customers or more; None under 10, and where there is no revenue."""
        shown = {group: total for group, total in self.revenue.items() if self.sizes[group] >= SMALLEST_GROUP}
        total = sum(shown.values())
        return shown[label] / total if label in shown and total > 0 else None
