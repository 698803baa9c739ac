"""Data structures shared by the steps: described logs, snapshot, feature table, data report."""

from __future__ import annotations

from custseg.tables._attribute import Attribute, AttributeKind
from custseg.tables._customers import Customers, as_customers
from custseg.tables._event_facts import EventFacts, event_facts, gather_event_facts, usable_event_facts
from custseg.tables._events import EVENT_NAMES, MAIL_EVENTS, WEB_EVENTS, Events, as_events
from custseg.tables._feature import Feature
from custseg.tables._feature_table import (
    FeatureTable,
    as_numbers,
    check_features,
    given_features,
)
from custseg.tables._known_attributes import (
    AttributeCounts,
    AttributeFacts,
    KnownAttributes,
    known_attributes,
    raise_on_attribute_faults,
)
from custseg.tables._order_facts import OrderFacts, gather_order_facts, order_facts, usable_order_facts
from custseg.tables._order_totals import REFUNDS, ZERO_ORDERS, counted_lines, net_money, order_totals
from custseg.tables._orders import Orders, as_orders
from custseg.tables._snapshot import Snapshot, check_window, midnight_after, parse_moment
from custseg.tables.report import (
    DataReport,
    Finding,
    LogReport,
    between_findings,
    customer_report,
    event_report,
    order_report,
)
from custseg.tables.report import refund_words as refund_words

__all__ = [
    "EVENT_NAMES",
    "MAIL_EVENTS",
    "REFUNDS",
    "WEB_EVENTS",
    "ZERO_ORDERS",
    "Attribute",
    "AttributeCounts",
    "AttributeFacts",
    "AttributeKind",
    "Customers",
    "DataReport",
    "EventFacts",
    "Events",
    "Feature",
    "FeatureTable",
    "Finding",
    "KnownAttributes",
    "LogReport",
    "OrderFacts",
    "Orders",
    "Snapshot",
    "as_customers",
    "as_events",
    "as_numbers",
    "as_orders",
    "between_findings",
    "check_features",
    "check_window",
    "counted_lines",
    "customer_report",
    "event_facts",
    "event_report",
    "gather_event_facts",
    "gather_order_facts",
    "given_features",
    "known_attributes",
    "midnight_after",
    "net_money",
    "order_facts",
    "order_report",
    "order_totals",
    "parse_moment",
    "raise_on_attribute_faults",
    "usable_event_facts",
    "usable_order_facts",
]
