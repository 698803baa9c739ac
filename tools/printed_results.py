"""Writes what examples print, where a page shows it right below them (`make results`)."""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
PYTHON = re.compile(r"(?<=```python\n)(?P<code>.*?)```\n(?:\n```text\n(?P<printed>.*?)```\n)?", re.DOTALL)


def shows_results(page: str) -> bool:
    """Whether an example of the page has its output below it, and can be run everywhere."""
    is_run = "\nnot_run: " not in page.partition("\n# ")[0]
    return is_run and any(example["printed"] is not None for example in PYTHON.finditer(page))


def page_with_results(page: str) -> str:
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


def printed(code: str, names: dict[str, object]) -> str:
    """What the code prints; it reads and defines `names`."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, names)
    return output.getvalue()


def main() -> None:
    """Rewrite the pages."""
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        if shows_results(page):
            path.write_text(page_with_results(page), encoding="utf-8")
            print(path.relative_to(ROOT), flush=True)


if __name__ == "__main__":
    main()
