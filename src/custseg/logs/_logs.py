"""`Logs`: all described logs of one run at one snapshot, with the facts counted over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from custseg._checks import all_of
from custseg.errors import DataError
from custseg.logs._customers import Customers, as_customers
from custseg.logs._events import Events, as_events
from custseg.logs._id_types import with_ids_of_one_type
from custseg.logs._orders import Orders, as_orders
from custseg.logs.facts._attribute_facts import KnownAttributes, known_attributes, raise_on_attribute_faults
from custseg.logs.facts._event_facts import EventFacts, gather_event_facts, usable_event_facts
from custseg.logs.facts._order_facts import OrderFacts, gather_order_facts, usable_order_facts
from custseg.logs.facts._order_totals import check_policy
from custseg.snapshot import Snapshot, check_window, midnight_after, parse_moment


@dataclass(frozen=True, eq=False)
class Logs:
    """Input of the feature families and of the data report.

    The properties `..._counts` and `read_attributes` never raise for unusable values: the data report shows them. The
    properties `order_facts`, `event_facts` and `known_attributes` are the same, and raise.

    Attributes
    ----------
    orders, events, customers : Orders, Events, Customers or None
        The described logs.
    as_of : datetime
        The moment of the snapshot; each log reads it in its own zone.
    assumed : bool
        Whether `as_of` was not given and is the midnight after the last row.
    window_days : int or None
        Length of the window.
    refunds, zero_orders : str
        Policies of the order families.
    known_until : datetime or None
        Rows at or after this moment are ignored, though ages are counted up to `as_of`; None for all rows before it.
    caller : str
        Name of the calling function, used in error messages.
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
    known_until: datetime | None = None

    @cached_property
    def order_counts(self) -> OrderFacts:
        """Counts over the order log."""
        assert self.orders is not None
        return gather_order_facts(self.orders, self.snapshot_of(self.orders))

    @cached_property
    def order_facts(self) -> OrderFacts:
        """Counts over the order log; raises if it cannot be used under the policy for refunds."""
        assert self.orders is not None
        snapshot = self.snapshot_of(self.orders)
        return usable_order_facts(self.orders, snapshot, self.order_counts, caller=self.caller, refunds=self.refunds)

    @property
    def currency(self) -> str | None:
        """The currency of the money in the features; None where the order log does not say."""
        if self.orders is None or self.orders.currency is None:
            return None
        if self.orders.rates is not None:
            # Amounts are converted to the currency that is worth one unit of itself.
            own = [code for code, rate in self.orders.rates.items() if rate == 1]
            return own[0] if len(own) == 1 else None
        codes = [code for code in self.order_facts.currencies if code is not None]
        return codes[0] if len(codes) == 1 else None

    @cached_property
    def event_counts(self) -> EventFacts:
        """Counts over the event log."""
        assert self.events is not None
        return gather_event_facts(self.events, self.snapshot_of(self.events))

    @cached_property
    def event_facts(self) -> EventFacts:
        """Counts over the event log; raises if it cannot be used."""
        assert self.events is not None
        return usable_event_facts(self.events, self.snapshot_of(self.events), self.event_counts, caller=self.caller)

    @cached_property
    def read_attributes(self) -> KnownAttributes:
        """Attributes known at the snapshot."""
        assert self.customers is not None
        return known_attributes(self.customers, self.as_of, self.caller, known_until=self.known_until)

    @cached_property
    def known_attributes(self) -> KnownAttributes:
        """Attributes known at the snapshot; raises if the customer table cannot be used."""
        assert self.customers is not None
        raise_on_attribute_faults(self.customers, self.read_attributes, self.caller)
        return self.read_attributes

    @property
    def are_distributed(self) -> bool:
        """Whether the logs are on Spark."""
        described = (self.orders, self.events, self.customers)
        return any(log is not None and log.source_table.is_distributed for log in described)

    @property
    def whole(self) -> Logs:
        """The logs without a window."""
        return self if self.window_days is None else replace(self, window_days=None)

    def snapshot_of(self, log: Orders | Events) -> Snapshot:
        """The snapshot converted to the time zone of one log."""
        snapshot = log.dates.snapshot(self.as_of, window_days=self.window_days, assumed=self.assumed)
        if self.known_until is None:
            return snapshot
        return replace(snapshot, moment=min(snapshot.moment, log.dates.snapshot(self.known_until).moment))


def described_logs(
    orders: object,
    events: object,
    customers: object = None,
    *,
    as_of: object,
    caller: str,
    window_days: int | None = None,
    refunds: str = "net",
    zero_orders: str = "drop",
    may_assume: bool = False,
) -> Logs:
    """Described logs at one snapshot; with `may_assume`, `as_of=None` is the midnight after the last row."""
    check_policy(caller, refunds, zero_orders)
    window = check_window(window_days, caller)
    assumed = as_of is None and may_assume
    moment = None if assumed else parse_moment(as_of, caller)
    if orders is None and events is None and customers is None:
        raise TypeError(f"{caller}: give at least one of orders, events and customers, got none.")
    tables = ((as_orders, orders), (as_events, events), (as_customers, customers))
    described: list[Any] = all_of([partial(_described, kind, table) for kind, table in tables])
    _check_same_engine(described, caller)
    for log in described:
        if log is not None:
            log.source_table.check_usable(caller)
    logs = with_ids_of_one_type(*described, caller=caller)
    return Logs(
        *logs,
        as_of=moment or _midnight_after_all(logs[0], logs[1], caller),
        caller=caller,
        assumed=assumed,
        window_days=window,
        refunds=refunds,
        zero_orders=zero_orders,
    )


def _described(kind: Callable[[object], Any], table: object) -> Any:
    return None if table is None else kind(table)


def _check_same_engine(described: Sequence[Any], caller: str) -> None:
    """Raise if one log is on Spark and another is not: Spark would have to move it, or pull the other."""
    on_spark = {type(log).__name__: log.source_table.is_distributed for log in described if log is not None}
    if len(set(on_spark.values())) > 1:
        local = " and ".join(name for name, spark in on_spark.items() if not spark)
        raise DataError(
            f"{caller}: {local} {'is' if ' ' not in local else 'are'} not on Spark, as the other logs are. Bring it "
            "there with spark.createDataFrame(table.to_arrow()) or spark.read."
        )


def _midnight_after_all(orders: Orders | None, events: Events | None, caller: str) -> datetime:
    if orders is None and events is None:
        raise TypeError(f"{caller}: as_of must be given where there is no log of orders or events.")
    last_days = [log.dates.last_day() for log in (orders, events) if log is not None]
    days = [day for day in last_days if day is not None]
    # A log without usable dates gets the error of any other snapshot.
    return midnight_after(max(days)) if days else datetime(1970, 1, 1)
