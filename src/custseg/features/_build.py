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
    """One row per customer of the log, sorted by id; who has no purchase has 0 orders.

    Parameters
    ----------
    orders : Orders
        The order log.
    snapshot : Snapshot
        The moment to take the features at: `Orders.snapshot`.
    facts : OrderFacts
        What was counted in the log at that moment: `order_facts`.
    caller : str, default "build_features"
        Who asks, for the errors.
    refunds, zero_orders : str
        See `rfm`.

    Returns
    -------
    FeatureTable
        The columns of `rfm`; days are missing for customers without a purchase.

    Raises
    ------
    DataError
        If the log has refunds under ``refunds="error"``.
    ValueError
        If a policy is unknown.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg import Orders
    >>> from custseg.features import build_features
    >>> from custseg.tables import order_facts
    >>> log = pl.DataFrame({"customer_id": [1, 2], "day": ["2024-05-01", "2024-05-20"], "amount": [9, -9]})
    >>> orders = Orders(log, order=None, date="day")
    >>> snapshot = orders.snapshot("2024-06-01", "example")
    >>> table = build_features(orders, snapshot, order_facts(orders, snapshot, "example"))
    >>> table.frame["order_count"].to_list()
    [1, 0]
    """
    check_policy(caller, refunds, zero_orders)
    frame = rfm_of_all(orders, snapshot, facts, caller=caller, refunds=refunds, zero_orders=zero_orders)
    table = orders.source_table
    return FeatureTable(
        collect(frame).sort("customer_id"),
        FEATURES,
        lambda local: table.give_back(local, orders.customer),
        snapshot,
    )
