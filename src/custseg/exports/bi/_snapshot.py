"""`BISnapshot`: what the tables hold of one moment, from a result or from a history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._numerics import Integers
from custseg._privacy import SMALLEST_GROUP, bound_words, shown_share, shown_sizes
from custseg.feature_table import Feature, distinct_labels
from custseg.model import SegmentModel
from custseg.profiling import UNCLUSTERED, Advice
from custseg.result import Segmentation
from custseg.tracking import Assignments, SegmentHistory, read_assignments, recorded_assignments, unclustered_group

CALLER = "export_bi"
_MEMBER_COLUMNS: Mapping[str, Any] = {"confidence": nw.Float64, "is_outlier": nw.Boolean}

Group = int | str
"""A segment by its number, or the customers in no segment by what they are called."""


@dataclass(frozen=True)
class BIFigure:
    """One row of `fact_metric`.

    Attributes
    ----------
    group : int or str
        The segment.
    measure : str
        Such as "size".
    feature, category : str or None
        None where the figure is about the segment as a whole, or the feature has no categories.
    value : float or None
        None where it is hidden or undefined.
    hidden : str or None
        "<10" or ">=10" for a hidden count.
    """

    group: Group
    measure: str
    feature: str | None
    category: str | None
    value: float | None
    hidden: str | None


@dataclass(frozen=True)
class BISnapshot:
    """One moment.

    Attributes
    ----------
    moment : str
        As in the names of a history's folders, such as "2024-06-01".
    members : narwhals DataFrame
        `customer_id` (text), sorted; `confidence`, `is_outlier`.
    groups : tuple of (int or str)
        The segments that have customers.
    codes : ndarray of int, shape (n_customers,)
        The position of the segment of each customer in `groups`.
    figures : list of BIFigure
        The rows of `fact_metric`.
    segments : mapping of (int or str) to mapping of str to (str or None)
        Attributes of `dim_segment`, by segment.
    features : mapping of str to mapping
        Attributes of `dim_feature`, by name.
    """

    moment: str
    members: nw.DataFrame[Any]
    groups: tuple[Group, ...]
    codes: Integers
    figures: Sequence[BIFigure]
    segments: Mapping[Group, Mapping[str, str | None]]
    features: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def snapshot_of_result(result: Segmentation, moment: str, language: str) -> BISnapshot:
    """The customers of a fit, with all figures of its profiles."""
    local = nw.to_native(result.model.assigned(result.features, CALLER))
    assignments = read_assignments(local, CALLER, "source")
    columns = result.profiles.figures()
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    figures = [
        BIFigure(
            row["name"] if row["segment"] is None else row["segment"],
            row["statistic"], row["feature"], row["category"], row["value"], row["hidden"],
        )
        for row in rows
        # Size and share come from the members, as in a history.
        if row["feature"] is not None or row["statistic"] not in ("size", "share")
    ]  # fmt: skip
    described = {
        row.name if row.segment is None else int(row.segment): _attributes(
            row.names[language], row.descriptions[language], row.playbook[language]
        )
        for row in result.profiles
    }
    for segment in result.model.segments:
        described[segment.number]["rule"] = segment.rule.get(language)
    clustered = result.model.preparation.names
    snapshot = _snapshot(assignments, moment, {_grouped(group): words for group, words in described.items()})
    return replace(
        snapshot,
        figures=[*snapshot.figures, *(replace(figure, group=_grouped(figure.group)) for figure in figures)],
        features=_described_features(result.features.described, clustered, language),
    )


def snapshots_of_history(history: SegmentHistory, model: SegmentModel | None, language: str) -> Iterator[BISnapshot]:
    """The snapshots of a history, the earliest first; a model describes its segments."""
    described: dict[Group, dict[str, str | None]] = {}
    features: dict[str, dict[str, object]] = {}
    if model is not None:
        for segment in model.segments:
            attributes = _attributes(
                segment.names[language], segment.descriptions[language], segment.playbook[language]
            )
            described[segment.number] = attributes | {"rule": segment.rule.get(language)}
        described |= {group: {"name": names[language]} for group, names in UNCLUSTERED.items()}
        features = _described_features(model.columns, model.preparation.names, language)
    for moment in history.moments(CALLER):
        assignments = recorded_assignments(history.rows_at(moment, CALLER), CALLER, f"the snapshot as of {moment}")
        yield replace(_snapshot(assignments, moment, described), features=features)


def _snapshot(assignments: Assignments, moment: str, described: Mapping[Group, Mapping[str, str | None]]) -> BISnapshot:
    """The snapshot with the figures that follow from the members alone."""
    local = assignments.local
    columns = [
        nw.col(name).cast(dtype) if name in local.columns else nw.lit(None, dtype).alias(name)
        for name, dtype in _MEMBER_COLUMNS.items()
    ]
    local = local.select(nw.col("customer_id").cast(nw.String), "segment", "name", *columns).sort("customer_id")
    recorded: dict[Group, str] = dict(assignments.names.items())
    recorded |= {_grouped(name): name for name in assignments.unclustered}
    groups = tuple(recorded)
    members, codes = local.select("customer_id", *_MEMBER_COLUMNS), _codes(local, groups)
    segments: dict[Group, dict[str, str | None]] = {
        group: {"name": name, **described.get(group, {})} for group, name in recorded.items()
    }
    return BISnapshot(moment, members, groups, codes, list(_member_figures(members, groups, codes)), segments)


def _codes(local: nw.DataFrame[Any], groups: Sequence[Group]) -> Integers:
    """The position of the segment of each customer; the numbers among the groups come first, and ascend."""
    numbers = [group for group in groups if isinstance(group, int)]
    segment = local.get_column("segment")
    codes = np.searchsorted(np.array(numbers, dtype=np.int64), segment.fill_null(-1).to_numpy())
    is_outside, names = segment.is_null().to_numpy(), local.get_column("name")
    for name in names.filter(segment.is_null()).unique().to_list():
        codes[is_outside & (names == name).to_numpy()] = groups.index(_grouped(name))
    return codes


def _member_figures(members: nw.DataFrame[Any], groups: Sequence[Group], codes: Integers) -> Iterator[BIFigure]:
    """Size and share of each segment, and how its customers are assigned where that was recorded."""
    sizes = np.bincount(codes, minlength=len(groups)).tolist()
    segments = [size for group, size in zip(groups, sizes, strict=True) if isinstance(group, int)]
    to_show = iter(shown_sizes(segments))
    counted, confidence = _sums(members["confidence"], codes, len(groups))
    assessed, outliers = _sums(members["is_outlier"], codes, len(groups))
    for position, (group, size) in enumerate(zip(groups, sizes, strict=True)):
        size_shown = next(to_show) if isinstance(group, int) else shown_sizes([size])[0]
        yield BIFigure(group, "size", None, None, size_shown and float(size_shown), _bound(size, size_shown))
        share = None if size_shown is None or not isinstance(group, int) else size / sum(segments)
        yield BIFigure(group, "share", None, None, share, None)
        if counted[position]:
            mean = confidence[position] / counted[position] if counted[position] >= SMALLEST_GROUP else None
            yield BIFigure(group, "mean_confidence", None, None, mean, None)
        if assessed[position]:
            share = shown_share(int(outliers[position]), int(assessed[position]))
            yield BIFigure(group, "outlier_share", None, None, share, None)


def _bound(size: int, size_shown: int | None) -> str | None:
    return bound_words(size) if size_shown is None else None


def _sums(values: nw.Series[Any], codes: Integers, count: int) -> tuple[Any, Any]:
    """By segment, how many customers have a value, and the sum: always added up in the order of the ids."""
    present = ~values.is_null().to_numpy()
    numbers = values.cast(nw.Float64).fill_null(0.0).to_numpy()
    return np.bincount(codes[present], minlength=count), np.bincount(codes, weights=numbers, minlength=count)


def _grouped(group: Group) -> Group:
    return unclustered_group(group) if isinstance(group, str) else group


def _attributes(name: str, description: str, advice: Advice) -> dict[str, str | None]:
    return {
        "name": name,
        "description": description,
        "do": " ".join(advice.do),
        "dont": " ".join(advice.dont),
        "channel": advice.channel,
        "cadence": advice.cadence,
    }


def _described_features(
    features: Sequence[Feature], clustered: Sequence[str], language: str
) -> dict[str, dict[str, object]]:
    labels = distinct_labels(features, language)
    return {
        feature.name: {
            "label": label,
            "unit": feature.unit_label(language),
            "family": feature.family,
            "is_clustered": feature.name in clustered,
        }
        for feature, label in zip(features, labels, strict=True)
    }
