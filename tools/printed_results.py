"""Writes what examples print below them (`make results`): the first one of two pages, and all of three others."""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "guides" / "quick_start_ru.md")
WHOLE_PAGES = tuple(ROOT / "docs" / "guides" / f"{name}.md" for name in ("goals", "experiments", "scorecard"))
EXAMPLE = re.compile(r"(?<=```python\n)(?P<code>.*?)```\n\n```text\n(?P<printed>.*?)```\n", re.DOTALL)


PYTHON = re.compile(r"(?<=```python\n)(?P<code>.*?)```\n(?:\n```text\n(?P<printed>.*?)```\n)?", re.DOTALL)


def printed(code: str, names: dict[str, object] | None = None) -> str:
    """What the code prints; it reads and defines `names`."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, {} if names is None else names)
    return output.getvalue()


def page_with_results(page: str) -> str:
    """The page with the present output of its first example."""
    example = EXAMPLE.search(page)
    if example is None:
        raise ValueError("The page has no example with an output below it.")
    return page[: example.start("printed")] + printed(example["code"]) + page[example.end("printed") :]


def page_with_all_results(page: str) -> str:
    """The page with the present output of each example that has one below it; examples run one after the other.

    Files that they write are gone afterwards.
    """
    names: dict[str, object] = {}
    parts, end = [], 0
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for example in PYTHON.finditer(page):
            output = printed(example["code"], names)
            if example["printed"] is not None:
                parts += [page[end : example.start("printed")], output]
                end = example.end("printed")
    return "".join([*parts, page[end:]])


def main() -> None:
    """Rewrite the pages."""
    for path in WHOLE_PAGES:
        path.write_text(page_with_all_results(path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in PAGES:
        path.write_text(page_with_results(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
