"""Described logs of orders, events and customers, the facts counted over them, and the data report.

Start reading in `_logs.py`: a `Logs` holds the descriptions (`_orders.py`, `_events.py`, `_customers.py`) and caches
the counts of `facts`; `report` turns them into findings. `Orders`, `Events`, `Customers` and `DataReport` are public by
way of `custseg`; all other names are for the features and the main job.
"""

from __future__ import annotations

from custseg.logs._attribute_kinds import Attribute, AttributeKind
from custseg.logs._customers import Customers, as_customers
from custseg.logs._events import EVENT_NAMES, MAIL_EVENTS, WEB_EVENTS, Events, as_events
from custseg.logs._logs import Logs, described_logs
from custseg.logs._orders import Orders, as_orders
from custseg.logs._roles import description_arguments
from custseg.logs.facts._attribute_facts import (
    AttributeCounts,
    AttributeFacts,
    KnownAttributes,
    known_attributes,
    raise_on_attribute_faults,
)
from custseg.logs.facts._event_facts import EventFacts, gather_event_facts, usable_event_facts
from custseg.logs.facts._log_facts import raise_on_change
from custseg.logs.facts._order_facts import OrderFacts, gather_order_facts, usable_order_facts
from custseg.logs.facts._order_totals import REFUNDS, counted_lines, known_lines, net_money, order_totals
from custseg.logs.report import (
    DataReport,
    Finding,
    FindingWriter,
    LogReport,
    data_report,
    finding_lines,
    refund_words,
    report_on,
    table_report,
)

__all__ = [
    "EVENT_NAMES",
    "MAIL_EVENTS",
    "REFUNDS",
    "WEB_EVENTS",
    "Attribute",
    "AttributeCounts",
    "AttributeFacts",
    "AttributeKind",
    "Customers",
    "DataReport",
    "EventFacts",
    "Events",
    "Finding",
    "FindingWriter",
    "KnownAttributes",
    "LogReport",
    "Logs",
    "OrderFacts",
    "Orders",
    "as_customers",
    "as_events",
    "as_orders",
    "counted_lines",
    "data_report",
    "described_logs",
    "description_arguments",
    "finding_lines",
    "gather_event_facts",
    "gather_order_facts",
    "known_attributes",
    "known_lines",
    "net_money",
    "order_totals",
    "raise_on_attribute_faults",
    "raise_on_change",
    "refund_words",
    "report_on",
    "table_report",
    "usable_event_facts",
    "usable_order_facts",
]
