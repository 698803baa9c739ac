"""Counts from one pass over an order log, and errors for unusable values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import instance, number_advice
from custseg._frames import MONEY_DIGITS, collect
from custseg.errors import DataError
from custseg.logs._orders import Orders
from custseg.logs.facts._log_facts import (
    LogFacts,
    common_marks,
    raise_on_doubtful_marks,
    raise_on_flags,
    raise_on_no_rows,
)
from custseg.snapshot import Snapshot
from custseg.texts import listed, plural

_SUM_LIMIT = 9.2e18
_MOST_DIGITS = 12
_EXACT_SUM = 9e15
"""Whole numbers below it are exact as floats too."""

_ORDER_LEVEL = ("channel", "source", "currency")
_MORE = ("product", "category", "channel", "source", "discount", "currency")


@dataclass(frozen=True, kw_only=True)
class OrderFacts(LogFacts):
    """Counts over an order log at one snapshot, besides those of `LogFacts`.

    Attributes
    ----------
    without_order, without_amount, unusable_amounts : int
        Lines before the snapshot that lack the value, or whose value cannot be read.
    refund_lines, cancelled_lines : int
        Lines before the snapshot with a negative amount, and those marked as cancelled.
    money : float
        Sum of the absolute amounts and refunds, in units of money: it bounds every sum of money.
    zero_lines, rounded_amounts : int
        Lines before the snapshot with an amount of 0, and with one that differs from whole units by more
        than a ten-thousandth of it.
    unmarked_lines, lines_marked_no : int
        Lines without a mark of cancellation, before the snapshot or not, and lines with the mark that they are
        not cancelled, before the snapshot or without a date.
    refunded_lines, unusable_refunds : int
        Lines before the snapshot with money in the column of refunds, and those whose refund cannot be read.
    filled : mapping of str to int
        Lines before the snapshot that have a value in the further described columns, by role.
    currencies : mapping of str to int
        Lines before the snapshot by currency, where that is described.
    orders : Orders
        The log as counted: completed within orders, and with money in sufficiently small units.
    """

    without_order: int
    without_amount: int
    unusable_amounts: int
    refund_lines: int
    cancelled_lines: int
    money: float
    zero_lines: int
    rounded_amounts: int
    unmarked_lines: int
    lines_marked_no: int
    refunded_lines: int
    unusable_refunds: int
    filled: Mapping[str, int]
    currencies: Mapping[str | None, int]
    orders: Orders

    @property
    def has_undone_orders(self) -> bool:
        """Whether orders may have been refunded or cancelled."""
        return self.refund_lines + self.refunded_lines + self.cancelled_lines > 0


def usable_order_facts(
    orders: Orders, snapshot: Snapshot, facts: OrderFacts, *, caller: str, refunds: str = "net"
) -> OrderFacts:
    """The same counts; raises if values cannot be used, or break the policy ``refunds="error"``."""
    raise_on_no_rows(orders.dates, facts, snapshot, log="order", caller=caller)
    if facts.currencies:
        _check_currencies(orders, facts, caller)
    raise_on_doubtful_marks(orders.source_table.dialect, orders.prices(), caller)
    _raise_on_amounts(orders, orders.money_columns(), facts.unusable_amounts, caller=caller)
    _raise_on_amounts(orders, [str(orders.refund)], facts.unusable_refunds, caller=caller)
    raise_on_flags(orders.source_table.dialect, str(orders.cancelled), facts.unusable_flags, caller=caller)
    if facts.money > _SUM_LIMIT:
        raise DataError(
            f"{caller}: the amounts add up to more than 9.2e14, which 64 bits of ten-thousandths "
            "cannot hold. Give them in a larger unit."
        )
    if refunds == "error" and (facts.refund_lines or facts.cancelled_lines or facts.refunded_lines):
        refunded = f", {facts.refunded_lines:,} refunded" if facts.refunded_lines else ""
        raise DataError(
            f"{caller}: the log has {facts.refund_lines:,} negative{refunded} and {facts.cancelled_lines:,} "
            "cancelled lines, and refunds='error' was given. Use refunds='net' or 'gross'."
        )
    return facts


def gather_order_facts(orders: Orders, snapshot: Snapshot) -> OrderFacts:
    """Count the lines of the log without raising; again if lines are completed or money needs smaller units."""
    facts = _count(orders, snapshot)
    if gaps := _order_level_gaps(orders, facts):
        completed = _count(orders.completed(gaps, snapshot), snapshot)
        # If nothing could be filled, the log stays as it is: it is read faster.
        if replace(completed, orders=orders) != facts:
            facts = completed
    if facts.rounded_amounts and (digits := _digits_for(facts)) > MONEY_DIGITS:
        facts = _count(facts.orders.in_smaller_units(digits), snapshot)
    return facts


def _order_level_gaps(orders: Orders, facts: OrderFacts) -> list[str]:
    """The roles that belong to a whole order and lack a value on some lines."""
    if orders.order is None:
        return []
    gaps = {"customer": facts.without_customer, "date": facts.without_date, "amount": facts.without_amount}
    # Lines without a date are not among the rows before the snapshot, whose gaps were counted.
    gaps |= {
        role: facts.rows - facts.filled[role] + facts.without_date for role in _ORDER_LEVEL if role in facts.filled
    }
    if facts.without_date:
        gaps["customer"] += 1
        gaps["amount"] += 1
    # If no line says no, a line without a mark is not cancelled; else it has the mark of its order.
    gaps["cancelled"] = facts.unmarked_lines if facts.lines_marked_no else 0
    return [role for role, count in gaps.items() if count]


def _digits_for(facts: OrderFacts) -> int:
    """Decimal digits of the smallest unit in which all sums of money are exact, as integers and as floats."""
    total = (facts.money + facts.rows) / 10**MONEY_DIGITS
    return min(_MOST_DIGITS, math.floor(math.log10(_EXACT_SUM / total)))


def _count(orders: Orders, snapshot: Snapshot) -> OrderFacts:
    """Count the lines of the log in one pass: one indicator column per count."""
    col, lines = nw.col, orders.lines()
    roles = [role for role in _MORE if role in lines.collect_schema().names()]
    before = col("moment") < snapshot.moment
    unread = col("has_date") & col("moment").is_null()
    never, zero = nw.lit(value=False), nw.lit(0, nw.Int64)
    cancelled, has_mark = (never, never) if orders.cancelled is None else (col("cancelled"), col("has_mark"))
    refund, has_refund = (zero, never) if orders.refund is None else (col("refund"), col("has_refund"))
    marks = {
        **common_marks(before, cancelled),
        "without_order": before & col("order").is_null(),
        "without_amount": before & ~col("in_paid_order"),
        "unusable_amounts": (before | unread) & col("has_amount") & col("money").is_null(),
        "refund_lines": before & (col("money") < 0),
        "cancelled_lines": before & cancelled,
        "zero_lines": before & (col("money") == 0),
        "rounded_amounts": before & col("rounded"),
        "unmarked_lines": never if orders.cancelled is None else ~has_mark,
        "lines_marked_no": has_mark & ~cancelled & (before | col("moment").is_null()),
        "refunded_lines": before & (refund > 0),
        "unusable_refunds": (before | unread) & has_refund & refund.is_null(),
    }
    filled = {f"filled_{role}": before & ~col(role).is_null() for role in roles}
    counted = lines.select(
        *(nw.when(mark).then(nw.lit(1)).alias(name) for name, mark in (marks | filled).items()),
        nw.when(before).then(col("day")).alias("day"),
        nw.when(before).then(_size(col("money")) + _size(refund)).alias("money"),
    )
    row = collect(
        counted.select(
            *(col(name).count() for name in (*marks, *filled)),
            col("day").min().alias("first_day"),
            col("day").max().alias("last_day"),
            col("money").sum(),
        )
    ).row(0)
    *counts, first_day, last_day, money = row
    return OrderFacts(
        **{name: int(count) for name, count in zip(marks, counts, strict=False)},
        filled={role: int(count) for role, count in zip(roles, counts[len(marks) :], strict=True)},
        currencies=_count_currencies(lines, snapshot) if "currency" in roles else {},
        first_day=first_day,
        last_day=last_day,
        money=float(money or 0.0),
        orders=orders,
    )


def _size(money: nw.Expr) -> nw.Expr:
    return money.abs().cast(nw.Float64).fill_null(0.0)


def _count_currencies(lines: nw.LazyFrame[Any], snapshot: Snapshot) -> dict[str | None, int]:
    before = lines.filter(nw.col("moment") < snapshot.moment)
    rows = collect(before.group_by("currency").agg(nw.len().alias("lines"))).rows()
    return dict(sorted(((code, int(count)) for code, count in rows), key=lambda row: row[0] or ""))


def _check_currencies(orders: Orders, facts: OrderFacts, caller: str) -> None:
    codes = [code for code in facts.currencies if code is not None]
    unnamed = None in facts.currencies
    if orders.rates is not None:
        lacking = [code for code in codes if code not in orders.rates]
        if lacking or unnamed:
            lacking_rates = listed(lacking) if lacking else "lines without a currency"
            remedy = (
                "Give a rate for each code, spelled as in the log"
                if lacking
                else f"Fill in column {orders.currency!r} on these lines: an order with several currencies, or without "
                "an order id, does not say which is meant"
            )
            raise DataError(f"{caller}: rates lack {lacking_rates}; they have {listed(orders.rates)}. {remedy}.")
    elif len(facts.currencies) > 1:
        unnamed_lines = " and lines without a currency" if unnamed else ""
        raise DataError(
            f"{caller}: the amounts are in several currencies, {listed(codes)}{unnamed_lines}, "
            "and cannot be added. Give rates={'EUR': 1.0, ...}."
        )


def _raise_on_amounts(orders: Orders, names: Sequence[str], count: int, *, caller: str) -> None:
    """Raise if amounts or refunds cannot be read; `count` is their number."""
    if not count:
        return
    dialect = orders.source_table.dialect
    shapes = [dialect.shape_of_unusable(name, dialect.number(name)) for name in names]
    example, advice = instance(*shapes), number_advice(*shapes)
    hint = (
        f" The file was read with separator={dialect.form.separator or ','!r} and "
        f"decimal={dialect.form.decimal_mark!r}; marks between thousands need thousands=."
        if dialect.text and not advice
        else ""
    )
    raise DataError(
        f"{caller}: {plural(count, 'value')} of {' × '.join(map(repr, names))} "
        f"{'is' if count == 1 else 'are'} not a finite number below 9.2e14{example}. "
        f"{advice or 'Correct these rows or leave them out.'}{hint}"
    )
