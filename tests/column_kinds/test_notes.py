from pathlib import Path

import numpy as np
import polars as pl
import pytest
from quick import quick_fit

from custseg import inspect
from custseg._column_kinds import column_notes

RNG = np.random.default_rng(0)
CODE = (
    "80% of days_since_contact are -1, apart from the other values (mostly 38.9 to 380): a code? If so, give missing "
    "values instead, and a column of 1 and 0 if it matters who has a value."
)
CYCLE = (
    "usual_hour looks like an hour of the day: 23 and 0 are neighbors, but far apart as numbers. "
    "Give its sine and cosine instead, see custseg.features.circular (period=24)."
)
TABLE = pl.DataFrame(
    {
        "customer_id": range(1000),
        "days_since_contact": np.concatenate([np.full(800, -1), np.linspace(20, 400, 200).astype(int)]),
        "usual_hour": RNG.integers(0, 24, 1000),
    }
)


def test_result_and_inspection_say_the_same(tmp_path: Path) -> None:
    assert [*column_notes({name: TABLE[name].to_numpy().astype(float) for name in TABLE.columns[1:]}, "en")] == [
        CODE,
        CYCLE,
    ]
    TABLE.write_csv(tmp_path / "customers.csv")
    assert {CODE, CYCLE} <= set(inspect(tmp_path / "customers.csv").notes)
    result = quick_fit(features=TABLE, n_segments=2, method="kmeans")
    assert {CODE, CYCLE} <= {f"{item.text} {item.remedy}" for item in result.data_report.findings}
    assert not {CODE, CYCLE} & set(result.notes)


@pytest.mark.slow
def test_report_is_in_the_language_of_the_result() -> None:
    report = quick_fit(features=TABLE, n_segments=2, method="kmeans", language="ru").data_report
    notes = [item.text for item in report.findings]
    assert any(": 80\u00a0% значений" in note for note in notes)
