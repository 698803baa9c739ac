"""Why customers changed segments: time alone, their behavior, a changed model, or corrected data.

Start at `with_causes`. The customers are assigned again in three states between the two snapshots: with the earlier
model and the log of then, as of then and as of now, and with the log of now. A change counts at the first state from
which the segment stays the final one, so that the causes add up to all changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import frame_from_columns
from custseg._numerics import Integers
from custseg._privacy import SMALLEST_GROUP, at_least, bound_text
from custseg.errors import DataError
from custseg.feature_table import FeatureTable
from custseg.model import SegmentModel
from custseg.snapshot import parse_moment
from custseg.texts import listed, number, text
from custseg.tracking._assignments import Assignments, read_assignments
from custseg.tracking.movement._compared import CALLER, ComparedSnapshots
from custseg.tracking.movement._join import state_of
from custseg.tracking.movement._settled import ABSENT
from custseg.tracking.movement._sums import ShownSum

# Rows that arrive late or are corrected change some of the assignments of a snapshot, not most of them.
_AGREEMENT = 0.5
CAUSES = ("correction", "time", "behavior", "model")
"""In the order of the states; a change that no earlier state explains is due to the later model."""


@dataclass(frozen=True)
class Models:
    """What the causes of changes are found by.

    Attributes
    ----------
    before, after : SegmentModel
        The models of the earlier and of the later snapshot.
    logs : mapping of str to object
        The logs up to the later snapshot: `orders`, `events`, `customers`.
    """

    before: SegmentModel
    after: SegmentModel
    logs: Mapping[str, object]


def checked_models(
    model_before: object, model_after: object, logs: Mapping[str, object], *, is_settled: bool
) -> Models | None:
    """The models and logs, or None without any; raises where they are of the wrong type or do not suffice."""
    present = [name for name, log in logs.items() if log is not None]
    if model_before is None:
        if present or model_after is not None:
            names = [*(["model_after"] if model_after is not None else []), *present]
            raise TypeError(f"{CALLER}: {listed(names)} need model_before=, the model of the earlier snapshot.")
        return None
    for argument, model in (("model_before", model_before), ("model_after", model_after)):
        if model is not None and not isinstance(model, SegmentModel):
            raise TypeError(f"{CALLER}: {argument} must be a SegmentModel, got {type(model).__name__}.")
    assert isinstance(model_before, SegmentModel)
    if not present:
        raise TypeError(f"{CALLER}: model_before needs the logs up to the later snapshot, such as orders=.")
    if is_settled:
        raise ValueError(
            f"{CALLER}: causes are found for the changes between two snapshots, but with min_stay and min_confidence "
            "changes of earlier snapshots count too. Leave these out, or the models."
        )
    return Models(model_before, model_after if isinstance(model_after, SegmentModel) else model_before, logs)


def with_causes(customers: nw.DataFrame[Any], snapshots: ComparedSnapshots, models: Models) -> nw.DataFrame[Any]:
    """The customers with `cause`, missing for those who did not change segments, are new or are gone."""
    if snapshots.since is None or snapshots.as_of is None:
        raise TypeError(f"{CALLER}: causes need the moments of both snapshots. Give since= and as_of=.")
    since, as_of = parse_moment(snapshots.since, CALLER), parse_moment(snapshots.as_of, CALLER)
    build = partial(models.before.features_of, models.logs, caller=CALLER)
    ids = customers.select("customer_id")

    def keys(model: SegmentModel, table: FeatureTable) -> Integers:
        read = partial(_assigned, model, table)
        return state_of(np.arange(len(ids)), read=read, snapshots=snapshots, ids=ids)[0]

    before, after = (customers.get_column(name).fill_null(ABSENT).to_numpy() for name in ("before", "after"))
    states = [
        keys(models.before, table)
        for table in (build(as_of=since), build(as_of=as_of, known_until=since), build(as_of=as_of))
    ]
    _check_snapshot(states[0], before, "model_before", moment="earlier")
    last = states[-1]
    if models.after is not models.before:
        last = keys(models.after, models.after.features_of(models.logs, as_of=as_of, caller=CALLER))
    argument = "model_after" if models.after is not models.before else "model_before"
    _check_snapshot(last, after, argument, moment="later")
    cause = np.full(len(customers), CAUSES[-1], dtype=object)
    is_final = np.ones(len(customers), dtype=bool)
    for name, state in zip(reversed(CAUSES[:-1]), reversed(states), strict=True):
        is_final &= state == after
        cause[is_final] = name
    cause[(before == after) | (before == ABSENT) | (after == ABSENT)] = None
    frame = nw.from_native(frame_from_columns({"cause": cause.tolist()}), eager_only=True)
    return customers.with_columns(frame.get_column("cause").cast(nw.String))


def _check_snapshot(assigned: Integers, recorded: Integers, argument: str, *, moment: str) -> None:
    """Raise if a model assigns most customers otherwise than the snapshot that it is said to have made."""
    is_present = recorded != ABSENT
    if is_present.any() and (assigned == recorded)[is_present].mean() < _AGREEMENT:
        raise DataError(
            f"{CALLER}: {argument} and the logs put most customers of the {moment} snapshot into other segments, so "
            "that it was made with another model or other logs. Give those."
        )


def _assigned(model: SegmentModel, table: FeatureTable) -> Assignments:
    return read_assignments(model.assigned(table, CALLER).to_native(), CALLER, "orders")


def causes_line(customers: nw.DataFrame[Any], moved: ShownSum, language: str) -> str:
    """How many customers changed segments for which cause, as a sentence; counts of 1 to 9 are hidden.

    `moved` is the sum as it is shown: where it is a bound, the causes must not add up to it.
    """
    words = text(language, "movement")
    counts = {cause: int((customers.get_column("cause") == cause).sum()) for cause in CAUSES}
    if not any(counts.values()):
        return str(words["no_change"])
    hidden = {cause for cause, count in counts.items() if 0 < count < SMALLEST_GROUP}
    if len(hidden) == 1 and moved.is_exact:
        visible = {cause: count for cause, count in counts.items() if count and cause not in hidden}
        hidden |= {min(visible, key=lambda cause: visible[cause])} if visible else set()

    def count_text(cause: str) -> str:
        if cause in hidden:
            return bound_text(counts[cause])
        return number(counts[cause], language) if moved.is_exact else at_least(counts[cause], language)

    parts = [words["causes"][cause].format(count=count_text(cause)) for cause in CAUSES if counts[cause]]
    return str(words["changed"]).format(total=moved.text(language), parts=", ".join(parts))
