"""The functions of the vendors: the same arguments for all, and what is particular to each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

import narwhals.stable.v2 as nw

from custseg._frames import in_memory
from custseg.sources.mail._contacts import read_contacts
from custseg.sources.mail._messages import MessageReader
from custseg.sources.reading import (
    SourceLogs,
    SourceOptions,
    SourceReport,
    System,
    event_log,
    raise_unless_any,
    source_findings,
)


class MessageOptions(SourceOptions, total=False):
    """The arguments that the functions of all vendors take; `sendgrid` describes them."""

    columns: Mapping[str, str] | None
    names: Mapping[str, str] | None


def sendgrid(
    events: object,
    *,
    columns: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    timezone: str = "UTC",
    date_format: str | None = None,
    as_of: object = None,
    separator: str | None = None,
    language: str = "en",
) -> SourceLogs:
    """Read what the event webhook of SendGrid has posted.

    A customer is the e-mail address in lower case. Opens with `sg_machine_open` are marked as those of a machine, and
    do not count as opens. Events that were posted twice (one `sg_event_id`) count once. Mails that were dropped or
    deferred have not left: these events are named in the data report and used for nothing.

    Parameters
    ----------
    events : path or table
        JSON files with arrays or lines, a pattern of them, a CSV or Parquet file, or a table.
    columns : mapping of str to str, optional
        Columns by role where the file has other names: "customer", "event", "date", "event_id", "campaign" and those
        that mark machines. A date that is named here is read as `date_format` says.
    names : mapping of str to str, optional
        Further names of events, and the canonical ones; case does not count.
    timezone : str, default "UTC"
        The zone whose calendar gives the days.
    date_format : str, optional
        How dates are written, as in `Events`; by default as the vendor writes them.
    as_of : date, datetime or ISO text, optional
        The moment of the snapshot: with it, the report counts the rows that are ignored because they are later.
    separator : str, optional
        Of a CSV file.
    language : {"en", "ru"}, default "en"
        Language of the report.

    Returns
    -------
    SourceLogs
        `events` and the report.

    Raises
    ------
    DataError
        If the file is none of this vendor, its ids lost digits, or all dates are before 2000.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"email": ["A@x.org"], "event": ["open"], "timestamp": [1788253204], "sg_machine_open": [True]}
    >>> sendgrid(pl.DataFrame(rows)).report.count("machine_events")
    1
    """
    return _of_events(
        "sendgrid", events, columns=columns, names=names, timezone=timezone, date_format=date_format, as_of=as_of,
        separator=separator, language=language,
    )  # fmt: skip


def mailgun(events: object, **options: Unpack[MessageOptions]) -> SourceLogs:
    """Read events of Mailgun: those of the API, one by one, or what its webhooks have posted.

    Events with a name in `client-info.bot` are marked as those of a machine. A temporary failure is tried again and
    is no bounce; messages of the test mode are left out. Ids are unique within a day.

    Parameters
    ----------
    events : path or table
        JSON lines or arrays of events, also within "event-data", or a table.
    **options
        As in `sendgrid`.

    Returns
    -------
    SourceLogs
        `events` and the report.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"recipient": ["a@x.org"], "event": ["failed"], "severity": ["temporary"], "timestamp": [1788253204.25]}
    >>> mailgun(pl.DataFrame(rows)).events.lines().collect("polars")["name"].to_list()
    ['failed temporary']
    """
    return _of_events("mailgun", events, **options)


def brevo(events: object, **options: Unpack[MessageOptions]) -> SourceLogs:
    """Read what the webhooks of Brevo have posted.

    Opens by a privacy proxy ("proxy_open") are marked as those of a machine. The header of Brevo's file exports is not
    published: name its columns with `columns` and `date_format`.

    Parameters
    ----------
    events : path or table
        JSON lines or arrays, or a table.
    **options
        As in `sendgrid`.

    Returns
    -------
    SourceLogs
        `events` and the report.

    Examples
    --------
    >>> import polars as pl
    >>> brevo(pl.DataFrame({"email": ["a@x.org"], "event": ["proxy_open"], "ts_event": [1788253204]})).report.rows
    {'events': 1}
    """
    return _of_events("brevo", events, **options)


def unisender(events: object, **options: Unpack[MessageOptions]) -> SourceLogs:
    """Read delivery states of UniSender, or what the webhooks of UniSender Go have posted.

    The states of a campaign ("ok_...", "err_...") are the last ones: a link that was visited implies that the mail was
    delivered and read. All these are events at the one time that the file has, and the report says so. Machine opens
    are not told.

    Parameters
    ----------
    events : path or table
        States with the columns "email", "send_result" and "last_update", or JSON lines with "event_data"; other names
        with `columns`.
    **options
        As in `sendgrid`. Times are in Greenwich time.

    Returns
    -------
    SourceLogs
        `events` and the report.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"email": ["a@x.org"], "send_result": ["ok_read"], "last_update": ["2026-09-01 10:00:00"]}
    >>> unisender(pl.DataFrame(rows)).events.lines().collect("polars")["event"].to_list()
    ['sent', 'delivered', 'opened']
    """
    return _of_events("unisender", events, **options)


def sendpulse(events: object, **options: Unpack[MessageOptions]) -> SourceLogs:
    """Read what the webhooks of SendPulse have posted; machine opens are not told.

    Parameters
    ----------
    events : path or table
        JSON lines or arrays, or a table, with "email" or "recipient", "event" and "timestamp".
    **options
        As in `sendgrid`.

    Returns
    -------
    SourceLogs
        `events` and the report.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"recipient": ["a@x.org"], "event": ["spam_by_user"], "timestamp": [1788253204]}
    >>> sendpulse(pl.DataFrame(rows)).events.lines().collect("polars")["event"].to_list()
    ['complained']
    """
    return _of_events("sendpulse", events, **options)


def twilio(events: object, **options: Unpack[MessageOptions]) -> SourceLogs:
    """Read the log of messages of Twilio: SMS, and messages of WhatsApp.

    A customer is the telephone number that a message was sent to. The log has the last state of each message, so that
    one that was read counts as sent and delivered at the same time. Messages of customers are left out, and no text of
    a message is read.

    Parameters
    ----------
    events : path or table
        CSV of the log of messages, or a table with the same columns.
    **options
        As in `sendgrid`; `date_format`, unless dates are in ISO 8601.

    Returns
    -------
    SourceLogs
        `events` on the channels "sms" and "whatsapp", and the report.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"To": ["+4915100000001"], "Status": ["sent"], "SentDate": ["2026-09-01"], "Direction": ["outbound-api"]}
    >>> twilio(pl.DataFrame(rows)).events.lines().collect("polars")["channel"].to_list()
    ['sms']
    """
    return _of_events("twilio", events, **options)


def klaviyo(events: object = None, customers: object = None, **options: Unpack[MessageOptions]) -> SourceLogs:
    """Read events and profiles of Klaviyo.

    The API gives events beside the ids of metric and profile: put the metric's name and the profile's address into the
    rows, and name the columns. Opens with "Machine Open" or "Apple Privacy Open" and clicks with "Bot Click" are marked
    as those of a machine.

    Parameters
    ----------
    events : path or table, optional
        Rows with the address, the name of the metric and "datetime".
    customers : path or table, optional
        CSV of a list or segment: consent to mails, country, source, creation.
    **options
        As in `sendgrid`; `columns` are those of the events, such as ``{"customer": "email", "event": "metric"}``.

    Returns
    -------
    SourceLogs
        `events`, `customers` and the report.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"mail": ["a@x.org"], "metric": ["Clicked Email"], "datetime": ["2026-09-01T10:00:00+00:00"]}
    >>> logs = klaviyo(pl.DataFrame(rows), columns={"customer": "mail", "event": "metric"})
    >>> logs.events.lines().collect("polars")["event"].to_list()
    ['clicked']
    """
    return _read("klaviyo", {"events": (events, "")}, customers, **options)


def mailchimp(
    opens: object = None, clicks: object = None, customers: object = None, **options: Unpack[MessageOptions]
) -> SourceLogs:
    """Read opens, clicks and members of an account of Mailchimp.

    Opens are not marked where a machine made them. The files say neither what was sent nor what was delivered, so that
    rates of opens and clicks are not known.

    Parameters
    ----------
    opens, clicks : path or table, optional
        Files of `granular_activity` of the account export, or patterns of them: "opens/*.csv" and "clicks/*.csv".
    customers : path or table, optional
        Members of an audience; those who have unsubscribed are in a file of their own.
    **options
        As in `sendgrid`. Times are in Greenwich time.

    Returns
    -------
    SourceLogs
        `events`, `customers` and the report.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"Email": ["A@x.org"], "Timestamp": ["2026-09-01 10:00:00"]}
    >>> mailchimp(opens=pl.DataFrame(rows)).events.lines().collect("polars")["event"].to_list()
    ['opened']
    """
    return _read("mailchimp", {"opens": (opens, "opened"), "clicks": (clicks, "clicked")}, customers, **options)


def _of_events(system: str, events: object, **options: Unpack[MessageOptions]) -> SourceLogs:
    return _read(system, {"events": (events, "")}, None, **options)


def _read(
    system: str, files: Mapping[str, tuple[object, str]], customers: object, **options: Unpack[MessageOptions]
) -> SourceLogs:
    """The events of all files, each with the event of its rows, and the contacts."""
    given = {argument: file for argument, file in files.items() if file[0] is not None}
    raise_unless_any(f"sources.{system}", **{name: file[0] for name, file in files.items()}, customers=customers)
    language = options.pop("language", "en")
    reader = MessageReader(system, **options)  # type: ignore[misc]  # language is taken out
    canonical = reader.canonical()
    counts: dict[str, int] = {}
    files_read = [reader.read(table, argument, counts, event=event) for argument, (table, event) in given.items()]
    rows = {argument: item.rows for argument, item in zip(given, files_read, strict=True)}
    log = contacts = None
    if files_read:
        frames = [item.frame for item in files_read]
        frame: nw.LazyFrame[Any] = frames[0] if len(frames) == 1 else nw.concat([in_memory(f) for f in frames])
        first = files_read[0]
        log = event_log(first.source, frame, names=canonical, timezone=reader.timezone, date_format=first.date_format)
    if customers is not None:
        contacts, rows["customers"] = read_contacts(
            customers, system, counts, timezone=reader.timezone, separator=reader.separator
        )
    report = SourceReport(system, rows, source_findings(language, counts), language)
    return SourceLogs(events=log, customers=contacts, report=report)


_OF_EVENTS = {
    "brevo": brevo,
    "mailgun": mailgun,
    "sendgrid": sendgrid,
    "sendpulse": sendpulse,
    "twilio": twilio,
    "unisender": unisender,
}
VENDORS = (
    *(System(name, read, files={"events": "events"}, gives=("events",)) for name, read in _OF_EVENTS.items()),
    System("klaviyo", klaviyo, files={"events": "events", "customers": "customers"}, gives=("events", "customers")),
    System("mailchimp", mailchimp, files={"events": "clicks", "customers": "customers"}, gives=("events", "customers")),
)
