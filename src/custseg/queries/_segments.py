"""The query of a model: reading, filling, preparing and assigning customers, and the names of their segments."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlglot import exp

from custseg.feature_table import RETURN_FEATURES
from custseg.preparation import Preparation
from custseg.queries._core_arrays import assign_by_core_arrays
from custseg.queries._cores import ROW, assign_by_cores
from custseg.queries._costs import CLUSTER, CONFIDENCE, DISTANT, SECOND, assign_by_centers, assign_by_components
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


class Assigning(Protocol):
    """What a query needs of a model."""

    @property
    def preparation(self) -> Preparation: ...
    @property
    def rule(self) -> Rule: ...
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
    sql, rule = SQLWriter(dialect), model.rule.to_dict()
    assign = _RULES[rule["kind"]]
    if assign is assign_by_cores and dialect in _WITH_ARRAYS:
        assign = assign_by_core_arrays
    passed = [CUSTOMER, CLUSTERED, RETURNED, *([ROW] if assign is assign_by_cores else [])]
    prepared = prepared_columns(
        sql,
        model.preparation,
        table,
        passed=passed,
        detailed=detailed,
        customer_column=customer_column,
        return_columns=return_columns,
    )
    assign(prepared, rule)
    columns = _result(sql, model)
    if detailed:
        columns = {**columns, "segment": exp.cast(columns["segment"], "bigint"), **_details(prepared, model)}
    return sql.finished(prepared.steps, sql.select(columns, prepared.last), streamed=prepared.streamed)


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
) -> PreparedColumns:
    """The steps to columns without missing values, and whether each customer can be clustered."""
    # A step must not have the name of the table that it reads.
    prefix = "custseg" if not table[-1].lower().startswith("custseg") else "segments"
    carried = carried or {}
    prepared = PreparedColumns(sql, preparation, prefix=prefix, passed=[*passed, *carried], detailed=detailed)
    further = {name: f"raw_{name}" for name in RETURN_FEATURES if name in {*preparation.names, *return_columns}}
    _read(prepared, table, customer_column, further={**{step: name for name, step in further.items()}, **carried})
    _fill(prepared, further)
    return prepared


def _read(prepared: PreparedColumns, table: Sequence[str], customer: str, *, further: Mapping[str, str]) -> None:
    """The first step: the columns as floats, NULL for NaN."""
    sql = prepared.sql
    features = dict(zip(prepared.names, (plan.name for plan in prepared.plans), strict=True))
    features |= further
    columns: dict[str, exp.Expr] = {}
    if CUSTOMER in prepared.passed:
        columns[CUSTOMER] = _ids(prepared, customer).as_(CUSTOMER, quoted=True)
    for step_name, name in features.items():
        value = sql.double(sql.column(name, "t"))
        is_nan = sql.is_nan(value)
        columns[step_name] = value if is_nan is None else sql.case([(is_nan, sql.missing("double"))], value)
    if ROW in prepared.passed:
        columns[ROW] = sql.row_number([sql.column(customer, "t")])
    prepared.add("features", columns, sql.table(table, "t"))


def _ids(prepared: PreparedColumns, customer: str) -> exp.Expr:
    """The ids; where Spark assigns customers, a missing one is an error as in Python."""
    sql = prepared.sql
    ids = sql.column(customer, "t")
    if not prepared.detailed:
        return ids
    return sql.case([(sql.is_missing(ids), sql.call("raised", sql.text(_NO_ID)))], ids)


def _fill(prepared: PreparedColumns, further: Mapping[str, str]) -> None:
    """The second step: which customers can be clustered, and the columns without missing and infinite values."""
    sql = prepared.sql
    values = sql.columns(prepared.names)
    largest = sql.number(sys.float_info.max)
    has_value = sql.any_of(*(sql.is_present(value) for value in values))
    is_finite = [sql.any_of(sql.is_missing(value), sql.call("absolute", value) <= largest) for value in values]
    returned = _returned_everything(sql, further)
    usable: list[exp.Expr] = [has_value]
    if _ORDERS in further:
        usable.append(sql.column(further[_ORDERS]) > sql.number(0.0))
    branches: list[tuple[exp.Expr, exp.Expr]] = [] if returned is None else [(returned, sql.integer(0))]
    if prepared.detailed:
        infinite = sql.any_of(*(condition.not_() for condition in is_finite))
        branches.append((sql.all_of(*usable, infinite), sql.call("raised", sql.text(_INFINITE))))
    is_clustered = sql.case([*branches, (sql.all_of(*usable, *is_finite), sql.integer(1))], sql.integer(0))
    flags = {CLUSTERED: is_clustered, RETURNED: sql.integer(0) if returned is None else sql.flag(returned)}
    passed = {name: flags.get(name, sql.column(name)) for name in prepared.passed}
    filled = {
        name: sql.case([(sql.call("absolute", sql.column(name)) <= largest, sql.column(name))], sql.number(plan.fill))
        for name, plan in zip(prepared.names, prepared.plans, strict=True)
    }
    prepared.add("filled", {**passed, **filled})


def _returned_everything(sql: SQLWriter, further: Mapping[str, str]) -> exp.Expr | None:
    """Whether a customer has ordered and has no order left, as in `feature_table.returned_everything`."""
    if _ORDERS not in further:
        return None
    zero, column = sql.number(0.0), {name: sql.column(step_name) for name, step_name in further.items()}
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


def _result(sql: SQLWriter, model: Assigning) -> dict[str, exp.Expr]:
    """The columns of the query."""
    positions = [sql.column(CLUSTER).eq(sql.integer(position)) for position in range(len(model.names))]
    named = [(is_in, sql.text(name)) for is_in, name in zip(positions, model.names, strict=True)]
    returned = (sql.column(RETURNED).eq(sql.integer(1)), sql.text(model.returned_name))
    return {
        CUSTOMER: sql.column(CUSTOMER),
        "segment": _number(sql, model, CLUSTER),
        "name": sql.case([*named, returned], sql.text(model.unclustered_name)),
        "confidence": sql.column(CONFIDENCE),
    }


def _number(sql: SQLWriter, model: Assigning, column: str) -> exp.Expr:
    """The number of the segment at the position that the column holds."""
    return sql.case(
        [
            (sql.column(column).eq(sql.integer(position)), sql.integer(number))
            for position, number in enumerate(model.numbers)
        ]
    )


def _details(prepared: PreparedColumns, model: Assigning) -> dict[str, exp.Expr]:
    """The second-best segment, and whether the customer is an outlier, both NULL without a segment."""
    sql = prepared.sql
    flags = [DISTANT, *([BEYOND] if BEYOND in prepared.passed else [])]
    is_outlier = sql.any_of(*(sql.column(flag).eq(sql.integer(1)) for flag in flags))
    return {
        "second_segment": exp.cast(_number(sql, model, SECOND), "bigint"),
        "is_outlier": sql.case([(sql.is_present(sql.column(CLUSTER)), is_outlier)]),
    }
