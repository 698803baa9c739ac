"""The words of names, in English and Russian: archetypes with their conditions, and single traits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LANGUAGES = ("en", "ru")

UNCLUSTERED = {
    "prospects": {"en": "Prospects", "ru": "Без покупок"},
    "inactive": {"en": "No order in the window", "ru": "Без заказов за период"},
    "no data": {"en": "No data", "ru": "Нет данных"},
}
"""Names of the row of customers that cannot be clustered."""


@dataclass(frozen=True)
class Term:
    """A condition on one customer: a bound of a feature's value, or of its rank among all (0 to 1)."""

    feature: str
    side: Literal["<=", ">="]
    bound: float
    ranked: bool


@dataclass(frozen=True)
class Archetype:
    """A kind of customer that marketers know by name; all terms must hold."""

    names: dict[str, str]
    terms: tuple[Term, ...]
    of_a_lifetime: bool = False
    """Whether it says something of all orders ever, which a window does not show."""


def low(feature: str, rank: float) -> Term:
    """Among that lowest share of the base."""
    return Term(feature, "<=", rank, ranked=True)


def high(feature: str, rank: float) -> Term:
    """Above that lowest share of the base."""
    return Term(feature, ">=", rank, ranked=True)


def most(feature: str, value: float) -> Term:
    """At most that value."""
    return Term(feature, "<=", value, ranked=False)


def least(feature: str, value: float) -> Term:
    """At least that value."""
    return Term(feature, ">=", value, ranked=False)


ARCHETYPES = (
    Archetype(
        {"en": "Discount-driven", "ru": "Охотники за скидками"},
        (least("discount_share", 0.5),),
    ),
    Archetype(
        {"en": "Seasonal", "ru": "Сезонные"},
        (least("peak_share", 0.5), least("order_count", 2)),
    ),
    Archetype(
        {"en": "Champions", "ru": "Чемпионы"},
        (low("recency_days", 0.4), high("order_count", 0.7), high("revenue", 0.7)),
    ),
    Archetype(
        {"en": "Can't lose them", "ru": "Нельзя потерять"},
        (high("recency_days", 0.6), high("order_count", 0.7), high("revenue", 0.7)),
    ),
    Archetype(
        {"en": "New", "ru": "Новички"},
        (low("age_days", 0.25), most("order_count", 2)),
    ),
    Archetype(
        {"en": "One-time buyers", "ru": "Разовые покупатели"},
        (most("order_count", 1), high("recency_days", 0.4)),
        of_a_lifetime=True,
    ),
    Archetype(
        {"en": "Loyal", "ru": "Лояльные"},
        (low("recency_days", 0.6), high("order_count", 0.6), least("order_count", 3)),
    ),
    Archetype(
        {"en": "At risk", "ru": "В зоне риска"},
        (high("recency_days", 0.6), high("order_count", 0.5), least("order_count", 2)),
    ),
    Archetype(
        {"en": "Potential loyalists", "ru": "Потенциально лояльные"},
        (low("recency_days", 0.4), least("order_count", 2), low("order_count", 0.7)),
    ),
    Archetype(
        {"en": "Promising", "ru": "Перспективные"},
        (low("recency_days", 0.4), low("order_count", 0.5), high("revenue", 0.25)),
    ),
    Archetype(
        {"en": "Lost", "ru": "Потерянные"},
        (high("recency_days", 0.75), low("order_count", 0.5), low("revenue", 0.4)),
    ),
    Archetype(
        {"en": "Hibernating", "ru": "Спящие"},
        (high("recency_days", 0.6), low("order_count", 0.5), low("revenue", 0.6)),
    ),
    Archetype(
        {"en": "About to sleep", "ru": "Засыпающие"},
        (high("recency_days", 0.4), low("recency_days", 0.75), low("revenue", 0.5)),
    ),
    Archetype(
        {"en": "Need attention", "ru": "Требуют внимания"},
        (high("recency_days", 0.4), low("recency_days", 0.75), high("revenue", 0.4)),
    ),
)
"""In the order in which they are given out: the more telling ones first."""

TRAITS: dict[str, tuple[dict[str, str], dict[str, str] | None, dict[str, str]]] = {
    "recency_days": (
        {"en": "recent", "ru": "недавние"},
        {"en": "quiet lately", "ru": "притихли"},
        {"en": "long silent", "ru": "давно молчат"},
    ),
    "order_count": (
        {"en": "few orders", "ru": "мало заказов"},
        {"en": "several orders", "ru": "несколько заказов"},
        {"en": "many orders", "ru": "много заказов"},
    ),
    "revenue": (
        {"en": "low spend", "ru": "малые траты"},
        {"en": "medium spend", "ru": "средние траты"},
        {"en": "high spend", "ru": "большие траты"},
    ),
    "order_value": (
        {"en": "small orders", "ru": "мелкие заказы"},
        None,
        {"en": "large orders", "ru": "крупные заказы"},
    ),
    "age_days": (
        {"en": "joined lately", "ru": "пришли недавно"},
        None,
        {"en": "long-standing", "ru": "давние клиенты"},
    ),
}
"""What low, middling and high values of a feature are called; without a middle word it goes unsaid."""

ONE_ORDER = {"en": "one order", "ru": "один заказ"}
AVERAGE = {"en": "like the average customer", "ru": "как средний клиент"}
LOW = {"en": "low", "ru": "мало:"}
HIGH = {"en": "high", "ru": "много:"}
ALIKE = {"en": "group", "ru": "группа"}
EVERYONE = {"en": "All customers", "ru": "Все клиенты"}
