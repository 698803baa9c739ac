"""`fairness`: how segments and their plays are spread over groups of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_choice
from custseg._column_kinds import flags_of
from custseg._frames import column_of, frame_from_columns
from custseg._numerics import Bools, Integers, holm, wilson_interval
from custseg.errors import DataError
from custseg.feature_table import FeatureTable, given_features
from custseg.insights.fairness._groups import Groups, groups_of
from custseg.insights.fairness._result import Fairness, FairnessRow, GroupShare
from custseg.insights.fairness._spread import Outcome, Spread, spreads
from custseg.result import Segmentation
from custseg.texts import LANGUAGES, listed, text

_CALLER = "fairness"


def fairness(
    result: Segmentation,
    attributes: object,
    *,
    plays: Mapping[str, Sequence[int] | str] | None = None,
    bands: Mapping[str, Sequence[float]] | None = None,
    confidence: float = 0.95,
    language: str | None = None,
) -> Fairness:
    """Measure how segments and plays, such as discounts and contacts, are spread over groups of people.

    For each attribute, such as age or sex, and each segment and play: the share of each group that is in it, with
    Wilson's interval; the difference from all others, with Newcombe's; and whether the groups differ beyond chance (chi
    square, adjusted by Holm's method for all attributes, segments and plays). A difference is no proof of unfairness,
    and equal shares are none of fairness: the table shows where to ask why.

    Parameters
    ----------
    result : Segmentation
        The segments. Customers in no segment are left out.
    attributes : sequence of str, or table
        Columns of ``result.features``, or a table with one row per customer, `customer_id` and the attributes. They
        need not have been used anywhere else.
    plays : mapping of str to sequence of int or str, optional
        By the name of a play, the segments that get it, as in ``{"discount": [0, 2]}``, or a column of yes and no that
        says who got it, as in ``{"contacted": "was_called"}``, of the table of attributes or of ``result.features``.
    bands : mapping of str to sequence of float, optional
        For numeric attributes, where to cut them: ``{"age": [18, 35, 60]}`` makes four groups. By default numbers of
        more than six values are cut at their quartiles.
    confidence : float, default 0.95
        Of the intervals; 1 minus it is the level of the tests.
    language : {"en", "ru"}, optional
        Of the printed result; by default that of `result`.

    Returns
    -------
    Fairness

    Raises
    ------
    DataError
        If a column or segment does not exist, or the table of attributes lacks customers of the result.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions. Statistics in
    Medicine 17(8), 873-890. doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I

    Examples
    --------
    >>> import polars as pl
    >>> from custseg import fit_segments
    >>> from custseg.insights import fairness
    >>> table = pl.DataFrame({"id": range(210), "visits": [2.0, 2.0, 9.0] * 70, "sex": ["f", "m", "f"] * 70})
    >>> result = fit_segments(features=table, n_segments=2, method="kmeans", min_size=20)
    >>> found = fairness(result, ["sex"], plays={"discount": [1]})
    >>> [(row.name, row.lowest, row.is_clear) for row in found.rows if row.kind == "play"]
    [('discount', 'm', True)]
    """
    if not isinstance(result, Segmentation):
        raise TypeError(f"{_CALLER}: result must be a Segmentation, got {type(result).__name__}.")
    language = result.choice.language if language is None else language
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    level: object = confidence
    if isinstance(level, bool) or not isinstance(level, (int, float)) or not 0 < level < 1:
        raise ValueError(f"{_CALLER}: confidence must lie between 0 and 1 (both excluded), got {confidence!r}.")
    names, table = _attributes(result, attributes)
    cuts = _checked_bands(bands, names, table)
    clustered = result.labels >= 0
    numbers = list(result.model.numbers)
    labels = np.array([numbers.index(label) for label in result.labels[clustered].tolist()], dtype=np.int64)
    outcomes = [*_segments(result), *_plays(plays, result, table, clustered=clustered)]
    words = text(language, "fairness", "groups")
    groups = {
        name: groups_of(
            column_of(table.local, name).filter(clustered.tolist()),
            bands=cuts.get(name),
            words=words,
            language=language,
        )
        for name in names
    }
    measured = {
        name: spreads(of_name.codes, len(of_name.names), labels, outcomes=outcomes) for name, of_name in groups.items()
    }
    adjusted = iter(holm([spread.p_value for of_name in measured.values() for spread in of_name]).tolist())
    rows = [
        _row(name, groups[name], outcome, spread=spread, p_value=next(adjusted), alpha=1 - confidence)
        for name, of_name in measured.items()
        for outcome, spread in zip(outcomes, of_name, strict=True)
    ]
    described = {feature.name: feature.label(language) for feature in table.described}
    return Fairness(tuple(rows), {name: described[name] for name in names}, float(confidence), language)


def _row(
    attribute: str, groups: Groups, outcome: Outcome, *, spread: Spread, p_value: float, alpha: float
) -> FairnessRow:
    """The row of one attribute and outcome, without what may not be shown."""
    low, high = wilson_interval(spread.hits, spread.sizes, confidence=1 - alpha)
    shares = []
    for index, name in enumerate(groups.names):
        if not spread.is_shown[index]:
            shares.append(GroupShare(name, None))
            continue
        size = int(spread.sizes[index])
        difference = spread.against_others(index, alpha)
        share = int(spread.hits[index]) / size
        shares.append(GroupShare(name, size, share, float(low[index]), float(high[index]), difference))
    gap = spread.widest_gap(alpha)
    is_whole = bool(spread.is_shown.all()) and not np.isnan(p_value)
    return FairnessRow(
        attribute,
        outcome.kind,
        outcome.key,
        outcome.name,
        tuple(shares),
        p_value if is_whole else None,
        bool(p_value <= alpha),
        None if gap is None else groups.names[gap[0]],
        None if gap is None else groups.names[gap[1]],
        None if gap is None else gap[2],
    )


def _attributes(result: Segmentation, attributes: object) -> tuple[list[str], FeatureTable]:
    """The attributes, and the table that has them in the order of the customers of the result."""
    if isinstance(attributes, (list, tuple)):
        names = list(attributes)
        if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
            raise TypeError(f"{_CALLER}: attributes must name each column once, got {attributes!r}.")
        table = result.features
        if lacking := [name for name in names if name not in table.names]:
            raise DataError(
                f"{_CALLER}: the result has no columns {listed(lacking)}; it has {listed(table.names)}. Name others, "
                "or give a table with customer_id and the attributes."
            )
        return names, table
    table = given_features(attributes, None, _CALLER)
    customers, ids = result.features.ids, table.ids
    if (customers.dtype == nw.String) != (ids.dtype == nw.String):
        raise DataError(
            f"{_CALLER}: the customer ids of attributes are {ids.dtype}, those of the result {customers.dtype}. "
            "Convert the column."
        )
    order = nw.from_native(frame_from_columns({"position": np.arange(len(customers))}), eager_only=True)
    order = order.with_columns(customers.alias("customer_id"))
    joined = order.join(
        table.local.with_columns(nw.col("customer_id").cast(customers.dtype)), on="customer_id", how="left"
    )
    joined = joined.sort("position").drop("position")
    if not customers.is_in(ids.cast(customers.dtype).to_list()).any():
        raise DataError(f"{_CALLER}: no customer of the result is in the table of attributes. Give the same ids.")
    return table.names, FeatureTable(joined, table.described, table.give_back, reading=table.reading)


def _checked_bands(bands: object, names: Sequence[str], table: FeatureTable) -> dict[str, list[float]]:
    """Where numeric attributes are cut."""
    if bands is None:
        return {}
    if not isinstance(bands, Mapping):
        raise TypeError(f"{_CALLER}: bands must map attributes to cuts, as in {{'age': [35, 60]}}, got {bands!r}.")
    numeric = [name for name in names if name in table.numeric_names()]
    if unknown := [name for name in bands if name not in numeric]:
        raise DataError(
            f"{_CALLER}: bands names {listed(unknown)}, which are no numeric attributes: {listed(numeric)} are."
        )
    for name, cuts in bands.items():
        is_list = isinstance(cuts, Sequence) and not isinstance(cuts, str) and len(cuts) > 0
        if not is_list or not all(isinstance(cut, (int, float)) and np.isfinite(cut) for cut in cuts):
            raise TypeError(f"{_CALLER}: bands[{name!r}] must list numbers, got {cuts!r}.")
        if any(later <= earlier for earlier, later in pairwise(cuts)):
            raise ValueError(f"{_CALLER}: bands[{name!r}] must rise from one number to the next, got {list(cuts)}.")
    return {name: [float(cut) for cut in cuts] for name, cuts in bands.items()}


def _segments(result: Segmentation) -> list[Outcome]:
    names = {row.segment: row.name for row in result.profiles.listed}
    return [
        Outcome("segment", number, names[number], (position,)) for position, number in enumerate(result.model.numbers)
    ]


def _plays(plays: object, result: Segmentation, table: FeatureTable, *, clustered: Bools) -> list[Outcome]:
    """The plays: those of segments, and those that a column says who got."""
    if plays is None:
        return []
    if not isinstance(plays, Mapping) or not all(isinstance(name, str) and name.strip() for name in plays):
        raise TypeError(f"{_CALLER}: plays must map names to segments, as in {{'discount': [0]}}, got {plays!r}.")
    numbers = list(result.model.numbers)
    outcomes = []
    for name, play in plays.items():
        if isinstance(play, str):
            outcomes.append(
                Outcome("play", name, name, has=_received(play, name, [table, result.features], clustered=clustered))
            )
            continue
        if not isinstance(play, Sequence) or not play:
            raise TypeError(f"{_CALLER}: plays[{name!r}] must list segments or name a column, got {play!r}.")
        if unknown := [segment for segment in play if segment not in numbers]:
            raise DataError(
                f"{_CALLER}: plays[{name!r}] has {listed(unknown)}, which are no segments; these are {listed(numbers)}."
            )
        positions: Integers = np.unique([numbers.index(segment) for segment in play])
        outcomes.append(Outcome("play", name, name, tuple(positions.tolist())))
    return outcomes


def _received(column: str, play: str, tables: Sequence[FeatureTable], *, clustered: Bools) -> Bools:
    """Who got a play by a column; missing values are no."""
    having = [table for table in tables if column in table.names]
    if not having:
        raise DataError(
            f"{_CALLER}: plays[{play!r}] names the column {column!r}, which neither the attributes nor the result "
            "have. Name another one, or list segments."
        )
    values: Any = column_of(having[0].local, column)
    flags = flags_of(values)
    if flags is None:
        raise DataError(
            f"{_CALLER}: column {column!r} (plays[{play!r}]) must hold true and false, 1 and 0, or yes and no."
        )
    return np.array([flag is True for flag in flags])[clustered]
