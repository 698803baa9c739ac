"""What became of messages, read from the files of any vendor: `formats/<vendor>.toml` says how these are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import in_memory
from custseg.logs import MAIL_EVENTS
from custseg.sources.reading import (
    Messages,
    SourceTable,
    checked_rows,
    csv_form,
    event_names,
    first_of_each_order,
    formats,
    in_greenwich_time,
    n_repeated,
    open_source,
    without_guard,
)

_WORDS = ("customer", "event", "kind", "event_id", "campaign", "direction", "test")
_NO = ("", "false", "0", "no", "none")
_DAY = 86_400_000_000
_WHATSAPP = "^whatsapp:"


@dataclass(frozen=True)
class MessageRows:
    """The events of one file.

    Attributes
    ----------
    source : SourceTable
        The file.
    frame : narwhals LazyFrame
        `customer_id`, `occurred_at`, `moment`, `event`, `channel`; `campaign` and `machine` where the file has them.
    rows : int
        The rows of the file.
    date_format : str or None
        How the dates are written.
    """

    source: SourceTable
    frame: nw.LazyFrame[Any]
    rows: int
    date_format: str | None


@dataclass(frozen=True)
class MessageReader:
    """How the files of a vendor are read, from the arguments of its function.

    Attributes
    ----------
    system : str
        The vendor.
    columns : mapping of str to str or None
        Columns by role, where the header is another than the usual one.
    names : mapping of str to str or None
        Further names of events, and the canonical ones.
    timezone, date_format, separator : str or None
        As in `Events`.
    as_of : object
        The moment of the snapshot, for the report.
    """

    system: str
    columns: Mapping[str, str] | None = None
    names: Mapping[str, str] | None = None
    timezone: str = "UTC"
    date_format: str | None = None
    as_of: object = None
    separator: str | None = None

    def canonical(self) -> dict[str, str]:
        """The names of events in lower case, and the canonical ones."""
        names = event_names(f"sources.{self.system}", self.system, self.names)
        return {name.lower(): event for name, event in names.items()}

    def read(self, table: object, argument: str, counts: dict[str, int], *, event: str = "") -> MessageRows:
        """The events of a file; `event` is that of all its rows, where it has no column of events.

        `counts` gets the counts of the report, added to those of other files.
        """
        form = csv_form(separator=self.separator)
        source = open_source(table, self.system, argument, form=form, columns=self.columns)
        date_format = self.date_format
        if date_format is None and "date" not in (self.columns or {}):
            date_format = source.form.date_format or None
        frame = self._rows(source, date_format, event=event)
        col = nw.col
        conditions = {
            "without_customer": col("customer_id").is_null(),
            "test_messages": col("is_test"),
            "inbound": col("inbound"),
            "last_states": col("event").is_in(list(self._style.last_state)).fill_null(value=False),
        }
        opened = [name for name, canonical in self.canonical().items() if canonical == "opened"]
        is_open = col("event").is_in(["opened", *opened, *self._states_of("opened")]).fill_null(value=False)
        marked = self._style.machine_events or any(source.has(role) for role in self._style.machine)
        conditions["machine_events" if marked else "unmarked_opens"] = col("machine") if marked else is_open
        read = checked_rows(
            source, frame, as_of=self.as_of, timezone=self.timezone, conditions=conditions
        )  # fmt: skip
        numbers = {**read.special, "before_2000": read.early, "after_as_of": read.late}
        frame = frame.filter(~col("is_test") & ~col("inbound"))
        if source.has("event_id"):
            numbers["repeated_events"] = n_repeated(frame, "event_key")
            frame = first_of_each_order(in_memory(frame), "event_key")
        for name, count in numbers.items():
            counts[name] = counts.get(name, 0) + count
        frame = self._expanded(frame).rename({"date": "occurred_at"})
        optional = ["campaign"] if source.has("campaign") else []
        optional += ["machine"] if marked else []
        selected = frame.select("customer_id", "occurred_at", "moment", "event", "channel", *optional)
        return MessageRows(source, selected, read.rows, date_format)

    @property
    def _style(self) -> Messages:
        return formats()[self.system].messages

    def _rows(self, source: SourceTable, date_format: str | None, *, event: str) -> nw.LazyFrame[Any]:
        """The rows with the customer, the event in lower case, and what marks them."""
        style, col = self._style, nw.col
        frame = source.rows([*_WORDS, *style.machine], date="date", date_format=date_format)
        name = nw.lit(event) if event else col("event").str.to_lowercase()
        qualified = name.is_in(style.qualified) & ~col("kind").is_null()
        with_kind = nw.concat_str(name, col("kind").str.to_lowercase(), separator=" ")
        frame = frame.with_columns(nw.when(qualified).then(with_kind).otherwise(name).alias("event"))
        frame = frame.with_columns(without_guard("customer"))
        customer = col("customer").str.to_lowercase()
        is_whatsapp = customer.str.contains(_WHATSAPP).fill_null(value=False)
        day = (col("moment") // _DAY).cast(nw.String)
        machine = col("event").is_in(style.machine_events).fill_null(value=False)
        for role in style.machine:
            machine = machine | _is_marked(role)
        frame = frame.with_columns(
            customer.str.replace_all(_WHATSAPP, "").alias("customer_id"),
            nw.when(is_whatsapp).then(nw.lit("whatsapp")).otherwise(nw.lit(style.channel)).alias("channel"),
            (nw.concat_str(col("event_id"), day, separator=" ") if style.daily_ids else col("event_id")).alias(
                "event_key"
            ),
            machine.alias("machine"),
            _is_marked("test").alias("is_test"),
            col("direction").str.to_lowercase().str.starts_with("inbound").fill_null(value=False).alias("inbound"),
        )
        mapped_date = "date" in (self.columns or {})
        return in_greenwich_time(frame, "date") if source.form.utc and not mapped_date else frame

    def _states_of(self, event: str) -> list[str]:
        """The last states that imply an event."""
        return [state for state, events in self._style.last_state.items() if event in events]

    def _expanded(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """A row for each event that a last state implies, all at its time."""
        states = list(self._style.last_state)
        if not states:
            return frame
        frame = in_memory(frame)
        is_state = nw.col("event").is_in(states).fill_null(value=False)
        frames = [frame.filter(~is_state)]
        for event in MAIL_EVENTS:
            implied = frame.filter(nw.col("event").is_in(self._states_of(event)).fill_null(value=False))
            frames.append(implied.with_columns(nw.lit(event).alias("event")))
        return nw.concat(frames, how="vertical")


def _is_marked(role: str) -> nw.Expr:
    """Whether a column says yes, or names something."""
    word = nw.col(role).str.to_lowercase()
    return (~word.is_in(list(_NO))).fill_null(value=False)
