"""Which column is what: by the concepts of its name and by its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from custseg.inspection.columns._facts import ColumnFacts, determines, same_partition, same_values

Certainty = Literal["certain", "likely", "ambiguous"]

_LEAST = 0.25
_CLEARLY_LESS = 0.75
_NEARLY_EQUAL = 0.95
_PLAIN_NAME = 0.95
_ALWAYS = 0.98
_FEW_VALUES = 5
_MOSTLY_ONE = 0.7
_EVENT_STEMS = ("view", "cart", "purchas", "click", "open", "sent", "send", "visit", "checkout", "deliver", "bounce",
                "unsubscr", "login", "signup", "search", "page")  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """A column that could have a role, and how well it fits: 1 is the plain name with fitting values."""

    column: ColumnFacts
    score: float


@dataclass(frozen=True)
class RoleFinding:
    """Which column has a role.

    Attributes
    ----------
    column : ColumnFacts
        The column.
    certainty : {"certain", "likely", "ambiguous"}
        How sure that is.
    reason : str
        Key of the reason in the texts.
    rivals : tuple of ColumnFacts
        Other columns that could have the role.
    """

    column: ColumnFacts
    certainty: Certainty
    reason: str
    rivals: tuple[ColumnFacts, ...] = ()


Gate = Callable[[ColumnFacts], float]


def candidates(columns: Iterable[ColumnFacts], role: str, gate: Gate) -> list[Candidate]:
    """The columns that fit the role by name and values, the best first."""
    scored = [Candidate(column, column.scores.get(role, 0.0) * gate(column)) for column in columns]
    return sorted((one for one in scored if one.score > 0), key=lambda one: (-one.score, one.column.place))


def decided(ranked: Sequence[Candidate], *, least: float = _LEAST, reason: str = "name") -> RoleFinding | None:
    """The first candidate, how sure it is, and its rivals."""
    if not ranked or ranked[0].score < least:
        return None
    best = ranked[0]
    close = [one for one in ranked[1:] if one.score > _CLEARLY_LESS * best.score]
    alike = [one for one in close if _either_will_do(best.column, one.column)]
    others = [one for one in close if one not in alike]
    certainty: Certainty = "certain" if best.score >= _PLAIN_NAME and not close else "likely"
    if any(one.score >= _NEARLY_EQUAL * best.score for one in others):
        certainty = "ambiguous"
    rivals = tuple(one.column for one in others or alike)
    return RoleFinding(best.column, certainty, reason if others or not alike else "same_partition", rivals)


def _either_will_do(one: ColumnFacts, other: ColumnFacts) -> bool:
    """Ids and names need to tell the same rows apart; of money and dates the values count."""
    measured = any(column.is_date or column.has_decimals for column in (one, other))
    return same_values(one, other) if measured else same_partition(one, other)


def id_gate(column: ColumnFacts) -> float:
    """Ids are neither dates nor numbers with decimals, and there are more than a few."""
    if not column.is_id or column.filled_share < 0.05:
        return 0.0
    few = column.distinct <= _FEW_VALUES and len(column.filled) > 20 * _FEW_VALUES
    return 0.3 if few else 1.0


def number_gate(column: ColumnFacts) -> float:
    return 1.0 if column.is_number and column.distinct > 1 else 0.0


def word_gate(most: int) -> Gate:
    """Words of at most so many kinds."""
    return lambda column: 1.0 if 0 < column.distinct <= most and not column.is_date else 0.0


def find_customer(
    columns: Sequence[ColumnFacts], order: RoleFinding | None, date: RoleFinding | None
) -> RoleFinding | None:
    """The column of customer ids."""
    ranked = candidates(columns, "customer", id_gate)
    emails = [Candidate(c, 0.7) for c in columns if c.is_email and c.scores.get("customer", 0.0) < 0.7]
    ranked = sorted([*(r for r in ranked if not (r.column.is_email and r.score < 0.7)), *emails],
                    key=lambda one: (-one.score, one.column.place))  # fmt: skip
    if order is not None:
        ranked = _not_per_order(ranked, order.column)
    if len(ranked) > 1 and order is not None and ranked[0].score < _PLAIN_NAME:
        ranked = [Candidate(one.column, one.score) for one in ranked if one.column is not order.column]
    finding = decided(ranked, least=0.3)
    if finding is not None and finding.reason == "same_partition":
        alike = (finding.column, *finding.rivals)
        best = next((column for column in alike if "id" in column.concepts), finding.column)
        return replace(finding, column=best, rivals=tuple(column for column in alike if column is not best))
    if finding is None and date is not None:
        return _customer_by_values(columns, order)
    return finding


def _not_per_order(ranked: Sequence[Candidate], order: ColumnFacts) -> list[Candidate]:
    """Ids that are new for each order, and do not repeat, are no customers where another column repeats."""
    if not any(one.column.distinct_share < 0.9 and one.score >= 0.5 for one in ranked):
        return list(ranked)
    weighed = [Candidate(one.column, one.score * (0.6 if same_partition(one.column, order) else 1.0)) for one in ranked]
    return sorted(weighed, key=lambda one: (-one.score, one.column.place))


def _customer_by_values(columns: Sequence[ColumnFacts], order: RoleFinding | None) -> RoleFinding | None:
    """A column of ids that repeats and that each order has one value of."""
    fitting = [
        column
        for column in columns
        if column.is_id and 0.005 < column.distinct_share < 0.9 and column.distinct >= 10 and column.filled_share > 0.5
        and not column.concepts - {"id", "name"}
        and (order is None or (column is not order.column and determines(order.column.values, column.values) > _ALWAYS))
    ]  # fmt: skip
    if order is None:
        # What determines another of the columns is finer than a customer: the number of an order.
        fitting = [one for one in fitting if not any(_is_finer(one, other) for other in fitting)]
    if not fitting:
        return None
    by_name = sorted(fitting, key=lambda column: (-column.scores.get("customer", 0.0), -column.distinct))
    best, *rest = by_name
    rivals = tuple(column for column in rest if not same_partition(best, column))
    alike = tuple(column for column in rest if column not in rivals)
    if rivals:
        return RoleFinding(best, "ambiguous", "values", rivals)
    return RoleFinding(best, "likely", "same_partition" if alike else "values", alike)


def _is_finer(one: ColumnFacts, other: ColumnFacts) -> bool:
    return (
        one.distinct > 1.2 * other.distinct
        and determines(one.values, other.values) > _ALWAYS
        and determines(other.values, one.values) < _ALWAYS
    )


def find_order(columns: Sequence[ColumnFacts]) -> RoleFinding | None:
    """The column of order ids."""
    ranked = candidates(columns, "order", id_gate)
    named = [one for one in ranked if one.score >= 0.3]
    finding = decided(named) if named else None
    if finding is None:
        return None
    rivals = [one for one in named[1:] if one.score > _CLEARLY_LESS * named[0].score]
    coarser = [one for one in rivals if one.column.distinct < finding.column.distinct * 0.99]
    if finding.certainty == "ambiguous" and not coarser:
        return RoleFinding(finding.column, "likely", "name", finding.rivals)
    return finding


def checked_order(order: RoleFinding | None, customer: RoleFinding | None) -> RoleFinding | None:
    """The order column, less sure where an order has several customers."""
    if order is None or customer is None:
        return order
    agreement = determines(order.column.values, customer.column.values)
    if agreement < 0.5 and 2 * order.column.distinct < customer.column.distinct:
        return None  # how many orders, not which
    if agreement >= _ALWAYS or order.certainty != "certain":
        return order
    return RoleFinding(order.column, "likely", "several_customers", order.rivals)


def order_by_values(columns: Sequence[ColumnFacts], customer: RoleFinding, date: RoleFinding) -> RoleFinding | None:
    """A column without a telling name whose values each have one customer and one date."""
    fitting = [
        column
        for column in columns
        if column.is_id and not column.concepts - {"id", "name"} and column.distinct > customer.column.distinct
        and column.filled_share > 0.95 and not same_partition(column, customer.column)
        and determines(column.values, customer.column.values) > _ALWAYS
        and determines(column.values, date.column.values) > _ALWAYS
    ]  # fmt: skip
    if not fitting:
        return None
    best = min(fitting, key=lambda column: (column.distinct, column.place))
    if best.distinct_share > 0.999 and ("id" not in best.concepts or _several_at_once(customer.column, date.column)):
        return None
    rivals = tuple(column for column in fitting if column is not best and not same_partition(column, best))
    return RoleFinding(best, "likely", "one_customer_and_date", rivals)


def _several_at_once(customer: ColumnFacts, date: ColumnFacts) -> bool:
    """Whether customers often have several rows of one date: an id of each row is then that of a line."""
    pairs = set(zip(customer.values, date.values, strict=True))
    return len(pairs) < _MOSTLY_ONE * len(customer.values)


def find_date(columns: Sequence[ColumnFacts]) -> RoleFinding | None:
    """The column of dates of the orders or events."""

    def score(column: ColumnFacts) -> float:
        named = column.scores.get("date", 0.0)
        if not column.is_date:
            return 0.0
        bonus = 1.0 if column.concepts & {"order", "event"} else 0.97
        return max(named, 0.3 if not column.concepts else 0.1) * bonus

    scored = [Candidate(column, score(column)) for column in columns if column.filled_share > 0.3]
    ranked = sorted((one for one in scored if one.score > 0), key=lambda one: (-one.score, one.column.place))
    finding = decided(ranked, least=0.1)
    if finding is None or finding.certainty != "ambiguous":
        return finding
    ordered = [one for one in (finding.column, *finding.rivals) if "order" in one.concepts]
    if len(ordered) == 1:
        rest = tuple(one for one in (finding.column, *finding.rivals) if one is not ordered[0])
        return RoleFinding(ordered[0], "likely", "name", rest)
    return finding


def find_event(columns: Sequence[ColumnFacts]) -> RoleFinding | None:
    """The column of event names."""
    few = word_gate(100)

    def score(column: ColumnFacts) -> float:
        if not few(column) or column.is_number or column.distinct_share > 0.5:
            return 0.0
        words = {value.lower() for value in column.filled}
        known = sum(any(stem in word for stem in _EVENT_STEMS) for word in words)
        by_values = 0.8 if known >= 2 and known >= len(words) / 4 else 0.0
        return max(column.scores.get("event", 0.0) * (1.0 if known else 0.6), by_values)

    ranked = [Candidate(column, score(column)) for column in columns]
    ranked = sorted((one for one in ranked if one.score > 0), key=lambda one: (-one.score, one.column.place))
    return decided(ranked, least=0.5)


_OPTIONAL: dict[str, tuple[Gate, float]] = {
    "product": (lambda c: 1.0 if c.distinct > 1 and not c.is_date and not c.has_decimals else 0.0, 0.65),
    "category": (word_gate(500), 0.65),
    "channel": (word_gate(200), 0.65),
    "source": (word_gate(500), 0.65),
    "currency": (lambda column: 1.0 if column.is_currency else 0.0, 0.5),
    "cancelled": (lambda column: 1.0 if column.is_yes_or_no else 0.0, 0.5),
    "discount": (number_gate, 0.5),
    "refund": (number_gate, 0.5),
}


def find_optional(columns: Sequence[ColumnFacts], taken: set[int]) -> dict[str, RoleFinding]:
    """The columns that describe a line or an order further."""
    found = {}
    for role, (gate, least) in _OPTIONAL.items():
        rest = [column for column in columns if column.place not in taken]
        finding = decided(candidates(rest, role, gate), least=least)
        if finding is not None:
            if role in ("product", "category") and finding.certainty == "ambiguous":
                finding = RoleFinding(finding.column, "likely", finding.reason, finding.rivals)
            if role in ("discount", "refund") and finding.rivals:
                # Each may hold a part of the money.
                finding = RoleFinding(finding.column, "ambiguous", finding.reason, finding.rivals)
            elif role == "discount" and finding.column.may_be_percent:
                finding = RoleFinding(finding.column, "likely", "may_be_percent")
            found[role] = finding
            taken = taken | {finding.column.place}
    return found
