"""Campaigns of the last year, by mail and text message, and the reactions of their recipients."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from custseg.datasets._buyers import GUEST, NO, YES, of_kind
from custseg.datasets._calendar import AS_OF, DAYS, Moments
from custseg.datasets._columns import Columns, height, select_rows, stacked
from custseg.datasets._event_rows import (
    CAMPAIGNS,
    EVENTS,
    WELCOME,
    WINDOW,
    Campaign,
    hours_later,
    later,
    rows,
)

_PROXY_SHARE = 0.3
"""People whose mail program opens every mail by itself."""


def draw_mails(rng: np.random.Generator, people: Columns) -> tuple[Columns, NDArray[np.bool_]]:
    """All events of the campaigns, and which people have unsubscribed from mail."""
    readers = people | {
        "person": np.arange(height(people)),
        "opens": _varied(rng, of_kind(lambda kind: kind.opens, people["kind"])),
        "clicks": _varied(rng, of_kind(lambda kind: kind.clicks, people["kind"])),
        "leaves": of_kind(lambda kind: kind.leaves, people["kind"]),
        "proxy": rng.random(height(people)) < _PROXY_SHARE,
    }
    pieces = [_welcome(rng, readers)]
    left = _leavers(pieces[0], height(people))
    # In order of time, so that those who leave get nothing further.
    for number, campaign in enumerate(CAMPAIGNS):
        recipients = select_rows(readers, _may_reach(readers, campaign) & ~left)
        recipients = select_rows(recipients, rng.random(height(recipients)) < campaign.reach)
        draw = _mail_events if campaign.channel == "email" else _text_events
        recipients["sent_at"] = _send_off(rng, height(recipients), campaign)
        pieces.append(draw(rng, recipients, number))
        left |= _leavers(pieces[-1], height(people))
    return stacked(*pieces), left


def _leavers(events: Columns, n_people: int) -> NDArray[np.bool_]:
    """Which people unsubscribe in these events."""
    person = events["person"][events["event"] == EVENTS.index("unsubscribed")]
    return np.bincount(person, minlength=n_people) > 0


def _varied(rng: np.random.Generator, means: NDArray[np.float64]) -> NDArray[np.float64]:
    """A probability for each person, drawn around the mean of the kind."""
    return rng.beta(5 * means, 5 * (1 - means))


def _may_reach(people: Columns, campaign: Campaign) -> NDArray[np.bool_]:
    """Who may be contacted: known by then, and consent not refused; text messages need an explicit yes."""
    is_customer = (people["role"] != GUEST) & (people["first"] < DAYS - campaign.days_before)
    mail, text = people["consent_email"] != NO, people["consent_sms"] == YES
    reached: NDArray[np.bool_] = is_customer & (mail if campaign.channel == "email" else text)
    return reached


def _welcome(rng: np.random.Generator, readers: Columns) -> Columns:
    """A mail to each newcomer of the year, the morning after the first contact."""
    may = (readers["role"] != GUEST) & (readers["consent_email"] != NO)
    recipients = select_rows(readers, may & (readers["first"] >= DAYS - WINDOW))
    nine = AS_OF + (24 * (recipients["first"] + 1 - DAYS) + 9).astype("timedelta64[h]")
    return _mail_events(rng, recipients | {"sent_at": later(rng, nine, (0, 3600))}, WELCOME)


def _send_off(rng: np.random.Generator, size: int, campaign: Campaign) -> Moments:
    """Time at which each person gets the campaign: from nine o'clock, within an hour."""
    nine = AS_OF - np.timedelta64(24 * campaign.days_before - 9, "h")
    return later(rng, np.full(size, nine), (0, 3600))


def _mail_events(rng: np.random.Generator, recipients: Columns, number: int) -> Columns:
    """Sent → delivered or bounced → opened, by machine or person → clicked → visited; some leave."""
    sent_at = recipients["sent_at"]
    bounced = rng.random(height(recipients)) < 0.012
    bounce_at = later(rng, sent_at[bounced], (1, 60))
    got, got_at = select_rows(recipients, ~bounced), later(rng, sent_at[~bounced], (1, 60))
    leaves = rng.random(height(got)) < got["leaves"]
    opens = leaves | (rng.random(height(got)) < got["opens"])
    open_at = hours_later(rng, got_at, 3.0)
    again = opens & (rng.random(height(got)) < 0.2)
    clicks = opens & (rng.random(height(got)) < got["clicks"])
    complains = leaves & (rng.random(height(got)) < 0.15)
    click_at = later(rng, open_at, (5, 300))
    gone_at = later(rng, open_at, (301, 600))

    def of(event: str, mask: NDArray[Any], at: Moments, **codes: Any) -> Columns:
        channel = codes.pop("channel", "email")
        return rows(event, got["person"][mask], at[mask], channel=channel, campaign=number, **codes)

    return stacked(
        rows("sent", recipients["person"], sent_at, channel="email", campaign=number),
        rows("bounced", recipients["person"][bounced], bounce_at, channel="email", campaign=number),
        of("delivered", ~np.zeros_like(opens), got_at),
        of("opened", got["proxy"], later(rng, got_at, (1, 600)), machine=True),
        of("opened", opens, open_at),
        of("opened", again, hours_later(rng, gone_at, 8.0)),
        of("clicked", clicks, click_at),
        of("visited", clicks, later(rng, click_at, (1, 4)), channel="web"),
        of("complained", complains, later(rng, open_at, (301, 301))),
        of("unsubscribed", leaves, gone_at),
    )


def _text_events(rng: np.random.Generator, recipients: Columns, number: int) -> Columns:
    """Sent → delivered → clicked → visited; a text message does not report its opening."""
    sent_at = recipients["sent_at"]
    got_at = later(rng, sent_at, (1, 20))
    clicks = rng.random(height(recipients)) < 0.5 * recipients["clicks"]
    person, click_at = recipients["person"][clicks], hours_later(rng, got_at[clicks], 1.0)
    return stacked(
        rows("sent", recipients["person"], sent_at, channel="sms", campaign=number),
        rows("delivered", recipients["person"], got_at, channel="sms", campaign=number),
        rows("clicked", person, click_at, channel="sms", campaign=number),
        rows("visited", person, later(rng, click_at, (1, 4)), channel="web", campaign=number),
    )
