"""A description as plain arguments, with which it can be made again."""

from __future__ import annotations

import json

import polars as pl

from custseg import Customers, Orders
from custseg.logs import description_arguments

LOG = pl.DataFrame({"client": [1], "day": ["2024-05-01"], "sum": [9.9], "shop": ["web"]})


def test_arguments_are_those_that_differ_from_the_defaults() -> None:
    described = Orders(LOG, customer="client", order=None, date="day", amount="sum", channel="shop")
    arguments = description_arguments(described)
    assert arguments == {"customer": "client", "order": None, "date": "day", "amount": "sum", "channel": "shop"}
    assert repr(Orders(LOG, **json.loads(json.dumps(arguments)))) == repr(described)


def test_some_can_be_left_out() -> None:
    described = Orders(LOG, customer="client", order=None, date="day", amount="sum", channel="shop")
    assert "channel" not in description_arguments(described, ["channel"])


def test_lists_and_mappings_are_plain() -> None:
    table = pl.DataFrame({"who": [1], "age": [30], "mail_ok": [True]})
    described = Customers(table, customer="who", numeric=("age",), consent={"email": "mail_ok"})
    assert description_arguments(described) == {"customer": "who", "numeric": ["age"], "consent": {"email": "mail_ok"}}
