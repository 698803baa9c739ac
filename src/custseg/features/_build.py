"""All features that the given logs allow, in one table."""

from __future__ import annotations

from custseg._frames import collect
from custseg.features._rfm import FEATURES, check_policy, rfm_of_all
from custseg.tables import FeatureTable, OrderFacts, Orders, Snapshot


def build_features(
    orders: Orders,
    snapshot: Snapshot,
    facts: OrderFacts,
    *,
    caller: str = "build_features",
    refunds: str = "net",
    zero_orders: str = "drop",
) -> FeatureTable:
    """One row per customer of the log, sorted by id; who has no purchase has 0 orders."""
    check_policy(caller, refunds, zero_orders)
    frame = rfm_of_all(orders, snapshot, facts, caller=caller, refunds=refunds, zero_orders=zero_orders)
    table = orders.source_table
    return FeatureTable(
        collect(frame).sort("customer_id"),
        FEATURES,
        lambda local: table.give_back(local, orders.customer),
        snapshot,
    )
