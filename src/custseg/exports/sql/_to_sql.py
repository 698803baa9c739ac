"""`to_sql`: one query from a table of features to segments, names and confidence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from custseg._checks import check_choice
from custseg.exports.sql._cores import ROW, assign_by_cores
from custseg.exports.sql._costs import CLUSTER, CONFIDENCE, assign_by_centers, assign_by_components
from custseg.exports.sql._names import check_column_name, table_names
from custseg.exports.sql._order_log import return_features
from custseg.exports.sql._preparation import CLUSTERED, CUSTOMER, RETURNED, PreparedColumns
from custseg.exports.sql._writer import SQLWriter
from custseg.feature_table import RETURN_COLUMNS
from custseg.model import SegmentModel

if TYPE_CHECKING:
    from sqlglot import exp

_CALLER = "to_sql"
_ORDERS = "order_count"
_RULES: Mapping[str, Callable[[PreparedColumns, Mapping[str, Any]], None]] = {
    "centers": assign_by_centers,
    "mixture": assign_by_components,
    "cores": assign_by_cores,
}
"""By the kind of the assignment rule."""


def to_sql(
    model: SegmentModel,
    dialect: str,
    table: str | Sequence[str],
    *,
    customer_column: str = "customer_id",
    return_columns: Sequence[str] | None = None,
) -> str:
    """Write the model as one SQL query, from a table of features to the segment of each customer.

    The query gives the same segments as `SegmentModel.assign`: missing values (NULL and NaN) are filled, columns
    transformed, standardized, clipped and compressed, and ties go to the lowest number. Only customers whose two best
    segments are equally good up to a relative difference of about 1e-9 may differ, since the logarithms of databases
    differ in the last digit.

    Parameters
    ----------
    model : SegmentModel
        The fitted model, such as ``fit_segments(...).model``.
    dialect : {"duckdb", "postgres", "sqlite", "spark", "bigquery", "snowflake"}
        The database. SQLite needs its mathematical functions, which most builds have.
    table : str or sequence of str
        The table or view with one row per customer and the features of the model as numeric columns. Points separate
        schema and table, as in ``"shop.features"``; a sequence of names, such as ``("shop", "my.features")``, is taken
        as it is.
    customer_column : str, default "customer_id"
        Column of customer ids.
    return_columns : sequence of str, optional
        Those of `order_count`, `returned_orders`, `revenue` and `return_share` that the table has beside the features
        of the model. They tell customers without a purchase that they kept, as in `SegmentModel.assign`. By default
        those that the features of the fit had, which `features_sql` gives too; none for a model of a ready table.

    Returns
    -------
    str
        A SELECT without a semicolon. Its columns are `customer_id`; `segment` (integer, NULL for customers that cannot
        be clustered and for noise), `name`, and `confidence` (float in [0, 1], as in `SegmentModel.assign`). A customer
        with an infinite value, which is an error in Python, gets no segment.

    Raises
    ------
    MissingDependencyError
        If sqlglot is not installed.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    All names are quoted, so that they must be written as the database stores them; Snowflake stores names that were
    created without quotes in capitals.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.exports import to_sql
    >>> shop = make_shop(300, 0)
    >>> result = fit_segments(shop.orders, as_of=shop.as_of)
    >>> query = to_sql(result.model, "duckdb", "shop.features")
    >>> query.startswith("WITH"), 'FROM "shop"."features"' in query
    (True, True)
    """
    if not isinstance(model, SegmentModel):
        raise TypeError(f"{_CALLER}: model must be a SegmentModel, got {type(model).__name__}. Give result.model.")
    sql = SQLWriter(dialect, _CALLER)
    names = table_names(table, "table", _CALLER)
    check_column_name(customer_column, "customer_column", _CALLER)
    further = _further_columns(model, return_columns)
    rule = model.rule.to_dict()
    needs_rows = rule["kind"] == "cores"
    # A step must not have the name of the table that it reads.
    prefix = "custseg" if not names[-1].lower().startswith("custseg") else "segments"
    passed = [CUSTOMER, CLUSTERED, RETURNED, *([ROW] if needs_rows else [])]
    prepared = PreparedColumns(sql, model.preparation, prefix=prefix, passed=passed)
    _read(prepared, names, customer_column, further=further, needs_rows=needs_rows)
    _fill(prepared, further)
    prepared.prepare()
    _RULES[rule["kind"]](prepared, rule)
    return sql.finished(
        prepared.steps, sql.select(_result(prepared.sql, model), prepared.last), streamed=prepared.streamed
    )


def _further_columns(model: SegmentModel, return_columns: Sequence[str] | None) -> dict[str, str]:
    """The columns that tell returned orders and are in the table: feature, and the name of its column in the steps."""
    allowed = (_ORDERS, *RETURN_COLUMNS)
    return_columns = return_features(model) if return_columns is None else return_columns
    if isinstance(return_columns, str) or not isinstance(return_columns, Sequence):
        raise TypeError(f"{_CALLER}: return_columns must be a list of names, got {type(return_columns).__name__}.")
    for name in return_columns:
        check_choice(_CALLER, "return_columns", name, allowed=allowed)
    in_table = {*model.preparation.names, *return_columns}
    return {name: f"raw_{name}" for name in allowed if name in in_table}


def _read(
    prepared: PreparedColumns, table: Sequence[str], customer: str, *, further: Mapping[str, str], needs_rows: bool
) -> None:
    """The first step: the columns as floats, NULL for NaN."""
    sql = prepared.sql
    features = dict(zip(prepared.names, (plan.name for plan in prepared.plans), strict=True))
    features |= {step_name: name for name, step_name in further.items()}
    columns: dict[str, exp.Expression] = {CUSTOMER: sql.column(customer, "t").as_(CUSTOMER, quoted=True)}
    for step_name, name in features.items():
        value = sql.double(sql.column(name, "t"))
        is_nan = sql.is_nan(value)
        columns[step_name] = value if is_nan is None else sql.case([(is_nan, sql.missing("double"))], value)
    if needs_rows:
        columns[ROW] = sql.row_number([sql.column(customer, "t")])
    prepared.add("features", columns, sql.table(table, "t"))


def _fill(prepared: PreparedColumns, further: Mapping[str, str]) -> None:
    """The second step: which customers can be clustered, and the columns without missing and infinite values."""
    sql = prepared.sql
    values = sql.columns(prepared.names)
    largest = sql.number(sys.float_info.max)
    has_value = sql.any_of(*(sql.is_present(value) for value in values))
    is_finite = [sql.any_of(sql.is_missing(value), sql.call("absolute", value) <= largest) for value in values]
    returned = _returned_everything(sql, further)
    conditions = [has_value, *is_finite]
    if _ORDERS in further:
        conditions.append(sql.column(further[_ORDERS]) > sql.number(0.0))
    no_return = [] if returned is None else [(returned, sql.integer(0))]
    is_clustered = sql.case([*no_return, (sql.all_of(*conditions), sql.integer(1))], sql.integer(0))
    flags = {CLUSTERED: is_clustered, RETURNED: sql.integer(0) if returned is None else sql.flag(returned)}
    rows = {ROW: sql.column(ROW)} if ROW in prepared.passed else {}
    filled = {
        name: sql.case([(sql.call("absolute", sql.column(name)) <= largest, sql.column(name))], sql.number(plan.fill))
        for name, plan in zip(prepared.names, prepared.plans, strict=True)
    }
    prepared.add("filled", {CUSTOMER: sql.column(CUSTOMER), **flags, **rows, **filled})


def _returned_everything(sql: SQLWriter, further: Mapping[str, str]) -> exp.Expression | None:
    """Whether a customer has ordered and has no order left, as in `feature_table.returned_everything`."""
    if _ORDERS not in further:
        return None
    zero, column = sql.number(0.0), {name: sql.column(step_name) for name, step_name in further.items()}
    orders, undone = column[_ORDERS], []
    if "returned_orders" in column:
        undone.append(column["returned_orders"] > zero)
    if "revenue" in column:
        undone.append(column["revenue"] < zero)
    cases = [sql.all_of(orders.eq(zero), sql.any_of(*undone))] if undone else []
    if "return_share" in column and "revenue" in column:
        refunded = [column["return_share"].eq(sql.number(1.0)), column["revenue"].eq(zero)]
        cases.append(sql.all_of(orders > zero, *refunded))
    return sql.any_of(*cases) if cases else None


def _result(sql: SQLWriter, model: SegmentModel) -> dict[str, exp.Expression]:
    """The columns of the query."""
    cluster = sql.column(CLUSTER)
    positions = [cluster.eq(sql.integer(position)) for position in range(len(model.names))]
    segment = sql.case([(is_in, sql.integer(number)) for is_in, number in zip(positions, model.numbers, strict=True)])
    named = [(is_in, sql.text(name)) for is_in, name in zip(positions, model.names, strict=True)]
    returned = (sql.column(RETURNED).eq(sql.integer(1)), sql.text(model.returned_name))
    name = sql.case([*named, returned], sql.text(model.unclustered_name))
    return {
        CUSTOMER: sql.column(CUSTOMER),
        "segment": segment,
        "name": name,
        "confidence": sql.column(CONFIDENCE),
    }
