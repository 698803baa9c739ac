"""`refit`: fits anew, and gives the new segments the numbers and names of the old ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import frame_from_columns
from custseg._numerics import Integers
from custseg.feature_table import FeatureTable
from custseg.model import ModelSegment, RefitRecord, SegmentModel, model_segment
from custseg.profiling import StoredName, with_stored_names
from custseg.result import Segmentation
from custseg.segmentation import fit_segments
from custseg.snapshot import parse_moment
from custseg.tracking.refitting._lineage import Lineage, lineage
from custseg.tracking.refitting._refit_result import Refit

_CALLER = "refit"


def refit(
    model: SegmentModel,
    orders: object = None,
    *,
    events: object = None,
    customers: object = None,
    features: object = None,
    as_of: object = None,
    customer_column: str | None = None,
    **options: Any,
) -> Refit:
    """Fit anew; segments that still exist keep their numbers and names.

    Parameters
    ----------
    model : SegmentModel
        The model in use.
    orders, events, customers : Orders, Events, Customers or table, optional
        The logs up to now. Plain tables are described as those of the fit were.
    features : FeatureTable or table, optional
        A ready table with the columns of the fit, instead of logs.
    as_of : date, datetime or ISO text
        The moment of the new fit; required with logs. That of a ready table is kept in the record alone.
    customer_column : str, optional
        Column of ids in `features`.
    **options : object
        Further arguments of `fit_segments`; by default those of the model, its method, and the labels of its columns.

    Returns
    -------
    Refit
        `result`, the new `Segmentation`; `record`, what became of each segment; `text`, the same in sentences.

    Raises
    ------
    DataError
        If the logs or the table cannot be used, also by the old model.
    TypeError, ValueError
        If an argument is missing or of the wrong type or value.

    Notes
    -----
    The old and the new rule assign the same customers, those of the new logs. Segments are matched so that the sum of
    the Jaccard similarities of the pairs is the largest. A pair is the *same* segment if at least half of the customers
    of each are in the other: it keeps its number, and its name as long as 60 % of the members meet each of its
    conditions, as the old model stored them; names given by `rename` are always kept. All others have numbers that were
    never used. The segments of a rule are the same as those of the rule with its name, whoever is in them. Other old
    segments are *merged* if at least half of their customers are in one new segment, *split* if at least half of a new
    segment comes from them, or *gone*; a segment without such an origin is *new*.

    After a refit, numbers are identities and not ranks: the largest segment need not be 0, and there may be gaps.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.tracking import refit
    >>> shop = make_shop(500, 0)
    >>> model = fit_segments(shop.orders, as_of="2025-06-01", method="kmeans", n_segments=4).model
    >>> refitted = refit(model, shop.orders, as_of="2025-07-01")
    >>> [relation.kind for relation in refitted.record.relations][0]
    'same'
    """
    if not isinstance(model, SegmentModel):
        raise TypeError(
            f"{_CALLER}: model must be a SegmentModel, as `result.model` or SegmentModel.load(...), got "
            f"{type(model).__name__}."
        )
    logs = {"orders": orders, "events": events, "customers": customers}
    old_table = model.features_of(logs, features, as_of=as_of, customer_column=customer_column, caller=_CALLER)
    labels = {feature.name: feature.labels for feature in model.columns if feature.labels}
    arguments: dict[str, Any] = {"method": model.method, "language": model.language, "labels": labels or None}
    arguments |= model.options.arguments()
    if model.definition is not None:
        arguments |= {"window_days": model.definition.window_days, "refunds": model.definition.refunds}
        described = model.definition.with_describing().as_described(logs, model.column_names, caller=_CALLER)
        arguments |= {**described, "as_of": as_of}
    else:
        arguments |= {"features": features, "customer_column": customer_column}
    result = fit_segments(**{**arguments, "previous": model, **options})
    moment = result.model.as_of
    if moment is None and as_of is not None:
        moment = parse_moment(as_of, _CALLER)
    return _with_identities(model, old_table, result, moment=moment)


def _with_identities(
    model: SegmentModel, old_table: FeatureTable, result: Segmentation, *, moment: datetime | None
) -> Refit:
    old = _aligned(old_table, model.labels(old_table), result.features)
    new = result.labels
    shared = (old >= 0) & (new >= 0)
    counts = np.zeros((len(model.segments), len(result.model.segments)), dtype=np.intp)
    np.add.at(counts, (old[shared], new[shared]), 1)
    matched = lineage(counts, model.numbers, model.next_number, stated=_same_rules(model, result.model))
    stored = {
        label: _stored(model.segments[origin]) for label, origin in enumerate(matched.origins) if origin is not None
    }
    profiles, changed = with_stored_names(result.profiles, result.features, result.labels, stored=stored)
    record = RefitRecord(moment, matched.relations, tuple(matched.numbers[label] for label in changed))
    final = _numbered(replace(result, profiles=profiles), model, matched, record=record)
    return Refit(final, record, model, result.choice.language)


def _same_rules(old: SegmentModel, new: SegmentModel) -> dict[int, int]:
    """The labels of rules of the old model by those of the new one with the same name."""
    labels = {name: label for label, name in old.branches.stated_labels.items()}
    return {label: labels[name] for label, name in new.branches.stated_labels.items() if name in labels}


def _aligned(table: FeatureTable, labels: Integers, features: FeatureTable) -> Integers:
    """The labels in the order of the other table's customers; -1 for those that the table lacks."""
    frame = nw.from_native(frame_from_columns({"label": labels}), eager_only=True)
    frame = frame.with_columns(table.ids.alias("customer_id"))
    order = nw.from_native(frame_from_columns({"position": np.arange(len(features))}), eager_only=True)
    joined = order.with_columns(features.ids.alias("customer_id")).join(frame, on="customer_id", how="left")
    aligned: Integers = joined.sort("position").get_column("label").fill_null(-1).to_numpy()
    return aligned


def _numbered(result: Segmentation, model: SegmentModel, matched: Lineage, *, record: RefitRecord) -> Segmentation:
    """The result with the numbers of the lineage, and with the rules and the model that go with them."""
    numbers = matched.numbers
    profiles = result.profiles.numbered(numbers)
    rules = result.rules.numbered(numbers)
    rules = rules.renamed({row.segment: row.name for row in profiles.segments if row.segment is not None})
    by_segment = {rule.segment: rule for rule in rules.rules}
    profiles = profiles.with_rules({segment: rule for segment, rule in by_segment.items() if rule.conditions})
    fixed = {segment.number for segment in model.segments if segment.is_renamed}
    stated = result.model.branches.stated_labels
    segments = tuple(
        replace(
            model_segment(row, by_segment.get(int(str(row.segment)))),
            is_renamed=row.segment in fixed or label in stated,
        )
        for label, row in enumerate(profiles.segments)
    )
    new_model = replace(
        result.model, segments=segments, next_number=matched.next_number, refits=(*model.refits, record)
    )
    labels = np.array([*numbers, -1])[result.labels]
    minimum = None if result.minimum is None else result.minimum.numbered(numbers)
    return replace(result, profiles=profiles, rules=rules, model=new_model, labels=labels, minimum=minimum)


def _stored(segment: ModelSegment) -> StoredName:
    return StoredName(
        segment.key,
        segment.names,
        segment.descriptions,
        segment.condition,
        segment.terms,
        tuple((trait.words, trait.terms) for trait in segment.traits),
        segment.playbook,
        is_fixed=segment.is_renamed,
    )
