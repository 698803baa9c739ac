"""Every benchmark has two sizes and a line in the page, and a run replaces its own part of the page alone."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "benchmarks"
TOOL = runpy.run_path(str(ROOT / "tools" / "bench.py"))
PAGE = """# Benchmarks

Prose before, with a table.

<!-- printed by the scripts -->

### `assign.py`

<!-- assign, full -->
of March
<!-- end -->

<!-- assign, small -->
of April
<!-- end -->

<!-- end of printed -->

Prose after.
"""


def test_parts_of_the_page_are_read() -> None:
    assert TOOL["runs_of"](PAGE) == {("assign", "full"): "of March", ("assign", "small"): "of April"}


def test_page_stays_as_it_is_without_a_new_run() -> None:
    assert TOOL["page_with"](PAGE, TOOL["runs_of"](PAGE)) == PAGE


def test_run_replaces_its_own_part() -> None:
    runs = TOOL["runs_of"](PAGE) | {("assign", "small"): r"of May, \1 ×"}
    assert TOOL["page_with"](PAGE, runs) == PAGE.replace("of April", r"of May, \1 ×")


def test_new_script_gets_a_heading_in_order() -> None:
    page = TOOL["page_with"](PAGE, TOOL["runs_of"](PAGE) | {("transitions", "full"): "of May"})
    assert re.findall(r"^### .*$", page, re.MULTILINE) == ["### `assign.py`", "### `transitions.py`"]
    assert page.startswith(PAGE[: PAGE.index("###")])
    assert page.endswith("<!-- end of printed -->\n\nProse after.\n")


def test_page_without_its_comments_is_an_error() -> None:
    with pytest.raises(ValueError, match="restore them"):
        TOOL["runs_of"]("# Benchmarks\n")


def test_run_without_data_keeps_the_older_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CUSTSEG_DATA", str(tmp_path))
    earlier = {("out_of_time", "full"): "of March"}
    assert TOOL["run"]("out_of_time", full=True, earlier=earlier) is None
    assert "what the page has of it stays. It needs the real logs" in capsys.readouterr().out


def test_page_asks_the_question_of_every_script() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `(\w+)\.py` \|", page, re.MULTILINE)) == TOOL["scripts"]()
    assert {script for script, _ in TOOL["runs_of"](page)} <= set(TOOL["scripts"]())


def test_every_script_has_two_sizes() -> None:
    texts = {script: (FOLDER / f"{script}.py").read_text(encoding="utf-8") for script in TOOL["scripts"]()}
    assert [script for script, text in texts.items() if "parse_options(" not in text] == []
