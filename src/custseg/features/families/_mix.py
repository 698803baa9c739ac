"""Purchase mix features: shares of categories, channels and sources; discounts and returns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._frames import columns_of, frame_from_columns
from custseg._numerics import Floats
from custseg._privacy import SMALLEST_GROUP
from custseg.feature_table import Feature, FeatureTable
from custseg.features._family import Family, FamilyColumns, column_words, n_not_rare
from custseg.features.sums._mix_sums import DIMENSIONS, MixSums
from custseg.features.sums._shared import SharedSums
from custseg.logs import Logs

_FAMILY = "mix"
_PRIOR = 5.0
_MOST_VALUES = 8
_REST = "other"
_NO_VALUE = -1


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


def _value_shares(pairs: nw.DataFrame[Any]) -> ValueShares:
    counted = pairs.filter(nw.col("orders") > 0).group_by("value")
    ranked = counted.agg(nw.col("orders").sum(), nw.len().alias("customers"))
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
    customers = sums.money.get_column("customer_id")
    columns = [
        column
        for name in DIMENSIONS
        if name in sums.pairs and name in figures.dimensions
        for column in _dimension(name, _Pairs(customers, sums.pairs[name]), figures.dimensions[name])
    ]
    frame = _frame({feature.name: values for feature, values in columns})
    money, of_money = _money_shares(sums, has_returns=figures.has_returns or sums.has_returns)
    table = sums.money.with_columns(**money, **{name: frame.get_column(name) for name in frame.columns})
    features = (*(feature for feature, _ in columns), *of_money)
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


class _Pairs:
    """Customer-value pairs of one dimension as arrays; code 0 is the most common value."""

    def __init__(self, customers: nw.Series[Any], pairs: nw.DataFrame[Any]) -> None:
        ranked = pairs.group_by("value").agg(nw.col("orders").sum())
        ranked = ranked.sort("orders", "value", descending=[True, False]).with_row_index("code")
        placed = (
            pairs.join(ranked.select("value", "code"), on="value", how="left")
            .join(customers.to_frame().with_row_index("who"), on="customer_id", how="left")
            .sort("who", "code")
        )
        self.values: list[str] = ranked.get_column("value").to_list()
        self.customers = len(customers)
        self.who = placed.get_column("who").to_numpy().astype(np.int64)
        self.code = placed.get_column("code").to_numpy().astype(np.int64)
        self.orders = placed.get_column("orders").to_numpy()
        self.first = placed.get_column("first_moment").to_numpy()
        self.last = placed.get_column("last_moment").fill_null(0).to_numpy()

    def code_among(self, values: Sequence[str]) -> NDArray[np.int64]:
        """Position among other values of the value of each pair; their number for values that are not among them."""
        position = {value: index for index, value in enumerate(values)}
        codes = np.array([position.get(value, len(values)) for value in self.values], dtype=np.int64)
        return codes[self.code]

    def best(self, *keys: NDArray[np.int64], among: NDArray[np.bool_]) -> list[str | None]:
        """Value with the smallest keys per customer, in lexicographic order; ties go to the most common value."""
        order = np.lexsort((self.code, *reversed(keys), self.who))
        order = order[among[order]]
        who, first = np.unique(self.who[order], return_index=True)
        codes = np.full(self.customers, _NO_VALUE)
        codes[who] = self.code[order][first]
        return [None if code == _NO_VALUE else self.values[code] for code in codes.tolist()]


def _dimension(name: str, pairs: _Pairs, figures: ValueShares) -> list[tuple[Feature, Any]]:
    """Features of one dimension and their columns."""
    bought = pairs.orders > 0
    features, shares = _shares(name, pairs, figures)
    columns: list[tuple[Feature, Any]] = list(zip(features, shares.T, strict=True))
    if features:
        columns.append((Feature(f"{name}_diversity", "ratio", _FAMILY, shrunk=True), _diversity(pairs, figures)))
    top = pairs.best(-pairs.orders, among=bought)
    columns.append((Feature(f"{name}_top", "text", _FAMILY), top))
    if name == "channel":
        preferred = pairs.best(-pairs.orders, -pairs.last, among=bought)
        columns.append((Feature("preferred_channel", "text", _FAMILY), preferred))
    if name == "source":
        first = pairs.best(pairs.first, among=np.ones(len(bought), dtype=bool))
        columns.append((Feature("first_source", "text", _FAMILY), first))
        last = pairs.best(-pairs.last, among=bought)
        columns.append((Feature("last_source", "text", _FAMILY), last))
    return columns


def _shares(name: str, pairs: _Pairs, figures: ValueShares) -> tuple[list[Feature], Floats]:
    """The features of the values that have a share, and the smoothed shares, a row per customer."""
    width = len(figures.column_names)
    fields = [{"value": value} for value in figures.values[: figures.n_named]] + [{"n": str(figures.n_named)}]
    entries = [f"{name}_share"] * figures.n_named + [f"{name}_share_other"]
    features = [
        Feature(f"{name}_share_{word}", "share", _FAMILY, composition=name, shrunk=True, entry=entry, fields=values)
        for word, entry, values in zip(figures.column_names, entries, fields, strict=False)
    ]
    if not width:
        return [], np.empty((pairs.customers, 0))
    code = np.minimum(pairs.code_among(figures.values), width - 1 if width > figures.n_named else len(figures.values))
    inside = (pairs.orders > 0) & (code < width)
    cells = pairs.who[inside] * width + code[inside]
    counts = np.bincount(cells, weights=pairs.orders[inside], minlength=pairs.customers * width)
    counts = counts.reshape(pairs.customers, width)
    n = counts.sum(axis=1, keepdims=True)
    base = figures.base
    base = np.append(base[: figures.n_named], base[figures.n_named :].sum())[:width]
    return features, np.where(n > 0, (counts + _PRIOR * base) / (n + _PRIOR), np.nan)


def _diversity(pairs: _Pairs, figures: ValueShares) -> Floats:
    """Normalized entropy of the smoothed shares of all values; NaN if there is one value only."""
    base = figures.base
    if len(base) < 2:
        return np.full(pairs.customers, np.nan)
    code = pairs.code_among(figures.values)
    inside = (pairs.orders > 0) & (code < len(base))
    # The rare values of a customer are one.
    cells, index = np.unique(pairs.who[inside] * len(base) + code[inside], return_inverse=True)
    who, p = cells // len(base), base[cells % len(base)]
    orders = np.bincount(index, weights=pairs.orders[inside], minlength=len(cells))
    n = np.bincount(who, weights=orders, minlength=pairs.customers)
    prior_weight = _PRIOR / (n + _PRIOR)
    # A value that a customer never bought has the share kept * p: all of them are one sum.
    unbought = prior_weight * (np.log(prior_weight) + (base * np.log(base)).sum())
    share = (orders + _PRIOR * p) / (n + _PRIOR)[who]
    surplus = share * np.log(share) - prior_weight[who] * p * np.log(prior_weight[who] * p)
    entropy = -(unbought + np.bincount(who, weights=surplus, minlength=pairs.customers))
    return np.asarray(np.where(n > 0, entropy / np.log(len(base)), np.nan))


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
