"""`Identities`: which id belongs to which customer, and how many ids are in conflict."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import narwhals.stable.v2 as nw

from custseg._display import Tabular
from custseg._frames import local_table
from custseg._privacy import SMALLEST_GROUP, with_count
from custseg.errors import DataError
from custseg.identity._contacts import normalized_values
from custseg.texts import listed, text

Reason = Literal["several_customers", "too_many", "invalid", "ignored"]


@dataclass(frozen=True)
class IdentityConflict:
    """How many ids of one kind belong to nobody, and why.

    Attributes
    ----------
    kind : str
        The kind of id, such as "cookie".
    reason : {"several_customers", "too_many", "invalid", "ignored"}
        They stand beside several customers, such as the cookie of a shared computer; they would merge more customers
        than `merge` allows; they are no e-mail address or phone number; they were named in `ignore`.
    ids : int
        How many.
    by_customers : mapping of int to int
        For ids that stand beside several customers, how many of them stand beside 2, 3 and so on; else empty. A cookie
        of two customers is a computer that they share, one of hundreds is a fault of the log: name it in `ignore`.
    """

    kind: str
    reason: Reason
    ids: int
    by_customers: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, repr=False)
class Identities(Tabular):
    """Which ids of several systems belong to one customer.

    Printed, counts of 1 to 9 read "<10", and no id is shown. `table` holds the ids themselves: e-mail addresses and
    phone numbers are personal data.

    Attributes
    ----------
    local : narwhals DataFrame
        The rows of `table`.
    order : tuple of str
        The kinds of ids, the strongest first.
    conflicts : tuple of IdentityConflict
        The ids that belong to nobody, counted by kind and reason.
    country : str or None
        Where phone numbers without "+" are from.
    give_back : callable
        Converts a local frame to the kind of the first table.
    language : {"en", "ru"}
        Of `repr`.
    """

    local: nw.DataFrame[Any]
    order: tuple[str, ...]
    conflicts: tuple[IdentityConflict, ...]
    country: str | None = None
    give_back: Callable[[nw.DataFrame[Any]], Any] = field(default=nw.to_native)
    language: str = "en"

    @property
    def table(self) -> Any:
        """One row per id that belongs to a customer: `kind`, `id` and `customer_id`, all text, sorted by kind and id.

        `customer_id` is the first of the customer ids of a customer, in the order of text. Customers that have none
        have a made one, such as "email-3f2a…": a hash of their first id, which is a pseudonym and not anonymous.
        E-mail addresses and phone numbers are in their one form. In the kind of the first table.
        """
        return self.give_back(self.local)

    @property
    def conflict_table(self) -> Any:
        """The conflicts as a table without ids, in the kind of the first table.

        One row per kind, reason and number of customers beside which an id stands (`customers`, missing where that is
        not the reason), with the number of such ids (`ids`, missing for 1 to 9).
        """
        rows = [
            (item.kind, item.reason, customers, ids)
            for item in self.conflicts
            for customers, ids in (item.by_customers.items() if item.by_customers else [(None, item.ids)])
        ]
        shown = [(*row[:3], row[3] if row[3] >= SMALLEST_GROUP else None) for row in rows]
        columns = (
            dict(zip(("kind", "reason", "customers", "ids"), zip(*shown, strict=True), strict=True)) if rows else {}
        )
        table = local_table({name: list(columns.get(name, ())) for name in ("kind", "reason", "customers", "ids")})
        texts = nw.col("kind", "reason").cast(nw.String)
        return self.give_back(table.select(texts, nw.col("customers", "ids").cast(nw.Int64)))

    @property
    def n_customers(self) -> int:
        """How many customers the ids belong to."""
        return int(self.local.get_column("customer_id").n_unique())

    def customers_of(self, values: Iterable[object], kind: str) -> list[str | None]:
        """The customer of each value of a column of ids, None where there is none: a column to add to a log.

        Parameters
        ----------
        values : iterable
            The ids, such as ``log["cookie"]``: text or whole numbers. E-mail addresses and phone numbers are
            brought into their one form first.
        kind : str
            Their kind.

        Returns
        -------
        list of str or None
            As long as `values`.

        Raises
        ------
        DataError
            If there is no such kind.
        """
        if kind not in self.order:
            raise DataError(f"customers_of: there is no kind {kind!r} of ids. The kinds are {listed(self.order)}.")
        texts = [_as_text(value) for value in values]
        forms = normalized_values(kind, texts, country=self.country, caller="customers_of")
        customers = self._by_kind.get(kind, {})
        return [None if value is None else customers.get(forms[value] or "") for value in texts]

    @cached_property
    def _by_kind(self) -> Mapping[str, Mapping[str, str]]:
        """The customer of each id."""
        customers: dict[str, dict[str, str]] = {}
        for kind, value, customer in self.local.select("kind", "id", "customer_id").iter_rows():
            customers.setdefault(kind, {})[value] = customer
        return customers

    def _local_table(self) -> nw.DataFrame[Any]:
        return self.local

    def __repr__(self) -> str:
        words = text(self.language, "identities")
        customers = text(self.language, "result", "customers")
        lines = [words["head"].format(customers=with_count(self.n_customers, customers, self.language))]
        counts = self.local.get_column("kind").value_counts(name="ids")
        n_ids = dict(zip(counts.get_column("kind").to_list(), counts.get_column("ids").to_list(), strict=True))
        lines += [with_count(n_ids.get(kind, 0), words["ids"], self.language, kind=kind) for kind in self.order]
        lines += [
            with_count(conflict.ids, words["reasons"][conflict.reason], self.language, kind=conflict.kind)
            for conflict in self.conflicts
        ]
        return "\n  ".join(lines)


def _as_text(value: object) -> str | None:
    """An id as text; None for a missing one, also as pandas has it among whole numbers, which it makes decimal."""
    if value is None:
        return None
    if isinstance(value, float):
        return None if math.isnan(value) else str(int(value) if value.is_integer() else value)
    return str(value).strip()
