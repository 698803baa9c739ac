"""`Events`: an event log with its columns and event names described."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import MONEY_DIGITS, Table, open_table
from custseg.logs._dates import LogDates, log_dates
from custseg.logs._roles import (
    BOOLEAN,
    IDS,
    NUMERIC,
    WORDS,
    check_required_roles,
    check_types,
    columns_by_role,
    csv_format,
)
from custseg.texts import listed

EVENT_NAMES = (
    "sent", "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained",
    "visited", "viewed", "carted", "checkout", "ordered", "ad_clicked", "redeemed",
)  # fmt: skip
"""The canonical names of events."""

MAIL_EVENTS = ("sent", "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained")
"""Events of a message; on the email channel, of a mail."""

WEB_EVENTS = ("visited", "viewed", "carted", "checkout", "ordered")
"""Events on the site or in the app, in the order of the funnel."""

_MAIL_CHANNELS = ("email", "e-mail", "mail")
_OFFLINE_CHANNELS = ("store", "offline", "pos")
_REQUIRED = ("customer", "date", "event")
_RULES = {
    "customer": IDS,
    "event": ("hold names of events", ("text",)),
    "value": NUMERIC,
    "machine": BOOLEAN,
    "channel": WORDS,
    "campaign": WORDS,
}
_BY_HAND = ("opened", "clicked", "visited", "viewed", "carted", "checkout", "ad_clicked")


@dataclass(frozen=True, eq=False, repr=False)
class Events:
    """An event log, one row per event, with its columns and event names described.

    Creating the description reads only the names and types of the columns.

    Parameters
    ----------
    table : polars or pandas DataFrame, LazyFrame, pyarrow Table, DuckDB relation, Spark DataFrame, str or Path
        The log, or the path of a CSV or Parquet file.
    customer : str, default "customer_id"
        Column of customer ids; lines without one are left out and counted.
    date : str, default "occurred_at"
        Column of timestamps, typed or as text.
    event : str, default "event"
        Column of event names.
    names : mapping of str to str, optional
        The log's own event names to the canonical ones, such as ``{"email_open": "opened"}``. Canonical
        names need no entry. Other names are counted in the data report.
    channel, campaign : str, optional
        Columns of the channel (email, web, app, sms, ...) and the campaign. Where there is a channel, only
        messages on "email" (also "e-mail" or "mail", in any case) are mails; without one, all are.
    value : str, optional
        Column of money, such as the value of a cart.
    machine : str, optional
        Boolean column that marks events made by a machine, such as an open by a privacy proxy. Opens, clicks,
        visits, views, carts and checkouts by machines do not count.
    timezone : str, default "UTC"
        The log's zone: its calendar gives the days.
    date_format : str, optional
        Pattern of dates given as text; without it ISO 8601. ``"unix"``, ``"unix_ms"``, ``"unix_us"``, ``"unix_ns"`` or
        ``"excel"`` for dates that are numbers.
    separator, decimal, thousands, encoding : str, optional
        Of a CSV file, as in `Orders`.
    skip_rows : int, default 0
        The same.

    Raises
    ------
    DataError
        If the file or columns are missing, or a column has an unsupported type.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Examples
    --------
    >>> import polars as pl
    >>> log = pl.DataFrame({"who": [1], "at": ["2024-05-01"], "what": ["email_open"]})
    >>> Events(log, customer="who", date="at", event="what", names={"email_open": "opened"})
    Events(customer='who', date='at', event='what', timezone='UTC')
    """

    table: Any
    _: KW_ONLY
    customer: str = "customer_id"
    date: str = "occurred_at"
    event: str = "event"
    names: Mapping[str, str] | None = None
    channel: str | None = None
    campaign: str | None = None
    value: str | None = None
    machine: str | None = None
    timezone: str = "UTC"
    date_format: str | None = None
    separator: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str = "utf-8"
    skip_rows: int = 0
    source_table: Table = field(init=False)
    dates: LogDates = field(init=False)

    def __post_init__(self) -> None:
        check_required_roles(self, _REQUIRED)
        self._check_names()
        table = open_table(self.table, "Events", form=csv_format(self), on_spark=True)
        object.__setattr__(self, "source_table", table)
        table.check_columns("Events", self.described(), required=_REQUIRED)
        check_types(self, table.dialect, _RULES)
        dates = log_dates(
            table.dialect, self.date, timezone=self.timezone, date_format=self.date_format, caller="Events"
        )
        object.__setattr__(self, "dates", dates)

    def __repr__(self) -> str:
        words = [f"{role}={name!r}" for role, name in self.described().items()]
        return f"Events({', '.join(words)}, timezone={self.timezone!r})"

    def described(self) -> dict[str, str]:
        """The described columns by role."""
        return columns_by_role(self, ("customer", "date", "event", "channel", "campaign", "value", "machine"))

    def loaded(self) -> Events:
        """The same log with the described columns in memory, so that its file is read once."""
        dialect = self.source_table.dialect.loaded(list(self.described().values()))
        changed = copy(self)
        object.__setattr__(changed, "source_table", replace(self.source_table, dialect=dialect))
        object.__setattr__(changed, "dates", replace(self.dates, dialect=dialect))
        return changed

    def lines(self) -> nw.LazyFrame[Any]:
        """Lazy frame with the log in canonical form, on the engine of the data.

        Returns
        -------
        narwhals LazyFrame
            `customer` (own type), `event` (a canonical name; null where the log's name has none), `name`
            (the log's own name), `moment` (Int64, microseconds), `day` (Int64, days since 1970 in the log's
            zone), `has_date`, `timed` (whether the moment is not a midnight in the zone), `act` (the same as
            `event`; null also for machine events that imitate people), `mail` and `web` (boolean: the event is one of
            mail, or of the site or app); and `channel`, `campaign` (text), `value` (Int64, ten-thousandths),
            `machine` (boolean) where described.
        """
        dialect = self.source_table.dialect
        columns: dict[str, Any] = {
            "customer": dialect.identity(self.customer, dated=self.date),
            "event": dialect.mapped(self.event, self.canonical_names()),
            "name": dialect.word(self.event),
            **self.dates.expressions(),
            "timed": self.dates.has_time_of_day(),
        }
        for role in ("channel", "campaign"):
            if (name := getattr(self, role)) is not None:
                columns[role] = dialect.word(name)
        if self.value is not None:
            columns["value"] = dialect.money([self.value], None, digits=MONEY_DIGITS)
        if self.machine is not None:
            columns["machine"] = dialect.flag(self.machine)
        return self._with_kinds(dialect.select(columns))

    def before(self, moment: int) -> Events:
        """The same log without the lines at or after a moment."""
        dialect = self.source_table.dialect.before(self.date, self.dates.style, moment)
        changed = copy(self)
        object.__setattr__(changed, "source_table", replace(self.source_table, dialect=dialect))
        object.__setattr__(changed, "dates", replace(self.dates, dialect=dialect))
        return changed

    def canonical_names(self) -> dict[str, str]:
        """Mapping of all accepted event names to canonical names."""
        return {name: name for name in EVENT_NAMES} | dict(self.names or {})

    def _with_kinds(self, lines: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """The lines with `act`, `mail` and `web`."""
        event = nw.col("event")
        mail, web = event.is_in(list(MAIL_EVENTS)), event.is_in(list(WEB_EVENTS))
        act = event
        if self.channel is not None:
            channel = nw.col("channel").str.strip_chars().str.to_lowercase().fill_null("")
            mail = mail & channel.is_in(list(_MAIL_CHANNELS))
            web = web & ~channel.is_in(list(_OFFLINE_CHANNELS))
        if self.machine is not None:
            act = nw.when(~(nw.col("machine") & event.is_in(list(_BY_HAND)))).then(event)
        return lines.with_columns(
            act.alias("act"),
            mail.fill_null(value=False).alias("mail"),
            web.fill_null(value=False).alias("web"),
        )

    def _check_names(self) -> None:
        if self.names is not None and not isinstance(self.names, Mapping):
            raise TypeError(
                f"Events: names must map the log's names of events to canonical ones, got {type(self.names).__name__}."
            )
        names: Mapping[Any, Any] = self.names or {}
        if odd := [name for name in names if not isinstance(name, str)]:
            raise TypeError(f"Events: names must map text to text, got the names {listed(odd)}.")
        unknown = sorted({str(name) for name in names.values() if name not in EVENT_NAMES})
        if unknown:
            raise ValueError(
                f"Events: names must map onto canonical events, got {listed(unknown)}. "
                f"Canonical names are {listed(EVENT_NAMES)}."
            )


def as_events(events: object) -> Events:
    """The description itself, or the description of a plain table with the default column names."""
    return events if isinstance(events, Events) else Events(events)
