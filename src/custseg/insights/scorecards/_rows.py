"""One row of the scorecard, its measures, and which of its figures must not leave the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from custseg._privacy import hidden_cells, is_small
from custseg.insights.scorecards._estimates import Figure

RATES = {
    "open_rate": ("opened", "delivered"),
    "machine_open_rate": ("opened_by_machine", "delivered"),
    "click_rate": ("clicked", "delivered"),
    "click_to_open": ("clicked", "opened"),
    "conversion_rate": ("converted", "ripe"),
    "unsubscribe_rate": ("unsubscribed", "delivered"),
    "complaint_rate": ("complained", "delivered"),
    "bounce_rate": ("bounced", "sent"),
}
"""By measure, what is counted and what it is related to."""

AMOUNTS = {"revenue_per_customer": ("money", "member"), "revenue_per_mail": ("credited", "ripe")}
"""By measure of money, the amount and what it is related to."""

RANKABLE = ("open_rate", "click_rate", "click_to_open", "conversion_rate", "revenue_per_customer", "revenue_per_mail")
"""Measures of which more is better."""


@dataclass(frozen=True)
class ScoreRow:
    """One segment or campaign.

    Attributes
    ----------
    segment : int or None
        Number of the segment; None for customers in none, and for campaigns.
    name : str
        Name of the segment, or of the campaign.
    customers : int
        Customers who were in the segment in the period; for a campaign, who got it.
    mean_days : float or None
        Days of the period that they were in it, on average; None for a campaign.
    delivered : int
        Mails that were delivered to them meanwhile.
    figures : mapping of str to Figure
        By measure; a measure that the logs cannot give is absent.
    """

    segment: int | None
    name: str
    customers: int
    mean_days: float | None
    delivered: int
    figures: Mapping[str, Figure]


def with_hidden(rows: list[ScoreRow]) -> tuple[ScoreRow, ...]:
    """The rows with figures marked that must not leave the process.

    A figure is hidden if it counts 1 to 9, or all but 1 to 9, or is one of fewer than ten customers. Where a measure
    has a single such row, the one with the smallest other count is hidden too, since the sum over all segments is that
    over all campaigns.
    """
    for measure in RATES:
        having = [index for index, row in enumerate(rows) if measure in row.figures]
        figures = [rows[index].figures[measure] for index in having]
        events = np.array([figure.events or 0 for figure in figures], dtype=np.int64)
        rest = np.array([figure.total for figure in figures], dtype=np.int64) - events
        totals = np.array([figure.total for figure in figures], dtype=np.int64)
        hidden = is_small(totals) | is_small(np.array([figure.customers for figure in figures], dtype=np.int64))
        for counts in (events, rest):
            hidden = hidden | hidden_cells(counts[None, :])[0] if len(counts) else hidden
        for index, figure, is_hidden in zip(having, figures, hidden.tolist(), strict=True):
            marked = replace(figure, is_hidden=is_hidden)
            rows[index] = replace(rows[index], figures={**rows[index].figures, measure: marked})
    return tuple(rows)
