"""Writes what the first example of README.md and of the Russian quick start prints below it (`make results`)."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "guides" / "quick_start_ru.md")
EXAMPLE = re.compile(r"(?<=```python\n)(?P<code>.*?)```\n\n```text\n(?P<printed>.*?)```\n", re.DOTALL)


def printed(code: str) -> str:
    """What the code prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, {})
    return output.getvalue()


def page_with_results(page: str) -> str:
    """The page with the present output of its first example."""
    example = EXAMPLE.search(page)
    if example is None:
        raise ValueError("The page has no example with an output below it.")
    return page[: example.start("printed")] + printed(example["code"]) + page[example.end("printed") :]


def main() -> None:
    """Rewrite the pages."""
    for path in PAGES:
        path.write_text(page_with_results(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
