"""The words of descriptive names, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Words = Mapping[str, str]

UNCLUSTERED = {
    "prospects": {"en": "Prospects", "ru": "Без покупок"},
    "inactive": {"en": "No order in the window", "ru": "Без заказов за период"},
    "no data": {"en": "No data", "ru": "Нет данных"},
    "unclustered": {"en": "In no segment", "ru": "Вне сегментов"},
}
"""Names of the row of customers that are in no segment."""


@dataclass(frozen=True)
class Trait:
    """What low, middling and high values of a feature are called.

    A word that claims more than a place among all has a limit for the segment's median, beyond which the relative
    word stands in its place.
    """

    low: Words
    high: Words
    middle: Words | None = None
    low_limit: float | None = None
    high_limit: float | None = None
    lower: Words | None = None
    higher: Words | None = None


def _both(en: str, ru: str) -> Words:
    return {"en": en, "ru": ru}


TRAITS: Mapping[str, Trait] = {
    "recency_days": Trait(
        _both("recent", "покупали недавно"), _both("no order for long", "давно не покупали"),
        _both("average recency", "средняя давность покупки"), 90, 60,
        _both("more recent than most", "покупали позже большинства"),
        _both("less recent than most", "не покупали дольше большинства"),
    ),
    "order_count": Trait(
        _both("few orders", "мало заказов"), _both("many orders", "много заказов"),
        _both("average number of orders", "среднее число заказов"), 4, 4,
        _both("fewer orders than most", "заказов меньше, чем у большинства"),
        _both("more orders than most", "заказов больше, чем у большинства"),
    ),
    "revenue": Trait(
        _both("low spend", "низкие траты"), _both("high spend", "высокие траты"),
        _both("average spend", "средние траты"),
    ),
    "order_value": Trait(
        _both("small orders", "низкий чек"), _both("large orders", "высокий чек"),
    ),
    "age_days": Trait(
        _both("joined lately", "пришли недавно"), _both("long-standing", "давние клиенты"), None, 120, 180,
        _both("joined later than most", "пришли позже большинства"),
        _both("joined earlier than most", "пришли раньше большинства"),
    ),
    "discount_share": Trait(
        _both("pay full price", "покупают без скидок"), _both("buy on discount", "покупают со скидкой"), None, 0.1, 0.4,
        _both("fewer discounts than most", "скидок меньше, чем у большинства"),
        _both("more discounts than most", "скидок больше, чем у большинства"),
    ),
    "peak_share": Trait(
        _both("buy in season less than most", "в сезон покупают меньше большинства"),
        _both("buy in season", "покупают в сезон"), None, None, 0.5, None,
        _both("buy in season more than most", "в сезон покупают больше большинства"),
    ),
    "return_share": Trait(
        _both("few returns", "мало возвратов"), _both("many returns", "много возвратов"), None, 0.05, 0.2,
        _both("fewer returns than most", "возвратов меньше, чем у большинства"),
        _both("more returns than most", "возвратов больше, чем у большинства"),
    ),
    "trend": Trait(
        _both("orders thinning out", "покупают всё реже"),
        _both("orders picking up", "покупают всё чаще"), None, -0.2, 0.2,
        _both("orders pick up less than most", "темп покупок растёт меньше, чем у большинства"),
        _both("orders thin out less than most", "темп покупок падает меньше, чем у большинства"),
    ),
    "overdue_ratio": Trait(
        _both("keep to their rhythm", "держат свой ритм"),
        _both("overdue for an order", "давно пора заказать"), None, 1, 1.5,
        _both("less overdue than most", "задержались меньше большинства"),
        _both("silent for longer, for their rhythm, than most", "для своего ритма молчат дольше большинства"),
    ),
    "gap_days_mean": Trait(
        _both("short gaps between orders", "короткие паузы между заказами"),
        _both("long gaps between orders", "длинные паузы между заказами"),
    ),
    "click_rate_shrunk": Trait(
        _both("seldom click in mails", "редко переходят из писем"),
        _both("often click in mails", "часто переходят из писем"),
    ),
    "engagement_email": Trait(
        _both("little interest in mail", "мало интереса к письмам"),
        _both("interested in mail", "интересуются письмами"),
    ),
    "engagement_web": Trait(
        _both("seldom on the site", "редко на сайте"), _both("often on the site", "часто на сайте"),
    ),
    "days_since_click": Trait(
        _both("clicked a mail lately", "недавно переходили из писем"),
        _both("no click in mails for long", "давно не переходили из писем"),
        None, 60, 60,
        _both("clicked a mail more recently than most", "переходили из писем позже большинства"),
        _both("clicked a mail longer ago than most", "не переходили из писем дольше большинства"),
    ),
    "days_since_visit": Trait(
        _both("visited lately", "недавно заходили"), _both("no visit for long", "давно не заходили"),
        None, 30, 60,
        _both("visited more recently than most", "заходили позже большинства"),
        _both("visited longer ago than most", "не заходили дольше большинства"),
    ),
    "engagement": Trait(
        _both("little activity", "мало активности"), _both("much activity", "много активности"),
    ),
    "emails_delivered": Trait(
        _both("get few mails", "получают мало писем"), _both("get many mails", "получают много писем"),
    ),
    "sessions": Trait(
        _both("few visits", "мало визитов"), _both("many visits", "много визитов"),
    ),
    "cart_abandon_rate": Trait(
        _both("complete their carts", "редко бросают корзину"), _both("abandon carts", "бросают корзину"),
        None, 0.3, 0.5,
        _both("abandon fewer carts than most", "бросают корзину реже большинства"),
        _both("abandon more carts than most", "бросают корзину чаще большинства"),
    ),
}  # fmt: skip

MAIN = ("recency_days", "order_count", "revenue")
"""Told first, and in this order."""

ONE_ORDER = _both("one order", "один заказ")
ONE_ORDER_IN_WINDOW = _both("one order in the window", "один заказ за период")
ALIKE = _both("like the average customer", "как средний клиент")
UNCLEAR = _both("no strong difference", "без сильных отличий")
TOO_FEW = _both("too few to describe", "слишком мало для описания")
EVERYONE = _both("All customers", "Все клиенты")
GROUP = _both("group", "группа")
LOW = _both("low {}", "ниже: {}")
HIGH = _both("high {}", "выше: {}")
OTHERS = _both("others {}", "остальные {}")
ABOVE = _both("over {}:", "больше {}:")
BELOW = _both("under {}:", "меньше {}:")

STABILITY = {
    "dissolved": _both("dissolved", "распадается"),
    "a pattern": _both("a pattern", "закономерность без чётких границ"),
    "stable": _both("stable", "устойчив"),
    "very stable": _both("very stable", "очень устойчив"),
}
"""The texts of each `StabilityLevel`."""
