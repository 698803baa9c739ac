"""`Customers`: what is known about each customer, with the columns described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from custseg._checks import check_columns
from custseg._frames import Table, open_table


@dataclass(frozen=True, eq=False, repr=False)
class Customers:
    """One row per customer, with the columns that describe them."""

    table: Any
    _: KW_ONLY
    customer: str = "customer_id"
    numeric: Sequence[str] = ()
    category: Sequence[str] = ()
    interests: Sequence[str] = ()
    dates: Sequence[str] = ()
    consent: Mapping[str, str] | None = None
    observed_at: str | None = None
    source_table: Table = field(init=False)

    def __post_init__(self) -> None:
        table = open_table(self.table, "Customers")
        object.__setattr__(self, "source_table", table)
        check_columns("Customers", {"customer": self.customer}, table.dialect.columns)


def as_customers(customers: object) -> Customers:
    """The customers as described, or a plain table with the default column name."""
    return customers if isinstance(customers, Customers) else Customers(customers)
