"""Why is this customer in this segment, how sure is that, and what would move them."""

from __future__ import annotations

from numbers import Real

import narwhals.stable.v2 as nw
import numpy as np

from custseg._arrays import Floats
from custseg._checks import check_choice, listed, plural
from custseg._moments import median
from custseg._texts import LANGUAGES
from custseg.errors import DataError
from custseg.insights._change import smallest_move
from custseg.insights._explanation import Change, Explanation, Reason
from custseg.result import Segmentation

_CALLER = "explain"
_FEWEST = 10


def explain(result: Segmentation, customer: int | str, *, language: str = "en") -> Explanation:
    """Why a customer is in their segment and not in the second-best, how sure that is, and what would move them.

    Parameters
    ----------
    result : Segmentation
        What `fit_segments` returned.
    customer : int or str
        The customer's id, of the type that the ids have.
    language : {"en", "ru"}, default "en"
        Of the sentences and the segment names.

    Returns
    -------
    Explanation
        `segment` and `name`; `why`, each feature with its contribution; `confidence` and `unusual`; `change`,
        the smallest change of one feature that would move them, or None. Its `repr` says it in sentences.

    Raises
    ------
    DataError
        If there is no such customer, or they are not in any segment; the message says why.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    A segment has a cost for each customer, and they are in the one of the least. The contribution of a feature
    is by how much it makes the second-best segment costlier than the own; with `rest` the contributions add up
    to the `margin` between the two, exactly. All is in prepared units (standard deviations after the
    transform):

    - k-means: the cost is the squared distance from the center, a sum over features; `rest` is the difference
      of the offsets that a minimum size may need.
    - Gaussian mixture: the cost is -log of the joint density. A squared distance dᵀPd is the sum over features
      c of d_c (Pd)_c, so what two correlated features share is halved between them; `rest` is how large and
      how wide the components are, and the offsets.
    - HDBSCAN: the cost is the squared mutual reachability of the nearest core customer; features have the
      difference of the squared distances, and `rest` is what the density adds.

    The change is the smallest in prepared units, of one feature alone and within the values that the clustered
    customers have; it is as round as it can be, whole where the feature is, and confirmed by assigning the
    changed customer. It says where the boundary is, not what a campaign would do: features hang together (one
    more order is also more revenue).

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.insights import explain
    >>> shop = make_shop(500, 0)
    >>> result = fit_segments(shop.orders, as_of=shop.as_of, method="kmeans", n_segments=4)
    >>> explanation = explain(result, result.assignments["customer_id"][0])
    >>> abs(sum(reason.contribution for reason in explanation.why) + explanation.rest - explanation.margin) < 1e-9
    True
    """
    if not isinstance(result, Segmentation):
        raise TypeError(
            f"{_CALLER}: result must be a Segmentation, as fit_segments returns it, got {type(result).__name__}."
        )
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    place = _place(result, customer)
    base = _Base(result, language)
    values = {name: float(column[place]) for name, column in base.features.items()}
    _check_clustered(result, place, values)

    columns = {name: np.array([value]) for name, value in values.items()}
    row = result.model.preparation.matrix(columns, _CALLER)
    assessed = result.model.assess_values(columns, _CALLER)
    segment, second = int(assessed.label[0]), int(assessed.second[0])
    parts, rest = np.zeros(row.shape[1]), 0.0
    if second >= 0:
        parts, rest = result.model.rule.contributions(row[0], segment, second)
    return Explanation(
        customer=customer,
        segment=segment,
        name=base.names[segment],
        second=second if second >= 0 else None,
        second_name=base.names.get(second, ""),
        why=base.reasons(values, parts, pair=(segment, second)),
        rest=rest,
        margin=float(parts.sum()) + rest,
        confidence=float(assessed.confidence[0]),
        unusual=bool(assessed.unusual[0]),
        change=base.change(values, segment),
        language=language,
    )


class _Base:
    """What explanations take from a result: names, units and values of all customers."""

    def __init__(self, result: Segmentation, language: str) -> None:
        self.model, self.labels = result.model, result.labels
        self.names = {row.segment: row.names[language] for row in result.profiles.segments}
        self.units = {feature.name: feature.unit for feature in result.features.described}
        self.features = {name: result.features.values(name) for name in result.model.preparation.names}

    def reasons(self, values: dict[str, float], parts: Floats, *, pair: tuple[int, int]) -> tuple[Reason, ...]:
        """The features with their contributions, the largest first."""
        found = []
        for plan, part in zip(self.model.preparation.columns, parts.tolist(), strict=True):
            value = values[plan.name]
            typical, typical_second = (self._median(plan.name, segment) for segment in pair)
            found.append(
                Reason(
                    feature=plan.name,
                    value=_or_none(value),
                    taken_as=plan.fill if np.isnan(value) else value,
                    typical=typical,
                    typical_second=typical_second,
                    contribution=part,
                    unit=self.units[plan.name],
                )
            )
        return tuple(sorted(found, key=lambda reason: -reason.contribution))

    def change(self, values: dict[str, float], segment: int) -> Change | None:
        """The smallest change of one feature that moves the customer."""
        inside = self.labels >= 0
        observed = {name: _known(column[inside]) for name, column in self.features.items()}
        move = smallest_move(self.model, values, observed, segment=segment)
        if move is None:
            return None
        return Change(
            feature=move.feature,
            value=_or_none(values[move.feature]),
            target=move.target,
            segment=move.segment,
            name=self.names[move.segment],
            size=move.size,
            unit=self.units[move.feature],
        )

    def _median(self, name: str, segment: int) -> float | None:
        known = _known(self.features[name][self.labels == segment])
        return median(known) if segment >= 0 and len(known) >= _FEWEST else None


def _place(result: Segmentation, customer: object) -> int:
    """The row of the customer."""
    if isinstance(customer, bool) or not isinstance(customer, (str, Real)):
        raise TypeError(f"{_CALLER}: customer must be one id (a number or text), got {type(customer).__name__}.")
    ids = result.features.ids
    try:
        return ids.to_list().index(customer)
    except ValueError:
        kind = "text" if ids.dtype == nw.String else "numbers"
        raise DataError(
            f"{_CALLER}: there is no customer {customer!r} in the result. The ids are {kind}; give one of those "
            "in its assignments."
        ) from None


def _check_clustered(result: Segmentation, place: int, values: dict[str, float]) -> None:
    """Raise, with the reason, unless the customer is in a segment."""
    if result.labels[place] >= 0:
        return
    columns = listed(values)
    if "order_count" in result.features.numeric_names() and not result.features.values("order_count")[place] > 0:
        window = result.features.snapshot.window_days if result.features.snapshot else None
        when = f" in the {plural(window, 'day')} before the snapshot" if window else ""
        why = f"they have no purchase{when}"
    elif all(np.isnan(value) for value in values.values()):
        why = f"they have no value in any of the columns {columns}"
    else:
        why = f"on {columns} they are far from every segment (noise)"
    raise DataError(
        f"{_CALLER}: this customer is in no segment, because {why}. Ask for one that has a segment in `assignments`."
    )


def _known(column: Floats) -> Floats:
    return column[~np.isnan(column)]


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value
