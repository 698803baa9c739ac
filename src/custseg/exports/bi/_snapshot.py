"""`BISnapshot`: what the tables hold of one moment, from a result or from a history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import narwhals.stable.v2 as nw

from custseg._frames import Rows
from custseg._privacy import SMALLEST_GROUP, bound_words, shown_share, shown_sizes
from custseg.distributed import NO_SEGMENT, RETURNED, WholeBase
from custseg.exports.bi._snapshot_members import (
    CALLER,
    Group,
    MemberSums,
    SnapshotMembers,
    grouped_name,
    members_in_memory,
    members_in_spark,
    members_of_stored,
)
from custseg.feature_table import Feature, distinct_labels
from custseg.model import SegmentModel
from custseg.profiling import UNCLUSTERED, Advice
from custseg.result import Segmentation
from custseg.tracking import SegmentHistory, check_unchanged, read_assignments, recorded_assignments


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
    members : narwhals DataFrame, or LazyFrame on a Parquet file
        `customer_id` (text), sorted; `group` (int: the position of the segment in `groups`), `confidence`,
        `is_outlier`.
    groups : tuple of (int or str)
        The segments that have customers.
    figures : list of BIFigure
        The rows of `fact_metric`.
    segments : mapping of (int or str) to mapping of str to (str or None)
        Attributes of `dim_segment`, by segment.
    features : mapping of str to mapping
        Attributes of `dim_feature`, by name.
    """

    moment: str
    members: Rows
    groups: tuple[Group, ...]
    figures: Sequence[BIFigure]
    segments: Mapping[Group, Mapping[str, str | None]]
    features: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def snapshot_of_result(result: Segmentation, moment: str, language: str, *, folder: Path | None = None) -> BISnapshot:
    """The customers of a fit, with all figures of its profiles; those in Spark are put into a file of the folder."""
    if result.whole is None:
        local = nw.to_native(result.model.assigned(result.features, CALLER))
        members = members_in_memory(read_assignments(local, CALLER, "source"))
    else:
        assert folder is not None
        members = members_in_spark(result.assignments, folder)
        _check_sizes(members, result.whole, result.model)
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
    snapshot = _snapshot(members, moment, {grouped_name(group): words for group, words in described.items()})
    further = (replace(figure, group=grouped_name(figure.group)) for figure in figures)
    return replace(
        snapshot,
        figures=[*snapshot.figures, *further],
        features=_described_features(result.features.described, clustered, language),
    )


def _check_sizes(members: SnapshotMembers, whole: WholeBase, model: SegmentModel) -> None:
    """Raise if the table in Spark gives other customers to the segments than at the fit, whose figures are exported."""
    outside = {NO_SEGMENT: grouped_name(model.unclustered_name), RETURNED: grouped_name(model.returned_name)}
    of_fit: dict[Group, int] = {
        outside[label] if label < 0 else model.numbers[label]: size for label, size in whole.sizes.items() if size
    }
    check_unchanged(
        of_fit == dict(zip(members.names, members.sums.sizes.tolist(), strict=True)), CALLER, "the table in Spark"
    )


def snapshots_of_history(
    history: SegmentHistory, model: SegmentModel | None, language: str, *, folder: Path | None = None
) -> Iterator[BISnapshot]:
    """The snapshots of a history, the earliest first; a model describes its segments.

    Customers are in a file of the folder if one is given, until the next snapshot.
    """
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
        argument = f"the snapshot as of {moment}"
        if folder is None:
            members = members_in_memory(recorded_assignments(history.rows_at(moment, CALLER), CALLER, argument))
        else:
            members = members_of_stored(history.stored_rows(moment, CALLER), argument, folder)
        yield replace(_snapshot(members, moment, described), features=features)


def _snapshot(members: SnapshotMembers, moment: str, described: Mapping[Group, Mapping[str, str | None]]) -> BISnapshot:
    """The snapshot with the figures that follow from the members alone."""
    segments: dict[Group, dict[str, str | None]] = {
        group: {"name": name, **described.get(group, {})} for group, name in members.names.items()
    }
    groups = tuple(members.names)
    return BISnapshot(moment, members.rows, groups, list(_member_figures(groups, members.sums)), segments)


def _member_figures(groups: Sequence[Group], sums: MemberSums) -> Iterator[BIFigure]:
    """Size and share of each segment, and how its customers are assigned where that was recorded."""
    sizes = sums.sizes.tolist()
    segments = [size for group, size in zip(groups, sizes, strict=True) if isinstance(group, int)]
    to_show = iter(shown_sizes(segments))
    for position, (group, size) in enumerate(zip(groups, sizes, strict=True)):
        size_shown = next(to_show) if isinstance(group, int) else shown_sizes([size])[0]
        yield BIFigure(group, "size", None, None, size_shown and float(size_shown), _bound(size, size_shown))
        share = None if size_shown is None or not isinstance(group, int) else size / sum(segments)
        yield BIFigure(group, "share", None, None, share, None)
        if n_confident := sums.n_confident[position]:
            mean = sums.confidence[position] / n_confident if n_confident >= SMALLEST_GROUP else None
            yield BIFigure(group, "mean_confidence", None, None, mean, None)
        if n_assessed := int(sums.n_assessed[position]):
            share = shown_share(int(sums.outliers[position]), n_assessed)
            yield BIFigure(group, "outlier_share", None, None, share, None)


def _bound(size: int, size_shown: int | None) -> str | None:
    return bound_words(size) if size_shown is None else None


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
