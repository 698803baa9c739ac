"""The features of events in plain Python: slow, and plain enough to be believed. Moments have no zone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

Line = Mapping[str, Any]
BY_HAND = {"opened", "clicked", "visited", "viewed", "carted", "checkout", "ad_clicked"}
WEB = ["visited", "viewed", "carted", "checkout", "ordered"]
MAIL = {"sent", "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained"}
POINTS = {
    "opened": ("email", 1), "clicked": ("email", 3), "visited": ("web", 1), "viewed": ("web", 0.5),
    "carted": ("web", 3), "checkout": ("web", 4), "ad_clicked": ("web", 2),
    "ordered": ("orders", 10), "redeemed": ("orders", 5),
}  # fmt: skip
HALF_LIVES = {"email": 30, "web": 10, "orders": 120}
STAGES = ["none", "visit", "view", "cart", "checkout", "order", "repeat"]
HALF_HOUR, DAY = timedelta(minutes=30), timedelta(days=1)


def features_by_hand(
    log: Iterable[Line], as_of: datetime, *, window_days: int | None = None
) -> dict[Any, dict[str, Any]]:
    """All that the three families say of each known customer, but for what is shrunk to the base."""
    start = datetime.min if window_days is None else as_of - timedelta(days=window_days)
    before = [line for line in log if line["occurred_at"] is not None and line["occurred_at"] < as_of]
    told = {line["event"] for line in before if _is_mail(line)}
    by_day = told - {line["event"] for line in before if _is_mail(line) and line["occurred_at"].time() != time()}
    customers: dict[Any, list[Line]] = defaultdict(list)
    for line in before:
        if not _blank(line["customer_id"]):
            customers[line["customer_id"]].append(line)
    return {
        customer: {
            **_email(lines, as_of, start, told, by_day),
            **_web(lines, as_of, start),
            **_engagement(lines, as_of, start),
        }
        for customer, lines in customers.items()
    }


def _email(lines: list[Line], as_of: datetime, start: datetime, told: set[str], by_day: set[str]) -> dict[str, Any]:
    mails = [line for line in lines if _is_mail(line)]
    arrival = next((name for name in ("delivered", "sent") if name in told), None)
    delivered, opened, clicked = _counted_mails(mails, arrival, start, by_day)
    sends = {"sent"} if "sent" in told else {"delivered", "bounced"}
    sent = {(_key(m), m["occurred_at"]) for m in mails if m["event"] in sends}
    inside = [at for _, at in sent if at >= start]
    weeks = {days: sum(at >= as_of - timedelta(days=days) for at in inside) for days in (7, 28)}
    clicks = [m["occurred_at"] for m in mails if _act(m) == "clicked" and m["occurred_at"] >= start]
    return {
        "emails_delivered": delivered if arrival else None,
        "emails_opened": None if "clicked" in told and "opened" not in told else opened,
        "emails_clicked": clicked,
        "open_rate": opened / delivered if delivered and arrival and _tells_opens(told) else None,
        "click_rate": clicked / delivered if delivered and arrival else None,
        "click_to_open": clicked / opened if opened and _tells_opens(told) else None,
        "days_since_click": (as_of.date() - max(clicks).date()).days if clicks else None,
        "send_pressure_7d": weeks[7],
        "send_pressure_28d": weeks[28],
        "send_pressure_ratio": _pressure_ratio(sent, inside, weeks[28], as_of, start),
        **_states(mails, arrival, by_day),
    }


def _counted_mails(mails: list[Line], arrival: str | None, start: datetime, by_day: set[str]) -> tuple[int, int, int]:
    """Mails that arrived in the window, those opened, those clicked."""
    facts: dict[Any, set[str]] = defaultdict(set)
    begun: dict[Any, datetime] = {}
    arrivals: dict[Any, list[datetime]] = defaultdict(list)
    for mail in mails:
        if _act(mail) in ({"opened", "clicked"} if arrival is None else {arrival}):
            arrivals[_key(mail)].append(mail["occurred_at"])
    for mail in mails:
        at, key = mail["occurred_at"], _key(mail)
        if arrival is None:
            one: Any = (key, at.date())
            same = [a for a in arrivals[key] if a.date() == at.date()]
            began = max(same, default=None)
        else:
            began = _mail_of(at, _act(mail), arrivals[key], arrival, by_day)
            if began is None and key is not None:
                began = min(arrivals[key], default=None)
            one = (key, began)
        if began is not None and _act(mail):
            facts[one].add(str(_act(mail)))
            begun[one] = began
    counted = [facts[one] for one, at in begun.items() if at >= start]
    if arrival == "sent":
        counted = [names for names in counted if "bounced" not in names]
    opened = [names for names in counted if names & {"opened", "clicked"}]
    return len(counted), len(opened), sum("clicked" in names for names in counted)


def _mail_of(
    at: datetime, act: str | None, arrivals: list[datetime], arrival: str, by_day: set[str]
) -> datetime | None:
    """The last mail before it; the next one if it comes within five minutes and is nearer."""
    if act != arrival and act in by_day:
        return max((a for a in arrivals if a.date() <= at.date()), default=None)
    past = max((a for a in arrivals if a <= at), default=None)
    coming = min((a for a in arrivals if a > at), default=None)
    if coming is None or arrival in by_day or coming - at > timedelta(minutes=5):
        return past
    return coming if past is None or coming - at <= at - past else past


def _pressure_ratio(
    sent: set[Any], inside: list[datetime], month: int, as_of: datetime, start: datetime
) -> float | None:
    if not inside:
        return None
    exposure = (as_of.date() - min(at for _, at in sent).date()).days
    if start != datetime.min:
        exposure = min(exposure, (as_of - start).days)
    return month / (len(inside) * 28 / max(exposure, 28))


def _bounced_at(mail: Line, mails: list[Line], arrival: str | None, by_day: set[str]) -> datetime:
    """When a mail came back, on the clock by which it arrived."""
    at: datetime = mail["occurred_at"]
    if "bounced" in by_day:
        return at + DAY - timedelta(microseconds=1)
    if arrival is None:
        return at
    arrivals = [m["occurred_at"] for m in mails if _act(m) == arrival and _key(m) == _key(mail)]
    return max(at, _mail_of(at, "bounced", arrivals, arrival, by_day) or at)


def _states(mails: list[Line], arrival: str | None, by_day: set[str]) -> dict[str, bool | None]:
    if not mails:
        return dict.fromkeys(("unsubscribed", "complained", "bounced", "contactable_email"))
    names = {mail["event"] for mail in mails}
    came = {"opened", "clicked"} if arrival is None else {arrival}
    arrived = max((m["occurred_at"] for m in mails if _act(m) in came), default=None)
    came_back = max((_bounced_at(m, mails, arrival, by_day) for m in mails if m["event"] == "bounced"), default=None)
    bounced = None
    if arrived or came_back:
        bounced = came_back is not None and (arrived is None or came_back >= arrived)
    refused = "unsubscribed" in names or "complained" in names or bool(bounced)
    return {
        "unsubscribed": "unsubscribed" in names,
        "complained": "complained" in names,
        "bounced": bounced,
        "contactable_email": False if refused else True if arrived else None,
    }


def _web(lines: list[Line], as_of: datetime, start: datetime) -> dict[str, Any]:
    inside = [line for line in lines if line["occurred_at"] >= start]
    visits = [line for line in inside if _act(line) in WEB and _channel(line) not in ("store", "offline", "pos")]
    moments = sorted(line["occurred_at"] for line in visits)
    sessions = sum(i == 0 or at - moments[i - 1] >= HALF_HOUR for i, at in enumerate(moments))
    days = {at.date() for at in moments}
    stage, since = _stage(visits, inside)
    return {
        "sessions": sessions,
        "active_days": len(days),
        "active_day_share": len(days) / _calendar_days(lines, as_of, start),
        "session_depth": len(moments) / sessions if sessions else None,
        "days_since_visit": (as_of.date() - max(days)).days if days else None,
        "cart_abandon_rate": _cart_abandon_rate(visits, lines, as_of),
        "funnel_stage": STAGES[stage],
        "funnel_step": stage,
        "days_in_stage": (as_of.date() - since).days if since else None,
    }


def _calendar_days(lines: list[Line], as_of: datetime, start: datetime) -> int:
    first = max(min(line["occurred_at"] for line in lines).date(), start.date())
    last = (as_of - timedelta(microseconds=1)).date()
    return (last - first).days + 1


def _stage(visits: list[Line], inside: list[Line]) -> tuple[int, date | None]:
    reached: dict[int, date] = {}
    for step, name in enumerate(WEB[:4], 1):
        days = [line["occurred_at"].date() for line in visits if _act(line) == name]
        if days:
            reached[step] = min(days)
    ordered = sorted({line["occurred_at"].date() for line in inside if _act(line) == "ordered"})
    reached |= {5 + place: day for place, day in enumerate(ordered[:2])}
    return (max(reached), reached[max(reached)]) if reached else (0, None)


def _cart_abandon_rate(visits: list[Line], lines: list[Line], as_of: datetime) -> float | None:
    pieces = {line["occurred_at"] for line in visits if _act(line) == "carted"}
    orders = {line["occurred_at"] for line in lines if _act(line) == "ordered"}
    carts, before = [], None
    for at in sorted(pieces | orders):
        if at in pieces and (before is None or before in orders or at - before >= HALF_HOUR):
            carts.append(at)
        before = at
    old = [at for at in carts if as_of - at > DAY]
    lost = [at for at in old if not any(at <= order <= at + DAY for order in orders)]
    return len(lost) / len(old) if old else None


def _engagement(lines: list[Line], as_of: datetime, start: datetime) -> dict[str, float]:
    parts = dict.fromkeys(("engagement", "engagement_email", "engagement_web", "engagement_orders"), 0.0)
    for line in lines:
        if line["occurred_at"] < start or _act(line) not in POINTS:
            continue
        part, points = POINTS[str(_act(line))]
        age = (as_of.date() - line["occurred_at"].date()).days
        left = points * 0.5 ** (age / HALF_LIVES[part])
        parts["engagement"] += left
        if part != "email" or _is_mail(line):
            parts[f"engagement_{part}"] += left
    return parts


def _act(line: Line) -> str | None:
    """The event, unless a machine did what people do."""
    name: str | None = line["event"]
    return None if line["machine"] and name in BY_HAND else name


def _is_mail(line: Line) -> bool:
    return line["event"] in MAIL and _channel(line) in ("email", "e-mail", "mail")


def _channel(line: Line) -> str:
    return (line["channel"] or "").strip().lower()


def _key(line: Line) -> str | None:
    return None if _blank(line["campaign"]) else line["campaign"]


def _tells_opens(told: set[str]) -> bool:
    return "opened" in told or "clicked" not in told


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
