"""Described logs of orders, events and customers, the facts counted over them, and the data report."""

from __future__ import annotations

from custseg.logs._attribute_kinds import Attribute, AttributeKind
from custseg.logs._customers import Customers, as_customers
from custseg.logs._events import EVENT_NAMES, MAIL_EVENTS, WEB_EVENTS, Events, as_events
from custseg.logs._orders import Orders, as_orders
from custseg.logs.facts._attribute_facts import (
    AttributeCounts,
    AttributeFacts,
    KnownAttributes,
    known_attributes,
    raise_on_attribute_faults,
)
from custseg.logs.facts._event_facts import EventFacts, event_facts, gather_event_facts, usable_event_facts
from custseg.logs.facts._order_facts import OrderFacts, gather_order_facts, order_facts, usable_order_facts
from custseg.logs.facts._order_totals import REFUNDS, ZERO_ORDERS, counted_lines, net_money, order_totals
from custseg.logs.report import (
    DataReport,
    Finding,
    LogReport,
    between_findings,
    customer_report,
    event_report,
    order_report,
)
from custseg.logs.report import refund_words as refund_words

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
    "Finding",
    "KnownAttributes",
    "LogReport",
    "OrderFacts",
    "Orders",
    "as_customers",
    "as_events",
    "as_orders",
    "between_findings",
    "counted_lines",
    "customer_report",
    "event_facts",
    "event_report",
    "gather_event_facts",
    "gather_order_facts",
    "known_attributes",
    "net_money",
    "order_facts",
    "order_report",
    "order_totals",
    "raise_on_attribute_faults",
    "usable_event_facts",
    "usable_order_facts",
]
