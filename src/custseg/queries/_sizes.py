"""`SizeQueries`: how many customers each cluster has, and the costs of those near a boundary, as SQL for Spark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from custseg.preparation import ColumnPlan, Preparation
from custseg.queries._core_arrays import assign_by_core_arrays
from custseg.queries._costs import CLUSTER, center_distances, cheapest, component_cost, component_distances, reduced
from custseg.queries._preparation import CLUSTERED, RETURNED, PreparedColumns
from custseg.queries._segments import Rule, filled_columns, prepared_columns
from custseg.queries._writer import SQLWriter

_N = "n"


class SizeQueries:
    """The queries of one table of features, which count and never return a customer.

    Parameters
    ----------
    table : sequence of str
        The name of the table, after those of its catalog and schema.
    return_columns : sequence of str
        Those of `order_count`, `returned_orders`, `revenue` and `return_share` that it has.
    """

    def __init__(self, table: Sequence[str], return_columns: Sequence[str]) -> None:
        self.sql = SQLWriter("spark")
        self.table = table
        self.return_columns = return_columns

    def groups(self, columns: Sequence[str]) -> str:
        """Counts `n` of customers by `is_clustered` and `is_returned` (1 or 0), if these columns are clustered on."""
        plans = (ColumnPlan(name, "none", scale=1.0, fill=0.0, center=0.0, spread=1.0) for name in columns)
        prepared = filled_columns(
            self.sql,
            Preparation(tuple(plans), {}),
            self.table,
            passed=[CLUSTERED, RETURNED],
            customer_column="",
            return_columns=self.return_columns,
        )
        flags = {name: self.sql.column(name) for name in (CLUSTERED, RETURNED)}
        return self._finished(prepared, {**flags, _N: self._count()}, group_by=list(flags))

    def labels(self, preparation: Preparation, rule: Rule) -> str:
        """Counts `n` of the clustered customers by their `cluster`, for a rule of prototypes."""
        prepared = self._prepared(preparation)
        assign_by_core_arrays(prepared, rule.to_dict())
        return self._finished(prepared, {CLUSTER: self.sql.column(CLUSTER), _N: self._count()}, group_by=[CLUSTER])

    def costs(self, preparation: Preparation, rule: Rule) -> str:
        """The costs `cost0`, `cost1`, ... of each clustered customer, without offsets; for the other rules."""
        plain: dict[str, Any] = rule.to_dict()
        prepared = self._prepared(preparation)
        if plain["kind"] == "centers":
            costs = center_distances(prepared, plain)
        else:
            cost = component_cost(self.sql, plain)
            costs = [cost(number, value) for number, value in enumerate(component_distances(prepared, plain))]
        return self._finished(prepared, {f"cost{number}": value for number, value in enumerate(costs)})

    def sizes(self, costs: str, offsets: Sequence[float]) -> str:
        """Counts `n` by `cluster` of a table of costs."""
        steps, names = self._reduced(costs, offsets)
        columns = {CLUSTER: cheapest(self.sql, self.sql.columns(names), self.sql.column("best"))}
        steps["labeled"] = self.sql.select(columns, "best")
        counted = self.sql.select({CLUSTER: self.sql.column(CLUSTER), _N: self._count()}, "labeled")
        return self.sql.finished(steps, counted.group_by(self.sql.column(CLUSTER)))

    def near(self, costs: str, offsets: Sequence[float], *, reach: float, at_most: int) -> str:
        """The distinct costs, with their counts `n`, of customers whose two best clusters differ by `reach` or less."""
        sql = self.sql
        steps, names = self._reduced(costs, offsets)
        own = [f"cost{number}" for number in range(len(names))]
        same = {name: sql.column(name) for name in own}
        is_second = [value > sql.column("best") for value in sql.columns(names)]
        # Where the best cost occurs twice, the margin is 0.
        times = sql.total([sql.flag(value.eq(sql.column("best"))) for value in sql.columns(names)])
        larger = [
            sql.case([(condition, value)]) for condition, value in zip(is_second, sql.columns(names), strict=True)
        ]
        second = sql.case([(times > sql.integer(1), sql.column("best"))], sql.extreme("least", larger))
        steps["margins"] = sql.select({**same, "margin": second - sql.column("best")}, "best")
        near = sql.select({**same, _N: self._count()}, "margins").where(sql.column("margin") <= sql.number(reach))
        return sql.finished(steps, near.group_by(*sql.columns(own)).limit(at_most))

    def _reduced(self, costs: str, offsets: Sequence[float]) -> tuple[dict[str, exp.Expr], list[str]]:
        """The steps from costs to costs less the offsets, and the best of these."""
        sql = self.sql
        own = {f"cost{number}": sql.column(f"cost{number}") for number in range(len(offsets))}
        less = {
            f"reduced{number}": reduced(sql, value, offset)
            for number, (value, offset) in enumerate(zip(own.values(), offsets, strict=True))
        }
        names = list(less)
        passed = {**own, **{name: sql.column(name) for name in names}}
        best = {**passed, "best": sql.extreme("least", sql.columns(names))}
        return {"reduced": sql.select({**own, **less}, costs), "best": sql.select(best, "reduced")}, names

    def _prepared(self, preparation: Preparation) -> PreparedColumns:
        return prepared_columns(
            self.sql,
            preparation,
            self.table,
            passed=[CLUSTERED],
            customer_column="",
            return_columns=self.return_columns,
        )

    def _finished(
        self, prepared: PreparedColumns, columns: dict[str, exp.Expr], *, group_by: Sequence[str] = ()
    ) -> str:
        """The query for these columns of the last step: of all customers if they are grouped by `is_clustered`."""
        query = self.sql.select(columns, prepared.last)
        if CLUSTERED not in group_by:
            query = query.where(self.sql.column(CLUSTERED).eq(self.sql.integer(1)))
        if group_by:
            query = query.group_by(*self.sql.columns(group_by))
        return self.sql.finished(prepared.steps, query)

    def _count(self) -> exp.Expr:
        return self.sql.call("count", self.sql.integer(1))
