"""`FeatureDefinition`: how the features of a fit were built from logs, so that later logs give the same features."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import partial
from typing import Any

from custseg._checks import MissingColumns, all_of
from custseg._frames import open_table
from custseg.errors import DataError
from custseg.feature_table import DistributedFeatures, FeatureTable
from custseg.features import ENGAGEMENT, FAMILIES, FORESIGHT, Family, NoFigures, features_of
from custseg.logs import Customers, Events, Logs, Orders, described_logs, description_arguments
from custseg.model._reach import Reach
from custseg.model._reference import RECENT_DAYS
from custseg.texts import listed

_RETURNS = ("order_count", "returned_orders", "revenue", "return_share")
"""Features by which customers who returned everything are told from others."""
_LOGS: Mapping[str, type[Orders] | type[Events] | type[Customers]] = {
    "orders": Orders,
    "events": Events,
    "customers": Customers,
}
_LOG_WORDS = {"orders": "order log", "events": "event log", "customers": "customer table"}
_REQUIRED = ("customer", "date")
_DESCRIBING = ("channel", "source")
_OF_MIX = {"category": "category_", "channel": "channel_", "source": "source_", "discount": "discount_"}
"""Columns of an order log that only features with such names need."""
_KINDS = {
    "number": "numeric",
    "count": "counts",
    "category": "category",
    "flag": "flags",
    "interests": "interests",
    "date": "dates",
}


@dataclass(frozen=True)
class FeatureDefinition:
    """How features are built from logs.

    Attributes
    ----------
    families : tuple of str
        Families that the model needs.
    figures : mapping of str to object
        By family, the figures of the customer base at the fit; see `custseg.features`.
    logs : mapping of str to mapping
        By log ("orders", "events", "customers"), its description: the arguments of `Orders`, `Events` or `Customers`
        that are not the defaults.
    window_days : int or None
        Length of the window before a snapshot.
    refunds, zero_orders : str
        Policies for orders.
    reach : Reach or None
        How far back the order log reached; None without orders.
    describing : mapping of str to str
        Columns of the order log, by role, that no feature of the model depends on; `drift` compares what they hold.
    """

    families: tuple[str, ...]
    figures: Mapping[str, Any]
    logs: Mapping[str, Mapping[str, Any]]
    window_days: int | None
    refunds: str
    zero_orders: str
    reach: Reach | None
    describing: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError for descriptions that no log has, as an edited model file may have them."""
        arguments = {log: {item.name for item in fields(kind) if item.init} for log, kind in _LOGS.items()}
        for log, description in (*self.logs.items(), ("orders", self.describing)):
            if unknown := sorted(set(description) - arguments.get(log, set())):
                raise ValueError(f"the {_LOG_WORDS.get(log, log)} has no {listed(unknown)}")

    def described(
        self,
        logs: Mapping[str, Any],
        as_of: object,
        names: Sequence[str],
        *,
        known_until: datetime | None = None,
        caller: str,
    ) -> Logs:
        """The logs at a snapshot; plain tables are described as those of the fit were.

        `names` are the columns of the model: a table that has them is no log. Rows at or after `known_until` are
        ignored.
        """
        lacking = [name for name in self.logs if name in self._needed_logs() and logs.get(name) is None]
        if lacking or as_of is None:
            # Whoever gives a feature table in place of a log needs neither the other logs nor a moment.
            for name, table in logs.items():
                if table is not None and not isinstance(table, _LOGS[name]):
                    _refuse_features(
                        name, open_table(table, caller, on_spark=True).dialect.columns, names, caller=caller
                    )
        if lacking:
            words = " and ".join(f"{name}=" for name in lacking)
            raise TypeError(
                f"{caller}: the model needs {words}, as in the fit. Give {'it' if len(lacking) == 1 else 'them'} too."
            )
        if all(table is None for table in logs.values()):
            raise TypeError(f"{caller}: give {listed([f'{name}=' for name in self.logs])}, or features=; got none.")
        if as_of is None:
            raise TypeError(f"{caller}: give as_of=, the moment of the snapshot. The clock is never read.")
        described = described_logs(
            **self.as_described(logs, names, caller=caller),
            as_of=as_of,
            window_days=self.window_days,
            refunds=self.refunds,
            zero_orders=self.zero_orders,
            caller=caller,
        )
        return replace(described, known_until=known_until)

    def features(self, logs: Logs, names: Sequence[str]) -> FeatureTable | DistributedFeatures:
        """The features of the logs, measured against the figures of the fit's customer base."""
        by_name = {family.name: family for family in FAMILIES}
        lacking = {name: by_name[name].lacks(logs) for name in self.families}
        chosen = [name for name, lacks in lacking.items() if not lacks]
        # Customers that are in one of the logs alone are rows too.
        chosen += [name for name in _one_per_log(logs) if name not in chosen]
        table = features_of(logs, chosen, figures=self.figures)
        if missing := [name for name in names if name not in table.names]:
            needs = sorted({words for words in lacking.values() if words})
            raise DataError(
                f"{logs.caller}: the logs give no {listed(missing)}, which the model needs."
                + (f" They lack {'; '.join(needs)}." if needs else "")
            )
        if self.reach is not None:
            self.reach.check(table, logs, names)
        return table

    def local_features(self, logs: Logs, names: Sequence[str]) -> FeatureTable:
        """The same in memory; TypeError for logs in Spark."""
        table = self.features(logs, names)
        if isinstance(table, DistributedFeatures):
            raise TypeError(f"{logs.caller}: logs in Spark cannot be given. Give them as local tables.")
        return table

    def with_describing(self) -> FeatureDefinition:
        """The same with the columns that no feature of the model depends on."""
        logs = dict(self.logs)
        if "orders" in logs:
            logs["orders"] = {**logs["orders"], **self.describing}
        return replace(self, logs=logs)

    def _needed_logs(self) -> set[str]:
        """The logs without which a family of the model cannot be built."""
        orders = {"rfm", "rhythm", "mix"}
        needed = {
            "orders" if name in orders else "customers" if name == "attributes" else "events"
            for name in self.families
            if name != FORESIGHT.name
        }
        foresight = self.figures.get(FORESIGHT.name)
        return needed if foresight is None else needed | foresight.logs

    def as_described(self, logs: Mapping[str, Any], names: Sequence[str], *, caller: str) -> dict[str, Any]:
        """The logs, plain tables with the descriptions of those of the fit."""
        described = all_of(
            [partial(self._described, name, logs.get(name), names=names, caller=caller) for name in _LOGS]
        )
        return dict(zip(_LOGS, described, strict=True))

    def refuse_log(self, table: object, names: Sequence[str], *, caller: str) -> None:
        """Raise if a table of features is a log: it lacks the features, and has the columns of a log of the fit."""
        for log, kind in _LOGS.items():
            if isinstance(table, kind):
                raise TypeError(f"{caller}: features= got a described log ({kind.__name__}). Give it as {log}=.")
        columns = set(open_table(table, caller, on_spark=True).dialect.columns)
        if set(names) <= columns:
            return
        for log, arguments in self.logs.items():
            usual = {item.name: item.default for item in fields(_LOGS[log]) if item.init}
            required = {arguments.get(role, usual[role]) for role in _REQUIRED if role in usual}
            if log != "customers" and required <= columns:
                raise TypeError(
                    f"{caller}: features= got a log, with {listed(sorted(required))}, and not one row of features per "
                    f"customer. Give it as {log}=."
                )

    def _described(self, log: str, table: object, *, names: Sequence[str], caller: str) -> object:
        kind = _LOGS[log]
        if table is None or isinstance(table, kind):
            return table
        try:
            return kind(table, **self.logs.get(log, {}))
        except MissingColumns as error:
            _refuse_features(log, error.present, names, caller=caller)
            raise MissingColumns(
                _lacking_words(error, log, caller, is_of_fit=log in self.logs), error.columns, error.present
            ) from None


def _refuse_features(log: str, columns: Collection[str], names: Collection[str], *, caller: str) -> None:
    """Raise if a table given as a log has the features of the model."""
    if set(names) <= set(columns):
        raise TypeError(f"{caller}: {log}= got a table with the features of the model. Give it as features=.") from None


def recent_features(logs: Logs) -> FeatureTable | DistributedFeatures | None:
    """Features of the orders of the last weeks alone; None without such orders.

    Older lines are left out before anything is counted: most of a long log.
    """
    if logs.orders is None:
        return None
    recent = replace(logs, events=None, customers=None, window_days=RECENT_DAYS)
    start = recent.snapshot_of(logs.orders).start
    assert start is not None
    orders = logs.orders.since(start)
    if orders.dates.last_day() is None:
        return None
    families = ("rfm", "mix") if any(getattr(orders, role) is not None for role in _DESCRIBING) else ("rfm",)
    return features_of(replace(recent, orders=orders), families)


def learn_definition(
    logs: Logs, table: FeatureTable | DistributedFeatures, names: Collection[str]
) -> FeatureDefinition:
    """The definition of the features with these names, from the logs and the feature table of the fit."""
    needed = {*names, *(_RETURNS if "order_count" in table.names else ())}
    families = [family for family in FAMILIES if any(_is_needed(family, table, name) for name in needed)]
    figures = {
        family.name: family.needed(table.figures[family.name], names)
        for family in families
        if family.figures is not NoFigures
    }
    if FORESIGHT.name in figures and ENGAGEMENT.name in table.figures and "events" in figures[FORESIGHT.name].logs:
        # Foresight is made of engagement that fades as in the fit, whether or not that is a column of the model.
        figures[ENGAGEMENT.name] = table.figures[ENGAGEMENT.name]
    described = {
        "orders": None if logs.orders is None else description_arguments(logs.orders, _unneeded_roles(names)),
        "events": None if logs.events is None else description_arguments(logs.events),
        "customers": None if logs.customers is None else _customer_arguments(logs),
    }
    return FeatureDefinition(
        tuple(family.name for family in families),
        figures,
        {name: arguments for name, arguments in described.items() if arguments is not None},
        window_days=logs.window_days,
        refunds=logs.refunds,
        zero_orders=logs.zero_orders,
        reach=Reach.learn(table),
        describing={} if logs.orders is None else _describing(logs.orders, names),
    )


def _is_needed(family: Family, table: FeatureTable | DistributedFeatures, name: str) -> bool:
    return any(feature.name == name and feature.family == family.name for feature in table.described)


def _unneeded_roles(names: Collection[str]) -> list[str]:
    """Columns of an order log that describe what was bought, and that none of the features depends on."""
    roles = [role for role, start in _OF_MIX.items() if not any(name.startswith(start) for name in names)]
    return ["product", *roles]


def _describing(orders: Orders, names: Collection[str]) -> dict[str, str]:
    unneeded = _unneeded_roles(names)
    columns = {role: getattr(orders, role) for role in _DESCRIBING if role in unneeded}
    return {role: column for role, column in columns.items() if column is not None}


def _customer_arguments(logs: Logs) -> dict[str, Any]:
    """The same of the customer table, with the kinds of columns that were inferred."""
    assert logs.customers is not None
    arguments = description_arguments(logs.customers)
    for attribute in logs.known_attributes.attributes:
        if not attribute.inferred:
            continue
        if attribute.kind == "birth date":
            arguments["birth_date"] = attribute.name
        else:
            arguments.setdefault(_KINDS[attribute.kind], []).append(attribute.name)
        if attribute.observed_at is not None:
            arguments["observed_at"] = attribute.observed_at
    return arguments


def _lacking_words(error: MissingColumns, log: str, caller: str, *, is_of_fit: bool) -> str:
    """What a log lacks, and what to do: its columns must be those of the fit."""
    noun = "columns" if len(error.columns) > 1 else "column"
    return (
        f"{caller}: the {_LOG_WORDS[log]} lacks {noun} {listed(error.columns.values())}"
        f"{', which the log of the fit had' if is_of_fit else ''}. Its columns are {listed(error.present)}. "
        "Rename them, or describe the log with its own names."
    )


def _one_per_log(logs: Logs) -> list[str]:
    """For each log, a family that lists all of its customers."""
    families = {"rfm": logs.orders, "engagement": logs.events, "attributes": logs.customers}
    return [name for name, log in families.items() if log is not None]
