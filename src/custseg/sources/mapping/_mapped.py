"""`mapped`: files whose header depends on the account, its language or a plug-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
import narwhals.stable.v2 as nw

from custseg._checks import check_choice
from custseg._frames import collect
from custseg.sources.mapping._header import CALLER, n_further_sheets, open_mapped
from custseg.sources.mapping._kinds import Rows, mapped_logs
from custseg.sources.mapping._matching import matched
from custseg.sources.reading import (
    FileFormat,
    SourceLogs,
    SourceReport,
    SourceTable,
    checked_rows,
    chosen_rows,
    csv_form,
    formats,
    in_greenwich_time,
    rows_in_time,
    source_findings,
    with_moments,
    without_guard,
)

Kind = Literal["orders", "events", "customers"]
ROLES: Mapping[str, tuple[str, ...]] = {
    "orders": ("customer", "date", "amount", "order", "product", "category", "channel", "source", "discount", "refund",
               "currency", "status"),
    "events": ("customer", "date", "event", "channel", "campaign", "value", "status"),
    "customers": ("customer", "date"),
}  # fmt: skip
_REQUIRED = {
    "orders": ["customer", "date", "amount"],
    "events": ["customer", "date", "event"],
    "customers": ["customer"],
}
_NUMBERS = ("amount", "discount", "refund", "value")


def presets() -> list[str]:
    """The names of the presets of `mapped`.

    Returns
    -------
    list of str
        In alphabetical order.

    Examples
    --------
    >>> presets()[:3]
    ['1c', 'bitrix24', 'brandwatch']
    """
    return list(formats("presets"))


def mapped(
    table: object,
    *,
    preset: str | None = None,
    gives: Kind | None = None,
    columns: Mapping[str, str] | None = None,
    attributes: Mapping[str, str] | None = None,
    only: Mapping[str, Sequence[str]] | None = None,
    match: Mapping[Any, str] | None = None,
    names: Mapping[str, str] | None = None,
    timezone: str = "UTC",
    date_format: str | None = None,
    rates: Mapping[str, float] | None = None,
    as_of: object = None,
    separator: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    encoding: str = "utf-8",
    language: str = "en",
) -> SourceLogs:
    """Read a file whose header depends on the account, its language or a plug-in.

    The header is the first line that has a column for every required role, so that title lines above it do no harm. A
    preset lists the names that its system is known to write; where the file has other ones, name them. Nothing is
    recognized by likeness.

    Parameters
    ----------
    table : path or table
        A CSV, Excel, Parquet or JSON file, a pattern of such files, or a table.
    preset : str, optional
        A system: "1c", "bitrix24", "brandwatch", "hotjar", "insales", "mindbox", "retailcrm" or "talkwalker".
    gives : {"orders", "events", "customers"}, optional
        What the rows are; needed where the preset has several kinds of files, and without a preset.
    columns : mapping of str to str, optional
        Columns by role. Orders need customer, date and amount, and may have order, product, category, channel,
        source, discount, refund, currency and status; events need customer, date and event, and may have channel,
        campaign, value and status; customers need customer, and may have date, when their row was written.
    attributes : mapping of str to str, optional
        For customers, further columns and what they are: "numeric", "counts", "category", "flags" or "dates".
    only : mapping of str to sequence of str, optional
        By role, the values of rows that count, such as ``{"status": ["Won"]}``; other rows are left out and counted.
        Some presets need it: an open deal is no order.
    match : mapping, optional
        Ids of the file, and the customers that they are; rows of other ids are left out and counted. Presets of
        social networks need it, with pairs of site and account: ``{("x.com", "cupfan"): "C17"}``.
    names : mapping of str to str, optional
        The file's names of events, and the canonical ones.
    timezone, date_format, rates : optional
        As in `Orders`; without them those of the preset. Where the pattern has a time of day, dates without one are
        midnights.
    as_of : date, datetime or ISO text, optional
        The moment of the snapshot: with it, the report counts the rows that are ignored because they are later. Give
        it for customers with several rows, such as mentions: these are summed to one row here.
    separator, decimal, thousands, encoding : optional
        As in `Orders`; without them those of the preset.
    language : {"en", "ru"}, default "en"
        Language of the report.

    Returns
    -------
    SourceLogs
        The log, and the report.

    Raises
    ------
    DataError
        If no line has a column for each required role: the message lists what is missing.
    ValueError
        If the preset, a role or a choice is missing or unknown.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"Kunde": ["7"], "Tag": ["2026-09-01"], "Summe": [9.9]})
    >>> mapped(rows, gives="orders", columns={"customer": "Kunde", "date": "Tag", "amount": "Summe"}).orders
    Orders(customer='customer_id', order=None, date='ordered_at', amount='amount', timezone='UTC')
    """
    log_name, kind = _format(preset, gives, attributes or {})
    columns, only = columns or {}, only or {}
    _check_roles(kind, log_name, columns, only=only)
    form = csv_form(
        separator=separator or kind.separator or None,
        decimal=decimal or kind.decimal or None,
        thousands=thousands or kind.thousands or None,
        encoding=encoding,
    )
    source = open_mapped(table, kind, columns, form=form)
    date_format = date_format or kind.date_format or None
    counts = {"further_sheets": n_further_sheets(table)}
    frame = _rows(source, date_format, counts=counts)
    frame = chosen_rows(source, frame, only, choose=source.form.choose, counts=counts)
    frame = matched(source, frame, match, counts=counts)
    numbers = [role for role in _numbers(kind) if source.has(role)]
    conditions = {"without_customer": nw.col("customer_id").is_null() & ~nw.col("unmatched")}
    read = checked_rows(source, frame, numbers=numbers, as_of=as_of, timezone=timezone, conditions=conditions)
    counts |= {"without_customer": read["without_customer"], "before_2000": read.early, "after_as_of": read.late}
    frame = frame.filter(~nw.col("unmatched"))
    if log_name == "customers" and source.has("date"):
        frame = rows_in_time(source, frame, as_of, timezone=timezone)
    rows = Rows(source, frame, timezone, date_format, rates)
    logs = mapped_logs(log_name, rows, counts, names=names)
    report = SourceReport(preset or "mapped", {log_name: read.rows}, source_findings(language, counts), language)
    return SourceLogs(**logs, report=report)


def _format(preset: str | None, gives: str | None, attributes: Mapping[str, str]) -> tuple[str, FileFormat]:
    """What the rows are, and the format of the file."""
    if preset is None:
        check_choice(CALLER, "gives", gives, allowed=list(ROLES))
        assert gives is not None
        kind = FileFormat("the file", {role: [] for role in ROLES[gives]}, _REQUIRED[gives], ["customer", "order"])
    else:
        check_choice(CALLER, "preset", preset, allowed=presets())
        kinds = formats("presets")[preset].files
        if gives is None and len(kinds) == 1:
            gives = next(iter(kinds))
        check_choice(CALLER, "gives", gives, allowed=list(kinds))
        assert gives is not None
        kind = kinds[gives]
    for role in attributes.values():
        check_choice(CALLER, "attributes", role, allowed=("numeric", "counts", "category", "flags", "dates"))
    further = {name: [name] for name in attributes}
    # A column that the user names must be there.
    return gives, msgspec.structs.replace(
        kind,
        columns=kind.columns | further,
        required=[*kind.required, *further],
        attributes=kind.attributes | dict(attributes),
    )


def _check_roles(kind: FileFormat, gives: str, columns: Mapping[str, str], *, only: Mapping[str, Any]) -> None:
    allowed = list(dict.fromkeys([*ROLES[gives], *kind.columns]))
    for role in columns:
        check_choice(CALLER, "columns", role, allowed=allowed)
    # An error lists the values of a role that rows are chosen by: it must not be one of ids.
    choosable = [role for role in allowed if role not in ("customer", "order", "date", *_NUMBERS, *kind.match)]
    for role in only:
        check_choice(CALLER, "only", role, allowed=choosable)


def _numbers(kind: FileFormat) -> list[str]:
    """The roles of numbers."""
    return [*_NUMBERS, *(role for role, argument in kind.attributes.items() if argument in ("numeric", "counts"))]


def _rows(source: SourceTable, date_format: str | None, *, counts: dict[str, int]) -> nw.LazyFrame[Any]:
    """The rows by role, without totals, with the customer as `customer_id` and the date as `date`."""
    numbers = [role for role in _numbers(source.form) if source.has(role)]
    words = [role for role in source.names if role not in ("date", *numbers)]
    # "Total" may stand below the second column, where the first is empty.
    present = source.table.dialect.columns if source.form.totals else []
    cells = {f"cell {number}": name for number, name in enumerate(dict.fromkeys(present))}
    with_totals = SourceTable(source.caller, source.table, {**source.names, **cells}, source.form, source.costly)
    date = "date" if source.has("date") else ""
    frame = with_totals.rows([*words, *cells], numbers=numbers, date=date, date_format=date_format)
    if source.form.totals:
        first = nw.coalesce(*map(nw.col, cells))
        is_total = first.str.contains(source.form.totals).fill_null(value=False)
        counts["totals"] = int(collect(frame.filter(is_total).select(nw.len())).item())
        frame = frame.filter(~is_total).drop(*cells)
    frame = frame.with_columns(without_guard("customer")) if source.has("customer") else frame
    if source.form.utc and source.has("date"):
        frame = in_greenwich_time(frame, "date")
    if source.has("date") and source.table.dialect.text and date_format and "%H" in date_format:
        frame = with_moments(source, frame.with_columns(_with_time(date_format)), date_format)
    return frame


def _with_time(date_format: str) -> nw.Expr:
    """The date with a time of day, where it lacks one or its seconds."""
    date = nw.col("date").str.strip_chars()
    midnight = "00:00:00" if "%S" in date_format else "00:00"
    written = (
        nw.when(~date.str.contains(":")).then(nw.concat_str(date, nw.lit(midnight), separator=" ")).otherwise(date)
    )
    if "%S" in date_format:
        short = date.str.contains(r"[ T][0-9]{1,2}:[0-9]{2}$")
        written = nw.when(short).then(nw.concat_str(date, nw.lit(":00"))).otherwise(written)
    return written.alias("date")
