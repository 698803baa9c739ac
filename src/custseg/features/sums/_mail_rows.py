"""One row per mail of an event log with what became of it, for figures of a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect_together
from custseg.features.sums._event_sums import lines_before
from custseg.features.sums._mail_sums import arrival_event, mail_moments, numbered_mails
from custseg.logs import EventFacts, Events
from custseg.snapshot import Snapshot

_REACTIONS = ("opened", "clicked", "unsubscribed", "complained")


@dataclass(frozen=True, eq=False)
class MailRows:
    """The mails of a period in memory.

    Attributes
    ----------
    mails : narwhals DataFrame
        One row per mail that was delivered in the window: `customer`, `campaign` (text, missing where the log has
        none), `moment` and `day` (Int64, as the lines of the log have them), and whether it was `opened`, `clicked`,
        `opened_by_machine` and by no person, `unsubscribed` and `complained` (0 or 1).
    sends : narwhals DataFrame
        One row per mail that was sent in the window: `customer`, `campaign`, `moment`, `bounced` (0 or 1).
    marks_machines : bool
        Whether the log marks events made by machines.
    records_opens : bool
        Whether the log has opens.
    """

    mails: nw.DataFrame[Any]
    sends: nw.DataFrame[Any]
    marks_machines: bool
    records_opens: bool


def mail_rows(events: Events, snapshot: Snapshot, facts: EventFacts) -> MailRows:
    """The mails of the window with their reactions before the snapshot, attributed as in the email features.

    The log must have arrivals, see `arrival_event`. A mail that was sent and not delivered is in `sends` alone.
    Without "delivered" events, mails that were sent and did not bounce were delivered; without "sent" events, mails
    that were delivered or bounced were sent.
    """
    col = nw.col
    arrival = arrival_event(facts)
    assert arrival is not None
    lines = lines_before(events, snapshot)
    keys = ["customer", "campaign"] if events.campaign is not None else ["customer"]
    machines = events.machine is not None
    reactions = (*_REACTIONS, "opened_by_machine") if machines else _REACTIONS
    moments = mail_moments(lines, facts, keys, arrival=arrival, machines=machines)
    mails = _rows(moments, keys, (*reactions, "bounced"))
    if facts.mail_counts["sent"]:
        sends = mails if arrival == "sent" else _rows(mail_moments(lines, facts, keys, arrival="sent"), keys)
    else:
        sends = moments.filter(col("sent") == 1, col("inside") == 1).select(*keys, "moment", "bounced")
    delivered = mails.filter(col("bounced") == 0) if arrival == "sent" else mails
    tables = collect_together(
        delivered.select(*keys, "moment", "day", *reactions), sends.select(*keys, "moment", "bounced")
    )
    mail_table, send_table = (_with_campaign(table) for table in tables)
    by_machine = nw.lit(0)
    if machines:
        by_machine = nw.when(col("opened") == 0).then(col("opened_by_machine")).otherwise(nw.lit(0))
    mail_table = mail_table.with_columns(by_machine.cast(nw.Int64).alias("opened_by_machine"))
    return MailRows(mail_table, send_table, machines, facts.mail_counts["opened"] > 0)


def _rows(moments: nw.LazyFrame[Any], keys: list[str], flags: tuple[str, ...] = ("bounced",)) -> nw.LazyFrame[Any]:
    """One row per mail that arrived in the window."""
    col = nw.col
    has_arrived = (col("arrived") == 1) & (col("inside") == 1)
    numbered = numbered_mails(moments, keys).with_columns(
        nw.when(has_arrived).then(col(name)).alias(name) for name in ("moment", "day")
    )
    rows = numbered.group_by(*keys, "number").agg(col(name).max() for name in ("moment", "day", *flags))
    return rows.filter(~col("moment").is_null())


def _with_campaign(table: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """The table with whole numbers as Int64, and with a column of campaigns."""
    numbers = [name for name in table.columns if name not in ("customer", "campaign")]
    table = table.with_columns(nw.col(name).cast(nw.Int64) for name in numbers)
    if "campaign" in table.columns:
        return table
    return table.with_columns(nw.lit(None, nw.String).alias("campaign"))
