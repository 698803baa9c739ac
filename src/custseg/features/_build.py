"""`build_features`: the features of all families in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice
from custseg._frames import Rows, joined, keeping, renamed, sorted_by
from custseg.errors import DataError
from custseg.feature_table import DistributedFeatures, FeatureTable
from custseg.features._family import Family, FamilyColumns, all_features, selected
from custseg.features.expectations import FORESIGHT
from custseg.features.families._attributes import ATTRIBUTES, check_names
from custseg.features.families._email import EMAIL
from custseg.features.families._engagement import ENGAGEMENT
from custseg.features.families._mix import MIX
from custseg.features.families._rfm import RFM
from custseg.features.families._rhythm import RHYTHM
from custseg.features.families._web import WEB
from custseg.features.sums._event_sums import Scoring
from custseg.features.sums._shared import SharedSums
from custseg.logs import Logs, described_logs
from custseg.texts import listed

FAMILIES: tuple[Family, ...] = (RFM, RHYTHM, MIX, EMAIL, WEB, ENGAGEMENT, FORESIGHT, ATTRIBUTES)


def build_features(
    orders: object = None,
    events: object = None,
    customers: object = None,
    *,
    as_of: object,
    window_days: int | None = None,
    families: Sequence[str] | None = None,
    refunds: str = "net",
    zero_orders: str = "drop",
    labels: object = None,
) -> FeatureTable | DistributedFeatures:
    """Build the feature table: one row per customer of any log, one column per feature.

    Parameters
    ----------
    orders : Orders or table, optional
        The order log.
    events : Events or table, optional
        The event log.
    customers : Customers or table, optional
        Attributes, one row per customer.
    as_of : date, datetime or ISO text
        The snapshot: rows at or after it are ignored.
    window_days : int, optional
        Length of the window before `as_of`, in calendar days; only rows in it count. By default all rows do.
    families : sequence of str, optional
        Families to build; by default all for which the logs have the columns, without "foresight", which needs several
        passes over the logs (see `foresight`; its horizon here is 90 days).
    refunds, zero_orders : str
        See `rfm`.
    labels : mapping of str to str, or path of a TOML file, optional
        Names of columns for people, see `FeatureTable.with_labels`.

    Returns
    -------
    FeatureTable, or DistributedFeatures for logs on Spark
        Sorted by `customer_id`, in the kind of the first given log, with the label, unit, definition,
        direction and family of each column. On Spark the rows stay there, in no order. Customers missing from a
        family's log get 0 for counts and a missing value otherwise.

    Raises
    ------
    DataError
        If a log cannot be used, the logs' ids are of different types, or a family lacks what it needs.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Examples
    --------
    >>> from custseg.datasets import make_shop
    >>> from custseg.features import build_features
    >>> shop = make_shop(300, 0)
    >>> features = build_features(shop.orders, shop.events, as_of=shop.as_of, families=["rfm", "email"])
    >>> features.names[:3]
    ['recency_days', 'age_days', 'order_count']
    """
    logs = described_logs(
        orders,
        events,
        customers,
        as_of=as_of,
        window_days=window_days,
        refunds=refunds,
        zero_orders=zero_orders,
        caller="build_features",
    )
    return features_of(logs, families).with_labels(labels, caller="build_features")


def features_of(
    logs: Logs,
    families: Sequence[str] | None = None,
    *,
    figures: Mapping[str, Any] | None = None,
    learners: Mapping[str, Callable[[SharedSums], Any]] | None = None,
) -> FeatureTable | DistributedFeatures:
    """Columns of the given families, or of all that the logs allow, joined on the customer.

    `figures` of the customer base are those of an earlier table; by default, they are learned from these logs, by the
    family's own function or by that of `learners`.
    """
    with keeping() as kept:
        table = _features_of(logs, families, figures or {}, learners=learners or {})
        return replace(table, kept=tuple(kept)) if isinstance(table, DistributedFeatures) else table


def _features_of(
    logs: Logs,
    families: Sequence[str] | None,
    figures: Mapping[str, Any],
    *,
    learners: Mapping[str, Callable[[SharedSums], Any]],
) -> FeatureTable | DistributedFeatures:
    figures = dict(figures)
    rhythm, engagement = figures.get(RHYTHM.name), figures.get(ENGAGEMENT.name)
    scoring = Scoring() if engagement is None else engagement.scoring
    chosen = _chosen_families(logs, families)
    shares_orders = MIX in chosen or _n_sums_of_orders(logs, chosen) > 1
    sums = SharedSums(logs, None if rhythm is None else rhythm.year, scoring, shares_orders)
    for family in chosen:
        if family.name not in figures:
            figures[family.name] = learners.get(family.name, family.learn)(sums)
    family_columns = [family.columns(sums, figures[family.name]) for family in chosen]
    features = all_features(family_columns)
    check_names(features, logs.caller)
    table = _of_customers(family_columns, logs.caller)
    log = logs.orders or logs.events or logs.customers
    assert log is not None
    dated = logs.orders or logs.events
    snapshot = logs.snapshot_of(dated) if dated is not None else logs.known_attributes.snapshot
    returner = log.source_table.returner(log.customer)
    if isinstance(table, nw.LazyFrame):
        return DistributedFeatures(returner(table), features, snapshot, figures=figures)
    return FeatureTable(table, features, returner, snapshot, figures=figures)


def _chosen_families(logs: Logs, families: Sequence[str] | None) -> list[Family]:
    if families is None:
        return [family for family in FAMILIES if not family.on_request and not family.lacks(logs)]
    names = [family.name for family in FAMILIES]
    if isinstance(families, str) or not families:
        raise TypeError(f"{logs.caller}: families must be a list of {listed(names)}, got {families!r}.")
    for name in families:
        check_choice(logs.caller, "families", name, allowed=names)
    chosen = [family for family in FAMILIES if family.name in families]
    lacking = [f"{family.name!r} needs {family.lacks(logs)}" for family in chosen if family.lacks(logs)]
    if lacking:
        raise DataError(f"{logs.caller}: {'; '.join(lacking)}.")
    return chosen


def _n_sums_of_orders(logs: Logs, chosen: Sequence[Family]) -> int:
    """How many sums the families make of the order log, if there is one."""
    sums = [{RFM, RHYTHM, FORESIGHT}, {MIX}, {EMAIL, WEB, ENGAGEMENT} if logs.events else set()]
    return 0 if logs.orders is None else sum(bool(families & set(chosen)) for families in sums)


def _of_customers(family_columns: Sequence[FamilyColumns], caller: str) -> Rows:
    """The columns of all families, one row per customer of any log; customers missing from a log have its `absent`."""
    by_source: dict[int, list[FamilyColumns]] = {}
    for columns in family_columns:
        by_source.setdefault(id(columns.source), []).append(columns)
    # Inside, columns have names of their own: those of attributes may hold anything.
    names = {feature.name: f"feature_{index}" for index, feature in enumerate(all_features(family_columns))}
    tables = [selected(columns, names) for columns in by_source.values()]
    _check_same_ids(tables, caller)
    absent = {names[f.name]: f.absent for f in all_features(family_columns) if f.absent is not None}
    table = joined(tables)
    filled = [nw.col(name).fill_null(value).alias(name) for name, value in absent.items()]
    table = table.select("customer_id", *names.values()).with_columns(filled)
    return renamed(sorted_by(table), {inside: name for name, inside in names.items()})


def _check_same_ids(tables: Sequence[Rows], caller: str) -> None:
    kinds = {str(table.collect_schema()["customer_id"]) for table in tables}
    if len(kinds) > 1:
        raise DataError(
            f"{caller}: the logs' customer ids are of different types, {listed(sorted(kinds))}. Cast them to one type."
        )
