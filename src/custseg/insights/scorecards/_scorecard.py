"""`scorecard`: opens, clicks, purchases, complaints and money of each segment in a period, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_choice, check_integer, check_random_state
from custseg._frames import collect
from custseg._numerics import Integers
from custseg.errors import DataError
from custseg.features import MailRows, arrival_event, clocks_agree, mail_rows
from custseg.insights.scorecards._cells import DAY, OF_MAILS, Cells, Happenings, cells
from custseg.insights.scorecards._conversions import purchase_rows, with_conversions
from custseg.insights.scorecards._estimates import Figure, money_figure, rate_figures
from custseg.insights.scorecards._members import Group, stays
from custseg.insights.scorecards._result import Scorecard
from custseg.insights.scorecards._rows import AMOUNTS, RATES, ScoreRow, with_hidden
from custseg.logs import Logs, described_logs
from custseg.snapshot import parse_moment
from custseg.texts import LANGUAGES

_CALLER = "scorecard"


def scorecard(
    source: object,
    events: object,
    orders: object = None,
    *,
    since: object,
    until: object,
    conversion_days: int = 7,
    refunds: str = "net",
    random_state: int = 0,
    language: str = "en",
) -> Scorecard:
    """Measure opens, clicks, conversions, complaints and revenue of each segment in a period, with 95 % intervals.

    Only what happened while the customer was in the segment counts: a mail belongs to the segment in which its
    customer was when it was delivered, with its later opens, clicks, complaints and purchases; revenue belongs to
    the segment at the time of the order.

    Parameters
    ----------
    source : SegmentHistory or Segmentation
        A history, whose snapshots each stand until the next one; or a result, whose segments stand from its `as_of`
        on. Nothing is counted before the first snapshot.
    events : Events or table
        The event log with the mails.
    orders : Orders or table, optional
        The order log, for conversions and revenue.
    since, until : date, datetime or ISO text
        The period [since, until). Rows at or after `until` are ignored.
    conversion_days : int, default 7
        A purchase counts for the last mail that was delivered to its customer within so many days before it
        (last touch). Mails that are younger at `until` are in neither count: it is too early to say.
    refunds : {"net", "gross", "error"}, default "net"
        As in `build_features`.
    random_state : int, default 0
        Seed of the bootstrap.
    language : {"en", "ru"}, default "en"
        Language of the printed scorecard.

    Returns
    -------
    Scorecard
        For each segment and campaign, as far as the logs have them:

        - `open_rate`: mails opened by a person / delivered; a click implies an open. `machine_open_rate`: mails
          opened by a machine and by no person / delivered. Without a column that marks machines (`Events(machine=)`)
          opens are doubtful, and clicks preferable.
        - `click_rate`: mails clicked / delivered; `click_to_open`: clicked / opened by a person.
        - `conversion_rate`: mails with a purchase / delivered mails whose window has ended;
          `revenue_per_mail`: the money of these purchases / the same mails. They tell what followed a mail, not what
          it caused: that takes a hold-out group.
        - `unsubscribe_rate`, `complaint_rate`: of the delivered mails; `bounce_rate`: of the sent ones.
        - `revenue_per_customer`: net money in the period / customers who were in the segment in the period.

    Raises
    ------
    DataError
        If a log cannot be used, no mail was delivered in the period, or the segments did not exist in it.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    The mails of one customer are not independent: who opens one opens the next. Wilson's interval on the plain
    number of mails covers in 65 to 90 % of simulations instead of 95 %. Here the number of mails is divided by a
    design effect that is estimated from the customers, see the guide; intervals of money are bootstrap-t over
    customers (above 20,000 customers by the delta method). `benchmarks/scorecard.py` prints the coverage.

    References
    ----------
    Dean, N. and Pagano, M. (2015). Evaluating confidence interval methods for binomial proportions in clustered
    surveys. Journal of Survey Statistics and Methodology 3(4), 484-503. doi:10.1093/jssam/smv024

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.insights import scorecard
    >>> from custseg.tracking import SegmentHistory
    >>> ids = [f"C{number:03}" for number in range(200)]
    >>> history = SegmentHistory("history")
    >>> segments = pl.DataFrame({"customer_id": ids, "segment": [0] * 120 + [1] * 80})
    >>> names = pl.col("segment").replace_strict({0: "Loyal", 1: "New"}).alias("name")
    >>> history.record(segments.with_columns(names), "2024-06-01")
    True
    >>> log = pl.DataFrame({"customer_id": [*ids, *ids[:30]], "event": ["delivered"] * 200 + ["opened"] * 30})
    >>> events = log.with_columns(occurred_at=pl.lit("2024-06-03 09:00"))
    >>> card = scorecard(history, events, since="2024-06-01", until="2024-07-01")
    >>> [(row.name, row.delivered, row.figures["open_rate"].value) for row in card.segments]
    [('Loyal', 120, 0.25), ('New', 80, 0.0)]
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    days = check_integer(_CALLER, "conversion_days", conversion_days, minimum=1, maximum=366)
    seed = check_random_state(_CALLER, random_state)
    start, end = period(since, until, _CALLER)
    if events is None:
        raise TypeError(f"{_CALLER}: events must be an Events or a table, got none. Give the log with the mails.")
    logs = described_logs(orders, events, as_of=end, caller=_CALLER, refunds=refunds)
    mails = mails_of_period(logs, start, _CALLER)
    happenings = _happenings(logs, mails, start, days=days)
    assert logs.events is not None
    clock = logs.events.dates
    spans = stays(source, start, end, clock=lambda moment: clock.snapshot(moment).moment, caller=_CALLER)
    sums = cells(spans, happenings, (logs.events, logs.orders), caller=_CALLER)
    _check_any_delivered(sums, start, end)
    measures = _measures(mails, logs)
    segments = _segment_rows(sums, logs, measures, seed=seed)
    campaigns = _campaign_rows(sums, logs, measures, seed=seed)
    return Scorecard(segments, campaigns, start, end, days, mails.marks_machines, sums.outside, language)


def period(since: object, until: object, caller: str) -> tuple[datetime, datetime]:
    """The ends of the period, checked."""
    start, end = parse_moment(since, caller, "since"), parse_moment(until, caller, "until")
    if (start.tzinfo is None) != (end.tzinfo is None):
        raise ValueError(f"{caller}: since and until must both have a time zone, or none. Write both in one way.")
    if start >= end:
        raise ValueError(f"{caller}: since must lie before until, got {start} and {end}. Exchange them.")
    return start, end


def check_arrivals(logs: Logs, caller: str) -> None:
    """Raise where the log does not say which mails arrived."""
    if arrival_event(logs.event_facts) is None:
        raise DataError(
            f"{caller}: events of mail are needed that say which mails arrived, 'delivered' or 'sent'. Give the log's "
            "own names with Events(names={'mail_ok': 'delivered'}), and check channel=: where there is a channel, "
            "only 'email' counts."
        )


def mails_of_period(logs: Logs, start: datetime, caller: str) -> MailRows:
    """The mails of the period; DataError where the log has none that was sent or delivered."""
    assert logs.events is not None
    check_arrivals(logs, caller)
    facts = logs.event_facts
    snapshot = replace(logs.snapshot_of(logs.events), start=logs.events.dates.snapshot(start).moment)
    rows = mail_rows(logs.events, snapshot, facts)
    if not len(rows.mails):
        raise DataError(
            f"{caller}: no mail was delivered from {start:%Y-%m-%d} to {logs.as_of:%Y-%m-%d}; all mails of the log lie "
            "outside the period. Give since and until that hold some."
        )
    return rows


def _happenings(logs: Logs, rows: MailRows, start: datetime, *, days: int) -> Happenings:
    assert logs.events is not None
    mails, zeros = rows.mails.with_columns(nw.lit(1, nw.Int64).alias("delivered")), nw.lit(0, nw.Int64)
    sends = rows.sends.with_columns(nw.lit(1, nw.Int64).alias("sent"))
    if logs.orders is None:
        return Happenings(mails.with_columns(zeros.alias(n) for n in OF_MAILS if n not in mails.columns), sends, None)
    purchases = collect(purchase_rows(logs, logs.orders.dates.snapshot(start).moment))
    purchases = purchases.with_columns(nw.col(name).cast(nw.Int64) for name in ("moment", "day", "money"))
    purchases = purchases.with_columns(nw.col("customer").cast(mails.schema["customer"]))
    end = logs.snapshot_of(logs.events)
    mails = with_conversions(
        mails, purchases, until=end.moment, until_day=end.day, days=days, exact=clocks_agree(logs.orders, logs.events)
    )
    return Happenings(mails, sends, purchases)


def _check_any_delivered(sums: Cells, start: datetime, end: datetime) -> None:
    if not int(sums.by_segment.get_column("delivered").sum()):
        raise DataError(
            f"{_CALLER}: no customer of the segments got a mail from {start:%Y-%m-%d} to {end:%Y-%m-%d} while in a "
            "segment. Check that the ids of both are those of the same customers, and that the first snapshot lies "
            "before the mails."
        )


def _measures(mails: MailRows, logs: Logs) -> list[str]:
    """The measures that the logs can give."""
    counts, names = logs.event_facts.mail_counts, list(RATES)
    if not mails.records_opens:
        names = [name for name in names if name not in ("open_rate", "machine_open_rate", "click_to_open")]
    if not mails.marks_machines and "machine_open_rate" in names:
        names.remove("machine_open_rate")
    if not counts["bounced"]:
        names.remove("bounce_rate")
    if logs.orders is None:
        names.remove("conversion_rate")
    elif logs.orders.has_money:
        names += list(AMOUNTS)
    return names


def _figures(
    tables: Sequence[nw.DataFrame[Any]], measures: Sequence[str], *, unit: float, seed: int
) -> list[dict[str, Figure]]:
    """The figures of each table of customers, by measure."""
    figures: list[dict[str, Figure]] = [{} for _ in tables]

    def column(table: nw.DataFrame[Any], name: str) -> Integers:
        return np.asarray(table.get_column(name).to_numpy(), dtype=np.int64)

    for measure in measures:
        if measure in RATES:
            counts = [(column(table, RATES[measure][0]), column(table, RATES[measure][1])) for table in tables]
            results = rate_figures(measure, counts)
        else:
            amount, base = AMOUNTS[measure]
            amounts, bases = ([column(table, name).astype(np.float64) for table in tables] for name in (amount, base))
            results = [
                money_figure(measure, money * unit, n, seed=seed) for money, n in zip(amounts, bases, strict=True)
            ]
        for entry, figure in zip(figures, results, strict=True):
            entry[measure] = figure
    return figures


def _unit(logs: Logs) -> float:
    return 1.0 if logs.orders is None else 10.0**-logs.order_facts.orders.money_digits


def _segment_rows(sums: Cells, logs: Logs, measures: Sequence[str], *, seed: int) -> tuple[ScoreRow, ...]:
    tables = [sums.by_segment.filter(nw.col("group") == index) for index in range(len(sums.groups))]
    figures = _figures(tables, measures, unit=_unit(logs), seed=seed)

    def row(group: Group, table: nw.DataFrame[Any], entry: dict[str, Figure]) -> ScoreRow:
        customers = int(table.get_column("member").sum())
        days = float(table.get_column("duration").sum()) / DAY / customers if customers else 0.0
        return ScoreRow(group.segment, group.name, customers, days, int(table.get_column("delivered").sum()), entry)

    return with_hidden([row(*columns) for columns in zip(sums.groups, tables, figures, strict=True)])


def _campaign_rows(sums: Cells, logs: Logs, measures: Sequence[str], *, seed: int) -> tuple[ScoreRow, ...]:
    table = sums.by_campaign
    names = sorted(table.filter(nw.col("delivered") > 0).get_column("campaign").unique().to_list())
    tables = [table.filter(nw.col("campaign") == name) for name in names]
    measures = [measure for measure in measures if measure != "revenue_per_customer"]
    figures = _figures(tables, measures, unit=_unit(logs), seed=seed)
    rows = [
        ScoreRow(None, name, int((part.get_column("delivered") > 0).sum()), None,
                 int(part.get_column("delivered").sum()), entry)
        for name, part, entry in zip(names, tables, figures, strict=True)
    ]  # fmt: skip
    return with_hidden(rows)
