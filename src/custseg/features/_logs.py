"""The logs of one build at one snapshot, with cached aggregates that several families share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from custseg.features._ids import with_ids_of_one_type
from custseg.features.sums._event_sums import EventSums, Scoring, event_sums
from custseg.features.sums._order_sums import OrderSums, check_policy, order_sums
from custseg.features.sums._purchases import check_same_ids, purchases
from custseg.logs import (
    Customers,
    EventFacts,
    Events,
    KnownAttributes,
    OrderFacts,
    Orders,
    as_customers,
    as_events,
    as_orders,
    gather_event_facts,
    gather_order_facts,
    known_attributes,
    raise_on_attribute_faults,
    usable_event_facts,
)
from custseg.snapshot import (
    Snapshot,
    check_window,
    midnight_after,
    parse_moment,
)


@dataclass(frozen=True, eq=False)
class Logs:
    """Input of the feature families.

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

    @cached_property
    def order_sums(self) -> OrderSums:
        """Order log aggregated per customer."""
        assert self.orders is not None
        return order_sums(
            self.orders,
            self.snapshot_of(self.orders),
            self.caller,
            facts=self.order_counts,
            refunds=self.refunds,
            zero_orders=self.zero_orders,
        )

    @cached_property
    def order_counts(self) -> OrderFacts:
        """Counts over the orders, whatever they are."""
        assert self.orders is not None
        return gather_order_facts(self.orders, self.snapshot_of(self.orders))

    @cached_property
    def known_attributes(self) -> KnownAttributes:
        """Attributes known at the snapshot."""
        assert self.customers is not None
        raise_on_attribute_faults(self.customers, self.read_attributes, self.caller)
        return self.read_attributes

    @cached_property
    def read_attributes(self) -> KnownAttributes:
        """The same, whatever it is."""
        assert self.customers is not None
        return known_attributes(self.customers, self.as_of, self.caller)

    @cached_property
    def event_facts(self) -> EventFacts:
        """Counts over the events, which can be used."""
        assert self.events is not None
        return usable_event_facts(self.events, self.snapshot_of(self.events), self.event_counts, caller=self.caller)

    @cached_property
    def event_counts(self) -> EventFacts:
        """Counts over the events, whatever they are."""
        assert self.events is not None
        return gather_event_facts(self.events, self.snapshot_of(self.events))

    @cached_property
    def event_sums(self) -> EventSums:
        """Event log aggregated per customer, with the orders if they are given."""
        return self.scored_event_sums(Scoring())

    def scored_event_sums(self, scoring: Scoring) -> EventSums:
        """Event log aggregated with other engagement weights."""
        assert self.events is not None
        bought = None
        if self.orders is not None:
            check_same_ids(self.orders, self.events, self.caller)
            bought = purchases(
                self.orders,
                self.snapshot_of(self.orders),
                self.order_sums.facts,
                events=self.events,
                keep_zero=self.zero_orders == "keep",
                refunds=self.refunds,
            )
        return event_sums(
            self.events,
            self.snapshot_of(self.events),
            self.event_facts,
            scoring=scoring,
            purchases=bought,
        )

    def snapshot_of(self, log: Orders | Events) -> Snapshot:
        """The snapshot converted to the time zone of one log."""
        return log.dates.snapshot(self.as_of, window_days=self.window_days, assumed=self.assumed)


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
    given = (
        None if orders is None else as_orders(orders),
        None if events is None else as_events(events),
        None if customers is None else as_customers(customers),
    )
    if given == (None, None, None):
        raise TypeError(f"{caller}: give at least one of orders, events and customers, got none.")
    given = with_ids_of_one_type(*given, caller=caller)
    return Logs(
        *given,
        as_of=moment or _midnight_after_all(given[0], given[1], caller),
        caller=caller,
        assumed=assumed,
        window_days=window,
        refunds=refunds,
        zero_orders=zero_orders,
    )


def _midnight_after_all(orders: Orders | None, events: Events | None, caller: str) -> datetime:
    if orders is None and events is None:
        raise TypeError(f"{caller}: as_of must be given where there is no log of orders or events.")
    last = [log.dates.last_day() for log in (orders, events) if log is not None]
    known = [day for day in last if day is not None]
    if known:
        return midnight_after(max(known))
    # The error for a log without usable dates is that of any other snapshot.
    return datetime(1970, 1, 1)
