"""The assignment rule of the nearest core in SQL with arrays, for Spark: no join, and no rows but the customers'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from custseg.queries._costs import CLUSTER, CONFIDENCE, DISTANT, SECOND
from custseg.queries._preparation import CLUSTERED, PreparedColumns
from custseg.queries._writer import SQLWriter


def assign_by_core_arrays(prepared: PreparedColumns, rule: Mapping[str, Any]) -> None:
    """Append the steps of `CoreRule`, from the matrix to clusters and confidence."""
    sql, k = prepared.sql, int(rule["n_clusters"])
    if k == 0:
        details = {SECOND: sql.missing("int"), DISTANT: sql.integer(0)} if prepared.detailed else {}
        none = {CLUSTER: sql.missing("int"), CONFIDENCE: sql.missing("double"), **details}
        prepared.add("assigned", prepared.passing(none))
        return
    prepared.add("pairs", prepared.passing({f"pairs{j}": _pairs(prepared, rule, j) for j in range(k)}))
    _append_reachability(prepared, k, neighbors=int(rule["neighbors"]))
    _append_two(prepared, k)
    _append_assigned(prepared, rule)


def _pairs(prepared: PreparedColumns, rule: Mapping[str, Any], cluster: int) -> exp.Expr:
    """For each core of a cluster its distance, its core distance and its number."""
    sql = prepared.sql
    cores = [
        _struct(
            sql,
            number=sql.integer(number),
            core_distance=sql.number(distance),
            **{f"at{column}": sql.number(value) for column, value in enumerate(core)},
        )
        for number, (core, distance, label) in enumerate(
            zip(rule["cores"], rule["core_distances"], rule["core_labels"], strict=True)
        )
        if label == cluster
    ]
    differences = [sql.column(name) - _field("core", f"at{column}") for column, name in enumerate(prepared.names)]
    distance = sql.call("root", sql.total([difference * difference for difference in differences]))
    pair = _struct(
        sql, distance=distance, core_distance=_field("core", "core_distance"), number=_field("core", "number")
    )
    return _transformed(sql, sql.call("array", *cores), pair, variable="core")


def _append_reachability(prepared: PreparedColumns, k: int, *, neighbors: int) -> None:
    """The nearest core of each cluster by mutual reachability; of equally near ones the first."""
    sql = prepared.sql
    pairs = [f"pairs{j}" for j in range(k)]
    terms = [_field("pair", "core_distance"), _field("pair", "distance")]
    # The core distance of a row is at least that to its nearest core; with one neighbor it changes nothing.
    if neighbors > 1:
        distances = [_transformed(sql, sql.column(name), _field("pair", "distance"), variable="pair") for name in pairs]
        ordered = sql.call("array_sort", sql.call("concatenated", *distances))
        farthest = sql.call("element", ordered, sql.integer(neighbors))
        prepared.add("neighbors", prepared.passing({**_same(sql, pairs), "own_distance": farthest}))
        terms.append(sql.column("own_distance"))
    reached = _struct(
        sql,
        reachability=sql.extreme("greatest", terms),
        distance=_field("pair", "distance"),
        number=_field("pair", "number"),
    )
    nearest = {
        f"nearest{j}": sql.call("array_min", _transformed(sql, sql.column(name), reached, variable="pair"))
        for j, name in enumerate(pairs)
    }
    prepared.add("nearest", prepared.passing(nearest))


def _append_two(prepared: PreparedColumns, k: int) -> None:
    """The nearest core of all, its cluster, and the next cluster with its distance."""
    sql = prepared.sql
    names = [f"nearest{j}" for j in range(k)]
    nearest = sql.columns(names)
    best = sql.extreme("least", nearest)
    prepared.add("first", prepared.passing({**_same(sql, names), "best": best}))
    label = sql.case([(value.eq(sql.column("best")), sql.integer(j)) for j, value in enumerate(nearest)])
    first = exp.Dot(this=sql.column("best"), expression=sql.quoted("reachability"))
    prepared.add("labeled", prepared.passing({**_same(sql, names), "nearest_label": label, "first": first}))
    next_of_each = [
        sql.case(
            [
                (
                    sql.column("nearest_label").eq(sql.integer(j)).not_(),
                    _struct(sql, reachability=_field(name, "reachability"), label=sql.integer(j)),
                )
            ]
        )
        for j, name in enumerate(names)
    ]
    passed = _same(sql, ["nearest_label", "first"])
    if k == 1:
        prepared.add("two", prepared.passing({**passed, SECOND: sql.missing("int")}))
        return
    prepared.add("runners_up", prepared.passing({**passed, "runner_up": sql.extreme("least", next_of_each)}))
    two = {"next_distance": _field("runner_up", "reachability"), SECOND: _field("runner_up", "label")}
    prepared.add("two", prepared.passing({**passed, **two}))


def _append_assigned(prepared: PreparedColumns, rule: Mapping[str, Any]) -> None:
    """Noise beyond the limit of its cluster, and the confidence."""
    sql, k = prepared.sql, int(rule["n_clusters"])
    first, second, label = sql.columns(["first", "next_distance", "nearest_label"])
    confidence: exp.Expr = sql.number(1.0)
    if k > 1:
        # At a distance of 0 from two clusters, the share is not defined.
        confidence = sql.case([((first + second) > sql.number(0.0), sql.quotient(second, first + second))], confidence)
    is_in = [label.eq(sql.integer(j)) for j in range(k)]
    noise = [
        sql.all_of(in_cluster, first > sql.number(limit))
        for in_cluster, limit in zip(is_in, rule["limit"] or (), strict=False)
    ]
    is_clustered = sql.all_of(sql.column(CLUSTERED).eq(sql.integer(1)), *(condition.not_() for condition in noise))
    values: dict[str, exp.Expr] = {CLUSTER: label, CONFIDENCE: confidence}
    if prepared.detailed:
        distant = [
            (sql.all_of(in_cluster, first > sql.number(r)), sql.integer(1))
            for in_cluster, r in zip(is_in, rule["reach"], strict=True)
        ]
        values |= {SECOND: sql.column(SECOND), DISTANT: sql.case(distant, sql.integer(0))}
    prepared.add("assigned", prepared.passing({name: sql.case([(is_clustered, v)]) for name, v in values.items()}))


def _same(sql: SQLWriter, names: Sequence[str]) -> dict[str, exp.Expr]:
    return {name: sql.column(name) for name in names}


def _struct(sql: SQLWriter, **fields: exp.Expr) -> exp.Expr:
    """A record, ordered by its fields."""
    return sql.call("struct", *(item for name, value in fields.items() for item in (sql.text(name), value)))


def _field(record: str, name: str) -> exp.Expr:
    return exp.Dot(this=exp.to_identifier(record, quoted=True), expression=exp.to_identifier(name, quoted=True))


def _transformed(sql: SQLWriter, array: exp.Expr, value: exp.Expr, *, variable: str) -> exp.Expr:
    """The array with each element, called `variable` in the value, replaced by that."""
    function = exp.Lambda(this=value, expressions=[exp.to_identifier(variable, quoted=True)])
    return sql.call("transformed", array, function)
