"""`allocate`: spend a budget on the contacts that are expected to be worth most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_choice, check_number
from custseg._frames import collect, frame_from_columns, open_table
from custseg._numerics import Floats
from custseg._privacy import SMALLEST_GROUP, bound_words, few, shown_sizes
from custseg.errors import DataError
from custseg.insights.sending._pressure import SendPressure
from custseg.texts import DASH, LANGUAGES, listed, number, text

_CALLER = "allocate"
REASONS = ("contact", "unreachable", "wait", "unknown", "not_worth", "budget")
_UNITS = Decimal(10) ** 9
"""Costs are added as whole billionths, so that no rounding exceeds the budget."""


@dataclass(frozen=True, eq=False, repr=False)
class Allocation:
    """Whom to contact within a budget, and why not the others.

    Attributes
    ----------
    table : table
        In the caller's kind, one row per customer in the order of the given table: `customer_id`, `contact` (bool),
        `reason` ("contact", "unreachable", "wait", "unknown", "not_worth", "budget"), `rank` (1 is contacted first;
        missing for all who are not worth a contact or must wait), `value`, `low`, `high` and `cost`.
    budget, spent : float
        The budget, and what the contacts cost: never more.
    value, low, high : float
        Expected value of the contacts, with an interval: the sums of those of the customers. Values of one segment are
        one estimate, so that their errors do not cancel out.
    counts : mapping of str to int
        Customers by reason.
    unsure : int
        Contacts whose value may be below their cost, by the interval.
    language : {"en", "ru"}
        Language of `repr`.
    """

    table: Any
    budget: float
    spent: float
    value: float
    low: float
    high: float
    counts: Mapping[str, int]
    unsure: int
    language: str = field(default="en")

    def __repr__(self) -> str:
        words, language = text(self.language, "allocation"), self.language
        sizes = zip(self.counts.items(), shown_sizes(list(self.counts.values())), strict=True)
        counts = {
            reason: bound_words(count) if size is None else number(size, language) for (reason, count), size in sizes
        }
        # The money spent on 1 to 9 contacts would give their number away.
        is_hidden = 0 < self.counts["contact"] < SMALLEST_GROUP
        amounts = ("spent", "value", "low", "high")
        money = {name: DASH if is_hidden else number(getattr(self, name), language) for name in amounts}
        total = number(sum(self.counts.values()), language)
        budget = number(self.budget, language)
        lines = [
            words["title"].format(contacted=counts["contact"], customers=total, cost=money["spent"], budget=budget)
        ]
        if not is_hidden:
            lines.append(words["expected"].format(cost=money["spent"], **money))
        if self.unsure >= SMALLEST_GROUP:
            lines.append(words["unsure"].format(count=number(self.unsure, language)))
        phrases = [
            words["part"].format(count=counts[reason], reason=words["reasons"][reason])
            for reason, count in self.counts.items()
            if count and reason != "contact"
        ]
        return "\n".join([*lines, *([words["waiting"].format(parts="; ".join(phrases))] if phrases else [])])


def allocate(
    budget: float,
    cost: float | str,
    value: object,
    *,
    pressure: SendPressure | None = None,
    reachable: str | None = None,
    language: str = "en",
) -> Allocation:
    """Choose the contacts with the largest expected value per unit of cost, within a budget.

    Parameters
    ----------
    budget : float
        What may be spent in all.
    cost : float or str
        What one contact costs, above 0; or the column of `value` with the cost of each customer.
    value : table or path
        One row per customer: `customer_id` and `value`, what one contact is expected to be worth; and, if it has them,
        `low` and `high`, its interval. `contact_values` makes such a table from a scorecard.
    pressure : SendPressure, optional
        Customers who have reached the cap of their segment wait.
    reachable : str, optional
        Column of `value` with true and false: who may be contacted. Unknown is not yes.
    language : {"en", "ru"}, default "en"
        Language of the printed result.

    Returns
    -------
    Allocation

    Raises
    ------
    DataError
        If the table cannot be used, such as without a column or with repeated ids.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Greedy: contacts with value above cost, by value / cost, the highest first; one that does not fit into the rest of
    the budget is passed over for cheaper ones. With one cost for all, no other choice is worth more. Ties go by
    customer id, so that the order of the rows does not matter.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.insights import allocate
    >>> values = pl.DataFrame({"customer_id": ["ann", "bob", "eve"], "value": [2.0, 5.0, 0.1]})
    >>> allocate(0.7, 0.5, values).table.select("customer_id", "contact", "reason").rows()
    [('ann', False, 'budget'), ('bob', True, 'contact'), ('eve', False, 'not_worth')]
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    limit = check_number(_CALLER, "budget", budget, minimum=0)
    if pressure is not None and not isinstance(pressure, SendPressure):
        raise TypeError(f"{_CALLER}: pressure must be the result of `send_pressure`, got {type(pressure).__name__}.")
    local, give_back = _read(value, cost, reachable)
    costs = _costs(local, cost)
    worth = _floats(local, "value")
    reasons = _first_reasons(local, worth, costs, pressure=pressure, reachable=reachable)
    ranks = _ranks(local, worth, costs, candidates=reasons == "budget")
    units = [int((Decimal(repr(c)) * _UNITS).to_integral_value(ROUND_CEILING)) for c in costs.tolist()]
    left = int((Decimal(repr(limit)) * _UNITS).to_integral_value(ROUND_FLOOR))
    for row in _in_order(ranks):
        if units[row] <= left:
            left -= units[row]
            reasons[row] = "contact"
    return _allocation(local, give_back, (worth, costs, ranks), reasons=reasons, budget=limit, language=language)


def _in_order(ranks: Floats) -> list[int]:
    """The rows with a rank, the first rank first."""
    rows = np.flatnonzero(ranks > 0)
    return [int(row) for row in rows[np.argsort(ranks[rows])]]


def _read(
    value: object, cost: object, reachable: str | None
) -> tuple[nw.DataFrame[Any], Callable[[nw.DataFrame[Any]], Any]]:
    """The columns of the table in memory, and what converts a result to the caller's kind."""
    table = open_table(value, _CALLER, in_memory=True)
    columns = table.dialect.columns
    needed = {"customer_id": "customer_id", "value": "value"}
    needed |= {"cost": cost} if isinstance(cost, str) else {}
    needed |= {"reachable": reachable} if reachable is not None else {}
    table.check_columns(_CALLER, needed, required=tuple(needed))
    names = [*needed.values(), *(name for name in ("low", "high") if name in columns)]
    expressions = dict(table.dialect.plain_columns([name for name in names if name != "customer_id"]))
    expressions["customer_id"] = table.dialect.identity("customer_id")
    local = collect(table.dialect.select(expressions))
    ids = local.get_column("customer_id")
    if missing := int(ids.is_null().sum()):
        raise DataError(f"{_CALLER}: {few(missing, 'row')} of value without a customer_id. Leave them out.")
    if repeated := len(ids) - ids.n_unique():
        raise DataError(
            f"{_CALLER}: value must have one row per customer, but {few(repeated, 'row repeats', 'rows repeat')} an "
            "earlier id. Keep one row of each."
        )
    if not_numeric := [name for name in names[1:] if name != reachable and not _is_number(local, name)]:
        raise DataError(f"{_CALLER}: columns {listed(not_numeric)} of value must be numeric. Convert them.")
    if reachable is not None and local.schema[reachable] != nw.Boolean:
        raise DataError(
            f"{_CALLER}: column {reachable!r} must hold true and false, got {local.schema[reachable]}. Convert it."
        )
    return local, table.returner("customer_id")


def _is_number(local: nw.DataFrame[Any], name: str) -> bool:
    return local.schema[name].is_numeric() or bool(local.get_column(name).is_null().all())


def _floats(local: nw.DataFrame[Any], name: str) -> Floats:
    values = local.get_column(name).cast(nw.Float64).fill_null(float("nan")).to_numpy().astype(np.float64)
    if np.isinf(values).any():
        raise DataError(f"{_CALLER}: column {name!r} of value has infinite values. Leave them empty.")
    return values


def _costs(local: nw.DataFrame[Any], cost: float | str) -> Floats:
    """The cost of each contact, checked."""
    if not isinstance(cost, str):
        amount = check_number(_CALLER, "cost", cost, minimum=0)
        if amount == 0:
            raise ValueError(f"{_CALLER}: cost must be above 0, got 0. Contacts without a cost need no budget.")
        return np.full(len(local), amount)
    costs = _floats(local, cost)
    if bad := int((~(costs > 0)).sum()):
        raise DataError(
            f"{_CALLER}: column {cost!r} must be above 0 for every customer; for {few(bad, 'customer')} it is not. "
            "Correct these."
        )
    return costs


def _ends(local: nw.DataFrame[Any], worth: Floats) -> tuple[Floats, Floats]:
    """The interval of each value; the value itself where the table has none."""
    low, high = (_floats(local, name) if name in local.columns else worth for name in ("low", "high"))
    if bad := int((low > high).sum()):
        raise DataError(
            f"{_CALLER}: column 'low' of value must not be above 'high'; for {few(bad, 'customer')} it is. Correct "
            "these, or exchange the columns."
        )
    return low, high


def _first_reasons(
    local: nw.DataFrame[Any], worth: Floats, costs: Floats, *, pressure: SendPressure | None, reachable: str | None
) -> Any:
    """Why a customer is no candidate; "budget" for the candidates."""
    n = len(local)
    reasons = np.full(n, "budget", dtype=object)
    reasons[worth <= costs] = "not_worth"
    reasons[np.isnan(worth)] = "unknown"
    if pressure is not None:
        waiting = nw.from_native(pressure.customers, eager_only=True).filter(nw.col("wait")).get_column("customer_id")
        ids = local.get_column("customer_id")
        if (ids.dtype == nw.String) != (waiting.dtype == nw.String):
            raise DataError(
                f"{_CALLER}: the customer ids of value are {ids.dtype}, those of pressure {waiting.dtype}. Convert one."
            )
        reasons[ids.cast(waiting.dtype).is_in(waiting.to_list()).to_numpy()] = "wait"
    if reachable is not None:
        reasons[~local.get_column(reachable).fill_null(value=False).to_numpy().astype(bool)] = "unreachable"
    return reasons


def _ranks(local: nw.DataFrame[Any], worth: Floats, costs: Floats, *, candidates: Any) -> Floats:
    """1 for the candidate with the highest value per cost, 0 for all who are none; ties by customer id."""
    rows = np.flatnonzero(candidates)
    by_id = local.get_column("customer_id").rank("ordinal").to_numpy()[rows]
    order = np.lexsort((by_id, -(worth[rows] / costs[rows])))
    ranks = np.zeros(len(local))
    ranks[rows[order]] = np.arange(1, len(rows) + 1)
    return ranks


def _allocation(
    local: nw.DataFrame[Any],
    give_back: Callable[[nw.DataFrame[Any]], Any],
    figures: tuple[Floats, Floats, Floats],
    *,
    reasons: Any,
    budget: float,
    language: str,
) -> Allocation:
    worth, costs, ranks = figures
    chosen = reasons == "contact"
    low, high = _ends(local, worth)
    columns = {
        "contact": chosen, "reason": reasons.tolist(), "rank": [int(rank) or None for rank in ranks],
        "value": worth, "low": low, "high": high, "cost": costs,
    }  # fmt: skip
    table = nw.from_native(frame_from_columns(columns), eager_only=True)
    floats = ("value", "low", "high")
    table = table.with_columns(nw.when(~nw.col(name).is_nan()).then(nw.col(name)).alias(name) for name in floats)
    table = table.with_columns(local.get_column("customer_id"), nw.col("rank").cast(nw.Int64))
    spent = float(sum((Decimal(repr(c)) for c in costs[chosen].tolist()), Decimal(0)))
    value, value_low, value_high = (float(np.nansum(ends[chosen])) for ends in (worth, low, high))
    return Allocation(
        give_back(table.select("customer_id", *columns)),
        budget,
        spent,
        value=value,
        low=value_low,
        high=value_high,
        counts={reason: int((reasons == reason).sum()) for reason in REASONS},
        unsure=int((low[chosen] < costs[chosen]).sum()),
        language=language,
    )
