"""`fit_segments(min_size="auto")`: the size from the log, in words, and bad input."""

import math
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from custseg import Segmentation, fit_segments
from custseg.cli import main
from custseg.datasets import make_shop
from custseg.proof import detectable_lift, sample_size


@pytest.fixture(scope="module")
def fit() -> Segmentation:
    shop = make_shop(600, 0)
    return fit_segments(
        shop.orders, events=shop.events, as_of=shop.as_of, min_size="auto", lift=1.2, method="kmeans", n_segments=3
    )


@pytest.mark.slow
def test_size_is_that_of_the_past_rate(fit: Segmentation) -> None:
    minimum = fit.minimum
    assert minimum is not None
    assert minimum.outcome is not None
    rate = minimum.outcome.mean
    needed = sample_size(rate, lift=1.2, comparisons=minimum.n_segments, reachable=minimum.reachable).segment
    assert minimum.min_size == needed == fit.choice.min_size
    assert min(row.size for row in fit.profiles.segments) >= needed


@pytest.mark.slow
def test_notes_say_what_each_segment_can_show(fit: Segmentation) -> None:
    assert fit.minimum is not None
    assert fit.notes[0].startswith("Minimum size from the log: to show +120% of repeat purchases (")
    rows = {row.segment: row for row in fit.minimum.segments}
    assert list(rows) == list(fit.model.numbers)
    for note, name in zip(fit.notes[1:], fit.model.names, strict=False):
        assert note.startswith(f"{name}: can show +") or note == f"{name}: too small to show any rise."


def test_rate_of_a_segment_is_that_of_its_members_before(fit: Segmentation) -> None:
    shop = make_shop(600, 0)
    assert fit.minimum is not None
    horizon = fit.minimum.outcome.horizon_days if fit.minimum.outcome else 0
    assert horizon == 30
    best = max(fit.minimum.segments, key=lambda row: row.base_rate)
    shows = detectable_lift(
        best.customers or 0,
        best.base_rate,
        comparisons=len(fit.minimum.segments),
        reachable=reach(fit, best.segment),
    )
    assert best.shows == pytest.approx(shows)
    assert shop.as_of == fit.as_of


def reach(fit: Segmentation, segment: int) -> float:
    flags = fit.features.values("contactable_email")[fit.labels == fit.model.numbers.index(segment)]
    return float((flags == 1).mean())


@pytest.mark.slow
def test_russian_notes() -> None:
    shop = make_shop(300, 1)
    result = fit_segments(
        shop.orders, as_of=shop.as_of, min_size="auto", lift=1.5, method="kmeans", n_segments=2, language="ru"
    )
    assert result.notes[0].startswith("Минимальный размер по журналу: чтобы увидеть +150")


@pytest.mark.slow
def test_too_few_customers_get_the_usual_share() -> None:
    shop = make_shop(200, 1)
    result = fit_segments(shop.orders, as_of=shop.as_of, min_size="auto", lift=0.1, method="kmeans", n_segments=2)
    assert result.minimum is not None
    assert (result.minimum.min_size, result.model.options.min_size) == (0.05, 0.05)
    assert "each of three segments would need" in result.notes[0]


@pytest.mark.slow
def test_categories_of_the_past_are_those_of_the_fit() -> None:
    shop = make_shop(300, 0)
    columns = ["recency_days", "region", "consent_sms"]
    options = {"columns": columns, "min_size": "auto", "method": "kmeans", "n_segments": 2}
    result = fit_segments(shop.orders, customers=shop.customers, as_of=shop.as_of, **options)  # type: ignore[arg-type]
    assert result.minimum is not None
    assert result.model.preparation.categories


def test_ready_table_has_no_past() -> None:
    table = pl.DataFrame({"customer_id": range(60), "x": [0.0, 1.0, 5.0] * 20, "y": [float(i % 7) for i in range(60)]})
    result = fit_segments(features=table, min_size="auto", method="kmeans", n_segments=2)
    assert "no size can be computed" in result.notes[0]


@pytest.mark.slow
def test_command_line(tmp_path: Path) -> None:
    make_shop(300, 0).orders.write_csv(tmp_path / "orders.csv")
    arguments = ["--min-size", "auto", "--lift", "150%", "--method", "kmeans", "--segments", "2"]
    result = CliRunner().invoke(main, ["fit", str(tmp_path / "orders.csv"), "--out", str(tmp_path), *arguments])
    assert result.exit_code == 0, result.output
    assert "Minimum size from the log: to show +150% of repeat purchases" in result.output
    assert "can show +" in result.output


@pytest.mark.slow
def test_other_sizes_say_nothing() -> None:
    shop = make_shop(200, 1)
    assert fit_segments(shop.orders, as_of=shop.as_of, method="kmeans", n_segments=2).minimum is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_size": "large"}, "a count, a share or 'auto'"),
        ({"lift": -0.2}, "must be above 0"),
        ({"lift": 0}, "lift must be a relative change"),
        ({"lift": math.inf}, "lift must be a relative change"),
    ],
)
def test_bad_input(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_segments(make_shop(50, 0).orders, **{"min_size": "auto", **options})  # type: ignore[arg-type]
