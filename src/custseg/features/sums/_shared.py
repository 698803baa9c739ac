"""Sums over the logs that several families share, computed once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import computed_once, count_lines, gathered, is_distributed
from custseg.features.sums._event_sums import EventSums, Scoring, event_sums, lines_before
from custseg.features.sums._mix_sums import MixSums, mix_sums
from custseg.features.sums._order_sums import OrderSums, order_sums
from custseg.features.sums._purchases import check_same_ids, purchases
from custseg.features.sums._year import YearFigures
from custseg.logs import Logs, known_lines, raise_on_change


@dataclass(frozen=True, eq=False)
class SharedSums:
    """Cached sums per customer over described logs.

    Attributes
    ----------
    logs : Logs
        The described logs at one snapshot.
    year : YearFigures or None
        Peak weeks and season for the orders; by default those of the log.
    scoring : Scoring
        Points of events, and how they fade.
    shares_orders : bool
        Whether several sums read the order log.
    """

    logs: Logs
    year: YearFigures | None = None
    scoring: Scoring = field(default_factory=Scoring)
    shares_orders: bool = False

    @cached_property
    def whole(self) -> SharedSums:
        """The sums over the logs without a window."""
        return self if self.logs.window_days is None else replace(self, logs=self.logs.whole)

    @cached_property
    def orders(self) -> OrderSums:
        """Order log aggregated per customer."""
        return self.order_sums(rhythm=True)

    @cached_property
    def events(self) -> EventSums:
        """Event log aggregated per customer, with the orders if they are given."""
        return self.event_sums(self.scoring)

    @cached_property
    def order_lines(self) -> nw.LazyFrame[Any]:
        """Lines of the order log; on Spark those that are known, moved to the partition of their customer.

        They are kept there if several sums need them, so that they are moved once.
        """
        logs = self.logs
        assert logs.orders is not None
        lines = logs.order_facts.orders.lines()
        if not is_distributed(lines):
            return lines
        known = gathered(known_lines(lines, logs.snapshot_of(logs.orders)))
        if not self.shares_orders:
            return known
        known = computed_once(known)
        raise_on_change(logs.order_facts, count_lines(known), log="order", caller=logs.caller)
        return known

    @cached_property
    def mix(self) -> MixSums:
        """Purchases per customer and value, and money by kind."""
        logs = self.logs
        assert logs.orders is not None
        return mix_sums(
            logs.orders,
            logs.snapshot_of(logs.orders),
            logs.order_facts,
            lines=self.order_lines,
            refunds=logs.refunds,
            zero_orders=logs.zero_orders,
            caller=logs.caller,
        )

    def order_sums(self, *, rhythm: bool) -> OrderSums:
        """Order log aggregated per customer, with or without the sums of the family "rhythm"."""
        logs = self.logs
        assert logs.orders is not None
        sums = order_sums(logs.order_facts, logs.snapshot_of(logs.orders), lines=self.order_lines,
                          zero_orders=logs.zero_orders, refunds=logs.refunds, rhythm=rhythm,
                          year=self.year)  # fmt: skip
        if sums.n_lines is not None:
            raise_on_change(logs.order_facts, sums.n_lines, log="order", caller=logs.caller)
        return sums

    def event_sums(self, scoring: Scoring) -> EventSums:
        """Event log aggregated per customer with the given engagement weights."""
        logs = self.logs
        assert logs.events is not None
        bought = None
        if logs.orders is not None:
            check_same_ids(logs.orders, logs.events, logs.caller)
            bought = purchases(
                logs.orders,
                logs.snapshot_of(logs.orders),
                logs.order_facts,
                lines=self.order_lines,
                events=logs.events,
                keep_zero=logs.zero_orders == "keep",
                refunds=logs.refunds,
            )
        snapshot = logs.snapshot_of(logs.events)
        lines = lines_before(logs.events, snapshot)
        if is_distributed(lines):
            lines = computed_once(gathered(lines))
            raise_on_change(logs.event_facts, count_lines(lines), log="event", caller=logs.caller)
        return event_sums(lines, snapshot, logs.event_facts, events=logs.events, scoring=scoring, purchases=bought)
