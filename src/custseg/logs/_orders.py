"""`Orders`: an order log with its columns described."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import KW_ONLY, dataclass, field, replace
from numbers import Real
from types import NoneType
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import MissingColumns, check_columns
from custseg._frames import MONEY_DIGITS, Table, open_table
from custseg.errors import DataError
from custseg.logs._dates import DATE_KINDS, LogDates, log_dates
from custseg.logs._roles import (
    BOOLEAN,
    IDS,
    NUMERIC,
    WORDS,
    check_required_roles,
    check_types,
    columns_by_role,
    csv_format,
)
from custseg.snapshot import Snapshot, midnight_after, parse_moment

_OPTIONAL_ROLES = ("product", "category", "channel", "source", "discount", "refund", "cancelled", "currency")
_MONEY_ROLES = ("discount", "refund", "currency", "rates")
"""Roles of money besides the amount."""
_ORDER_IDS = (IDS[0], (*IDS[1], *DATE_KINDS))
_RULES = {
    "customer": _ORDER_IDS, "order": _ORDER_IDS,
    "amount": NUMERIC, "quantity": NUMERIC, "price": NUMERIC, "discount": NUMERIC, "refund": NUMERIC,
    "product": WORDS, "category": WORDS, "channel": WORDS, "source": WORDS, "currency": WORDS,
    "cancelled": BOOLEAN,
}  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Orders:
    """An order log, a row per order or per order line, with its columns described.

    Creating the description reads only the names and types of the columns; a CSV file is checked once as a whole.

    Parameters
    ----------
    table : polars or pandas DataFrame, LazyFrame, pyarrow Table, DuckDB relation, Spark DataFrame, str or Path
        The log, or the path of a CSV or Parquet file (a glob such as ``'orders/*.csv'`` too).
    customer : str, default "customer_id"
        Column of customer ids. They keep their type; in a CSV they are whole numbers where each
        of them reads back as written, else text. Lines without a customer are left out and counted.
    order : str or None, default "order_id"
        Column of order ids. With `None`, all lines of a customer at one timestamp are one order; so are lines
        without an order id.
    date : str, default "ordered_at"
        Column of dates or timestamps, typed or as text.
    amount : str or None, default "amount"
        Column of money per line, negative for refunds. With `None`, the log has no money: every line is a purchase,
        and only features of recency, frequency, rhythm and mix without money are made.
    quantity, price : str, optional
        Two columns whose product replaces `amount`.
    product, category, channel, source : str, optional
        Columns that describe the line or the order.
    discount : str, optional
        Column of money taken off the line.
    refund : str, optional
        Column of money paid back for the line or its order, for logs with refunds in a column of their own
        instead of in negative lines. It may have either sign; a missing value means no refund. One line of the order
        may have it. Under ``refunds="net"`` it is subtracted from the order.
    cancelled : str, optional
        Boolean column; a CSV may also say yes and no, 1 and 0. A cancelled line does not count,
        unless its amount is negative: then it is a refund.
    currency : str, optional
        Column of currency codes. Several currencies without `rates` are an error, never a sum.
    rates : mapping of str to float, optional
        What one unit of each currency is worth in the currency to report in.
    timezone : str, default "UTC"
        The log's zone: its calendar gives the days. Dates with a zone are converted to it; dates
        without one are read as its local time.
    date_format : str, optional
        Pattern of dates given as text, such as ``"%d/%m/%Y %H:%M"``; without it ISO 8601. For dates that are
        numbers, or numbers as text: ``"unix"``, ``"unix_ms"``, ``"unix_us"`` or ``"unix_ns"`` for seconds,
        milli-, micro- or nanoseconds since 1970-01-01 UTC, and ``"excel"`` for the days of a spreadsheet.
    separator : str, optional
        Of a CSV file; by default a comma, or what a first line such as ``sep=;`` says. A Russian or German export
        has ``";"``.
    decimal : {".", ","}, optional
        Decimal mark of a CSV file; by default a point. If the mark could also separate thousands (``1.250`` beside
        ``850``), `decimal` or `thousands` must be given.
    thousands : {".", ",", "'", " "}, optional
        Thousands separator of a CSV file; " " includes no-break and thin spaces. By default such numbers are an
        error.
    encoding : str, default "utf-8"
        Of a CSV file, by the name that Python gives it, such as ``"cp1251"``. UTF-8 and UTF-16 with a byte order
        mark are recognized without it.
    skip_rows : int, default 0
        Number of lines above the header of a CSV file.

    Raises
    ------
    DataError
        If the file or columns are missing, or a column has an unsupported type.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Examples
    --------
    >>> import polars as pl
    >>> log = pl.DataFrame({"client": [1], "day": ["2024-05-01"], "sum": [9.9]})
    >>> Orders(log, customer="client", order=None, date="day", amount="sum")
    Orders(customer='client', order=None, date='day', amount='sum', timezone='UTC')
    """

    table: Any
    _: KW_ONLY
    customer: str = "customer_id"
    order: str | None = "order_id"
    date: str = "ordered_at"
    amount: str | None = "amount"
    quantity: str | None = None
    price: str | None = None
    product: str | None = None
    category: str | None = None
    channel: str | None = None
    source: str | None = None
    discount: str | None = None
    refund: str | None = None
    cancelled: str | None = None
    currency: str | None = None
    rates: Mapping[str, float] | None = None
    timezone: str = "UTC"
    date_format: str | None = None
    separator: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str = "utf-8"
    skip_rows: int = 0
    source_table: Table = field(init=False)
    dates: LogDates = field(init=False)
    money_digits: int = field(init=False, default=MONEY_DIGITS)
    completed_roles: tuple[str, ...] = field(init=False, default=())
    completed_until: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        if (self.quantity is None) != (self.price is None):
            raise ValueError("Orders: quantity and price must be given together: they replace amount.")
        self._check_roles()
        table = open_table(self.table, "Orders", form=csv_format(self), on_spark=True)
        object.__setattr__(self, "source_table", table)
        table.check_types("Orders", map(str, self.described().values()))
        self._check_amount(table.dialect.columns)
        table.check_columns("Orders", self.described(), required=("customer", "date", *self.money_roles()))
        self._check_single_roles()
        check_types(self, table.dialect, _RULES)
        self._check_rates()
        dates = log_dates(
            table.dialect, self.date, timezone=self.timezone, date_format=self.date_format, caller="Orders"
        )
        object.__setattr__(self, "dates", dates)

    def __repr__(self) -> str:
        words = [f"{role}={name!r}" for role, name in self.described().items()]
        if self.order is None:
            words.insert(1, "order=None")
        if not self.has_money:
            words.insert(3, "amount=None")
        return f"Orders({', '.join(words)}, timezone={self.timezone!r})"

    def described(self) -> dict[str, str]:
        """The described columns by role."""
        return columns_by_role(self, ("customer", "order", "date", *self.money_roles(), *_OPTIONAL_ROLES))

    def lines(self) -> nw.LazyFrame[Any]:
        """Lazy frame with the log in canonical form, on the engine of the data.

        Returns
        -------
        narwhals LazyFrame
            `customer` and `order` (own type; `order` is the moment where there is no order column),
            `moment` (Int64, microseconds), `day` (Int64, days since 1970 in the log's zone),
            `money` (Int64, in units of 10 to the power of -`money_digits`; 1 for every line of a log without money),
            `rounded` (whether whole units cannot represent the amount), `has_date`, `has_amount` and `has_mark`
            (whether there is a date, an amount, a mark of cancellation), `in_paid_order` (whether a line of the
            order has an amount), and `cancelled`, `currency`, `product`, `category`, `channel`, `source`, `discount`,
            `refund` (in units of money, not negative) with `has_refund` where they are described.
        """
        dialect, dates = self.source_table.dialect, self.dates.expressions()
        columns: dict[str, Any] = {
            "customer": dialect.identity(self.customer, dated=self.date),
            "order": dates["moment"] if self.order is None else dialect.identity(self.order, dated=self.date),
            **dates,
        }
        if self.has_money:
            columns |= {
                "money": self._money(self.money_columns()),
                "rounded": dialect.rounds(self.money_columns(), self._rate(), digits=self.money_digits),
                "has_amount": dialect.filled(self.money_columns()),
            }
        if self.cancelled is not None:
            columns["cancelled"] = dialect.flag(self.cancelled)
            columns["has_mark"] = dialect.filled([self.cancelled])
        if self.discount is not None:
            columns["discount"] = self._money([self.discount])
        if self.refund is not None:
            columns |= {"refund": self._money([self.refund]), "has_refund": dialect.filled([self.refund])}
        for role in ("currency", "product", "category", "channel", "source"):
            if (name := getattr(self, role)) is not None:
                columns[role] = dialect.word(name)
        lines = dialect.select(columns)
        if not self.has_money:
            yes, no = nw.lit(value=True), nw.lit(value=False)
            lines = lines.with_columns(
                nw.lit(10**self.money_digits, nw.Int64).alias("money"), rounded=no, has_amount=yes
            )
        if self.refund is not None:
            lines = lines.with_columns(nw.col("refund").abs())
        paid = nw.col("has_amount")
        if "amount" not in self.completed_roles:
            return lines.with_columns(in_paid_order=paid)
        counted = nw.when(paid & (nw.col("moment") < self.completed_until)).then(nw.lit(1)).otherwise(nw.lit(0))
        lines = lines.with_columns(paid_lines=counted)
        paid = paid | (~nw.col("order").is_null() & (nw.col("paid_lines").sum().over("order") > 0))
        return lines.with_columns(in_paid_order=paid).drop("paid_lines")

    def completed(self, roles: Sequence[str], snapshot: Snapshot) -> Orders:
        """The same log, with missing values of a line filled from its order, if the order has a single value.

        For logs that give attributes of the whole order on its first line only. With the role "amount", a line without
        an amount stays without one, but does not count as missing if another line of its order has one. Lines at or
        after the snapshot provide no values.
        """
        assert self.order is not None
        columns = [getattr(self, role) for role in roles if role != "amount"]
        dialect = self.source_table.dialect
        if columns:
            dialect = dialect.completed(
                columns, self.order, owner=self.customer, date_limit=(self.date, self.dates.style, snapshot.moment)
            )
        return self._changed(
            source_table=replace(self.source_table, dialect=dialect),
            dates=replace(self.dates, dialect=dialect),
            completed_roles=tuple(roles),
            completed_until=snapshot.moment,
        )

    def since(self, moment: int) -> Orders:
        """The same log without the lines before a moment, and those without a date."""
        dialect = self.source_table.dialect.since(self.date, self.dates.style, moment)
        return self._changed(
            source_table=replace(self.source_table, dialect=dialect), dates=replace(self.dates, dialect=dialect)
        )

    def before(self, moment: int) -> Orders:
        """The same log without the lines at or after a moment."""
        dialect = self.source_table.dialect.before(self.date, self.dates.style, moment)
        return self._changed(
            source_table=replace(self.source_table, dialect=dialect), dates=replace(self.dates, dialect=dialect)
        )

    def loaded(self) -> Orders:
        """The same log with the described columns in memory, so that its file is read once."""
        dialect = self.source_table.dialect.loaded(list(self.described().values()))
        return self._changed(
            source_table=replace(self.source_table, dialect=dialect), dates=replace(self.dates, dialect=dialect)
        )

    def in_smaller_units(self, digits: int) -> Orders:
        """The same log with money in units of 10 to the power of -`digits`."""
        return self._changed(money_digits=digits)

    def _changed(self, **fields: Any) -> Orders:
        changed = copy(self)
        for name, value in fields.items():
            object.__setattr__(changed, name, value)
        return changed

    def snapshot(self, as_of: object, caller: str, *, window_days: int | None = None) -> Snapshot:
        """The snapshot of this log at `as_of`; `None` means midnight after its last row."""
        if as_of is not None:
            return self.dates.snapshot(parse_moment(as_of, caller), window_days=window_days)
        last = self.dates.last_day()
        if last is None:
            raise DataError(f"{caller}: the order log has no row with a date that can be read.")
        return self.dates.snapshot(midnight_after(last), window_days=window_days, assumed=True)

    @property
    def has_money(self) -> bool:
        """Whether the lines have an amount of money."""
        return bool(self.money_roles())

    def money_roles(self) -> tuple[str, ...]:
        """The roles whose columns give the amount of a line; none for a log without money."""
        if self.quantity is not None:
            return ("quantity", "price")
        return () if self.amount is None else ("amount",)

    def money_columns(self) -> list[str]:
        """The columns that give the amount of a line."""
        return [getattr(self, role) for role in self.money_roles()]

    def prices(self) -> list[str]:
        """The columns of money, without quantities."""
        return [name for name in (self.price or self.amount, self.discount, self.refund) if name is not None]

    def _money(self, columns: list[str]) -> Any:
        return self.source_table.dialect.money(columns, self._rate(), digits=self.money_digits)

    def _rate(self) -> tuple[str, Mapping[str, float]] | None:
        return None if self.currency is None or self.rates is None else (self.currency, self.rates)

    def _check_roles(self) -> None:
        check_required_roles(self, ("customer", "date", *self.money_roles()))
        if not isinstance(self.date_format, (str, NoneType)):
            raise TypeError(
                f"Orders: date_format must be a pattern such as '%d/%m/%Y', got {type(self.date_format).__name__}."
            )

    def _check_amount(self, columns: Sequence[str]) -> None:
        """Raise if the only column that is missing is that of the amount, or if money is described without one."""
        further = [role for role in _MONEY_ROLES if getattr(self, role) is not None]
        if not self.has_money and further:
            verb = "is" if len(further) == 1 else "are"
            raise ValueError(
                "Orders: amount=None is for logs without money, but "
                f"{' and '.join(f'{role}=' for role in further)} {verb} given. Give the column of the amount too, or "
                "leave these out."
            )
        names = self.described()
        if [role for role, name in names.items() if name not in columns] == ["amount"]:
            try:
                check_columns("Orders", names, columns)
            except MissingColumns as error:
                raise MissingColumns(
                    f"{error} If the log has no money at all, give Orders(..., amount=None).",
                    error.columns,
                    error.present,
                ) from None

    def _check_single_roles(self) -> None:
        """Raise if one column has two contradictory roles, such as amount and refund."""
        single = {"date", *self.money_roles(), "discount", "refund", "cancelled", "currency"}
        roles: dict[str, list[str]] = {}
        for role, name in self.described().items():
            if role in single:
                roles.setdefault(name, []).append(f"{role}=")
        for name, several in roles.items():
            if len(several) > 1:
                raise ValueError(f"Orders: {' and '.join(several)} cannot both be column {name!r}. Name one for each.")

    def _check_rates(self) -> None:
        rates: Any = self.rates
        if rates is None:
            return
        if self.currency is None:
            raise ValueError("Orders: rates need currency=, the column of currency codes.")
        rule = "Orders: rates must be positive numbers per currency, such as {'EUR': 1.0}, got"
        pairs = rates.items() if isinstance(rates, Mapping) else [(None, None)]
        if not all(isinstance(code, str) and isinstance(rate, Real) for code, rate in pairs):
            raise TypeError(f"{rule} {rates!r}.")
        if not rates or not all(math.isfinite(rate) and rate > 0 for rate in rates.values()):
            raise ValueError(f"{rule} {rates!r}.")


def as_orders(orders: object) -> Orders:
    """The description itself, or the description of a plain table with the default column names."""
    return orders if isinstance(orders, Orders) else Orders(orders)
