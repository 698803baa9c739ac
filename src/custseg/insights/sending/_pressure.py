"""`send_pressure`: how often each segment is mailed, against its own norm, and how many mails a week it bears."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_choice, check_integer, check_random_state
from custseg._frames import frame_from_columns
from custseg._numerics import Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.errors import DataError
from custseg.features import MailRows, mail_rows
from custseg.insights.scorecards._members import Stay, latest_members
from custseg.insights.scorecards._scorecard import check_arrivals
from custseg.insights.sending._fatigue import DAY, fatigue_of, levels
from custseg.insights.sending._pressure_text import SegmentPressure, pressure_text
from custseg.logs import described_logs
from custseg.snapshot import parse_moment
from custseg.texts import LANGUAGES

_CALLER = "send_pressure"
_WEEK, _MONTH = 7, 28
_RESTED, _PRESSED = 0.75, 4 / 3
"""Mails of the last 28 days over the own norm: below and above these a customer is rested, and pressed."""

_REACHED = 0.1
"""Share of a segment's mails of the last 28 days at a level of fatigue from which on it is saturated."""


@dataclass(frozen=True, eq=False, repr=False)
class SendPressure:
    """How often each segment is mailed, how many mails it bears, and who should wait.

    Attributes
    ----------
    segments : tuple of SegmentPressure
        By number; customers in none last.
    customers : table
        A polars DataFrame with one row per customer: `customer_id`, `segment`, `name`, `sends_7d`, `sends_28d`,
        `norm_28d` (mails in 28 days on average since the first one in the window; 0 for fewer than two), `level`
        ("silent", "rested", "usual", "pressed") and `wait`: whether one more mail within seven days would be above the
        cap of the segment.
    as_of : datetime
        The snapshot.
    window_days : int
        Length of the window that gives the norm and the fatigue.
    language : {"en", "ru"}
        Language of `repr`.
    """

    segments: tuple[SegmentPressure, ...]
    customers: Any
    as_of: datetime
    window_days: int
    language: str = field(default="en")

    def __repr__(self) -> str:
        return pressure_text(self.segments, self.as_of, days=self.window_days, language=self.language)


def send_pressure(
    source: object,
    events: object,
    *,
    as_of: object,
    window_days: int = 182,
    random_state: int = 0,
    language: str = "en",
) -> SendPressure:
    """Class each segment by its send pressure against its own norm, and suggest a cap on mails per week.

    Parameters
    ----------
    source : Segmentation or SegmentHistory
        The segments: those of a result, or of the last snapshot of a history at or before `as_of`.
    events : Events or table
        The event log with the mails.
    as_of : date, datetime or ISO text
        The moment of the snapshot; rows at or after it are ignored.
    window_days : int, default 182
        Length of the window before `as_of`. It gives the norm of each customer, the mails after the first one in it
        per 28 days since (at least 28 days), and the clicks by which fatigue is judged.
    random_state : int, default 0
        Seed of the bootstrap.
    language : {"en", "ru"}, default "en"
        Language of the printed result.

    Returns
    -------
    SendPressure

    Raises
    ------
    DataError
        If the log cannot be used, no mail was delivered in the window, or the segments did not exist yet.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Fatigue compares each customer with themselves: clicks on mails that were at least the k-th within seven days, over
    those that the same customers would have given at their own mean rate. So it does not matter that those who click
    most are mailed most. A time at which everybody was mailed more and had other reasons to click less, such as
    January after the sales, is still mistaken for fatigue; only an experiment tells them apart.

    Examples
    --------
    >>> from custseg import Events, fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.insights import send_pressure
    >>> shop = make_shop(300)
    >>> events = Events(shop.events, channel="channel", machine="machine")
    >>> result = fit_segments(shop.orders, as_of=shop.as_of, method="kmeans", n_segments=2)
    >>> pressure = send_pressure(result, events, as_of=shop.as_of)
    >>> [segment.level for segment in pressure.segments][:2]
    ['usual', 'usual']
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    days = check_integer(_CALLER, "window_days", window_days, minimum=_MONTH, maximum=3660)
    seed = check_random_state(_CALLER, random_state)
    moment = parse_moment(as_of, _CALLER)
    if events is None:
        raise TypeError(f"{_CALLER}: events must be an Events or a table, got none. Give the log with the mails.")
    # A week more, so that the first mails of the window have their week before them.
    logs = described_logs(None, events, as_of=moment, caller=_CALLER, window_days=days + _WEEK)
    check_arrivals(logs, _CALLER)
    assert logs.events is not None
    snapshot = logs.snapshot_of(logs.events)
    rows = mail_rows(logs.events, snapshot, logs.event_facts)
    if not len(rows.mails):
        raise DataError(
            f"{_CALLER}: no mail was delivered in the {days} days before {moment:%Y-%m-%d}. Give another as_of, or a "
            "longer window_days."
        )
    clock = logs.events.dates
    stay = latest_members(source, moment, clock=lambda when: clock.snapshot(when).moment, caller=_CALLER)
    mailing = _mailing(stay, rows, now=snapshot.moment, days=days)
    return _result(stay, mailing, moment, days=days, seed=seed, language=language)


@dataclass(frozen=True, eq=False)
class _Mailing:
    """Sends and mails with the row of their customer among the members, and per member the counts."""

    owner: Integers
    level: Integers
    clicked: Floats
    is_late: Integers
    sends_7d: Integers
    sends_28d: Integers
    norm: Floats


def _mailing(stay: Stay, rows: MailRows, *, now: int, days: int) -> _Mailing:
    ids = stay.members.with_row_index("row").select("customer_id", "row")
    ids = ids.with_columns(nw.col("customer_id").cast(rows.mails.schema["customer"]))
    sends, mails = (
        table.rename({"customer": "customer_id"}).join(ids, on="customer_id", how="inner").sort("row", "moment")
        for table in (rows.sends, rows.mails)
    )
    owner, at = (np.asarray(sends.get_column(name).to_numpy(), dtype=np.int64) for name in ("row", "moment"))
    mail_owner, mail_at = (np.asarray(mails.get_column(name).to_numpy(), dtype=np.int64) for name in ("row", "moment"))
    n = len(ids)
    counts = {span: np.bincount(owner[at >= now - span * DAY], minlength=n) for span in (_WEEK, _MONTH, days)}
    first = np.full(n, now, dtype=np.int64)
    inside = at >= now - days * DAY
    np.minimum.at(first, owner[inside], at[inside])
    exposure = np.clip(np.ceil((now - first) / DAY), _MONTH, days)
    # The first mail begins the exposure and is no part of it: counted, it would make every norm too high.
    norm = np.maximum(counts[days] - 1, 0) * _MONTH / exposure
    recent = mail_at >= now - days * DAY
    return _Mailing(
        mail_owner[recent],
        levels(mail_owner, mail_at, days=_WEEK)[recent],
        mails.get_column("clicked").to_numpy().astype(np.float64)[recent],
        (mail_at >= now - _MONTH * DAY).astype(np.int64)[recent],
        counts[_WEEK],
        counts[_MONTH],
        norm,
    )


def _result(stay: Stay, mailing: _Mailing, moment: datetime, *, days: int, seed: int, language: str) -> SendPressure:
    segment = stay.members.get_column("segment").to_numpy()
    names = stay.members.get_column("name").to_list()
    groups: dict[tuple[bool, int, str], list[int]] = {}
    for row, (number, name) in enumerate(zip(segment.tolist(), names, strict=True)):
        groups.setdefault((number < 0, number, name), []).append(row)
    caps: list[int | None] = [None] * len(names)
    entries = []
    for (is_none, number, name), members in sorted(groups.items()):
        entry = _segment(np.array(members), mailing, seed=seed)
        entries.append(replace(entry, segment=None if is_none else number, name=name))
        for row in members:
            caps[row] = entry.cap
    classes = [_class(*pair) for pair in zip(mailing.sends_28d.tolist(), mailing.norm.tolist(), strict=True)]
    columns = {
        "customer_id": stay.members.get_column("customer_id").to_list(),
        "segment": [None if number < 0 else number for number in segment.tolist()],
        "name": names,
        "sends_7d": mailing.sends_7d,
        "sends_28d": mailing.sends_28d,
        "norm_28d": mailing.norm,
        "level": classes,
        "wait": [cap is not None and sends >= cap for cap, sends in zip(caps, mailing.sends_7d.tolist(), strict=True)],
    }
    return SendPressure(tuple(entries), frame_from_columns(columns), moment, days, language)


def _segment(members: Integers, mailing: _Mailing, *, seed: int) -> SegmentPressure:
    """The figures of the members of one segment."""
    own = np.isin(mailing.owner, members)
    fatigue = fatigue_of(mailing.owner[own], mailing.level[own], mailing.clicked[own], seed=seed)
    sends, norm = mailing.sends_28d[members], mailing.norm[members]
    has_norm = norm > 0
    compared = float(sends[has_norm].sum()), float(norm[has_norm].sum())
    ratio = compared[0] / compared[1] if has_norm.any() else float("nan")
    level = "unknown" if int(has_norm.sum()) < SMALLEST_GROUP else _class(*compared)
    late = own & (mailing.is_late == 1)
    if level not in ("unknown", "silent") and fatigue.level is not None and late.any():
        reached = float((mailing.level[late] >= fatigue.level).mean())
        level = "saturated" if reached >= _REACHED else level
    cap = fatigue.observed if fatigue.level is None else fatigue.level - 1
    return SegmentPressure(
        None, "", len(members), float(sends.mean()), ratio, level, fatigue, None if level == "unknown" else cap
    )


def _class(sends: float, norm: float) -> str:
    """The class of so many mails in 28 days against the norm."""
    if not sends or not norm:
        return "usual" if sends else "silent"
    ratio = sends / norm
    return "rested" if ratio < _RESTED else "pressed" if ratio > _PRESSED else "usual"
