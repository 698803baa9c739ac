"""The assignment rules by costs in SQL: the nearest center, and the component of the largest posterior."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlglot import exp

from custseg.queries._preparation import CLUSTERED, PreparedColumns
from custseg.queries._writer import SQLWriter

CLUSTER, CONFIDENCE, SECOND, DISTANT = "cluster", "confidence", "second", "is_distant"
"""Columns of the last step: the position of the segment, NULL without one, and the confidence; if details are asked
for, the second-best position, and 1 or 0: whether the customer is beyond the reach of the segment."""

# The sum of the weights is at least one: exp(-40) changes none of its digits. PostgreSQL refuses exp(-750).
_MOST_NEGATIVE = 40.0


def assign_by_centers(prepared: PreparedColumns, rule: Mapping[str, Any]) -> None:
    """Append the steps of `CenterRule`, from the matrix to clusters and confidence."""
    _assign(prepared, center_distances(prepared, rule), rule, cost=lambda _, squared: squared)


def assign_by_components(prepared: PreparedColumns, rule: Mapping[str, Any]) -> None:
    """Append the steps of `MixtureRule`, from the matrix to clusters and confidence."""
    _assign(prepared, component_distances(prepared, rule), rule, cost=component_cost(prepared.sql, rule))


def center_distances(prepared: PreparedColumns, rule: Mapping[str, Any]) -> list[exp.Expr]:
    """The squared distance to each center."""
    sql = prepared.sql
    columns = sql.columns(prepared.names)
    return [
        _squared_length(sql, [value - sql.number(center) for value, center in zip(columns, centers, strict=True)])
        for centers in rule["centers"]
    ]


def component_distances(prepared: PreparedColumns, rule: Mapping[str, Any]) -> list[exp.Expr]:
    """The squared distance to each mean in standard deviations of the component, after a step that it needs."""
    sql = prepared.sql
    columns = sql.columns(prepared.names)
    projections: dict[str, exp.Expr] = {}
    for number, (means, factors) in enumerate(zip(rule["means"], rule["factors"], strict=True)):
        centered = [value - sql.number(mean) for value, mean in zip(columns, means, strict=True)]
        for row, factor in enumerate(factors):
            terms = [sql.number(factor[column]) * centered[column] for column in range(row + 1)]
            projections[f"projection{number}_{row}"] = sql.total(terms)
    prepared.add("projections", prepared.passing(projections))
    rows = range(len(columns))
    return [
        _squared_length(sql, sql.columns([f"projection{number}_{row}" for row in rows]))
        for number in range(len(rule["means"]))
    ]


def component_cost(sql: SQLWriter, rule: Mapping[str, Any]) -> Callable[[int, exp.Expr], exp.Expr]:
    """The cost of a component by its number and the squared distance."""
    return lambda number, squared: sql.number(rule["constants"][number]) + sql.number(0.5) * squared


def reduced(sql: SQLWriter, cost: exp.Expr, offset: float) -> exp.Expr:
    """The cost less the offset."""
    return cost - sql.number(offset) if offset else cost


def cheapest(sql: SQLWriter, costs: Sequence[exp.Expr], best: exp.Expr) -> exp.Expr:
    """The number of the first cost that is the best one."""
    return sql.case([(cost.eq(best), sql.integer(number)) for number, cost in enumerate(costs)])


def _squared_length(sql: SQLWriter, values: Sequence[exp.Expr]) -> exp.Expr:
    return sql.total([value * value for value in values])


def _assign(
    prepared: PreparedColumns,
    squared: Sequence[exp.Expr],
    rule: Mapping[str, Any],
    *,
    cost: Callable[[int, exp.Expr], exp.Expr],
) -> None:
    """Append the cluster of least cost, of several the first, and its share of exp(-cost / scale)."""
    sql, scale = prepared.sql, float(rule.get("scale", 1.0))
    squares: dict[str, exp.Expr] = {}
    if prepared.detailed:
        names = [f"squared{number}" for number in range(len(squared))]
        prepared.add("squares", prepared.passing(dict(zip(names, squared, strict=True))))
        squared = sql.columns(names)
        squares = dict(zip(names, squared, strict=True))
    names = [f"cost{number}" for number in range(len(squared))]
    costs = [
        reduced(sql, cost(number, value), offset)
        for number, (value, offset) in enumerate(zip(squared, rule["offsets"], strict=True))
    ]
    prepared.add("costs", prepared.passing({**squares, **dict(zip(names, costs, strict=True))}))
    best, of_clusters = sql.column("best"), sql.columns(names)
    named = dict(zip(names, of_clusters, strict=True))
    prepared.add("best", prepared.passing({**squares, **named, "best": sql.extreme("least", of_clusters)}))
    confidence = sql.quotient(sql.number(1.0), sql.total([_weight(sql, value, scale) for value in of_clusters]))
    is_clustered = sql.column(CLUSTERED).eq(sql.integer(1))
    assigned: dict[str, exp.Expr] = {
        CLUSTER: sql.case([(is_clustered, cheapest(sql, of_clusters, best))]),
        CONFIDENCE: sql.case([(is_clustered, confidence)]),
    }
    if not prepared.detailed:
        prepared.add("assigned", prepared.passing(assigned))
        return
    distant = [
        (value.eq(best), sql.flag(sql.call("root", square) > sql.number(limit)))
        for value, square, limit in zip(of_clusters, squares.values(), rule["reach"], strict=True)
    ]
    prepared.add("assigned", prepared.passing({**named, **assigned, DISTANT: sql.case(distant)}))
    _append_second(prepared, names)


def _append_second(prepared: PreparedColumns, costs: Sequence[str]) -> None:
    """Append the second-best cluster, by the columns of the costs."""
    sql = prepared.sql
    assigned = {name: sql.column(name) for name in (CLUSTER, CONFIDENCE, DISTANT)}
    if len(costs) == 1:
        prepared.add("detailed", prepared.passing({**assigned, SECOND: sql.missing("int")}))
        return
    # Without the best cluster, whose cost may be that of the second-best one too; LEAST skips NULL in Spark alone.
    others = {
        f"other{number}": sql.case(
            [(sql.column(CLUSTER).eq(sql.integer(number)), sql.missing("double"))], sql.column(cost)
        )
        for number, cost in enumerate(costs)
    }
    prepared.add("others", prepared.passing({**assigned, **others}))
    columns = {name: sql.column(name) for name in others}
    next_cost = sql.extreme("least", list(columns.values()))
    prepared.add("next", prepared.passing({**assigned, **columns, "next_cost": next_cost}))
    second = cheapest(sql, list(columns.values()), sql.column("next_cost"))
    second = sql.case([(sql.is_present(sql.column(CLUSTER)), second)])
    prepared.add("detailed", prepared.passing({**assigned, SECOND: second}))


def _weight(sql: SQLWriter, cost: exp.Expr, scale: float) -> exp.Expr:
    """The exponential of the difference to the best cost; 0 where that is too small to change the sum."""
    difference = sql.column("best") - cost
    power = sql.call("exponential", sql.quotient(difference, sql.number(scale)) if scale != 1 else difference)
    return sql.case([(difference < sql.number(-_MOST_NEGATIVE * scale), sql.number(0.0))], power)
