from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from quick import quick_fit

from custseg import Events
from custseg.errors import DataError
from custseg.insights import allocate, contact_values, scorecard, send_pressure
from custseg.insights.sending._fatigue import DAY
from custseg.texts import LANGUAGES
from custseg.tracking import SegmentHistory

NOW = 20_000 * DAY
N = 60


def as_moments(micros: Any) -> pl.Series:
    return pl.Series(np.asarray(micros, dtype=np.int64)).cast(pl.Datetime("us"))


def mailing(*, tired: bool) -> Events:
    """Customers 0 to 59 get a mail every other day; the even ones of the days click half of them if not tired."""
    rng = np.random.default_rng(0)
    owners, days = np.divmod(np.arange(N * 90), 90)
    bursts = days % 30 < 5
    chosen = bursts | (days % 10 == 0)
    owners, days, bursts = owners[chosen], days[chosen], bursts[chosen] & (days[chosen] % 30 > 0)
    clicks = rng.random(len(owners)) < np.where(bursts & tired, 0.02, 0.4)
    at = NOW - (100 - days) * DAY
    moments = np.r_[at, at[clicks] + 3_600_000_000]
    table = pl.DataFrame({"customer_id": np.r_[owners, owners[clicks]], "occurred_at": as_moments(moments)})
    names = ["delivered"] * len(owners) + ["clicked"] * int(clicks.sum())
    return Events(table.with_columns(event=pl.Series(names)))


@pytest.fixture
def history(tmp_path: Path) -> SegmentHistory:
    record = SegmentHistory(tmp_path / "history")
    assigned = {"customer_id": range(N + 5), "segment": [0] * N + [None] * 5, "name": ["Loyal"] * N + ["No data"] * 5}
    record.record(pl.DataFrame(assigned), "2024-01-01")
    return record


AS_OF = np.datetime64(NOW, "us")


def test_fatigue_gives_a_cap(history: SegmentHistory) -> None:
    pressure = send_pressure(history, mailing(tired=True), as_of=AS_OF)
    loyal, none = pressure.segments
    assert loyal.fatigue.level == 2
    assert (loyal.cap, loyal.customers) == (1, N)
    assert (none.level, none.cap) == ("unknown", None)


def test_without_fatigue_the_cap_is_what_was_seen(history: SegmentHistory) -> None:
    loyal = send_pressure(history, mailing(tired=False), as_of=AS_OF).segments[0]
    assert loyal.fatigue.level is None
    assert loyal.cap == 5


def test_level_against_the_own_norm_by_hand(history: SegmentHistory) -> None:
    # Ann: 7 mails in the 56 days after the first one: norm 3.5, and 2 in the last 28 days. Bob: a first mail alone.
    days = [56, 50, 45, 40, 35, 30, 20, 3]
    table = pl.DataFrame({"customer_id": [0] * 8 + [1], "occurred_at": as_moments([NOW - d * DAY for d in [*days, 9]])})
    pressure = send_pressure(history, table.with_columns(event=pl.lit("delivered")), as_of=AS_OF)
    rows = pressure.customers.filter(pl.col("customer_id") < 3)
    assert rows["norm_28d"].to_list() == [3.5, 0, 0]
    assert rows["sends_28d"].to_list() == [2, 1, 0]
    assert rows["sends_7d"].to_list() == [1, 0, 0]
    assert rows["level"].to_list() == ["rested", "usual", "silent"]


def test_customers_at_the_cap_wait(history: SegmentHistory) -> None:
    last = mailing(tired=True)
    late = pl.DataFrame({"customer_id": [7], "occurred_at": as_moments([NOW - DAY]), "event": ["delivered"]})
    pressure = send_pressure(history, Events(pl.concat([last.table, late])), as_of=AS_OF)
    assert pressure.customers.filter(pl.col("wait"))["customer_id"].to_list() == [7]
    values = pl.DataFrame({"customer_id": [7, 8], "value": [9.0, 1.0]})
    chosen = allocate(9, 0.5, values, pressure=pressure).table
    assert chosen["reason"].to_list() == ["wait", "contact"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_names_cap_and_fatigue(history: SegmentHistory, language: str) -> None:
    printed = repr(send_pressure(history, mailing(tired=True), as_of=AS_OF, language=language))
    assert {"en": "from 2 mails a week on", "ru": "писем в неделю, 2"}[language] in printed
    assert "<10" in printed


@pytest.mark.slow
def test_values_of_contacts(history: SegmentHistory) -> None:
    events = mailing(tired=False)
    result = quick_fit(
        pl.DataFrame({"customer_id": range(N), "order_id": range(N), "ordered_at": ["2024-01-01"] * N,
                      "amount": [10.0, 90.0] * (N // 2)}),
        as_of="2024-01-02", n_segments=2,
    )  # fmt: skip
    card = scorecard(result, events, since="2024-01-02", until="2024-10-04")
    values = contact_values(card, result, measure="click_rate", worth=2.0)
    figures = {row.segment: row.figures["click_rate"] for row in card.segments}
    assert values.height == N
    assert ((values["low"] < values["value"]) & (values["value"] < values["high"])).all()
    rates = [figure.value for figure in figures.values()]
    assert 2 * min(rates) - 1e-9 <= values["value"].min() <= values["value"].max() <= 2 * max(rates) + 1e-9
    with pytest.raises(TypeError, match="card must be the result of `scorecard`"):
        contact_values(result, result)
    with pytest.raises(ValueError, match="measure must be one of"):
        contact_values(card, result, measure="open_rate")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"as_of": "2023-01-01"}, DataError, "so nothing is known yet"),
        ({"as_of": "2026-01-01"}, DataError, "no mail was delivered in the 182 days before 2026-01-01"),
        ({"window_days": 7}, ValueError, "window_days must be from 28"),
        ({"events": None}, TypeError, "events must be an Events"),
        ({"source": 3}, TypeError, "result of fit_segments or a SegmentHistory"),
    ],
)
def test_bad_input(history: SegmentHistory, arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    usual = {"source": history, "events": mailing(tired=False), "as_of": AS_OF}
    with pytest.raises(error, match=message):
        send_pressure(**{**usual, **arguments})


def test_segments_of_later_snapshots_do_not_exist_yet(tmp_path: Path) -> None:
    record = SegmentHistory(tmp_path / "later")
    record.record(pl.DataFrame({"customer_id": [1], "segment": [0], "name": ["Loyal"]}), "2030-01-01")
    with pytest.raises(DataError, match="the segments did not exist at 2024-10-04"):
        send_pressure(record, mailing(tired=False), as_of=AS_OF)
