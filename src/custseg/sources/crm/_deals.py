"""Deals as orders and contacts as customers, for every system: what differs is data, in `formats/<system>.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice
from custseg._frames import collect
from custseg.errors import DataError
from custseg.logs import Customers, Orders
from custseg.sources.reading import (
    SourceTable,
    attributes_by_kind,
    checked_rows,
    chosen_rows,
    csv_form,
    customer_table,
    distinct_values,
    first_key,
    n_repeated,
    open_source,
    order_log,
    without_guard,
)
from custseg.texts import listed, plural, shown

_WORDS = ("order", "customer", "stage", "won", "currency", "category", "source")
_CHOOSABLE = ("stage", "won", "currency", "category", "source")
_ADDRESSES = ("work_email", "personal_email", "other_email")
_NUMBERS = ("work_phone", "mobile_phone", "direct_phone", "home_phone", "other_phone")
_SEVERAL = r"[^;\s]\s*;[;\s]*[^;\s]"
_SHORT, _LONG = 15, 18


@dataclass(frozen=True)
class DealReader:
    """How the files of a system are read, from the arguments of its function.

    Attributes
    ----------
    system : str
        The system.
    columns, only, rates : mapping or None
        Columns of deals by role; the values that count, by role; what one unit of each currency is worth.
    timezone, date_format, separator, decimal, thousands, encoding : str or None
        As in `Orders`.
    as_of : object
        The moment of the snapshot, for the report.
    """

    system: str
    columns: Mapping[str, str] | None = None
    only: Mapping[str, Sequence[str]] | None = None
    rates: Mapping[str, float] | None = None
    timezone: str = "UTC"
    date_format: str | None = None
    as_of: object = None
    separator: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str = "utf-8"

    def orders(self, table: object, counts: dict[str, int]) -> tuple[Orders, int]:
        """The deals that were won, and the number of rows."""
        for role in self.only or {}:
            # An error lists the values of a role that rows are chosen by: it must not be one of ids.
            check_choice(f"sources.{self.system}", "only", role, allowed=_CHOOSABLE)
        source = self._open(table, "deals", self.columns)
        date_format = self.date_format or source.form.date_format or None
        words = [*_WORDS, *_ADDRESSES, *_NUMBERS]
        frame = _with_customer(source.rows(words, numbers=["amount"], date="date", date_format=date_format), counts)
        col = nw.col
        won = col("won").str.to_lowercase()
        won = nw.when(won.is_in(["1", "yes"])).then(nw.lit("true")).otherwise(won)
        frame = frame.with_columns(won.alias("won"))
        only = self.only or ({"won": ["true"]} if source.has("won") else {"stage": source.form.won})
        only = {role: values for role, values in only.items() if values}
        choose = "" if "won" in only else source.form.choose
        if self.only is None:
            _check_any_won(source, frame, only)
        if repeated := n_repeated(frame, "order"):
            raise DataError(
                f"{source.caller}: {plural(repeated, 'row repeats', 'rows repeat')} the id of another deal. Do the "
                "files overlap? Give each deal once."
            )
        frame = chosen_rows(source, frame, only, choose=choose, counts=counts)
        conditions = {"without_customer": col("customer_id").is_null(), **_lengths("customer_id")}
        read = checked_rows(
            source, frame, numbers=["amount"], as_of=self.as_of, timezone=self.timezone, conditions=conditions
        )
        _add_lengths(counts, read.special)
        counts |= {"without_customer": read["without_customer"], "before_2000": read.early, "after_as_of": read.late}
        unused = [role for role in ("currency", "category", "source") if not source.has(role)]
        frame = frame.rename({"order": "order_id", "date": "ordered_at"}).drop(*unused)
        log = order_log(source, frame, timezone=self.timezone, date_format=date_format, rates=self.rates)
        return log, read.rows + counts.get("not_chosen", 0)

    def customers(self, table: object, counts: dict[str, int]) -> tuple[Customers, int]:
        """The contacts, and the number of rows. Who has opted out of mails has refused; others have said nothing."""
        source = self._open(table, "contacts", None)
        roles = attributes_by_kind(source)
        names = [role for kind in roles.values() for role in kind]
        frame = source.rows(["customer", "opted_out", *names]).with_columns(nw.col("customer").alias("customer_id"))
        opted_out = nw.col("opted_out").str.to_lowercase().is_in(["true", "1", "yes"]).fill_null(value=False)
        frame = frame.with_columns(
            nw.when(opted_out).then(nw.lit(0)).otherwise(nw.lit(None, nw.Int64)).alias("consent")
        )
        conditions = {"without_customer": nw.col("customer_id").is_null(), **_lengths("customer_id")}
        read = checked_rows(source, frame, conditions=conditions)
        _add_lengths(counts, read.special)
        counts["without_customer"] = counts.get("without_customer", 0) + read["without_customer"]
        frame = frame.filter(~nw.col("customer_id").is_null()).select("customer_id", "consent", *names)
        further: dict[str, Any] = dict(roles)
        if source.has("opted_out"):
            further["consent"] = {"email": "consent"}
        return customer_table(source, frame, timezone=self.timezone, date_format=self.date_format, **further), read.rows

    def _open(self, table: object, argument: str, columns: Mapping[str, str] | None) -> SourceTable:
        form = csv_form(
            separator=self.separator, decimal=self.decimal, thousands=self.thousands, encoding=self.encoding
        )  # fmt: skip
        return open_source(table, self.system, argument, form=form, columns=columns)


def raise_for_lengths(system: str, counts: dict[str, int]) -> None:
    """Raise if ids of 15 and of 18 characters, which Salesforce has for the same records, are mixed."""
    short, long = counts.pop("short_ids", 0), counts.pop("long_ids", 0)
    if system == "salesforce" and short and long:
        raise DataError(
            f"sources.salesforce: {plural(short, 'id has', 'ids have')} 15 characters and {long} 18: both are ids of "
            "the same customers, and would not be matched. Export all files with one kind, best that of 18."
        )


def _check_any_won(source: SourceTable, frame: nw.LazyFrame[Any], only: Mapping[str, Sequence[str]]) -> None:
    """Raise if no deal has the value that the system itself has for those that were won."""
    for role, values in only.items():
        present = distinct_values(frame, role)
        if present and not set(values) & set(present):
            raise DataError(
                f"{source.caller}: no deal was won: column {shown(source.names[role])} has {listed(present)}, not "
                f"{listed(values)}. Give only= with the values that count, or export the deals that were won too."
            )


def _with_customer(frame: nw.LazyFrame[Any], counts: dict[str, int]) -> nw.LazyFrame[Any]:
    """The rows with the customer: the first contact of a deal, else the first e-mail address, else the first number."""
    col = nw.col
    several = frame.select(
        nw.when(col("customer").str.contains(_SEVERAL)).then(nw.lit(1)).otherwise(nw.lit(0)).alias("several")
    )
    counts["several_contacts"] = int(collect(several.select(nw.col("several").sum())).item() or 0)
    frame = frame.with_columns(
        nw.when(col("customer").str.contains(r"[^;\s]"))
        .then(col("customer").str.replace_all(r"^[;\s]+", "").str.replace_all(r"\s*;.*$", ""))
        .alias("customer"),
        *(col(role).str.to_lowercase().alias(role) for role in _ADDRESSES),
        *(without_guard(role) for role in _NUMBERS),
    )
    return frame.with_columns(first_key("customer", *_ADDRESSES, *_NUMBERS))


def _lengths(column: str) -> dict[str, nw.Expr]:
    """Conditions for ids of the two lengths."""
    length = nw.col(column).str.len_chars().fill_null(0)
    return {"short_ids": length == _SHORT, "long_ids": length == _LONG}


def _add_lengths(counts: dict[str, int], numbers: Mapping[str, int]) -> None:
    for name in ("short_ids", "long_ids"):
        counts[name] = counts.get(name, 0) + numbers[name]
