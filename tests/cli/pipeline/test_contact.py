"""Who may get mail: by consent and by mails, and by both together the stricter one."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from custseg import Customers, Events, Orders
from custseg.cli.pipeline._contact import contact_states

AS_OF = "2024-07-01"
NO_LOGS = {"orders": None, "events": None, "customers": None}
ORDERS = pl.DataFrame({"customer_id": ["ann"], "order_id": [1], "ordered_at": [datetime(2024, 5, 1)], "amount": [9.0]})
CUSTOMERS = pl.DataFrame({"customer_id": ["ann", "bob", "cem"], "consent_email": [True, False, None]})
EVENTS = pl.DataFrame(
    {
        "customer_id": ["bob", "cem", "dan", "dan"],
        "occurred_at": [datetime(2024, 6, 1)] * 3 + [datetime(2024, 6, 2)],
        "event": ["delivered", "delivered", "delivered", "unsubscribed"],
    }
)


def contactable(**logs: object) -> dict[str, float | None]:
    table = contact_states({**NO_LOGS, **logs}, AS_OF)
    return dict(zip(table["customer_id"], table["contactable_email"], strict=True))


def test_consent_alone() -> None:
    assert contactable(customers=Customers(CUSTOMERS)) == {"ann": 1.0, "bob": 0.0, "cem": None}


def test_mails_alone() -> None:
    assert contactable(events=Events(EVENTS)) == {"bob": 1.0, "cem": 1.0, "dan": 0.0}


def test_refusal_goes_first() -> None:
    both = contactable(events=Events(EVENTS), customers=Customers(CUSTOMERS))
    assert both == {"ann": 1.0, "bob": 0.0, "cem": 1.0, "dan": 0.0}


def test_logs_without_either() -> None:
    assert contact_states({**NO_LOGS, "orders": Orders(ORDERS)}, AS_OF) is None
    visits = EVENTS.with_columns(event=pl.lit("visited"))
    assert contact_states({**NO_LOGS, "events": Events(visits)}, AS_OF) is None
