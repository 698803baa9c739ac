"""What comes before the clusters of a fit, rules or stages, and what is left to be clustered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

from custseg._numerics import Bools
from custseg.feature_table import FeatureTable
from custseg.logs import Logs
from custseg.rule_groups._lifecycle import lifecycle_groups
from custseg.rule_groups._rule_groups import RuleGroups, rule_groups
from custseg.rule_segments import RuleSegments
from custseg.texts import listed


@dataclass(frozen=True)
class WhatComesFirst:
    """The rules or the stages that come before the clusters.

    Attributes
    ----------
    rules : RuleSegments or None
        The rules of the user.
    lifecycle : bool
        Whether the stages of the lifecycle come first.
    """

    rules: RuleSegments | None
    lifecycle: bool

    @classmethod
    def checked(cls, rules: object, lifecycle: object, *, n_segments: object, caller: str) -> WhatComesFirst:
        """The arguments of a fit; raises if they cannot be used, or exclude each other."""
        if not isinstance(lifecycle, bool):
            raise TypeError(f"{caller}: lifecycle must be True or False, got {type(lifecycle).__name__}.")
        others = {"rules=": rules, "n_segments=": n_segments}
        if lifecycle and (given := [name for name, value in others.items() if value is not None]):
            raise TypeError(f"{caller}: lifecycle=True makes its own stages and numbers; leave out {listed(given)}.")
        if isinstance(rules, (str, PathLike)):
            return cls(RuleSegments.from_toml(rules), lifecycle)
        return cls(None if rules is None else RuleSegments(rules), lifecycle)

    def groups(
        self,
        table: FeatureTable,
        columns: Sequence[str],
        *,
        min_size: int | float,
        logs: Logs | None,
        is_sample: bool,
        caller: str,
    ) -> RuleGroups | None:
        """The customers that are taken, and the rest; None where nothing comes first.

        Raises TypeError for a sample of customers in Spark: the sizes of rules are counts of all customers.
        """
        if is_sample and (self.lifecycle or self.rules is not None):
            name = "lifecycle=True" if self.lifecycle else "rules="
            raise TypeError(
                f"{caller}: {name} cannot be used with tables in Spark, of which a sample is clustered. Collect the "
                "features, as in df.toArrow(), or assign the customers in Spark by a model that was fitted elsewhere."
            )
        if self.lifecycle:
            return lifecycle_groups(table, columns, min_size=min_size, caller=caller)
        if self.rules is None:
            return None
        currency = None if logs is None else logs.currency
        return rule_groups(table, columns, self.rules, min_size=min_size, currency=currency, caller=caller)


def rest_of(
    groups: RuleGroups | None, n_segments: int | range | None, numbers: range, *, size: int | float
) -> tuple[int | range | None, range, Bools | None, int | float]:
    """What is left to be clustered: the requested number, the numbers to try, who may be clustered, the minimum size.

    Where nobody is left, all customers as one cluster stand for the rest, which is then no segment.
    """
    if groups is None:
        return n_segments, numbers, None, size
    if groups.n_rest == 0:
        return 1, range(1, 2), None, 1
    if n_segments is None and groups.n_rest < 2 * groups.min_size:
        return 1, range(1, 2), groups.is_rest, groups.min_size
    return n_segments, numbers, groups.is_rest, groups.min_size
