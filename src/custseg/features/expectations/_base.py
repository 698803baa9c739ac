"""The customers at one cut: the columns that predict outcomes, and the histories of their orders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import collected
from custseg._numerics import Floats
from custseg.features.families._email import email_columns, learn_email
from custseg.features.families._engagement import engagement_columns
from custseg.features.families._rfm import RfmFigures, learn_rfm, rfm_columns
from custseg.features.sums._event_sums import EventSums
from custseg.features.sums._order_sums import OrderSums
from custseg.features.sums._shared import SharedSums

_OF_EVENTS = ("engagement", "engagement_email", "engagement_web")
_OF_MAILS = ("open_rate", "click_rate")
EVENT_PREDICTORS = (*_OF_EVENTS, *_OF_MAILS)


@dataclass(frozen=True, eq=False)
class CustomerBase:
    """The customers of the logs at one cut: the buyers where there are orders, otherwise all of the events.

    Attributes
    ----------
    orders : OrderSums or None
        Sums over the order log, without a window.
    events : EventSums or None
        Sums over the event log, if a predictor is made of events.
    """

    orders: OrderSums | None
    events: EventSums | None

    @classmethod
    def of(cls, sums: SharedSums, predictors: tuple[str, ...], *, with_rhythm: bool = False) -> CustomerBase:
        """The base of the logs; `with_rhythm` takes the sums over orders that other families need too."""
        orders, events = sums.logs.orders, None
        if any(name in EVENT_PREDICTORS for name in predictors):
            events = sums.events
        if orders is None:
            return cls(None, events)
        return cls(sums.orders if with_rhythm else sums.order_sums(rhythm=False), events)

    @cached_property
    def table(self) -> nw.DataFrame[Any]:
        """One row per customer, sorted by `customer_id`: the features that predict, and those of BG/NBD."""
        if self.orders is None:
            assert self.events is not None
            return self._with_events(collected(self.events.table.select("customer_id")).sort("customer_id"))
        columns = collected(rfm_columns(self.orders, learn_rfm(self.orders)).table)
        buyers = columns.filter(nw.col("order_count") > 0).sort("customer_id")
        return buyers if self.events is None else self._with_events(buyers)

    @property
    def ids(self) -> nw.Series[Any]:
        """The customer ids."""
        return self.table.get_column("customer_id")

    def values(self, name: str) -> Floats:
        """One column; NaN where a value is missing."""
        column = self.table.get_column(name).cast(nw.Float64).fill_null(float("nan"))
        result: Floats = column.to_numpy().astype(np.float64)
        return result

    def order_value(self, figures: RfmFigures) -> Floats:
        """The shrunken order value, from the figures of a customer base; 0 where it is negative."""
        assert self.orders is not None
        table = collected(rfm_columns(self.orders, figures).table).filter(nw.col("order_count") > 0).sort("customer_id")
        values = table.get_column("order_value_shrunk").fill_null(0.0).to_numpy()
        return np.maximum(values.astype(np.float64), 0.0)

    def _with_events(self, table: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
        assert self.events is not None
        scores = collected(engagement_columns(self.events).table).select("customer_id", *_OF_EVENTS)
        rates = collected(email_columns(self.events, learn_email(self.events)).table).select("customer_id", *_OF_MAILS)
        joined = table.join(scores, on="customer_id", how="left").join(rates, on="customer_id", how="left")
        return joined.with_columns(nw.col(*_OF_EVENTS).fill_null(0.0)).sort("customer_id")


def quadratic(ridits: Floats) -> Floats:
    """The columns, their squares and their products."""
    columns = list(ridits.T)
    pairs = combinations_with_replacement(columns, 2)
    return np.column_stack([*columns, *(first * second for first, second in pairs)])


def n_quadratic(n_columns: int) -> int:
    """How many columns `quadratic` makes of so many."""
    return n_columns + n_columns * (n_columns + 1) // 2
