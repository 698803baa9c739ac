"""`SizeQueries`: how many customers each cluster has, and the costs of those near a boundary, as SQL for Spark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from custseg.preparation import ColumnPlan, Preparation
from custseg.queries._core_arrays import assign_by_core_arrays
from custseg.queries._costs import CLUSTER, center_distances, cheapest, component_cost, component_distances, reduced
from custseg.queries._preparation import CLUSTERED, RETURNED, PreparedColumns
from custseg.queries._segments import Rule, filled_columns, prepared_columns
from custseg.queries._writer import SQLWriter

N, BEFORE, ADDED = "n", "before", "added"
"""Columns of the results: counts; the cluster without offsets; and the sum of what the offsets add to the costs."""


class SizeQueries:
    """The queries of one table of features. None returns a customer: they return counts, sums and distinct costs.

    Parameters
    ----------
    table : str
        The name of the table of features.
    return_columns : sequence of str
        Those of `order_count`, `returned_orders`, `revenue` and `return_share` that it has.
    """

    def __init__(self, table: str, return_columns: Sequence[str]) -> None:
        self.sql = SQLWriter("spark")
        self.table = [table]
        self.return_columns = return_columns

    def groups(self, columns: Sequence[str]) -> str:
        """Counts of customers by `is_clustered` and `is_returned` (1 or 0), if these columns are clustered on."""
        plans = (ColumnPlan(name, "none", scale=1.0, fill=0.0, center=0.0, spread=1.0) for name in columns)
        prepared = filled_columns(
            self.sql,
            Preparation(tuple(plans), {}),
            self.table,
            passed=[CLUSTERED, RETURNED],
            customer_column="",
            return_columns=self.return_columns,
        )
        return self.sql.finished(prepared.steps, self._grouped(prepared.last, [CLUSTERED, RETURNED]))

    def costs(self, preparation: Preparation, rule: Rule, *, carried: Mapping[str, str]) -> str:
        """For each customer `is_clustered`, `is_returned`, the columns to carry (new name: column), and the costs.

        These are `cost0`, `cost1`, ... without offsets; for a rule of prototypes there is the `cluster` instead.
        """
        sql, plain = self.sql, rule.to_dict()
        prepared = prepared_columns(
            sql,
            preparation,
            self.table,
            passed=[CLUSTERED, RETURNED],
            customer_column="",
            return_columns=self.return_columns,
            carried=carried,
        )
        columns = _clusters_or_costs(prepared, plain)
        return sql.finished(prepared.steps, sql.select(prepared.passing(columns), prepared.last))

    def sizes(self, costs: str, offsets: Sequence[float]) -> str:
        """Counts by `cluster` of the clustered customers, from the table that `costs` gives."""
        steps = self._labeled(costs, offsets)
        counted = self._grouped("labeled", [CLUSTER]).where(self.sql.column(CLUSTERED).eq(self.sql.integer(1)))
        return self.sql.finished(steps, counted)

    def totals(self, costs: str, offsets: Sequence[float] | None, *, carried: Sequence[str]) -> str:
        """Counts and sums of all customers by `is_clustered`, `is_returned`, `before` and `cluster`.

        Without offsets, for a rule of prototypes, there is no `before`, and nothing is added to costs.
        """
        sql = self.sql
        sums = {name: sql.call("sum", sql.column(name)) for name in carried}
        flags = [CLUSTERED, RETURNED]
        if offsets is None:
            return sql.finished({}, self._grouped(costs, [*flags, CLUSTER], sums))
        sums[ADDED] = sql.call("sum", sql.column(ADDED))
        return sql.finished(
            self._labeled(costs, offsets, [*flags, *carried]), self._grouped("labeled", [*flags, BEFORE, CLUSTER], sums)
        )

    def near(self, costs: str, offsets: Sequence[float], *, reach: float, at_most: int) -> str:
        """The distinct costs, with their counts, of customers whose two best clusters differ by `reach` or less."""
        sql, k = self.sql, len(offsets)
        steps = self._best(costs, offsets)
        values, best = sql.columns([f"reduced{number}" for number in range(k)]), sql.column("best")
        # The second-best cost is the best one where that occurs twice; else the least of the others.
        times = sql.total([sql.flag(value.eq(best)) for value in values])
        larger = sql.extreme("least", [sql.case([(value > best, value)]) for value in values])
        second = sql.case([(times > sql.integer(1), best)], larger)
        names = [f"cost{number}" for number in range(k)]
        steps["margins"] = sql.select({**self._same([CLUSTERED, *names]), "margin": second - best}, "best")
        near = self._grouped("margins", names).where(sql.column(CLUSTERED).eq(sql.integer(1)))
        if math.isfinite(reach):
            near = near.where(sql.column("margin") <= sql.number(reach))
        return sql.finished(steps, near.limit(at_most))

    def _best(self, costs: str, offsets: Sequence[float], passed: Sequence[str] = (CLUSTERED,)) -> dict[str, exp.Expr]:
        """The steps to the costs, these less the offsets, and the best of both."""
        sql = self.sql
        cost_names = [f"cost{number}" for number in range(len(offsets))]
        less = {
            f"reduced{number}": reduced(sql, sql.column(name), offset)
            for number, (name, offset) in enumerate(zip(cost_names, offsets, strict=True))
        }
        best = {
            "best": sql.extreme("least", sql.columns(list(less))),
            "best_cost": sql.extreme("least", sql.columns(cost_names)),
        }
        same = self._same([*passed, *cost_names])
        return {
            "reduced": sql.select({**same, **less}, costs),
            "best": sql.select({**same, **self._same(list(less)), **best}, "reduced"),
        }

    def _labeled(
        self, costs: str, offsets: Sequence[float], passed: Sequence[str] = (CLUSTERED,)
    ) -> dict[str, exp.Expr]:
        """The steps to the cluster with and without the offsets, and what the offsets add to the cost."""
        sql, k = self.sql, len(offsets)
        steps = self._best(costs, offsets, passed)
        cost_names, less = ([f"{name}{number}" for number in range(k)] for name in ("cost", "reduced"))
        labels: dict[str, exp.Expr] = {
            CLUSTER: cheapest(sql, sql.columns(less), sql.column("best")),
            BEFORE: cheapest(sql, sql.columns(cost_names), sql.column("best_cost")),
        }
        steps["placed"] = sql.select({**self._same([*passed, *cost_names, "best_cost"]), **labels}, "best")
        of_cluster = sql.case(
            [(sql.column(CLUSTER).eq(sql.integer(number)), sql.column(name)) for number, name in enumerate(cost_names)]
        )
        added = {ADDED: of_cluster - sql.column("best_cost")}
        steps["labeled"] = sql.select({**self._same([*passed, BEFORE, CLUSTER]), **added}, "placed")
        return steps

    def _grouped(self, source: str, keys: Sequence[str], sums: Mapping[str, exp.Expr] | None = None) -> exp.Select:
        """Counts and sums of a step by keys."""
        columns = {**self._same(keys), N: self.sql.call("count", self.sql.integer(1)), **(sums or {})}
        return self.sql.select(columns, source).group_by(*self.sql.columns(keys))

    def _same(self, names: Sequence[str]) -> dict[str, exp.Expr]:
        return {name: self.sql.column(name) for name in names}


def _clusters_or_costs(prepared: PreparedColumns, rule: Mapping[str, Any]) -> dict[str, exp.Expr]:
    """The costs of a rule that has them, else the cluster, after the steps that they need."""
    if rule["kind"] == "cores":
        assign_by_core_arrays(prepared, rule)
        return {CLUSTER: prepared.sql.column(CLUSTER)}
    if rule["kind"] == "centers":
        costs = center_distances(prepared, rule)
    else:
        cost = component_cost(prepared.sql, rule)
        costs = [cost(number, value) for number, value in enumerate(component_distances(prepared, rule))]
    return {f"cost{number}": value for number, value in enumerate(costs)}
