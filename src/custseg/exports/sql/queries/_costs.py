"""The assignment rules by costs in SQL: the nearest center, and the component of the largest posterior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from custseg.exports.sql.queries._preparation import CLUSTERED, PreparedColumns

CLUSTER, CONFIDENCE = "cluster", "confidence"
"""Columns of the last step: the position of the segment, NULL without one, and the confidence."""

# Below exp(-700) a float has fewer digits, and PostgreSQL raises an error.
_MOST_NEGATIVE = 700.0


def assign_by_centers(prepared: PreparedColumns, rule: Mapping[str, Any]) -> None:
    """Append the steps of `CenterRule`, from the matrix to clusters and confidence."""
    sql = prepared.sql
    columns = sql.columns(prepared.names)
    costs = [
        _squared_length(prepared, [value - sql.number(center) for value, center in zip(columns, centers, strict=True)])
        for centers in rule["centers"]
    ]
    reduced = [_reduced(prepared, cost, offset) for cost, offset in zip(costs, rule["offsets"], strict=True)]
    _assign(prepared, reduced, scale=float(rule["scale"]))


def assign_by_components(prepared: PreparedColumns, rule: Mapping[str, Any]) -> None:
    """Append the steps of `MixtureRule`, from the matrix to clusters and confidence."""
    sql = prepared.sql
    columns = sql.columns(prepared.names)
    projections: dict[str, exp.Expr] = {}
    for number, (means, factors) in enumerate(zip(rule["means"], rule["factors"], strict=True)):
        centered = [value - sql.number(mean) for value, mean in zip(columns, means, strict=True)]
        for row, factor in enumerate(factors):
            terms = [sql.number(factor[column]) * centered[column] for column in range(row + 1)]
            projections[f"projection{number}_{row}"] = sql.total(terms)
    prepared.add("projections", prepared.passing(projections))
    reduced = []
    for number, (constant, offset) in enumerate(zip(rule["constants"], rule["offsets"], strict=True)):
        rows = sql.columns([f"projection{number}_{row}" for row in range(len(columns))])
        cost = sql.number(constant) + sql.number(0.5) * _squared_length(prepared, rows)
        reduced.append(_reduced(prepared, cost, offset))
    _assign(prepared, reduced, scale=1.0)


def _squared_length(prepared: PreparedColumns, values: Sequence[exp.Expr]) -> exp.Expr:
    return prepared.sql.total([value * value for value in values])


def _reduced(prepared: PreparedColumns, cost: exp.Expr, offset: float) -> exp.Expr:
    """The cost less the offset."""
    return cost - prepared.sql.number(offset) if offset else cost


def _assign(prepared: PreparedColumns, costs: Sequence[exp.Expr], *, scale: float) -> None:
    """Append the cluster of least cost, of several the first, and its share of exp(-cost / scale)."""
    sql = prepared.sql
    names = [f"cost{number}" for number in range(len(costs))]
    prepared.add("costs", prepared.passing(dict(zip(names, costs, strict=True))))
    best, of_clusters = sql.column("best"), sql.columns(names)
    least = sql.extreme("least", of_clusters)
    prepared.add("best", prepared.passing({**dict(zip(names, of_clusters, strict=True)), "best": least}))
    cluster = sql.case([(cost.eq(best), sql.integer(number)) for number, cost in enumerate(of_clusters)])
    confidence = sql.quotient(sql.number(1.0), sql.total([_weight(prepared, cost, scale) for cost in of_clusters]))
    is_clustered = sql.column(CLUSTERED).eq(sql.integer(1))
    assigned = {CLUSTER: sql.case([(is_clustered, cluster)]), CONFIDENCE: sql.case([(is_clustered, confidence)])}
    prepared.add("assigned", prepared.passing(assigned))


def _weight(prepared: PreparedColumns, cost: exp.Expr, scale: float) -> exp.Expr:
    """The exponential of the difference to the best cost; 0 where that is too small for a float."""
    sql = prepared.sql
    difference = sql.column("best") - cost
    power = sql.call("exponential", sql.quotient(difference, sql.number(scale)) if scale != 1 else difference)
    return sql.case([(difference < sql.number(-_MOST_NEGATIVE * scale), sql.number(0.0))], power)
