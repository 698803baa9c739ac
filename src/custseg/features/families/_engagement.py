"""Engagement scores: points per event with exponential decay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice
from custseg.feature_table import Feature
from custseg.features._family import Family, FamilyColumns
from custseg.features.sums._event_sums import KINDS, POINT, EventSums, Scoring
from custseg.features.sums._shared import SharedSums
from custseg.logs import EVENT_NAMES, described_logs

_MOST_POINTS = 1000
_LONGEST_LIFE = 36_500

FEATURES = tuple(
    Feature(name, "points", "engagement", 1, absent=0)
    for name in ("engagement", "engagement_email", "engagement_web", "engagement_orders")
)


def engagement(
    events: object,
    orders: object = None,
    *,
    as_of: object,
    window_days: int | None = None,
    weights: Mapping[str, float] | None = None,
    half_lives: Mapping[str, float] | None = None,
    refunds: str = "net",
    zero_orders: str = "drop",
) -> Any:
    r"""Compute engagement scores per customer: points per event, decaying exponentially with age.

    ``Σ weight(event) · 2^(−age / half-life)`` over the events in the window, where the age is the date of
    `as_of` minus the date of the event, in whole days. With no new events, each part halves in one
    half-life. High is good; 0 is no activity. Events of the company ("sent", "delivered", "bounced") have no
    points, and neither have "unsubscribed" and "complained": their effect does not decay, and they have
    features of their own.

    Parameters
    ----------
    events : Events or table
        The event log; a plain table has the default column names of `Events`.
    orders : Orders or table, optional
        The order log. If it is given, its purchases count instead of the "ordered" events.
    as_of : date, datetime or ISO text
        The moment of the snapshot; without a zone it is taken in the log's zone.
    window_days : int, optional
        Length of the window before `as_of`, in calendar days; only events in it count. By default all do.
    weights : mapping of str to float, optional
        Points per event, from -1,000 to 1,000, rounded to a thousandth. Events that are not given keep their
        default: opened 1, clicked 3; visited 1, viewed 0.5, carted 3, checkout 4, ad_clicked 2; ordered 10,
        redeemed 5; all others 0.
    half_lives : mapping of str to float, optional
        Half-lives in days: of "email" (default 30), "web" (10) and "orders" (120).
    refunds, zero_orders : str
        See `rfm`.

    Returns
    -------
    table
        In the kind of the event log (polars for a file), sorted by `customer_id`, one row per customer of
        either log:

        - `engagement` (float): all points.
        - `engagement_email` (float): opened and clicked mails.
        - `engagement_web` (float): visited, viewed, carted, checkout, ad_clicked.
        - `engagement_orders` (float): ordered, redeemed.

        The total is the sum of the three, plus opens and clicks on channels other than email, which decay
        with the half-life of email.

    Raises
    ------
    DataError
        If a log cannot be used: columns missing, dates that cannot be read, no known event, no rows before
        `as_of`, ids of different types.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    The points of a customer and day are rounded to 2^-32 and summed as integers, so that the result does not
    depend on the order of rows. Every event counts, also a second open of one mail; events made by machines do
    not. The defaults are conventions, not estimates: orders matter for about half a year, emails for a month,
    visits for some days.

    Without a column that marks machine opens, `engagement_email` is marked as doubtful;
    ``weights={"opened": 0}`` counts clicks only.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.features import engagement
    >>> log = pl.DataFrame(
    ...     {
    ...         "customer_id": ["ann", "ann", "bob"],
    ...         "occurred_at": ["2024-05-22", "2024-05-02", "2024-02-02"],
    ...         "event": ["visited", "clicked", "ordered"],
    ...     }
    ... )
    >>> engagement(log, as_of="2024-06-01")["engagement"].to_list()
    [2.0, 5.0]
    """
    scoring = _scoring(weights, half_lives)
    logs = described_logs(
        orders,
        events,
        as_of=as_of,
        caller="engagement",
        window_days=window_days,
        refunds=refunds,
        zero_orders=zero_orders,
    )
    assert logs.events is not None
    table = engagement_columns(SharedSums(logs).event_sums(scoring)).table
    return logs.events.source_table.give_back(table, logs.events.customer)


def engagement_columns(sums: EventSums) -> FamilyColumns:
    """The family for every customer of the logs."""
    col = nw.col
    bought = col("order_points") + col("redeem_points")
    points = {
        "engagement": col("email_points") + col("message_points") + col("web_points") + bought,
        "engagement_email": col("email_points"),
        "engagement_web": col("web_points"),
        "engagement_orders": bought,
    }
    columns = {name: value.cast(nw.Float64) / POINT for name, value in points.items()}
    doubtful = bool(sums.facts.mail_counts["opened"]) and not sums.marks_machines
    features = tuple(replace(feature, doubtful=doubtful and feature.name == "engagement_email") for feature in FEATURES)
    return FamilyColumns(sums.table, columns, features)


def _scoring(weights: object, half_lives: object) -> Scoring:
    """Weights and half-lives: the defaults, updated with the given values."""
    defaults = Scoring()
    points = _numbers("weights", weights, EVENT_NAMES)
    lives = _numbers("half_lives", half_lives, tuple(KINDS))
    for name, value in points.items():
        if not abs(value) <= _MOST_POINTS:
            raise ValueError(f"engagement: weights must lie from -1,000 to 1,000, got {name!r}: {value}.")
    for name, value in lives.items():
        if not 0 < value <= _LONGEST_LIFE:
            raise ValueError(f"engagement: half_lives must be days above 0 and at most 36,500, got {name!r}: {value}.")
    return Scoring({**defaults.weights, **points}, {**defaults.half_lives, **lives})


def _numbers(argument: str, values: object, allowed: tuple[str, ...]) -> dict[str, float]:
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise TypeError(
            f"engagement: {argument} must map names to numbers, such as {{{allowed[0]!r}: 10}}, "
            f"got {type(values).__name__}."
        )
    for name, value in values.items():
        check_choice("engagement", argument, name, allowed=allowed)
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(f"engagement: {argument} must be numbers, got {name!r}: {type(value).__name__} {value!r}.")
    return {name: float(value) for name, value in values.items()}


@dataclass(frozen=True)
class EngagementFigures:
    """How engagement fades.

    Attributes
    ----------
    half_lives : mapping of str to float
        Half-lives in days, of "email", "web" and "orders".
    """

    half_lives: Mapping[str, float]

    def __post_init__(self) -> None:
        """Raise ValueError for other names or for half-lives without a length, as an edited model file may have."""
        if set(self.half_lives) != set(KINDS) or not all(days > 0 for days in self.half_lives.values()):
            raise ValueError(f"half-lives must be days above 0 for {list(KINDS)}")

    @classmethod
    def of(cls, half_lives: Mapping[str, float]) -> EngagementFigures:
        """The usual half-lives, updated with these."""
        return cls({**Scoring().half_lives, **half_lives})

    @property
    def scoring(self) -> Scoring:
        """The usual weights with these half-lives."""
        return Scoring(half_lives=dict(self.half_lives))


ENGAGEMENT = Family(
    "engagement",
    lambda logs: "" if logs.events else "events",
    lambda sums, _: engagement_columns(sums.events),
    learn=lambda sums: EngagementFigures(dict(sums.scoring.half_lives)),
    figures=EngagementFigures,
)
