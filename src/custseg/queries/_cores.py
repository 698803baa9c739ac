"""The assignment rule of the nearest core in SQL: a join with the prototypes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from custseg.queries._costs import CLUSTER, CONFIDENCE
from custseg.queries._preparation import CLUSTERED, PreparedColumns

ROW = "customer_row"
"""Number of the customer's row: ids may repeat or be missing."""

_CORES = "cores"


def assign_by_cores(prepared: PreparedColumns, rule: Mapping[str, Any]) -> None:
    """Append the steps of `CoreRule`, from the matrix to clusters and confidence."""
    if rule["n_clusters"] == 0:
        _append_unassigned(prepared)
        return
    rows = prepared.last
    _append_pairs(prepared, rule)
    _append_reachability(prepared, neighbors=int(rule["neighbors"]))
    _append_clusters(prepared, rule)
    _append_others(prepared, rows)


def _append_unassigned(prepared: PreparedColumns) -> None:
    """Every customer that can be clustered is noise."""
    sql = prepared.sql
    prepared.add("assigned", prepared.passing({CLUSTER: sql.missing("int"), CONFIDENCE: sql.missing("double")}))


def _append_pairs(prepared: PreparedColumns, rule: Mapping[str, Any]) -> None:
    """The distance of each clustered row to each core."""
    sql = prepared.sql
    rows = prepared.last
    core_columns = ["core", "core_label", "core_distance", *(f"core_{name}" for name in prepared.names)]
    values = [
        [sql.integer(number), sql.integer(label), *(sql.number(value) for value in (distance, *core))]
        for number, (core, distance, label) in enumerate(
            zip(rule["cores"], rule["core_distances"], rule["core_labels"], strict=True)
        )
    ]
    cores = f"{prepared.prefix}_{_CORES}"
    prepared.steps[cores] = sql.values(values, core_columns)
    differences = [sql.column(name) - sql.column(f"core_{name}") for name in prepared.names]
    distance = sql.call("root", sql.total([difference * difference for difference in differences]))
    pairs = prepared.passing({**{name: sql.column(name) for name in core_columns[:3]}, "distance": distance})
    joined = sql.select(pairs, rows).join(sql.table([cores]), join_type="cross")
    prepared.steps[f"{prepared.prefix}_pairs"] = joined.where(sql.column(CLUSTERED).eq(sql.integer(1)))
    prepared.stream_last()


def _append_reachability(prepared: PreparedColumns, *, neighbors: int) -> None:
    """The mutual reachability of rows and cores."""
    sql = prepared.sql
    columns = {name: sql.column(name) for name in ("core", "core_label", "core_distance", "distance")}
    terms: list[exp.Expr] = [columns["core_distance"], columns["distance"]]
    # The core distance of a row is at least that to its nearest core; with one neighbor it changes nothing.
    if neighbors > 1:
        rank = sql.row_number([columns["distance"]], [sql.column(ROW)])
        prepared.add("neighbors", prepared.passing({**columns, "neighbor": rank}))
        prepared.stream_last()
        is_near = sql.column("neighbor") <= sql.integer(neighbors)
        farthest = sql.call("maximum", sql.case([(is_near, columns["distance"])]))
        terms.append(sql.over(farthest, [sql.column(ROW)]))
    reachability = sql.extreme("greatest", terms)
    prepared.add("reachability", prepared.passing({**columns, "reachability": reachability}))
    prepared.stream_last()
    order = sql.columns(["reachability", "distance", "core"])
    ranked = {name: sql.column(name) for name in ("core_label", "reachability")}
    prepared.add("ranked", prepared.passing({**ranked, "core_rank": sql.row_number(order, [sql.column(ROW)])}))
    prepared.stream_last()


def _append_clusters(prepared: PreparedColumns, rule: Mapping[str, Any]) -> None:
    """The nearest cluster of each row, noise beyond its limit, and the confidence."""
    sql = prepared.sql
    groups = sql.columns(prepared.passed)
    nearest = {name: sql.call("minimum", sql.column(name)) for name in ("reachability", "core_rank")}
    prepared.add(
        "nearest",
        prepared.passing({"core_label": sql.column("core_label"), **nearest}),
        group_by=[*groups, sql.column("core_label")],
    )
    is_best = sql.column("core_rank").eq(sql.integer(1))
    label, distance = sql.column("core_label"), sql.column("reachability")
    two = {
        "nearest_label": sql.call("minimum", sql.case([(is_best, label)])),
        "first": sql.call("minimum", sql.case([(is_best, distance)])),
        "second": sql.call("minimum", sql.case([(is_best, sql.missing("double"))], distance)),
    }
    prepared.add("two", prepared.passing(two), group_by=groups)
    first, second, label = sql.columns(["first", "second", "nearest_label"])
    share = sql.quotient(second, first + second)
    # Without a second cluster, or at a distance of 0 from both, the share is not defined.
    confidence = sql.case([((first + second) > sql.number(0.0), share)], sql.number(1.0))
    is_noise = [
        sql.all_of(label.eq(sql.integer(cluster)), first > sql.number(limit))
        for cluster, limit in enumerate(rule["limit"] or ())
    ]
    noise = [sql.any_of(*is_noise)] if is_noise else []
    assigned = {
        CLUSTER: sql.case([(condition, sql.missing("int")) for condition in noise], label),
        CONFIDENCE: sql.case([(condition, sql.missing("double")) for condition in noise], confidence),
    }
    prepared.add("clustered", prepared.passing(assigned))


def _append_others(prepared: PreparedColumns, rows: str) -> None:
    """The clustered customers, and those that cannot be clustered."""
    sql = prepared.sql
    assigned = sql.select(
        prepared.passing({CLUSTER: sql.column(CLUSTER), CONFIDENCE: sql.column(CONFIDENCE)}), prepared.last
    )
    unassigned = sql.select(prepared.passing({CLUSTER: sql.missing("int"), CONFIDENCE: sql.missing("double")}), rows)
    unassigned = unassigned.where(sql.column(CLUSTERED).eq(sql.integer(0)))
    prepared.steps[f"{prepared.prefix}_assigned"] = assigned.union(unassigned, distinct=False)
