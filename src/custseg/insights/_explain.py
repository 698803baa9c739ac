"""`explain`: why a customer is in a segment, how certain that is, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from custseg._checks import check_choice
from custseg._column_kinds import impossible_births, is_birth_name
from custseg._numerics import Floats, median
from custseg._privacy import SMALLEST_GROUP, shown_share
from custseg.feature_table import codes_of, distinct_phrases
from custseg.insights._contributions import contributions_of_features
from custseg.insights._counterfactual import is_possible, smallest_crossing
from custseg.insights._customer import all_values, check_clustered, index_of
from custseg.insights._explanation import Counterfactual, Explanation, Reason
from custseg.model import Branches, Group
from custseg.preparation import CategoryPlan, ColumnPlan
from custseg.result import Segmentation
from custseg.rule_segments import condition_text
from custseg.texts import LANGUAGES, YEAR

_CALLER = "explain"
# From the lowest to the highest of these quantiles a value is usual.
_USUAL = (0.01, 0.99)
# Comparisons of a name with a bound that the name says.
_BOUNDS = (">=", "<")


def explain(result: Segmentation, customer: int | str, *, language: str | None = None) -> Explanation:
    """Explain why a customer is in their segment and not in the second-best, and what would change it.

    Parameters
    ----------
    result : Segmentation
        What `fit_segments` returned.
    customer : int or str
        The customer's id, of the type of the ids.
    language : {"en", "ru"}, optional
        Language of the sentences and the segment names; by default that of the result.

    Returns
    -------
    Explanation
        `segment` and `name`; `why`, each feature with its contribution; `confidence` and `is_outlier`;
        `counterfactual`, the smallest change of one feature that would change the segment, or None. Its `repr` is
        the explanation in sentences.

    Raises
    ------
    DataError
        If there is no such customer, or they are in no segment; the message gives the reason.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Each segment has a cost for each customer, and they are in the segment of lowest cost. The contribution of a
    feature is how much higher it makes the cost of the second-best segment; the contributions and `residual` add up
    to the `margin` between the two segments exactly. All are in prepared units (standard deviations after the
    transform):

    - k-means: the cost is the squared distance from the center, a sum over features; `residual` is the difference
      of the offsets that a minimum size may need.
    - Gaussian mixture: the cost is -log of the joint density. A squared distance dᵀPd is the sum over features
      c of d_c (Pd)_c, so the shared part of two correlated features is divided equally between them; `residual`
      holds the weights and volumes of the components, and the offsets.
    - HDBSCAN: the cost is the squared mutual reachability of the nearest core customer; a contribution is the
      difference of the squared distances, and `residual` is the part of the density.

    Where categories are clustered on, the columns of the matrix are scores, to which every feature adds its part. A
    contribution is then what the part of the customer changes of the margin, compared with the mean part of the two
    segments; a missing value adds nothing to a score.

    The counterfactual is the smallest change in prepared units of one number alone, within the usual values (1 % to
    99 %) of the two segments taken together, that does not contradict the customer's other features: the last order is
    not before the first one. It is rounded by up to 2 % of the change, an integer where the feature is, and confirmed
    by assigning the changed customer, of whom the words of the other segment's name must be true. It shows where the
    boundary is, not what a campaign would achieve: features depend on each other (one more order is also more revenue).

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.insights import explain
    >>> shop = make_shop(500, 0)
    >>> result = fit_segments(shop.orders, as_of=shop.as_of, method="kmeans", n_segments=4)
    >>> explanation = explain(result, result.assignments["customer_id"][0])
    >>> abs(sum(reason.contribution for reason in explanation.why) + explanation.residual - explanation.margin) < 1e-9
    True
    """
    if not isinstance(result, Segmentation):
        raise TypeError(
            f"{_CALLER}: result must be a Segmentation, as fit_segments returns it, got {type(result).__name__}."
        )
    language = result.choice.language if language is None else language
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    index = index_of(result, customer)
    group = _group_of(result, index)
    if group is not None:
        if group.rule is None:
            return _by_rule(result, customer, group, language=language)
        result = _only(result, group)
    context = _Context(result, language)
    values = {name: float(column[index]) for name, column in context.features.items()}
    check_clustered(result, index, values)

    columns = {name: np.array([value]) for name, value in values.items()}
    assessed = result.model.assess_values(columns, _CALLER)
    label, second_label = int(assessed.label[0]), int(assessed.second_label[0])
    contributions, residual = np.zeros(len(values)), 0.0
    if second_label >= 0:
        contributions, residual = context.contributions(values, (label, second_label))
    segment, second = result.model.numbers[label], result.model.numbers[second_label] if second_label >= 0 else -1
    return Explanation(
        customer=customer,
        segment=segment,
        name=context.names[segment],
        second_segment=second if second >= 0 else None,
        second_name=context.names.get(second, ""),
        why=context.reasons(values, contributions, pair=(segment, second)),
        residual=residual,
        margin=float(contributions.sum()) + residual,
        confidence=float(assessed.confidence[0]),
        is_outlier=bool(assessed.is_outlier[0]),
        counterfactual=context.counterfactual(values, label, further=all_values(result.features, index)),
        language=language,
        phrases=distinct_phrases(result.features.described, language),
    )


def _group_of(result: Segmentation, index: int) -> Group | None:
    """The rule before the clusters that takes a customer, or the clusters of all others; None without such rules."""
    if not result.model.branches.items or result.labels[index] < 0:
        return None
    label = result.model.numbers.index(int(result.labels[index]))
    return next(group for group in result.model.groups if label in group.labels)


def _only(result: Segmentation, group: Group) -> Segmentation:
    """The result with the segments of one group alone, among which its rule decides."""
    assert group.rule is not None
    numbers = result.model.numbers[group.labels.start : group.labels.stop]
    segments = result.model.segments[group.labels.start : group.labels.stop]
    rows = tuple(row for row in result.profiles.rows if row.segment is None or row.segment in numbers)
    return replace(
        result,
        model=replace(result.model, rule=group.rule, segments=segments, branches=Branches()),
        labels=np.where(np.isin(result.labels, numbers), result.labels, -1),
        profiles=replace(result.profiles, rows=rows),
    )


def _by_rule(result: Segmentation, customer: object, group: Group, *, language: str) -> Explanation:
    """The explanation of a customer whom a rule takes."""
    label = group.labels.start
    segment = result.model.segments[label]
    assert isinstance(customer, (int, str))
    return Explanation(
        customer=customer,
        segment=segment.number,
        name=segment.names[language],
        second_segment=None,
        second_name="",
        why=(),
        residual=0.0,
        margin=0.0,
        confidence=1.0,
        is_outlier=False,
        counterfactual=None,
        language=language,
        rule=result.model.branches.items[group.position].when,
        rule_text=condition_text(result.model.branches.predicates[group.position], result.features.described, language),
    )


class _Context:
    """The parts of a result that explanations use: names of segments, units and values of features."""

    def __init__(self, result: Segmentation, language: str) -> None:
        self.model, self.labels = result.model, result.labels
        self.rows = {row.segment: row for row in result.profiles.segments}
        self.rules = {rule.segment: rule for rule in result.rules.rules}
        self.names = {segment: row.names[language] for segment, row in self.rows.items()}
        self.units = {feature.name: feature.unit for feature in result.features.described}
        self.features = {name: result.features.values(name) for name in result.model.preparation.names}
        clustered = self.labels >= 0
        self.codes = {
            feature.name: codes_of(feature, _not_missing(self.features[feature.name][clustered]))
            for feature in result.features.described
            if feature.name in self.features
        }
        self._ranges: dict[tuple[str, tuple[int, int]], tuple[float, float]] = {}
        self.flags = {name for name, column in self.features.items() if set(np.unique(_not_missing(column))) == {0, 1}}

    def contributions(self, values: dict[str, float], pair: tuple[int, int]) -> tuple[Floats, float]:
        """What each feature contributes to the margin between two clusters, and the remaining part of it."""
        clustered = self.labels >= 0
        members = {name: column[clustered] for name, column in self.features.items()}
        position = np.full(max(self.model.numbers) + 1, -1)
        position[list(self.model.numbers)] = range(len(self.model.numbers))
        return contributions_of_features(
            self.model, values, members, labels=position[self.labels[clustered]], pair=pair
        )

    def reasons(self, values: dict[str, float], contributions: Floats, *, pair: tuple[int, int]) -> tuple[Reason, ...]:
        """The features with their contributions, the largest first."""
        plans = zip(self.model.preparation.plans, contributions.tolist(), strict=True)
        reasons = [self._reason(plan, values[plan.name], contribution, pair=pair) for plan, contribution in plans]
        return tuple(sorted(reasons, key=lambda reason: -reason.contribution))

    def _reason(
        self, plan: ColumnPlan | CategoryPlan, value: float, contribution: float, *, pair: tuple[int, int]
    ) -> Reason:
        """What one feature contributes."""
        name = plan.name
        if isinstance(plan, CategoryPlan):
            return self._reason_of_category(plan, value, contribution, pair=pair)
        is_flag = name in self.flags
        typical, typical_second = (self._typical(name, segment) for segment in pair)
        # The scores of classes leave a missing value out, and no other value takes its place.
        filled = plan.fill if self.model.preparation.scores is None else float("nan")
        return Reason(
            feature=name,
            value=_or_none(value),
            taken_as=filled if np.isnan(value) else value,
            typical=typical,
            typical_second=typical_second,
            contribution=contribution,
            unit=self.units[name],
            is_flag=is_flag,
            is_code=value in self.codes[name],
            is_impossible=self._is_impossible(name, value),
            effect=self._effect(name, pair),
            bounds=() if is_flag else self._bounds(name, pair),
        )

    def _reason_of_category(
        self, plan: CategoryPlan, value: float, contribution: float, *, pair: tuple[int, int]
    ) -> Reason:
        """What a category contributes, with the share of both segments that have the same one."""
        level = None if np.isnan(value) else int(value)
        typical, typical_second = (self._share(plan, level, segment) for segment in pair)
        return Reason(
            feature=plan.name,
            value=_or_none(value),
            taken_as=value,
            typical=typical,
            typical_second=typical_second,
            contribution=contribution,
            category=plan.levels[level] if level is not None and level < len(plan.levels) else "",
            is_category=True,
            is_flag=plan.kind == "flag",
        )

    def _share(self, plan: CategoryPlan, level: int | None, segment: int) -> float | None:
        """The share of the members with a value who have a level; None where it may not be shown."""
        codes = _not_missing(self.features[plan.name][self.labels == segment])
        if segment < 0 or level is None or len(codes) < SMALLEST_GROUP:
            return None
        return shown_share(int((codes == level).sum()), len(codes))

    def counterfactual(
        self, values: dict[str, float], label: int, *, further: Mapping[str, float | str | None]
    ) -> Counterfactual | None:
        """The smallest change of one feature that puts the customer, who has this label, into another segment.

        The name of that segment is true of them.

        `further` are the values of all columns, which the words of a name may mention.
        """
        clustered = self.labels >= 0
        observed = {name: _not_missing(column[clustered]) for name, column in self.features.items()}
        own = self.model.numbers[label]

        def name_holds(other: int, feature: str, value: float) -> bool:
            segment = self.model.numbers[other]
            low, high = self._usual(feature, (own, segment))
            is_usual = low <= value <= high and is_possible(further, feature, value)
            return is_usual and self.rows[segment].name_holds({**further, feature: value})

        crossing = smallest_crossing(self.model, values, observed, segment=label, name_holds=name_holds)
        if crossing is None:
            return None
        segment = self.model.numbers[crossing.segment]
        return Counterfactual(
            feature=crossing.feature,
            value=_or_none(values[crossing.feature]),
            target=crossing.target,
            segment=segment,
            name=self.names[segment],
            size=crossing.size,
            unit=self.units[crossing.feature],
        )

    def _bounds(self, name: str, pair: tuple[int, int]) -> tuple[float, ...]:
        """Where the names and rules of two segments divide a column into values under a bound and from it on.

        None of whole numbers, whose bounds are said as "3 or fewer" and "4 or more".
        """
        if self._is_whole(name):
            return ()
        traits = [trait for segment in pair if segment in self.rows for trait in self.rows[segment].traits]
        terms = [term for trait in traits for term in trait.terms if term.feature == name and term.operator in _BOUNDS]
        conditions = [c for s in pair if s in self.rules for c in self.rules[s].conditions if c.feature == name]
        values = {float(term.value) for term in terms if isinstance(term.value, (int, float))}
        values |= {end for c in conditions for end in (c.low, c.high) if end is not None}
        return tuple(sorted(values))

    def _is_whole(self, name: str) -> bool:
        values = _not_missing(self.features[name])
        return bool((values == np.floor(values)).all())

    def _amounts(self, name: str, segment: int) -> Floats:
        """The values of the members that are neither missing nor codes."""
        members = _not_missing(self.features[name][self.labels == segment])
        return members[~np.isin(members, self.codes[name])]

    def _usual(self, name: str, pair: tuple[int, int]) -> tuple[float, float]:
        """The range from the lowest 1 % quantile of two segments to the highest 99 % quantile."""
        if (name, pair) not in self._ranges:
            groups = [group for segment in pair if len(group := self._amounts(name, segment))]
            quantiles = [np.quantile(group, _USUAL) for group in groups] or [np.array([np.inf, -np.inf])]
            lows, highs = zip(*quantiles, strict=True)
            self._ranges[name, pair] = float(min(lows)), float(max(highs))
        return self._ranges[name, pair]

    def _is_impossible(self, name: str, value: float) -> bool:
        """Whether a year of birth is one that no customer can have."""
        if self.units[name] != YEAR or not is_birth_name(name):
            return False
        births = np.append(_not_missing(self.features[name]), value)
        return any(bool(impossible[-1]) for impossible in impossible_births(births))

    def _effect(self, name: str, pair: tuple[int, int]) -> float | None:
        """How much two segments differ in a feature: in its values, or in how far these lie from the median."""
        first, second = (self._amounts(name, segment) for segment in pair)
        if min(pair) < 0 or not len(first) or not len(second):
            return None
        middle = median(np.concatenate([first, second]))
        return max(abs(_delta(first, second)), abs(_delta(np.abs(first - middle), np.abs(second - middle))))

    def _typical(self, name: str, segment: int) -> float | None:
        """The median of the segment, of a flag the share of 1; None where too few customers make it."""
        members = self._amounts(name, segment)
        if segment < 0 or len(members) < SMALLEST_GROUP:
            return None
        if name not in self.flags:
            return median(members)
        return shown_share(int(members.sum()), len(members))


def _delta(first: Floats, second: Floats) -> float:
    """Cliff's delta, P(first > second) - P(first < second)."""
    ordered = np.sort(second)
    below, not_above = (np.searchsorted(ordered, first, side=side).mean() for side in ("left", "right"))
    return float((below + not_above) / len(second) - 1)


def _not_missing(column: Floats) -> Floats:
    return column[~np.isnan(column)]


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value
