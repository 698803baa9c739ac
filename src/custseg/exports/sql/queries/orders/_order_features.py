"""The query of an order log: from lines to the features of each customer at a snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from custseg.exports.sql.queries.orders._dates import SQLDates
from custseg.exports.sql.queries.orders._order_log import OrderLog
from custseg.exports.sql.queries.orders._order_steps import FEATURES, ORDER_STEPS, WITHIN_ORDERS
from custseg.exports.sql.queries.orders._season import IN_NUMBERS, IN_SUMS, SeasonSQL
from custseg.queries import SQLWriter
from custseg.snapshot import Snapshot

_PRIOR_GAPS = 2
_WEEK, _LAST_WEEK, _LONGEST_YEAR = 7, 51, 366


class OrderQuery:
    """The query of one log at one snapshot.

    Parameters
    ----------
    dialect : str
        The database.
    log : OrderLog
        The log.
    snapshot : Snapshot
        The snapshot, for the dates of the log.
    digits : int
        Decimal places of money.
    """

    def __init__(self, dialect: str, log: OrderLog, snapshot: Snapshot, *, digits: int) -> None:
        self.sql = SQLWriter(dialect)
        self.log = log
        self.snapshot = snapshot
        self.dates = SQLDates(self.sql, log.timezone, zoned=log.zoned)
        self.units = 10**digits

    def text(self, table: Sequence[str], foresight: Sequence[str] | None = None) -> str:
        """The query over a table; `table` is its name, after those of its catalog and schema.

        `foresight` is the name of the table with `customer_id` and `foresight`, which are joined.
        """
        sql = self.sql
        prefix = "custseg" if not table[-1].lower().startswith("custseg") else "features"
        completes = self.log.order is not None
        written = {**(WITHIN_ORDERS if completes else {}), **ORDER_STEPS}
        names = {name: f"{prefix}_{name}" for name in ("lines", *written)}
        steps: dict[str, exp.Expr] = {names["lines"]: self._lines(table)}
        values = self._values()
        for name, text in written.items():
            source = text.format(
                lines="completed" if completes else "lines",
                in_sums=IN_SUMS if self.log.season else "",
                in_numbers=IN_NUMBERS if self.log.season else "",
            )
            steps[names[name]] = sql.parsed(source, values, renamed=names)
        columns = {feature: sql.parsed(FEATURES[feature], values) for feature in self.log.features}
        if foresight is not None:
            step = f"{prefix}_foresight"
            given = {"foreseen": sql.column("customer_id", "t"), "foresight": sql.column("foresight", "t")}
            steps[step] = sql.select(given, sql.table(foresight, "t"))
            columns["foresight"] = sql.column("foresight")
        result = sql.select({"customer_id": sql.column("customer"), **columns}, names["numbers"])
        if foresight is not None:
            same = sql.column("customer").eq(sql.column("foreseen"))
            result = result.join(sql.table([step]), on=same, join_type="left")
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

    def _identity(self, column: str) -> exp.Expr:
        """The ids, NULL for blank text."""
        value = self.sql.column(column, "t")
        return self.sql.parsed("CASE WHEN TRIM(CAST(:value AS TEXT)) <> '' THEN :value END", {"value": value})

    def _money(self, columns: Sequence[str]) -> exp.Expr:
        """The amount, or the product of two columns, in whole units."""
        sql = self.sql
        if not columns:
            return sql.parsed("CAST(:units AS BIGINT)", {"units": sql.integer(self.units)})
        factors = [sql.double(sql.column(name, "t")) for name in columns]
        amount = factors[0] if len(factors) == 1 else factors[0] * factors[1]
        return sql.whole(amount * sql.number(float(self.units)))

    def _mark(self, column: str) -> exp.Expr:
        """1 for cancelled lines, 0 for others, NULL without a mark."""
        mark = {"mark": self.sql.column(column, "t")}
        return self.sql.parsed(
            "CASE WHEN CAST(:mark AS BOOLEAN) THEN 1 WHEN NOT CAST(:mark AS BOOLEAN) THEN 0 END", mark
        )

    def _values(self) -> dict[str, exp.Expr]:
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
            "peaking": sql.column("spent" if log.money else "orders"),
            "today": today,
            "exposure": exposure,
            "units": sql.number(float(self.units)),
            **self._features(),
        }

    def _in_peak(self, day: exp.Expr) -> exp.Expr:
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

    def _features(self) -> Mapping[str, exp.Expr]:
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
        peak_share = sql.parsed("peak_spent / spent" if log.money else "peak_spent / orders")
        features = {
            "shrunk": base if log.shrinkage is None else sql.parsed(shrunk, {"weight": weight, "base": base}),
            "deviation": sql.call("root", sql.parsed(variance)),
            "expected": expected,
            "overdue": sql.parsed("recency / :expected", {"expected": expected}),
            "trend": sql.call("logarithm", trend),
            "peak_share": none if log.peak_weeks is None else peak_share,
        }
        if log.season is not None:
            of_season = SeasonSQL(sql, log.season, self.snapshot.day).values
            features |= {**of_season, "overdue": of_season["own_overdue"]}
        return features
