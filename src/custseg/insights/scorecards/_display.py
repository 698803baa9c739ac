"""The scorecard as text: three tables, the best by one measure, alerts and the rules of counting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from custseg._privacy import SMALLEST_GROUP, share_words
from custseg.insights.scorecards._complaints import ComplaintAlert
from custseg.insights.scorecards._estimates import Figure
from custseg.insights.scorecards._ranking import Ranking
from custseg.insights.scorecards._rows import ScoreRow
from custseg.texts import DASH, localized, number, percent, printable, table, text

BLOCKS = (
    ("open_rate", "machine_open_rate", "click_rate", "click_to_open"),
    ("conversion_rate", "unsubscribe_rate", "complaint_rate", "bounce_rate"),
    ("revenue_per_customer", "revenue_per_mail"),
)
MONEY = BLOCKS[2]
_MOST_CAMPAIGNS = 10


class Card(Protocol):
    """What is read of a `Scorecard`."""

    @property
    def segments(self) -> tuple[ScoreRow, ...]:
        """The segments."""

    @property
    def campaigns(self) -> tuple[ScoreRow, ...]:
        """The campaigns."""

    @property
    def since(self) -> datetime:
        """The beginning of the period."""

    @property
    def until(self) -> datetime:
        """Its end."""

    @property
    def conversion_days(self) -> int:
        """The window of a conversion."""

    @property
    def marks_machines(self) -> bool:
        """Whether the log marks machines."""

    @property
    def outside(self) -> int:
        """Mails outside the segments."""

    @property
    def language(self) -> str:
        """The language."""

    @property
    def alerts(self) -> tuple[ComplaintAlert, ...]:
        """The complaint alerts."""

    def ranking(self, measure: str = ..., *, of: str = ...) -> Ranking:
        """The ranking by one measure."""


def card_text(card: Card) -> str:
    """What `repr` prints."""
    blocks = [["", *table(rows, left={0})] for rows in card_tables(card)]
    more = further_campaigns(card)
    lines = [card_title(card), *(line for block in blocks for line in block), *([more] if more else [])]
    return "\n".join([*lines, "", *card_sentences(card), "", *card_rules(card)])


def card_title(card: Card) -> str:
    """The period."""
    return str(text(card.language, "scorecard")["title"]).format(since=_day(card.since), until=_day(card.until))


def card_tables(card: Card) -> list[list[list[str]]]:
    """The tables of the segments, and that of the campaigns by click rate, as texts; each has its headings first."""
    words = text(card.language, "scorecard")
    blocks = [_block(card.segments, block, card.language, head=words["segment"]) for block in BLOCKS]
    return [block for block in [*blocks, _campaigns(card)] if block]


def card_sentences(card: Card) -> list[str]:
    """The best segment and campaign, and the alerts about complaints."""
    rankings = [ranking_text(card, of) for of in ("segments", "campaigns") if getattr(card, of)]
    return [*rankings, *alert_lines(card.alerts, card.language)]


def _day(moment: object) -> str:
    return str(moment).removesuffix(" 00:00:00")


def _block(rows: tuple[ScoreRow, ...], measures: tuple[str, ...], language: str, *, head: str) -> list[list[str]]:
    """One table of the segments or campaigns; empty where the logs give none of its measures."""
    words = text(language, "scorecard")
    present = [name for name in measures if any(name in row.figures for row in rows)]
    if not present:
        return []
    titles = [head, words["customers"], words["delivered"], *(words["measures"][name] for name in present)]
    cells = [
        [
            printable(row.name),
            count_text(row.customers, language),
            count_text(row.delivered, language),
            *(figure_text(row.figures.get(name), language) for name in present),
        ]
        for row in rows
    ]
    return [titles, *cells]


def _campaigns(card: Card) -> list[list[str]]:
    """The campaigns by click rate, the best first; of many the first ten."""
    if not card.campaigns:
        return []
    words = text(card.language, "scorecard")
    order = [entry.name for entry in card.ranking(of="campaigns").ranked]
    position = {name: index for index, name in enumerate(order)}
    rows = sorted(card.campaigns, key=lambda row: position.get(row.name, len(order)))[:_MOST_CAMPAIGNS]
    measures = ("open_rate", "click_rate", "conversion_rate", "unsubscribe_rate", "revenue_per_mail")
    return _block(tuple(rows), measures, card.language, head=words["campaign"])


def further_campaigns(card: Card) -> str:
    """How many campaigns are not listed; "" for none."""
    more = len(card.campaigns) - _MOST_CAMPAIGNS
    return str(text(card.language, "language", "more").format(count=number(more, card.language))) if more > 0 else ""


def count_text(count: int, language: str) -> str:
    """A count of customers or mails; "<10" for 1 to 9."""
    return f"<{SMALLEST_GROUP}" if 0 < count < SMALLEST_GROUP else number(count, language)


def figure_text(figure: Figure | None, language: str) -> str:
    """A figure with its interval, as far as it may be shown: `12.3% (10.1–14.8%)`, `0 (up to 0.6%)` or `<2%`."""
    if figure is None or math.isnan(figure.value):
        return DASH
    if figure.events is None:
        return DASH if figure.is_hidden else _money_text(figure, language)
    if figure.is_hidden:
        # A row that is hidden for the sake of another one has no bound of its own to show.
        is_own = min(figure.events, figure.total - figure.events) in range(1, SMALLEST_GROUP)
        is_own = is_own and figure.customers >= SMALLEST_GROUP
        return (share_words(figure.events, figure.total, language) if is_own else None) or DASH
    if figure.events == 0:
        words = text(language, "scorecard", "none")
        return str(words).format(bound=percent(figure.at_most, language, decimals=1))
    return f"{share_text(figure.value, language)} ({_range(figure, language)})"


def share_text(share: float, language: str) -> str:
    """A share with one decimal, and two below 1 %."""
    return percent(share, language, decimals=1 if share >= 0.01 else 2)


def _range(figure: Figure, language: str) -> str:
    decimals = 1 if figure.value >= 0.01 else 2
    low = localized(f"{100 * figure.low:.{decimals}f}", language)
    return f"{low}–{percent(figure.high, language, decimals=decimals)}"


def _money_text(figure: Figure, language: str) -> str:
    value = number(figure.value, language)
    if not (math.isfinite(figure.low) and math.isfinite(figure.high)):
        return value
    return f"{value} ({number(figure.low, language)}–{number(figure.high, language)})"


def ranking_text(card: Card, of: str) -> str:
    """One sentence about the best, by conversion where there are enough purchases, else by clicks."""
    words = text(card.language, "scorecard")
    measures = [measure for measure in ("conversion_rate", "click_rate") if _has(card, measure, of)]
    rankings = [card.ranking(measure, of=of) for measure in measures]
    ranking = next((entry for entry in rankings if entry.verdict != "not_enough_data"), rankings[-1])
    return ranking_sentence(ranking, words["of"][of], card.language)


def _has(card: Card, measure: str, of: str) -> bool:
    rows = getattr(card, of)
    return any(measure in row.figures for row in rows)


def ranking_sentence(ranking: Ranking, of: str, language: str) -> str:
    """The verdict of a ranking in words."""
    words = text(language, "scorecard")
    best = ranking.ranked[0] if ranking.ranked else None
    # What to expect again would tell a figure that is hidden.
    is_hidden = ranking.verdict == "winner" and best is not None and best.figure.is_hidden
    return str(words["verdicts"]["winner_hidden" if is_hidden else ranking.verdict]).format(
        of=of,
        measure=words["measures"][ranking.measure],
        name=printable(best.name) if best else "",
        value=value_text(best.shrunken, ranking.measure, language) if best else "",
    )


def value_text(value: float, measure: str, language: str) -> str:
    """A value in the unit of its measure."""
    return number(value, language) if measure in MONEY else share_text(value, language)


def alert_lines(alerts: Sequence[ComplaintAlert], language: str) -> list[str]:
    """A sentence for each alert, and one for all rates of which too little is known; 1 to 9 are not disclosed."""
    words = text(language, "scorecard", "alerts")
    lines = [
        str(words[alert.level]).format(
            name=printable(alert.name),
            rate=figure_text(alert.figure, language),
            delivered=count_text(alert.figure.total, language),
        )
        for alert in alerts
        if alert.level not in ("open", "clear")
    ]
    if unknown := [alert for alert in alerts if alert.level == "open"]:
        quoted = str(text(language, "report", "quoted"))
        names = ", ".join(quoted.format(name=printable(alert.name)) for alert in unknown)
        lines.append(str(words["open"]).format(names=names, needed=number(unknown[0].needed, language)))
    return lines


def card_rules(card: Card) -> list[str]:
    """How was counted: the window and the attribution, machine opens, mails outside the segments."""
    words, language = text(card.language, "scorecard", "rules"), card.language
    lines = [words["intervals"]]
    if any("conversion_rate" in row.figures for row in card.segments):
        lines.append(words["conversion"].format(days=number(card.conversion_days, language)))
    if any("open_rate" in row.figures for row in card.segments):
        lines.append(words["machines" if card.marks_machines else "no_machines"])
    if card.outside:
        lines.append(words["outside"].format(count=count_text(card.outside, language)))
    return [str(line) for line in lines]
