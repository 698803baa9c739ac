"""Scripts that need a Spark session of their own, each in a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.spark

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("script", "last_line"),
    [
        ("connect_script.py", "the same through Spark Connect"),
        ("stopped_session_script.py", "a stopped session is named"),
    ],
)
def test_scripts_with_a_session_of_their_own(script: str, last_line: str) -> None:
    pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    paths = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths, "SPARK_TESTING": "1"}
    command = [sys.executable, HERE / script]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert last_line in run.stdout, run.stderr[-2_000:]
