"""`features_sql`: one query from an order log to the features that a model clusters on."""

from __future__ import annotations

from collections.abc import Sequence

from custseg._checks import check_choice, check_integer, optional_module
from custseg.errors import DataError
from custseg.exports.sql.queries._table_names import table_names
from custseg.exports.sql.queries.orders._order_log import FORESIGHT, order_log
from custseg.model import SegmentModel, check_age
from custseg.snapshot import parse_moment, snapshot_at
from custseg.sql_dialects import DIALECTS

_CALLER = "features_sql"


def features_sql(
    model: SegmentModel,
    dialect: str,
    orders: str | Sequence[str],
    *,
    as_of: object,
    zoned: bool | None = None,
    money_digits: int = 4,
    foresight_table: str | Sequence[str] | None = None,
) -> str:
    """Write the features of a model as one SQL query over a table of order lines.

    The features of the families rfm and rhythm are those of `SegmentModel.assign` with the same lines: the log is read
    as it was described at the fit, and expected gaps, peak weeks and shrunk order values use the figures of the
    customers of the fit. Give the result, as a view or a table, to `to_sql`.

    Parameters
    ----------
    model : SegmentModel
        A model that was fitted to an order log.
    dialect : {"duckdb", "postgres", "spark", "bigquery", "snowflake"}
        The database. SQLite has neither dates nor time zones.
    orders : str or sequence of str
        The table or view of order lines, from the beginning of the log, with the columns that the log had at the fit;
        named as in `to_sql`.
    as_of : date, datetime or ISO text
        The moment of the snapshot; lines at or after it are ignored. The clock is never read: write the query anew for
        another day. It may not be before that of the fit.
    zoned : bool, optional
        Whether the column of dates holds instants (TIMESTAMP WITH TIME ZONE, in BigQuery TIMESTAMP), which are
        converted to the time zone of the log, or dates and moments on the clock of that zone. By default it holds what
        the log of the fit held.
    money_digits : int, default 4
        Decimal places of money, from 0 to 12: amounts are rounded to them and added as whole numbers, exactly.
    foresight_table : str or sequence of str, optional
        The table with the columns `customer_id` and `foresight` at `as_of`, for a model that was fitted for a goal.
        SQL does not make foresight, it reads it: write that of `SegmentModel.features_of` to a table. Customers that
        the table lacks get NULL, which counts as the median.

    Returns
    -------
    str
        A SELECT without a semicolon: `customer_id`, the features that the model clusters on, and those of
        `order_count`, `revenue`, `returned_orders` and `return_share` that the features of the fit had.

    Raises
    ------
    DataError
        If the model was fitted to a ready table, or needs features of other families or a log that cannot be written in
        SQL: with several currencies, under ``refunds="error"``, with dates in a format of their own.
    MissingDependencyError
        If sqlglot is not installed.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    SQL cannot raise errors for unusable values as `SegmentModel.assign` does: amounts that are not finite, or 9.2e14
    and more, count as missing. Ids must have an order (MIN and MAX).

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.exports import features_sql
    >>> shop = make_shop(300, 0)
    >>> model = fit_segments(shop.orders, as_of=shop.as_of).model
    >>> query = features_sql(model, "postgres", "shop.order_lines", as_of=shop.as_of)
    >>> 'AS "recency_days"' in query
    True
    """
    if not isinstance(model, SegmentModel):
        raise TypeError(f"{_CALLER}: model must be a SegmentModel, got {type(model).__name__}. Give result.model.")
    check_choice(_CALLER, "dialect", dialect, allowed=DIALECTS)
    if dialect == "sqlite":
        raise ValueError(
            f"{_CALLER}: SQLite has neither dates nor time zones. Build the features in another database or in Python, "
            "and write them to SQLite for to_sql."
        )
    names = table_names(orders, "orders", _CALLER)
    digits = check_integer(_CALLER, "money_digits", money_digits, minimum=0, maximum=12)
    log = order_log(model, zoned=zoned, caller=_CALLER)
    foresight = _foresight(model, foresight_table)
    moment = parse_moment(as_of, _CALLER)
    check_age(model.as_of, moment, None, max_age_days=None, caller=_CALLER)
    snapshot = snapshot_at(moment, zoned=log.zoned, timezone=log.timezone, window_days=log.window_days)
    optional_module("sqlglot", _CALLER)
    from custseg.exports.sql.queries.orders._order_features import OrderQuery

    return OrderQuery(dialect, log, snapshot, digits=digits).text(names, foresight)


def _foresight(model: SegmentModel, table: str | Sequence[str] | None) -> list[str] | None:
    """The name of the table with foresight, where the model needs it."""
    is_needed = FORESIGHT in model.column_names
    if is_needed and table is None:
        raise DataError(
            f"{_CALLER}: the model needs foresight, which is learned from past windows of the log and a model of "
            "purchases, and is not written in SQL. Build it in Python, model.features_of({'orders': orders}, "
            "as_of=..., caller='...').frame, write its customer_id and foresight to a table, and give "
            "foresight_table=."
        )
    if not is_needed and table is not None:
        raise ValueError(f"{_CALLER}: foresight_table= is for models with foresight; leave it out.")
    return None if table is None else list(table_names(table, "foresight_table", _CALLER))
