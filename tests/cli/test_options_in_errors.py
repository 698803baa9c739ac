"""Errors on the command line name options, and leave names of columns alone."""

import re
from inspect import signature

import pytest

from custseg import Orders, fit_segments
from custseg.cli import main
from custseg.cli._errors import options_of, translated

OPTIONS = options_of(main.commands["fit"])


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Give date_format=, such as '%d'.", "Give --date-format, such as '%d'."),
        ("Does separator= fit the file?", "Does --separator fit the file?"),
        ("Give min_size=20 or less.", "Give --min-size 20 or less."),
        ("or a smaller n_segments.", "or a smaller --segments."),
        ("Orders: thousands and decimal cannot both be ','.", "Orders: --thousands and --decimal cannot both be ','."),
        ("Orders: rates need currency=, the column.", "Orders: --rate need --currency, the column."),
        ("fit: refunds must be one of ['net'], got 'x'.", "fit: --refunds must be one of ['net'], got 'x'."),
        ("and refunds='error' was asked", "and --refunds 'error' was asked"),
        ("as_of 2023-12-31 is not after", "--as-of 2023-12-31 is not after"),
        ("the table lacks column 'date=' (date=).", "the table lacks column 'date=' (--date)."),
        ("column 'min_size' is text", "column 'min_size' is text"),
        ('column "it\'s min_size" is text', 'column "it\'s min_size" is text'),
        ("the order log's last date, amount and price", "the order log's last date, amount and price"),
        ("columns are ['date', 'amount'].", "columns are ['date', 'amount']."),
        ("Give amount=None, or order=None.", "Give --amount none, or --order none."),
        ("Give features= instead.", "Give features= instead."),
        ("the customer's min_size; column 'as_of'", "the customer's --min-size; column 'as_of'"),
    ],
)
def test_arguments_are_options(message: str, expected: str) -> None:
    assert translated(message, OPTIONS) == expected


def test_flags_have_no_value() -> None:
    options = options_of(main.commands["daily"])
    assert translated("Give replace=True to replace it.", options) == "Give --replace to replace it."


def test_translating_twice_changes_nothing() -> None:
    once = translated("Orders: decimal must be '.', got ','; give decimal=, min_size=3.", OPTIONS)
    assert translated(once, OPTIONS) == once


# Tables of features, and so their column of ids, cannot be given on the command line.
ARGUMENTS = [name for name in signature(fit_segments).parameters if "_" in name and name != "customer_column"]


@pytest.mark.parametrize("name", ARGUMENTS)
def test_every_argument_of_the_fit_has_an_option(name: str) -> None:
    assert name in OPTIONS


def test_every_role_and_setting_of_an_order_log_has_an_option() -> None:
    arguments = {name for name in signature(Orders).parameters if name not in ("table", "_")}
    assert arguments <= OPTIONS.keys()


def test_options_are_written_as_they_are_typed() -> None:
    assert OPTIONS["orders"] == "ORDERS"
    assert all(re.fullmatch(r"--[a-z-]+", option) for name, option in OPTIONS.items() if name != "orders")
    assert {"events", "customers"} <= OPTIONS.keys()
