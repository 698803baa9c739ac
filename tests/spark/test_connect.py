from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.spark


def test_a_fit_through_spark_connect_is_that_of_one_machine() -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed: run make test-spark")
    script = Path(__file__).with_name("connect_script.py")
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert "the same through Spark Connect" in run.stdout, run.stderr[-2_000:]
