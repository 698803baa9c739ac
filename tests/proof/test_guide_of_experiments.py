"""The guide shows what its examples print."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_guide_shows_what_it_prints() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "printed_results.py"))
    [path] = tool["WHOLE_PAGES"]
    page = path.read_text(encoding="utf-8")
    assert tool["page_with_all_results"](page) == page, "make results"


def test_every_example_that_prints_shows_it() -> None:
    [path] = runpy.run_path(str(ROOT / "tools" / "printed_results.py"))["WHOLE_PAGES"]
    page = path.read_text(encoding="utf-8")
    assert len(re.findall(r"```python\n.*?\bprint\(", page)) <= len(re.findall(r"```text\n", page))
    assert "```text\n```" not in page
