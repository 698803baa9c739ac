"""The guides of goals, experiments and the scorecard show what their examples print."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "printed_results.py"))
PAGES = pytest.mark.parametrize("path", TOOL["WHOLE_PAGES"], ids=lambda path: path.stem)


@pytest.mark.slow
@PAGES
def test_guide_shows_what_it_prints(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert TOOL["page_with_all_results"](page) == page, "make results"


@PAGES
def test_every_example_that_prints_shows_it(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert len(re.findall(r"```python\n.*?\bprint\(", page)) <= len(re.findall(r"```text\n", page))
    assert "```text\n```" not in page
