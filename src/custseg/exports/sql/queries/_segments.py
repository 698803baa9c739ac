"""The query of a model: reading, filling, preparing and assigning customers, and the names of their segments."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlglot import exp

from custseg.exports.sql.queries._cores import ROW, assign_by_cores
from custseg.exports.sql.queries._costs import CLUSTER, CONFIDENCE, assign_by_centers, assign_by_components
from custseg.exports.sql.queries._predicates import BRANCH, Conditions
from custseg.exports.sql.queries._preparation import CLUSTERED, CUSTOMER, RETURNED, PreparedColumns
from custseg.exports.sql.queries._writer import SQLWriter
from custseg.exports.sql.queries.orders._order_log import ORDERS, RETURN_FEATURES
from custseg.model import SegmentModel

_RULES: Mapping[str, Callable[[PreparedColumns, Mapping[str, Any]], None]] = {
    "centers": assign_by_centers,
    "mixture": assign_by_components,
    "cores": assign_by_cores,
}
"""By the kind of the assignment rule."""


def segments_query(
    model: SegmentModel, dialect: str, table: Sequence[str], *, customer_column: str, return_columns: Sequence[str]
) -> str:
    """The query from a table of features to segments; `table` is its name, after those of its catalog and schema."""
    sql = SQLWriter(dialect)
    groups = [(group, group.rule.to_dict()) for group in model.groups if group.rule is not None]
    needs_rows = any(rule["kind"] == "cores" for _, rule in groups)
    # A step must not have the name of the table that it reads.
    prefix = "custseg" if not table[-1].lower().startswith("custseg") else "segments"
    has_rules = bool(model.branches.items)
    passed = [CUSTOMER, CLUSTERED, RETURNED, *([ROW] if needs_rows else []), *([BRANCH] if has_rules else [])]
    prepared = PreparedColumns(sql, model.preparation, prefix=prefix, passed=passed)
    further = {name: f"raw_{name}" for name in RETURN_FEATURES if name in {*model.preparation.names, *return_columns}}
    conditions = Conditions(sql, model.branches)
    _read(prepared, table, customer_column, further=further, of_rules=conditions.columns("t"))
    _fill(prepared, further, {BRANCH: conditions.branch()} if has_rules else {})
    if groups:
        prepared.prepare()
    matrix = prepared.last
    queries = []
    for group, rule in groups:
        if has_rules:
            prepared.prefix = f"{prefix}_{'others' if group.position < 0 else f'rule{group.position}'}"
            members = prepared.passing({name: sql.column(name) for name in prepared.names})
            prepared.steps[f"{prepared.prefix}_members"] = sql.select(members, matrix).where(
                _is_in(sql, group.position)
            )
        _RULES[rule["kind"]](prepared, rule)
        queries.append(sql.select(_result(sql, model, group.labels), prepared.last))
    if has_rules:
        queries += _without_clusters(sql, model, matrix)
    query: exp.Query = queries[0]
    for further_query in queries[1:]:
        query = query.union(further_query, distinct=False)
    return sql.finished(prepared.steps, query, streamed=prepared.streamed)


def _is_in(sql: SQLWriter, position: int) -> exp.Expr:
    """Whether a customer is in the branch at this position; -1 is none."""
    return sql.column(BRANCH).eq(sql.integer(position))


def _without_clusters(sql: SQLWriter, model: SegmentModel, matrix: str) -> list[exp.Select]:
    """The customers of rules that are one segment, and those of no rule where there are no clusters."""
    queries = []
    for group in model.groups:
        if group.rule is None:
            label = group.labels.start
            columns = {
                CUSTOMER: sql.column(CUSTOMER),
                "segment": sql.integer(model.numbers[label]),
                "name": sql.text(model.names[label]),
                "confidence": sql.double(sql.number(1.0)),
            }
            queries.append(sql.select(columns, matrix).where(_is_in(sql, group.position)))
    if all(group.position >= 0 for group in model.groups):
        outside = {**_result(sql, model, range(0)), "segment": sql.missing("int"), "confidence": sql.missing("double")}
        queries.append(sql.select(outside, matrix).where(_is_in(sql, -1)))
    return queries


def _read(
    prepared: PreparedColumns,
    table: Sequence[str],
    customer: str,
    *,
    further: Mapping[str, str],
    of_rules: Mapping[str, exp.Expr],
) -> None:
    """The first step: the columns as floats, NULL for NaN, and the columns of rules."""
    sql = prepared.sql
    features = dict(zip(prepared.names, (plan.name for plan in prepared.plans), strict=True))
    features |= {step_name: name for name, step_name in further.items()}
    columns: dict[str, exp.Expr] = {CUSTOMER: sql.column(customer, "t").as_(CUSTOMER, quoted=True)}
    for step_name, name in features.items():
        columns[step_name] = sql.without_nan(sql.double(sql.column(name, "t")))
    columns |= of_rules
    if ROW in prepared.passed:
        columns[ROW] = sql.row_number([sql.column(customer, "t")])
    prepared.add("features", columns, sql.table(table, "t"))


def _fill(prepared: PreparedColumns, further: Mapping[str, str], branch: Mapping[str, exp.Expr]) -> None:
    """The second step: which customers can be clustered, and the columns without missing and infinite values.

    `branch` is the column of the rule that takes a customer, where there are rules.
    """
    sql = prepared.sql
    values = sql.columns(prepared.names)
    largest = sql.number(sys.float_info.max)
    has_value = sql.any_of(*(sql.is_present(value) for value in values))
    is_finite = [sql.any_of(sql.is_missing(value), sql.call("absolute", value) <= largest) for value in values]
    returned = _returned_everything(sql, further)
    conditions: list[exp.Expr] = [has_value, *is_finite]
    if ORDERS in further:
        conditions.append(sql.column(further[ORDERS]) > sql.number(0.0))
    no_return = [] if returned is None else [(returned, sql.integer(0))]
    is_clustered = sql.case([*no_return, (sql.all_of(*conditions), sql.integer(1))], sql.integer(0))
    flags = {CLUSTERED: is_clustered, RETURNED: sql.integer(0) if returned is None else sql.flag(returned)}
    rows = {**({ROW: sql.column(ROW)} if ROW in prepared.passed else {}), **branch}
    filled = {
        name: sql.case([(sql.call("absolute", sql.column(name)) <= largest, sql.column(name))], sql.number(plan.fill))
        for name, plan in zip(prepared.names, prepared.plans, strict=True)
    }
    prepared.add("filled", {CUSTOMER: sql.column(CUSTOMER), **flags, **rows, **filled})


def _returned_everything(sql: SQLWriter, further: Mapping[str, str]) -> exp.Expr | None:
    """Whether a customer has ordered and has no order left, as in `feature_table.returned_everything`."""
    if ORDERS not in further:
        return None
    zero, column = sql.number(0.0), {name: sql.column(step_name) for name, step_name in further.items()}
    orders = column[ORDERS]
    undone: list[exp.Expr] = []
    if "returned_orders" in column:
        undone.append(column["returned_orders"] > zero)
    if "revenue" in column:
        undone.append(column["revenue"] < zero)
    cases = [sql.all_of(orders.eq(zero), sql.any_of(*undone))] if undone else []
    if "return_share" in column and "revenue" in column:
        refunded = [column["return_share"].eq(sql.number(1.0)), column["revenue"].eq(zero)]
        cases.append(sql.all_of(orders > zero, *refunded))
    return sql.any_of(*cases) if cases else None


def _result(sql: SQLWriter, model: SegmentModel, labels: range) -> dict[str, exp.Expr]:
    """The columns of the query; `labels` are those of the segments that the clusters are."""
    cluster = sql.column(CLUSTER)
    positions = [(cluster.eq(sql.integer(position)), label) for position, label in enumerate(labels)]
    segment = sql.case([(is_in, sql.integer(model.numbers[label])) for is_in, label in positions])
    named = [(is_in, sql.text(model.names[label])) for is_in, label in positions]
    returned = (sql.column(RETURNED).eq(sql.integer(1)), sql.text(model.returned_name))
    name = sql.case([*named, returned], sql.text(model.unclustered_name))
    return {
        CUSTOMER: sql.column(CUSTOMER),
        "segment": segment,
        "name": name,
        "confidence": sql.column(CONFIDENCE),
    }
