"""`sample_size` and `detectable_lift`: how many customers a test needs, and what a segment of a size can show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

from custseg._checks import check_choice, check_integer
from custseg.texts import LANGUAGES, number, percent, text
from custseg.trials import (
    TrialDesign,
    check_cv,
    check_lift,
    checked_design,
    customers_of,
    lift_of_means,
    lift_of_rates,
    open_share,
    treated_for_means,
    treated_for_rates,
)


@dataclass(frozen=True, repr=False)
class SampleSize:
    """Customers that an experiment needs to show a lift.

    Attributes
    ----------
    treated, held_out : int
        Customers of the two groups, who must be reachable.
    reachable : float
        Share of a segment that can be reached.
    lift : float
        The relative change that is shown.
    base_rate : float or None
        The rate of the customers who are held out; None for an amount.
    mean, cv : float or None
        Mean amount of those held out, and its standard deviation over its mean; None for a rate.
    design : TrialDesign
        Power, alpha, holdout and number of comparisons.
    language : str
        Language of the text.
    """

    treated: int
    held_out: int
    reachable: float
    lift: float
    base_rate: float | None
    mean: float | None
    cv: float | None
    design: TrialDesign
    language: str = "en"

    @property
    def customers(self) -> int:
        """Treated and held out customers together."""
        return self.treated + self.held_out

    @property
    def segment(self) -> int:
        """Size of the segment, with the customers who cannot be reached."""
        return math.ceil(round(self.customers / self.reachable, 9))

    @property
    def difference(self) -> float | None:
        """The lift in the unit of the outcome: of the rate, or of the mean; None without a mean."""
        level = self.base_rate if self.base_rate is not None else self.mean
        return None if level is None else level * self.lift

    def __repr__(self) -> str:
        words, language = text(self.language, "sample_size"), self.language
        lines = [
            words["needed"].format(
                lift=signed_percent(self.lift, language),
                outcome=outcome_words(self.base_rate, self.mean, self.cv, language=language),
                segment=number(self.segment, language),
                treated=number(self.treated, language),
                held_out=number(self.held_out, language),
            ),
            words["design"].format(
                power=percent(self.design.power, language),
                alpha=percent(self.design.alpha, language),
                holdout=percent(self.design.holdout, language),
                reachable=percent(self.reachable, language),
            ),
        ]
        if self.design.comparisons > 1:
            comparisons = number(self.design.comparisons, language)
            each = percent(self.design.alpha / self.design.comparisons, language, decimals=2)
            lines.append(words["comparisons"].format(comparisons=comparisons, each=each))
        return "\n".join(lines)


def sample_size(
    base_rate: float | None = None,
    *,
    lift: float,
    mean: float | None = None,
    cv: float | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    holdout: float = 0.5,
    comparisons: int = 1,
    reachable: float = 1.0,
    language: str = "en",
) -> SampleSize:
    """Compute how many customers a segment must have, so that an experiment in it shows a lift.

    Parameters
    ----------
    base_rate : float, optional
        Share of the customers who act without the campaign, such as 0.05; or give `cv` for an amount.
    lift : float
        The relative change to show: 0.2 is a rise by 20 %, from 5 % to 6 %; a negative one is a fall.
    mean : float, optional
        Mean amount per customer, such as revenue; with it the result says what the lift is in money.
    cv : float, optional
        Standard deviation of the amount per customer over its mean, with the customers who spend nothing.
    power : float, default 0.8
        Probability that the lift is shown if it is true.
    alpha : float, default 0.05
        Probability that a lift is shown where there is none; two-sided, over all comparisons.
    holdout : float, default 0.5
        Share of the customers that are held out. Equal groups need the fewest customers.
    comparisons : int, default 1
        Number of segments that are tested together; each gets `alpha / comparisons` (Bonferroni, the first step of
        Holm's method, which `uplift` uses).
    reachable : float, default 1
        Share of the segment that can be reached, such as those who take mails.
    language : {"en", "ru"}, default "en"
        Language of the text.

    Returns
    -------
    SampleSize
        `treated` and `held_out` customers, and the size of the `segment`; printed, it is a sentence.

    Raises
    ------
    DataError
        If `cv` is not above 0.
    TypeError, ValueError
        If a rate, the power, alpha or the holdout does not lie between 0 and 1 (both excluded), or the lift is 0 or
        would raise the rate above 1.

    Notes
    -----
    Rates: the normal approximation with the pooled variance under the null hypothesis, equal to
    `samplesize_proportions_2indep_onetail` of statsmodels. With r held out per treated customer, p1 the rate of the
    treated, p2 that of those held out and p = (p1 + r p2) / (1 + r)::

        n1 = (z_alpha sqrt((1 + 1/r) p (1 - p)) + z_power sqrt(p1 (1 - p1) + p2 (1 - p2) / r))^2 / (p1 - p2)^2

    Means: n1 = (1 + 1/r) ((z_alpha + z_power) cv / lift)^2; for skewed money it is a lower bound where groups have
    fewer than some hundred buyers.

    References
    ----------
    Fleiss, J. L., Levin, B. and Paik, M. C. (2003). Statistical methods for rates and proportions, 3rd ed. Wiley,
    section 4.2.

    Examples
    --------
    >>> from custseg.proof import sample_size
    >>> needed = sample_size(0.05, lift=0.5)
    >>> needed.treated, needed.held_out
    (1471, 1471)
    >>> sample_size(0.05, lift=0.5, comparisons=7, reachable=0.6).segment
    7794
    """
    caller = "sample_size"
    check_choice(caller, "language", language, allowed=LANGUAGES)
    design = checked_design(caller, power=power, alpha=alpha, holdout=holdout, comparisons=comparisons)
    share = check_reachable(caller, reachable)
    rate, level, spread = checked_outcome(caller, base_rate, mean, cv=cv)
    change = check_lift(caller, lift, rate)
    if rate is not None:
        n_treated = treated_for_rates(rate, change, design)
    else:
        assert spread is not None
        n_treated = treated_for_means(spread, change, design)
    treated, held_out = customers_of(n_treated, design)
    return SampleSize(treated, held_out, share, change, rate, level, spread, design, language)


def detectable_lift(
    n: int,
    base_rate: float | None = None,
    *,
    cv: float | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    holdout: float = 0.5,
    comparisons: int = 1,
    reachable: float = 1.0,
) -> float:
    """Compute the smallest rise that an experiment in a segment of `n` customers shows.

    Parameters
    ----------
    n : int
        Customers of the segment.
    base_rate : float, optional
        Share of the customers who act without the campaign; or give `cv` for an amount.
    cv : float, optional
        Standard deviation of the amount per customer over its mean.
    power, alpha, holdout : float, optional
        As in `sample_size`, whose inverse this is.
    comparisons : int, default 1
        The same.
    reachable : float, default 1
        The same.

    Returns
    -------
    float
        The relative change: 0.31 says that a rise by 31 % or more is shown. Infinite where no rise is: not even one
        to a rate of 1.

    Raises
    ------
    DataError
        If `cv` is not above 0.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Examples
    --------
    >>> from custseg.proof import detectable_lift
    >>> round(detectable_lift(2942, 0.05), 2)
    0.5
    >>> round(detectable_lift(2942, cv=3), 2)
    0.31
    """
    caller = "detectable_lift"
    size = check_integer(caller, "n", n, minimum=0)
    design = checked_design(caller, power=power, alpha=alpha, holdout=holdout, comparisons=comparisons)
    customers = size * check_reachable(caller, reachable)
    rate, _, spread = checked_outcome(caller, base_rate, None, cv=cv)
    if rate is not None:
        return lift_of_rates(customers, rate, design)
    assert spread is not None
    return lift_of_means(customers, spread, design)


def checked_outcome(
    caller: str, base_rate: Any, mean: Any, *, cv: Any
) -> tuple[float | None, float | None, float | None]:
    """The base rate, or the mean and the coefficient of variation; an error unless exactly one kind is given."""
    if (base_rate is None) == (cv is None):
        raise TypeError(
            f"{caller}: give base_rate= for an outcome of yes and no, or cv= for an amount (with mean=, if its money "
            "is to be shown); one of both."
        )
    if base_rate is not None:
        if mean is not None:
            raise TypeError(f"{caller}: mean= belongs to cv=; a rate needs base_rate= alone.")
        return open_share(caller, "base_rate", base_rate, usual="the share who act in a past period"), None, None
    if mean is not None and (isinstance(mean, bool) or not isinstance(mean, Real) or not 0 < float(mean) < math.inf):
        raise ValueError(f"{caller}: mean must be an amount above 0, got {mean!r}; a lift is relative to it.")
    return None, None if mean is None else float(mean), check_cv(caller, cv)


def check_reachable(caller: str, reachable: Any) -> float:
    """The reachable share: above 0, at most 1."""
    if reachable == 1 and not isinstance(reachable, bool):
        return 1.0
    return open_share(caller, "reachable", reachable, usual="the share who take mails, or 1 for all")


def signed_percent(change: float, language: str) -> str:
    """A relative change with its sign, such as +20%."""
    return ("+" if change > 0 else "") + percent(change, language)


def outcome_words(base_rate: float | None, mean: float | None, cv: float | None, *, language: str) -> str:
    """The outcome in words: its base rate, or its mean and spread."""
    words = text(language, "sample_size")
    if base_rate is not None:
        return str(words["rate"].format(rate=percent(base_rate, language, decimals=1)))
    if mean is not None:
        return str(words["mean"].format(mean=number(mean, language), cv=number(cv, language)))
    return str(words["spread"].format(cv=number(cv, language)))
