"""`OrderLog`: how a model reads an order log, as far as SQL can express it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custseg.errors import DataError
from custseg.exports.sql.queries.orders._order_steps import FEATURES
from custseg.feature_table import Season
from custseg.model import SegmentModel
from custseg.texts import listed

FORESIGHT = "foresight"
"""A feature that queries read as a column, and do not make."""


@dataclass(frozen=True)
class OrderLog:
    """An order log and its figures of the customer base.

    Attributes
    ----------
    features : tuple of str
        The features to compute.
    customer, date : str
        Columns of the ids and of the dates.
    order, cancelled, refund : str or None
        Columns of order ids, of marks of cancellation and of refunds.
    money : tuple of str
        Column of the amount, or the two whose product it is; none for a log without money.
    timezone : str
        The zone that gives the days.
    zoned : bool
        Whether the dates are instants.
    window_days : int or None
        Length of the window.
    is_gross : bool
        Whether refunds are left out.
    keeps_zero : bool
        Whether orders worth nothing are purchases.
    order_value, shrinkage : float, or None
        Revenue per order of the customer base, and its weight; with no weight every customer has the same value.
    median_gap : float or None
        Median gap of the customer base.
    peak_weeks : tuple of int or None
        Its weeks of the most revenue.
    season : Season or None
        Its season.
    """

    features: tuple[str, ...]
    customer: str
    date: str
    order: str | None
    money: tuple[str, ...]
    cancelled: str | None
    refund: str | None
    timezone: str
    zoned: bool
    window_days: int | None
    is_gross: bool
    keeps_zero: bool
    order_value: float
    shrinkage: float | None
    median_gap: float | None
    peak_weeks: tuple[int, ...] | None
    season: Season | None = None


def order_log(model: SegmentModel, *, zoned: bool | None, caller: str) -> OrderLog:
    """The order log of a model; raises DataError for what SQL cannot express."""
    definition = model.definition
    if definition is None or "orders" not in definition.logs:
        raise DataError(
            f"{caller}: the model was fitted without an order log, so that its features cannot be written in SQL. Fit "
            "it to orders, or build its features yourself for to_sql."
        )
    own = [name for name in model.column_names if name != FORESIGHT]
    if other := [name for name in own if name not in FEATURES]:
        raise DataError(
            f"{caller}: only features of the families rfm and rhythm can be written in SQL, and the model needs "
            f"{listed(other)}. Build these in Python, or fit a model with other columns=."
        )
    log = definition.logs["orders"]
    if zoned is not None and not isinstance(zoned, bool):
        raise TypeError(f"{caller}: zoned must be True, False or None, got {type(zoned).__name__}.")
    _refuse(log, definition.refunds, zoned=zoned, caller=caller)
    if zoned is None:
        # The moment of a fit has a zone if the dates of its log had one.
        zoned = model.as_of is not None and model.as_of.tzinfo is not None
    rfm, rhythm = definition.figures.get("rfm"), definition.figures.get("rhythm")
    return OrderLog(
        features=tuple(dict.fromkeys((*own, *return_features(model)))),
        customer=log.get("customer", "customer_id"),
        date=log.get("date", "ordered_at"),
        order=log.get("order", "order_id"),
        money=_money_columns(log),
        cancelled=log.get("cancelled"),
        refund=log.get("refund"),
        timezone=log.get("timezone", "UTC"),
        zoned=zoned,
        window_days=definition.window_days,
        is_gross=definition.refunds == "gross",
        keeps_zero=definition.zero_orders == "keep",
        order_value=0.0 if rfm is None else rfm.order_value,
        shrinkage=None if rfm is None else rfm.shrinkage,
        median_gap=None if rhythm is None else rhythm.median_gap,
        peak_weeks=None if rhythm is None else rhythm.peak_weeks,
        season=None if rhythm is None else rhythm.season,
    )


def return_features(model: SegmentModel) -> tuple[str, ...]:
    """Features of the fit that tell whether customers kept a purchase; none for a ready table."""
    definition = model.definition
    if definition is None or "rfm" not in definition.figures:
        return ()
    rfm, mix = definition.figures["rfm"], definition.figures.get("mix")
    has_feature = {
        "order_count": True,
        "revenue": bool(_money_columns(definition.logs["orders"])),
        "returned_orders": rfm.has_returns,
        "return_share": mix is not None and mix.has_returns,
    }
    return tuple(name for name, is_there in has_feature.items() if is_there)


def _money_columns(log: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that give the amount."""
    if log.get("quantity") is not None:
        return (log["quantity"], log["price"])
    amount = log.get("amount", "amount")
    return () if amount is None else (amount,)


def _refuse(log: Mapping[str, Any], refunds: str, *, zoned: bool | None, caller: str) -> None:
    """Raise for a log that would need values of its rows before the query can be written, or errors inside it."""
    if log.get("currency") is not None:
        raise DataError(
            f"{caller}: the log has a column of currencies, {log['currency']!r}, and SQL cannot refuse amounts in "
            "several of them. Convert the amounts to one currency before the fit, and describe the log without "
            "currency=."
        )
    if refunds == "error":
        raise DataError(
            f"{caller}: the model was fitted with refunds='error', and SQL cannot raise an error for a refund. Fit it "
            "with refunds='net' or 'gross'."
        )
    if log.get("date_format") is not None and zoned is None:
        raise DataError(
            f"{caller}: the dates of the log were read by date_format={log['date_format']!r}. Give a table whose "
            f"column {log.get('date', 'ordered_at')!r} holds dates or moments, and zoned=True where it holds "
            "instants, else zoned=False."
        )
