"""Purchase mix features: shares of categories, channels and sources; discounts and returns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import Rows, collected, columns_of, frame_from_columns, joined
from custseg._numerics import Floats
from custseg._privacy import SMALLEST_GROUP
from custseg.feature_table import Feature, FeatureTable
from custseg.features._family import Family, FamilyColumns, n_not_rare
from custseg.features.families._mix_dimensions import ValueShares, dimension_columns
from custseg.features.sums._mix_sums import DIMENSIONS, MixSums
from custseg.features.sums._shared import SharedSums
from custseg.logs import Logs

_FAMILY = "mix"


@dataclass(frozen=True)
class MixFigures:
    """Figures of the customer base for the purchase mix.

    Attributes
    ----------
    dimensions : mapping of str to ValueShares
        By dimension ("category", "channel", "source").
    has_returns : bool
        Whether the log has refunds that count.
    """

    dimensions: Mapping[str, ValueShares]
    has_returns: bool


def learn_mix(sums: MixSums) -> MixFigures:
    """The figures of all customers of the log."""
    return MixFigures({name: _value_shares(pairs) for name, pairs in sums.pairs.items()}, sums.has_returns)


def _value_shares(pairs: Rows) -> ValueShares:
    counted = pairs.filter(nw.col("orders") > 0).group_by("value")
    ranked = collected(counted.agg(nw.col("orders").sum(), nw.len().alias("customers")))
    ranked = ranked.sort("orders", "value", descending=[True, False])
    orders, customers = (ranked.get_column(name).to_numpy() for name in ("orders", "customers"))
    n_common = n_not_rare(customers)
    is_common = customers >= SMALLEST_GROUP if n_common < len(customers) else np.ones(len(customers), dtype=bool)
    shares = orders / max(orders.sum(), 1)
    values = [value for value, common in zip(ranked.get_column("value").to_list(), is_common, strict=True) if common]
    return ValueShares(tuple(values), tuple(shares[is_common].tolist()), float(shares[~is_common].sum()))


def needed_mix(figures: MixFigures, names: Collection[str]) -> MixFigures:
    """The figures without those of dimensions that no column of these names depends on."""
    dependent = ("share_", "diversity")
    dimensions = {
        dimension: shares
        for dimension, shares in figures.dimensions.items()
        if any(name.startswith(f"{dimension}_{kind}") for name in names for kind in dependent)
    }
    return MixFigures(dimensions, figures.has_returns)


def mix_columns(sums: MixSums, figures: MixFigures) -> FamilyColumns:
    r"""Mix features of every customer of the log.

    A purchase is an order in the window with a positive net value. It counts once for each value (of
    category, channel or source) that one of its lines with a positive amount has; lines that are cancelled,
    and lines without a value, do not count. With n_j such purchases with value j, n = Σ n_j, and the
    overall share p_j = Σ n_j / Σ n over all customers:

    - ``<dimension>_share_<value>`` = (n_j + 5 p_j) / (n + 5), for the 8 values with the largest p_j (ties
      by the alphabet) and ``other`` for all that remain; they add up to 1. Shares of customers with few
      purchases are shrunk towards the overall shares. Values that fewer than ten customers have bought are
      in ``other``, unless all values are as rare.
    - ``<dimension>_diversity`` = −Σ s_j log s_j / log J over the smoothed shares of all J values, of which the
      rare ones together are one: 0 is all in one, 1 is even. Missing if the log has one value only.
    - ``<dimension>_top``: the value with the largest n_j; ties go to the larger p_j, then by the alphabet.
    - `preferred_channel`: the channel with the largest n_j; ties go to the one used last, then as above.
    - `first_source`: the source of the first purchase that has one, in the window or not (customer
      acquisition); `last_source`: of the last one in the window. Ties in time go to the larger p_j, then
      by the alphabet.
    - `discount_share`: of the money of lines with a positive amount, the share of those with a discount.
    - `discount_depth`: discounts over the price before discounts (amounts + discounts), without refunds.
    - `return_share`: refunds over the money of lines with a positive amount. Above 1 if more was refunded
      than bought in the window. Missing for all customers if the log has no refunds or they are left out.

    All are missing if their denominator is 0. `amount` is the price paid, after discounts; a discount may have
    either sign.
    """
    dimensions = [
        dimension_columns(name, sums.pairs[name], figures.dimensions[name])
        for name in DIMENSIONS
        if name in sums.pairs and name in figures.dimensions
    ]
    money, of_money = _money_shares(sums, has_returns=figures.has_returns or sums.has_returns)
    of_all = sums.money.with_columns(values.alias(name) for name, values in money.items())
    table = joined([of_all, *(part for dimension in dimensions for part in dimension.tables)])
    features = (*(feature for dimension in dimensions for feature in dimension.features), *of_money)
    return FamilyColumns.of_table(table, features)


def centered_log_ratios(features: FeatureTable) -> FeatureTable:
    """Replace the shares of each composition by centered log-ratios, for clustering.

    The shares of one composition add up to 1, so their differences are neither independent nor comparable: from
    1 % to 2 % a share doubles, from 50 % to 51 % it hardly changes. The centered log-ratio is
    ``log(s_j) - mean(log(s))``: 0 is the geometric mean of the customer's shares, log 2 is twice that mean.
    Euclidean distances of centered log-ratios are Aitchison distances.

    Parameters
    ----------
    features : FeatureTable
        Result of `build_features` with the family "mix".

    Returns
    -------
    FeatureTable
        Columns such as ``category_share_toys`` are replaced by ``category_clr_toys`` (float, log ratio);
        all others stay. The ratios of one composition add up to 0. They are missing if a share is missing or
        0; smoothed shares are never 0.

    References
    ----------
    Aitchison, J. (1982). The statistical analysis of compositional data. Journal of the Royal Statistical
    Society B 44(2), 139-160. doi:10.1111/j.2517-6161.1982.tb01195.x

    Examples
    --------
    >>> from custseg import Orders
    >>> from custseg.datasets import make_shop
    >>> from custseg.features import build_features, centered_log_ratios
    >>> shop = make_shop(60)
    >>> orders = Orders(shop.orders, channel="channel")
    >>> table = build_features(orders, as_of=shop.as_of, families=["mix"])
    >>> centered_log_ratios(table).names[:3]
    ['channel_clr_web', 'channel_clr_store', 'channel_clr_app']
    """
    ratios: dict[str, Floats] = {}
    renamed: dict[str, Feature] = {}
    for composition in dict.fromkeys(f.composition for f in features.described if f.composition):
        shares = [feature for feature in features.described if feature.composition == composition]
        logs = _clr(np.column_stack([features.values(share.name) for share in shares]))
        for share, values in zip(shares, logs.T, strict=True):
            name = share.name.replace(f"{composition}_share_", f"{composition}_clr_", 1)
            entry = share.entry.replace("_share", "_clr", 1)
            renamed[share.name] = replace(share, name=name, unit="log ratio", composition="", entry=entry)
            ratios[name] = values
    described = tuple(renamed.get(feature.name, feature) for feature in features.described)
    frame = _frame(ratios)
    local = features.local.with_columns(frame.get_column(name) for name in frame.columns)
    local = columns_of(local, ["customer_id", *(feature.name for feature in described)])
    return FeatureTable(local, described, features.give_back, features.snapshot)


def _frame(columns: Mapping[str, Any]) -> nw.DataFrame[Any]:
    """The columns as a frame, NaN as null."""
    frame = nw.from_native(frame_from_columns(columns), eager_only=True)
    floats = [name for name in frame.columns if frame.schema[name].is_float()]
    return frame.with_columns(nw.when(~nw.col(name).is_nan()).then(nw.col(name)).alias(name) for name in floats)


def _clr(shares: Floats) -> Floats:
    """Centered log-ratios of each row; NaN where a share is missing or 0."""
    logs = np.log(np.where(shares > 0, shares, np.nan))
    return np.asarray(logs - logs.mean(axis=1, keepdims=True))


def _money_shares(sums: MixSums, *, has_returns: bool) -> tuple[dict[str, nw.Expr], Sequence[Feature]]:
    """Money shares: spent on discounted lines, taken off by discounts, refunded."""
    gross, off, missing = nw.col("gross"), nw.col("taken_off"), nw.lit(None, nw.Float64)
    share = nw.when(gross > 0).then(nw.col("discounted") / gross)
    depth = nw.when(gross + off > 0).then(off / (gross + off))
    returned = nw.when(gross > 0).then(nw.col("returned") / gross)
    features = (
        Feature("discount_share", "share", _FAMILY, -1),
        Feature("discount_depth", "share", _FAMILY, -1),
        Feature("return_share", "share", _FAMILY, -1),
    )
    columns = {
        "discount_share": share if sums.has_discount else missing,
        "discount_depth": depth if sums.has_discount else missing,
        "return_share": returned if has_returns else missing,
    }
    return columns, features


def _lacks(logs: Logs) -> str:
    if logs.orders is None:
        return "orders"
    if any(getattr(logs.orders, name) is not None for name in (*DIMENSIONS, "discount")):
        return ""
    facts = logs.order_facts
    if logs.refunds == "net" and facts.refund_lines + facts.refunded_lines:
        return ""
    return "category=, channel=, source= or discount= of Orders, or refunds in the log"


def _learn(shared: SharedSums) -> MixFigures:
    return learn_mix(shared.mix)


def _columns(shared: SharedSums, figures: MixFigures) -> FamilyColumns:
    logs = shared.logs
    assert logs.orders is not None
    columns = mix_columns(shared.mix, figures)
    absent = {
        "discount_share": logs.orders.discount is None,
        "discount_depth": logs.orders.discount is None,
        "return_share": not logs.orders.has_money,
    }
    features = tuple(feature for feature in columns.features if not absent.get(feature.name, False))
    return replace(columns, features=features)


MIX = Family(_FAMILY, _lacks, _columns, learn=_learn, figures=MixFigures, needed=needed_mix)
