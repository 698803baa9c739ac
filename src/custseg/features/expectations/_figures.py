"""`learn_foresight`: what a log teaches about the outcomes of its customers, as figures that a model can keep."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from custseg._numerics import Floats
from custseg.errors import DataError
from custseg.features.expectations._base import EVENT_PREDICTORS, CustomerBase, n_quadratic, quadratic
from custseg.features.expectations._bgnbd import BgNbd
from custseg.features.expectations._outcomes import OUTCOMES
from custseg.features.expectations._past import past_windows, ridge_of_past
from custseg.features.expectations._ridits import Ridits
from custseg.features.families._rfm import RfmFigures, learn_rfm
from custseg.features.sums._shared import SharedSums

USUAL_HORIZON = 90
"""Days."""


@dataclass(frozen=True)
class Scale:
    """Mean and standard deviation of a prediction among the customers of the fit."""

    mean: float
    spread: float

    @classmethod
    def of(cls, values: Floats) -> Scale:
        """The scale of these values."""
        return cls(float(values.mean()), float(values.std())) if len(values) else cls(0.0, 0.0)

    def standardized(self, values: Floats) -> Floats:
        """The values on this scale; 0 where all are equal."""
        return (values - self.mean) / self.spread if self.spread > 1e-12 else np.zeros(len(values))


@dataclass(frozen=True)
class ForesightFigures:
    """Figures of the customer base for foresight.

    Attributes
    ----------
    outcome : str
        Name of the outcome.
    horizon_days : int
        Days to look ahead.
    past_days : int or None
        Days of each past window; None without any.
    predictors : tuple of str
        The features whose ridits predict.
    ridits : tuple of Ridits
        Their ridits among the customers of the fit.
    coefficients : tuple of float
        Of the ridits, their squares and products, from past windows; empty without any.
    past_scale, purchase_scale : Scale
        Of the prediction by past windows, and of that by the model of purchases.
    purchases : BgNbd or None
        The model of purchases; times in days.
    order_values : RfmFigures or None
        Figures for the shrunken order value.
    """

    outcome: str
    horizon_days: int
    past_days: int | None
    predictors: tuple[str, ...]
    ridits: tuple[Ridits, ...]
    coefficients: tuple[float, ...]
    past_scale: Scale = field(default_factory=lambda: Scale(0.0, 0.0))
    purchase_scale: Scale = field(default_factory=lambda: Scale(0.0, 0.0))
    purchases: BgNbd | None = None
    order_values: RfmFigures | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for figures that do not go together, as an edited model file may have them."""
        n = len(self.predictors)
        if self.outcome not in OUTCOMES or self.horizon_days < 1:
            raise ValueError("foresight must be of a known outcome in at least one day")
        if len(self.ridits) != n or len(self.coefficients) not in (0, n_quadratic(n)):
            raise ValueError("foresight must have ridits and coefficients for its predictors")

    @property
    def logs(self) -> set[str]:
        """The logs that the predictors are made of: "orders", "events"."""
        of_events = {name for name in self.predictors if name in EVENT_PREDICTORS}
        return {*(["events"] if of_events else []), *(["orders"] if self.purchases or not of_events else [])}

    def of_past(self, base: CustomerBase) -> Floats:
        """What past windows predict; 0 without any."""
        if not self.coefficients:
            return np.zeros(len(base.table))
        ridits = [ridit(base.values(name)) for ridit, name in zip(self.ridits, self.predictors, strict=True)]
        predicted: Floats = quadratic(np.column_stack(ridits)) @ np.array(self.coefficients)
        return predicted

    def of_purchases(self, base: CustomerBase) -> Floats:
        """What the model of purchases expects, on the scale of the outcome: the mean of log(1 + amount), or of yes.

        Of amounts it is P(at least one order) · log(1 + the amount expected if there is one).
        """
        if self.purchases is None:
            return np.zeros(len(base.table))
        history = purchase_history(base)
        p_order = self.purchases.p_order(*history, horizon=self.horizon_days)
        if OUTCOMES[self.outcome].is_yes_no:
            return p_order
        value = 1.0 if self.order_values is None else base.order_value(self.order_values)
        if self.outcome == "order_value":
            return np.log1p(value)
        expected = self.purchases.expected_orders(*history, horizon=self.horizon_days)
        orders = np.maximum(expected / np.maximum(p_order, 1e-12), 1.0)
        return p_order * np.log1p(orders * (value if self.outcome == "revenue" else 1.0))

    def score(self, base: CustomerBase) -> Floats:
        """Foresight: the sum of both predictions, each standardized among the customers of the fit."""
        past = self.past_scale.standardized(self.of_past(base))
        return past + self.purchase_scale.standardized(self.of_purchases(base))


def learn_foresight(
    sums: SharedSums, outcome: str | None = None, horizon_days: int = USUAL_HORIZON
) -> ForesightFigures:
    """The figures of all customers of the logs; nothing at or after the snapshot is used.

    By default, the outcome is revenue, or the number of orders in a log without money. A window does not matter: the
    past is that of the whole logs.
    """
    sums = sums.whole
    logs = sums.logs
    if outcome is None:
        outcome = "revenue" if logs.orders is not None and logs.orders.has_money else "orders"
    wanted = OUTCOMES[outcome]
    if lacking := wanted.lacks(logs):
        raise DataError(f"{logs.caller}: foresight of {outcome!r} needs {lacking}.")
    predictors = wanted.predictors(logs)
    base = CustomerBase.of(sums, predictors, with_rhythm=True)
    windows = past_windows(sums, wanted, horizon_days) if len(base.table) else []
    coefficients = ridge_of_past(sums, windows, wanted, predictors=predictors)
    purchases, order_values = (None, None) if wanted.needs == "mails" else learn_purchases(base)
    figures = ForesightFigures(
        outcome,
        horizon_days,
        windows[0].horizon_days if coefficients else None,
        predictors,
        tuple(Ridits.of(base.values(name)) for name in predictors),
        coefficients,
        purchases=purchases,
        order_values=order_values,
    )
    return replace(
        figures,
        past_scale=Scale.of(figures.of_past(base)),
        purchase_scale=Scale.of(figures.of_purchases(base)),
    )


def purchase_history(base: CustomerBase) -> tuple[Floats, Floats, Floats]:
    """Repeat purchases, the days from the first order to the last, and those to the snapshot, of each customer."""
    return base.values("repeat_count"), base.values("recency_span_days"), base.values("age_days")


def learn_purchases(base: CustomerBase) -> tuple[BgNbd | None, RfmFigures | None]:
    """The model of purchases and the figures of order values; None without orders, or without any before today."""
    if base.orders is None or not len(base.table):
        return None, None
    history = purchase_history(base)
    if not (history[2] > 0).any():
        return None, None
    return BgNbd.fit(*history), learn_rfm(base.orders) if base.orders.facts.orders.has_money else None
