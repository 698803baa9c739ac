"""What the segments are compared with: grids, the map of codes, plain k-means, and a prediction as good as any."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals.stable.v2 as nw
import numpy as np
from scipy.special import xlogy
from scipy.stats import rankdata
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import KFold, cross_val_predict

from custseg._frames import frame_from_columns
from custseg._numerics import Floats, Integers
from custseg.classical_rfm import RFMMap, rfm_scores

RECENCY, ORDERS, MONEY = "recency_days", "order_count", "revenue"
_QUINTILES, _FOLDS = 5, 5
# Boosting with few leaves and slow steps: on tables of some thousand customers more overfits.
_BOOSTING = {"max_leaf_nodes": 8, "learning_rate": 0.05, "max_iter": 120, "min_samples_leaf": 20}


def grid_of_25(values: Mapping[str, Floats]) -> Integers | None:
    """Quintiles of recency × quintiles of the number of orders."""
    if RECENCY not in values or ORDERS not in values:
        return None
    return _QUINTILES * _quintile(values[RECENCY]) + _quintile(values[ORDERS])


def map_of_125(values: Mapping[str, Floats]) -> Integers | None:
    """The eleven segments of the usual map of 125 codes."""
    if any(name not in values for name in (RECENCY, ORDERS, MONEY)):
        return None
    columns = {name: values[name] for name in (RECENCY, ORDERS, MONEY)}
    members = frame_from_columns({"customer_id": np.arange(len(values[RECENCY])), **columns})
    named = nw.from_native(RFMMap.builtin("codes").apply(rfm_scores(members)), eager_only=True)
    names = named.sort("customer_id").get_column("segment").fill_null("").to_list()
    return np.unique(names, return_inverse=True)[1].astype(np.intp)


def plain_kmeans(values: Mapping[str, Floats], number: int, *, seed: int) -> Integers | None:
    """K-means with as many clusters on plain z-scores of recency, orders and revenue, as they are taught."""
    columns = [values[name] for name in (RECENCY, ORDERS, MONEY) if name in values]
    if len(columns) < 2 or number < 2:
        return None
    X = np.column_stack([(column - column.mean()) / (column.std() or 1.0) for column in columns])
    if number > len(np.unique(X, axis=0)):
        return None
    labels: Integers = KMeans(number, n_init=10, random_state=seed).fit(X).labels_.astype(np.intp)
    return labels


def boosted(columns: Floats, outcome: Floats, *, is_yes_no: bool, seed: int) -> float | None:
    """The share of the outcome that gradient boosting on the columns explains of customers it has not seen.

    Five folds; of yes and no the share of the deviance. About the limit for segments made of the same columns. None for
    fewer than ten customers in a fold, or fewer than ten with yes or with no.
    """
    rare = min(outcome.sum(), len(outcome) - outcome.sum()) if is_yes_no else len(outcome)
    if len(outcome) < 10 * _FOLDS or rare < 10 * _FOLDS:
        return None
    folds = KFold(_FOLDS, shuffle=True, random_state=seed)
    if not is_yes_no:
        model = HistGradientBoostingRegressor(**_BOOSTING, random_state=seed)
        predicted = cross_val_predict(model, columns, outcome, cv=folds)
        return 1 - float(((outcome - predicted) ** 2).sum() / ((outcome - outcome.mean()) ** 2).sum())
    model = HistGradientBoostingClassifier(**_BOOSTING, random_state=seed)
    p = cross_val_predict(model, columns, outcome.astype(int), cv=folds, method="predict_proba")[:, 1]
    mean = outcome.mean()
    whole = float((xlogy(outcome, mean) + xlogy(1 - outcome, 1 - mean)).sum())
    return 1 - float((xlogy(outcome, p) + xlogy(1 - outcome, 1 - p)).sum()) / whole


def _quintile(values: Floats) -> Integers:
    """0 to 4 by mid-ranks, so that equal values are together."""
    ridits = (rankdata(values) - 0.5) / len(values)
    quintiles: Integers = np.minimum(_QUINTILES - 1, (_QUINTILES * ridits).astype(np.intp))
    return quintiles
