"""The query of a model: reading, filling, preparing and assigning customers, and the names of their segments."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlglot import exp

from custseg._frames import OWN_ERROR
from custseg.feature_table import RETURN_FEATURES
from custseg.preparation import Preparation
from custseg.queries._core_arrays import assign_by_core_arrays
from custseg.queries._cores import ROW, assign_by_cores
from custseg.queries._costs import CLUSTER, CONFIDENCE, DISTANT, SECOND, assign_by_centers, assign_by_components
from custseg.queries._predicates import BRANCH, Branching, Conditions
from custseg.queries._preparation import BEYOND, CLUSTERED, CUSTOMER, RETURNED, PreparedColumns
from custseg.queries._writer import SQLWriter

_RULES: Mapping[str, Callable[[PreparedColumns, Mapping[str, Any]], None]] = {
    "centers": assign_by_centers,
    "mixture": assign_by_components,
    "cores": assign_by_cores,
}
"""By the kind of the assignment rule."""
_WITH_ARRAYS = ("spark",)
_ORDERS = RETURN_FEATURES[0]
_NO_ID = "assign: a row has no customer id. Leave out rows without one."
_INFINITE = "assign: the columns of the model must be finite or missing, and a customer has an infinite value in one."


class Rule(Protocol):
    """An assignment rule in lists, numbers and words."""

    def to_dict(self) -> dict[str, Any]: ...


class Group(Protocol):
    """The customers of a rule before the clusters, or of none (position -1), with the labels of their segments."""

    @property
    def position(self) -> int: ...
    @property
    def rule(self) -> Rule | None: ...
    @property
    def labels(self) -> range: ...


class Assigning(Protocol):
    """What a query needs of a model."""

    @property
    def preparation(self) -> Preparation: ...
    @property
    def branches(self) -> Branching: ...
    @property
    def groups(self) -> Sequence[Group]: ...
    @property
    def numbers(self) -> tuple[int, ...]: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def unclustered_name(self) -> str: ...
    @property
    def returned_name(self) -> str: ...


def segments_query(
    model: Assigning,
    dialect: str,
    table: Sequence[str],
    *,
    customer_column: str,
    return_columns: Sequence[str],
    detailed: bool = False,
) -> str:
    """The query from a table of features to segments; `table` is its name, after those of its catalog and schema.

    With `detailed`, in Spark, the columns are all of those of `SegmentModel.assign`, and a missing id or an infinite
    value is an error when the query is computed.
    """
    sql = SQLWriter(dialect)
    rules = [(group, group.rule.to_dict()) for group in model.groups if group.rule is not None]
    conditions = Conditions(sql, model.branches) if model.branches.predicates else None
    needs_rows = any(_assign_of(rule, dialect) is assign_by_cores for _, rule in rules)
    prepared = filled_columns(
        sql,
        model.preparation,
        table,
        passed=[CUSTOMER, CLUSTERED, RETURNED, *([ROW] if needs_rows else [])],
        detailed=detailed,
        customer_column=customer_column,
        return_columns=return_columns,
        conditions=conditions,
    )
    if rules:
        prepared.prepare()
    matrix, prefix, queries = prepared.last, prepared.prefix, []
    for group, rule in rules:
        if conditions is not None:
            prepared.prefix = f"{prefix}_{'others' if group.position < 0 else f'rule{group.position}'}"
            _append_members(prepared, matrix, group.position)
        _assign_of(rule, dialect)(prepared, rule)
        columns = _result(sql, model, group.labels)
        if detailed:
            of_group = _details(prepared, model, group.labels)
            columns = {**columns, "segment": exp.cast(columns["segment"], "bigint"), **of_group}
        queries.append(sql.select(columns, prepared.last))
    if conditions is not None:
        queries += _without_clusters(prepared, model, matrix)
    query: exp.Query = queries[0]
    for next_query in queries[1:]:
        query = query.union(next_query, distinct=False)
    return sql.finished(prepared.steps, query, streamed=prepared.streamed)


def _assign_of(rule: Mapping[str, Any], dialect: str) -> Callable[[PreparedColumns, Mapping[str, Any]], None]:
    """What appends the steps of a rule."""
    assign = _RULES[rule["kind"]]
    return assign_by_core_arrays if assign is assign_by_cores and dialect in _WITH_ARRAYS else assign


def _append_members(prepared: PreparedColumns, matrix: str, position: int) -> None:
    """The step with the customers of one rule before the clusters, or of none."""
    sql = prepared.sql
    columns = prepared.passing({name: sql.column(name) for name in prepared.names})
    is_member = sql.column(BRANCH).eq(sql.integer(position))
    prepared.steps[f"{prepared.prefix}_members"] = sql.select(columns, matrix).where(is_member)


def _without_clusters(prepared: PreparedColumns, model: Assigning, matrix: str) -> list[exp.Select]:
    """The customers of rules that are one segment, and those of no rule where there are no clusters."""
    sql, queries = prepared.sql, []
    labels = {group.position: group.labels.start for group in model.groups if group.rule is None}
    if all(group.position >= 0 for group in model.groups):
        labels[-1] = -1
    for position, label in labels.items():
        number, columns = sql.missing("bigint"), _result(sql, model, range(0))
        confidence = sql.missing("double")
        if label >= 0:
            number, confidence = exp.cast(sql.integer(model.numbers[label]), "bigint"), sql.double(sql.number(1.0))
            columns["name"] = sql.text(model.names[label])
        columns = {**columns, "segment": number, "confidence": confidence}
        if prepared.detailed:
            is_outlier = sql.missing("boolean") if label < 0 else exp.false()
            columns = {**columns, "second_segment": sql.missing("bigint"), "is_outlier": is_outlier}
        queries.append(sql.select(columns, matrix).where(sql.column(BRANCH).eq(sql.integer(position))))
    return queries


def prepared_columns(
    sql: SQLWriter,
    preparation: Preparation,
    table: Sequence[str],
    *,
    passed: Sequence[str],
    customer_column: str,
    return_columns: Sequence[str],
    carried: Mapping[str, str] | None = None,
    detailed: bool = False,
) -> PreparedColumns:
    """The steps from a table of features to the matrix; `carried` has further columns to pass on, by new names."""
    prepared = filled_columns(
        sql,
        preparation,
        table,
        passed=passed,
        customer_column=customer_column,
        return_columns=return_columns,
        carried=carried,
        detailed=detailed,
    )
    prepared.prepare()
    return prepared


def filled_columns(
    sql: SQLWriter,
    preparation: Preparation,
    table: Sequence[str],
    *,
    passed: Sequence[str],
    customer_column: str,
    return_columns: Sequence[str],
    carried: Mapping[str, str] | None = None,
    detailed: bool = False,
    conditions: Conditions | None = None,
) -> PreparedColumns:
    """The steps to columns without missing values, and whether each customer can be clustered.

    `conditions` are those of rules before the clusters; the column `branch` has the position of the first true one.
    """
    # A step must not have the name of the table that it reads.
    prefix = "custseg" if not table[-1].lower().startswith("custseg") else "segments"
    carried = carried or {}
    passed = [*passed, *([] if conditions is None else [BRANCH]), *carried]
    prepared = PreparedColumns(sql, preparation, prefix=prefix, passed=passed, detailed=detailed)
    clustered_on = {plan.name: step for step, plan in zip(prepared.names, prepared.plans, strict=True)}
    of_returns = {
        name: clustered_on.get(name, f"raw_{name}")
        for name in RETURN_FEATURES
        if name in {*preparation.names, *return_columns}
    }
    of_rules = {} if conditions is None else conditions.columns("t")
    further = {step: name for name, step in of_returns.items() if name not in clustered_on}
    _read(prepared, table, customer_column, further={**further, **carried}, of_rules=of_rules)
    _fill(prepared, of_returns, {} if conditions is None else {BRANCH: conditions.branch()})
    return prepared


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
    features |= further
    columns: dict[str, exp.Expr] = {}
    if CUSTOMER in prepared.passed:
        columns[CUSTOMER] = _ids(prepared, customer).as_(CUSTOMER, quoted=True)
    for step_name, name in features.items():
        columns[step_name] = sql.without_nan(sql.double(sql.column(name, "t")))
    for code_name, plan in zip(prepared.code_names, prepared.categories, strict=True):
        columns[code_name] = prepared.code(plan, sql.column(plan.name, "t"))
    columns |= of_rules
    if ROW in prepared.passed:
        columns[ROW] = sql.row_number([sql.column(customer, "t")])
    prepared.add("features", columns, sql.table(table, "t"))


def _ids(prepared: PreparedColumns, customer: str) -> exp.Expr:
    """The ids; where Spark assigns customers, a missing one is an error as in Python."""
    sql = prepared.sql
    ids = sql.column(customer, "t")
    if not prepared.detailed:
        return ids
    return sql.case([(sql.is_missing(ids), sql.call("raised", sql.text(OWN_ERROR + _NO_ID)))], ids)


def _fill(prepared: PreparedColumns, of_returns: Mapping[str, str], branch: Mapping[str, exp.Expr]) -> None:
    """The second step: which customers can be clustered, and the columns without missing and infinite values.

    `of_returns` has the columns of the first step by the features that tell of returns; `branch` is the column of the
    rule that takes a customer, where there are rules.
    """
    sql = prepared.sql
    values = sql.columns(prepared.names)
    largest = sql.number(sys.float_info.max)
    has_value = sql.any_of(*(sql.is_present(value) for value in [*values, *sql.columns(prepared.code_names)]))
    is_finite = [sql.any_of(sql.is_missing(value), sql.call("absolute", value) <= largest) for value in values]
    returned = _returned_everything(sql, of_returns)
    usable: list[exp.Expr] = [has_value]
    if _ORDERS in of_returns:
        usable.append(sql.column(of_returns[_ORDERS]) > sql.number(0.0))
    branches: list[tuple[exp.Expr, exp.Expr]] = [] if returned is None else [(returned, sql.integer(0))]
    if prepared.detailed:
        infinite = sql.any_of(*(condition.not_() for condition in is_finite))
        branches.append((sql.all_of(*usable, infinite), sql.call("raised", sql.text(OWN_ERROR + _INFINITE))))
        is_finite = []
    is_clustered = sql.case([*branches, (sql.all_of(*usable, *is_finite), sql.integer(1))], sql.integer(0))
    flags = {CLUSTERED: is_clustered, RETURNED: sql.integer(0) if returned is None else sql.flag(returned)}
    computed = {**flags, **branch}
    passed = {name: computed.get(name, sql.column(name)) for name in prepared.passed}
    filled = {
        name: _filled(prepared, sql.column(name), plan.fill)
        for name, plan in zip(prepared.names, prepared.plans, strict=True)
    }
    # Missing values add nothing to scores.
    flags_of_numbers = {
        flag: sql.flag(sql.is_present(value)) for flag, value in zip(prepared.flag_names, values, strict=False)
    }
    codes = {name: sql.column(name) for name in prepared.code_names}
    prepared.add("filled", {**passed, **filled, **codes, **flags_of_numbers})


def _filled(prepared: PreparedColumns, value: exp.Expr, fill: float) -> exp.Expr:
    """The value, or another one where it is missing, or infinite and that is no error."""
    sql = prepared.sql
    if prepared.detailed:
        return exp.Coalesce(this=value, expressions=[sql.number(fill)])
    is_finite = sql.call("absolute", value) <= sql.number(sys.float_info.max)
    return sql.never_missing(sql.case([(is_finite, value)], sql.number(fill)))


def _returned_everything(sql: SQLWriter, of_returns: Mapping[str, str]) -> exp.Expr | None:
    """Whether a customer has ordered and has no order left, as in `feature_table.returned_everything`."""
    if _ORDERS not in of_returns:
        return None
    zero, column = sql.number(0.0), {name: sql.column(step_name) for name, step_name in of_returns.items()}
    orders = column[_ORDERS]
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


def _result(sql: SQLWriter, model: Assigning, labels: range) -> dict[str, exp.Expr]:
    """The columns of the query; `labels` are those of the segments that the clusters are."""
    named = [
        (sql.column(CLUSTER).eq(sql.integer(position)), sql.text(model.names[label]))
        for position, label in enumerate(labels)
    ]
    returned = (sql.column(RETURNED).eq(sql.integer(1)), sql.text(model.returned_name))
    return {
        CUSTOMER: sql.column(CUSTOMER),
        "segment": _number(sql, model, CLUSTER, labels=labels),
        "name": sql.case([*named, returned], sql.text(model.unclustered_name)),
        "confidence": sql.column(CONFIDENCE),
    }


def _number(sql: SQLWriter, model: Assigning, column: str, *, labels: range) -> exp.Expr:
    """The number of the segment at the position that the column holds."""
    return sql.case(
        [
            (sql.column(column).eq(sql.integer(position)), sql.integer(model.numbers[label]))
            for position, label in enumerate(labels)
        ]
    )


def _details(prepared: PreparedColumns, model: Assigning, labels: range) -> dict[str, exp.Expr]:
    """The second-best segment, and whether the customer is an outlier, both NULL without a segment."""
    sql = prepared.sql
    flags = [DISTANT, *([BEYOND] if BEYOND in prepared.passed else [])]
    is_outlier = sql.any_of(*(sql.column(flag).eq(sql.integer(1)) for flag in flags))
    return {
        "second_segment": exp.cast(_number(sql, model, SECOND, labels=labels), "bigint"),
        "is_outlier": sql.case([(sql.is_present(sql.column(CLUSTER)), is_outlier)]),
    }
