"""Classical RFM scores: ridit-based ranks as three digits, equal scores for equal values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._checks import check_columns, check_integer
from custseg._display import Tabular
from custseg.classical_rfm._edges import (
    FEWEST_BINS,
    MOST_BINS,
    FeatureEdges,
    given_edges,
    learned_edges,
    scores_by_edges,
)
from custseg.errors import DataError
from custseg.feature_table import Feature, FeatureTable, given_features
from custseg.texts import listed, plural

_CALLER = "rfm_scores"
_FAMILY = "rfm scores"


@dataclass(frozen=True, eq=False, repr=False)
class RFMScores(Tabular):
    """Scores from 1 (worst) to `bins` (best) in recency, frequency and money, one row per customer.

    Any frame constructor that reads the Arrow interface takes it, as in `polars.DataFrame(scores)`.

    Attributes
    ----------
    local : narwhals DataFrame
        The rows of `frame`.
    edges : dict
        By feature, its bin edges in the feature's own unit: `{"bins", "upper", "scores"}`. A value
        has `scores[i]`, with i the number of `upper` values below it: up to `upper[0]` the score is
        `scores[0]`, beyond the last of them `scores[-1]`. Plain numbers that JSON keeps exactly. Give them as
        `bins` to score other customers on the same scale.
    empty_bins : dict
        By feature, the scores that no customer has; `[]` if all are used.
    bins : int
        The best score.
    unscored : int
        Number of customers without scores because one of the three features is missing.
    give_back : callable
        Turns a local frame into the caller's kind of table.
    """

    local: nw.DataFrame[Any]
    edges: dict[str, FeatureEdges]
    empty_bins: dict[str, list[int]]
    bins: int
    unscored: int
    give_back: Callable[[nw.DataFrame[Any]], Any]

    @property
    def frame(self) -> Any:
        """`customer_id`, `r`, `f`, `m` (int) and `code` (text), in the caller's kind of table."""
        return self.give_back(self.local)

    @property
    def described(self) -> tuple[Feature, ...]:
        """What `r`, `f`, `m` and `code` mean, with labels and definitions in every language."""
        bins = str(self.bins)
        scores = tuple(
            Feature(letter, "score", _FAMILY, 1, fields={"column": column, "bins": bins})
            for letter, column in zip("rfm", self.edges, strict=True)
        )
        return (*scores, Feature("code", "text", _FAMILY, fields={"bins": bins}))

    def _local_table(self) -> nw.DataFrame[Any]:
        return self.local

    def __len__(self) -> int:
        return len(self.local)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.local.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        without = f", {self.unscored:,} without scores" if self.unscored else ""
        lines = [f"RFMScores: {plural(len(self), 'customer')} on {self.bins} bins{without}"]
        for letter, (feature, edges) in zip("rfm", self.edges.items(), strict=True):
            rules = [
                f"{score} up to {value:,.10g}" for score, value in zip(edges["scores"], edges["upper"], strict=False)
            ]
            last_range = "beyond" if rules else "all"
            lines.append(f"  {letter} ({feature}): " + ", ".join([*rules, f"{edges['scores'][-1]} {last_range}"]))
        lines += [
            f"  No customer has {' or '.join(map(str, empty))} in {feature}."
            for feature, empty in self.empty_bins.items()
            if empty
        ]
        return "\n".join(lines)


def rfm_scores(
    table: object,
    bins: int | Mapping[str, Any] = 5,
    *,
    recency: str = "recency_days",
    frequency: str = "order_count",
    money: str = "revenue",
    customer_column: str | None = None,
) -> RFMScores:
    """Score recency, frequency and money of each customer from 1 (worst) to `bins` (best).

    With n customers ranked from worst to best, and average ranks for ties,

        u = (average rank - 1/2) / n,        score = 1 + floor(bins * u).

    u is the share of customers below plus half the share of ties (the *ridit*), between 0 and 1. Equal
    values get equal scores in any order of rows, and scores are invariant to increasing transformations.
    For recency, fewer days are better: with 5 bins, customers with a 5 bought most recently. Ties whose mid-rank lies
    exactly between two bins get the better score, for all three features.

    Parameters
    ----------
    table : FeatureTable or table
        One row per customer.
    bins : int or mapping, default 5
        The number of scores, 2 to 9, learned from these customers. Or the edges to score by: those of an
        earlier result (`scores.edges`), or for each of the three features a list of increasing numbers,
        such as `{"recency_days": [30, 90, 180, 365], ...}`; a value equal to an edge belongs to the bin
        that ends there.
    recency, frequency, money : str
        The three columns; recency is better when smaller, the others when larger.
    customer_column : str, optional
        The column of the ids; by default `customer_id`, else the first column. Not needed for a
        FeatureTable.

    Returns
    -------
    RFMScores
        `frame` has a row per customer in the order of the table: `customer_id`; `r`, `f`, `m` (int, 1 to
        `bins`); `code` (text), the three digits, such as "555". With `edges`, `empty_bins`, `bins` and
        `unscored`.

    Raises
    ------
    DataError
        If columns are missing or not numeric, values are infinite, no customer has all three values, or
        the edges cannot be used.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    A customer with a missing value in one of the three features (a prospect has no last order) has missing
    scores and code, and is not ranked.

    Edges are observed values: the largest of each occupied bin except the last. Scores are computed from the
    edges, so that `rfm_scores(same, bins=scores.edges)` gives the same scores exactly. A new value between
    two bins gets the score of the bin with the larger values; a value outside the training
    range gets the score of the nearest bin.

    With few distinct values some scores are not used: `empty_bins` reports them, and the others are
    not renumbered. If more than 40 % of customers bought once, no customer has f = 1 of 5, and segments that
    require it are empty; custom edges, `scores.edges | {"order_count": [1, 2, 4, 9]}`, keep the meaning of an
    order count.

    Cost: one sort per feature.

    References
    ----------
    Bross, I. D. J. (1958). How to use ridit analysis. Biometrics 14(1), 18-38. doi:10.2307/2527727

    Bult, J. R. and Wansbeek, T. (1995). Optimal selection for direct mail. Marketing Science 14(4),
    378-394. doi:10.1287/mksc.14.4.378

    Miglautsch, J. R. (2000). Thoughts on RFM scoring. Journal of Database Marketing 8(1), 67-72.
    doi:10.1057/palgrave.jdm.3240019

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.classical_rfm import rfm_scores
    >>> customers = pl.DataFrame(
    ...     {
    ...         "customer_id": ["ann", "bob", "cyd", "dan", "eve"],
    ...         "recency_days": [3, 10, 40, 90, None],
    ...         "order_count": [9, 1, 1, 2, 0],
    ...         "revenue": [400.0, 20.0, 35.0, 90.0, 0.0],
    ...     }
    ... )
    >>> scores = rfm_scores(customers)
    >>> scores.frame["code"].to_list()
    ['555', '421', '222', '144', None]
    >>> scores.edges["order_count"]
    {'bins': 5, 'upper': [1, 2], 'scores': [2, 4, 5]}
    """
    features = given_features(table, customer_column, _CALLER)
    columns = {"recency": recency, "frequency": frequency, "money": money}
    _check_scored_columns(features, columns)
    values = np.column_stack([features.values(name) for name in columns.values()])
    scored: NDArray[np.bool_] = np.logical_not(np.isnan(values).any(axis=1))
    _check_values(values, scored, list(columns.values()))
    edges = _edges(features, values[scored], bins=bins, columns=columns)
    scores = np.ones(values.shape, dtype=np.int64)
    for position, entry in enumerate(edges.values()):
        scores[scored, position] = scores_by_edges(values[scored, position], entry)
    best = next(iter(edges.values()))["bins"]
    empty = {
        name: sorted({*range(1, best + 1)} - {*scores[scored, position].tolist()})
        for position, name in enumerate(edges)
    }
    unscored = len(scored) - int(scored.sum())
    return RFMScores(_score_table(features, scores, scored), edges, empty, best, unscored, features.give_back)


def _edges(
    features: FeatureTable, values: NDArray[np.float64], *, bins: object, columns: Mapping[str, str]
) -> dict[str, FeatureEdges]:
    """Given edges, or edges learned from the values, by feature in the order r, f, m."""
    falling = {name: role == "recency" for role, name in columns.items()}
    if isinstance(bins, Mapping):
        return given_edges(bins, falling, _CALLER)
    if not isinstance(bins, (int, np.integer)):
        raise TypeError(
            f"{_CALLER}: bins must be a whole number, or edges by feature such as scores.edges or "
            f"{{{columns['recency']!r}: [30, 90, 180, 365], ...}}, got {type(bins).__name__}."
        )
    count = check_integer(_CALLER, "bins", bins, minimum=FEWEST_BINS, maximum=MOST_BINS)
    schema = features.local.schema
    return {
        name: learned_edges(values[:, i], count, falling=falls, integers=schema[name].is_integer())
        for i, (name, falls) in enumerate(falling.items())
    }


def _score_table(features: FeatureTable, scores: NDArray[np.int64], scored: NDArray[np.bool_]) -> nw.DataFrame[Any]:
    """`customer_id`, `r`, `f`, `m`, `code`; null for customers without scores."""
    backend = features.local.implementation
    numbers = {name: scores[:, i] for i, name in enumerate("rfm")} | {"known": scored}
    table = features.local.select("customer_id").with_columns(
        nw.new_series(name, column, backend=backend) for name, column in numbers.items()
    )
    r, f, m = (nw.when(nw.col("known")).then(nw.col(name)) for name in "rfm")
    return table.select("customer_id", r=r, f=f, m=m, code=(100 * r + 10 * f + m).cast(nw.String))


def _check_scored_columns(features: FeatureTable, columns: Mapping[str, str]) -> None:
    check_columns(_CALLER, columns, features.names)
    if len(set(columns.values())) < len(columns):
        raise ValueError(f"{_CALLER}: recency, frequency and money must be three columns, got {dict(columns)}.")
    schema = features.local.schema
    if wrong := [
        f"{name!r} ({role}=) is {schema[name]}" for role, name in columns.items() if not schema[name].is_numeric()
    ]:
        raise DataError(
            f"{_CALLER}: columns must be numeric, but {', '.join(wrong)}. Cast, or name other columns; "
            f"numeric columns are {listed(features.numeric_names())}."
        )


def _check_values(values: NDArray[np.float64], scored: NDArray[np.bool_], names: list[str]) -> None:
    infinite = {name: int(n) for name, n in zip(names, np.isinf(values).sum(axis=0), strict=True) if n}
    if infinite:
        counts = ", ".join(f"{name!r} has {plural(n, 'infinite value')}" for name, n in infinite.items())
        raise DataError(f"{_CALLER}: values must be finite, but {counts}. Make them missing or correct them.")
    if not scored.any():
        missing = ", ".join(
            f"{name!r} is missing for {int(n):,}" for name, n in zip(names, np.isnan(values).sum(axis=0), strict=True)
        )
        raise DataError(
            f"{_CALLER}: none of {plural(len(scored), 'customer')} has values in all three columns: {missing}."
        )
