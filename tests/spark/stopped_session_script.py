"""A classic session that was stopped, in a process of its own: a test must not stop the session of the others."""

from __future__ import annotations

import polars as pl
import pytest
from spark_session import session, spark_frame

from custseg import Orders, fit_segments
from custseg.errors import DataError
from custseg.feature_table import features_in_spark
from custseg.features import build_features

log = pl.DataFrame({"customer_id": [1], "order_id": [1], "ordered_at": ["2024-05-01"], "amount": [1.0]})
table = spark_frame(log)
orders = Orders(table)
features = features_in_spark(table, None, "test")
session().stop()
IS_STOPPED = "the Spark session of the table is stopped. Read the table again in a running session"
with pytest.raises(DataError, match=f"Orders: {IS_STOPPED}"):
    Orders(table)
with pytest.raises(DataError, match=f"build_features: {IS_STOPPED}"):
    build_features(orders, as_of="2024-06-01")
for ready in (table, features):
    with pytest.raises(DataError, match=f"fit_segments: {IS_STOPPED}"):
        fit_segments(features=ready)
print("a stopped session is named")
