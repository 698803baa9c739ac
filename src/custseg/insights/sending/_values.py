"""What one contact with each customer is expected to be worth, from the scorecard of their segment."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice, check_number
from custseg._frames import frame_from_columns
from custseg.errors import DataError
from custseg.insights.scorecards._result import Scorecard
from custseg.result import Segmentation

_CALLER = "contact_values"


def contact_values(
    card: Scorecard, result: Segmentation, *, measure: str = "revenue_per_mail", worth: float = 1.0
) -> Any:
    """Give each customer the value that one contact with their segment is expected to have.

    Parameters
    ----------
    card : Scorecard
        The scorecard of a past period.
    result : Segmentation
        The segments of the customers now, with the same numbers.
    measure : str, default "revenue_per_mail"
        The measure of a contact: "revenue_per_mail", "conversion_rate" or "click_rate".
    worth : float, default 1.0
        What one unit of the measure is worth: the margin of the revenue (0.3), or the worth of a purchase or click.

    Returns
    -------
    table
        In the caller's kind, one row per customer: `customer_id`, `segment`, `name`, `value` (the shrunken measure of
        the segment × worth), `low` and `high` (its 95 % interval). Missing for customers in no segment, and in one
        without enough data.

    Raises
    ------
    DataError
        If no segment has enough data.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Examples
    --------
    >>> from custseg import Events, Orders, fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.insights import contact_values, scorecard
    >>> shop = make_shop(600)
    >>> orders, events = Orders(shop.orders), Events(shop.events, channel="channel")
    >>> result = fit_segments(orders, as_of="2025-01-01", method="kmeans", n_segments=2)
    >>> card = scorecard(result, events, orders, since="2025-01-01", until="2025-07-01")
    >>> contact_values(card, result, worth=0.3).columns
    ['customer_id', 'segment', 'name', 'value', 'low', 'high']
    """
    if not isinstance(card, Scorecard):
        raise TypeError(f"{_CALLER}: card must be the result of `scorecard`, got {type(card).__name__}.")
    if not isinstance(result, Segmentation):
        raise TypeError(f"{_CALLER}: result must be the result of `fit_segments`, got {type(result).__name__}.")
    check_choice(_CALLER, "measure", measure, allowed=("revenue_per_mail", "conversion_rate", "click_rate"))
    unit = check_number(_CALLER, "worth", worth, minimum=0)
    ranking = card.ranking(measure)
    if not ranking.ranked:
        raise DataError(
            f"{_CALLER}: no segment has enough data for {measure!r}. Take a longer period, or measure='click_rate'."
        )
    numbers = {row.name: row.segment for row in card.segments if row.segment is not None}
    by_segment = {numbers[entry.name]: entry for entry in ranking.ranked}
    labels = result.labels.tolist()
    entries = [by_segment.get(label) for label in labels]
    names = {row.segment: row.name for row in result.profiles if row.segment is not None}
    columns = {
        "segment": [label if label >= 0 else None for label in labels],
        "name": [names.get(label) for label in labels],
        "value": [None if entry is None else entry.shrunken * unit for entry in entries],
        "low": [None if entry is None else entry.low * unit for entry in entries],
        "high": [None if entry is None else entry.high * unit for entry in entries],
    }
    table = nw.from_native(frame_from_columns(columns), eager_only=True)
    table = table.with_columns(result.features.ids.alias("customer_id"))
    return result.features.give_back(table.select("customer_id", *columns))
