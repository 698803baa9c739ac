"""Makes the notebooks of their guides, and runs them: `python tools/notebook.py`.

A notebook is stored without outputs: so it is the same wherever it is made, and a test compares it with its guide. What
a guide says that its code prints is left out, because the notebook prints it.
"""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
import time
from contextlib import chdir, redirect_stdout
from pathlib import Path

import matplotlib.pyplot as plt

ROOT = Path(__file__).resolve().parents[1]
GUIDES = {
    "1_first_segments": "first_segments",
    "2_online_retail": "file_to_report",
    "3_email_and_web": "email_and_web",
    "4_method_and_number": "honest_choice",
    "5_goal_to_proof": "goal_to_proof",
    "6_a_year_of_segments": "every_day",
    "7_comparing_methods": "compare_methods",
}
"""The guide of each notebook."""
_FRONT_MATTER = re.compile(r"\A---\n(.*?)^---\n", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^```python\n(.*?)^```$(?:\n\n```text\n.*?^```$)?", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(\[[^\]]*\]\()([^)\s:#]+)([^)\s]*\))")


def paths(name: str) -> tuple[Path, Path]:
    """The guide and the notebook of this name."""
    return ROOT / "docs" / "guides" / f"{GUIDES[name]}.md", ROOT / "notebooks" / f"{name}.ipynb"


def needed(page: Path) -> str | None:
    """What the front matter of a page says that its code needs: a file of the real logs, or a server."""
    header = _FRONT_MATTER.match(page.read_text(encoding="utf-8"))
    line = re.search(r"^needs: (.+)$", header[1], re.MULTILINE) if header else None
    return line[1] if line else None


def notebook_of(guide: Path, notebook: Path) -> str:
    """The notebook as text: Python blocks are its cells of code, all between them is prose."""
    pieces = _CODE.split(_FRONT_MATTER.sub("", guide.read_text(encoding="utf-8")))
    cells = []
    for place, piece in enumerate(pieces):
        if text := piece.strip("\n"):
            code = place % 2 == 1
            cells.append(_cell(len(cells), text if code else _relinked(text, guide, notebook), code=code))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def run(notebook: Path) -> int:
    """Run the cells of code from top to bottom, in a folder of their own; how many there were."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    names: dict[str, object] = {"__name__": "__main__"}
    with tempfile.TemporaryDirectory() as folder, chdir(folder), redirect_stdout(io.StringIO()):
        for number, text in enumerate(code, 1):
            exec(compile(text, f"{notebook.name}, cell {number}", "exec"), names)
    plt.close("all")
    return len(code)


def _cell(number: int, text: str, *, code: bool) -> dict[str, object]:
    kind: dict[str, object] = {"cell_type": "code" if code else "markdown", "id": f"cell-{number:02}", "metadata": {}}
    if code:
        kind |= {"execution_count": None, "outputs": []}
    return kind | {"source": text.splitlines(keepends=True)}


def _relinked(text: str, guide: Path, notebook: Path) -> str:
    """Links to files lead there from the notebook, too."""

    def moved(link: re.Match[str]) -> str:
        target = os.path.relpath(guide.parent / link[2], notebook.parent)
        return f"{link[1]}{Path(target).as_posix()}{link[3]}"

    return _LINK.sub(moved, text)


def main() -> None:
    beside_repository = ROOT.parent / "shared" / "data"
    if beside_repository.exists():
        os.environ.setdefault("CUSTSEG_DATA", str(beside_repository))
    data = Path(os.environ.get("CUSTSEG_DATA", "."))
    for name in GUIDES:
        guide, notebook = paths(name)
        notebook.write_text(notebook_of(guide, notebook), encoding="utf-8")
        file = needed(guide)
        if file and not (data / file).exists():
            print(f"{notebook.name}: not run, because there is no {file} in the folder CUSTSEG_DATA", flush=True)
            continue
        start = time.perf_counter()
        count = run(notebook)
        print(
            f"{notebook.name}: {count} cells ran from top to bottom in {time.perf_counter() - start:.0f} s", flush=True
        )


if __name__ == "__main__":
    main()
