"""Draws the gallery small, as the tests compare it and its index shows it: `python tools/gallery_pictures.py`.

Look at every picture before you commit it.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import matplotlib.style
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "docs" / "gallery"
BASELINE = ROOT / "tests" / "plots" / "baseline"
PAGES = ("segments", "evidence", "over_time")
DOTS_PER_INCH = 36
# What decides how a picture looks besides our own code.
LIBRARIES = ("matplotlib", "numpy", "polars", "scikit-learn", "scipy")
_SECTION = re.compile(r"^## (?P<name>\w+)$|^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def pictures(page: str) -> dict[str, bytes]:
    """The picture of each section of a page that draws one, as PNG."""
    text = (GALLERY / f"{page}.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), matplotlib.style.context("default"):
        return {name: png(value) for name, value in values_of_sections(text) if hasattr(value, "_repr_png_")}


def values_of_sections(text: str) -> Iterator[tuple[str, object]]:
    """Run the code of a page in order; the heading and the last value of each block, as a notebook would show it."""
    heading = ""
    names: dict[str, object] = {}
    for part in _SECTION.finditer(text):
        if part["name"]:
            heading = part["name"]
            continue
        body = ast.parse(part["code"]).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(ast.Module(body, []), heading, "exec"), names)
            yield heading, eval(compile(ast.Expression(last.value), heading, "eval"), names) if last else None


def png(drawn: object) -> bytes:
    """The figure of axes, or a figure, as a small PNG."""
    picture = io.BytesIO()
    getattr(drawn, "figure", drawn).savefig(picture, format="png", dpi=DOTS_PER_INCH)
    return without_transparency(picture)


def without_transparency(picture: io.BytesIO) -> bytes:
    """The same picture on white and in fewer bytes."""
    smaller = io.BytesIO()
    Image.open(picture).convert("RGB").save(smaller, format="png", optimize=True)
    return smaller.getvalue()


def other_versions() -> list[str]:
    """The libraries that are here in another version than the pictures were made with, the pinned one."""
    pinned = (ROOT / "constraints" / "known.txt").read_text(encoding="utf-8")
    return [f"{name} {version(name)}" for name in LIBRARIES if f"\n{name}=={version(name)} " not in pinned]


def main() -> None:
    if others := other_versions():
        raise SystemExit(f"Draw with the pinned versions (make pictures); here is {', '.join(others)}.")
    BASELINE.mkdir(exist_ok=True)
    for page in PAGES:
        for name, picture in pictures(page).items():
            (BASELINE / f"{name}.png").write_bytes(picture)
            print(f"{name}.png: {len(picture) / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
