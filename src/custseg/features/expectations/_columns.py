"""The family "foresight": what is to be expected of each customer."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg._numerics import six_digits
from custseg.feature_table import Feature
from custseg.features._family import Family, FamilyColumns
from custseg.features.expectations._base import CustomerBase
from custseg.features.expectations._figures import ForesightFigures, learn_foresight, purchase_history
from custseg.features.expectations._outcomes import OUTCOMES
from custseg.features.sums._shared import SharedSums
from custseg.logs import Logs

FEATURES = (
    Feature("foresight", "score", "foresight", 1),
    Feature("p_alive", "probability", "foresight", 1, shrunk=True),
    Feature("expected_orders", "orders", "foresight", 1, shrunk=True),
    Feature("expected_revenue", "money", "foresight", 1, shrunk=True),
)


def foresight_columns(sums: SharedSums, figures: ForesightFigures) -> FamilyColumns:
    """The family for every customer of the base; missing for customers without an order where there are orders.

    It looks at the whole logs, whatever the window of the other features is: who has left, past orders tell.
    """
    base = CustomerBase.of(sums.whole, figures.predictors, with_rhythm=True)
    values: dict[str, Any] = {"foresight": figures.score(base)}
    if figures.purchases is not None and base.orders is not None:
        history = purchase_history(base)
        expected = figures.purchases.expected_orders(*history, horizon=figures.horizon_days)
        values |= {"p_alive": figures.purchases.p_alive(*history), "expected_orders": expected}
        if figures.order_values is not None:
            values["expected_revenue"] = expected * base.order_value(figures.order_values)
    columns = [nw.new_series(name, six_digits(column), nw.Float64, backend="polars") for name, column in values.items()]
    table = base.table.select("customer_id").with_columns(columns)
    return FamilyColumns.of_table(table, tuple(feature for feature in FEATURES if feature.name in values))


def _lacks(logs: Logs) -> str:
    if logs.are_distributed:
        return (
            "logs in memory: it fits models to the histories of all customers at several cuts. Give it a sample of "
            "customers, such as orders.where('pmod(hash(customer_id), 100) = 0'), read by Spark's toArrow()"
        )
    return OUTCOMES["active"].lacks(logs)


FORESIGHT = Family(
    "foresight",
    _lacks,
    foresight_columns,
    learn=learn_foresight,
    figures=ForesightFigures,
    on_request=True,
)
