"""`features_sql`: one query from an order log to the features that a model clusters on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from custseg._checks import check_choice, check_integer
from custseg.exports.sql._dates import SQLDates
from custseg.exports.sql._functions import DIALECTS
from custseg.exports.sql._names import table_names
from custseg.exports.sql._order_log import OrderLog, order_log
from custseg.exports.sql._order_steps import FEATURES, ORDER_STEPS, WITHIN_ORDERS
from custseg.exports.sql._writer import SQLWriter
from custseg.model import SegmentModel
from custseg.snapshot import Snapshot, parse_moment, snapshot_at

if TYPE_CHECKING:
    from sqlglot import exp

_CALLER = "features_sql"
_PRIOR_GAPS = 2
_WEEK, _LAST_WEEK, _LONGEST_YEAR = 7, 51, 366


def features_sql(
    model: SegmentModel,
    dialect: str,
    orders: str | Sequence[str],
    *,
    as_of: object,
    zoned: bool | None = None,
    money_digits: int = 4,
) -> str:
    """Write the features of a model as one SQL query over a table of order lines.

    The features of the families rfm and rhythm are those of `SegmentModel.assign` with the same lines: the log is read as
    it was described at the fit, and expected gaps, peak weeks and shrunk order values use the figures of the customers
    of the fit. Give the result, as a view or a table, to `to_sql`.

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
        another day.
    zoned : bool, optional
        Whether the column of dates holds instants (TIMESTAMP WITH TIME ZONE, in BigQuery TIMESTAMP), which are converted
        to the time zone of the log. By default it holds dates or moments on the clock of that zone.
    money_digits : int, default 4
        Decimal places of money, from 0 to 12: amounts are rounded to them and added as whole numbers, exactly.

    Returns
    -------
    str
        A SELECT without a semicolon: `customer_id`, the features that the model clusters on, and those of `order_count`,
        `revenue`, `returned_orders` and `return_share` that the features of the fit had.

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
    SQL cannot raise errors for unusable values as `SegmentModel.assign` does: amounts that are not finite, or 9.2e14 and
    more, count as missing. Ids must have an order (MIN and MAX).

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.exports import features_sql
    >>> shop = make_shop(300, 0)
    >>> model = fit_segments(shop.orders, as_of=shop.as_of).model
    >>> query = features_sql(model, "postgres", "shop.order_lines", as_of="2024-06-01")
    >>> 'AS "recency_days"' in query
    True
    """
    if not isinstance(model, SegmentModel):
        raise TypeError(f"{_CALLER}: model must be a SegmentModel, got {type(model).__name__}. Give result.model.")
    check_choice(_CALLER, "dialect", dialect, allowed=DIALECTS)
    if dialect == "sqlite":
        raise ValueError(
            f"{_CALLER}: SQLite has neither dates nor time zones. Build the features in another database or in Python, and "
            "write them to SQLite for to_sql."
        )
    sql = SQLWriter(dialect, _CALLER)
    names = table_names(orders, "orders", _CALLER)
    digits = check_integer(_CALLER, "money_digits", money_digits, minimum=0, maximum=12)
    log = order_log(model, zoned=zoned, caller=_CALLER)
    snapshot = snapshot_at(
        parse_moment(as_of, _CALLER), zoned=log.zoned, timezone=log.timezone, window_days=log.window_days
    )
    writer = _OrderSQL(sql, log, snapshot, digits=digits)
    return writer.query(names)


class _OrderSQL:
    """The steps of one log at one snapshot."""

    def __init__(self, sql: SQLWriter, log: OrderLog, snapshot: Snapshot, *, digits: int) -> None:
        self.sql = sql
        self.log = log
        self.snapshot = snapshot
        self.dates = SQLDates(sql, log.timezone, zoned=log.zoned)
        self.units = 10**digits

    def query(self, table: Sequence[str]) -> str:
        """The query as text."""
        sql = self.sql
        prefix = "custseg" if not table[-1].lower().startswith("custseg") else "features"
        completes = self.log.order is not None
        written = {**(WITHIN_ORDERS if completes else {}), **ORDER_STEPS}
        names = {name: f"{prefix}_{name}" for name in ("lines", *written)}
        steps: dict[str, Any] = {names["lines"]: self._lines(table)}
        values = self._values()
        for name, text in written.items():
            source = text.format(lines="completed" if completes else "lines")
            steps[names[name]] = sql.parsed(source, values, renamed=names)
        columns = {feature: sql.parsed(FEATURES[feature], values) for feature in self.log.features}
        result = sql.select({"customer_id": sql.column("customer"), **columns}, names["numbers"])
        return sql.finished(steps, result)

    def _lines(self, table: Sequence[str]) -> exp.Query:
        """The described columns of the log."""
        sql, log = self.sql, self.log
        moment = self.dates.moment(sql.column(log.date, "t"))
        columns = {
            "customer": self._identity(log.customer),
            "order_id": moment if log.order is None else self._identity(log.order),
            "moment": moment,
            "money": self._money(log.money),
            "is_cancelled": sql.missing("int") if log.cancelled is None else self._mark(log.cancelled),
            "refund": sql.missing("bigint") if log.refund is None else sql.call("absolute", self._money([log.refund])),
        }
        return sql.select(columns, sql.table(table, "t"))

    def _identity(self, column: str) -> exp.Expression:
        """The ids, NULL for blank text."""
        value = self.sql.column(column, "t")
        return self.sql.parsed("CASE WHEN TRIM(CAST(:value AS TEXT)) <> '' THEN :value END", {"value": value})

    def _money(self, columns: Sequence[str]) -> exp.Expression:
        """The amount, or the product of two columns, in whole units."""
        sql = self.sql
        if not columns:
            return sql.parsed("CAST(:units AS BIGINT)", {"units": sql.integer(self.units)})
        factors = [sql.double(sql.column(name, "t")) for name in columns]
        amount = factors[0] if len(factors) == 1 else factors[0] * factors[1]
        return sql.whole(amount * sql.number(float(self.units)))

    def _mark(self, column: str) -> exp.Expression:
        """1 for cancelled lines, 0 for others, NULL without a mark."""
        mark = {"mark": self.sql.column(column, "t")}
        return self.sql.parsed(
            "CASE WHEN CAST(:mark AS BOOLEAN) THEN 1 WHEN NOT CAST(:mark AS BOOLEAN) THEN 0 END", mark
        )

    def _values(self) -> dict[str, exp.Expression]:
        """What stands for the names after a colon."""
        sql, dates, log, snapshot = self.sql, self.dates, self.log, self.snapshot
        is_kept = (
            "NOT (COALESCE(money, 0) < 0 OR is_cancelled = 1)" if log.is_gross else "(money < 0 OR is_cancelled = 0)"
        )
        net = (
            "money"
            if log.refund is None or log.is_gross
            else ("CASE WHEN refund > 0 THEN COALESCE(money, 0) - refund ELSE money END")
        )
        undone = "CASE WHEN money < 0 THEN 0 - money ELSE 0 END"
        refunded = "0" if log.is_gross else undone if log.refund is None else f"{undone} + COALESCE(refund, 0)"
        worth = "money > 0 OR (n_lines > 0 AND money = 0)" if log.keeps_zero else "money > 0"
        today = sql.integer(snapshot.day)
        age = sql.parsed(":today - first_day_ever", {"today": today})
        window = log.window_days
        longest = {"age": age, "window": sql.integer(window or 0)}
        exposure = sql.parsed("CASE WHEN :age > :window THEN :window ELSE :age END", longest) if window else age
        start = snapshot.start
        day = sql.column("order_date")
        return {
            "as_of": dates.constant(snapshot.moment),
            "day": dates.day(sql.column("moment")),
            "counts": sql.parsed(is_kept),
            "net": sql.parsed(net),
            "refunded": sql.parsed(refunded),
            "worth": sql.parsed(worth),
            "inside": sql.parsed("1 = 1") if start is None else sql.column("moment") >= dates.constant(start),
            "order_day": dates.number(day),
            "day_ever": dates.number(sql.column("date_ever")),
            "in_peak": self._in_peak(day),
            "today": today,
            "exposure": exposure,
            "units": sql.number(float(self.units)),
            **self._features(),
        }

    def _in_peak(self, day: exp.Expression) -> exp.Expression:
        """Whether a day before the snapshot is in one of the peak weeks."""
        sql, dates = self.sql, self.dates
        weeks = self.log.peak_weeks or ()
        if not weeks:
            return sql.parsed("1 = 0")
        number = dates.day_of_year(day)
        ends = {_LAST_WEEK: _LONGEST_YEAR}
        ranges = [
            sql.all_of(
                number >= sql.integer(_WEEK * week + 1), number <= sql.integer(ends.get(week, _WEEK * week + _WEEK))
            )
            for week in weeks
        ]
        return sql.all_of(dates.number(day) < sql.integer(self.snapshot.day), sql.any_of(*ranges))

    def _features(self) -> Mapping[str, exp.Expression]:
        """The figures of the customer base inside the features."""
        sql, log = self.sql, self.log
        none = sql.missing("double")
        base, weight = sql.number(log.order_value), sql.number(log.shrinkage or 0.0)
        shrunk = "(orders * (money / orders) + :weight * :base) / (orders + :weight)"
        variance = "((squared_gaps - gap_sum * gap_sum / gaps) / (gaps - 1))"
        variance = f"CASE WHEN {variance} > 0 THEN {variance} ELSE CAST(0 AS DOUBLE) END"
        trend = sql.parsed("(late + 0.5) / ((orders - late) + 0.5)")
        expected = none
        if log.median_gap is not None:
            prior = {"prior": sql.number(_PRIOR_GAPS * log.median_gap), "count": sql.number(float(_PRIOR_GAPS))}
            expected = sql.parsed("((gap_sum + :prior) / (gaps + :count))", prior)
        return {
            "shrunk": base if log.shrinkage is None else sql.parsed(shrunk, {"weight": weight, "base": base}),
            "deviation": sql.call("root", sql.parsed(variance)),
            "expected": expected,
            "trend": sql.call("logarithm", trend),
            "peak_share": none if log.peak_weeks is None else sql.parsed("peak_spent / spent"),
        }
