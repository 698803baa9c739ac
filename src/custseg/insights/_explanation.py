"""The explanation of one customer's segment, and its sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from custseg.profiling import NEGLIGIBLE
from custseg.texts import EXACT, POINTS, SHARES, YEAR, amount, percent, printable, text, unit_beside

_MAX_REASONS = 3
# Contributions under this share of the largest are next to no reason, as are features in which the two segments hardly
# differ: they stay in `why`, and are not printed.
_NEXT_TO_NONE = 0.05
# Medians that differ by less, relative to the larger one, say the same to a reader.
_SAME = 0.05
# Digits of values below 1, as of medians in markers.
_FEW_DIGITS = 2


@dataclass(frozen=True)
class Reason:
    """What one feature contributes to the segment of a customer.

    Attributes
    ----------
    feature : str
        The feature.
    value : float or None
        The customer's value in its own unit; None where it is missing.
    taken_as : float
        The value that the model used: the median of all customers where the value is missing; NaN where a missing
        value adds nothing, as beside categories.
    typical, typical_second : float or None
        Median of the customer's segment, and of the second-best, or the share of 1 in a column of 0 and 1; None where
        fewer than ten have a value, and for a share of 1 to 9 customers, or all but 1 to 9. Of a category, the shares
        of the customers with a value who have the same one.
    contribution : float
        How much the feature adds to the cost of the second-best segment over that of the customer's segment: positive
        values favor the customer's segment, negative values the second-best.
    unit : str
        Unit of the values.
    is_flag : bool
        Whether the column holds 0 and 1 only, or yes and no.
    is_code, is_impossible : bool
        Whether the value is a code that stands apart from the amounts, such as -1 for "never", or a birth that no
        customer can have. Medians and effects leave codes out.
    effect : float or None
        How much the two segments differ in the feature, in [0, 1]: the absolute Cliff's delta of the values or, where
        it is larger, of their distances from the median; None where there is no second segment.
    bounds : tuple of float
        Where the names and rules of the two segments divide the values; a value equal to one belongs above it.
    category : str
        The customer's category, `value` is the position of its level; "" for a number and for rare categories, which
        count as one.
    is_category : bool
        Whether the feature holds categories.
    """

    feature: str
    value: float | None
    taken_as: float
    typical: float | None
    typical_second: float | None
    contribution: float
    unit: str = ""
    is_flag: bool = False
    is_code: bool = False
    is_impossible: bool = False
    effect: float | None = None
    bounds: tuple[float, ...] = ()
    category: str = ""
    is_category: bool = False

    @property
    def is_negligible(self) -> bool:
        """Whether the two segments hardly differ in the feature."""
        return self.effect is not None and self.effect < NEGLIGIBLE

    @property
    def is_contradictory(self) -> bool:
        """Whether the value favors a segment from the far side of the other one's median.

        Where features are correlated, or one segment is wider, 29 orders can count for the median of 5 against that
        of 20. The medians do not show why.
        """
        if self.typical is None or self.typical_second is None or self.is_flag or self.is_category or self.is_code:
            return False
        favored, opposed = self.typical, self.typical_second
        if self.contribution < 0:
            favored, opposed = opposed, favored
        return (self.taken_as - opposed) * (favored - opposed) <= 0


@dataclass(frozen=True)
class Counterfactual:
    """The change of one feature that would put a customer into another segment, all else equal.

    Attributes
    ----------
    feature : str
        The feature.
    value : float or None
        The customer's value; None where it is missing.
    target : float
        A round value that changes the segment, within the observed range.
    segment : int
        The segment they would be in.
    name : str
        The name of that segment.
    size : float
        Size of the change, in standard deviations of the prepared feature.
    unit : str
        Unit of the values.
    """

    feature: str
    value: float | None
    target: float
    segment: int
    name: str
    size: float
    unit: str = ""


@dataclass(frozen=True)
class Explanation:
    """Why a customer is in their segment, how certain that is, and what would change it.

    Attributes
    ----------
    customer : int or str
        The id.
    segment : int
        The segment.
    name : str
        Its name.
    second_segment : int or None
        The second-best segment; None where there is only one.
    second_name : str
        Its name.
    why : tuple of Reason
        Every feature used for clustering, the largest contribution first.
    residual : float
        The part of the margin that belongs to no feature: offsets for the minimum size, and how large and dense the
        segments are.
    margin : float
        How much higher the cost of the second-best segment is: the sum of the contributions and `residual`.
    confidence : float
        In [0, 1], about 1/2 on the boundary of two segments.
    is_outlier : bool
        Whether the customer is farther from the segment than the mean of the ten farthest customers it was fitted on.
    counterfactual : Counterfactual or None
        The smallest change of one feature that would put them into another segment whose name is then true of them;
        None where no value within the observed range does.
    language : {"en", "ru"}
        Language of `repr`.
    phrases : mapping of str to str
        What the features are called in the sentences; by default they have their names.
    rule : str
        The rule that takes the customer, where the segment is stated as one: then there is nothing else to explain.
    rule_text : str
        The same in words.
    """

    customer: int | str
    segment: int
    name: str
    second_segment: int | None
    second_name: str
    why: tuple[Reason, ...]
    residual: float
    margin: float
    confidence: float
    is_outlier: bool
    counterfactual: Counterfactual | None
    language: str = "en"
    phrases: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    rule: str = ""
    rule_text: str = ""

    def __repr__(self) -> str:
        head = self._sentence("head", customer=printable(str(self.customer)), name=self.name, number=str(self.segment))
        if self.rule:
            return f"{head}\n{self._sentence('by_rule', rule=self.rule_text)}"
        if self.second_segment is None:
            return f"{head}\n{self._sentence('only_segment')}"
        supporting, opposing = self._printed_reasons()
        lines = [head]
        for key, reasons in (("supporting", supporting), ("opposing", opposing)):
            if reasons:
                lines.append(self._sentence(key, second=self.second_name))
                lines += [f"  {self._reason_text(reason)}" for reason in reasons]
        if not supporting:
            lines.append(self._sentence("residual_only", second=self.second_name))
        confidence, half = (percent(share, self.language) for share in (self.confidence, 0.5))
        lines.append(self._sentence("confidence", confidence=confidence, half=half, second=self.second_name))
        if self.is_outlier:
            lines.append(self._sentence("outlier"))
        return "\n".join([*lines, self._counterfactual_text()])

    def _printed_reasons(self) -> tuple[list[Reason], list[Reason]]:
        """The reasons for the segment and for the second-best, the largest first, without those next to none."""
        supporting = [reason for reason in self.why if reason.contribution > 0]
        opposing = [reason for reason in reversed(self.why) if reason.contribution < 0]
        largest = max((abs(reason.contribution) for reason in self.why), default=0.0)

        def counts(reason: Reason) -> bool:
            is_large = abs(reason.contribution) >= _NEXT_TO_NONE * largest
            return is_large and not (reason.is_negligible or reason.is_contradictory or self._is_equal(reason))

        # One reason for the segment is printed in any case: the largest that tells the segments apart.
        supporting = list(filter(counts, supporting)) or supporting[:1]
        return supporting[:_MAX_REASONS], list(filter(counts, opposing))[:_MAX_REASONS]

    def _reason_text(self, reason: Reason) -> str:
        line = f"{self._phrase(reason.feature)}: {self._value_text(reason)}"
        if reason.typical is None or reason.typical_second is None:
            return line
        if reason.is_category:
            here, second = (percent(share, self.language) for share in (reason.typical, reason.typical_second))
            return f"{line} ({self._sentence('same_category', typical=here, second=second)})"
        if reason.is_flag:
            shares = (percent(share, self.language) for share in (reason.typical, reason.typical_second))
            return f"{line} ({self._sentence('shares', **dict(zip(('typical', 'second'), shares, strict=True)))})"
        if self._is_equal(reason):
            return line
        typical, second = (self._formatted(reason, value) for value in (reason.typical, reason.typical_second))
        return f"{line} ({self._sentence('medians', typical=typical, second=second)})"

    def _is_equal(self, reason: Reason) -> bool:
        """Whether the medians of the two segments are nearly equal, or equal as text, so that they give no reason."""
        first, second = reason.typical, reason.typical_second
        if first is None or second is None or reason.is_flag or reason.is_category:
            return False
        is_close = reason.unit != YEAR and abs(first - second) < _SAME * max(abs(first), abs(second))
        return is_close or self._formatted(reason, first) == self._formatted(reason, second)

    def _counterfactual_text(self) -> str:
        change = self.counterfactual
        if change is None:
            return self._sentence("no_counterfactual")
        [reason] = [reason for reason in self.why if reason.feature == change.feature]
        target = self._formatted(reason, change.target, digits=EXACT)
        value = self._value_text(reason)
        value = self._value_text(reason, digits=EXACT) if value == target else value
        return self._sentence(
            "counterfactual",
            feature=self._phrase(change.feature),
            target=target,
            value=value,
            name=change.name,
        )

    def _value_text(self, reason: Reason, digits: int = 3) -> str:
        if reason.value is None and math.isnan(reason.taken_as):
            return self._sentence("unknown")
        if reason.is_category:
            if reason.is_flag and reason.category:
                return self._sentence("yes" if reason.category == "true" else "no")
            return printable(reason.category) or self._sentence("rare")
        value = self._formatted(reason, reason.taken_as if reason.value is None else reason.value, digits=digits)
        if reason.value is None:
            return self._sentence("missing", value=value)
        if reason.is_code:
            return self._sentence("code", value=self._formatted(reason, reason.value, digits=EXACT))
        if reason.is_impossible:
            return self._sentence("impossible", value=value)
        if any(self._formatted(reason, bound, digits=digits) == value for bound in reason.bounds):
            # 49.96 is under 50, and 50 is not.
            value = self._formatted(reason, _distinct_from(reason.value, reason.bounds), digits=EXACT)
        return self._sentence("on_bound", value=value) if reason.value in reason.bounds else value

    def _formatted(self, reason: Reason, value: float, *, digits: int = 3) -> str:
        if reason.is_flag and value in (0, 1):
            return self._sentence("yes" if value else "no")
        phrase, unit = self._phrase(reason.feature), reason.unit
        unit = unit if unit in SHARES else unit_beside(phrase, unit, self.language)
        if digits < EXACT and 0 < abs(value) < 1 and reason.unit not in (*SHARES, POINTS):
            digits = min(digits, _FEW_DIGITS)
        return amount(value, unit, self.language, digits=digits)

    def _phrase(self, feature: str) -> str:
        return printable(self.phrases.get(feature, feature))

    def _sentence(self, key: str, **fields: str) -> str:
        return str(text(self.language, "explanation", key)).format(**fields)


def _distinct_from(value: float, bounds: tuple[float, ...]) -> float:
    """The value with as few decimals as leave it closer to itself than to any of the bounds, 0.51 beside 0.5."""
    nearest = min((abs(value - bound) for bound in bounds), default=0.0)
    decimals = range(EXACT)
    return next((rounded for n in decimals if abs((rounded := round(value, n)) - value) < nearest), value)
