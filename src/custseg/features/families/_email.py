"""Email features: deliveries, opens, clicks, sending frequency, and whether email reaches the customer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import collected
from custseg._numerics import BetaPrior, beta_prior
from custseg.errors import DataError
from custseg.feature_table import Feature
from custseg.features._family import Family, FamilyColumns, Lookup
from custseg.features.sums._event_sums import EventSums
from custseg.features.sums._mail_sums import arrival_event
from custseg.features.sums._shared import SharedSums
from custseg.logs import MAIL_EVENTS, EventFacts, Logs, described_logs
from custseg.texts import listed

_MONTH = 28

FEATURES = (
    Feature("emails_delivered", "mails", "email", 0, absent=0),
    Feature("emails_opened", "mails", "email", 1, absent=0),
    Feature("emails_clicked", "mails", "email", 1, absent=0),
    Feature("open_rate", "share", "email", 1),
    Feature("click_rate", "share", "email", 1),
    Feature("click_to_open", "share", "email", 1),
    Feature("open_rate_shrunk", "share", "email", 1, shrunk=True),
    Feature("click_rate_shrunk", "share", "email", 1, shrunk=True),
    Feature("click_to_open_shrunk", "share", "email", 1, shrunk=True),
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
    """Compute email features per customer: deliveries, opens, clicks, rates, sending frequency and status.

    Each "delivered" event starts a mail. Opens, clicks and bounces are attributed to the last mail of their
    campaign that was delivered at or before them, or to the last mail of any campaign if they have none; they
    count once per mail, at any time before `as_of`. A mail is in the window if it was delivered in the window.
    A click implies an open. Opens and clicks that the log marks as made by a machine do not count.

    Parameters
    ----------
    events : Events or table
        The event log; a plain table has the default column names of `Events`. Where it has a channel, only
        "email" counts; without one, all messages are treated as emails.
    as_of : date, datetime or ISO text
        The moment of the snapshot; without a zone it is taken in the log's zone.
    window_days : int, optional
        Length of the window before `as_of`, in calendar days; only mails delivered in it count. By default
        all mails do.

    Returns
    -------
    table
        In the caller's kind (polars for a file), sorted by `customer_id`, one row per customer of the log:

        - `emails_delivered`, `emails_opened`, `emails_clicked` (int): number of mails.
        - `open_rate`, `click_rate` (float): opened and clicked over delivered; `click_to_open` (float):
          clicked over opened. High is good. Missing, not 0, if the denominator is 0: "never mailed" is not
          "never opened".
        - `open_rate_shrunk`, `click_rate_shrunk`, `click_to_open_shrunk` (float): ``(x + m s) / (n + s)``
          for x of n, with the prior Beta(m s, (1 - m) s) fitted to all customers, see Notes.
        - `open_rate_above_half` (float): posterior probability that the open rate is above ½. At 0.8
          or more the customer is a likely opener; the raw rule "open rate above 50 %" is unreliable with
          few mails.
        - `days_since_click` (int): days since the last click in the window.
        - `send_pressure_7d`, `send_pressure_28d` (int): mails sent in the last 7 and 28 days;
          `send_pressure_ratio` (float): the latter over the customer's average number of mails in 28 days
          since the first mail (at least 28 days, at most the window). Above 1 is more than usual.
        - `unsubscribed`, `complained` (bool): ever, in the window or not. `bounced` (bool): whether the
          last mail bounced. Missing if the log has no mail of the customer: unknown is not no.
        - `contactable_email` (bool): false if any of the three is true, else true if a mail was ever delivered.

    Raises
    ------
    DataError
        If the log cannot be used: columns missing, dates that cannot be read, no known event or none of
        mail, no rows before `as_of`.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    If the log has no "delivered" events, mails that were sent and did not bounce are treated as delivered. If
    it has no "sent" events either, `emails_delivered` and the rates over it are missing, and opens of one
    campaign on one day are one opened mail. Without "sent" events, sending frequency counts delivered and
    bounced mails. Duplicate events count once. A log with clicks and no opens does not record opens: features
    based on opens are missing. No event reverts "unsubscribed": a new consent is given in `Customers`.

    Without a column that marks machine opens, features based on opens are marked as doubtful: mail programs
    that open every mail look like readers. Prefer clicks in this case.

    The prior is fitted by the method of moments to customers with 5 or more mails; the variance expected from
    sampling alone is subtracted. If all rates are equal, or fewer than two customers have 5 mails, the prior
    has the mean rate of all mails and the weight of two mails.

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
    sums = SharedSums(logs).events
    table = email_columns(sums, learn_email(sums)).table
    return logs.events.source_table.give_back(table, logs.events.customer)


@dataclass(frozen=True)
class EmailFigures:
    """Figures of the customer base for email.

    Attributes
    ----------
    opens, clicks, clicks_of_opens : BetaPrior
        Priors of the open rate, the click rate, and clicked over opened.
    arrival : {"delivered", "sent"} or None
        The event that marks the arrival of a mail in the log.
    """

    opens: BetaPrior
    clicks: BetaPrior
    clicks_of_opens: BetaPrior
    arrival: str | None


def learn_email(sums: EventSums) -> EmailFigures:
    """The figures of all customers of the log."""
    counts = _tallies(sums, "delivered", "opened", "clicked")
    return EmailFigures(
        _prior(counts, "opened", "delivered"),
        _prior(counts, "clicked", "delivered"),
        _prior(counts, "clicked", "opened"),
        arrival_event(sums.facts),
    )


def email_columns(sums: EventSums, figures: EmailFigures) -> FamilyColumns:
    """The family for every customer of the logs."""
    col = nw.col
    opens, today = figures.opens, nw.lit(sums.snapshot.day)
    columns = {
        "emails_delivered": col("delivered"),
        "emails_opened": col("opened"),
        "emails_clicked": col("clicked"),
        "open_rate": _rate("opened", "delivered"),
        "click_rate": _rate("clicked", "delivered"),
        "click_to_open": _rate("clicked", "opened"),
        "open_rate_shrunk": _rate("opened", "delivered", opens),
        "click_rate_shrunk": _rate("clicked", "delivered", figures.clicks),
        "click_to_open_shrunk": _rate("clicked", "opened", figures.clicks_of_opens),
        "open_rate_above_half": nw.when(col("delivered") > 0).then(col("above_half")),
        "days_since_click": today - col("last_click_day"),
        "send_pressure_7d": col("sends_7d"),
        "send_pressure_28d": col("sends_28d"),
        "send_pressure_ratio": nw.when(col("sends") > 0).then(col("sends_weighted") / col("sends_expected")),
        **_states(),
    }
    unknown = _unsupported(sums.facts)
    columns |= {name: nw.when(nw.col("delivered") < 0).then(columns[name]) for name in unknown}
    features = tuple(_for_log(feature, sums, unknown) for feature in FEATURES)
    return FamilyColumns(sums.table, columns, features, _pressure_steps(sums), _above_half(sums, opens))


def _above_half(sums: EventSums, opens: BetaPrior) -> Lookup:
    """The probability that the open rate is above one half, for each pair of counts that customers have."""
    on = ("delivered", "opened")
    pairs = _tallies(sums, *on).select(on)
    delivered, opened = (pairs.get_column(name).to_numpy().astype(np.float64) for name in on)
    above_half = nw.new_series("above_half", opens.above(0.5, opened, delivered), nw.Float64, backend="polars")
    return Lookup(pairs.with_columns(above_half), on)


def _tallies(sums: EventSums, *names: str) -> nw.DataFrame[Any]:
    """How many customers have each combination of these counts; there are few."""
    return collected(sums.table.group_by(*names).agg(nw.len().alias("customers"))).sort(*names)


def _rate(numerator: str, denominator: str, prior: BetaPrior | None = None) -> nw.Expr:
    """Ratio of two counts, missing if the denominator is 0; shrunk towards the prior if one is given."""
    x, n = nw.col(numerator).cast(nw.Float64), nw.col(denominator).cast(nw.Float64)
    value = x / n if prior is None else (x + prior.mean * prior.strength) / (n + prior.strength)
    return nw.when(nw.col(denominator) > 0).then(value)


def _prior(counts: nw.DataFrame[Any], numerator: str, denominator: str) -> BetaPrior:
    names = (numerator, denominator, "customers")
    return beta_prior(*(counts.get_column(name).to_numpy().astype(np.float64) for name in names))


def _pressure_steps(sums: EventSums) -> tuple[dict[str, nw.Expr], ...]:
    """Sends in 28 days over the customer's average: all sends × 28 / exposure."""
    exposure = nw.lit(sums.snapshot.day) - nw.col("first_send_day")
    longest = sums.snapshot.window_days
    if longest is not None:
        exposure = nw.when(exposure > longest).then(nw.lit(longest)).otherwise(exposure)
    exposure = nw.when(exposure < _MONTH).then(nw.lit(_MONTH)).otherwise(exposure).cast(nw.Float64)
    sent_lately, sent = (nw.col(name).cast(nw.Float64) for name in ("sends_28d", "sends"))
    return ({"sends_weighted": sent_lately * exposure, "sends_expected": _MONTH * sent},)


def _states() -> dict[str, nw.Expr]:
    """Status flags of the customer's email address; null is unknown."""
    col = nw.col
    has_mail, arrived = col("mail_lines") > 0, ~col("last_arrival").is_null()
    came_back = ~col("last_bounce").is_null() & (~arrived | (col("last_bounce") >= col("last_arrival")))
    bounced = came_back.fill_null(value=False)
    refused = (col("unsubscribed") == 1) | (col("complained") == 1) | bounced
    return {
        "unsubscribed": nw.when(has_mail).then(col("unsubscribed") == 1),
        "complained": nw.when(has_mail).then(col("complained") == 1),
        "bounced": nw.when(arrived | bounced).then(bounced),
        "contactable_email": nw.when(refused | arrived).then(~refused),
    }


def _unsupported(facts: EventFacts) -> list[str]:
    """Features that this log cannot support."""
    counts = facts.mail_counts
    no_opens = _OF_OPENS if counts["clicked"] and not counts["opened"] else ()
    no_arrivals = _OF_ARRIVALS if arrival_event(facts) is None else ()
    return [feature.name for feature in FEATURES if feature.name in (*no_opens, *no_arrivals)]


def _for_log(feature: Feature, sums: EventSums, unknown: list[str]) -> Feature:
    """The feature with `absent` and `doubtful` as they are for this log."""
    doubtful = feature.name in _OF_OPENS and not sums.marks_machines
    absent = None if feature.name in unknown else feature.absent
    return replace(feature, absent=absent, doubtful=doubtful)


def _lacks(logs: Logs) -> str:
    if logs.events is None:
        return "events"
    if any(logs.event_facts.mail_counts.values()):
        return ""
    where = "" if logs.events.channel is None else f" with 'email' in column {logs.events.channel!r}"
    return f"events of mail, one or more of {listed(MAIL_EVENTS)}{where}"


EMAIL = Family(
    "email",
    _lacks,
    lambda sums, figures: email_columns(sums.events, figures),
    learn=lambda sums: learn_email(sums.events),
    figures=EmailFigures,
)
