"""Mail: what a customer got, opened and clicked, and whether mail still reaches them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import listed
from custseg.errors import DataError
from custseg.features._beta import BetaPrior, beta_prior
from custseg.features._event_sums import EventSums
from custseg.features._family import Family, FamilyColumns
from custseg.features._logs import Logs, described_logs
from custseg.features._mail_sums import arrival_event
from custseg.tables import MAIL_EVENTS, EventFacts, Feature

_MONTH = 28

FEATURES = (
    Feature("emails_delivered", "mails", "email", 0, absent=0),
    Feature("emails_opened", "mails", "email", 1, absent=0),
    Feature("emails_clicked", "mails", "email", 1, absent=0),
    Feature("open_rate", "share", "email", 1),
    Feature("click_rate", "share", "email", 1),
    Feature("click_to_open", "share", "email", 1),
    Feature("open_rate_shrunk", "share", "email", 1),
    Feature("click_rate_shrunk", "share", "email", 1),
    Feature("click_to_open_shrunk", "share", "email", 1),
    Feature("open_rate_above_half", "probability", "email", 1),
    Feature("days_since_click", "days", "email", -1),
    Feature("send_pressure_7d", "mails", "email", 0, absent=0),
    Feature("send_pressure_28d", "mails", "email", 0, absent=0),
    Feature("send_pressure_ratio", "ratio", "email", 0),
    Feature("unsubscribed", "yes or no", "email", -1),
    Feature("complained", "yes or no", "email", -1),
    Feature("bounced", "yes or no", "email", -1),
    Feature("contactable_email", "yes or no", "email", 1),
)

_OF_OPENS = (
    "emails_opened", "open_rate", "click_to_open", "open_rate_shrunk", "click_to_open_shrunk",
    "open_rate_above_half",
)  # fmt: skip
_OF_ARRIVALS = ("emails_delivered", "open_rate", "click_rate", "open_rate_shrunk", "click_rate_shrunk",
                "open_rate_above_half")  # fmt: skip


def email(events: object, *, as_of: object, window_days: int | None = None) -> Any:
    """Mails of each customer: delivered, opened and clicked, with rates, pressure and state.

    A mail begins when it arrives ("delivered"). Opens, clicks and bounces belong to the last mail of their
    campaign that arrived at or before them, or without a campaign to the last mail at all; they count once
    per mail, whenever before `as_of` they came. A mail is in the window when it arrived there. Clicks show
    that the mail was opened. Opens and clicks that the log marks as a machine's count for nothing.

    Parameters
    ----------
    events : Events or table
        The event log; a plain table has the default column names of `Events`. Where it has a channel, only
        "email" counts; without one, all messages are taken for mails.
    as_of : date, datetime or ISO text
        The moment of the snapshot; without a zone it is taken in the log's zone.
    window_days : int, optional
        Only mails that arrived in so many calendar days before `as_of` count; by default all.

    Returns
    -------
    table
        In the caller's kind (polars for a file), sorted by `customer_id`, one row per customer of the log:

        - `emails_delivered`, `emails_opened`, `emails_clicked` (int): mails, each once.
        - `open_rate`, `click_rate` (float): opened and clicked over delivered; `click_to_open` (float):
          clicked over opened. High is good. Missing where there is nothing to divide by, never 0: "never
          mailed" is not "never opened".
        - `open_rate_shrunk`, `click_rate_shrunk`, `click_to_open_shrunk` (float): ``(x + m s) / (n + s)``
          for x of n, with the prior Beta(m s, (1 - m) s) of the base, see Notes.
        - `open_rate_above_half` (float): probability under this prior that the open rate is above ½. At .8
          or more the customer is a likely opener; the plain rule "opens > 50 %" is mostly wrong where mails
          are few.
        - `days_since_click` (int): days since the last click in the window.
        - `send_pressure_7d`, `send_pressure_28d` (int): mails sent in the last 7 and 28 days;
          `send_pressure_ratio` (float): the latter over what the customer got in 28 days on average since
          the first mail (at least 28 days, at most the window). Above 1 is more than usual.
        - `unsubscribed`, `complained` (bool): ever, in the window or not. `bounced` (bool): whether the
          last mail came back. Missing where the log has no mail of the customer: unknown is not no.
        - `contactable_email` (bool): false after any of the three, else true where a mail ever arrived.

    Raises
    ------
    DataError
        If the log cannot be used: columns missing, dates that cannot be read, no known event or none of
        mail, no rows before `as_of`.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Without any "delivered" in the log, mails that were sent and did not bounce were delivered. Without
    "sent" too, `emails_delivered` and the rates over it are missing, and an opened mail is a campaign and a
    day. Without "sent", pressure counts delivered and bounced mails. Repeated rows of one event count once.
    A log with clicks and not one open does not record opens: all that is made of them is missing. After
    unsubscribing only the customer's own consent helps, as given in `Customers`: there is no event that
    takes it back.

    Without a column of machine opens the features of opens are doubtful: programs that open each mail by
    themselves look like readers. Prefer clicks then.

    The prior is fitted by moments on the customers with 5 or more mails; what chance alone adds to the
    variance of their rates is taken off. Where all rates are equal, or fewer than two customers have 5
    mails, it has the mean of all mails and the weight of two.

    References
    ----------
    Kleinman, J. C. (1973). Proportions with extraneous variance: single and independent samples. Journal of
    the American Statistical Association 68(341), 46-54. doi:10.1080/01621459.1973.10481332

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.features import email
    >>> log = pl.DataFrame(
    ...     {
    ...         "customer_id": ["ann", "ann", "ann", "bob"],
    ...         "occurred_at": ["2024-05-01 09:00", "2024-05-01 09:30", "2024-05-08", "2024-05-09"],
    ...         "event": ["delivered", "opened", "delivered", "visited"],
    ...     }
    ... )
    >>> email(log, as_of="2024-06-01")["open_rate"].to_list()
    [0.5, None]
    """
    logs = described_logs(None, events, as_of=as_of, caller="email", window_days=window_days)
    if lacking := _lacks(logs):
        raise DataError(f"email: {lacking} are needed.")
    assert logs.events is not None
    table = email_columns(logs.event_sums).table
    return logs.events.source_table.give_back(table, logs.events.customer)


def email_columns(sums: EventSums) -> FamilyColumns:
    """The family for every customer of the logs."""
    col = nw.col
    counts = {name: sums.table.get_column(name).to_numpy().astype(float) for name in ("delivered", "opened")}
    opens = beta_prior(counts["opened"], counts["delivered"])
    above_half = opens.above_half(counts["opened"], counts["delivered"])
    today = nw.lit(sums.snapshot.day)
    table = sums.table.with_columns(
        nw.new_series("above_half", above_half, nw.Float64, backend="polars"),
    ).select(
        "customer_id",
        emails_delivered=col("delivered"),
        emails_opened=col("opened"),
        emails_clicked=col("clicked"),
        open_rate=_rate("opened", "delivered"),
        click_rate=_rate("clicked", "delivered"),
        click_to_open=_rate("clicked", "opened"),
        open_rate_shrunk=_rate("opened", "delivered", opens),
        click_rate_shrunk=_rate("clicked", "delivered", _prior(sums, "clicked", "delivered")),
        click_to_open_shrunk=_rate("clicked", "opened", _prior(sums, "clicked", "opened")),
        open_rate_above_half=nw.when(col("delivered") > 0).then(col("above_half")),
        days_since_click=today - col("last_click_day"),
        send_pressure_7d=col("sends_7d"),
        send_pressure_28d=col("sends_28d"),
        send_pressure_ratio=_pressure_ratio(sums),
        **_states(),
    )
    unknown = _not_told(sums.facts)
    table = table.with_columns(nw.lit(None, table.schema[name]).alias(name) for name in unknown)
    return FamilyColumns(table, tuple(_told(feature, sums, unknown) for feature in FEATURES))


def _rate(part: str, whole: str, prior: BetaPrior | None = None) -> nw.Expr:
    """The part over the whole, missing over nothing; with a prior, shrunk."""
    x, n = nw.col(part).cast(nw.Float64), nw.col(whole).cast(nw.Float64)
    value = x / n if prior is None else (x + prior.mean * prior.strength) / (n + prior.strength)
    return nw.when(nw.col(whole) > 0).then(value)


def _prior(sums: EventSums, part: str, whole: str) -> BetaPrior:
    x, n = (sums.table.get_column(name).to_numpy().astype(np.float64) for name in (part, whole))
    return beta_prior(x, n)


def _pressure_ratio(sums: EventSums) -> nw.Expr:
    """Sends of 28 days over the customer's own norm: their sends × 28 / exposure."""
    exposure = nw.lit(sums.snapshot.day) - nw.col("first_send_day")
    longest = sums.snapshot.window_days
    if longest is not None:
        exposure = nw.when(exposure > longest).then(nw.lit(longest)).otherwise(exposure)
    exposure = nw.when(exposure < _MONTH).then(nw.lit(_MONTH)).otherwise(exposure).cast(nw.Float64)
    ratio = nw.col("sends_28d").cast(nw.Float64) * exposure / (_MONTH * nw.col("sends").cast(nw.Float64))
    return nw.when(nw.col("sends") > 0).then(ratio)


def _states() -> dict[str, nw.Expr]:
    """Whether mail may and does reach the customer; null is unknown."""
    col = nw.col
    known, arrived = col("mail_lines") > 0, ~col("last_arrival").is_null()
    came_back = ~col("last_bounce").is_null() & (~arrived | (col("last_bounce") >= col("last_arrival")))
    bounced = came_back.fill_null(value=False)
    refused = (col("unsubscribed") == 1) | (col("complained") == 1) | bounced
    return {
        "unsubscribed": nw.when(known).then(col("unsubscribed") == 1),
        "complained": nw.when(known).then(col("complained") == 1),
        "bounced": nw.when(arrived | bounced).then(bounced),
        "contactable_email": nw.when(refused | arrived).then(~refused),
    }


def _not_told(facts: EventFacts) -> list[str]:
    """The features of which the log tells nothing."""
    counts = facts.mail_counts
    no_opens = _OF_OPENS if counts["clicked"] and not counts["opened"] else ()
    no_arrivals = _OF_ARRIVALS if arrival_event(facts) is None else ()
    return [feature.name for feature in FEATURES if feature.name in (*no_opens, *no_arrivals)]


def _told(feature: Feature, sums: EventSums, unknown: list[str]) -> Feature:
    """The feature with what is special to this log."""
    doubtful = feature.name in _OF_OPENS and not sums.tells_machines
    absent = None if feature.name in unknown else feature.absent
    return replace(feature, absent=absent, doubtful=doubtful)


def _lacks(logs: Logs) -> str:
    if logs.events is None:
        return "events"
    if any(logs.event_facts.mail_counts.values()):
        return ""
    where = "" if logs.events.channel is None else f" with 'email' in column {logs.events.channel!r}"
    return f"events of mail, one or more of {listed(MAIL_EVENTS)}{where}"


EMAIL = Family("email", _lacks, lambda logs: email_columns(logs.event_sums))
