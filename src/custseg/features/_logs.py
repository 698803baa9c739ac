"""All logs of one build, at one snapshot; what several families need is computed once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from custseg.features._order_sums import OrderSums, order_sums
from custseg.tables import Customers, Events, Orders, Snapshot


@dataclass(frozen=True, eq=False)
class Logs:
    """What features are built from.

    Attributes
    ----------
    orders, events, customers : Orders, Events, Customers or None
        The described logs.
    as_of : datetime
        The moment of the snapshot; each log reads it in its own zone.
    assumed : bool
        Whether it is the midnight after the last row because none was given.
    window_days : int or None
        Length of the window.
    refunds, zero_orders : str
        Policies of the order families.
    caller : str
        Whose name errors carry.
    """

    orders: Orders | None
    events: Events | None
    customers: Customers | None
    as_of: datetime
    caller: str
    assumed: bool = False
    window_days: int | None = None
    refunds: str = "net"
    zero_orders: str = "drop"

    @cached_property
    def order_sums(self) -> OrderSums:
        """Sums per customer over the orders."""
        assert self.orders is not None
        return order_sums(
            self.orders,
            self.snapshot_of(self.orders),
            self.caller,
            refunds=self.refunds,
            zero_orders=self.zero_orders,
        )

    def snapshot_of(self, log: Orders | Events) -> Snapshot:
        """The snapshot in the terms of one log."""
        return log.dates.snapshot(self.as_of, window_days=self.window_days, assumed=self.assumed)
