"""Whether mail is advised: by how many of the mails that arrived the members opened."""

from __future__ import annotations

import numpy as np
import pytest

from custseg.profiling import SegmentProfile, profile_segments

LABELS = np.repeat([0, 1], 50)


def champions(delivered: object, opened: object, **more: object) -> SegmentProfile:
    """Fifty champions, whose mails are given first, beside fifty who have not ordered for long."""
    table = {
        "recency_days": np.where(LABELS == 0, 5.0, 200.0),
        "order_count": np.where(LABELS == 0, 20.0, 2.0),
        "revenue": np.where(LABELS == 0, 900.0, 30.0),
        "emails_delivered": np.broadcast_to(np.asarray(delivered, dtype=float), 100),
        "emails_opened": np.asarray(opened, dtype=float),
    }
    return profile_segments({**table, **more}, LABELS)[0]


def test_who_opens_one_of_24_mails_reads_none() -> None:
    # 30 of the 50 opened one mail of 24: 30 of 1,200 mails are 2.5 %, whatever most of them did.
    row = champions(24, np.concatenate([np.arange(50) < 30, np.full(50, 12)]))
    assert row.advice.channel == (
        "App, a note in the parcel, a call for the largest: they open 2% of their mails; check consent first"
    )
    assert "открывают 2\u00a0% писем" in row.playbook["ru"].channel


@pytest.mark.parametrize(
    ("delivered", "opened"),
    [
        pytest.param(24, 3, id="an eighth is opened"),
        pytest.param(4, 0, id="too few mails"),
        pytest.param(np.where(np.arange(100) < 25, 24, 0), 0, id="mails for half of them"),
        pytest.param(24, np.nan, id="no openings in the log"),
    ],
)
def test_mail_is_advised_without_proof_that_it_is_unread(delivered: object, opened: float) -> None:
    row = champions(delivered, np.concatenate([np.full(50, opened), np.full(50, np.nan)]))
    assert row.advice.channel.startswith("Personal mail")


def test_channel_that_is_avoided_reaches_nobody() -> None:
    flags = {"contactable_email": LABELS == 0, "contactable_sms": LABELS == 0}
    row = champions(24, np.repeat([0, 12], 50), **flags)
    assert row.advice.channel.endswith("of their mails; SMS reaches 50 of 50")
    assert "эл. почта" not in row.playbook["ru"].channel


def test_one_click_is_no_reading_of_many_mails() -> None:
    clicks = {"emails_clicked": np.repeat([2.0, 0.0], 50), "days_since_click": np.repeat([20.0, np.nan], 50)}
    line = "Tell them news by mail first: they click on it more than others."
    assert line in champions(10, np.repeat([4, 0], 50), **clicks).advice.do
    assert line not in champions(60, np.repeat([2, 0], 50), **clicks).advice.do


def test_hidden_count_of_openings_is_a_bound() -> None:
    row = champions(24, np.where(np.arange(100) < 5, 1, 12 * LABELS))
    assert "they open <0.9% of their mails" in row.advice.channel
