"""The minimum size of a fit: whether there are customers enough for it, and what `min_size="auto"` stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from custseg._checks import check_min_size, check_room_for
from custseg._numerics import Bools
from custseg._privacy import few
from custseg.errors import DataError
from custseg.feature_table import FeatureTable
from custseg.logs import Logs
from custseg.matrix import can_be_clustered
from custseg.result import Segmentation
from custseg.texts import plural
from custseg.trials import AutoMinimum, PastOutcome, auto_minimum, check_lift, past_clicks, past_horizon, past_purchases

__all__ = ["AUTO", "check_enough", "minimum_of_outcome", "requested_size", "with_detectable_lifts"]

AUTO = "auto"
_CONTACTABLE = "contactable_email"
_POOLED = 3


def requested_size(caller: str, min_size: Any, lift: Any) -> None:
    """Raise unless the minimum is a count, a share or "auto", and the lift can be shown."""
    if check_lift(caller, lift) <= 0:
        raise ValueError(f'{caller}: lift is the rise that min_size="auto" is for; it must be above 0, got {lift}.')
    if isinstance(min_size, str):
        if min_size != AUTO:
            raise ValueError(f"{caller}: min_size must be a count, a share or 'auto', got {min_size!r}.")
        return
    check_min_size(caller, min_size)


def minimum_of_outcome(
    logs: Logs | None,
    table: FeatureTable,
    columns: Sequence[str],
    *,
    lift: float,
    outcome: PastOutcome | None = None,
) -> AutoMinimum:
    """The minimum size so that segments can show the lift, from what happened in the last days of the log.

    By default the outcome is a repeat purchase, or its money where nearly all customers buy again.
    """
    clustered = can_be_clustered(table, columns)
    reachable = _reachable(table, clustered)
    outcomes: tuple[PastOutcome, ...] = ()
    pooled: tuple[PastOutcome, ...] = ()
    clicks = None
    if outcome is not None:
        outcomes = (outcome,)
    elif logs is not None and (horizon := past_horizon(logs)) is not None:
        outcomes = past_purchases(logs, horizon)
        clicks = past_clicks(logs, outcomes[0].ids, horizon)
        if past_horizon(logs, _POOLED * horizon) == _POOLED * horizon:
            pooled = past_purchases(logs, _POOLED * horizon)
    minimum = auto_minimum(outcomes, n_customers=int(clustered.sum()), reachable=reachable, lift=lift, clicks=clicks)
    if pooled and minimum.outcome is not None:
        return replace(minimum, pooled=next(item for item in pooled if item.name == minimum.outcome.name))
    return minimum


def with_detectable_lifts(result: Segmentation, minimum: AutoMinimum, logs: Logs | None) -> Segmentation:
    """The result with the minimum, and with what each segment can show.

    The base rate of a segment is that of the customers whom the model puts into it at the beginning of the past
    period: those who are in it now are in it because of what they did since.
    """
    numbers = result.model.numbers
    sizes = {}
    for label, number in enumerate(numbers):
        members = result.labels == label
        sizes[number] = int(members.sum()), _reachable(result.features, members)
    outcomes = [] if logs is None else [item for item in (minimum.outcome, minimum.pooled) if item is not None]
    past = {item.horizon_days: _past_members(result, logs, item.horizon_days) for item in outcomes}
    return replace(result, minimum=minimum.with_segments(sizes, past))


def _past_members(result: Segmentation, logs: Logs | None, horizon_days: int) -> dict[int, list[Any]]:
    """The customers in each segment when the past period began; none where the log cannot tell."""
    model = result.model
    assert model.definition is not None
    assert logs is not None
    before = replace(logs, as_of=logs.as_of - timedelta(days=horizon_days), assumed=False)
    try:
        table = model.definition.local_features(before, model.column_names).with_coding(model.coding, logs.caller)
    except DataError:
        # A log that begins later than the orders, such as that of the mails, has no features then.
        return {}
    labels = model.labels(table)
    ids = np.array(table.ids.to_list(), dtype=object)
    return {number: ids[labels == label].tolist() for label, number in enumerate(model.numbers)}


def _reachable(table: FeatureTable, members: Bools) -> float:
    """The share of the members whom mails reach; 1 where the features do not say."""
    if _CONTACTABLE not in table.names or not members.any():
        return 1.0
    flags = table.values(_CONTACTABLE)[members]
    return 1.0 if np.isnan(flags).all() else float((flags == 1).mean())


def check_enough(
    table: FeatureTable,
    columns: Sequence[str],
    *,
    n_segments: int | range | None,
    n_required: int,
    min_size: int | float,
    caller: str,
    among: Bools | None = None,
) -> None:
    """Raise if there are too few customers to cluster for the number of segments and their minimum size.

    `among` has the customers that may be clustered; by default all.
    """
    may_be_clustered = can_be_clustered(table, columns)
    clustered = int(may_be_clustered.sum() if among is None else (may_be_clustered & among).sum())
    if clustered < n_required:
        remainder = ""
        if clustered < len(table):
            remainder = few(len(table) - clustered, "other has", "others have")
            remainder = f" {remainder} no purchase, or no value in the columns."
        longer = "a longer log" if any(feature.family != "given" for feature in table.described) else "more rows"
        raise DataError(
            f"{caller}: {few(clustered, 'customer')} can be clustered, too few for "
            f"{plural(n_required, 'segment')}.{remainder} Give {longer}, or a smaller n_segments."
        )
    n_members = check_min_size(caller, min_size, clustered)
    check_room_for(caller, n_segments, customers=clustered, min_size=n_members)
