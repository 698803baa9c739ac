"""`prove`: stand at an earlier date, make segments of what was known then, and look at what happened afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import numpy as np

from custseg._checks import check_choice, check_integer, check_random_state
from custseg._numerics import Bools, Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.errors import DataError
from custseg.features import LONGEST_HORIZON, OUTCOMES, Outcome, later_values
from custseg.goals import Goal, adjusted, as_goal, explained, history_days
from custseg.logs import Logs, described_logs
from custseg.matrix import can_be_clustered
from custseg.proof.out_of_time._checked_names import segment_outcomes
from custseg.proof.out_of_time._comparisons import MONEY, ORDERS, RECENCY, boosted, grid_of_25, map_of_125, plain_kmeans
from custseg.proof.out_of_time._cut import cut_logs
from custseg.proof.out_of_time._proof import NULL_PERCENTILE, Comparison, Proof
from custseg.proof.out_of_time._resampling import bootstrapped, ends, p_value, shuffled
from custseg.result import Segmentation
from custseg.segmentation import fit_segments
from custseg.texts import LANGUAGES, plural

_CALLER = "prove"
_USUAL_HORIZON = 90


def prove(
    orders: object = None,
    *,
    events: object = None,
    customers: object = None,
    goal: str | Goal | None = None,
    as_of: object,
    horizon_days: int | None = None,
    refunds: str = "net",
    language: str = "en",
    random_state: int = 0,
    **options: Any,
) -> Proof:
    """Show what segments would have told about the future: fit in the past, look at what happened afterwards.

    All rows at or after ``as_of - horizon_days``, the *cut*, are removed from the logs before any feature is built. Of
    what is left, segments are made as `fit_segments` makes them. Then the outcome of each customer between the cut and
    `as_of` is compared between the segments.

    Parameters
    ----------
    orders, events, customers : Orders, Events, Customers or tables
        The logs; see `fit_segments`. Attributes that have no column of observation dates (`Customers(observed_at=...)`)
        are left out and named, because it is not known whether they were known at the cut.
    goal : {"revenue", "repeat_purchase", "order_value", "retention", "email_engagement"} or Goal, optional
        What the segments are for. Without a goal the outcome is revenue, or the number of orders in a log without
        money; activity in a log of events.
    as_of : date, datetime or ISO text
        The end of the period whose outcome is looked at.
    horizon_days : int, optional
        Days of this period; by default those of the goal, else 90.
    refunds, language : str
        See `fit_segments`.
    random_state : int, default 0
        Seed of the fit, of the resamples and of the shuffles.
    **options : object
        Further arguments of `fit_segments`: `columns`, `method`, `n_segments`, `min_size`, `lift`, `window_days`,
        `prefer`, `previous`, `labels`, `progress`; with `rules` or `lifecycle` the segments are compared with those
        without them too.

    Returns
    -------
    Proof
        How much of the outcome lies between the segments, with an interval; the same of a grid of 25 cells of recency
        and number of orders, of the map of 125 codes, of k-means on plain z-scores and of gradient boosting; what
        chance gives; what happened in each segment, and whether its name was right; and one sentence.

    Raises
    ------
    DataError
        If the logs cannot be used, the horizon is longer than the log, or the outcome is the same for all customers.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Amounts are compared as log(1 + amount), negative ones as 0, by the share of their variance between the segments
    (η²); yes and no by the share of their deviance. Segments are not fitted to the outcome, but more groups explain
    more by chance: look at the adjusted share, 1 - (1 - share) (n - 1) / (n - k). Intervals are percentiles of 500
    resamples of the customers with the segments as they are, shifted by the bias of the resamples. Chance is the 99th
    percentile of 199 shuffles.

    A line before the cut is as the log has it today. If the log marks old lines in columns without a date, such as
    `cancelled` or `refund`, a mark that was set after the cut is known too early: leave these columns out of
    `Orders`, or give refunds as lines of their own with their date.

    Examples
    --------
    >>> from custseg.datasets import make_shop
    >>> from custseg.proof import prove
    >>> shop = make_shop(400, 0)
    >>> proof = prove(
    ...     shop.orders, goal="repeat_purchase", as_of=shop.as_of, horizon_days=60, method="kmeans", n_segments=4
    ... )
    >>> proof.is_shown, proof.share > proof.null_level
    (True, True)
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    seed = check_random_state(_CALLER, random_state)
    aim = as_goal(goal, _CALLER)
    if horizon_days is not None:
        check_integer(_CALLER, "horizon_days", horizon_days, minimum=1, maximum=LONGEST_HORIZON)
    days = horizon_days or (aim.horizon_days if aim else _USUAL_HORIZON)
    _check_options(options)
    logs = described_logs(orders, events, customers, as_of=as_of, refunds=refunds, caller=_CALLER)
    outcome = OUTCOMES[aim.outcome] if aim else _usual_outcome(logs)
    if lacking := outcome.lacks(logs):
        raise DataError(f"{_CALLER}: outcome {outcome.name!r} needs {lacking}. Give it, or choose another goal.")
    cut = _cut_of(logs, days)
    before = cut_logs(logs, cut)
    fit = partial(
        fit_segments,
        before.orders,
        events=before.events,
        customers=before.customers,
        as_of=cut,
        goal=None if aim is None else replace(aim, horizon_days=days),
        refunds=refunds,
        language=language,
        random_state=seed,
    )
    result = fit(**options)
    flat = None
    if result.model.branches.items:
        without_rules = {
            name: value for name, value in options.items() if name not in ("rules", "lifecycle", "n_segments")
        }
        flat = fit(**without_rules).labels
    ids = result.features.ids.filter(_compared_customers(result).tolist())
    values = later_values(logs, outcome, ids, cut=cut, horizon_days=days)
    proof = _proof(
        result, values, outcome, flat=flat, goal=aim, cut=cut, until=logs.as_of, left_out=before.left_out, seed=seed
    )
    return replace(proof, unseen_days=_unseen_days(logs, outcome))


def _proof(
    result: Segmentation,
    values: Floats,
    outcome: Outcome,
    *,
    flat: Integers | None,
    goal: Goal | None,
    cut: datetime,
    until: datetime,
    left_out: tuple[str, ...],
    seed: int,
) -> Proof:
    """The proof for the customers whose outcome is known; `flat` are the segments without rules or stages."""
    has_outcome = ~np.isnan(values)
    _check_outcome(values[has_outcome], outcome)
    inside = _compared_customers(result)
    labels, later = result.labels[inside][has_outcome], values[has_outcome]
    scaled = outcome.scaled(later)
    columns = {
        name: result.features.values(name)[inside][has_outcome]
        for name in dict.fromkeys((*result.model.preparation.names, RECENCY, ORDERS, MONEY))
        if name in result.features.numeric_names()
    }
    groupings = {"segments": labels} | ({} if flat is None else {"flat": flat[inside][has_outcome]})
    comparisons = _compared(
        columns, groupings, scaled, clustered=result.model.preparation.number_names, outcome=outcome, seed=seed
    )
    by_chance = shuffled(scaled, labels, is_yes_no=outcome.is_yes_no, seed=seed)
    return Proof(
        None if goal is None else goal.name,
        outcome.name,
        outcome.is_yes_no,
        cut,
        until,
        len(later),
        float(later.mean()),
        comparisons,
        float(np.percentile(by_chance, NULL_PERCENTILE)),
        p_value(comparisons[0].share, by_chance),
        segment_outcomes(
            result.profiles,
            labels,
            later,
            name=outcome.name,
            is_yes_no=outcome.is_yes_no,
            seed=seed,
            language=result.choice.language,
        ),
        left_out,
        result,
        language=result.choice.language,
    )


def _compared_customers(result: Segmentation) -> Bools:
    """The customers in segments who can be clustered: grids and k-means cannot place those whom rules took besides."""
    return (result.labels >= 0) & can_be_clustered(result.features, result.model.preparation.names)


def _compared(
    columns: Mapping[str, Floats],
    segments: Mapping[str, Integers],
    scaled: Floats,
    *,
    clustered: Sequence[str],
    outcome: Outcome,
    seed: int,
) -> tuple[Comparison, ...]:
    """The segments, which come first, and all that they are compared with, on the same customers."""
    groupings = {
        **segments,
        "grid": grid_of_25(columns),
        "codes": map_of_125(columns),
        "plain_kmeans": plain_kmeans(columns, len(np.unique(segments["segments"])), seed=seed),
    }
    present = {kind: groups for kind, groups in groupings.items() if groups is not None}
    shares = bootstrapped(scaled, list(present.values()), is_yes_no=outcome.is_yes_no, seed=seed)
    explains = [explained(scaled, groups, is_yes_no=outcome.is_yes_no) for groups in present.values()]
    rows = []
    for index, (kind, groups) in enumerate(present.items()):
        share, n_groups = explains[index], len(np.unique(groups))
        interval = ends(shares[:, index], share)
        behind = ends(shares[:, 0] - shares[:, index], explains[0] - share) if index else (None, None)
        rows.append(Comparison(kind, n_groups, share, adjusted(share, len(scaled), n_groups), *interval, *behind))
    if not clustered:
        return tuple(rows)
    limit = boosted(
        np.column_stack([columns[name] for name in clustered]), scaled, is_yes_no=outcome.is_yes_no, seed=seed
    )
    return (*rows, *([] if limit is None else [Comparison("boosting", None, limit, limit)]))


def _check_options(options: Mapping[str, Any]) -> None:
    """Raise for arguments of a fit that a proof cannot use."""
    if options.get("features") is not None:
        raise TypeError(
            f"{_CALLER}: features= cannot be used: a ready table does not say when anything happened; give the logs."
        )


def _usual_outcome(logs: Logs) -> Outcome:
    """Revenue; orders without money; activity without orders."""
    if logs.orders is None:
        return OUTCOMES["active"]
    return OUTCOMES["revenue" if logs.orders.has_money else "orders"]


def _cut_of(logs: Logs, days: int) -> datetime:
    """The moment `days` before the snapshot; raises unless something is known before it."""
    history = history_days(logs)
    if days >= history:
        raise DataError(
            f"{_CALLER}: the horizon of {plural(days, 'day')} is as long as the log or longer: it has "
            f"{plural(history, 'day')} before as_of. Give a smaller horizon_days, a third of the log or less, or a "
            "longer log."
        )
    return logs.as_of - timedelta(days=days)


def _unseen_days(logs: Logs, outcome: Outcome) -> int:
    """Days before the snapshot for which no log that the outcome is made of has a row."""
    ages = []
    if logs.orders is not None and outcome.needs != "mails":
        ages.append((logs.snapshot_of(logs.orders).day, logs.order_facts.last_day))
    if logs.events is not None and not outcome.is_of_orders:
        ages.append((logs.snapshot_of(logs.events).day, logs.event_facts.last_day))
    return max(0, min((day - 1 - last for day, last in ages if last is not None), default=0))


def _check_outcome(values: Floats, outcome: Outcome) -> None:
    """Raise unless there is an outcome, and it differs between customers."""
    if len(values) < SMALLEST_GROUP:
        raise DataError(
            f"{_CALLER}: fewer than {SMALLEST_GROUP} customers in segments have the outcome {outcome.name!r} in the "
            "horizon. Give a longer horizon_days, another outcome, or check that the log reaches as_of."
        )
    if np.ptp(outcome.scaled(values)) == 0:
        what = f"{values[0]:g}" if not outcome.is_yes_no else ("yes" if values[0] else "no")
        raise DataError(
            f"{_CALLER}: the outcome {outcome.name!r} is {what} for all customers in the horizon, so that no segments "
            "can tell it. Check that the log reaches as_of, or give another horizon_days or outcome."
        )
