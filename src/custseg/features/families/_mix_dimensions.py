"""Columns of one dimension of the purchase mix: shares, diversity, and the value that comes first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import Rows, collected, first_of_each, local_table, with_lookup
from custseg._numerics import Floats
from custseg.feature_table import Feature
from custseg.features._family import column_words
from custseg.features.sums._expressions import value_if

_FAMILY = "mix"
_PRIOR = 5.0
_MOST_VALUES = 8
_REST = "other"
_UNIT = 2.0**50
"""Parts of an entropy are summed as whole numbers of its inverse, so that no sum depends on the order of rows."""


@dataclass(frozen=True)
class ValueShares:
    """The values of one dimension, and their shares of the purchases of all customers.

    Attributes
    ----------
    values : tuple of str
        Values that ten customers or more have bought (all, if every value is rarer), the largest share first.
    shares : tuple of float
        Share of each.
    other : float
        Share of all other values together.
    """

    values: tuple[str, ...]
    shares: tuple[float, ...]
    other: float

    @property
    def n_named(self) -> int:
        """Number of values with a share of their own."""
        return min(len(self.values), _MOST_VALUES)

    @property
    def base(self) -> Floats:
        """The shares, that of all other values last if there are any."""
        return np.array([*self.shares, *([self.other] if self.other > 0 else [])])

    @property
    def column_names(self) -> tuple[str, ...]:
        """What the columns of the shares end in, such as "toys" and "other"."""
        has_rest = len(self.base) > self.n_named
        words = column_words(self.values[: self.n_named], {_REST} if has_rest else ())
        return (*words, _REST) if has_rest else tuple(words)


@dataclass(frozen=True)
class DimensionColumns:
    """The features of a dimension, and tables of one row per customer that hold them.

    A customer who is not in a table has no value.
    """

    features: tuple[Feature, ...]
    tables: tuple[Rows, ...]


def dimension_columns(name: str, pairs: Rows, figures: ValueShares) -> DimensionColumns:
    """The columns of a dimension, from a row per customer and value."""
    pairs = _coded(pairs, figures)
    bought = pairs.filter(nw.col("orders") > 0).with_columns(
        (nw.lit(0) - nw.col("orders")).alias("fewest"), (nw.lit(0) - nw.col("last_moment")).alias("latest")
    )
    features, tables = _shares(name, bought, figures)
    firsts = {f"{name}_top": (bought, ["fewest"])}
    if name == "channel":
        firsts["preferred_channel"] = (bought, ["fewest", "latest"])
    if name == "source":
        firsts["first_source"] = (pairs, ["first_moment"])
        firsts["last_source"] = (bought, ["latest"])
    for column, (rows, keys) in firsts.items():
        features.append(Feature(column, "text", _FAMILY))
        # Ties go to the most common value.
        best = first_of_each(rows, "customer_id", [*keys, "code"])
        tables.append(best.select("customer_id", nw.col("value").alias(column)))
    return DimensionColumns(tuple(features), tuple(tables))


def _coded(pairs: Rows, figures: ValueShares) -> Rows:
    """The pairs with codes of their value: 0 is the most common one of this log, or of the figures.

    `share_code` is that of the share which the value is in, `cell_code` that of the value among those of the figures;
    missing for values that the figures do not have, unless they are in the share of all other values.
    """
    ranked = collected(pairs.group_by("value").agg(nw.col("orders").sum())).sort(
        "orders", "value", descending=[True, False]
    )
    values = ranked.get_column("value").to_list()
    position = {value: index for index, value in enumerate(figures.values)}
    n_values, n_shares = len(figures.values), len(figures.column_names)
    cells = [position.get(value, n_values) for value in values]
    rest = n_shares - 1 if n_shares > figures.n_named else n_values
    shares = [min(cell, rest) for cell in cells]
    lookup = {
        "value": np.array(values, dtype=object),
        "code": np.arange(len(values)),
        "share_code": _codes(shares, n_shares),
        "cell_code": _codes(cells, len(figures.base)),
    }
    table = local_table(lookup).with_columns(nw.col("value").cast(nw.String))
    return with_lookup(pairs, table, ["value"])


def _codes(codes: Sequence[int], n_codes: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The codes; -1 for those that are not below the number."""
    return np.array([code if code < n_codes else -1 for code in codes], dtype=np.int64)


def _shares(name: str, bought: Rows, figures: ValueShares) -> tuple[list[Feature], list[Rows]]:
    """The features of the values that have a share, and the smoothed shares and their diversity."""
    width, n_named, base = len(figures.column_names), figures.n_named, figures.base
    if not width:
        return [], []
    fields = [{"value": value} for value in figures.values[:n_named]] + [{"n": str(n_named)}]
    entries = [f"{name}_share"] * n_named + [f"{name}_share_other"]
    features = [
        Feature(f"{name}_share_{word}", "share", _FAMILY, composition=name, shrunk=True, entry=entry, fields=values)
        for word, entry, values in zip(figures.column_names, entries, fields, strict=False)
    ]
    col, counts = nw.col, [f"share_{code}" for code in range(width)]
    orders = bought.with_columns(value_if(col("share_code") == code, col("orders")).alias(counts[code])
                                 for code in range(width))  # fmt: skip
    table = orders.group_by("customer_id").agg(col(count).sum() for count in counts)
    table = table.with_columns(sum((col(count) for count in counts[1:]), start=col(counts[0])).alias("n"))
    of_shares = [*base[:n_named].tolist(), float(base[n_named:].sum())]
    shares = [
        nw.when(col("n") > 0).then((col(count) + _PRIOR * share) / (col("n") + _PRIOR)).alias(feature.name)
        for count, share, feature in zip(counts, of_shares, features, strict=False)
    ]
    diversity = Feature(f"{name}_diversity", "ratio", _FAMILY, shrunk=True)
    if len(base) < 2:
        shares.append(nw.when(col("n") < 0).then(nw.lit(0.0)).alias(diversity.name))
        return [*features, diversity], [table.select("customer_id", *shares)]
    return [*features, diversity], [table.select("customer_id", *shares), _diversity(diversity.name, bought, figures)]


def _diversity(name: str, bought: Rows, figures: ValueShares) -> Rows:
    """Normalized entropy of the smoothed shares of all values; the rare values of a customer are one."""
    col, base = nw.col, figures.base
    lookup = local_table({"cell_code": np.arange(len(base)), "p": base})
    cells = bought.filter(col("cell_code") >= 0).group_by("customer_id", "cell_code").agg(col("orders").sum())
    cells = with_lookup(cells, lookup, ["cell_code"]).with_columns(
        (col("orders").sum().over("customer_id") + _PRIOR).alias("weight")
    )
    cells = cells.with_columns(
        ((col("orders") + _PRIOR * col("p")) / col("weight")).alias("share"),
        (_PRIOR * col("p") / col("weight")).alias("unbought_share"),
    ).with_columns(col("share").log().alias("log_share"), col("unbought_share").log().alias("log_unbought"))
    surplus = col("share") * col("log_share") - col("unbought_share") * col("log_unbought")
    cells = cells.with_columns((surplus * _UNIT).round(0).cast(nw.Int64).alias("surplus"))
    table = cells.group_by("customer_id").agg(col("surplus").sum(), col("weight").max())
    table = table.with_columns((_PRIOR / col("weight")).alias("prior_weight"))
    table = table.with_columns(col("prior_weight").log().alias("log_prior"))
    # A value that a customer never bought has the share prior weight * p: all of them are one sum.
    unbought = col("prior_weight") * (col("log_prior") + float((base * np.log(base)).sum()))
    entropy = nw.lit(0.0) - (unbought + col("surplus").cast(nw.Float64) / _UNIT)
    return table.select("customer_id", (entropy / math.log(len(base))).alias(name))
