"""Order logs that the choice is measured on, and the choice as `fit_segments` makes it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from custseg import Orders
from custseg.clustering import ClusteringChoice, select_clustering
from custseg.datasets import make_shop
from custseg.feature_table import FeatureTable, given_features
from custseg.features import build_features
from custseg.matrix import customer_matrix

DATA = Path(os.environ.get("CUSTSEG_DATA") or Path(__file__).parents[2] / "shared" / "data")
RFM = ["recency_days", "order_count", "revenue"]
Values = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Log:
    """A real order log: its file, its columns and the dates at which it is segmented."""

    file: str
    columns: Mapping[str, str | None]
    dates: tuple[str, ...]
    end: str

    @property
    def path(self) -> Path:
        return DATA / self.file

    def orders(self) -> Orders:
        """The log, described."""
        return Orders(self.path, **self.columns)

    def amounts(self) -> pl.LazyFrame:
        """Customer, date and money of each line; refunds are negative."""
        columns = self.columns
        if "amount" in columns:
            money = pl.col(columns["amount"])
        else:
            money = pl.col(columns["quantity"]) * pl.col(columns["price"])
        if self.path.suffix == ".parquet":
            lines = pl.scan_parquet(self.path)
        else:
            lines = pl.scan_csv(self.path, schema_overrides={columns["customer"]: pl.String}, try_parse_dates=True)
        return lines.select(
            pl.col(columns["customer"]).cast(pl.String).alias("customer"),
            pl.col(columns["date"]).cast(pl.Date).alias("date"),
            money.cast(pl.Float64).alias("money"),
        )


LOGS = {
    "CDNOW": Log(
        "cdnow_sample.csv",
        {"customer": "id", "order": None, "date": "date", "amount": "spent"},
        ("1997-10-01", "1998-01-01", "1998-04-01", "1998-07-01"),
        "1998-07-01",
    ),
    "Online Retail": Log(
        "online_retail.parquet",
        {
            "customer": "CustomerID",
            "order": "InvoiceNo",
            "date": "InvoiceDate",
            "quantity": "Quantity",
            "price": "UnitPrice",
        },
        ("2011-09-01", "2011-10-01", "2011-11-01", "2011-12-01"),
        "2011-12-10",
    ),
    "Complete Journey": Log(
        "completejourney_transactions.parquet",
        {
            "customer": "household_id",
            "order": "basket_id",
            "date": "transaction_timestamp",
            "amount": "sales_value",
        },
        ("2017-10-01",),
        "2018-01-01",
    ),
}
DATED = ("Online Retail", "CDNOW")


def present(names: tuple[str, ...]) -> list[str]:
    """Those of the logs whose file is there; the others are announced."""
    for name in names:
        if not LOGS[name].path.exists():
            print(
                f"  {name} is left out: no {LOGS[name].path.name}; set CUSTSEG_DATA to the folder of the logs",
                flush=True,
            )
    return [name for name in names if LOGS[name].path.exists()]


@cache
def log_table(log: str, as_of: str, families: tuple[str, ...] = ("rfm",)) -> FeatureTable:
    """The features of a log at a date, built once per process."""
    return build_features(LOGS[log].orders(), as_of=as_of, families=list(families))


def bought(table: FeatureTable, names: list[str]) -> dict[str, np.ndarray]:
    """The columns of the customers with a purchase, who alone are clustered."""
    is_buyer = table.values("order_count") > 0
    return {name: table.values(name)[is_buyer] for name in names}


def prepared(values: Values, *, min_size: float = 0.05) -> np.ndarray:
    """The matrix that `fit_segments(features=...)` clusters."""
    n = len(next(iter(values.values())))
    table = given_features(pl.DataFrame({"customer_id": np.arange(n), **values}), None, "benchmark")
    matrix = customer_matrix(table, list(values), min_size=min_size, caller="benchmark")
    if len(matrix.rows) != n:
        raise ValueError(f"{n - len(matrix.rows)} of {n} rows cannot be clustered")
    return matrix.rows


def chosen(
    values: Values, *, min_size: float = 0.05, random_state: int = 0, n_jobs: int | None = 1
) -> ClusteringChoice:
    """The choice that `fit_segments(features=...)` makes by its defaults, without profiles and rules."""
    X = prepared(values, min_size=min_size)
    return select_clustering(X, n_clusters="auto", min_size=min_size, random_state=random_state, n_jobs=n_jobs)


def shop_block(seed: int) -> np.ndarray:
    """Recency, orders and revenue of 50,000 customers of the seeded shop."""
    shop = make_shop(50_000, seed)
    table = build_features(
        Orders(shop.orders, cancelled="cancelled", discount="discount"), as_of=shop.as_of, families=["rfm"]
    )
    return np.column_stack(list(bought(table, RFM).values()))


def shop_values(blocks: list[np.ndarray], rows: int) -> dict[str, np.ndarray]:
    """A random sample of so many customers of one large shop, which is drawn in blocks to save memory."""
    X = np.concatenate(blocks)
    return dict(zip(RFM, np.random.default_rng(0).permutation(X)[:rows].T, strict=True))
