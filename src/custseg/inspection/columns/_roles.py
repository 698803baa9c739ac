"""The role of each column, from the concepts of its name and from its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from custseg.inspection.columns._facts import ColumnFacts, determines, same_partition, same_values

Certainty = Literal["certain", "likely", "ambiguous"]

_MIN_SCORE = 0.25
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
    """The column that has a role.

    Attributes
    ----------
    column : ColumnFacts
        The column.
    certainty : {"certain", "likely", "ambiguous"}
        How certain that is.
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
    return _ranked(scored)


def _ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates that fit at all, the best first."""
    fitting = [candidate for candidate in candidates if candidate.score > 0]
    return sorted(fitting, key=lambda candidate: (-candidate.score, candidate.column.index))


def decided(ranked: Sequence[Candidate], *, min_score: float = _MIN_SCORE, reason: str = "name") -> RoleFinding | None:
    """The first candidate, its certainty, and its rivals."""
    if not ranked or ranked[0].score < min_score:
        return None
    best = ranked[0]
    close = [candidate for candidate in ranked[1:] if candidate.score > _CLEARLY_LESS * best.score]
    alike = [candidate for candidate in close if _are_interchangeable(best.column, candidate.column)]
    different = [candidate for candidate in close if candidate not in alike]
    certainty: Certainty = "certain" if best.score >= _PLAIN_NAME and not close else "likely"
    if any(candidate.score >= _NEARLY_EQUAL * best.score for candidate in different):
        certainty = "ambiguous"
    rivals = tuple(candidate.column for candidate in different or alike)
    return RoleFinding(best.column, certainty, reason if different or not alike else "same_partition", rivals)


def _are_interchangeable(first: ColumnFacts, second: ColumnFacts) -> bool:
    """Ids and names must split the rows into the same groups; money and dates must have equal values."""
    measured = any(column.is_date or column.has_decimals for column in (first, second))
    return same_values(first, second) if measured else same_partition(first, second)


def id_gate(column: ColumnFacts) -> float:
    """Ids are neither dates nor numbers with decimals, and there are more than a few."""
    if not column.is_id or column.filled_share < 0.05:
        return 0.0
    is_coarse = column.distinct <= _FEW_VALUES and len(column.filled) > 20 * _FEW_VALUES
    return 0.3 if is_coarse else 1.0


def number_gate(column: ColumnFacts) -> float:
    return 1.0 if column.is_number and column.distinct > 1 else 0.0


def word_gate(max_distinct: int) -> Gate:
    """A gate for text columns with at most so many different values."""
    return lambda column: 1.0 if 0 < column.distinct <= max_distinct and not column.is_date else 0.0


def find_customer(
    columns: Sequence[ColumnFacts], order: RoleFinding | None, date: RoleFinding | None
) -> RoleFinding | None:
    """The column of customer ids."""
    ranked = candidates(columns, "customer", id_gate)
    emails = [Candidate(c, 0.7) for c in columns if c.is_email and c.scores.get("customer", 0.0) < 0.7]
    ranked = _ranked([*(r for r in ranked if not (r.column.is_email and r.score < 0.7)), *emails])
    if order is not None:
        ranked = _without_order_ids(ranked, order.column)
    if len(ranked) > 1 and order is not None and ranked[0].score < _PLAIN_NAME:
        ranked = [candidate for candidate in ranked if candidate.column is not order.column]
    finding = decided(ranked, min_score=0.3)
    if finding is not None and finding.reason == "same_partition":
        alike = (finding.column, *finding.rivals)
        best = next((column for column in alike if "id" in column.concepts), finding.column)
        return replace(finding, column=best, rivals=tuple(column for column in alike if column is not best))
    if finding is None and date is not None:
        return _customer_by_values(columns, order)
    return finding


def _without_order_ids(ranked: Sequence[Candidate], order: ColumnFacts) -> list[Candidate]:
    """The candidates; ids that are new for each order rank lower where another column repeats."""
    if not any(candidate.column.distinct_share < 0.9 and candidate.score >= 0.5 for candidate in ranked):
        return list(ranked)
    return _ranked(
        Candidate(candidate.column, candidate.score * (0.6 if same_partition(candidate.column, order) else 1.0))
        for candidate in ranked
    )


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
        # A column that determines another one is finer than a customer: an order id.
        fitting = [column for column in fitting if not any(_is_finer(column, coarser) for coarser in fitting)]
    if not fitting:
        return None
    by_name = sorted(fitting, key=lambda column: (-column.scores.get("customer", 0.0), -column.distinct))
    best, *followers = by_name
    rivals = tuple(column for column in followers if not same_partition(best, column))
    alike = tuple(column for column in followers if column not in rivals)
    if rivals:
        return RoleFinding(best, "ambiguous", "values", rivals)
    return RoleFinding(best, "likely", "same_partition" if alike else "values", alike)


def _is_finer(first: ColumnFacts, second: ColumnFacts) -> bool:
    return (
        first.distinct > 1.2 * second.distinct
        and determines(first.values, second.values) > _ALWAYS
        and determines(second.values, first.values) < _ALWAYS
    )


def find_order(columns: Sequence[ColumnFacts]) -> RoleFinding | None:
    """The column of order ids."""
    ranked = candidates(columns, "order", id_gate)
    named = [candidate for candidate in ranked if candidate.score >= 0.3]
    finding = decided(named) if named else None
    if finding is None:
        return None
    rivals = [candidate for candidate in named[1:] if candidate.score > _CLEARLY_LESS * named[0].score]
    coarser = [candidate for candidate in rivals if candidate.column.distinct < finding.column.distinct * 0.99]
    if finding.certainty == "ambiguous" and not coarser:
        return RoleFinding(finding.column, "likely", "name", finding.rivals)
    return finding


def checked_order(order: RoleFinding | None, customer: RoleFinding | None) -> RoleFinding | None:
    """The order column, less certain where an order has several customers."""
    if order is None or customer is None:
        return order
    agreement = determines(order.column.values, customer.column.values)
    if agreement < 0.5 and 2 * order.column.distinct < customer.column.distinct:
        return None  # a number of orders, not their ids
    if agreement >= _ALWAYS or order.certainty != "certain":
        return order
    return RoleFinding(order.column, "likely", "several_customers", order.rivals)


def order_by_values(columns: Sequence[ColumnFacts], customer: RoleFinding, date: RoleFinding) -> RoleFinding | None:
    """A column without a meaningful name whose values each have one customer and one date."""
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
    best = min(fitting, key=lambda column: (column.distinct, column.index))
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
    ranked = _ranked(scored)
    finding = decided(ranked, min_score=0.1)
    if finding is None or finding.certainty != "ambiguous":
        return finding
    ordered = [column for column in (finding.column, *finding.rivals) if "order" in column.concepts]
    if len(ordered) == 1:
        rivals = tuple(column for column in (finding.column, *finding.rivals) if column is not ordered[0])
        return RoleFinding(ordered[0], "likely", "name", rivals)
    return finding


def find_event(columns: Sequence[ColumnFacts]) -> RoleFinding | None:
    """The column of event names."""
    gate = word_gate(100)

    def score(column: ColumnFacts) -> float:
        if not gate(column) or column.is_number or column.distinct_share > 0.5:
            return 0.0
        words = {value.lower() for value in column.filled}
        n_event_words = sum(any(stem in word for stem in _EVENT_STEMS) for word in words)
        by_values = 0.8 if n_event_words >= 2 and n_event_words >= len(words) / 4 else 0.0
        return max(column.scores.get("event", 0.0) * (1.0 if n_event_words else 0.6), by_values)

    ranked = _ranked(Candidate(column, score(column)) for column in columns)
    return decided(ranked, min_score=0.5)


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


def find_optional(columns: Sequence[ColumnFacts], used: set[int]) -> dict[str, RoleFinding]:
    """The optional columns of a line or an order."""
    findings = {}
    for role, (gate, min_score) in _OPTIONAL.items():
        free = [column for column in columns if column.index not in used]
        finding = decided(candidates(free, role, gate), min_score=min_score)
        if finding is not None:
            if role in ("product", "category") and finding.certainty == "ambiguous":
                finding = RoleFinding(finding.column, "likely", finding.reason, finding.rivals)
            if role in ("discount", "refund") and finding.rivals:
                # Each column may hold some of the money.
                finding = RoleFinding(finding.column, "ambiguous", finding.reason, finding.rivals)
            elif role == "discount" and finding.column.may_be_percent:
                finding = RoleFinding(finding.column, "likely", "may_be_percent")
            findings[role] = finding
            used = used | {finding.column.index}
    return findings
