"""The lines of the guide run on a polars frame and on a Spark DataFrame, and give the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from spark_session import spark_frame

from custseg.datasets import make_shop

pytestmark = pytest.mark.spark

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "spark.md"


def run(lines: str, orders: object, folder: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[str, bytes]:
    """What the lines print, and the file that they write."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    exec(compile(lines, str(GUIDE), "exec"), {"orders": orders})
    return capsys.readouterr().out, (folder / "july.csv").read_bytes()


def test_the_same_twelve_lines(spark: Any, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop(100, 0)
    # The shop ends on the day of the fit: a month later its customers have aged by their last orders alone.
    shift = pl.lit("2024-06-01").str.to_datetime() - pl.lit(shop.as_of)
    orders = shop.orders.select("customer_id", "order_id", pl.col("ordered_at") + shift, "amount")
    lines = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[0]
    assert len([line for line in lines.splitlines() if line.strip()]) == 12
    local = run(lines, orders, tmp_path / "local", capsys, monkeypatch)
    assert run(lines, spark_frame(orders, spark), tmp_path / "spark", capsys, monkeypatch) == local
